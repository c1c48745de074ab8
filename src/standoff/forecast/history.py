"""Walking the public path: how likely a draw makes what is known to have happened, and where it leaves us.

The walk carries a weighted set of (state, beliefs) places. A definite observation selects; a soft one
weighs; an unreported phase is integrated out (`standoff.forecast.timeline`). Places that agree are merged,
and beyond `MOST` places those of one state share their mean belief, which keeps every expected belief exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from standoff.forecast.silence import Silence
from standoff.forecast.timeline import Signal, Timeline
from standoff.game.model import Floats, Phase
from standoff.language.expressions import Scope, compile_expression
from standoff.solver.nodes import Nodes
from standoff.solver.solution import Solution

MOST = 160  # places carried at once
_FORGET = 1e-10  # places below this share of the probability are let go


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Where the story may stand: `states` [D] (S and above: ended), `beliefs` [D, n] per secret actor,
    `weights` [D] summing to 1, `met` [D] the imprecise reports of the present that have come true, as bits."""

    states: NDArray[np.int64]
    beliefs: tuple[Floats, ...]
    weights: Floats
    met: NDArray[np.int64]

    def mean_beliefs(self) -> list[Floats]:
        """Expected belief [n] about every secret actor."""
        return [self.weights @ belief for belief in self.beliefs]


@dataclass(slots=True)
class Walk:
    """Where a draw stands at a date.

    `loglik`: log-probability of everything observed; `said`: the part of it that testimony about parameters makes.
    `trace`: (step, phase) or the claim heard -> `loglik` and what the trail measures just after it. `likelihood`:
    history entry -> probability of it, given all before. `expected`: entry -> probability of what it names, given all
    before: in its step (the mean over the steps of a vague date), and where the mover decides in it. `eve`: entry ->
    loglik just before it. `shift`: entry -> change of the mean beliefs. `impossible`: entry that this draw rules out,
    -1 if none.
    """

    places: Places
    loglik: float
    step: int
    phase: int
    likelihood: dict[int, float] = field(default_factory=dict)
    expected: dict[int, tuple[float, float]] = field(default_factory=dict)
    eve: dict[int, float] = field(default_factory=dict)
    shift: dict[int, list[Floats]] = field(default_factory=dict)
    impossible: int = -1
    said: float = 0.0
    trace: dict[tuple[int, int] | str, tuple[float, Floats]] = field(default_factory=dict)


def start(solution: Solution) -> Places:
    """The first place: the start state at the priors."""
    return Places(
        np.zeros(1, np.int64),
        tuple(belief.reshape(1, -1) for belief in solution.priors),
        np.ones(1),
        np.zeros(1, np.int64),
    )


@dataclass(slots=True)
class Trail:
    """Where the last walk of a draw stood as each step began, so that the next date, which knows the same of the
    first steps, need not walk them again.

    `end`: where it stood before the last testimony was heard, None if it did not come so far. `measure`: what is to be
    noted of the places after every phase and testimony (`Walk.trace`), nothing if not given.
    """

    line: Timeline | None = None
    marks: list[Walk] = field(default_factory=list)  # by step, before testimony of the step before is heard
    end: Walk | None = None
    measure: Callable[[Places], Floats] | None = None

    def at(self, step: int) -> Walk | None:
        """Where the last walk stood as the step began, None if it did not come so far."""
        return self.marks[step] if step < len(self.marks) else None

    def rejoin(self, line: Timeline, phases: int) -> int:
        """The step from which `line` has to be walked; marks after it are dropped."""
        same = 0
        if self.line is not None:
            most = min(len(self.marks) - 1, line.step)
            while same < most and _known(self.line, same, phases) == _known(line, same, phases):
                same += 1
        self.line, self.end = line, None
        del self.marks[same + 1 :]
        return same if self.marks else 0

    def note(self, result: Walk, point: tuple[int, int] | str) -> None:
        """Measure the places at a point of the walk."""
        if self.measure is not None:
            result.trace[point] = (result.loglik, self.measure(result.places))


def same_until(line: Timeline, other: Timeline, phases: int) -> int:
    """The first step of which two lines that end in one step know different things; one more than that step if only
    what is heard at its end may differ."""
    for t in range(line.step + 1):
        if _known(line, t, phases) != _known(other, t, phases):
            return t
    return line.step + 1


def _known(line: Timeline, t: int, phases: int) -> tuple[object, ...]:
    """Everything a line says of a step: what is heard as it begins, and what happened in it."""
    turns = [(t, k) for k in range(phases)]
    happened = [(line.definite.get(at), line.imprecise.get(at), at in line.silent) for at in turns]
    return line.testimony.get(t - 1), happened


