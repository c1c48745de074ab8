"""Parameters that go by the columns of a table, and how its rows answer to the case."""

from __future__ import annotations

from typing import Any

from standoff.case.checks.desk import Desk, effects, list_names
from standoff.errors import did_you_mean
from standoff.language.document import Coefficient, Fit, OutcomeColumn, Parameter
from standoff.language.expressions import Compiled, ExpressionError
from standoff.language.located import Path_
from standoff.language.terms import CONSTANT, each_of, pairs_of, products, read_term, term_text
from standoff.language.validation import plain

MOST_COEFFICIENTS = 5_000  # of a fit, effects of groups among them: 200 MB for every matrix of them
TINY = 1e-6  # the least deviation to choose: below it a prior is as good as `fixed`


def check_fit(desk: Desk) -> None:
    """`regress` of every parameter, and `fit`. Whether a table has the columns is seen when it is read."""
    fit = desk.document.fit
    regressed = []
    for name, parameter in desk.document.parameters.items():
        if parameter.regress is not None:
            regressed.append(name)
            _check_terms(desk, ("parameters", name, "regress"), parameter.regress, fit)
    if fit is None:
        if regressed:
            desk.warn(
                ("parameters", regressed[0], "regress"),
                f"{list_names(regressed)} by the columns of a table, and no `fit`",
                "`fit:` that says how the rows of the table answer to the case",
                "Add `fit: {counts: {outcome: column}}`.",
                on_key=True,
            )
        return
    if (fit.counts is None) == (fit.outcome is None):
        desk.complain(
            ("fit",),
            "neither `counts` nor `outcome`" if fit.counts is None else "both `counts` and `outcome`",
            "one of the two",
            "`counts: {outcome: column}` where a row counts cases, `outcome: {column: ..., values: ...}` where it is "
            "one.",
            on_key=True,
        )
    _check_outcomes(desk, fit)
    if fit.outcome is not None:
        _check_values(desk, fit.outcome)
    where = _read(desk, ("fit", "where"), fit.where)
    if where is not None and not where.truth:
        found = f"`{where.source}`, a number" if where.names else f"the number {where.source}"
        desk.warn(("fit", "where"), found, "a condition, true or false", "Write a comparison, such as `year >= 1946`.")
    _check_lists(desk, fit)
    _check_tune(desk, fit)
    _check_hierarchy(desk, fit)
    if not any(estimated(parameter) for parameter in desk.document.parameters.values()):
        desk.warn(
            ("fit",),
            "nothing to estimate: every parameter is fixed or follows from others",
            "a parameter with `regress`, or with a prior that is not `fixed`",
            "Write `regress: {constant: }` for a number that the table shall tell.",
            on_key=True,
        )


def estimated(parameter: Parameter) -> bool:
    """Whether a fit has anything to find out about it."""
    if parameter.regress is not None:
        return any(prior is None or prior.fixed is None for prior in parameter.regress.values())
    return parameter.prior is not None and parameter.prior.fixed is None


