"""Which states a case can get into, and when.

Breadth first from the start: every move that may be open for some parameters, at some step, leads on.
Guards and chances that depend on parameters are judged generously (they may hold), so what is found
here covers every draw.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import GameError, Problem
from standoff.game.model import Bools, Ints
from standoff.game.plan import Act, PhasePlan, Shift
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument

MAX_STATES = 200_000  # reachable states
MAX_PRODUCT = 50_000_000  # product of the factors' levels


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Reachable states and where every move leads; S states, N nodes, T steps."""

    states: NDArray[np.int16]  # [S, factors], row 0 is the start
    nodes: int
    open: tuple[Bools, ...]  # per phase [T or 1, acts, S]: may be open
    ways: tuple[tuple[tuple[int, ...], ...], ...]  # per phase, act: ways that can have a chance
    target: tuple[tuple[tuple[Ints, ...], ...], ...]  # per phase, act, way: node [S], -1 where closed
    terminal_outcome: Ints
    terminal_state: NDArray[np.int16]  # [terminals, factors] a state with that worth
    final_node: Ints
    active: tuple[tuple[Ints, ...], ...]
    active_end: tuple[Ints, ...]


def check_size(document: CaseDocument) -> None:
    """Refuse a state space that is too large, before any memory is touched. Raises GameError."""
    product = 1
    for factor in document.factors.values():
        product *= len(factor.levels)
    if product > MAX_PRODUCT:
        counts = " x ".join(f"{name} {len(factor.levels)}" for name, factor in document.factors.items())
        raise GameError(
            Problem(
                path="factors",
                found=f"{product:,} combinations of levels: {counts}",
                expected=f"at most {MAX_PRODUCT:,}",
                mend="Merge levels that call for the same strategy, or turn a factor only the analyst "
                "wonders about into a parameter.",
            )
        )


def _apply(states: NDArray[np.int16], change: Shift, sizes: NDArray[np.int64]) -> NDArray[np.int16]:
    """States after a change; shifts stop at the ends of a scale."""
    after = states.copy()
    for factor, amount, is_shift in change:
        if is_shift:
            after[:, factor] = np.clip(after[:, factor] + amount, 0, sizes[factor] - 1)
        else:
            after[:, factor] = amount
    return after


class _Guards:
    """Evaluates guards and chances over states for several parameter draws."""

    def __init__(self, document: CaseDocument, samples: list[dict[str, float]]) -> None:
        self.document = document
        self.samples = samples
        steps = np.arange(turns(document.clock))
        self.clock = {
            "step": steps.reshape(-1, 1) / document.clock.parts,
            "date": np.array([step_start(document.clock, int(t)).toordinal() for t in steps]).reshape(-1, 1),
        }

    def values(self, states: NDArray[np.int16], sample: Mapping[str, float]) -> dict[str, Any]:
        values: dict[str, Any] = {**sample, **self.clock}
        for f, name in enumerate(self.document.factors):
            values[name] = states[:, f].astype(float).reshape(1, -1)
        return values

    def may_open(self, act: Act, states: NDArray[np.int16]) -> Bools:
        """[T or 1, S]: false only where the guard is false whatever the parameters."""
        uses_parameters = bool(act.guard.names & set(self.document.parameters))
        if uses_parameters:
            # a guard over parameters is settled draw by draw; here it may hold
            return np.ones((1, len(states)), bool)
        result = np.asarray(act.guard(self.values(states, self.samples[0]))) != 0
        result = result.reshape((1,) * (2 - result.ndim) + result.shape)
        return np.broadcast_to(result, (result.shape[0], len(states))).copy()

    def leftover(self, act: Act, states: NDArray[np.int16]) -> bool:
        """Whether the chances of a move's stated ways can leave a remainder."""
        chances = [way.chance for way in act.ways if way.chance is not None]
        if not chances:
            return True
        if any(name in self.document.actors for chance in chances for name in chance.names):
            types: list[dict[str, int]] = [{}]
            for name, actor in self.document.actors.items():
                if any(name in chance.names for chance in chances):
                    types = [{**known, name: i} for known in types for i in range(max(1, len(actor.types)))]
        else:
            types = [{}]
        for sample in self.samples:
            for kinds in types:
                values = {**self.values(states, sample), **kinds}
                total = sum(np.asarray(chance(values), float) for chance in chances)
                if (1.0 - np.asarray(total) > 1e-9).any():
                    return True
        return False