def walk(
    solution: Solution,
    silence: Silence,
    line: Timeline,
    parameters: Mapping[str, float],
    trail: Trail | None = None,
) -> Walk:
    """Play the history of `line`. Never raises for an impossible history; says so in the result.

    `trail` is what an earlier walk of the same draw left behind; the answer does not depend on it.
    """
    K = len(solution.game.phases)
    trail = trail or Trail()
    first = trail.rejoin(line, K)
    result = replace(trail.marks[first]) if trail.marks else Walk(start(solution), 0.0, 0, 0)
    result.step, result.phase = line.step, line.phase
    for t in range(first, line.step + 1):
        if len(trail.marks) == t:
            trail.marks.append(replace(result))
        result.likelihood, result.shift = dict(result.likelihood), dict(result.shift)
        result.expected, result.eve = dict(result.expected), dict(result.eve)
        result.trace = dict(result.trace)
        _hear(solution, result, line, t - 1, parameters, trail)  # testimony of a step is heard at its end
        for k in range(K if t < line.step else line.phase):
            if not _phase(solution, silence, result, line, t, k):
                return result
            trail.note(result, (t, k))
    trail.end = replace(result)
    _hear(solution, result, line, line.step, parameters, trail)
    return result


def outcomes(solution: Solution, result: Walk) -> Floats:
    """[O] probability of every outcome from where the walk stands. Needs `before_now` in `Solution.kept`."""
    game, places = solution.game, result.places
    S, P = len(game.states), game.pay_columns
    total = np.zeros(len(game.outcomes))
    before = before_now(result.step, result.phase, len(game.phases))
    for d, state in enumerate(places.states):
        if state >= S:
            total[game.terminal_outcome[state - S]] += places.weights[d]
            continue
        values = solution.start if before is None else solution.kept[before][state]
        point = solution.grid.weights(tuple(belief[d] for belief in places.beliefs))
        total += places.weights[d] * (point @ values[:, P:])
    return total


def before_now(step: int, phase: int, phases: int) -> tuple[int, int] | None:
    """The (step, phase) just after which a place stands; None at the very start."""
    if phase > 0:
        return step, phase - 1
    return (step - 1, phases - 1) if step > 0 else None


def _phase(solution: Solution, silence: Silence, result: Walk, line: Timeline, t: int, k: int) -> bool:
    game, places = solution.game, result.places
    S = len(game.states)
    signal = line.definite.get((t, k))
    loose = line.imprecise.get((t, k), ())
    alive = places.states < S
    phase = game.phases[k]
    opened = phase.act_ptr[1:] > phase.act_ptr[:-1]
    if signal is None and not loose and not opened[places.states[alive]].any():
        return True
    before = places.mean_beliefs() if signal is not None else []
    due = [one for one in loose if t == one.steps[-1]]  # must have come true by now
    marks = sum(1 << one.bit for one in due)
    here = np.nonzero(alive)[0]
    nodes = solution.look(t, k, places.states[here], tuple(belief[here] for belief in places.beliefs))
    if signal is not None or loose:
        _expect(result, nodes, here, signal, loose, phase)
    parts: list[Places] = []
    over = np.nonzero(~alive & ((places.met & marks) == marks))[0]
    if signal is None and len(over):
        parts.append(_pick(places, over, places.weights[over], places.met[over] & ~marks))
    for option, share, bit in options(signal, loose):
        met = places.met[here]
        usable = np.ones(len(here), bool)
        if bit >= 0:
            usable = (met >> bit & 1) == 0
            met = met | (1 << bit)
        usable &= (met & marks) == marks
        chance = told(silence, (t, k) in line.silent, option, nodes, t, k, places.states[here], S)
        weight = (places.weights[here] * share * usable)[:, None] * nodes.seen * chance
        d, o = np.nonzero(weight > 0)
        if not len(d):
            continue
        beliefs = [belief[here[d]] for belief in places.beliefs]
        if phase.actor in game.secret:
            beliefs[game.secret.index(phase.actor)] = nodes.post[d, o]
        if bit >= 0 and option is not None:  # spread over its steps: the mean over them is what is reported
            _note_imprecise(result, option, weight[d, o], beliefs, places.mean_beliefs(), share)
        parts.append(Places(nodes.leads_to[d, o].astype(np.int64), tuple(beliefs), weight[d, o], met[d] & ~marks))
    total = math.fsum(float(part.weights.sum()) for part in parts)
    if total <= 0.0 or not math.isfinite(total):
        result.loglik = -math.inf
        result.impossible = signal.entry if signal is not None else next((one.entry for one in (*due, *loose)), -1)
        return False
    result.loglik += math.log(total)
    result.places = _merged(parts, total)
    if signal is not None:
        shift = [after - was for after, was in zip(result.places.mean_beliefs(), before, strict=True)]
        result.likelihood[signal.entry] = result.likelihood.get(signal.entry, 1.0) * total
        _add_shift(result, signal.entry, shift)
    return True


