"""Agent quantal response on a tree, for many rows at once, with derivatives.

**No secrets.** One pass from the endings to the root gives the value of every move and so its chance; one pass back
gives the chance of every outcome.

**Secrets.** What others believe hangs on how every type would choose, and that on what they believe. The unknowns
are the log-odds x of the moves by which an actor with a secret can be seen through; beliefs follow from x by Bayes, and
given beliefs one backward pass answers with new log-odds R(x). Equilibria are the zeros of F(x, s) = x - R(x, s), with
all precisions times s. The one wanted is on the branch that starts at uniform play, x = 0 at s = 0: it is followed by
`standoff.fit.branch`, and a row on which that ends in nothing is flagged. The derivative in the parameters is that of
the implicit function, dx = -F_x^-1 F_p.

Unlike the engine's grid of beliefs this is exact to rounding (docs/mathematics.md); its cost grows with the number of
histories, and of unknowns cubed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.fit.branch import follow, implicit
from standoff.fit.dual import Bools, Dual, Floats, exp, full_tangent, value_of
from standoff.fit.passes import answers, beliefs_of, numbers_of, outcomes_of
from standoff.fit.rules import Rule
from standoff.fit.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """What play makes of the rows.

    logs: log-chances [rows, outcomes]; -inf only where nothing in the tree leads to the outcome with any chance.
    residual: how far play is from its own response, in log-odds [rows]. flagged: rows without an equilibrium within the
    tolerance, or in which a chance, a precision or a payoff is no proper number.
    odds: [unknowns, rows] log-odds that beliefs hang on. moves: log-chances of the moves, per depth and block
    [moves, places, types, rows].
    """

    logs: Dual
    residual: Floats
    flagged: Bools
    odds: Floats
    moves: tuple[tuple[Any, ...], ...]

    @property
    def chances(self) -> Dual:
        """[rows, outcomes]"""
        found: Dual = exp(self.logs)
        return found


def play(tree: Tree, values: Mapping[str, Dual | Floats | float], rule: Rule = "logit") -> Played:
    """Solve the tree for every row.

    `values`: the free parameters of the tree, [rows] or one number; duals of P directions give `logs` with
    derivatives in them. Memory: about 8 * tree.cells * (1 + P + unknowns) bytes a row; the caller chunks.
    """
    numbers = numbers_of(tree, values)
    rows = len(numbers.odd)
    odds = np.zeros((tree.unknowns, rows))
    residual = np.zeros(rows)
    flagged = numbers.odd.copy()
    beliefs = None
    moved: Any = odds
    with np.errstate(all="ignore"):
        if tree.unknowns:
            odds, residual, lost = follow(tree, numbers, rule)
            flagged |= lost
            moved = implicit(tree, numbers, rule, odds)
        if tree.secrets:
            beliefs = beliefs_of(tree, numbers, moved)
        moves = answers(tree, numbers, rule, beliefs, 1.0)
        logs = outcomes_of(tree, numbers, moves)
    found = _by_row(logs, rows)
    flagged |= np.isnan(found.value).any(axis=1)
    return Played(found, residual, flagged, odds, moves)


def _by_row(logs: Any, rows: int) -> Dual:
    """[outcomes, rows] as a dual [rows, outcomes]."""
    value = np.broadcast_to(value_of(logs), (len(value_of(logs)), rows)).T
    if not isinstance(logs, Dual):
        return Dual(value, np.zeros((0, *value.shape)))
    tangent = full_tangent(logs)
    return Dual(value, np.broadcast_to(tangent, (len(tangent), value.shape[1], rows)).transpose(0, 2, 1))
