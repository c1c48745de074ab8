"""Many histories walked at once in one draw.

Histories that differ in little are most of the time asked the same questions: the places of all of them are looked
at together, each with the number of its line. Every line is walked exactly as `standoff.forecast.history.walk`
would; only how often something is computed differs. A line begins where it first differs from one already walked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from standoff.forecast.history import (
    MOST,
    Trail,
    Walk,
    before_now,
    forgettable,
    grouped,
    options,
    same_until,
    told,
)
from standoff.forecast.silence import Silence
from standoff.forecast.timeline import Signal, Timeline
from standoff.game.model import Floats
from standoff.solver.nodes import Nodes, places_on
from standoff.solver.solution import Solution

Indices = NDArray[np.int64]
Situation = tuple[Signal | None, tuple[Signal, ...], bool]  # definite, imprecise, in a declared gap


@dataclass(slots=True)
class Herd:
    """Places of all lines: `of` [D] the line of each, the rest as in `standoff.forecast.history.Places`, with
    weights that sum to 1 within a line. `loglik` [U], -inf for a line that is impossible (it has no places)."""

    of: Indices
    states: Indices
    beliefs: tuple[Floats, ...]
    weights: Floats
    met: Indices
    loglik: Floats

    def pick(self, at: Indices) -> Herd:
        """These places only."""
        beliefs = tuple(belief[at] for belief in self.beliefs)
        return Herd(self.of[at], self.states[at], beliefs, self.weights[at], self.met[at], self.loglik)


@dataclass(frozen=True, slots=True)
class Plan:
    """`lines` [U] to walk beside a whole one, with `phases` turns in a step.

    `first` [U]: the step as which each begins to differ from it, one more than the last step where only what is heard
    at its end does. `situations`: (step, phase) -> what is known there and the lines that know it.
    """

    lines: tuple[Timeline, ...]
    phases: int
    first: tuple[int, ...]
    situations: dict[tuple[int, int], tuple[tuple[Situation, tuple[int, ...]], ...]]


def plan(whole: Timeline, lines: Sequence[Timeline], phases: int) -> Plan:
    """How to walk lines that differ from `whole`; all end at its step."""
    first = tuple(same_until(whole, line, phases) for line in lines)
    situations: dict[tuple[int, int], list[tuple[Situation, tuple[int, ...]]]] = {}
    for t in range(whole.step + 1):
        for k in range(phases):
            groups: dict[object, tuple[Situation, list[int]]] = {}
            for u, line in enumerate(lines):
                if first[u] > t or (t == line.step and k >= line.phase):
                    continue
                one = (line.definite.get((t, k)), line.imprecise.get((t, k), ()), (t, k) in line.silent)
                groups.setdefault(_key(one), (one, []))[1].append(u)
            if groups:
                situations[t, k] = [(one, tuple(members)) for one, members in groups.values()]
    return Plan(tuple(lines), phases, first, {at: tuple(found) for at, found in situations.items()})


def _key(situation: Situation) -> tuple[object, ...]:
    signal, loose, silent = situation
    named = [(one.entry, one.phase, one.steps, one.bit) for one in ((signal,) if signal else loose)]
    return signal is not None, *named, silent


def walk_many(solution: Solution, silence: Silence, todo: Plan, trail: Trail) -> Herd:
    """Walk every line of the plan. `trail`: what the walk of the whole line left behind in this draw.

    Testimony about parameters is not heard here; log-likelihoods are without it.
    """
    lines, game = todo.lines, solution.game
    U, n = len(lines), [len(belief) for belief in solution.priors]
    nothing = np.zeros(0, np.int64)
    herd = Herd(nothing, nothing, tuple(np.zeros((0, size)) for size in n), np.zeros(0), nothing, np.full(U, -np.inf))
    last = max((line.step for line in lines), default=-1)
    for t in range(min(todo.first, default=0), last + 1):
        herd = _join(herd, [u for u in range(U) if todo.first[u] == t], trail.at(t))
        _hear(solution, herd, lines, [u for u in range(U) if todo.first[u] <= t], t - 1)
        for k in range(len(game.phases)):
            groups = todo.situations.get((t, k))
            if groups:
                herd = _phase(solution, silence, herd, groups, t, k)
    herd = _join(herd, [u for u in range(U) if todo.first[u] > last], trail.end)
    _hear(solution, herd, lines, range(U), last)
    return herd


def _join(herd: Herd, fresh: list[int], mark: Walk | None) -> Herd:
    """Lines that begin to differ here, with the places of the whole line."""
    if not fresh or mark is None or not math.isfinite(mark.loglik):
        return herd
    places, D, many = mark.places, len(mark.places.states), len(fresh)
    herd.loglik[fresh] = mark.loglik - mark.said
    return Herd(
        np.concatenate([herd.of, np.repeat(np.array(fresh, np.int64), D)]),
        np.concatenate([herd.states, np.tile(places.states, many)]),
        tuple(
            np.concatenate([old, np.tile(new, (many, 1))])
            for old, new in zip(herd.beliefs, places.beliefs, strict=True)
        ),
        np.concatenate([herd.weights, np.tile(places.weights, many)]),
        np.concatenate([herd.met, np.tile(places.met, many)]),
        herd.loglik,
    )


def _hear(solution: Solution, herd: Herd, lines: Sequence[Timeline], which: Sequence[int], step: int) -> None:
    """Testimony about types published in a step, line by line: Bayes on the public beliefs."""
    game = solution.game
    for u in which:
        for item in lines[u].testimony.get(step, ()):
            for actor, ratios in item.types.items():
                i = game.actors.index(actor)
                if i not in game.secret or not math.isfinite(herd.loglik[u]):
                    continue
                mine = np.nonzero(herd.of == u)[0]
                belief = herd.beliefs[game.secret.index(i)]
                raised = belief[mine] * np.array([ratios.get(name, 1.0) for name in game.types[i]])
                factor = raised.sum(axis=1)
                weights = herd.weights[mine] * factor
                total = float(weights.sum())
                if total <= 0.0:
                    herd.loglik[u] = -np.inf
                    herd.weights[mine] = 0.0
                    continue
                herd.loglik[u] += math.log(total)
                belief[mine] = raised / np.where(factor > 0, factor, 1.0)[:, None]
                herd.weights[mine] = weights / total


def _phase(
    solution: Solution,
    silence: Silence,
    herd: Herd,
    groups: tuple[tuple[Situation, tuple[int, ...]], ...],
    t: int,
    k: int,
) -> Herd:
    game = solution.game
    S, U, phase = len(game.states), len(herd.loglik), solution.game.phases[k]
    going = np.isfinite(herd.loglik)
    goes_on = herd.states < S
    opened = np.append(phase.act_ptr[1:] > phase.act_ptr[:-1], False)[np.minimum(herd.states, S)]
    asked = np.bincount(herd.of, opened, minlength=U) > 0  # lines in which somebody has a move
    group = np.full(U, -1)
    for g, ((signal, loose, _), members) in enumerate(groups):
        mine = np.array(members)
        known = signal is not None or bool(loose)
        group[mine[going[mine] & (known | asked[mine])]] = g
    busy = group[herd.of]
    rest = np.nonzero((busy < 0) & going[herd.of])[0]
    here = np.nonzero((busy >= 0) & goes_on)[0]
    over = (busy >= 0) & ~goes_on
    if not len(here) and not over.any():
        return herd
    nodes = solution.look(t, k, herd.states[here], tuple(belief[here] for belief in herd.beliefs))
    parts: list[Herd] = []
    for g, ((signal, loose, silent), _) in enumerate(groups):
        due = [one for one in loose if t == one.steps[-1]]
        marks = sum(1 << one.bit for one in due)
        if signal is None:
            ended = np.nonzero(over & (busy == g) & ((herd.met & marks) == marks))[0]
            if len(ended):
                parts.append(herd.pick(ended))
                parts[-1].met &= ~marks
        at = np.nonzero(busy[here] == g)[0]
        if not len(at):
            continue
        mine = here[at]
        some = _some(nodes, at) if len(at) < len(here) else nodes
        for option, share, bit in options(signal, loose):
            met = herd.met[mine]
            usable = np.ones(len(mine), bool)
            if bit >= 0:
                usable = (met >> bit & 1) == 0
                met = met | (1 << bit)
            usable &= (met & marks) == marks
            chance = told(silence, silent, option, some, t, k, herd.states[mine], S)
            weight = (herd.weights[mine] * share * usable)[:, None] * some.seen * chance
            d, o = np.nonzero(weight > 0)
            if not len(d):
                continue
            beliefs = [belief[mine[d]] for belief in herd.beliefs]
            if phase.actor in game.secret:
                beliefs[game.secret.index(phase.actor)] = some.post[d, o]
            leads_to = some.leads_to[d, o].astype(np.int64)
            parts.append(Herd(herd.of[mine[d]], leads_to, tuple(beliefs), weight[d, o], met[d] & ~marks, herd.loglik))
    return _merged(herd.pick(rest), parts, group >= 0, herd.loglik)


def _merged(rest: Herd, parts: list[Herd], moved: NDArray[np.bool_], loglik: Floats) -> Herd:
    """Lines that were not asked as they were, the others normalised, merged and thinned."""
    U = len(loglik)
    if not parts:
        loglik[moved] = -np.inf
        return rest
    new = _joined(parts, loglik)
    total = np.bincount(new.of, new.weights, minlength=U)
    possible = total > 0.0
    loglik[moved & ~possible] = -np.inf
    loglik[moved & possible] += np.log(total[moved & possible])
    new.weights = new.weights / total[new.of]
    rows = [np.round(belief[:, j] * 1e9).astype(np.int64) for belief in new.beliefs for j in range(belief.shape[1])]
    new = _regrouped([new.of, new.states, new.met, *rows], new)
    heaviest = np.zeros(U)
    np.maximum.at(heaviest, new.of, new.weights)
    keep = ~forgettable(new.weights, heaviest[new.of])
    if not keep.all():
        new = new.pick(np.nonzero(keep)[0])
        new.weights = new.weights / np.bincount(new.of, new.weights, minlength=U)[new.of]
    crowded = np.bincount(new.of, minlength=U) > MOST
    if crowded.any():
        many = crowded[new.of]
        thick = new.pick(np.nonzero(many)[0])
        new = _joined([new.pick(np.nonzero(~many)[0]), _regrouped([thick.of, thick.states, thick.met], thick)], loglik)
    return _joined([rest, new], loglik) if len(rest.of) else new


def _regrouped(rows: list[Indices], herd: Herd) -> Herd:
    first, weights, beliefs = grouped(rows, herd.weights, herd.beliefs)
    return Herd(herd.of[first], herd.states[first], beliefs, weights, herd.met[first], herd.loglik)


def _joined(parts: list[Herd], loglik: Floats) -> Herd:
    if len(parts) == 1:
        return parts[0]
    beliefs = tuple(np.concatenate([part.beliefs[i] for part in parts]) for i in range(len(parts[0].beliefs)))
    return Herd(
        np.concatenate([part.of for part in parts]),
        np.concatenate([part.states for part in parts]),
        beliefs,
        np.concatenate([part.weights for part in parts]),
        np.concatenate([part.met for part in parts]),
        loglik,
    )


def _some(nodes: Nodes, at: Indices) -> Nodes:
    """These places of what was looked at."""
    return Nodes(
        nodes.actor, nodes.count[at], nodes.move[at], nodes.play[at], nodes.label[at], nodes.leads_to[at],
        nodes.by_type[at], nodes.seen[at], nodes.post[at], nodes.columns[at], nodes.residual,
    )  # fmt: skip


def outcomes_many(solution: Solution, herd: Herd, lines: Sequence[Timeline]) -> Floats:
    """[U, O] probability of every outcome from where each line stands, nan for an impossible one.

    Needs `before_now` of every line in `Solution.kept`.
    """
    game, grid = solution.game, solution.grid
    S, P, U, K = len(game.states), game.pay_columns, len(lines), len(game.phases)
    values = np.zeros((len(herd.of), len(game.outcomes)))
    ended = np.nonzero(herd.states >= S)[0]
    values[ended, game.terminal_outcome[herd.states[ended] - S]] = 1.0
    place, weight = np.zeros((len(herd.of), 1), np.int64), np.ones((len(herd.of), 1))
    for axis, belief in zip(grid.axes, herd.beliefs, strict=True):
        verts, shares = places_on(axis, belief)
        place = (place[:, :, None] * axis.size + verts[:, None, :]).reshape(len(place), -1)
        weight = (weight[:, :, None] * shares[:, None, :]).reshape(len(place), -1)
    phases = np.array([line.phase for line in lines])
    for at in {line.phase for line in lines}:
        before = before_now(lines[0].step, at, K)
        mine = np.nonzero((phases[herd.of] == at) & (herd.states < S))[0]
        if not len(mine):
            continue
        if before is None:
            table, states = solution.start[None], np.zeros(len(mine), np.int64)
        else:
            table, states = solution.kept[before], herd.states[mine]
        read = table[states[:, None], place[mine], P:]
        values[mine] = np.einsum("dk,dko->do", weight[mine], read)
    return by_line(herd, values, U)


def by_line(herd: Herd, values: Floats, U: int) -> Floats:
    """[U, C] mean over each line's places of values [D, C]; nan for an impossible line."""
    result = np.full((U, values.shape[1]), np.nan)
    possible = np.isfinite(herd.loglik)
    for c in range(values.shape[1]):
        result[possible, c] = np.bincount(herd.of, herd.weights * values[:, c], minlength=U)[possible]
    return result
