"""Can the dated history happen at all? Asked of the states alone, before anything is solved."""

from __future__ import annotations

import numpy as np

from standoff.forecast.silence import always_noticed
from standoff.forecast.timeline import Timeline
from standoff.game import Structure
from standoff.game.model import Bools


def first_closed(structure: Structure, line: Timeline) -> tuple[int | None, list[str]]:
    """(index of the first definite entry whose move is closed in every state history may have reached, moves
    open there instead); (None, []) if all can happen for some parameters."""
    here = np.zeros(len(structure.reach.states), bool)
    here[0] = True
    for t, k in line.places(len(structure.phases)):
        signal = line.definite.get((t, k))
        after, opened = _after(structure, line, t, k, here)
        if signal is not None and not after.any():
            return signal.entry, [structure.phases[k].acts[i].name for i in sorted(opened)]
        here = after
    return None, []


def _after(structure: Structure, line: Timeline, t: int, k: int, here: Bools) -> tuple[Bools, set[int]]:
    """States that may stand after a phase given what is known of it, and the moves open before it."""
    edges, reach, phase = structure.edges[k], structure.reach, structure.phases[k]
    parameters = set(structure.document.parameters)
    S = len(reach.states)
    may = reach.open[k][t if reach.open[k].shape[0] > 1 else 0]  # [acts, S], generous about parameters
    signal = line.definite.get((t, k))
    named = {label for one in line.imprecise.get((t, k), ()) for label in one.likelihood}
    unheard = (t, k) in line.silent
    after = np.zeros(S, bool)
    opened: set[int] = set()
    for state in np.nonzero(here)[0]:
        acts = [a for a in range(edges.act_ptr[state], edges.act_ptr[state + 1]) if may[edges.act_move[a], state]]
        sure = any(not phase.acts[edges.act_move[a]].guard.names & parameters for a in acts)
        if not sure and (signal is None or signal.otherwise > 0.0):
            after[state] = True
        for act in acts:
            opened.add(int(edges.act_move[act]))
            for e in range(edges.br_ptr[act], edges.br_ptr[act + 1]):
                o = int(edges.obs_ptr[state]) + int(edges.br_obs[e])
                node, label = int(edges.obs_node[o]), int(edges.obs_label[o])
                if signal is not None:
                    possible = label in signal.likelihood or signal.otherwise > 0.0
                else:
                    possible = label < 0 or unheard or label in named or not always_noticed(structure, k, label)
                if possible and node < S:
                    after[node] = True
                elif possible and signal is not None and label in signal.likelihood:
                    after[state] = True  # the story ends there, as reported
    return after, opened
