"""From a case and a table to what a likelihood is made of: terms by parameter, outcomes by row, groups and times.

A parameter at a row is ``constants[p] + blocks[p] @ coefficients of p``: its `regress` terms times their coefficients,
or one coefficient if it has a prior that is not fixed. Parameters with `is` follow from the others as in the game.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from standoff.errors import FitError, Problem
from standoff.fit.columns import Ready, column_of, groups_of, missing, ready, times_of, used_columns
from standoff.fit.complaints import Complaints
from standoff.fit.identify import check_identified
from standoff.fit.observed import observed, outcome_columns
from standoff.fit.table import Table
from standoff.game.model import Floats, Ints
from standoff.language.document import CaseDocument, Fit, Parameter, Prior
from standoff.language.located import Located
from standoff.language.priors import family, quantile
from standoff.language.terms import CONSTANT


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient: of which parameter, on what, and its normal prior; an infinite sd is none."""

    parameter: str
    name: str
    mean: float
    sd: float

    def __str__(self) -> str:
        return f"{self.parameter}: {self.name}"


@dataclass(frozen=True, eq=False)
class Design:
    """What is estimated, and from what.

    terms: [K], by parameter. blocks: parameter -> [rows, its terms]. constants: parameter -> [rows], what is held, for
    every parameter without `is`. counts: [rows, outcomes]; `told` are the outcomes that the table can tell of.
    groups: [rows] which of `group_names`. times: [rows]. hierarchy: parameter -> ([rows], names). lines: [rows] of the
    file, rows_used: [rows] of the table. left_out: (column, rows that lack it), of the `dropped` rows; `elsewhere` rows
    are not meant by `where`. remarks: warnings.
    """

    terms: tuple[Term, ...]
    blocks: Mapping[str, Floats] = field(repr=False)
    constants: Mapping[str, Floats] = field(repr=False)
    outcomes: tuple[str, ...]
    counts: Floats = field(repr=False)
    told: tuple[str, ...]
    lines: Ints = field(repr=False)
    rule: str = "logit"
    groups: Ints | None = field(repr=False, default=None)
    group_names: tuple[str, ...] = field(repr=False, default=())
    times: Floats | None = field(repr=False, default=None)
    hierarchy: Mapping[str, tuple[Ints, tuple[str, ...]]] = field(repr=False, default_factory=dict)
    rows_used: Ints = field(repr=False, default_factory=lambda: np.zeros(0, np.int32))
    table: str = ""
    table_rows: int = 0
    dropped: int = 0
    elsewhere: int = 0
    left_out: tuple[tuple[str, int], ...] = ()
    remarks: tuple[Problem, ...] = field(repr=False, default=())

    @property
    def rows(self) -> int:
        """How many rows are used."""
        return len(self.lines)

    @property
    def size(self) -> int:
        """K, how many coefficients there are."""
        return len(self.terms)

    @property
    def names(self) -> tuple[str, ...]:
        """[K] ``parameter: term``."""
        return tuple(map(str, self.terms))

    @property
    def scale(self) -> Floats:
        """[K] the size at which a coefficient matters: 1 over the root mean square of its column."""
        sizes = [np.sqrt(np.mean(np.square(block), axis=0)) for block in self.blocks.values()]
        return 1.0 / np.concatenate(sizes) if sizes else np.zeros(0)

    def priors(self) -> tuple[Floats, Floats]:
        """Means and standard deviations [K], infinite where there is no prior."""
        return np.array([term.mean for term in self.terms]), np.array([term.sd for term in self.terms])

    def features(self) -> tuple[tuple[str, ...], Floats]:
        """The different terms but the constant ones, whoever they belong to: names [F] and [rows, F]."""
        found: dict[str, Floats] = {}
        at = dict.fromkeys(self.blocks, 0)
        for term in self.terms:
            if term.name != CONSTANT:
                found.setdefault(term.name, self.blocks[term.parameter][:, at[term.parameter]])
            at[term.parameter] += 1
        return tuple(found), np.stack([*found.values()], axis=1) if found else np.zeros((self.rows, 0))


