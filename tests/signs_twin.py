"""A slow twin of the pushed masses: every sequence of what may be seen, one after the other, in plain Python.

It takes the play that is stored and the grid, and nothing else of the solver: no outcome columns, no kernels. Each
sequence is followed to the end of the clock, whatever the horizon.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from typing import Any

import numpy as np

from standoff.forecast.signs import Sign
from standoff.forecast.silence import Silence
from standoff.solver import Solution


def joint(
    solution: Solution, silence: Silence, sign: Sign | None, horizon: int, step: int = 0, start: int = 0
) -> tuple[Any, Any]:
    """(seen, unseen) [1 + K + E] before `horizon` from state `start` at the priors as `step` begins; no sign: quiet."""
    game, grid = solution.game, solution.grid
    S = len(game.states)
    sizes = [axis.size for axis in grid.axes]

    def ending(node: int, point: int) -> Any:
        outcome = np.zeros(len(game.outcomes))
        outcome[game.terminal_outcome[node - S]] = 1.0
        places = np.unravel_index(point, sizes) if sizes else ()
        beliefs = [axis.points[place] for axis, place in zip(grid.axes, places, strict=True)]
        return np.concatenate([[1.0], *beliefs, outcome])

    @cache
    def onward(t: int, k: int, state: int, point: int, shown: bool) -> tuple[Any, Any]:
        """What there is to come from a point of the grid, as (shown by the horizon, not shown)."""
        if t == game.steps:
            last = ending(int(game.final_node[state]), point)
            return (last, 0 * last) if shown else (0 * last, last)
        if k == len(game.phases):
            return onward(t + 1, 0, state, point, shown)
        phase = game.phases[k]
        first, past = phase.act_ptr[state], phase.act_ptr[state + 1]
        opened = phase.act_open[t if len(phase.act_open) > 1 else 0]
        acts = [a for a in range(first, past) if opened[a]]
        if not acts:
            return onward(t, k + 1, state, point, shown)
        own = grid.axes[game.secret.index(phase.actor)] if phase.actor in game.secret else None
        places = list(np.unravel_index(point, sizes)) if sizes else []
        mu = own.points[places[game.secret.index(phase.actor)]] if own is not None else np.ones(1)
        standing = [a for a in acts if a - first == phase.standing_at[state]]
        turn = phase.turn if standing else 1.0
        chances: dict[int, Any] = defaultdict(lambda: np.zeros(len(mu)))
        probs = phase.br_prob[t if len(phase.br_prob) > 1 else 0]
        for a in acts:
            if phase.choice:
                stored = solution.play[t, k][acts, point].astype(float)
                play = stored[acts.index(a)] / stored.sum(axis=0)
            else:
                play = np.full(len(mu), 1 / len(acts))
            play = turn * play + (1 - turn) * (a in standing)
            for e in range(phase.br_ptr[a], phase.br_ptr[a + 1]):
                chances[int(phase.br_obs[e])] += play * probs[e]
        total = [0.0, 0.0]
        for o, by_type in chances.items():
            seen = float(mu @ by_type)
            if seen == 0:
                continue
            place = phase.obs_ptr[state] + o
            node, label = int(phase.obs_node[place]), int(phase.obs_label[place])
            post = mu * by_type / seen
            corners = own.weights(post) if own is not None else np.ones(1)
            shows = sign is not None and label >= 0 and label == sign.shown_in(k)
            told = 1.0 if node >= S else silence.noticed(k, t)[1 + label, state]
            for corner in np.nonzero(corners)[0]:
                if own is not None:
                    places[game.secret.index(phase.actor)] = corner
                at = int(np.ravel_multi_index(places, sizes)) if sizes else 0
                for again, share in ((shown or (shows and t < horizon), 1.0),) if sign is not None else (
                    (shown or t < horizon, told), (shown, 1.0 - told),
                ):  # fmt: skip
                    if share == 0:
                        continue
                    if node >= S:
                        last = ending(node, at)
                        parts = (last, 0 * last) if again else (0 * last, last)
                    else:
                        parts = onward(t, k + 1, node, at, again)
                    for side in (0, 1):
                        total[side] = total[side] + seen * corners[corner] * share * parts[side]
        return total[0], total[1]

    result = [0.0, 0.0]
    begin = grid.weights(solution.priors)
    for point in np.nonzero(begin)[0]:
        parts = onward(step, 0, start, int(point), False)
        result = [result[side] + begin[point] * parts[side] for side in (0, 1)]
    return (result[0], result[1]) if sign is not None else (result[1], result[0])
