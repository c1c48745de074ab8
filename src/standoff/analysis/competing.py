"""Sets of competing hypotheses, and how likely each is in every draw.

Every case has a set for each actor with a secret (its types), one of its endings, and, where some endings are peaceful,
one of whether it ends in peace; a case may write more of them. What no hypothesis of a written set covers is
its remainder.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.forecast.readings import Readings
from standoff.game.model import Floats
from standoff.language.document import CaseDocument

NONE = "none_of_these"
OUTCOMES, PEACE = "outcomes", "peace"
UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One reading: `types` (actor -> its types) or `outcomes`; neither for a remainder. `column`: among the readings
    that a draw holds, -1 if it has none."""

    name: str
    title: str
    types: dict[str, tuple[str, ...]]
    outcomes: tuple[str, ...] = ()
    column: int = -1
    because: tuple[str, ...] = ()
    judgement: str | None = None


@dataclass(frozen=True, slots=True)
class Competing:
    """A set of hypotheses of which exactly one is true. `about`: "types" or "outcomes"; `written`: by the case."""

    name: str
    title: str
    about: str
    hypotheses: tuple[Hypothesis, ...]
    written: bool = False
    because: tuple[str, ...] = ()
    judgement: str | None = None

    def likely(self, held: Floats, series: Floats, outcomes: list[str]) -> Floats:
        """[..., H] chance of each, from readings [..., R] and outcomes [..., E] of draws."""
        rows = []
        for one in self.hypotheses:
            if one.column >= 0:
                rows.append(held[..., one.column])
            elif one.outcomes:
                rows.append(series[..., [outcomes.index(name) for name in one.outcomes]].sum(axis=-1))
        found = np.stack(rows, axis=-1)
        if len(rows) < len(self.hypotheses):
            rest = np.clip(1.0 - found.sum(axis=-1, keepdims=True), 0.0, 1.0)
            found = np.concatenate([found, rest], axis=-1)
        return found


def competing(document: CaseDocument, readings: Readings) -> dict[str, Competing]:
    """Every set of a case by name; the written ones first."""
    sets = [_written(name, document, readings) for name in document.hypotheses]
    sets += _of_types(document)
    endings = tuple(Hypothesis(name, one.title or name, {}, (name,)) for name, one in document.outcomes.items())
    sets.append(Competing(OUTCOMES, "How does it end?", OUTCOMES, endings))
    peaceful = tuple(name for name, one in document.outcomes.items() if one.peaceful)
    if peaceful and len(peaceful) < len(document.outcomes):
        others = tuple(name for name in document.outcomes if name not in peaceful and name != UNRESOLVED)
        rows = [Hypothesis("peaceful", "a peaceful settlement", {}, peaceful)]
        rows += [Hypothesis("otherwise", "an end without one", {}, others)] if others else []
        if UNRESOLVED in document.outcomes and UNRESOLVED not in peaceful:
            title = document.outcomes[UNRESOLVED].title or "no end in the time looked at"
            rows.append(Hypothesis(UNRESOLVED, title, {}, (UNRESOLVED,)))
        sets.append(Competing(PEACE, "Does it end in peace?", OUTCOMES, tuple(rows)))
    return {one.name: one for one in sets}


def _of_types(document: CaseDocument) -> list[Competing]:
    sets, column = [], 0
    for name, actor in document.actors.items():
        if len(actor.types) < 2:
            continue
        rows = []
        for kind, one in actor.types.items():
            rows.append(Hypothesis(kind, one.title or kind, {name: (kind,)}, column=column))
            column += 1
        who = actor.title or name
        who = f"the {who[4:]}" if who.startswith("The ") else who
        sets.append(Competing(name, f"What is {who} after?", "types", tuple(rows)))
    return sets


def _written(name: str, document: CaseDocument, readings: Readings) -> Competing:
    one = document.hypotheses[name]
    first = readings.size - len(readings.named)
    rows = []
    for key, each in one.one_of.items():
        rows.append(
            Hypothesis(
                key, each.title or key, {actor: tuple(kinds) for actor, kinds in each.types.items()},
                tuple(each.outcomes), first + readings.named.index((name, key)) if each.types else -1,
                tuple(each.because), each.judgement,
            )
        )  # fmt: skip
    about = "types" if rows[0].types else OUTCOMES
    if not exhaustive(document, name):
        rows.append(Hypothesis(NONE, "none of these", {}))
    return Competing(name, one.title or name, about, tuple(rows), True, tuple(one.because), one.judgement)


def exhaustive(document: CaseDocument, name: str) -> bool:
    """Whether the hypotheses of a written set, no two of which can be true, leave nothing out."""
    hypotheses = list(document.hypotheses[name].one_of.values())
    if not hypotheses[0].types:
        return {end for one in hypotheses for end in one.outcomes} == set(document.outcomes)
    actors = {actor for one in hypotheses for actor in one.types}
    sizes = {actor: len(document.actors[actor].types) for actor in actors}
    whole = 1
    for size in sizes.values():
        whole *= size
    covered = 0
    for one in hypotheses:
        cell = 1
        for actor, size in sizes.items():
            cell *= len(set(one.types[actor])) if actor in one.types else size
        covered += cell
    return covered == whole