def design(document: CaseDocument, table: Table, *, located: Located | None = None) -> Design:
    """Lay a table out for a case. Raises FitError with everything that does not fit, in the case and in the table.

    located: the text of the case, to say where something stands.
    """
    complaints = Complaints(table, located)
    fit = document.fit
    if fit is None:
        mend = "Add `fit: {counts: {outcome: column}}`, or `fit: {outcome: {column: ..., values: ...}}`."
        complaints.key((), "a case without `fit`", "how the rows of a table answer to it", mend)
        raise FitError(complaints.errors)
    terms = _terms(complaints, document)
    where = ready(complaints, ("fit", "where"), fit.where) if fit.where is not True else None
    outcomes = outcome_columns(complaints, fit)
    others = _others(complaints, fit)
    times = times_of(complaints, others["time"]) if "time" in others else None
    if complaints.errors:
        raise FitError(complaints.errors)
    parts = [part for _, _, part in terms if part is not None]
    needed = sorted({*outcomes.values(), *used_columns(parts), *others.values()}, key=list(table.columns).index)
    rows, dropped, elsewhere, left_out = _rows(complaints, needed, where)
    counts = observed(complaints, document, fit, outcomes, rows)
    if complaints.errors:
        raise FitError(complaints.errors)
    seen = counts.sum(axis=1) > 0
    if not seen.all():
        one = int((~seen).sum())
        found = f"{one:,} row{'s' * (one > 1)} in which nothing is counted"
        complaints.whole(found, "rows that count something", "They say nothing, and are left out.", level="warning")
        rows, counts = rows[seen], counts[seen]
    made, blocks, constants = _blocks(complaints, document, terms, rows)
    if not complaints.errors:
        check_identified(complaints, made, blocks, counts)
    if complaints.errors:
        raise FitError(complaints.errors)
    told = fit.counts or (fit.outcome.values if fit.outcome else {})
    groups = groups_of(table, others["groups"], rows) if "groups" in others else (None, ())
    return Design(
        terms=tuple(made),
        blocks=blocks,
        constants=constants,
        outcomes=tuple(document.outcomes),
        counts=counts,
        told=tuple(name for name in document.outcomes if name in told),
        lines=table.lines[rows],
        rule=fit.rule,
        groups=groups[0],
        group_names=groups[1],
        times=None if times is None else times[rows],
        hierarchy={name: groups_of(table, others[f"hierarchy.{name}"], rows) for name in fit.hierarchy},
        rows_used=rows,
        table=table.name,
        table_rows=table.rows,
        dropped=dropped,
        elsewhere=elsewhere,
        left_out=left_out,
        remarks=(*table.remarks, *complaints.remarks),
    )


def produced(design: Design, can: Collection[str]) -> list[Problem]:
    """What the tree says of the outcomes observed: those it cannot come to, and those it can that never are.

    can: the outcomes that some path of the tree ends in.
    """
    problems = []
    for at, name in enumerate(design.outcomes):
        total = float(design.counts[:, at].sum())
        if total and name not in can:
            row = int(np.flatnonzero(design.counts[:, at])[0])
            problems.append(
                Problem(
                    found=f"`{name}` {total:,.0f} time{'' if total == 1 else 's'}, which no path of the case ends in",
                    expected=f"outcomes that play can come to: {', '.join(sorted(can))}",
                    mend="Let a move or an event end in it, or count it as another outcome.",
                    file=design.table,
                    line=int(design.lines[row]),
                    column=1,
                    path=f"outcomes.{name}",
                )
            )
        elif name in can and name not in design.told:
            problems.append(
                Problem(
                    found=f"no column that tells of `{name}`, which play can come to",
                    expected="every outcome that can come about under `fit`",
                    mend="Say where the table has it, or let nothing end in it.",
                    file=design.table,
                    path=f"fit.{name}",
                )
            )
    return problems


Plan = list[tuple[str, str, Ready | None]]
"""(parameter, term as written, its expression; None for the constant)."""


def _terms(complaints: Complaints, document: CaseDocument) -> Plan:
    found: Plan = []
    for name, parameter in document.parameters.items():
        if parameter.regress is None:
            if parameter.prior is not None and parameter.prior.fixed is None:
                found.append((name, CONSTANT, None))
            continue
        for term in parameter.regress:
            path = ("parameters", name, "regress", term)
            part = None if term == CONSTANT else ready(complaints, path, term)
            found.append((name, term, part))
    if not any(True for _ in found):
        mend = "Write `regress: {constant: }` for a number that the table shall tell."
        complaints.key(("parameters",), "nothing to estimate", "a parameter that is not fixed", mend)
    return found


def _others(complaints: Complaints, fit: Fit) -> dict[str, str]:
    """The columns of groups and times, by what they are for."""
    wanted = {"groups": fit.groups, "time": fit.time}
    found = {}
    for key, name in wanted.items():
        if name is not None:
            column = column_of(complaints, name, ("fit", key))
            if column is not None:
                found[key] = column
    for parameter, name in fit.hierarchy.items():
        column = column_of(complaints, name, ("fit", "hierarchy", parameter))
        if column is not None:
            found[f"hierarchy.{parameter}"] = column
    return found


