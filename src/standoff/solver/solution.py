"""A solved game with its certificate: what it says, and how far it can be trusted numerically."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from standoff.game.model import Floats, Game
from standoff.solver.grid import BeliefGrid
from standoff.solver.nodes import Beliefs, Nodes, look
from standoff.solver.paths import quiet_path
from standoff.solver.sweep import Layer, Play


@dataclass(frozen=True, slots=True)
class Certificate:
    """Numerical error of one solve; model uncertainty is a different thing and is reported elsewhere.

    `residual`: worst ``max |softmax(lam Q) - sigma|`` over all nodes. `flagged`: nodes above 1e-8.
    `near_splitting`: nodes where the followed branch comes close to another (det(I - J) < 0.05).
    `grid_error`: how far any outcome probability at the start moves when the belief grid is halved (None
    if not measured). `node_updates`: (state, belief) fixed points and passes solved.
    """

    residual: float
    grid_error: float | None
    states: int
    belief_points: int
    seconds: float
    flagged: int
    near_splitting: int
    rounds: int
    followed: int
    node_updates: int
    grid: dict[str, int]
    branch: str = "principal (from uniform play at zero precision)"
    worst: str = ""

    def to_json(self) -> dict[str, Any]:
        """Plain data, the `certificate` of the script contract."""
        return asdict(self)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """The answer to one `Game`.

    `start` [B, C]: every column at the start state over all belief points. `kept`: (step, phase) -> [N, B, C]
    values just after the phase, where asked for. `own`: (step, phase) -> [N, B, n] the mover's columns of the
    same, for early steps. `play`: (step, phase) -> [A, B, n] float32, where asked for. `entry` [N, B, C]: values on
    entering the phase solved down to, where `first` or `at` was given.
    """

    game: Game
    grid: BeliefGrid
    certificate: Certificate
    start: Floats
    kept: Mapping[tuple[int, int], Floats] = field(repr=False)
    own: Mapping[tuple[int, int], Floats] = field(repr=False)
    play: Mapping[tuple[int, int], Play] = field(repr=False)
    layers: tuple[Layer, ...] = field(repr=False)
    entry: Floats = field(default_factory=lambda: np.zeros((0, 0, 0)), repr=False)

    def __repr__(self) -> str:
        error = self.certificate.grid_error
        numerical = "" if error is None else f", grid_error={error:.2g}"
        chances = ", ".join(f"{name}: {chance:.3f}" for name, chance in self.outcomes.items())
        return f"Solution(outcomes={{{chances}}}, residual={self.certificate.residual:.0e}{numerical})"

    @property
    def priors(self) -> Beliefs:
        """Beliefs at the start: one [n] per secret actor."""
        return tuple(self.game.priors[i] for i in self.game.secret)

    def at_start(self, beliefs: Beliefs | None = None) -> Floats:
        """[C] every column at the start state, at the priors or other beliefs."""
        return np.asarray(self.grid.weights(beliefs or self.priors) @ self.start)

    @property
    def outcomes(self) -> dict[str, float]:
        """name -> probability at the start."""
        values = self.at_start()[self.game.pay_columns :]
        return {name: float(value) for name, value in zip(self.game.outcomes, values, strict=True)}

    def look(self, t: int, k: int, states: Any, beliefs: Beliefs, *, full: bool = False) -> Nodes:
        """Play at D places of one phase: `states` [D], one belief [D, n] per secret actor. Raises KeyError if
        the values it needs were not kept."""
        if full:
            values: Floats | None = self.kept[t, k]
        else:
            values = self.own[t, k] if self.game.phases[k].choice else None
        return look(self.game, self.grid, self.layers[k], t, np.asarray(states, np.int64), beliefs, values, full=full)

    def start_play(self) -> dict[str, dict[str, dict[str, float]]]:
        """actor -> type -> move -> probability where the actor first has a choice on the quiet path.

        The quiet path is the one on which everybody before it keeps to the standing move and chance does
        nothing. The type of an actor without secrets is called ``-``.
        """
        found: dict[str, dict[str, dict[str, float]]] = {}
        for k, play in self._first_choices().items():
            found.setdefault(self.game.actors[self.game.phases[k].actor], play)
        return found

    def start_by_phase(self) -> dict[str, list[dict[str, dict[str, float]]]]:
        """actor -> for each of its turns in a step, in order: the same as `start_play`; empty where it has no choice
        in that turn by the time every actor has had one."""
        first = self._first_choices()
        found: dict[str, list[dict[str, dict[str, float]]]] = {}
        for k, phase in enumerate(self.game.phases):
            if phase.choice:
                found.setdefault(self.game.actors[phase.actor], []).append(first.get(k, {}))
        return found

    def _first_choices(self) -> dict[int, dict[str, dict[str, float]]]:
        """phase -> type -> move -> probability at its first node with a choice on the quiet path, in order of time."""
        found: dict[int, dict[str, dict[str, float]]] = {}
        beliefs = tuple(belief.reshape(1, -1) for belief in self.priors)
        for t, k, state in quiet_path(self.game):
            phase = self.game.phases[k]
            nodes = self.look(t, k, [state], beliefs)
            moves = nodes.move[0][: nodes.count[0, 0]]
            if phase.choice and len(moves) > 1 and k not in found:
                found[k] = {
                    name or "-": {phase.moves[int(move)]: float(nodes.play[0, i, kind]) for i, move in enumerate(moves)}
                    for kind, name in enumerate(self.game.types[phase.actor])
                }
            if phase.actor in self.game.secret:
                at = self.game.secret.index(phase.actor)
                o = quiet_observation(nodes, moves, int(phase.standing_at[state]))
                beliefs = (*beliefs[:at], nodes.post[:, o], *beliefs[at + 1 :])
        return found


def quiet_observation(nodes: Nodes, moves: Any, standing: int) -> int:
    """The observation left at a single place when nothing happens: nothing seen, else the standing move."""
    O = int(nodes.count[0, 1])
    label, seen = nodes.label[0, :O], nodes.seen[0, :O]
    nothing = np.nonzero(label < 0)[0]
    if len(nothing):
        return int(nothing[np.argmax(seen[nothing])])
    if 0 <= standing < len(moves):
        at = np.nonzero(label == moves[standing])[0]
        if len(at):
            return int(at[0])
    return int(np.argmax(seen))
