"""Paths of one solved game: many stories sampled, counted, and a few told.

A path has true types drawn from the priors; movers play the stored policy, interpolated at the exact public belief,
reconsider as often as their tempo says, chance takes its course, and the public belief follows by Bayes' rule.
So frequencies agree with the outcome columns within their standard error and the grid error.

Paths with the same public history share one *node* (a state with beliefs): play and Bayes are worked out once a
node, only the sampling is done path by path. Cost O(phases x (paths + nodes x moves x interpolation points)).
Paths come in blocks of `BLOCK`, each with a generator of its own, seeded by (case, seed, block).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from standoff.errors import Problem, SolveError
from standoff.game.model import Floats
from standoff.solver.nodes import places_on
from standoff.solver.solution import Solution

BLOCK = 1 << 16  # paths simulated together
_ROWS = 1 << 13  # nodes worked out together: their tables stay in the cache
_MERGE = 1 << 12  # nodes from which on equal ones are looked for

Indices = NDArray[np.int64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing that happened on a path: phase and move by index, `seen` if the public saw the move itself, and
    the state (or terminal node) after it."""

    step: int
    phase: int
    move: int
    seen: bool
    node: int


@dataclass(frozen=True, slots=True)
class Story:
    """One path told: true type per actor (0 where it has no secret), what happened, how and when it ended,
    what was believed at the end (per secret actor)."""

    types: tuple[int, ...]
    happened: tuple[Happening, ...]
    outcome: int
    step: int
    beliefs: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Simulation:
    """What P paths did.

    `outcome` [P] and `step` [P] say how each ended and in which step (`game.steps`: the clock ran out). `types`
    [P, secret actors] are the true types, `beliefs` per secret actor [P, n] the public's at the end.
    """

    solution: Solution = field(repr=False)
    outcome: NDArray[np.int16] = field(repr=False)
    step: NDArray[np.int16] = field(repr=False)
    types: NDArray[np.int8] = field(repr=False)
    beliefs: tuple[NDArray[np.float32], ...] = field(repr=False)
    seed: int
    stories: tuple[Story, ...] = field(repr=False, default=())

    @property
    def paths(self) -> int:
        """P."""
        return len(self.outcome)

    @property
    def frequencies(self) -> dict[str, tuple[float, float]]:
        """outcome -> (share of the paths, its standard error)."""
        names = self.solution.game.outcomes
        counts = np.bincount(self.outcome, minlength=len(names)) / self.paths
        errors = np.sqrt(counts * (1 - counts) / self.paths)
        return {name: (float(p), float(e)) for name, p, e in zip(names, counts, errors, strict=True)}

    def ended(self) -> Floats:
        """[T, outcomes] share of the paths that had ended so by the end of each step; what the clock decides
        counts in the last."""
        game = self.solution.game
        at = np.minimum(self.step, game.steps - 1).astype(np.int64)
        flat = np.bincount(at * len(game.outcomes) + self.outcome, minlength=game.steps * len(game.outcomes))
        return np.asarray(flat.reshape(game.steps, -1).cumsum(axis=0) / self.paths)


