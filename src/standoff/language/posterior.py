"""Posterior draws that `standoff fit` wrote, read as priors of another case.

A file holds draws of coefficients with weights, and says which parameter and term each belongs to. A parameter at given
values of its columns is the sum of coefficient times value of the term. For use as priors the draws are resampled to
`SIZE` equal ones, systematically, along their first principal component: parameters that are taken from the same file
share one coordinate of the unit cube, which picks the draw, so that they stay as correlated as the fit left them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import CaseError, Problem, did_you_mean
from standoff.language.expressions import Compiled, ExpressionError, Scope, compile_expression
from standoff.language.printable import printable
from standoff.language.terms import CONSTANT, read_term, word

FORMAT = "standoff posterior 1"
SIZE = 512  # equal draws that a prior is made of
MOST = 200_000_000  # bytes
FEW = 0.1  # share of the draws that they are worth, below which they are few
BEYOND = 0.5  # of the width of a column's range, past its ends

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Draws [D, K] of K coefficients with weights [D] that sum to 1; `terms` (parameter, term) of each. `case_hash`
    names the case that was fitted, `digest` the content of the file. ranges, texts: what the table had in
    the columns of terms, by the names that terms know these by; empty in files that do not say."""

    file: str
    case: str
    case_hash: str
    terms: tuple[tuple[str, str], ...]
    draws: Floats
    weights: Floats
    digest: str
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """The parameters it holds, in its order."""
        return list(dict.fromkeys(parameter for parameter, _ in self.terms))

    @property
    def effective(self) -> float:
        """How many equal draws they are worth."""
        return float(1 / (self.weights**2).sum())

    def doubts(self, at: Mapping[str, float | str]) -> Iterator[Problem]:
        """Warnings about values under `at` that the table had nothing like."""
        for name, value in at.items():
            column = word(name)
            if column in self.ranges and not isinstance(value, str):
                low, high = self.ranges[column]
                if max(low - value, value - high) > BEYOND * (high - low):
                    found = f"{name} {value:g}, far from the {low:g} to {high:g} of the fitted table ({self.file})"
                    mend = "The fit says nothing of such values: mend it if it is a slip, or judge the number instead."
                    yield Problem(found, "a value like those", mend, path="at", level="warning")
            named = self._named(column)
            if isinstance(value, str) and column not in self.texts and named and word(value) not in named:
                found = f"`{printable(value, 40)}` for the column {name}, which no term in {self.file} names"
                mend = "If it is another text of that column, all is well: a file written anew says which there are."
                yield Problem(found, f"one of {', '.join(named)}, or another", mend, path="at", level="warning")

    def _named(self, column: str) -> tuple[str, ...]:
        """Texts of a column that some term tests it for."""
        found: list[str] = []
        for _, term in self.terms:
            if term != CONSTANT:
                with suppress(ExpressionError):  # told where it is used
                    found += read_term(term).scope.factors.get(column, ())
        return tuple(dict.fromkeys(found))

    def equal(self) -> Floats:
        """[SIZE, K] equally likely draws, in the order of their first principal component."""
        mean = self.weights @ self.draws
        spread = np.sqrt(np.maximum(self.weights @ (self.draws - mean) ** 2, 0.0))
        z = (self.draws - mean) / np.where(spread > 1e-12 * np.abs(mean), spread, 1.0)  # some are the same in all
        _, vectors = np.linalg.eigh((z * self.weights[:, None]).T @ z)
        first = vectors[:, -1] * (1.0 if vectors[np.abs(vectors[:, -1]).argmax(), -1] > 0 else -1.0)
        order = np.argsort(z @ first, kind="stable")
        upto = np.cumsum(self.weights[order])
        at = np.searchsorted(upto / upto[-1], (np.arange(SIZE) + 0.5) / SIZE)
        return np.asarray(self.draws[order[np.minimum(at, len(order) - 1)]])

    def values(self, parameter: str, at: Mapping[str, float | str]) -> Floats:
        """[SIZE] a parameter where its columns are `at`, numbers or texts. Raises CaseError for a parameter that is not
        there, a column that is missing, unknown or of the other kind, and terms that are no finite numbers there."""
        known = {word(name): value for name, value in at.items()}
        total, used = self._sum(parameter, known)
        self._no_more(set(known) - used, f"`{parameter}`")
        return total

    def shares(self, formulas: Mapping[str, str | float | bool], at: Mapping[str, float | str]) -> dict[str, Floats]:
        """[SIZE] each of several shares, expressions over parameters where their columns are `at`. Raises CaseError
        for what `values` refuses, formulas that do not read, and shares that do not sum to 1 in every draw."""
        known = {word(name): value for name, value in at.items()}
        read = {kind: self._formula(kind, source) for kind, source in formulas.items()}
        values, used = dict[str, Floats](), set[str]()
        for name in dict.fromkeys(name for one in read.values() for name in sorted(one.names)):
            values[name], columns = self._sum(name, known)
            used |= columns
        self._no_more(set(known) - used, "the shares")
        found = {kind: np.broadcast_to(np.asarray(one(values), float), SIZE) for kind, one in read.items()}
        for kind, draws in found.items():
            if not (np.isfinite(draws).all() and (draws >= 0).all()):
                raise self._wrong(
                    "draws below 0 or without a number", "a share in every draw", "Mend the formula.", f"shares.{kind}"
                )
        total = sum(found.values())
        off = np.abs(np.asarray(total) - 1).max()
        if off > 1e-6:
            raise self._wrong(
                f"shares that sum to {np.asarray(total).flat[0]:.3g} in a draw", "1 in every draw",
                "State each as the fitted case states the `prior` of its types.", "shares",
            )  # fmt: skip
        return found

    def _formula(self, kind: str, source: str | float | bool) -> Compiled:
        try:
            return compile_expression(source, Scope(frozenset(self.parameters), clock=False))
        except ExpressionError as error:
            problems = [replace(each, path=f"shares.{kind}") for each in error.problems]
            raise CaseError(problems) from None

    def _sum(self, parameter: str, known: Mapping[str, float | str]) -> tuple[Floats, set[str]]:
        """[SIZE] a parameter, and the columns that its terms use."""
        mine = [(k, term) for k, (name, term) in enumerate(self.terms) if name == parameter]
        if not mine:
            raise self._wrong(
                f"no parameter `{parameter}`", f"one of {', '.join(self.parameters)}", "Name one of those.", "parameter"
            )
        total, used = np.zeros(SIZE), set[str]()
        draws = self.equal()
        for k, term in mine:
            value = 1.0
            if term != CONSTANT:
                try:
                    formula = read_term(term)
                except ExpressionError as error:
                    said = "; ".join(dict.fromkeys(each.found for each in error.problems))
                    mend = "Write the file again with `standoff fit CASE DATA.csv --out FOLDER`."
                    found = f"`{printable(term, 80)}`, a term of `{parameter}` that cannot be read ({said}),"
                    raise self._wrong(found, "an expression over columns", mend, "file") from None
                missing = sorted(set(formula.names) - set(known))
                if missing:
                    expected = f"every column of `{parameter}`: its term `{term}` uses it"
                    raise self._wrong(
                        f"no value for {', '.join(missing)}", expected, "Say what it is here, under `at:`.", "at"
                    )
                used |= set(formula.names)
                value = float(formula({name: self._there(formula, name, known[name]) for name in formula.names}))
            total = total + draws[:, k] * value
        if not np.isfinite(total).all():
            raise self._wrong("values that are no finite numbers", "finite ones", "Mend the values under `at:`.", "at")
        return total, used

    def _no_more(self, unknown: set[str], user: str) -> None:
        if unknown:
            does = "do" if user == "the shares" else "does"
            found = f"{', '.join(sorted(unknown))}, which {user} {does} not use"
            raise self._wrong(found, "columns of its terms", "Leave it out.", "at")

    def _there(self, formula: Compiled, name: str, value: float | str) -> float:
        """What a formula is to be given for a column: a number, or which of the texts it tests stands there."""
        tested = formula.scope.factors.get(name)
        if isinstance(value, str) != (tested is not None):
            expected = "a number" if tested is None else f"a text, such as {tested[0]}"
            raise self._wrong(f"`{value}` for the column {name}", expected, "Mend the value under `at:`.", "at")
        if tested is None:
            return float(value)
        had = self.texts.get(name)
        if had is not None and word(str(value)) not in map(word, had):
            found = f"`{printable(str(value), 40)}` for the column {name}, which the fitted table never has there,"
            near = did_you_mean(word(str(value)), map(word, had))
            raise self._wrong(found, f"a text of {name}", near, "at")
        return float(tested.index(word(str(value)))) if word(str(value)) in tested else -1.0

    def _wrong(self, found: str, expected: str, mend: str, path: str) -> CaseError:
        return CaseError(Problem(found=f"{found} in {self.file}", expected=expected, mend=mend, path=path))


