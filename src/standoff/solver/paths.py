"""The quiet path: where the states go when nobody does anything."""

from __future__ import annotations

from standoff.game.model import Game


def quiet_path(game: Game, steps: int = 1) -> list[tuple[int, int, int]]:
    """[(step, phase, state)] when everybody keeps to the standing move and chance does nothing.

    Stops where even the standing move ends the story, or when every actor with a choice has had one
    and `steps` steps have passed; what comes after the last first choice of a phase is left out beyond those steps,
    for an actor may wait for its first choice until the clock runs out.
    """
    path: list[tuple[int, int, int]] = []
    state = 0
    S = len(game.states)
    waiting = {phase.actor for phase in game.phases if phase.choice}
    chosen: dict[int, int] = {}  # phase -> length of the path at its first choice
    for t in range(game.steps):
        for k, phase in enumerate(game.phases):
            path.append((t, k, state))
            opened = phase.act_open[t if len(phase.act_open) > 1 else 0]
            first, last = phase.act_ptr[state], phase.act_ptr[state + 1]
            acts = [a for a in range(first, last) if opened[a]]
            if not acts:
                continue
            if phase.choice and len(acts) > 1:
                waiting.discard(phase.actor)
                chosen.setdefault(k, len(path))
            standing = first + phase.standing_at[state]
            act = standing if phase.standing_at[state] >= 0 and standing in acts else acts[0]
            ways = range(phase.br_ptr[act], phase.br_ptr[act + 1])
            nodes = [int(phase.obs_node[phase.obs_ptr[state] + phase.br_obs[e]]) for e in ways]
            labels = [int(phase.obs_label[phase.obs_ptr[state] + phase.br_obs[e]]) for e in ways]
            quiet = [node for node, label in zip(nodes, labels, strict=True) if phase.choice or label < 0]
            staying = state if state in quiet else (quiet or nodes)[0]
            if staying >= S:
                return path
            state = staying
        if t + 1 >= steps and not waiting:
            break
    return path[: max([steps * len(game.phases), *chosen.values()])]
