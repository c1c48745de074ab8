"""Size of the state space, and what play can never get to: guards, moves, levels, outcomes."""

from __future__ import annotations

import numpy as np

from standoff.case.checks.desk import Desk, chance_events, effects, list_names, turns
from standoff.case.checks.scene import MAX_PRODUCT, Act, Scene, certain_end
from standoff.language.document import Event


def small_enough(desk: Desk) -> bool:
    """Whether the product of all scales can be handled; complains with the count per factor if not.

    Works on counts alone: no memory is touched."""
    product = 1
    for factor in desk.document.factors.values():
        product *= len(factor.levels)
    if product <= MAX_PRODUCT:
        return True
    counts = [f"{name} {len(factor.levels)}" for name, factor in desk.document.factors.items()]
    shown = " x ".join(counts[:20]) + (f" and {len(counts) - 20} more factors" if len(counts) > 20 else "")
    total = (
        f"{product:,}" if product < 10**15 else f"about {product:.1e}" if product < 10**300 else "over 1e300"
    )
    desk.complain(
        ("factors",),
        f"{total} combinations of levels: {shown}",
        f"at most {MAX_PRODUCT:,}",
        "Merge levels that call for the same strategy, or turn a factor that only the analyst wonders "
        "about into a parameter.",
        on_key=True,
    )
    return False


def check_reach(desk: Desk, scene: Scene) -> None:
    """Warnings about what is written and can never happen; the error of a missing `unresolved`."""
    for act in scene.acts:
        _check_guard(desk, scene, act)
    _check_comes_up(desk)
    _check_levels(desk, scene)
    _check_outcomes(desk, scene)
    _check_standing(desk, scene)


def _check_guard(desk: Desk, scene: Scene, act: Act) -> None:
    kind = "a move" if act.actor else "an event"
    path = (*act.path, "when")
    if not act.open.any():
        desk.warn(
            path,
            f"a condition that can never hold, so {kind} that never comes",
            "a condition that holds for some levels, at some time",
            "Mend the condition, or remove it.",
        )
    elif not (act.open & scene.reachable).any():
        desk.warn(
            path,
            f"a condition that holds only where play can never get to, so {kind} that never comes",
            "a condition that holds somewhere play can get to",
            "See which levels are never reached, or mend the condition.",
        )


def _check_comes_up(desk: Desk) -> None:
    """Actors that never move, events that never get their turn."""
    document = desk.document
    for name, times in turns(document).items():
        moves = document.moves.get(name, {})
        if moves and not times:
            desk.warn(
                ("moves", name),
                f"`{name}`, which `order` leaves out",
                "every actor with moves in `order`",
                f"Add `{name}` to `order`; as it is, it never moves.",
                on_key=True,
            )
        elif not moves and document.moves:
            types = document.actors[name].types
            if types:
                desk.warn(
                    ("actors", name),
                    f"`{name}`, which has types and no moves",
                    "moves that may give its type away",
                    "Give it moves, or make what it hides a parameter.",
                    on_key=True,
                )
    for name in document.events:
        if name not in chance_events(document):
            desk.warn(
                ("events", name),
                f"`{name}`, which `order` leaves out",
                "every event in `order`, or `chance` for all of them",
                "Add `chance` to `order`; as it is, the event never comes.",
                on_key=True,
            )
    _check_moves_named(desk)


def _check_moves_named(desk: Desk) -> None:
    from standoff.language.document import OrderEntry

    for actor, moves in desk.document.moves.items():
        entries = [
            entry for entry in desk.document.order if isinstance(entry, OrderEntry) and entry.actor == actor
        ]
        if not entries or actor in desk.document.order or any(entry.moves is None for entry in entries):
            continue
        named = {move for entry in entries for move in entry.moves or []}
        for move in moves:
            if move not in named:
                desk.warn(
                    ("moves", actor, move),
                    f"a move that no entry of `order` names for {actor}",
                    "every move in some phase",
                    "Add it to the `moves` of an entry, or leave `moves` out there.",
                    on_key=True,
                )