def band(draws: Sequence[float]) -> tuple[float, float, float]:
    """Mean of equal draws, and the bounds of nine in ten."""
    low, high = np.quantile(draws, (0.05, 0.95))
    return float(np.mean(draws)), float(low), float(high)


def read_posterior(path: Path, shown: str) -> Posterior:
    """Read a file of posterior draws. Raises CaseError, naming the file as `shown`."""
    fitted = "Write it again with `standoff fit CASE DATA.csv --out FOLDER`."
    try:
        if path.stat().st_size > MOST:
            raise _unread(shown, "a file that is too large", f"at most {MOST // 1_000_000} MB", fitted)
        raw = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unread(shown, f"a file that cannot be read ({reason})", "a file of posterior draws", fitted) from None
    try:
        found = json.loads(raw)
        if not isinstance(found, dict) or found.get("format") != FORMAT:
            raise _unread(shown, "no posterior draws of this version", f'"format": "{FORMAT}"', fitted)
        terms = tuple((str(one["parameter"]), str(one["term"])) for one in found["terms"])
        columns = {str(name): one for name, one in found.get("columns", {}).items()}
        ranges = {name: (float(one["least"]), float(one["most"])) for name, one in columns.items() if "least" in one}
        texts = {name: tuple(map(str, one["texts"])) for name, one in columns.items() if "texts" in one}
        draws, weights = _numbers(found["draws"]), _numbers(found["weights"])
    except CaseError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        said = f"a file that is not whole ({type(error).__name__}: {error})"
        raise _unread(shown, said, "posterior draws", fitted) from None
    if draws.ndim != 2 or draws.shape[1] != len(terms) or weights.shape != draws.shape[:1] or not len(draws):
        shape = " x ".join(map(str, draws.shape))
        raise _unread(shown, f"{shape} draws with {weights.size} weights for {len(terms)} terms", "one of each", fitted)
    if not (np.isfinite(draws).all() and np.isfinite(weights).all() and (weights >= 0).all() and weights.sum() > 0):
        raise _unread(shown, "draws or weights that are no numbers", "finite draws, weights of 0 or more", fitted)
    return Posterior(
        shown, str(found.get("case", "")), str(found.get("case_hash", "")), terms, draws, weights / weights.sum(),
        hashlib.sha256(raw).hexdigest()[:16], ranges, texts,
    )  # fmt: skip


def _numbers(value: Any) -> Floats:
    return np.asarray(value, dtype=np.float64)


def _unread(shown: str, found: str, expected: str, mend: str) -> CaseError:
    return CaseError(Problem(found=f"{found}: {shown}", expected=expected, mend=mend, path="file"))
