"""What a mechanism adds to a case, as data: each addition can be applied to a document and read aloud."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from standoff.errors import Problem
from standoff.language.document import (
    CaseDocument,
    Effect,
    Event,
    Expression,
    Flow,
    Grounded,
    Outcome,
    Parameter,
)
from standoff.mechanisms import chances, terms


@dataclass(frozen=True, slots=True)
class Spot:
    """A move (of an actor) or, with no actor, an event."""

    actor: str | None
    name: str

    @property
    def words(self) -> str:
        return f"{self.actor}: {self.name}" if self.actor else f"event {self.name}"

    def find(self, document: CaseDocument) -> Effect:
        """The move or event; KeyError if the document has none of that name."""
        if self.actor is None:
            return document.events[self.name]
        return document.moves[self.actor][self.name]

    def put(self, document: CaseDocument, effect: Effect) -> CaseDocument:
        """The document with this effect here."""
        if self.actor is None:
            return document.model_copy(update={"events": {**document.events, self.name: effect}})
        mine = {**document.moves[self.actor], self.name: effect}
        return document.model_copy(update={"moves": {**document.moves, self.actor: mine}})


@dataclass(frozen=True, slots=True)
class Cost:
    """One more cost for `bearer` when this move is made or this event happens."""

    spot: Spot
    bearer: str
    term: Any

    def apply(self, document: CaseDocument) -> CaseDocument:
        effect = self.spot.find(document)
        types = list(document.actors[self.bearer].types)
        costs = terms.add_cost(effect.costs, self.spot.actor, self.bearer, self.term, types)
        return self.spot.put(document, effect.model_copy(update={"costs": costs}))

    @property
    def words(self) -> str:
        return f"{self.spot.words} costs {self.bearer} {shown(self.term)}"


@dataclass(frozen=True, slots=True)
class Failure:
    """A cost for `bearer` when a move does not end in `outcome`; written last, when its chance is settled."""

    spot: Spot
    outcome: str
    bearer: str
    price: Any

    def apply(self, document: CaseDocument) -> CaseDocument:
        failed = terms.rest(chances.endings(self.spot.find(document))[self.outcome])
        return Cost(self.spot, self.bearer, terms.scaled(self.price, failed)).apply(document)

    @property
    def words(self) -> str:
        cost = f"{self.spot.words} costs {self.bearer} {shown(self.price)}"
        return f"{cost} where it does not end in {self.outcome}"


@dataclass(frozen=True, slots=True)
class Worth:
    """One more term in what an outcome is worth to `bearer`."""

    outcome: str
    bearer: str
    term: Any

    def apply(self, document: CaseDocument) -> CaseDocument:
        outcome = document.outcomes[self.outcome]
        types = list(document.actors[self.bearer].types)
        worth = terms.add_worth(outcome.worth, self.bearer, self.term, types)
        ended = outcome.model_copy(update={"worth": worth})
        return document.model_copy(update={"outcomes": {**document.outcomes, self.outcome: ended}})

    @property
    def words(self) -> str:
        return f"outcome {self.outcome} is worth {shown(self.term)} more to {self.bearer}"


@dataclass(frozen=True, slots=True)
class Odds:
    """The odds of one outcome of a move or event, multiplied."""

    spot: Spot
    outcome: str
    by: Expression

    def apply(self, document: CaseDocument) -> CaseDocument:
        return self.spot.put(document, chances.scale_odds(self.spot.find(document), self.outcome, self.by))

    @property
    def words(self) -> str:
        return f"{self.spot.words}: odds of {self.outcome} times {shown(self.by)}"


@dataclass(frozen=True, slots=True)
class Pace:
    """An event's hazard (or the odds of its chance on an occasion), multiplied."""

    event: str
    by: Expression

    def apply(self, document: CaseDocument) -> CaseDocument:
        event = chances.scale_rate(document.events[self.event], self.by)
        return document.model_copy(update={"events": {**document.events, self.event: event}})

    @property
    def words(self) -> str:
        return f"event {self.event}: hazard times {shown(self.by)}"


@dataclass(frozen=True, slots=True)
class Also:
    """With a chance, a move or event that does not end the game changes these factors too."""

    spot: Spot
    chance: Expression
    then: Mapping[str, Any]

    def apply(self, document: CaseDocument) -> CaseDocument:
        effect = chances.also(self.spot.find(document), self.chance, self.then, document.factors)
        return self.spot.put(document, effect)

    @property
    def words(self) -> str:
        return f"{self.spot.words}: with chance {shown(self.chance)} also {changes(self.then)}"


