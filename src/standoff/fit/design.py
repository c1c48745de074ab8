"""From a case and a table to what a likelihood is made of: terms by parameter, outcomes by row, groups and times.

A parameter at a row is ``constants[p] + blocks[p] @ coefficients of p``: its `regress` terms times their coefficients,
or one coefficient if it has a prior that is not fixed; and an effect of each group it belongs to. Parameters with `is`
follow from the others as in the game.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from standoff.case.checks.fit import MOST_COEFFICIENTS
from standoff.errors import FitError, Problem
from standoff.fit.columns import Ready, column_of, groups_of, missing, ready, times_of, used_columns
from standoff.fit.complaints import Complaints
from standoff.fit.identify import check_identified
from standoff.fit.observed import observed, outcome_columns
from standoff.fit.standard import Index, Standard, product, standardised
from standoff.fit.table import Table
from standoff.game.model import Floats, Ints
from standoff.language.document import CaseDocument, Coefficient, Fit, Prior
from standoff.language.grammar import MAX_LENGTH, MAX_NODES, parse
from standoff.language.located import Located, Path_
from standoff.language.printable import printable
from standoff.language.priors import family, quantile
from standoff.language.terms import CONSTANT, each_of, pairs_of, products, term_text


@dataclass(frozen=True, slots=True)
class Term:
    """A coefficient: of which parameter, on what, and its normal prior; an infinite sd is none.

    of: the columns of the design that are multiplied to make its own; none for the constant. tuned: the name of an sd
    that is to be chosen.
    """

    parameter: str
    name: str
    mean: float
    sd: float
    of: tuple[int, ...] = ()
    tuned: str = ""

    def __str__(self) -> str:
        return f"{self.parameter}: {self.name}"


@dataclass(frozen=True, eq=False)
class Grouping:
    """Effects of the values of a column on a parameter, normal around `mean`: codes [rows] into `names`."""

    column: str
    codes: Ints = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    mean: float
    sd: float
    tuned: str = ""


@dataclass(frozen=True, eq=False)
class Design:
    """What is estimated, and from what.

    terms: [K], by parameter. blocks: parameter -> [rows, its terms]. constants: parameter -> [rows], what is held, for
    every parameter without `is`. counts: [rows, outcomes]; `told` are the outcomes that the table can tell of.
    groups: [rows] which of `group_names`. times: [rows]. hierarchy: parameter -> ([rows], names). lines: [rows] of the
    file, rows_used: [rows] of the table. left_out: (column, rows that lack it), of the `dropped` rows; `elsewhere` rows
    are not meant by `where`. remarks: warnings.

    held: (parameter, expression, coefficient) of what is not to be found. grouped: parameter -> effects of groups with
    a given spread. tune: the values of an sd to choose from. columns:
    [rows, M] what blocks are made of if they are standardised, `standard` how they are. indexed: parameter -> (codes
    [rows], groups) of coefficients behind its own, see `with_effects`.
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
    grouped: Mapping[str, tuple[Grouping, ...]] = field(repr=False, default_factory=dict)
    column_names: tuple[str, ...] = field(repr=False, default=())
    columns: Floats | None = field(repr=False, default=None)
    standard: Standard | None = field(repr=False, default=None)
    tune: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    indexed: Mapping[str, tuple[tuple[Ints, int], ...]] = field(repr=False, default_factory=dict)
    held: tuple[tuple[str, str, float], ...] = field(repr=False, default=())

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
        """[K] the size at which a coefficient matters: 1 over the root mean square of its column; 1 of an effect, which
        is in units of its parameter however rare its group."""
        return self.scale_in(None)

    def scale_in(self, rows: Index | None) -> Floats:
        """`scale` as some of the rows have it."""
        parts = []
        for name, block in self.blocks.items():
            sizes = np.sqrt(np.mean(np.square(block if rows is None else block[rows]), axis=0))
            parts.append(1.0 / np.where(sizes > 0, sizes, 1.0))
            parts += [np.ones(groups) for _, groups in self.indexed.get(name, ())]
        return np.concatenate(parts) if parts else np.zeros(0)

    @property
    def given(self) -> bool:
        """Whether it is standardised, or has effects of groups with a given spread, or spreads to choose."""
        return self.columns is not None or bool(self.grouped) or bool(self.tune)

    def at(self, settings: Mapping[str, float]) -> Design:
        """With the sds that were to be chosen; what has one of 0 is left out."""
        keep = [settings.get(term.tuned, 1.0) > 0 for term in self.terms]
        blocks = {
            name: block[:, [k for k, term in zip(keep, self.terms, strict=True) if term.parameter == name]]
            for name, block in self.blocks.items()
        }
        return replace(
            self,
            terms=tuple(
                replace(term, sd=settings.get(term.tuned, term.sd))
                for k, term in zip(keep, self.terms, strict=True)
                if k
            ),
            blocks=blocks,
            grouped={
                name: tuple(
                    replace(one, sd=settings.get(one.tuned, one.sd))
                    for one in groupings
                    if settings.get(one.tuned, 1.0) > 0
                )
                for name, groupings in self.grouped.items()
            },
        )

    def priors(self) -> tuple[Floats, Floats]:
        """Means and standard deviations [K], infinite where there is no prior."""
        return np.array([term.mean for term in self.terms]), np.array([term.sd for term in self.terms])

    def features(self) -> tuple[tuple[str, ...], Floats]:
        """The different terms but constants and products, whoever they belong to: names [F] and [rows, F]."""
        if self.columns is not None:
            return self.column_names, self.columns
        found: dict[str, Floats] = {}
        at = dict.fromkeys(self.blocks, 0)
        for term in self.terms:
            if len(term.of) == 1:
                found.setdefault(term.name, self.blocks[term.parameter][:, at[term.parameter]])
            at[term.parameter] += 1
        return tuple(found), np.stack([*found.values()], axis=1) if found else np.zeros((self.rows, 0))