def simulate(
    solution: Solution,
    paths: int,
    *,
    key: int = 0,
    seed: int = 0,
    stories: int = 0,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Simulation:
    """Sample `paths` paths from the start to the end, and tell `stories` more.

    Needs a solution with ``play_from=0``. `key` names the case (its hash as a number): the generator of block i
    is ``default_rng([key, seed, i])``. `progress` is called as ``progress(paths done, paths)``. Raises SolveError
    for fewer than one path.
    """
    if paths < 1:
        raise SolveError(Problem(f"{paths} paths", "one or more", "Raise --paths."))
    missing = [(t, k) for t, k in _choices(solution) if (t, k) not in solution.play]
    if missing:
        raise ValueError(f"no play stored for (step, phase) {missing[0]}: solve with play_from=0")
    sizes = [min(BLOCK, paths - first) for first in range(0, paths, BLOCK)]
    parts: list[_Block] = []
    with ThreadPoolExecutor(min(threads or os.cpu_count() or 1, len(sizes))) as pool:
        for part in pool.map(_run, [(solution, size, [key, seed, i]) for i, size in enumerate(sizes)]):
            parts.append(part)
            if progress is not None:
                progress(sum(sizes[: len(parts)]), paths)
    told: tuple[Story, ...] = ()
    if stories > 0:
        rng = np.random.default_rng([key, seed, 1 << 40])
        teller = _Block(solution, stories, rng, tell=True)
        teller.run()
        told = tuple(teller.story(p) for p in range(stories))
    return Simulation(
        solution=solution,
        outcome=np.concatenate([part.outcome for part in parts]),
        step=np.concatenate([part.step for part in parts]),
        types=np.concatenate([part.types for part in parts]),
        beliefs=tuple(np.concatenate([part.final[i] for part in parts]) for i in range(len(solution.game.secret))),
        seed=seed,
        stories=told,
    )


def _run(block: tuple[Solution, int, list[int]]) -> _Block:
    solution, size, seeds = block
    part = _Block(solution, size, np.random.default_rng(seeds))
    part.run()
    return part


def _choices(solution: Solution) -> list[tuple[int, int]]:
    game = solution.game
    return [(t, k) for t in range(game.steps) for k, phase in enumerate(game.phases) if phase.choice]


@dataclass(slots=True, eq=False)
class _Turn:
    """One phase at one step, as padded tables over nodes: A moves, E ways, G observations of the widest state."""

    first_act: Indices  # [S+1]
    opened: NDArray[np.bool_]  # [moves]
    standing: Indices  # [S]
    first_way: Indices  # [S+1], by state
    way_act: Indices  # [ways] stacked move
    way_seen: Indices  # [ways] observation, counted within the state
    prob: Floats  # [ways, n]
    play: NDArray[np.float32] | None  # [moves, B, n]
    turn: float
    widest: tuple[int, int, int]


class _Block:
    """Paths simulated together. `node` [P] is each path's public node, or -1 once it has ended."""

    def __init__(self, solution: Solution, paths: int, rng: np.random.Generator, *, tell: bool = False) -> None:
        game = solution.game
        self.solution, self.game, self.rng = solution, game, rng
        self.outcome = np.full(paths, -1, np.int16)
        self.step = np.full(paths, game.steps, np.int16)
        drawn = [rng.choice(len(game.types[i]), paths, p=game.priors[i]) for i in game.secret]
        self.types = np.stack(drawn, axis=1).astype(np.int8) if drawn else np.zeros((paths, 0), np.int8)
        self.final = tuple(np.empty((paths, len(game.types[i])), np.float32) for i in game.secret)
        self.alive = np.arange(paths)
        self.node = np.zeros(paths, np.int64)  # of the alive ones
        self.state = np.zeros(1, np.int64)  # of every node
        self.belief = [prior.reshape(1, -1).copy() for prior in solution.priors]
        self.told: list[list[Happening]] | None = [[] for _ in range(paths)] if tell else None

    def run(self) -> None:
        """From the first step to the last."""
        for t in range(self.game.steps):
            for k in range(len(self.game.phases)):
                if not len(self.alive):
                    return
                self._phase(t, k)
            if len(self.state) > _MERGE:
                self._merge()
        ends = self.game.terminal_outcome[self.game.final_node[self.state] - len(self.game.states)]
        self._end(np.ones(len(self.alive), bool), ends[self.node], self.game.steps)

    def story(self, p: int) -> Story:
        """The story of path p, if told."""
        assert self.told is not None
        types = [0] * len(self.game.actors)
        for position, actor in enumerate(self.game.secret):
            types[actor] = int(self.types[p, position])
        beliefs = tuple(tuple(float(x) for x in final[p]) for final in self.final)
        return Story(tuple(types), tuple(self.told[p]), int(self.outcome[p]), int(self.step[p]), beliefs)

    def _turn(self, t: int, k: int) -> _Turn:
        phase, layer = self.game.phases[k], self.solution.layers[k]
        return _Turn(
            first_act=phase.act_ptr.astype(np.int64),
            opened=np.asarray(layer.at(phase.act_open, t), bool),
            standing=phase.standing_at.astype(np.int64),
            first_way=phase.br_ptr[phase.act_ptr].astype(np.int64),
            way_act=np.repeat(np.arange(len(phase.act_move)), np.diff(phase.br_ptr)),
            way_seen=phase.br_obs.astype(np.int64),
            prob=np.asarray(layer.at(phase.br_prob, t), float),
            play=self.solution.play.get((t, k)),
            turn=phase.turn,
            widest=phase.widest,
        )

    def _phase(self, t: int, k: int) -> None:
        """Everybody alive through one phase."""
        game, phase = self.game, self.game.phases[k]
        moving = (phase.act_ptr[1:] > phase.act_ptr[:-1])[self.state]
        if not moving.any():
            return
        turn = self._turn(t, k)
        n = turn.prob.shape[1]
        position = game.secret.index(phase.actor) if phase.actor in game.secret else -1
        width = turn.widest[1] + 1  # one more for places where nothing is open
        after = np.ones((len(self.state), width, n)) if position >= 0 else None
        way = np.full(len(self.node), turn.widest[2], np.int64)
        kind = self.types[self.alive, position] if position >= 0 else np.zeros(len(way), np.int8)
        acting = np.nonzero(moving)[0]
        order = np.argsort(self.node, kind="stable")  # paths by node, so that a slice of nodes is one of paths
        order = order[moving[self.node[order]]]
        place = np.cumsum(moving) - 1
        bounds = np.searchsorted(place[self.node[order]], np.arange(0, len(acting) + _ROWS, _ROWS))
        for i, first in enumerate(range(0, len(acting), _ROWS)):
            rows = acting[first : first + _ROWS]
            chance, seen = self._ways(turn, rows, n)
            mine = order[bounds[i] : bounds[i + 1]]
            total = chance.cumsum(axis=1)  # [rows, E, n]
            mark = self.rng.random(len(mine))
            chosen = total[place[self.node[mine]] - first, :, kind[mine]]
            way[mine] = (chosen <= (mark * chosen[:, -1])[:, None]).sum(axis=1)
            if after is not None:
                flat = ((np.arange(len(rows))[:, None] * width + seen)[:, :, None] * n + np.arange(n)).ravel()
                size = len(rows) * width * n
                after[rows] = np.bincount(flat, chance.ravel(), minlength=size).reshape(-1, width, n)
        self._advance(t, k, turn, way, after, position)

    def _ways(self, turn: _Turn, rows: Indices, n: int) -> tuple[Floats, Indices]:
        """Chance [U, E, n] by type of every way a node's phase may turn out, and what is seen of it [U, E].

        Where no move is open, the last way is that nothing happens.
        """
        state = self.state[rows]
        A, E = turn.widest[0], turn.widest[2]
        at = turn.first_act[state][:, None] + np.arange(A)
        is_open = at < turn.first_act[state + 1][:, None]
        at = np.where(is_open, at, 0)
        if len(turn.opened):
            is_open &= turn.opened[at]
        count = is_open.sum(axis=1)
        if turn.play is None:
            play = np.where(is_open, 1.0 / np.maximum(count, 1)[:, None], 0.0)[:, :, None]
        else:
            play = self._play(turn.play, at, rows)
            play = np.where(is_open[:, :, None], play, 0.0)
            play /= np.maximum(play.sum(axis=1, keepdims=True), 1e-300)
        standing = turn.standing[state]
        stands = (standing >= 0) & is_open[np.arange(len(state)), np.maximum(standing, 0)]
        share = np.where(stands, turn.turn, 1.0)
        play = play * share[:, None, None]
        play[np.nonzero(stands)[0], standing[stands]] += 1.0 - turn.turn
        ways = turn.first_way[state][:, None] + np.arange(E)
        there = ways < turn.first_way[state + 1][:, None]
        ways = np.where(there, ways, 0)
        chance = np.zeros((len(state), E + 1, n))
        seen = np.full((len(state), E + 1), turn.widest[1], np.int64)
        if len(turn.way_act):
            act = np.clip(turn.way_act[ways] - turn.first_act[state][:, None], 0, A - 1)
            picked = np.take_along_axis(play, act[:, :, None], axis=1)
            chance[:, :E] = np.where(there[:, :, None], picked * turn.prob[ways], 0.0)
            seen[:, :E] = np.where(there, turn.way_seen[ways], turn.widest[1])
        chance[count == 0, E] = 1.0
        return chance, seen

    def _play(self, stored: NDArray[np.float32], at: Indices, rows: Indices) -> Floats:
        """[U, A, n] stored play at the nodes' beliefs."""
        grid = self.solution.grid
        where = np.zeros((len(at), 1), np.int64)
        weight = np.ones((len(at), 1))
        stride = grid.size
        for axis, belief in zip(grid.axes, self.belief, strict=True):
            stride //= axis.size
            verts, weights = places_on(axis, belief[rows])
            where = (where[:, :, None] + verts[:, None, :] * stride).reshape(len(at), -1)
            weight = (weight[:, :, None] * weights[:, None, :]).reshape(len(at), -1)
        play = np.zeros((*at.shape, stored.shape[2]))
        for j in range(where.shape[1]):
            play += weight[:, j, None, None] * stored[at, where[:, j, None]]
        return play

    def _advance(
        self,
        t: int,
        k: int,
        turn: _Turn,
        way: Indices,
        after: Floats | None,
        position: int,
    ) -> None:
        """From the way each path went to its next node."""
        game, phase = self.game, self.game.phases[k]
        S, E, nothing = len(game.states), turn.widest[2], turn.widest[1]
        state = self.state[self.node]
        stays = way >= E
        index = np.where(stays, 0, turn.first_way[state] + way)
        seen = np.where(stays, nothing, turn.way_seen[index] if len(turn.way_seen) else 0)
        width = nothing + 1
        mark = np.zeros(len(self.state) * width, bool)
        code = self.node * width + seen
        mark[code] = True
        used = np.nonzero(mark)[0]
        place = np.cumsum(mark) - 1
        old, label = used // width, used % width
        leads = np.where(
            label == nothing,
            self.state[old],
            phase.obs_node[np.minimum(phase.obs_ptr[self.state[old]] + label, len(phase.obs_node) - 1)],
        )
        belief = [one[old] for one in self.belief]
        if after is not None:
            joint = belief[position] * after[old, label]
            total = joint.sum(axis=1, keepdims=True)
            belief[position] = np.where(total > 0, joint / np.where(total > 0, total, 1.0), belief[position])
        if self.told is not None:
            self._tell(t, k, turn, stays, index, phase.obs_label, seen, state, leads[place[code]])
        self.node, self.state, self.belief = place[code], leads, belief
        over = leads >= S
        if over.any():
            done = over[self.node]
            ends = game.terminal_outcome[np.maximum(leads - S, 0)]
            self._end(done, ends[self.node], t)

    def _tell(
        self,
        t: int,
        k: int,
        turn: _Turn,
        stays: NDArray[np.bool_],
        way: Indices,
        labels: NDArray[np.int32],
        seen: Indices,
        state: Indices,
        leads: Indices,
    ) -> None:
        """Note what was done by choice or chance; what merely goes on is not worth telling."""
        assert self.told is not None
        phase = self.game.phases[k]
        for p in np.nonzero(~stays)[0]:
            act = int(turn.way_act[way[p]])
            label = int(labels[phase.obs_ptr[state[p]] + seen[p]])
            if phase.choice:
                goes_on = act - phase.act_ptr[state[p]] == phase.standing_at[state[p]] and leads[p] == state[p]
            else:
                goes_on = label < 0
            if not goes_on:
                self.told[self.alive[p]].append(Happening(t, k, int(phase.act_move[act]), label >= 0, int(leads[p])))

    def _end(self, done: NDArray[np.bool_], outcome: NDArray[np.int32], step: int) -> None:
        """Take paths that have ended out of the play."""
        gone = self.alive[done]
        self.outcome[gone] = outcome[done]
        self.step[gone] = step
        for final, belief in zip(self.final, self.belief, strict=True):
            final[gone] = belief[self.node[done]]
        self.alive = self.alive[~done]
        self.node = self.node[~done]
        mark = np.zeros(len(self.state), bool)
        mark[self.node] = True
        self._keep(mark, np.cumsum(mark) - 1)

    def _keep(self, mark: NDArray[np.bool_], place: Indices) -> None:
        self.node = place[self.node]
        self.state = self.state[mark]
        self.belief = [belief[mark] for belief in self.belief]

    def _merge(self) -> None:
        """Histories that led to the same state and the same beliefs (to 1e-12) go on as one node."""
        rows = [self.state, *(np.rint(b[:, j] * 1e12).astype(np.int64) for b in self.belief for j in range(b.shape[1]))]
        order = np.lexsort(rows)
        fresh = np.zeros(len(order), bool)
        fresh[0] = True
        for row in rows:
            ordered = row[order]
            fresh[1:] |= ordered[1:] != ordered[:-1]
        group = np.empty(len(order), np.int64)
        group[order] = np.cumsum(fresh) - 1
        first = order[fresh]
        self.node = group[self.node]
        self.state = self.state[first]
        self.belief = [belief[first] for belief in self.belief]
