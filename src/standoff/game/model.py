"""The game as the solver sees it: named arrays, nothing of the case's words but labels.

A `Game` is a finite-horizon public-observation stochastic game with private types (docs/mathematics.md,
section 1) in which every number is settled: one draw of the parameters. Axes, by letter:

    S  reachable public states            N  nodes = S states followed by terminal nodes
    A  moves open somewhere, all states stacked (`act_ptr` [S+1] delimits a state's slice)
    E  ways a move can turn out, stacked by move (`br_ptr` [A+1])
    O  observations, stacked by state (`obs_ptr` [S+1]); each leads to one node
    T  steps; a leading axis of length 1 means "the same at every step"
    J  joint type profiles of the actors with secrets, first actor slowest
    P  payoff columns: one per (actor, type), actors in order;  C = P + number of outcomes
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Phase:
    """One phase of a step: a mover choosing, or chance.

    `actor` is the actor whose type the probabilities may depend on: the mover, or for chance the one
    actor whose type a hazard depends on (-1 if none). `choice` is false for chance.
    """

    label: str
    actor: int
    choice: bool
    turn: float  # probability that the mover reconsiders in a step
    precision: float
    moves: tuple[str, ...]
    act_ptr: Ints  # [S+1]
    act_move: Ints  # [A] index into `moves`
    act_open: Bools  # [T or 1, A]
    standing_at: Ints  # [S] position of the standing move in the state's slice, -1 if absent
    br_ptr: Ints  # [A+1]
    br_obs: Ints  # [E] observation, counted within the state
    br_prob: Floats  # [T or 1, E, n types of `actor`]
    obs_ptr: Ints  # [S+1]
    obs_node: Ints  # [O] node it leads to
    obs_label: Ints  # [O] move seen, -1 where only the new state is seen
    pay_row: Ints  # [A] row of `pay`, -1 where the move pays nobody anything
    pay: Floats  # [T or 1, rows, P, J] what the move pays (a cost is negative)

    @property
    def widest(self) -> tuple[int, int, int]:
        """Largest number of moves, of observations and of ways in one state."""
        acts = int(np.diff(self.act_ptr).max(initial=1))
        seen = int(np.diff(self.obs_ptr).max(initial=1))
        ways = int(np.diff(self.br_ptr[self.act_ptr]).max(initial=1))
        return acts, seen, ways


@dataclass(frozen=True, slots=True, eq=False)
class Game:
    """One settled game. See the module docstring for the axes."""

    actors: tuple[str, ...]
    types: tuple[tuple[str, ...], ...]  # per actor; ("",) for an actor without secrets
    priors: tuple[Floats, ...]  # per actor [n types]
    discount: Floats  # [actors] per step
    factors: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    states: NDArray[np.int16]  # [S, factors] level indices; state 0 is the start
    steps: int
    phases: tuple[Phase, ...]
    outcomes: tuple[str, ...]
    terminal_outcome: Ints  # [terminals] outcome of node S + i
    terminal_worth: Floats  # [T+1 or 1, terminals, P, J]
    final_node: Ints  # [S] terminal node reached when the clock runs out in a state
    flow: Floats  # [T or 1, S or 1, P, J or 1] paid at the end of each step; S = 1 if nothing flows
    active: tuple[tuple[Ints, ...], ...]  # [T][phases] states reachable on entering the phase
    active_end: tuple[Ints, ...]  # [T] states reachable at the end of the step

    def __repr__(self) -> str:
        return (
            f"Game(actors={self.actors}, factors={self.factors}, outcomes={self.outcomes}, "
            f"states={len(self.states)}, steps={self.steps}, phases={len(self.phases)})"
        )

    @property
    def secret(self) -> tuple[int, ...]:
        """Actors with more than one type, in order: the axes of the belief grid."""
        return tuple(i for i, names in enumerate(self.types) if len(names) > 1)

    @property
    def column(self) -> tuple[int, ...]:
        """First payoff column of each actor."""
        starts, at = [], 0
        for names in self.types:
            starts.append(at)
            at += len(names)
        return tuple(starts)

    @property
    def pay_columns(self) -> int:
        """P: number of (actor, type) pairs."""
        return sum(len(names) for names in self.types)

    @property
    def columns(self) -> int:
        """C: payoff columns plus one per outcome."""
        return self.pay_columns + len(self.outcomes)

    @property
    def nodes(self) -> int:
        """N: states plus terminal nodes."""
        return len(self.states) + len(self.terminal_outcome)

    def profile_types(self) -> NDArray[np.int64]:
        """[J, secret actors] type of each secret actor in each joint profile."""
        counts = [len(self.types[i]) for i in self.secret]
        if not counts:
            return np.zeros((1, 0), np.int64)
        return np.stack(np.unravel_index(np.arange(int(np.prod(counts))), counts), axis=1)