def _check_terms(desk: Desk, path: Path_, terms: dict[str, Coefficient | None], fit: Fit | None) -> None:
    lists = {} if fit is None else fit.terms
    seen: dict[Any, str] = {}
    for key, prior in terms.items():
        here = (*path, key)
        of, column = pairs_of(key), each_of(key)
        if of is not None and of not in lists:
            mend = did_you_mean(of, lists) if lists else "Write it under `fit`: `terms: {NAME: [column, column]}`."
            desk.complain(here, f"`{of}`", "a list of terms under `fit.terms`", mend, on_key=True)
        elif column is not None:
            if prior is None or prior.normal is None:
                mend = f"Write `{key}: {{normal: [0, 0.5]}}`."
                desk.complain(here, f"`{key}` without a spread", "how much its values differ, as a prior", mend,
                              on_key=True)  # fmt: skip
            elif prior.normal[0] and not isinstance(prior.normal[1], str):
                mend = f"Write `{CONSTANT}: {{normal: [{prior.normal[0]:g}, 1]}}` beside it, and `{key}: {{normal: "
                mend += f"[0, {prior.normal[1]:g}]}}`."
                wanted = "0, the mean of what values differ by"
                desk.complain(here, f"a mean of {prior.normal[0]:g} under `{key}`", wanted, mend)
        elif key != CONSTANT and key not in lists and of is None:
            formula = _read(desk, here, key)
            if formula is not None and not formula.names:
                mend = f"Write `{CONSTANT}` for what is the same in every row."
                desk.complain(here, f"`{key}`, which no column changes", "a column in every term", mend, on_key=True)
        if of is not None and len(lists.get(of, ())) * (len(lists.get(of, ())) + 1) // 2 > MOST_COEFFICIENTS:
            n = len(lists[of])
            mend = "Take the products of a shorter list: those that there is a reason for."
            desk.complain(
                here, f"`{key}`, {n * (n + 1) // 2:,} products of {n:,} terms", f"at most {MOST_COEFFICIENTS:,}", mend,
                on_key=True,
            )  # fmt: skip
            continue
        spelled = [tuple(sorted(map(_spelled, term))) for term in products(key, lists)]
        for term in spelled or [("each", str(column))]:
            if term in seen and seen[term] != key:
                listed = key in lists or of is not None
                said = " * ".join(term)
                found = f"`{said}`, which `{seen[term]}` has too" if listed else f"`{key}` a second time"
                desk.complain(here, found, "each term once", "Remove one of them.", on_key=True)
                break
            seen[term] = key
        if prior is not None:
            _check_coefficient(desk, here, prior, fit)


def _check_coefficient(desk: Desk, path: Path_, prior: Coefficient, fit: Fit | None) -> None:
    if prior.normal is not None and prior.fixed is not None:
        desk.complain(path, "both `normal` and `fixed`", "one of the two, or nothing", "Keep one of them.")
    if prior.normal is None:
        return
    mean, sd = prior.normal
    tune = {} if fit is None else fit.tune
    if isinstance(sd, str):
        if sd not in tune:
            mend = did_you_mean(sd, tune) if tune else f"Write the values to choose from: `tune: {{{sd}: [0.1, 0.3]}}`."
            desk.complain(path, f"`{sd}`", "a number, or a name under `fit.tune`", mend)
        elif mean:
            desk.complain(path, f"a mean of {mean:g}", "0 where the deviation is chosen", "Write `[0, NAME]`.")
    elif not sd > 0:
        wanted = "[mean, standard deviation] with a deviation above 0"
        desk.complain(path, f"normal [{mean:g}, {sd:g}]", wanted, f"Write for instance `{{normal: [{mean:g}, 1]}}`.")


def _check_lists(desk: Desk, fit: Fit) -> None:
    for name, terms in fit.terms.items():
        path: Path_ = ("fit", "terms", name)
        if name == CONSTANT or not terms:
            found = f"a list called `{CONSTANT}`" if name == CONSTANT else "an empty list"
            desk.complain(path, found, "a name of its own, and some terms", "Mend it, or remove it.", on_key=True)
        for i, term in enumerate(terms):
            formula = _read(desk, (*path, i), term)
            if formula is not None and not formula.names:
                desk.complain((*path, i), f"`{term}`, which no column changes", "a column in every term", "Remove it.")
            if _spelled(term) in map(_spelled, terms[:i]):
                desk.complain((*path, i), f"`{term}` a second time", "each term once", "Remove one of them.")


def _spelled(term: str) -> str:
    """A term by what it means: neither capitals nor spaces tell columns apart."""
    return "".join(str(term_text(term)).split())


def _check_tune(desk: Desk, fit: Fit) -> None:
    used = {
        prior.normal[1]
        for parameter in desk.document.parameters.values()
        for prior in (parameter.regress or {}).values()
        if prior is not None and prior.normal is not None
    }
    for name, values in fit.tune.items():
        path: Path_ = ("fit", "tune", name)
        if not values or min(values) < 0 or len(set(values)) < len(values) or any(0 < one < TINY for one in values):
            wanted = f"some different numbers, 0 or from {TINY:g} up"
            said = ", ".join(f"{one:g}" for one in values)
            desk.complain(path, f"[{said}]", wanted, f"Write for instance `{name}: [0.1, 0.2, 0.4]`.")
        if name not in used:
            mend = f"Write `{{normal: [0, {name}]}}` as the prior of a coefficient, or remove it."
            desk.warn(path, f"`{name}`, which no prior uses", "a prior with that deviation", mend, on_key=True)
    _check_left(desk, fit)
    each = [key for parameter in desk.document.parameters.values() for key in parameter.regress or {} if each_of(key)]
    if fit.hierarchy and (fit.tune or fit.standardise or each):
        key = "tune" if fit.tune else "standardise" if fit.standardise else each[0]
        desk.complain(
            ("fit", "hierarchy"),
            f"`hierarchy` beside `{key}`",
            "one way of finding how much groups differ",
            "Write `each(COLUMN): {normal: [0, groups]}` under `regress`, and `groups: [0.1, 0.3, 0.6]` under `tune`.",
            on_key=True,
        )


