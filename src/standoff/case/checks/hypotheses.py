"""Sets of competing hypotheses: all about one thing, of names that exist, and no two that can be true at once."""

from __future__ import annotations

from itertools import combinations

from standoff.case.checks.desk import Desk
from standoff.errors import did_you_mean
from standoff.language.document import Hypothesis, HypothesisSet
from standoff.language.located import Path_

TAKEN = ("outcomes", "peace")  # sets that every case has, beside one for each actor
REMAINDER = "none_of_these"


def check_hypotheses(desk: Desk) -> None:
    """Everything under `hypotheses`."""
    for name, one in desk.document.hypotheses.items():
        path: Path_ = ("hypotheses", name)
        if name in TAKEN or name in desk.document.actors:
            desk.complain(
                path,
                f"a set called `{name}`, as one that is there already",
                "a name of its own",
                f"Call it something else, such as `{name}_hypotheses`.",
                on_key=True,
            )
        sound = [_check_one(desk, (*path, "one_of", key), key, each) for key, each in one.one_of.items()]
        if all(sound) and _of_one_kind(desk, path, one):
            _check_exclusive(desk, path, one)
        if not _grounded(one):
            desk.warn(
                path,
                "hypotheses that rest on nothing",
                "`because:` with the claims that put the question, or `judgement:`",
                "Add one of the two, for the set or for each of its hypotheses.",
                on_key=True,
            )


def _grounded(one: HypothesisSet) -> bool:
    return bool(one.because or one.judgement) or all(each.because or each.judgement for each in one.one_of.values())


def _check_one(desk: Desk, path: Path_, name: str, one: Hypothesis) -> bool:
    """Whether what it says can be looked at further."""
    before = len(desk.problems)
    if name == REMAINDER:
        desk.complain(
            path, f"`{name}`, which is what the others leave over", "a hypothesis with a name of its own",
            "Leave it out: what is left over is shown by itself.", on_key=True,
        )  # fmt: skip
    if bool(one.types) == bool(one.outcomes):
        both = bool(one.types)
        desk.complain(
            path, "both `types` and `outcomes`" if both else "neither `types` nor `outcomes`", "one of the two",
            "Keep the one it is about." if both else "Say `types: {actor: [type]}`, or `outcomes: [...]`.", on_key=True,
        )  # fmt: skip
    for i, name_ in enumerate(one.outcomes):
        _known(desk, name_, list(desk.document.outcomes), "an outcome", (*path, "outcomes", i))
    for actor, kinds in one.types.items():
        spot = (*path, "types", actor)
        if not _known(desk, actor, list(desk.document.actors), "an actor", spot, on_key=True):
            continue
        types = list(desk.document.actors[actor].types)
        if len(types) < 2:
            holders = [each for each, who in desk.document.actors.items() if len(who.types) > 1]
            desk.complain(spot, f"`{actor}`, which hides nothing", "an actor with types", did_you_mean(actor, holders))
            continue
        for i, kind in enumerate(kinds):
            _known(desk, kind, types, f"a type of {actor}", (*spot, i))
        if not kinds:
            desk.complain(spot, "no type", f"one or more of {', '.join(types)}", "Name them, or leave the actor out.")
    return len(desk.problems) == before


def _known(desk: Desk, name: str, names: list[str], kind: str, path: Path_, *, on_key: bool = False) -> bool:
    if name not in names:
        desk.complain(path, f"`{name}`", kind, did_you_mean(name, names), on_key=on_key)
    return name in names


def _of_one_kind(desk: Desk, path: Path_, one: HypothesisSet) -> bool:
    if len({bool(each.types) for each in one.one_of.values()}) == 1:
        return True
    desk.complain(
        (*path, "one_of"),
        "some hypotheses about types and some about outcomes",
        "all about types, or all about outcomes",
        "Make two sets of them.",
        on_key=True,
    )
    return False


def _check_exclusive(desk: Desk, path: Path_, one: HypothesisSet) -> None:
    for (first, a), (second, b) in combinations(one.one_of.items(), 2):
        shared = _both(a, b)
        if shared:
            desk.complain(
                (*path, "one_of", second),
                f"a hypothesis that can be true together with `{first}`: {shared}",
                "hypotheses of which no two can be true",
                "Give what they share to one of them, or make two sets.",
                on_key=True,
            )


def _both(a: Hypothesis, b: Hypothesis) -> str:
    """What would make both true, in words; '' if nothing can."""
    ends = [name for name in a.outcomes if name in b.outcomes]
    if ends:
        return f"if it ends in {ends[0]}"
    if not a.types:
        return ""
    named = [actor for actor in a.types if actor in b.types]
    shared = {actor: [kind for kind in a.types[actor] if kind in b.types[actor]] for actor in named}
    if not all(shared.values()):
        return ""
    alone = {actor: kinds for one in (a, b) for actor, kinds in one.types.items() if actor not in shared}
    return "if " + " and ".join(f"{actor} is {kinds[0]}" for actor, kinds in {**shared, **alone}.items())
