"""What a fit leaves in a folder: the estimates, draws of them for other cases, and how it did out of sample."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from standoff.errors import Problem, RunError
from standoff.fit.errors import inverse
from standoff.fit.fitted import Fitted, Progress
from standoff.fit.posterior import Draws, draw_posterior, stretched, write_posterior
from standoff.fit.standard import as_written
from standoff.fit.table import Table
from standoff.forecast.store import write_whole
from standoff.game.model import Ints
from standoff.language.plain import plain
from standoff.language.terms import CONSTANT, read_term

if TYPE_CHECKING:
    from standoff.fit.validate import Validation

FIT, POSTERIOR, VALIDATION = "fit.json", "posterior.json", "validation.json"
ROUGH = 0.5  # Pareto k above which few cases are a reason for doubt
FEW = 100  # cases
LEANS = 0.5  # standard errors between mode and median
MOST = 6  # coefficients that are named


class Kept(NamedTuple):
    """What was written, by what it is; remarks on the draws; what these are, if there are any."""

    files: dict[str, Path]
    remarks: tuple[Problem, ...] = ()
    draws: Draws | None = None


def keep(
    fitted: Fitted,
    folder: Path,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Kept:
    """Write each file whole or not at all.

    A posterior or a validation of before is taken away, since it would not be its own: a fit without a top leaves none.
    Raises RunError as a disk does.
    """
    folder = Path(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        found, mend = f"a folder that cannot be made ({error.strerror})", "Name another one with --out."
        raise RunError(Problem(found, "a folder to write into", mend, file=str(folder))) from None
    for old in (POSTERIOR, VALIDATION):
        (folder / old).unlink(missing_ok=True)
    _json(folder / FIT, fitted.to_json())
    written: dict[str, Path] = {"estimates": folder / FIT}
    remarks: tuple[Problem, ...] = ()
    drawn: Draws | None = None
    if fitted.estimate.converged and not (len(fitted.own) or fitted.design.held):
        said, mend = "effects of groups alone, of which no draws are kept", "Add `constant:` to have draws of it."
        remarks = (Problem(said, "coefficients", mend, level="warning"),)
    elif fitted.estimate.converged:
        drawn = draw_posterior(fitted.estimate, fitted.likelihood, seed=seed, progress=progress)
        remarks = drawn.remarks or _rough(drawn, fitted.cases)
        clustered = fitted.errors.clusters is not None
        if clustered and not np.isfinite(fitted.errors.covariance).all():
            said, mend = "posterior draws without errors by cluster", "Name a column with more groups under `groups`."
            remarks = (*remarks, Problem(said, "an error by cluster for each coefficient", mend, level="warning"))
            clustered = False
        remarks += _posterior(fitted, drawn, folder / POSTERIOR, clustered)
        written["posterior"] = folder / POSTERIOR
    return Kept(written, remarks, drawn)


def _rough(drawn: Draws, cases: float) -> tuple[Problem, ...]:
    if not drawn.k > ROUGH or cases >= FEW:
        return ()
    said = f"posterior draws with a Pareto k of {drawn.k:.2f}, of {cases:,.0f} cases"
    mend = "With so few cases the ends of the draws are rough: add data or priors, or rest nothing on them."
    return (Problem(said, f"at most {ROUGH}, or {FEW} cases", mend, level="warning"),)


def _leaning(fitted: Fitted, drawn: Draws) -> tuple[Problem, ...]:
    """Coefficients whose draws, of those in the table of estimates, have their middle elsewhere than the estimate."""
    if drawn.plain:
        return ()
    said = []
    for k, one in enumerate(fitted.coefficients):
        order = np.argsort(drawn.draws[:, k])
        at = int(np.searchsorted(np.cumsum(drawn.weights[order]), 0.5))
        middle = float(drawn.draws[order[min(at, len(order) - 1)], k])
        if abs(middle - one.estimate) > LEANS * one.se:
            said.append(f"{one.parameter}: {one.term} ({_two(middle)}, estimate {_two(one.estimate)})")
    if not said:
        return ()
    more = f" and {len(said) - MOST} more" if len(said) > MOST else ""
    found = (
        "draws with their median more than half a standard error from the estimate: " + ", ".join(said[:MOST]) + more
    )
    mend = "The likelihood is lopsided there: take both the estimate with its error and the draws as rough."
    return (Problem(found, "a curve that is about even", mend, level="warning"),)


def keep_validation(validation: Validation, folder: Path) -> Path:
    """Write how the fit that was kept there did out of sample. Raises RunError as a disk does."""
    path = Path(folder) / VALIDATION
    _json(path, validation_data(validation))
    return path


def validation_data(validation: Validation) -> list[dict[str, Any]]:
    """The table of models as plain data, each held against every other."""
    return [line.to_json() for line in validation.table(validation.models)]


def _posterior(fitted: Fitted, drawn: Draws, path: Path, clustered: bool) -> tuple[Problem, ...]:
    """Write the draws; gives remarks on where they lie."""
    own = fitted.own  # groups are of this table alone
    drawn = replace(drawn, draws=drawn.draws[:, own], mode=drawn.mode[own])
    if clustered:
        square = np.ix_(own, own)
        known = inverse(fitted.estimate)[square]
        drawn = stretched(drawn, fitted.errors.covariance[square], known)
    leaning = _leaning(fitted, drawn)
    terms, makes = as_written(fitted.design)
    draws, mode = drawn.draws @ makes.T, makes @ drawn.mode
    for parameter, term, value in fitted.design.held:  # the same in every draw
        if (parameter, term) not in terms:
            terms.append((parameter, term))
            draws, mode = np.append(draws, np.zeros((len(draws), 1)), axis=1), np.append(mode, 0.0)
        k = terms.index((parameter, term))
        draws[:, k] += value
        mode[k] += value
    names = tuple(f"{parameter}: {term}" for parameter, term in terms)
    drawn = replace(drawn, names=names, draws=draws, mode=mode)
    table = {"name": Path(fitted.table.name).name, "digest": fitted.table.digest, "rows": fitted.table.rows}
    case = fitted.case
    write_posterior(
        path, drawn, terms, case=case.name, case_hash=case.hash, rule=fitted.rule, table=table,
        columns=_columns(fitted.table, fitted.design.rows_used, [term for _, term in terms]),
    )  # fmt: skip
    return leaning


def _two(value: float) -> str:
    return f"{value:.2f}".replace("-", "\u2212")


def _columns(table: Table, rows: Ints, terms: Sequence[str]) -> dict[str, Any]:
    """What the rows used have in the columns of the terms, by the names that terms know these by."""
    names = sorted({name for term in terms if term != CONSTANT for name in read_term(term).names})
    found: dict[str, Any] = {}
    for name in names:
        column = table.words[name]
        if column in table.numbers:
            values = table.numbers[column][rows]
            found[name] = {"least": float(np.nanmin(values)), "most": float(np.nanmax(values))}
        else:
            texts = table.texts[column]
            found[name] = {"texts": [texts.levels[int(code)] for code in np.unique(texts.codes[rows]) if code >= 0]}
    return found


def _json(path: Path, data: Any) -> None:
    write_whole(path, json.dumps(plain(data), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
