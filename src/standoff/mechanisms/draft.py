"""Writing down what one entry of `mechanisms` adds, while checking every name it uses.

A mechanism asks its `Draft` for the actors, moves, factors, outcomes and amounts that its settings name.
What is misspelt becomes a Problem with its key path; an amount that was left out becomes a visible
parameter of the case with the card's usual range as its prior.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

from standoff.errors import Problem, did_you_mean
from standoff.language.calendar import days
from standoff.language.document import (
    CaseDocument,
    Effect,
    Event,
    Expression,
    Flow,
    Parameter,
    Period,
    Prior,
)
from standoff.language.expressions import ExpressionError, Scope, compile_expression
from standoff.mechanisms import chances, terms
from standoff.mechanisms.additions import Addition, Additions, New, Spot
from standoff.mechanisms.args import Settings
from standoff.mechanisms.card import Card


class Draft:
    """The additions of one entry, in the making. `wrong` is true once something does not add up."""

    def __init__(self, document: CaseDocument, card: Card, settings: Settings, index: int) -> None:
        self.document = document
        self.card = card
        self.settings = settings
        self.path = f"mechanisms.{index}.{card.name}"
        self.called = settings.called or card.name
        self._added: list[Addition] = []
        self._problems: list[Problem] = []

    @property
    def wrong(self) -> bool:
        return any(problem.level == "error" for problem in self._problems)

    def add(self, *additions: Addition) -> None:
        self._added.extend(additions)

    def done(self) -> Additions:
        """All of it; nothing is added when something is wrong."""
        return Additions(
            added=() if self.wrong else tuple(self._added),
            problems=tuple(self._problems),
            because=tuple(self.settings.because),
            judgement=self.settings.judgement,
        )

    def complain(self, key: str, found: str, expected: str, mend: str, *, warn: bool = False) -> None:
        path = f"{self.path}.{key}" if key else self.path
        self._problems.append(Problem(found, expected, mend, path=path, level="warning" if warn else "error"))

    # --- names -------------------------------------------------------------------------------------

    def _known(self, kind: str, name: str, names: Iterable[str], key: str) -> bool:
        names = list(names)
        if name in names:
            return True
        self.complain(key, f"'{name}'", kind, did_you_mean(name, names))
        return False

    def actor(self, name: str, key: str) -> str:
        self._known("an actor", name, self.document.actors, key)
        return name

    def factor(self, name: str, key: str) -> str:
        self._known("a factor", name, self.document.factors, key)
        return name

    def factors(self, weights: Mapping[str, Expression], key: str) -> dict[str, Expression]:
        """Factors with their weights; an empty mapping stays empty."""
        for name, weight in weights.items():
            where = key if len(weights) == 1 else f"{key}.{name}"
            if self._known("a factor", name, self.document.factors, where):
                self.expression(weight, where)
        return dict(weights)

    def outcome(self, name: str, key: str) -> str:
        self._known("an outcome", name, self.document.outcomes, key)
        return name

    def outcomes(self, names: Sequence[str], key: str) -> list[str]:
        return [self.outcome(name, where) for name, where in _numbered(names, key)]

    def moves(self, names: Sequence[str], key: str, by: str | None = None) -> list[Spot]:
        """Moves written `move` (of `by`) or `actor.move`; those that do not exist are complained of."""
        spots = [spot for name, where in _numbered(names, key) if (spot := self._move(name, where, by))]
        return list(dict.fromkeys(spots))

    def _move(self, name: str, key: str, by: str | None) -> Spot | None:
        actor, dot, move = name.partition(".")
        if not dot:
            if by is None:
                owners = [owner for owner, theirs in self.document.moves.items() if name in theirs]
                mend = f"Write '{owners[0]}.{name}'." if owners else "Say whose move it is."
                self.complain(key, f"'{name}'", "a move written actor.move", mend)
                return None
            actor, move = by, name
        if dot and not self._known("an actor before the dot", actor, self.document.actors, key):
            return None
        theirs = self.document.moves.get(actor, {})
        if actor not in self.document.actors or not self._known(f"a move of {actor}", move, theirs, key):
            return None
        return Spot(actor, move)

    def events(self, names: Sequence[str], key: str) -> list[str]:
        known = self.document.events
        return [name for name, where in _numbered(names, key) if self._known("an event", name, known, where)]

    def leading_to(self, outcome: str, key: str) -> list[Spot]:
        """Every move and event that may end in this outcome; none is a complaint."""
        found = [
            Spot(actor, name)
            for actor, theirs in self.document.moves.items()
            for name, move in theirs.items()
            if outcome in chances.endings(move)
        ]
        found += [
            Spot(None, name)
            for name, event in self.document.events.items()
            if outcome in chances.endings(event)
        ]
        if not found and outcome in self.document.outcomes:
            self.complain(
                key,
                f"'{outcome}', which no move or event leads to so far",
                "an outcome that something written above this entry ends in",
                f"Give some move or event 'ends: {outcome}', or move this entry below the one that does.",
            )
        return found

    def then(self, change: Mapping[str, Any], key: str) -> dict[str, Any]:
        """A change of factors: each a shift or a level of that factor."""
        for name, value in change.items():
            where = f"{key}.{name}"
            if not self._known("a factor", name, self.document.factors, where):
                continue
            if chances.shift_of(value) is None:
                levels = self.document.factors[name].levels
                self._known(f"a level of {name}, or +n or -n", str(value), levels, where)
        return dict(change)

    def split(self, spot: Spot, outcome: str, key: str) -> bool:
        """Whether the chance of this outcome of a move can be moved at all; complains if not."""
        leads = chances.endings(spot.find(self.document))
        if outcome not in leads:
            mend = did_you_mean(outcome, leads) if leads else "Give it chances under 'ends:'."
            self.complain(
                key, f"'{outcome}', which {spot.words} does not lead to", "one of its outcomes", mend
            )
            return False
        if terms.number(leads[outcome]) == 1:
            self.complain(
                key,
                f"'{outcome}', certain after {spot.words}",
                "an outcome with a chance, which can rise or fall",
                f"Write 'ends: {{{outcome}: 0.9, ...}}' for the move, with a parameter for the chance.",
            )
            return False
        return True

    # --- expressions -------------------------------------------------------------------------------

    @cached_property
    def scope(self) -> Scope:
        """Everything the document declares."""
        return Scope(
            parameters=frozenset(self.document.parameters),
            factors={name: tuple(factor.levels) for name, factor in self.document.factors.items()},
            actors={name: tuple(actor.types) for name, actor in self.document.actors.items()},
            clock=True,
        )

    def expression(self, value: Expression, key: str) -> Expression:
        """The expression itself, after checking that it can be read here."""
        try:
            compile_expression(value, self.scope)
        except ExpressionError as error:
            for problem in error.problems:
                self.complain(key, problem.found, problem.expected, problem.mend)
        return value

    def payoff(self, value: Any, key: str, bearer: str) -> Any:
        """An expression, or type: expression for the types of `bearer`."""
        if not isinstance(value, Mapping):
            return self.expression(value, key)
        actor = self.document.actors.get(bearer)
        for name, part in value.items():
            if actor is None or self._known(f"a type of {bearer}", name, actor.types, f"{key}.{name}"):
                self.expression(part, f"{key}.{name}")
        return dict(value)

    def amount(self, value: Any, key: str, *, bearer: str | None = None, per: Period | None = None) -> Any:
        """A number the mechanism needs. Left out, it becomes a parameter over the card's usual range,
        converted to `per` if it is a rate; a plain number outside that range is remarked on."""
        usual = self.card.parameter(key)
        scale = self._scale(usual.per, per)
        low, high = _rounded(usual.low * scale), _rounded(usual.high * scale)
        if value is None:
            return self._assumed(key, low, high, per)
        for part, where in _parts(value, key):
            literal = terms.number(part)
            if literal is not None and not low <= literal <= high and literal != 0:
                self.complain(
                    where,
                    f"{literal:g}",
                    f"{usual.what}, usually {low:g} to {high:g} ({_unit(usual.unit, per)})",
                    "Check the unit; if it is meant, name a parameter and give its reason there.",
                    warn=True,
                )
        if bearer is not None:
            return self.payoff(value, key, bearer)
        return self.expression(value, key)

    def _scale(self, card: Period | None, per: Period | None) -> float:
        if card is None or per is None:
            return 1.0
        clock = self.document.clock
        return days(per, clock) / days(card, clock)

    def _assumed(self, key: str, low: float, high: float, per: Period | None) -> str:
        usual = self.card.parameter(key)
        name = terms.unique(f"{self.called}_{key}", self._taken())
        source = self.card.sources[0].short
        reason = f"mechanism {self.card.name}: the case does not say; the card's usual range, after {source}"
        self.add(
            New(
                name,
                Parameter(
                    title=usual.what,
                    unit=_unit(usual.unit, per),
                    prior=Prior(uniform=(low, high)),
                    judgement=reason,
                ),
            )
        )
        return name

    # --- new records -------------------------------------------------------------------------------

    def new_event(self, what: str, title: str, **fields: Any) -> str:
        """A chance event named after the entry; returns the name it got."""
        name = terms.unique(f"{self.called}_{what}" if what else self.called, self._taken())
        self.add(New(name, Event(title=title, **self._grounds(), **fields)))
        return name

    def new_flow(self, what: str, title: str, **fields: Any) -> str:
        """A flow named after the entry; returns the name it got."""
        name = terms.unique(f"{self.called}_{what}" if what else self.called, self._taken())
        self.add(New(name, Flow(title=title, **self._grounds(), **fields)))
        return name

    def _taken(self) -> set[str]:
        """Names in use; parameters, factors and actors share one name space in expressions."""
        document = self.document
        sections = (
            document.parameters,
            document.factors,
            document.actors,
            document.events,
            document.flows,
            document.outcomes,
        )
        new = {addition.name for addition in self._added if isinstance(addition, New)}
        return new.union(*sections)

    def _grounds(self) -> dict[str, Any]:
        because = list(self.settings.because)
        judgement = self.settings.judgement
        if not because and not judgement:
            judgement = f"mechanism {self.card.name}: {self.card.sources[0].short}"
        return {"because": because, "judgement": judgement}


def below_top(document: CaseDocument, factor: str) -> str:
    """The condition that a factor can still rise."""
    return f"{factor} < {len(document.factors[factor].levels) - 1}"


def goes_on(document: CaseDocument, spot: Spot) -> bool:
    """Whether the game may continue after a move or event."""
    effect: Effect = spot.find(document)
    return chances.goes_on(effect)


def _numbered(names: Sequence[str], key: str) -> list[tuple[str, str]]:
    if len(names) == 1:
        return [(names[0], key)]
    return [(name, f"{key}.{position}") for position, name in enumerate(names)]


def _parts(value: Any, key: str) -> list[tuple[Any, str]]:
    if isinstance(value, Mapping):
        return [(part, f"{key}.{name}") for name, part in value.items()]
    return [(value, key)]


def _unit(unit: str, per: Period | None) -> str:
    return f"{unit} per {per}" if per else unit


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