def _check_levels(desk: Desk, scene: Scene) -> None:
    if not scene.exact:
        return
    for name, factor in desk.document.factors.items():
        here = set(np.unique(scene.levels[name][scene.reachable]).tolist())
        never = [level for i, level in enumerate(factor.levels) if i not in here]
        if not never:
            continue
        if len(here) == 1:
            desk.warn(
                ("factors", name),
                f"a factor that never leaves `{factor.levels[here.pop()]}`",
                "a move or an event that changes it",
                "Change it in some `then`, or make it a parameter.",
                on_key=True,
            )
        else:
            desk.warn(
                ("factors", name, "levels"),
                f"{list_names(never)}, which play can never get to",
                "levels that some move or event leads to",
                "Lead there in some `then`, or remove what is never reached.",
            )


def _check_outcomes(desk: Desk, scene: Scene) -> None:
    document = desk.document
    named: set[str] = set()
    for _, _, _, effect in effects(document):
        named |= {effect.ends} if isinstance(effect.ends, str) else set(effect.ends or {})
    for name in document.outcomes:
        if name not in named and name != "unresolved":
            desk.warn(
                ("outcomes", name),
                "an outcome that nothing leads to",
                "a move or an event with it under `ends`",
                f"Write `ends: {name}` where it comes about, or remove it.",
                on_key=True,
            )
    if "unresolved" in document.outcomes:
        return
    if _surely_over(desk, scene):
        desk.warn(
            ("outcomes",),
            "no outcome `unresolved`",
            "what it is worth when the clock runs out, even if it never should",
            "Add `unresolved: {title: ..., worth: {...}}`.",
            on_key=True,
        )
    else:
        desk.complain(
            ("outcomes",),
            "no outcome `unresolved`",
            "what it is worth to each actor when the clock runs out",
            "Add `unresolved: {title: ..., worth: {...}}`.",
            on_key=True,
        )


def _surely_over(desk: Desk, scene: Scene) -> bool:
    """Whether some actor, wherever it comes up, can only end the story."""
    for actor in desk.document.actors:
        theirs = [act for act in scene.acts if act.actor == actor]
        ends = [act for act in theirs if (act.open & scene.reachable).any()]
        always = any(_always_open(desk, act) for act in ends)
        if ends and always and all(certain_end(act.effect) for act in ends):
            return True
    return any(
        isinstance(act.effect, Event)
        and act.effect.chance == 1
        and certain_end(act.effect)
        and _always_open(desk, act)
        for act in scene.acts
    )


def _always_open(desk: Desk, act: Act) -> bool:
    guard = desk.formulas.get((*act.path, "when"))
    return guard is not None and bool(guard.constant)


def _check_standing(desk: Desk, scene: Scene) -> None:
    """With a tempo the standing move goes on between decisions, so it should be open whenever others are."""
    for name, actor in desk.document.actors.items():
        theirs = [act for act in scene.acts if act.actor == name]
        if actor.tempo is None or len(theirs) < 2:
            continue
        wish = actor.standing or "hold"
        standing = next((act for act in theirs if act.name == wish), theirs[0])
        guard = desk.formulas.get((*standing.path, "when"))
        if guard is None or guard.constant:
            continue
        closed = ~_surely_open(scene, standing)
        others = np.zeros_like(closed)
        for act in theirs:
            if act is not standing:
                others |= act.open
        if (closed & others & scene.reachable).any():
            path = ("actors", name, "standing") if actor.standing else (*standing.path, "when")
            desk.warn(
                path,
                f"the standing move `{standing.name}`, which may be closed while other moves are open",
                "a standing move that is open whenever another is",
                "Give it no `when`, or name another move under `standing`.",
            )


def _surely_open(scene: Scene, act: Act) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Where its guard holds for every draw and step that is tried."""
    guard = scene.desk.formulas[(*act.path, "when")]
    everywhere = np.arange(len(scene.codes))
    if not scene.knows([guard]) or guard.names & set(scene.document.actors):
        return np.ones(len(everywhere), bool)
    cells = scene.cells([guard], everywhere)
    _, place = scene.distinct(guard.names, everywhere)
    held = np.asarray(np.broadcast_to(cells.truth(guard), cells.shape).all(axis=(0, 2, 3)))
    return held[place] if place.max() < len(held) else np.ones(len(everywhere), bool)
