"""What the model would be without a part of itself: without hidden types, and without strategy.

Both are the same compiled case with other numbers, so that they are solved at the very draws of the whole model and
walked through the same history.

- *Without hidden types*: every actor is one actor, whose payoffs, chances and hazards are the mean over its types by
  their priors in the draw (over all actors' types together, where a payoff depends on several). Nobody has anything to
  hide, so moves tell nothing, and testimony about types is not heard.
- *Without strategy*: every precision is 0. Whoever has its turn takes each open move alike, whatever it leads to.
  Tempo, chance, and what moves and events do stay.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from standoff.forecast.timeline import Timeline
from standoff.game import Game, Structure
from standoff.game.model import Floats
from standoff.language.expressions import Scope, compile_expression


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Merged(Structure):
    """A compiled case whose games have no hidden types."""

    def game(
        self, parameters: Mapping[str, float], type_priors: Mapping[str, Floats] | None = None,
        fixed: Collection[str] = (),
    ) -> Game:  # fmt: skip
        """As of `Structure`, with every actor's types merged."""
        return merged(Structure.game(self, parameters, type_priors, fixed))


def without_types(structure: Structure) -> Structure:
    """The case in which nobody hides anything."""
    return Merged(**{one.name: getattr(structure, one.name) for one in fields(Structure)})


def without_strategy(structure: Structure) -> Structure:
    """The case in which everybody takes its moves by lot."""
    coin = compile_expression(0, Scope(frozenset(), {}, {}, False))
    return replace(structure, precision=tuple(coin for _ in structure.precision))


def unheard(line: Timeline) -> Timeline:
    """A timeline without testimony about types; what claims say of parameters stays."""
    heard = {
        step: tuple(replace(item, types={}) for item in items if item.where) for step, items in line.testimony.items()
    }
    return replace(line, testimony={step: items for step, items in heard.items() if items})


def merged(game: Game) -> Game:
    """The same game with one type for each actor: payoffs, chances and worths averaged over the priors."""
    profiles = game.profile_types()  # [J, secret actors]
    share = np.ones(len(profiles))
    for position, actor in enumerate(game.secret):
        share = share * game.priors[actor][profiles[:, position]]
    J, P, A = len(profiles), game.pay_columns, len(game.actors)
    fold = np.zeros((P, J, A))  # what counts of a column in a profile: that of the actor's own type there
    for actor, first in enumerate(game.column):
        own = profiles[:, game.secret.index(actor)] if actor in game.secret else np.zeros(J, int)
        fold[first + own, np.arange(J), actor] = share

    def folded(pay: Floats) -> Floats:
        """[..., P, J or 1] as [..., A, 1]."""
        whole = np.broadcast_to(pay, (*pay.shape[:-1], J))
        return np.ascontiguousarray(np.einsum("trpj,pja->tra", whole, fold)[..., None])

    phases = tuple(
        replace(
            phase,
            br_prob=np.ascontiguousarray(phase.br_prob @ _prior(game, phase.actor, phase.br_prob.shape[2])[:, None]),
            pay=folded(phase.pay),
        )
        for phase in game.phases
    )
    return replace(
        game,
        types=tuple(("",) for _ in game.actors),
        priors=tuple(np.ones(1) for _ in game.actors),
        phases=phases,
        terminal_worth=folded(game.terminal_worth),
        flow=folded(game.flow),
    )


def _prior(game: Game, actor: int, kinds: int) -> Floats:
    return game.priors[actor] if actor >= 0 else np.ones(kinds) / kinds