MOST_CELLS = 250_000_000  # rows by coefficients: 2 GB for the slopes of every row
LARGEST = 1e60  # of a term, and 1 over it the least: squares of products can still be summed


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
    plan = _plan(complaints, document, fit)
    where = ready(complaints, ("fit", "where"), fit.where) if fit.where is not True else None
    outcomes = outcome_columns(complaints, fit)
    others = _others(complaints, fit)
    times = times_of(complaints, others["time"]) if "time" in others else None
    if complaints.errors and not _readable(fit, outcomes, where):
        raise FitError(complaints.errors)
    parts = [part for piece in plan for part in piece.parts]
    grouped = {piece.column for piece in plan if piece.column}
    used = {*outcomes.values(), *used_columns(parts), *others.values(), *grouped}
    needed = sorted(used, key=list(table.columns).index)
    rows, dropped, elsewhere, left_out = _rows(complaints, needed, where)
    _affordable(complaints, plan, [column for key, column in others.items() if key.startswith("hierarchy.")], rows)
    counts = observed(complaints, document, fit, outcomes, rows)
    if complaints.errors:  # everything else that is wrong is told along with it
        if complaints.affordable:
            _blocks(complaints, document, plan, rows)
        raise FitError(complaints.errors)
    seen = counts.sum(axis=1) > 0
    if not seen.all():
        one = int((~seen).sum())
        found = f"{one:,} row{'s' * (one > 1)} in which nothing is counted"
        complaints.whole(found, "rows that count something", "They say nothing, and are left out.", level="warning")
        rows, counts = rows[seen], counts[seen]
    laid = _blocks(complaints, document, plan, rows)
    if complaints.errors:
        raise FitError(complaints.errors)
    told = fit.counts or (fit.outcome.values if fit.outcome else {})
    groups = groups_of(table, others["groups"], rows) if "groups" in others else (None, ())
    whole = Design(
        terms=tuple(laid.terms),
        blocks=laid.blocks,
        constants=laid.constants,
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
        held=tuple(laid.held),
        grouped=laid.grouped,
        column_names=tuple(laid.columns),
        columns=np.stack([*laid.columns.values()], axis=1) if fit.standardise and laid.columns else None,
        tune={name: tuple(values) for name, values in fit.tune.items()},
    )
    made = standardised(whole)
    check_identified(complaints, made.terms, made.blocks, counts, standard=made.columns is not None)
    if complaints.errors:
        raise FitError(complaints.errors)
    if made.columns is not None:
        _centred(complaints, made)
    return replace(made, remarks=(*table.remarks, *complaints.remarks))


def _centred(complaints: Complaints, made: Design) -> None:
    constant = {term.parameter for term in made.terms if not term.of}
    constant |= {name for name, term, _ in made.held if term == CONSTANT}
    for name in dict.fromkeys(term.parameter for term in made.terms if term.of):
        if name not in constant:
            complaints.key(
                ("parameters", name, "regress"),
                f"`{name}` without `{CONSTANT}`, whose terms are in standard deviations from their mean",
                f"`{CONSTANT}` beside them",
                f"Add `{CONSTANT}:`, or its mean over the cases is held at 0.",
                level="warning",
            )