def _expect(
    result: Walk,
    nodes: Nodes,
    here: NDArray[np.int64],
    signal: Signal | None,
    loose: tuple[Signal, ...],
    phase: Phase,
) -> None:
    """Note how expected what the reports name was, whether they are right or not."""
    places = result.places
    for one in loose if signal is None else (signal,):
        result.eve.setdefault(one.entry, result.loglik)
        weights = places.weights[here]
        if one.bit >= 0:
            weights = weights * ((places.met[here] >> one.bit & 1) == 0)
        if not weights.sum() > 0:
            continue
        named = np.isin(nodes.label, list(one.likelihood)) * nodes.seen
        decided = named
        if phase.choice and phase.turn > 0:  # the standing move goes on without a decision
            states = places.states[here]
            position = phase.standing_at[states]
            at = np.where(position >= 0, phase.act_ptr[states] + position, 0)
            standing = np.where(position >= 0, np.append(phase.act_move, -1)[at], -1)
            goes_on = (nodes.label < 0) | (nodes.label == standing[:, None])
            decided = np.where(goes_on, named, named / phase.turn)
        chances = [float((weights @ table).sum() / weights.sum()) / len(one.steps) for table in (named, decided)]
        earlier = result.expected.get(one.entry, (0.0, 0.0))
        result.expected[one.entry] = (earlier[0] + chances[0], earlier[1] + chances[1])


def moved_on(solution: Solution, places: Places, k: int, nodes: Nodes) -> Places:
    """Where the story stands after phase k, of which nothing is known yet. `nodes`: that phase looked at in the places
    where the story goes on."""
    game = solution.game
    alive = places.states < len(game.states)
    here, over = np.nonzero(alive)[0], np.nonzero(~alive)[0]
    weight = places.weights[here][:, None] * nodes.seen
    d, o = np.nonzero(weight > 0)
    beliefs = [belief[here[d]] for belief in places.beliefs]
    actor = game.phases[k].actor
    if actor in game.secret:
        beliefs[game.secret.index(actor)] = nodes.post[d, o]
    after = Places(nodes.leads_to[d, o].astype(np.int64), tuple(beliefs), weight[d, o], places.met[here[d]])
    parts = [after] + ([_pick(places, over, places.weights[over])] if len(over) else [])
    return _merged(parts, math.fsum(float(part.weights.sum()) for part in parts))


def _note_imprecise(
    result: Walk, option: Signal, weight: Floats, beliefs: list[Floats], before: list[Floats], share: float
) -> None:
    total = float(weight.sum())
    result.likelihood[option.entry] = result.likelihood.get(option.entry, 0.0) + total
    shift = [share * (weight @ belief / total - was) for belief, was in zip(beliefs, before, strict=True)]
    _add_shift(result, option.entry, shift)


def _add_shift(result: Walk, entry: int, shift: list[Floats]) -> None:
    earlier = result.shift.get(entry)
    result.shift[entry] = shift if earlier is None else [a + b for a, b in zip(earlier, shift, strict=True)]


def told(
    silence: Silence,
    silent: bool,
    option: Signal | None,
    nodes: Nodes,
    t: int,
    k: int,
    states: NDArray[np.int64],
    S: int,
) -> Floats:
    """[D, O] probability of what is (or is not) reported, given each observation; `silent`: in a declared gap."""
    there = np.arange(nodes.label.shape[1])[None] < nodes.count[:, 1:]
    ended = nodes.leads_to >= S
    if option is not None:
        # anything else than what is reported: a story that had ended would be known to have ended
        chance = np.where(ended, 0.0, option.otherwise)
        for label, likely in option.likelihood.items():
            chance[nodes.label == label] = likely
    elif silent:
        chance = np.where(ended, 0.0, 1.0)
    else:
        chance = np.where(ended, 0.0, 1.0 - silence.noticed(k, t)[1 + nodes.label, states[:, None]])
    return np.where(there, chance, 0.0)


def options(signal: Signal | None, loose: tuple[Signal, ...]) -> list[tuple[Signal | None, float, int]]:
    """(observation or None for silence, prior share, bit of the imprecise report it uses or -1)."""
    if signal is not None:
        return [(signal, 1.0, -1)]
    return [*((one, 1.0 / len(one.steps), one.bit) for one in loose), (None, 1.0, -1)]


