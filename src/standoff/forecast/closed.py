"""Can the dated history happen at all? Asked of the states alone, before anything is solved."""

from __future__ import annotations

import numpy as np

from standoff.forecast.silence import always_noticed
from standoff.forecast.timeline import Timeline
from standoff.game import Structure
from standoff.game.model import Bools, Game


def first_closed(structure: Structure, line: Timeline) -> tuple[int | None, list[str]]:
    """(index of the first definite entry whose move is closed in every state history may have reached, moves
    open there instead); (None, []) if all can happen. Judged at the medians of the priors."""
    game = structure.game(structure.at_quantile())
    here = np.zeros(len(game.states), bool)
    here[0] = True
    for t, k in line.places(len(game.phases)):
        signal = line.definite.get((t, k))
        after, opened = _after(structure, game, line, t, k, here)
        if signal is not None and not after.any():
            return signal.entry, [game.phases[k].moves[i] for i in sorted(opened)]
        here = after
    return None, []


def _after(
    structure: Structure, game: Game, line: Timeline, t: int, k: int, here: Bools
) -> tuple[Bools, set[int]]:
    """States that may stand after a phase given what is known of it, and the moves open before it."""
    phase = game.phases[k]
    S = len(game.states)
    act_open = phase.act_open[t if len(phase.act_open) > 1 else 0]
    signal = line.definite.get((t, k))
    named = {label for one in line.imprecise.get((t, k), ()) for label in one.likelihood}
    unheard = (t, k) in line.silent
    after = np.zeros(S, bool)
    opened: set[int] = set()
    for state in np.nonzero(here)[0]:
        acts = [a for a in range(phase.act_ptr[state], phase.act_ptr[state + 1]) if act_open[a]]
        if not acts and (signal is None or signal.otherwise > 0.0):
            after[state] = True
        for act in acts:
            opened.add(int(phase.act_move[act]))
            for e in range(phase.br_ptr[act], phase.br_ptr[act + 1]):
                o = int(phase.obs_ptr[state]) + int(phase.br_obs[e])
                node, label = int(phase.obs_node[o]), int(phase.obs_label[o])
                if signal is not None:
                    possible = label in signal.likelihood or signal.otherwise > 0.0
                else:
                    possible = label < 0 or unheard or label in named or not always_noticed(structure, k, label)
                if possible and node < S:
                    after[node] = True
                elif possible and signal is not None and label in signal.likelihood:
                    after[state] = True  # the story ends there, as reported
    return after, opened