@dataclass(frozen=True, slots=True)
class Divert:
    """With a chance something else happens instead: an outcome, or a change of factors, or nothing at all."""

    spot: Spot
    chance: Expression
    ends: str | None = None
    then: Mapping[str, Any] = field(default_factory=dict)
    out_of: str | None = None

    def apply(self, document: CaseDocument) -> CaseDocument:
        effect = chances.divert(
            self.spot.find(document), self.chance, ends=self.ends, then=self.then, out_of=self.out_of
        )
        return self.spot.put(document, effect)

    @property
    def words(self) -> str:
        instead = f"instead of {self.out_of}" if self.out_of else "instead"
        comes = f"outcome {self.ends}" if self.ends else changes(self.then) or "nothing happens"
        return f"{self.spot.words}: with chance {shown(self.chance)} {instead}: {comes}"


@dataclass(frozen=True, slots=True)
class New:
    """A parameter, event or flow that was not there."""

    name: str
    record: Parameter | Event | Flow

    @property
    def section(self) -> str:
        if isinstance(self.record, Parameter):
            return "parameters"
        return "events" if isinstance(self.record, Event) else "flows"

    def apply(self, document: CaseDocument) -> CaseDocument:
        there = getattr(document, self.section)
        return document.model_copy(update={self.section: {**there, self.name: self.record}})

    @property
    def words(self) -> str:
        record = self.record
        if isinstance(record, Flow):
            paid = f"{shown(record.worth)} per {record.per} to {record.of}"
            return f"flow {self.name}: {paid}{_while(record.when)}"
        if isinstance(record, Parameter):
            assert record.prior is not None
            family, value = next(iter(record.prior.model_dump(exclude_none=True).items()))
            unit = f" ({record.unit})" if record.unit else ""
            return f"parameter {self.name}{unit}: {family} {_bare(value)}"
        leads = [
            *(f"{name} {shown(chance)}" for name, chance in chances.endings(record).items()),
            *([changes(record.then)] if record.then else []),
        ]
        hazard = f"{shown(record.rate)} per {record.per}"
        return f"event {self.name}: {hazard}{_while(record.when)}: {', '.join(leads)}"


Addition: TypeAlias = Cost | Failure | Worth | Odds | Pace | Also | Divert | New


@dataclass(frozen=True, slots=True)
class Additions:
    """All that one entry of `mechanisms` adds, in order, and what is wrong with the entry.

    `because` and `judgement` are the entry's own grounds; every record touched inherits them.
    """

    added: tuple[Addition, ...] = ()
    problems: tuple[Problem, ...] = ()
    because: tuple[str, ...] = ()
    judgement: str | None = None

    def apply(self, document: CaseDocument) -> CaseDocument:
        """The document with everything added but what waits for the other entries."""
        return self._apply(document, [each for each in self.added if not isinstance(each, Failure)])

    def finish(self, document: CaseDocument) -> CaseDocument:
        """The document with what had to wait until no chance changes any more."""
        return self._apply(document, [each for each in self.added if isinstance(each, Failure)])

    def _apply(self, document: CaseDocument, added: list[Addition]) -> CaseDocument:
        for addition in added:
            document = self._ground(addition.apply(document), addition)
        return document

    def _ground(self, document: CaseDocument, addition: Addition) -> CaseDocument:
        if isinstance(addition, New):
            return document
        if isinstance(addition, Worth):
            outcome: Outcome = _grounded(document.outcomes[addition.outcome], self)
            return document.model_copy(update={"outcomes": {**document.outcomes, addition.outcome: outcome}})
        spot = Spot(None, addition.event) if isinstance(addition, Pace) else addition.spot
        return spot.put(document, _grounded(spot.find(document), self))


def _grounded(record: Any, grounds: Additions) -> Any:
    assert isinstance(record, Grounded)
    because = list(dict.fromkeys([*record.because, *grounds.because]))
    judgement = record.judgement
    if grounds.judgement and grounds.judgement not in (judgement or ""):
        judgement = f"{judgement}; {grounds.judgement}" if judgement else grounds.judgement
    if because == record.because and judgement == record.judgement:
        return record
    return record.model_copy(update={"because": because, "judgement": judgement})


def shown(term: Any) -> str:
    """A payoff or expression on one line."""
    if isinstance(term, Mapping):
        return "{" + ", ".join(f"{name}: {terms.text(value)}" for name, value in term.items()) + "}"
    return terms.text(term)


def changes(then: Mapping[str, Any]) -> str:
    """A `then` on one line: ``force +1, talks open``."""
    written = []
    for name, value in then.items():
        shift = chances.shift_of(value)
        written.append(f"{name} {value}" if shift is None else f"{name} {shift:+d}")
    return ", ".join(written)


def _while(when: Expression) -> str:
    return "" if terms.text(when) == "true" else f" while {terms.text(when)}"


def _bare(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(f"{part:g}" for part in value) + "]"
    return f"{value:g}"