def _pick(places: Places, at: NDArray[np.int64], weights: Floats, met: NDArray[np.int64] | None = None) -> Places:
    beliefs = tuple(belief[at] for belief in places.beliefs)
    return Places(places.states[at], beliefs, weights, places.met[at] if met is None else met)


def _merged(parts: list[Places], total: float) -> Places:
    """One set of places, weights summing to 1; equal places merged, the rest thinned beyond MOST."""
    states = np.concatenate([part.states for part in parts])
    met = np.concatenate([part.met for part in parts])
    weights = np.concatenate([part.weights for part in parts]) / total
    beliefs = tuple(np.concatenate([part.beliefs[i] for part in parts]) for i in range(len(parts[0].beliefs)))
    rows = [
        states,
        met,
        *(np.round(belief[:, j] * 1e9).astype(np.int64) for belief in beliefs for j in range(belief.shape[1])),
    ]
    first, weights, beliefs = grouped(rows, weights, beliefs)
    places = Places(states[first], beliefs, weights, met[first])
    forgotten = forgettable(places.weights, places.weights.max())
    if forgotten.any():
        kept = np.nonzero(~forgotten)[0]
        places = _pick(places, kept, places.weights[kept])
        places = Places(places.states, places.beliefs, places.weights / places.weights.sum(), places.met)
    if len(places.states) > MOST:
        first, weights, beliefs = grouped([places.states, places.met], places.weights, places.beliefs)
        places = Places(places.states[first], beliefs, weights, places.met[first])
    return places


def forgettable(weights: Floats, heaviest: Floats | float) -> NDArray[np.bool_]:
    """Places [D] too light to carry on, beside the heaviest place of their walk."""
    return np.asarray(weights <= _FORGET * heaviest)


def grouped(
    rows: list[NDArray[np.int64]], weights: Floats, beliefs: tuple[Floats, ...]
) -> tuple[NDArray[np.int64], Floats, tuple[Floats, ...]]:
    """Merge places whose rows [D] agree: (a member of each group, weights added, beliefs averaged by weight)."""
    key = np.zeros(len(weights), np.uint64)
    for row in rows:  # any order that brings equal rows together will do; one key sorts faster than many
        key = (key ^ (key >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15) + row.astype(np.uint64)
    order = np.argsort(key, kind="stable")
    new = np.zeros(len(order), bool)
    new[:1] = True
    for row in rows:
        new[1:] |= row[order][1:] != row[order][:-1]
    starts = np.nonzero(new)[0]
    first, total = order[starts], np.add.reduceat(weights[order], starts)
    averaged = tuple(belief[first] for belief in beliefs)
    sizes = np.diff(starts, append=len(order))
    several = np.nonzero(sizes > 1)[0]
    if len(several):
        members = order[np.repeat(sizes > 1, sizes)]
        at = np.concatenate([[0], np.cumsum(sizes[several])[:-1]])
        share = weights[members]
        for belief, mean in zip(beliefs, averaged, strict=True):
            for j in range(belief.shape[1]):
                mean[several, j] = np.add.reduceat(share * belief[members, j], at) / total[several]
    return first, total, averaged


def _hear(
    solution: Solution, result: Walk, line: Timeline, step: int, parameters: Mapping[str, float], trail: Trail
) -> None:
    """Testimony published in a step: Bayes on the public beliefs and on the draw."""
    game = solution.game
    for item in line.testimony.get(step, ()):
        for formula, ratio in item.where:
            if holds(formula, parameters):
                result.loglik += math.log(ratio)
                result.said += math.log(ratio)
        for actor, ratios in item.types.items():
            i = game.actors.index(actor)
            if i not in game.secret or not math.isfinite(result.loglik):
                continue
            at = game.secret.index(i)
            raised = result.places.beliefs[at] * np.array([ratios.get(name, 1.0) for name in game.types[i]])
            factor = raised.sum(axis=1)
            weights = result.places.weights * factor
            total = float(weights.sum())
            if total <= 0.0:
                result.loglik = -math.inf
                return
            result.loglik += math.log(total)
            beliefs = list(result.places.beliefs)
            beliefs[at] = raised / np.where(factor > 0, factor, 1.0)[:, None]
            result.places = Places(result.places.states, tuple(beliefs), weights / total, result.places.met)
        trail.note(result, item.claim)


def holds(formula: str, parameters: Mapping[str, float]) -> bool:
    """Whether a condition over parameters holds in a draw."""
    return bool(compile_expression(formula, Scope(parameters=frozenset(parameters), clock=False))(parameters))
