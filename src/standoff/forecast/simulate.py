"""Paths of one solved game: many stories sampled, counted, and a few told.

A path has true types drawn from the priors; movers play the stored policy, interpolated at the exact public belief,
reconsider as often as their tempo says, chance takes its course, and the public belief follows by Bayes' rule.
So frequencies agree with the outcome columns within their standard error and the grid error.

Paths come in blocks of `BLOCK`, each with a generator of its own, seeded by (case, seed, block), so threads do not
matter. Cost O(phases x paths x moves x interpolation points); memory does not grow with the number of steps.
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
from standoff.solver import kernels
from standoff.solver.nodes import places_on
from standoff.solver.solution import Solution

BLOCK = 1 << 16  # paths simulated together

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


class _Block:
    """Paths simulated together."""

    def __init__(self, solution: Solution, paths: int, rng: np.random.Generator, *, tell: bool = False) -> None:
        game = solution.game
        self.solution, self.game, self.rng = solution, game, rng
        self.outcome = np.full(paths, -1, np.int16)
        self.step = np.full(paths, game.steps, np.int16)
        drawn = [rng.choice(len(game.types[i]), paths, p=game.priors[i]) for i in game.secret]
        self.types = np.stack(drawn, axis=1).astype(np.int8) if drawn else np.zeros((paths, 0), np.int8)
        self.alive = np.arange(paths)
        self.state = np.zeros(paths, np.int32)
        sizes = [len(game.types[i]) for i in game.secret]
        self.bounds = np.cumsum([0, *sizes])
        self.strides = np.array([solution.grid.split(i)[2] for i in game.secret], np.int64)
        self.belief = np.tile(np.concatenate([*solution.priors, np.zeros(0)]), (paths, 1))
        self.verts = np.zeros(self.belief.shape, np.int64)
        self.weights = np.zeros(self.belief.shape)
        for position in range(len(sizes)):
            self._place(position)
        self.told: list[list[Happening]] | None = [[] for _ in range(paths)] if tell else None

    @property
    def final(self) -> tuple[NDArray[np.float32], ...]:
        """[P, n] per secret actor: what was believed when the story ended."""
        pairs = zip(self.bounds[:-1], self.bounds[1:], strict=True)
        return tuple(self.belief[:, first:last].astype(np.float32) for first, last in pairs)

    def run(self) -> None:
        """From the first step to the last."""
        S = len(self.game.states)
        for t in range(self.game.steps):
            for k in range(len(self.game.phases)):
                if not len(self.alive):
                    return
                self._phase(t, k)
        last = self.game.final_node[self.state[self.alive]]
        self.outcome[self.alive] = self.game.terminal_outcome[last - S]

    def story(self, p: int) -> Story:
        """The story of path p, if told."""
        assert self.told is not None
        types = [0] * len(self.game.actors)
        for position, actor in enumerate(self.game.secret):
            types[actor] = int(self.types[p, position])
        beliefs = tuple(tuple(float(x) for x in final[p]) for final in self.final)
        return Story(tuple(types), tuple(self.told[p]), int(self.outcome[p]), int(self.step[p]), beliefs)

    def _phase(self, t: int, k: int) -> None:
        """Everybody alive through one phase."""
        game, phase, layer = self.game, self.game.phases[k], self.solution.layers[k]
        before = self.state[self.alive]
        if not (phase.act_ptr[1:] > phase.act_ptr[:-1])[before].any():
            return
        n = layer.n
        position = game.secret.index(phase.actor) if phase.actor in game.secret else -1
        kinds = self.types[self.alive, position] if position >= 0 else np.zeros(len(self.alive), np.int8)
        play = self.solution.play.get((t, k), np.zeros((0, 0, n), np.float32))
        acts = phase.widest[0]
        way = np.empty(len(self.alive), np.int64)
        kernels.step_paths(
            self.alive, self.rng.random(len(self.alive)), kinds, self.bounds, self.strides, self.verts, self.weights,
            self.belief, int(self.bounds[position]) if position >= 0 else -1, self.state, phase.turn, phase.act_ptr,
            layer.at(phase.act_open, t), phase.standing_at, phase.br_ptr, phase.br_obs, layer.at(phase.br_prob, t),
            phase.obs_ptr, phase.obs_node, play, np.zeros(acts, np.int64), np.zeros((acts, n)), way,
        )  # fmt: skip
        if position >= 0:
            self._place(position)
        if self.told is not None:
            self._tell(t, k, before, way)
        self._end(t)

    def _place(self, position: int) -> None:
        """Where on the grid the beliefs about one actor lie."""
        columns = slice(self.bounds[position], self.bounds[position + 1])
        axis = self.solution.grid.axes[position]
        self.verts[:, columns], self.weights[:, columns] = places_on(axis, self.belief[:, columns])

    def _end(self, t: int) -> None:
        """Take paths that have ended out of the play."""
        S = len(self.game.states)
        over = self.state[self.alive] >= S
        if over.any():
            gone = self.alive[over]
            self.outcome[gone] = self.game.terminal_outcome[self.state[gone] - S]
            self.step[gone] = t
            self.alive = self.alive[~over]

    def _tell(self, t: int, k: int, before: NDArray[np.int32], way: Indices) -> None:
        """Note what was done by choice or chance; what merely goes on is not worth telling."""
        assert self.told is not None
        phase = self.game.phases[k]
        acts = np.repeat(np.arange(len(phase.act_move)), np.diff(phase.br_ptr))
        for p, state, e in zip(self.alive, before, way, strict=True):
            if e < 0:
                continue
            act, node = int(acts[e]), int(self.state[p])
            label = int(phase.obs_label[phase.obs_ptr[state] + phase.br_obs[e]])
            if phase.choice:
                goes_on = act - phase.act_ptr[state] == phase.standing_at[state] and node == state
            else:
                goes_on = label < 0
            if not goes_on:
                self.told[p].append(Happening(t, k, int(phase.act_move[act]), label >= 0, node))
