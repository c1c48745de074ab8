"""Parameters that go by the columns of a table, and how its rows answer to the case."""

from __future__ import annotations

from typing import Any

from standoff.case.checks.desk import Desk, effects, list_names
from standoff.case.checks.priors import check_family, stated
from standoff.errors import did_you_mean
from standoff.language.document import Fit, OutcomeColumn, Parameter, Prior
from standoff.language.expressions import Compiled, ExpressionError
from standoff.language.located import Path_
from standoff.language.terms import CONSTANT, read_term, term_text
from standoff.language.validation import plain


def check_fit(desk: Desk) -> None:
    """`regress` of every parameter, and `fit`. Whether a table has the columns is seen when it is read."""
    regressed = []
    for name, parameter in desk.document.parameters.items():
        if parameter.regress is not None:
            regressed.append(name)
            _check_terms(desk, ("parameters", name, "regress"), parameter.regress)
    fit = desk.document.fit
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


def _check_terms(desk: Desk, path: Path_, terms: dict[str, Prior | None]) -> None:
    seen: dict[Any, str] = {}
    for term, prior in terms.items():
        here = (*path, term)
        key = "".join(str(term_text(term)).split())
        if key in seen:
            desk.complain(here, f"`{term}` a second time", "each term once", "Remove one of them.", on_key=True)
        seen.setdefault(key, term)
        if term != CONSTANT:
            formula = _read(desk, here, term)
            if formula is not None and not formula.names:
                mend = f"Write `{CONSTANT}` for what is the same in every row."
                desk.complain(here, f"`{term}`, which no column changes", "a column in every term", mend, on_key=True)
        if prior is None:
            continue
        if stated(prior) and set(stated(prior)) <= {"normal", "fixed"}:
            check_family(desk, here, prior)
            continue
        desk.complain(
            here,
            f"{' and '.join(stated(prior)) or 'no family'} for a coefficient",
            "`normal` or `fixed`, or nothing, which is no prior at all",
            "Write `{normal: [0, 1]}`, or leave it empty.",
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
