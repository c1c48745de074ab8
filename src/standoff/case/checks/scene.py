"""The ground the numeric checks stand on: combinations of levels, which of them play can get to, and
formulas evaluated over draws, combinations, hidden types and time.

Axes, in this order: draw, combination, type profile, step; an axis that a formula does not depend on has
length 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.case.checks.desk import Desk, chance_events, effects, turns
from standoff.case.checks.draws import Draws
from standoff.language.calendar import step_start
from standoff.language.calendar import turns as clock_turns
from standoff.language.document import CaseDocument, Effect
from standoff.language.expressions import Compiled
from standoff.language.located import Path_

Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

MAX_PRODUCT = 5_000_000
_MAX_EXACT = 200_000  # combinations up to which reachability is worked out
_SAMPLE = 20_000
_MAX_CELLS = 2_000_000  # values of one formula held at a time


@dataclass(frozen=True)
class Act:
    """A move or event that comes up: where its guard may hold, for some draw and some step."""

    path: Path_
    actor: str | None
    name: str
    effect: Effect
    open: Bools  # [C]


class Scene:
    """Combinations of the factors' levels [C], the acts on them, and what play can get to."""

    def __init__(self, desk: Desk, draws: Draws) -> None:
        self.desk = desk
        self.document: CaseDocument = desk.document
        self.draws = draws
        self.sizes = [len(factor.levels) for factor in self.document.factors.values()]
        count = 1
        for size in self.sizes:
            count *= size
        self.exact = count <= _MAX_EXACT
        if self.exact:
            self.codes: Ints = np.arange(count)
        else:
            self.codes = np.sort(np.random.default_rng(7).choice(count, _SAMPLE, replace=False))
        self.levels: dict[str, Ints] = {}
        self.strides: dict[str, int] = {}
        stride = count
        for name, size in zip(self.document.factors, self.sizes, strict=True):
            stride //= size
            self.strides[name] = stride
            self.levels[name] = self.codes // stride % size

    # evaluation

    def knows(self, formulas: Iterable[Compiled]) -> bool:
        """Whether every parameter they use could be drawn."""
        names = {name for formula in formulas for name in formula.names if name in self.document.parameters}
        return names <= self.draws.values.keys()

    def cells(self, formulas: Iterable[Compiled], combinations: Ints, *, draws: Ints | None = None) -> Cells:
        """The axes on which these formulas vary, cut down to what fits into memory."""
        names = {name for formula in formulas for name in formula.names}
        parameters = names & set(self.document.parameters)
        if draws is None or not parameters:
            draws = np.arange(len(self.draws)) if parameters else np.arange(1)
        combinations, _ = self.distinct(names, combinations)
        actors = [name for name in self.document.actors if name in names - set(self.document.parameters)]
        kinds = [range(max(1, len(self.document.actors[name].types))) for name in actors]
        mixes = list(islice(product(*kinds), 1_000))
        profiles = np.array(mixes, int).reshape(len(mixes), len(actors))
        steps = self.steps if names & {"step", "date"} else self.steps[:1]
        steps = _thin(steps, 64)
        room = max(1, _MAX_CELLS // (len(draws) * len(profiles) * len(steps)))
        return Cells(self, draws, _thin(combinations, room), actors, profiles, steps)

    @cached_property
    def steps(self) -> Ints:
        return np.arange(clock_turns(self.document.clock))

    # what play can get to

    @cached_property
    def acts(self) -> list[Act]:
        """Every move and event that comes up in a step."""
        theirs, events = turns(self.document), chance_events(self.document)
        found = []
        for path, actor, name, effect in effects(self.document):
            if (theirs.get(actor, 0) if actor is not None else name in events) and self._known(actor):
                found.append(Act(path, actor, name, effect, self._open((*path, "when"))))
        return found

    def _known(self, actor: str | None) -> bool:
        return actor is None or actor in self.document.actors

    def _open(self, path: Path_) -> Bools:
        """Where a guard may hold; a broken one counts as open."""
        everywhere = np.ones(len(self.codes), bool)
        guard = self.desk.formulas.get(path)
        if guard is None or not self.knows([guard]) or guard.names & set(self.document.actors):
            return everywhere
        if guard.constant is not None:
            return everywhere if guard.constant else ~everywhere
        parametric = bool(guard.names & set(self.document.parameters))
        draws = _thin(np.arange(len(self.draws)), 30 if parametric else 1)
        steps = self.steps if guard.names & {"step", "date"} else self.steps[:1]
        few, place = self.distinct(guard.names, np.arange(len(self.codes)))
        result = np.zeros(len(few), bool)
        room = max(1, _MAX_CELLS // max(1, len(few) * len(draws)))
        for first in range(0, len(steps), room):
            cells = Cells(self, draws, few, [], np.zeros((1, 0), int), steps[first : first + room])
            result |= np.broadcast_to(cells.truth(guard), cells.shape).any(axis=(0, 2, 3))
        return result[place]

    def distinct(self, names: Iterable[str], combinations: Ints) -> tuple[Ints, Ints]:
        """One of `combinations` for every mix of levels of the named factors, and for each of them the
        place of its like."""
        key: Ints = np.zeros(len(combinations), np.int64)
        for name in set(names) & set(self.levels):
            key = key + self.levels[name][combinations] * self.strides[name]
        _, first, place = np.unique(key, return_index=True, return_inverse=True)
        return combinations[first], place.reshape(-1)

    @cached_property
    def reachable(self) -> Bools:
        """Which combinations play can get to, judged generously; all of them where there are too many."""
        reached = np.zeros(len(self.codes), bool)
        if not self.exact:
            return ~reached
        reached[self.start] = True
        leads = [(act.open, self.target(then)) for act in self.acts for then in continuations(act.effect)]
        frontier = np.array([self.start])
        while len(frontier):
            new = np.zeros(len(self.codes), bool)
            for opened, target in leads:
                new[target[frontier[opened[frontier]]]] = True
            new &= ~reached
            reached |= new
            frontier = np.flatnonzero(new)
        return reached

    @property
    def start(self) -> int:
        """The combination play begins in, where combinations are exact."""
        code = 0
        for name, factor in self.document.factors.items():
            if factor.start is not None and factor.start in factor.levels:
                code += factor.levels.index(factor.start) * self.strides[name]
        return code

    def target(self, then: Mapping[str, Any]) -> Ints:
        """Where a change leads from every combination; what is broken in it is passed over."""
        code: Ints = self.codes
        for name, to in then.items():
            if name not in self.levels:
                continue
            levels = self.document.factors[name].levels
            here = self.levels[name]
            if isinstance(to, str) and to in levels:
                there = np.full_like(here, levels.index(to))
            else:
                there = np.clip(here + _shift(to), 0, len(levels) - 1)
            code = code + (there - here) * self.strides[name]
        return code


def _shift(to: Any) -> int:
    try:
        return int(max(-(10**6), min(10**6, int(to))))
    except (TypeError, ValueError):
        return 0


def _thin(values: Ints, most: int) -> Ints:
    """At most `most` of them, spread evenly, first and last included."""
    if len(values) <= most:
        return values
    picked: Ints = values[np.unique(np.linspace(0, len(values) - 1, most).astype(int))]
    return picked


def continuations(effect: Effect) -> list[dict[str, Any]]:
    """Changes after which the story may go on; none after a certain end."""
    if isinstance(effect.ends, str):
        return []
    ways = [way.then for way in effect.perhaps]
    if not certain_end(effect):
        ways.append(effect.then)
    return ways


def certain_end(effect: Effect) -> bool:
    """Whether the effect is written so that it surely ends the story when it comes about."""
    if isinstance(effect.ends, str):
        return True
    if not effect.ends or effect.perhaps:
        return False
    chances = list(effect.ends.values())
    if all(isinstance(chance, int | float) for chance in chances):
        return sum(float(chance) for chance in chances) >= 1 - 1e-9
    return False


@dataclass(frozen=True)
class Cells:
    """A block of evaluation: draws, combinations (indices into the scene), type profiles, steps."""

    scene: Scene
    draws: Ints
    combinations: Ints
    actors: list[str]
    profiles: Ints
    steps: Ints

    @property
    def shape(self) -> tuple[int, int, int, int]:
        return (len(self.draws), len(self.combinations), len(self.profiles), len(self.steps))

    @cached_property
    def values(self) -> dict[str, Any]:
        scene = self.scene
        clock = scene.document.clock
        values: dict[str, Any] = {
            "step": self.steps.reshape(1, 1, 1, -1) / clock.parts,
            "date": np.array([step_start(clock, int(step)).toordinal() for step in self.steps]).reshape(
                1, 1, 1, -1
            ),
        }
        for name, levels in scene.levels.items():
            values[name] = levels[self.combinations].reshape(1, -1, 1, 1)
        for i, name in enumerate(self.actors):
            values[name] = self.profiles[:, i].reshape(1, 1, -1, 1)
        for name, drawn in scene.draws.values.items():
            values[name] = drawn[self.draws].reshape(-1, 1, 1, 1)
        return values

    def number(self, formula: Compiled) -> Any:
        """[draw|1, combination|1, profile|1, step|1] float64."""
        result = np.asarray(formula(self.values), float)
        return result if result.ndim == 4 else result.reshape((1, 1, 1, 1))

    def truth(self, formula: Compiled) -> Any:
        """The same as a condition."""
        return self.number(formula) != 0

    def words(self, at: tuple[int, int, int, int], formulas: Iterable[Compiled]) -> str:
        """The cell in words, as far as the formulas depend on it: ``rung is quiet, cost = 0.4``."""
        scene = self.scene
        names = sorted({name for formula in formulas for name in formula.names})
        parts = []
        for name in names:
            if name in scene.draws.values:
                parts.append(f"{name} = {scene.draws.values[name][self.draws[at[0]]]:.4g}")
            elif name in scene.levels:
                level = scene.levels[name][self.combinations[at[1]]]
                parts.append(f"{name} is {scene.document.factors[name].levels[level]}")
            elif name in self.actors:
                kind = self.profiles[at[2], self.actors.index(name)]
                types = list(scene.document.actors[name].types)
                parts.append(f"{name} is {types[kind]}" if types else name)
            elif name == "step":
                parts.append(f"step = {self.steps[at[3]]}")
            elif name == "date":
                parts.append(f"date = {step_start(scene.document.clock, int(self.steps[at[3]]))}")
        return ", ".join(parts)