def explore(document: CaseDocument, phases: tuple[PhasePlan, ...], samples: list[dict[str, float]]) -> Reach:
    """Find the reachable states. Raises GameError if there are too many.

    Cost: one vectorised evaluation per guard and wave; waves are at most the longest shortest path.
    """
    check_size(document)
    sizes = np.array([len(factor.levels) for factor in document.factors.values()], np.int64)
    strides = np.ones(len(sizes), np.int64)
    strides[:-1] = np.cumprod(sizes[:0:-1])[::-1]
    guards = _Guards(document, samples)
    start = np.array(
        [[0 if f.start is None else f.levels.index(f.start) for f in document.factors.values()]], np.int16
    ).reshape(1, len(sizes))

    def keys(states: NDArray[np.int16]) -> NDArray[np.int64]:
        return states.astype(np.int64) @ strides if len(sizes) else np.zeros(len(states), np.int64)

    states, known, frontier = start, set(keys(start).tolist()), start
    while len(frontier):
        found: list[NDArray[np.int16]] = []
        for phase in phases:
            for act in phase.acts:
                at = frontier[guards.may_open(act, frontier).any(axis=0)]
                found += [_apply(at, way.change, sizes) for way in act.ways if way.outcome < 0]
        reached = np.concatenate(found) if found else start[:0]
        codes, first = np.unique(keys(reached), return_index=True)
        fresh = [i for code, i in zip(codes.tolist(), first.tolist(), strict=True) if code not in known]
        frontier = reached[fresh]
        known.update(keys(frontier).tolist())
        states = np.concatenate([states, frontier])
        if len(states) > MAX_STATES:
            counts = ", ".join(f"{name} {len(factor.levels)}" for name, factor in document.factors.items())
            raise GameError(
                Problem(
                    path="factors",
                    found=f"more than {MAX_STATES:,} reachable states ({counts})",
                    expected=f"at most {MAX_STATES:,}",
                    mend="Merge levels, or close moves with `when` where they make no sense.",
                )
            )
    states = np.concatenate([states[:1], states[1:][np.argsort(keys(states[1:]), kind="stable")]])
    return _connect(document, phases, guards, states, sizes, keys)