def _rows(
    complaints: Complaints, needed: list[str], where: Ready | None
) -> tuple[Ints, int, int, tuple[tuple[str, int], ...]]:
    """Rows that are meant and have everything; how many lack something, how many are not meant, and what they lack."""
    table = complaints.table
    meant = np.ones(table.rows, bool)
    lacking: dict[str, int] = {}
    complete = np.ones(table.rows, bool)
    if where is not None:
        known = np.ones(table.rows, bool)
        for column in where.columns.values():
            none = missing(table, column)
            known &= ~none
            if none.any():
                lacking[column] = int(none.sum())
        rows = np.flatnonzero(known).astype(np.int32)
        held = np.asarray(where.values(table, rows)).astype(bool)
        meant[rows] = held
        complete &= known
    for column in needed:
        none = missing(table, column) & meant
        complete &= ~none
        if none.any():
            lacking[column] = int(none.sum())
    used = np.flatnonzero(meant & complete).astype(np.int32)
    dropped, elsewhere = int((meant & ~complete).sum()), int((~meant).sum())
    if not len(used):
        if not meant.any():
            mend = "Look at the condition under `where`."
            complaints.key(("fit", "where"), "a condition that holds in no row", "one that holds in some", mend)
        else:
            worst = sorted(lacking.items(), key=lambda one: -one[1])[:6]
            said = ", ".join(f"`{name}` in {count:,}" for name, count in worst)
            mend = "Leave out the columns that are hardly ever there, or mend the table."
            complaints.whole(f"no row that has everything; missing is {said}", "rows with every column used", mend)
    return used, dropped, elsewhere, tuple(lacking.items())


def _blocks(
    complaints: Complaints, document: CaseDocument, plan: Plan, rows: Ints
) -> tuple[list[Term], dict[str, Floats], dict[str, Floats]]:
    terms: list[Term] = []
    blocks: dict[str, Floats] = {}
    constants: dict[str, Floats] = {}
    ones = np.broadcast_to(np.float64(1.0), rows.shape)
    nothing = np.broadcast_to(np.float64(0.0), rows.shape)
    approximate: list[str] = []
    for name, parameter in document.parameters.items():
        if parameter.is_ is not None:
            continue
        held = parameter.prior.fixed if parameter.prior is not None else None
        constants[name] = nothing if held is None else np.broadcast_to(np.float64(held), rows.shape)
        columns: list[Floats] = []
        for owner, term, part in plan:
            if owner != name:
                continue
            values = ones if part is None else _finite(complaints, part, rows)
            prior = _prior_of(parameter, term)
            if prior is not None and prior.fixed is not None:
                constants[name] = constants[name] + prior.fixed * values
                continue
            mean, sd = _moments(prior)
            if prior is not None and family(prior)[0] != "normal":
                approximate.append(name)
            terms.append(Term(name, term, mean, sd))
            columns.append(values)
        if len(columns) == 1:
            blocks[name] = columns[0][:, np.newaxis]
        elif columns:
            blocks[name] = np.stack(columns, axis=1)
    if approximate:
        shown = ", ".join(approximate[:8]) + (f" and {len(approximate) - 8} more" if len(approximate) > 8 else "")
        complaints.whole(
            f"priors that are not normal, of {shown}",
            "normal priors",
            "They are taken as normal ones with the same mean and standard deviation.",
            level="warning",
        )
    return terms, blocks, constants


def _prior_of(parameter: Parameter, term: str) -> Prior | None:
    return parameter.prior if parameter.regress is None else parameter.regress[term]


def _moments(prior: Prior | None) -> tuple[float, float]:
    """Mean and standard deviation; those of quantiles where the prior is not normal."""
    if prior is None:
        return 0.0, math.inf
    if prior.normal is not None:
        return prior.normal
    n = 4000
    at = quantile(prior, (np.arange(n) + 0.5) / n)
    return float(at.mean()), float(at.std())


def _finite(complaints: Complaints, part: Ready, rows: Ints) -> Floats:
    """The values of a term [rows]; where they are no numbers, the cells are told."""
    table = complaints.table
    values = np.asarray(part.values(table, rows), np.float64)
    wrong = np.flatnonzero(~(np.abs(values) < math.inf))
    if len(wrong):
        column = next(iter(part.columns.values()))

        def found(row: int) -> str:
            value = values[np.searchsorted(rows, row)]
            made = "no number" if math.isnan(value) else f"{value:g}"
            said = ", ".join(f"{name} = {table.cell(row, name)}" for name in part.columns.values())
            return f"`{part.source}`, which is {made} where {said}"

        mend = "Leave the row out with `where`, or write a term that is a number there, such as `log(x + 1)`."
        complaints.cells(column, rows[wrong], found, "a finite number in every row", mend)
    return values
