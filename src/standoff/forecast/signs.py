"""Things to watch for: what each draw says of seeing one by a date, and of not seeing it.

A sign is a move made in the open or a chance event that happens; what merely goes on, and what is done unseen, is
none. The last sign of a record is quiet: that reports would have told of nothing at all. Nothing is sampled. The mass
that has not shown a sign yet is pushed forward through the solved play, for all signs at once, and at a horizon it is
valued by the outcome columns and by its public beliefs. What has shown it is the rest of what would stand there with
nothing taken out, because what is valued at its first sighting keeps that value on average ever after.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from standoff.forecast.history import Places
from standoff.forecast.silence import Silence
from standoff.game import Structure
from standoff.game.model import Floats
from standoff.language.calendar import step_days, step_start, turns
from standoff.language.document import Clock
from standoff.solver import Solution, kernels
from standoff.solver.grid import BeliefGrid
from standoff.solver.nodes import Nodes

ROOM = 1 << 26  # bytes of mass pushed at once; more signs are pushed in groups
Note = Callable[[Floats, Floats], None]
SPANS = (14.0, 28.0)  # days; beside one step and the end of the clock


@dataclass(frozen=True, slots=True)
class Sign:
    """A move seen, or an event: its actor or event, its name, and (phase, move) of the turns that can show it."""

    label: str
    move: str
    turns: tuple[tuple[int, int], ...]
    event: bool = False

    def shown_in(self, k: int) -> int:
        """The move of phase k that shows it, -1 if none does."""
        return next((move for phase, move in self.turns if phase == k), -1)


def signs_of(structure: Structure) -> tuple[Sign, ...]:
    """Everything a case lets one see: overt moves other than standing ones, then chance events."""
    found: dict[tuple[str, str, bool], list[tuple[int, int]]] = {}
    for k, phase in enumerate(structure.phases):
        for i, act in enumerate(phase.acts):
            if not phase.choice or not (act.covert or i == phase.standing):
                found.setdefault((phase.label, act.name, not phase.choice), []).append((k, i))
    rows = [Sign(label, move, tuple(at), event) for (label, move, event), at in found.items()]
    return tuple(sorted(rows, key=lambda sign: sign.event))


def horizons(clock: Clock, step: int, day: date) -> tuple[int, ...]:
    """Steps just before which to ask what has been seen, for a forecast of `day` in `step`: the ends of steps nearest
    to one step, two weeks and four weeks from then, and the end of the clock. None once the clock is over."""
    last = turns(clock)
    if step >= last:
        return ()
    ends = []
    for span in (step_days(clock), *SPANS):
        wanted = day + timedelta(days=span)
        ends.append(min(range(step + 1, last + 1), key=lambda t: (abs((step_start(clock, t) - wanted).days), t)))
    return tuple(sorted({*ends, last}))


def kept_for(ends: Sequence[int], phases: int) -> set[tuple[int, int]]:
    """(step, phase) just after which `ahead` needs all values."""
    return {(t - 1, phases - 1) for t in ends}


def at_turn(
    signs: Sequence[Sign], solution: Solution, k: int, places: Places, nodes: Nodes, seen: Floats, unseen: Floats
) -> None:
    """The very next turn that can show a sign, exactly: fill rows of `seen` and `unseen` [I, 1 + K + E] that hold nan.

    `nodes`: phase k looked at, in full, in those of `places` where the story goes on. Columns as in `ahead`.
    """
    game = solution.game
    P, S = game.pay_columns, len(game.states)
    alive = places.states < S
    weights = places.weights[alive][:, None] * nodes.seen
    mover = game.phases[k].actor
    over = places.weights[~alive]
    ended = np.bincount(game.terminal_outcome[places.states[~alive] - S], over, len(game.outcomes))
    rest = [np.array([over.sum()]), *(over @ belief[~alive] for belief in places.beliefs), ended]

    def sums(part: Floats) -> Floats:
        beliefs = [
            np.einsum("do,don->n", part, nodes.post) if i == mover else part.sum(axis=1) @ belief[alive]
            for i, belief in zip(game.secret, places.beliefs, strict=True)
        ]
        outcomes = np.einsum("do,doe->e", part, nodes.columns[:, :, P:])
        return np.concatenate([[part.sum()], *beliefs, outcomes])

    for row, sign in enumerate(signs):
        move = sign.shown_in(k)
        if move >= 0 and np.isnan(seen[row, 0]):
            shows = nodes.label == move
            seen[row] = sums(np.where(shows, weights, 0.0))
            unseen[row] = sums(np.where(shows, 0.0, weights)) + np.concatenate(rest)


def ahead(
    signs: Sequence[Sign],
    solution: Solution,
    silence: Silence,
    places: Places,
    step: int,
    phase: int,
    ends: Sequence[int],
    note: Note | None = None,
) -> tuple[Floats, Floats]:
    """Joint with each sign being seen, and not seen, before each of the steps `ends`: two arrays [I + 1, H, 1 + K + E].

    Columns: the probability; with every type of every secret actor; with every outcome. The last row is quiet: seen
    is that all was. `note` is given, at the end of each step up to the last of `ends`, what all mass stands for: [E]
    what has ended, by outcome, and [S] the rest, by state. Needs `kept_for` and ``play_from``. Cost: that of
    `standoff.forecast.forward.course` up to the last end, and one multiplication a sign for each of its additions;
    memory 16 bytes for each sign, node and belief.
    """
    game, grid = solution.game, solution.grid
    room = max(1, ROOM // (16 * game.nodes * grid.size) - 2)
    groups = [signs[first : first + room] for first in range(0, len(signs), room)] or [signs]
    seen: list[Floats] = []
    unseen: list[Floats] = []
    for group in groups:
        stood = _push(group, solution, silence, places, step, phase, ends, None if seen else note)
        everything, quiet = stood[0], stood[-1]
        unseen.append(stood[1:-1])
        seen.append(everything[None] - stood[1:-1])
    seen.append(quiet[None])
    unseen.append((everything - quiet)[None])
    return np.maximum(np.concatenate(seen), 0.0), np.maximum(np.concatenate(unseen), 0.0)


def _push(
    signs: Sequence[Sign], solution: Solution, silence: Silence, places: Places, step: int, phase: int,
    ends: Sequence[int], note: Note | None,
) -> Floats:  # fmt: skip
    """[1 + I + 1, H, 1 + K + E]: all mass, the mass without each sign so far, and the quiet mass, at every end."""
    game, grid = solution.game, solution.grid
    S, B, W = len(game.states), grid.size, len(signs) + 2
    mass, out = np.zeros((S, B, W)), np.zeros((S, B, W))
    over = np.zeros((game.nodes - S, B, W))
    here, there = np.zeros(S, np.uint8), np.zeros(S, np.uint8)
    for d, state in enumerate(places.states):
        point = places.weights[d] * grid.weights(tuple(belief[d] for belief in places.beliefs))
        if state >= S:
            over[state - S] += point[:, None]
        else:
            mass[state] += point[:, None]
            here[state] = 1
    row = np.zeros(W)
    marginals = _marginals(grid)
    found = []
    for t in range(step, max(ends, default=step)):
        for k in range(phase if t == step else 0, len(game.phases)):
            layer = solution.layers[k]
            at = layer.phase
            column = np.full(1 + len(at.moves), -1, np.int64)
            for c, sign in enumerate(signs):
                move = sign.shown_in(k)
                if move >= 0:
                    column[1 + move] = 1 + c
            play = solution.play.get((t, k))
            if play is None:
                play = np.zeros((0, 0, layer.n), np.float32)
            acts, seen, ways = at.widest
            kernels.push_signs(
                at.turn, at.act_ptr, layer.at(at.act_open, t), at.standing_at, at.br_ptr, at.br_obs,
                layer.at(at.br_prob, t), at.obs_ptr, at.obs_node, at.obs_label, column, 1.0 - silence.noticed(k, t),
                play, layer.points, layer.hi, len(layer.points), layer.lo, layer.m, layer.table,
                kernels.scratch(acts, seen, layer.n, ways), row, here, there, mass, out, over,
            )  # fmt: skip
            mass, out, here, there = out, mass, there, here
        if note is not None:
            by_ending = over[:, :, 0].sum(axis=1)
            ended = np.bincount(game.terminal_outcome, by_ending, minlength=len(game.outcomes))
            note(ended.astype(float), mass[:, :, 0].sum(axis=1))
        if t + 1 in ends:
            found.append(_worth(solution, t, mass, over, marginals))
    return np.stack(found, axis=1) if found else np.zeros((W, 0, 1 + marginals.shape[1] + len(game.outcomes)))


def _worth(solution: Solution, t: int, mass: Floats, over: Floats, marginals: Floats) -> Floats:
    """[W, 1 + K + E] what the masses stand for at the end of step t."""
    game = solution.game
    values = solution.kept[t, len(game.phases) - 1]
    outcomes = np.zeros((mass.shape[2], len(game.outcomes)))
    kernels.worth_of_signs(mass, values, game.pay_columns, outcomes)
    by_ending = over.sum(axis=1)  # [terminals, W]
    for i, outcome in enumerate(game.terminal_outcome):
        outcomes[:, outcome] += by_ending[i]
    believed = mass.sum(axis=0) + over.sum(axis=0)  # [B, W]
    beliefs = np.einsum("bw,bk->wk", believed, marginals)
    return np.concatenate([believed.sum(axis=0)[:, None], beliefs, outcomes], axis=1)


def _marginals(grid: BeliefGrid) -> NDArray[np.float64]:
    """[B, K] belief in every type of every secret actor at every point of the grid."""
    parts = []
    for actor in grid.actors:
        before, own, after = grid.split(actor)
        parts.append(np.tile(np.repeat(own.points, after, axis=0), (before, 1)))
    return np.concatenate(parts, axis=1) if parts else np.zeros((grid.size, 0))