def _check_left(desk: Desk, fit: Fit) -> None:
    """A deviation of 0 leaves its terms out: something must be left to estimate."""
    named: set[str] = set()
    for parameter in desk.document.parameters.values():
        if parameter.regress is None:
            if estimated(parameter):
                return
            continue
        for prior in parameter.regress.values():
            if prior is None or prior.fixed is None:
                sd = prior.normal[1] if prior is not None and prior.normal is not None else None
                if not isinstance(sd, str) or 0 not in fit.tune.get(sd, ()):
                    return
                named.add(sd)
    for name in sorted(named)[:1]:
        desk.complain(
            ("fit", "tune", name),
            f"0 among the deviations of {list_names(sorted(named))}, which leaves nothing to estimate",
            "something that is estimated whatever is chosen",
            f"Write `regress: {{{CONSTANT}: }}` for a parameter, or leave 0 out.",
        )


def _read(desk: Desk, path: Path_, source: Any) -> Compiled | None:
    """The expression over columns, or None and what is wrong with it."""
    try:
        return read_term(source)
    except ExpressionError as error:
        for problem in error.problems:
            desk.complain(path, problem.found, problem.expected, problem.mend, column=problem.column)
    return None


def _check_outcomes(desk: Desk, fit: Fit) -> None:
    document = desk.document
    key: Path_ = ("fit", "counts") if fit.counts is not None else ("fit", "outcome", "values")
    told = [*(fit.counts or {}), *(fit.outcome.values if fit.outcome else {})]
    for name in told:
        if name not in document.outcomes:
            desk.complain((*key, name), f"`{name}`", "an outcome", did_you_mean(name, document.outcomes), on_key=True)
    seen: dict[str, str] = {}
    for name, column in (fit.counts or {}).items():
        if column in seen:
            found = f"the column `{column}`, which also counts `{seen[column]}`"
            desk.complain((*key, name), found, "a column for every outcome", "Name another column.")
        seen.setdefault(column, name)
    ends: set[str] = set()
    for _, _, _, effect in effects(document):
        ends |= {effect.ends} if isinstance(effect.ends, str) else set(effect.ends or {})
    missing = [name for name in document.outcomes if name in ends and name not in told]
    if told and missing:
        desk.warn(
            key,
            f"nothing for {list_names(missing)}",
            "every outcome that can come about",
            "Say where the table has it; an outcome that is never observed cannot be fitted.",
            on_key=True,
        )


def _check_values(desk: Desk, outcome: OutcomeColumn) -> None:
    seen: dict[Any, str] = {}
    for name, values in outcome.values.items():
        path: Path_ = ("fit", "outcome", "values", name)
        for value in values if isinstance(values, list) else [values]:
            if not isinstance(value, str | int | float | bool):
                wanted = "a text, a number, or a list of them"
                desk.complain(path, plain(value), wanted, f"Write what stands in the column for `{name}`.")
            elif value in seen:
                found = f"{plain(value)}, which also stands for `{seen[value]}`"
                desk.complain(path, found, "each value once", "Let it stand for one outcome.")
            else:
                seen[value] = name


def _check_hierarchy(desk: Desk, fit: Fit) -> None:
    parameters = desk.document.parameters
    for name in fit.hierarchy:
        path: Path_ = ("fit", "hierarchy", name)
        if name not in parameters:
            desk.complain(path, f"`{name}`", "a parameter", did_you_mean(name, parameters), on_key=True)
        elif not estimated(parameters[name]):
            desk.complain(
                path,
                f"`{name}`, which is fixed or follows from others",
                "a parameter that is estimated",
                "Give it `regress: {constant: }`.",
                on_key=True,
            )