def _affordable(complaints: Complaints, plan: Sequence[_Piece], hierarchies: Sequence[str], rows: Ints) -> None:
    """Complain before anything is laid out that would not fit into memory: coefficients by coefficients, or by rows."""
    table = complaints.table
    columns = [piece.column for piece in plan if piece.column] + list(hierarchies)
    effects = sum(len(groups_of(table, column, rows)[1]) for column in columns)
    terms = sum(not piece.column for piece in plan)
    many = terms + effects
    said = f"{terms:,} coefficients" + (f" and {effects:,} effects of groups" if effects else "")
    mend = "Shorten the lists of `pairs`, take a column with fewer values under `each`, or use fewer rows with `where`."
    if many > MOST_COEFFICIENTS:
        complaints.whole(said, f"at most {MOST_COEFFICIENTS:,} together", mend)
    elif many * len(rows) > MOST_CELLS:
        complaints.whole(f"{said} on {len(rows):,} rows", f"at most {MOST_CELLS:,} for coefficients times rows", mend)
    else:
        return
    complaints.affordable = False


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


def _readable(fit: Fit, outcomes: Mapping[str, str], where: Ready | None) -> bool:
    """Whether the rows that are meant, and what came of them, can be looked at though something else is wrong."""
    wanted = 1 if fit.outcome is not None else len(fit.counts or {})
    return len(outcomes) == wanted and (where is not None or fit.where is True)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A coefficient as the case writes it, or the effects of the values of a `column`: `parts` are multiplied, none is
    the constant."""

    parameter: str
    name: str
    parts: tuple[Ready, ...]
    prior: Prior | Coefficient | None
    column: str = ""


def _plan(complaints: Complaints, document: CaseDocument, fit: Fit) -> list[_Piece]:
    found: list[_Piece] = []
    for name in set(fit.terms) & set(complaints.table.words):
        mend = "Give the list another name."
        complaints.key(("fit", "terms", name), f"a list `{name}`, which is a column too", "one or the other", mend)
    known: dict[tuple[Path_, str], Ready | None] = {}
    sizes: dict[str, int] = {}

    def read(path: Path_, source: str) -> Ready | None:
        if (path, source) not in known:
            known[path, source] = ready(complaints, path, source)
        return known[path, source]

    def nodes(source: str) -> int:
        if source not in sizes:
            sizes[source] = len(list(ast.walk(parse(str(term_text(source))).tree)))
        return sizes[source]

    for name, parameter in document.parameters.items():
        effects: dict[str, str] = {}
        if parameter.regress is None:
            if parameter.prior is not None and parameter.prior.fixed is None:
                found.append(_Piece(name, CONSTANT, (), parameter.prior))
            continue
        for key, prior in parameter.regress.items():
            path: Path_ = ("parameters", name, "regress", key)
            grouped = each_of(key)
            if grouped is not None:
                column = column_of(complaints, grouped, path)
                if column in effects:
                    said = f"`{key}`, which is `{effects[column]}` once more"
                    complaints.key(path, said, "each column once under `each`", "Remove one of them.")
                elif column is not None:
                    effects[column] = key
                    found.append(_Piece(name, key, (), prior, column))
                continue
            of = pairs_of(key) or key
            for term in products(key, fit.terms):
                places = [("fit", "terms", of, fit.terms[of].index(one)) if of in fit.terms else path for one in term]
                parts = [read(place, one) for place, one in zip(places, term, strict=True)]
                if None not in parts:
                    if len(term) > 1 and (len(product(term)) > MAX_LENGTH or sum(map(nodes, term)) + 3 > MAX_NODES):
                        first, second = map(printable, term)
                        said = f"`{first}` times `{second}`, which is too long to be read again"
                        limit = f"products of at most {MAX_LENGTH:,} characters and {MAX_NODES} parts"
                        complaints.key(places[0], said, limit, "Compute it beforehand, as a column of the table.")
                        break  # the others of the list are likely to be as long
                    good = tuple(part for part in parts if part is not None)
                    found.append(_Piece(name, " x ".join(term) or CONSTANT, good, prior))
    if not found and not complaints.errors:
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


@dataclass(frozen=True, eq=False)
class _Laid:
    terms: list[Term] = field(default_factory=list)
    blocks: dict[str, Floats] = field(default_factory=dict)
    constants: dict[str, Floats] = field(default_factory=dict)
    grouped: dict[str, tuple[Grouping, ...]] = field(default_factory=dict)
    columns: dict[str, Floats] = field(default_factory=dict)  # by expression, of what has a coefficient to be found
    places: dict[str, int] = field(default_factory=dict)  # of the columns among them
    held: list[tuple[str, str, float]] = field(default_factory=list)


def _blocks(complaints: Complaints, document: CaseDocument, plan: Sequence[_Piece], rows: Ints) -> _Laid:
    laid = _Laid()
    ones = np.broadcast_to(np.float64(1.0), rows.shape)
    nothing = np.broadcast_to(np.float64(0.0), rows.shape)
    approximate: list[str] = []
    for name, parameter in document.parameters.items():
        if parameter.is_ is not None:
            continue
        held = parameter.prior.fixed if parameter.prior is not None else None
        laid.constants[name] = nothing if held is None else np.broadcast_to(np.float64(held), rows.shape)
        columns: list[Floats] = []
        for piece in plan:
            if piece.parameter != name:
                continue
            prior = piece.prior
            mean, sd, tuned = _moments(prior)
            if piece.column:
                codes, names = groups_of(complaints.table, piece.column, rows)
                one = Grouping(piece.column, codes, names, mean, sd, tuned)
                laid.grouped[name] = (*laid.grouped.get(name, ()), one)
                continue
            values = [_column(complaints, laid, part, rows) for part in piece.parts]
            column = math.prod(values[1:], start=values[0]) if values else ones
            if prior is not None and prior.fixed is not None:
                laid.constants[name] = laid.constants[name] + prior.fixed * column
                text = product([part.source for part in piece.parts]) if piece.parts else CONSTANT
                laid.held.append((name, text, float(prior.fixed)))
                continue
            if isinstance(prior, Prior) and family(prior)[0] != "normal":
                approximate.append(name)
            for part, of in zip(piece.parts, values, strict=True):
                laid.columns.setdefault(part.source, of)
                laid.places.setdefault(part.source, len(laid.places))
            at = tuple(laid.places[part.source] for part in piece.parts)
            laid.terms.append(Term(name, piece.name, mean, sd, at, tuned))
            columns.append(column)
        if len(columns) == 1:
            laid.blocks[name] = columns[0][:, np.newaxis]
        elif columns or name in laid.grouped:
            laid.blocks[name] = np.stack(columns, axis=1) if columns else np.zeros((len(rows), 0))
    if approximate:
        shown = ", ".join(approximate[:8]) + (f" and {len(approximate) - 8} more" if len(approximate) > 8 else "")
        complaints.whole(
            f"priors that are not normal, of {shown}",
            "normal priors",
            "They are taken as normal ones with the same mean and standard deviation.",
            level="warning",
        )
    return laid


def _column(complaints: Complaints, laid: _Laid, part: Ready, rows: Ints) -> Floats:
    found = laid.columns.get(part.source)
    return _finite(complaints, part, rows) if found is None else found


def _moments(prior: Prior | Coefficient | None) -> tuple[float, float, str]:
    """Mean, standard deviation (those of quantiles where the prior is not normal), and the name of one to be chosen."""
    if prior is None or (isinstance(prior, Coefficient) and prior.normal is None):
        return 0.0, math.inf, ""
    if prior.normal is not None:
        mean, sd = prior.normal
        return (mean, 1.0, sd) if isinstance(sd, str) else (mean, sd, "")
    assert isinstance(prior, Prior)
    n = 4000
    at = quantile(prior, (np.arange(n) + 0.5) / n)
    return float(at.mean()), float(at.std()), ""


def _finite(complaints: Complaints, part: Ready, rows: Ints) -> Floats:
    """The values of a term [rows]; where they are no numbers, the cells are told."""
    table = complaints.table
    values = np.asarray(part.values(table, rows), np.float64)
    sizes = np.abs(values)
    wrong = np.flatnonzero(~(sizes < math.inf))
    if not len(wrong):
        tiny = sizes.max(initial=0.0) < 1 / LARGEST
        wrong = np.flatnonzero((sizes > 0) & tiny | (sizes > LARGEST))
        if len(wrong):
            worst = sizes[wrong].max()
            complaints.key(
                part.path,
                f"`{printable(part.source)}`, which is as {'large' if worst > 1 else 'small'} as {worst:.2g}",
                f"numbers between {1 / LARGEST:g} and {LARGEST:g} in size",
                "Divide or multiply it, so that it is about 1; or mend the table.",
            )
        return np.where(sizes > LARGEST, 0.0, values)
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