def _connect(
    document: CaseDocument, phases: tuple[PhasePlan, ...], guards: _Guards, states: NDArray[np.int16],
    sizes: NDArray[np.int64], keys: Any,
) -> Reach:  # fmt: skip
    S = len(states)
    codes = keys(states)
    by_code = np.argsort(codes, kind="stable")

    def index_of(after: NDArray[np.int16]) -> Ints:
        found: Ints = by_code[np.searchsorted(codes[by_code], keys(after))].astype(np.int32)
        return found

    terminal_outcome: list[int] = []
    terminal_state: list[NDArray[np.int16]] = []
    nodes_of: dict[int, Ints] = {}

    def terminals(outcome: int) -> Ints:
        """Terminal node [S] for an outcome reached in each state; states of equal worth share one."""
        if outcome not in nodes_of:
            worth = list(document.outcomes.values())[outcome].worth
            names = _factors_in(worth, document)
            code = np.zeros(S, np.int64)
            for f in names:
                code = code * sizes[f] + states[:, f]
            _, first, place = np.unique(code, return_index=True, return_inverse=True)
            base = S + len(terminal_outcome)
            terminal_outcome.extend([outcome] * len(first))
            terminal_state.extend(states[i] for i in first)
            nodes_of[outcome] = (base + place).astype(np.int32)
        return nodes_of[outcome]

    open_: list[Bools] = []
    ways: list[tuple[tuple[int, ...], ...]] = []
    target: list[tuple[tuple[Ints, ...], ...]] = []
    for phase in phases:
        opened = [guards.may_open(act, states) for act in phase.acts]
        T = max(array.shape[0] for array in opened)
        open_.append(np.stack([np.broadcast_to(array, (T, S)) for array in opened], axis=1))
        kept, leads = [], []
        for i, act in enumerate(phase.acts):
            here = states[open_[-1][:, i].any(axis=0)]
            rest = guards.leftover(act, here) if len(here) else True
            kept.append(tuple(w for w, way in enumerate(act.ways) if way.chance is not None or rest))
            places = []
            for way in act.ways:
                if way.outcome >= 0:
                    places.append(terminals(way.outcome))
                    continue
                place = np.full(S, -1, np.int32)
                mine = open_[-1][:, i].any(axis=0)
                place[mine] = index_of(_apply(states[mine], way.change, sizes))
                places.append(place)
            leads.append(tuple(places))
        ways.append(tuple(kept))
        target.append(tuple(leads))
    final_node = terminals(list(document.outcomes).index("unresolved")) if "unresolved" in document.outcomes else None
    active, active_end = _when(turns(document.clock), phases, open_, ways, target, S)
    if final_node is None:
        if len(active_end[-1]):
            raise GameError(
                Problem(
                    path="outcomes",
                    found="the clock can run out, and no outcome `unresolved` is declared",
                    expected="an outcome named unresolved",
                    mend="Add `unresolved: {title: The clock runs out, worth: {...}}` to the outcomes.",
                )
            )
        final_node = np.full(S, S, np.int32)
    shape = (len(terminal_outcome), len(sizes))
    return Reach(
        states=states,
        nodes=S + len(terminal_outcome),
        open=tuple(open_),
        ways=tuple(ways),
        target=tuple(target),
        terminal_outcome=np.array(terminal_outcome, np.int32),
        terminal_state=np.array(terminal_state, np.int16).reshape(shape),
        final_node=final_node,
        active=active,
        active_end=active_end,
    )


def _factors_in(worth: Any, document: CaseDocument) -> list[int]:
    """Indices of the factors an outcome's worth depends on."""
    from standoff.game.plan import scope_of
    from standoff.language.expressions import compile_expression

    scope = scope_of(document)
    names: set[str] = set()
    for value in worth.values():
        for amount in value.values() if isinstance(value, Mapping) else [value]:
            names |= compile_expression(amount, scope).names
    return [f for f, name in enumerate(document.factors) if name in names]


def _when(
    T: int, phases: tuple[PhasePlan, ...], open_: list[Bools], ways: Any, target: Any, S: int
) -> tuple[tuple[tuple[Ints, ...], ...], tuple[Ints, ...]]:
    """States reachable on entering each phase of each step, and at the end of each step.

    Once nothing new is reached, steps share their arrays: states times steps may be many.
    """
    here = np.zeros(S, bool)
    here[0] = True
    active: list[tuple[Ints, ...]] = []
    ends: list[Ints] = []
    doubtful = [_over_parameters(phase) for phase in phases]
    for t in range(T):
        row: list[Ints] = []
        for k, phase in enumerate(phases):
            row.append(_shared(here, active[-1][k] if active else None))
            opened = open_[k][t if open_[k].shape[0] > 1 else 0]
            after = np.zeros(S, bool)
            moved = np.zeros(S, bool)
            for i, act in enumerate(phase.acts):
                mine = here & opened[i]
                moved |= mine
                for w in ways[k][i]:
                    if act.ways[w].outcome < 0:
                        after[target[k][i][w][mine]] = True
                if act.hazard is not None:
                    after |= mine
            # a guard over parameters may close every move: then the state stays
            after |= here if doubtful[k] else here & ~moved
            here = after
        active.append(tuple(row))
        ends.append(_shared(here, ends[-1] if ends else None))
    return tuple(active), tuple(ends)


def _shared(here: Bools, before: Ints | None) -> Ints:
    """Indices of the states in `here`; the very array of the step before if they are the same."""
    now = np.nonzero(here)[0].astype(np.int32)
    return before if before is not None and np.array_equal(now, before) else now


def _over_parameters(phase: PhasePlan) -> bool:
    return any(name in act.guard.scope.parameters for act in phase.acts for name in act.guard.names)
