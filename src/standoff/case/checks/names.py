"""Whether every name that is used is declared, and no name means two things."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from standoff.case.checks.desk import Desk, effects, list_names
from standoff.errors import did_you_mean
from standoff.language.document import OrderEntry, Question
from standoff.language.expressions import CLOCK_NAMES
from standoff.language.located import Path_
from standoff.language.validation import plain

_SHIFT = re.compile(r"[+-][0-9]+$", re.ASCII)
_OPERATORS = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false"})
_HISTORY_KEYS = frozenset(
    {"chance", "event", "date", "because", "judgement", "title", "from", "to", "unreported", "where"}
)


def check_names(desk: Desk) -> None:
    """Names of everything that is not inside an expression."""
    _check_declared_once(desk)
    _check_starts(desk)
    _check_effects(desk)
    _check_payers(desk)
    _check_actors(desk)
    _check_order(desk)
    _check_levers(desk)
    _check_questions(desk)
    _check_ranked(desk)
    _check_because(desk)
    ending = desk.document.ending
    if ending is not None:
        _known(desk, ending.outcome, desk.document.outcomes, "an outcome", ("ending", "outcome"))


def _known(desk: Desk, name: Any, names: Iterable[str], kind: str, path: Path_, *, on_key: bool = False) -> bool:
    names = list(names)
    if name in names:
        return True
    found = f"`{name}`" if isinstance(name, str) else plain(name)
    desk.complain(path, found, kind, did_you_mean(str(name), names), on_key=on_key)
    return False


def _check_declared_once(desk: Desk) -> None:
    document = desk.document
    seen: dict[str, str] = {}
    sections: dict[str, Iterable[str]] = {
        "parameters": document.parameters,
        "factors": document.factors,
        "actors": document.actors,
    }
    for section, names in sections.items():
        for name in names:
            if name in seen:
                desk.complain(
                    (section, name),
                    f"`{name}`, which is also declared under {seen[name]}",
                    "one meaning for each name: expressions use parameters, factors and actors side by side",
                    "Rename one of them.",
                    on_key=True,
                )
            seen.setdefault(name, section)
            reserved = _OPERATORS | CLOCK_NAMES | (_HISTORY_KEYS if section == "actors" else frozenset())
            if name in reserved:
                _reserved(desk, (section, name), name, on_key=True)
    for name, factor in document.factors.items():
        for i, level in enumerate(factor.levels):
            path = ("factors", name, "levels", i)
            if level in _OPERATORS:
                _reserved(desk, path, level)
            if level in factor.levels[:i]:
                desk.complain(path, f"the level `{level}` a second time", "each level once", "Remove one.")
    for name, actor in document.actors.items():
        for kind in actor.types:
            if kind in _OPERATORS:
                _reserved(desk, ("actors", name, "types", kind), kind, on_key=True)


def _reserved(desk: Desk, path: Path_, name: str, *, on_key: bool = False) -> None:
    desk.complain(
        path,
        f"`{name}`, a word of the language itself",
        "another name",
        f"Write `{name}_` or the like.",
        on_key=on_key,
    )


def _check_starts(desk: Desk) -> None:
    for name, factor in desk.document.factors.items():
        if factor.start is not None:
            _known(desk, factor.start, factor.levels, f"a level of {name}", ("factors", name, "start"))


def _check_effects(desk: Desk) -> None:
    document = desk.document
    for actor in document.moves:
        _known(desk, actor, document.actors, "an actor", ("moves", actor), on_key=True)
    for path, _, _, effect in effects(document):
        _check_then(desk, (*path, "then"), effect.then)
        for i, way in enumerate(effect.perhaps):
            _check_then(desk, (*path, "perhaps", i, "then"), way.then)
        if isinstance(effect.ends, str):
            _known(desk, effect.ends, document.outcomes, "an outcome", (*path, "ends"))
            if effect.perhaps or effect.then:
                key = "perhaps" if effect.perhaps else "then"
                desk.complain(
                    (*path, key),
                    f"`{key}` beside a certain end",
                    "nothing after the end",
                    f"Remove `{key}`, or give the end a chance: `ends: {{{effect.ends}: 0.5}}`.",
                    level="error" if effect.perhaps else "warning",
                    on_key=True,
                )
        elif effect.ends is not None:
            for outcome in effect.ends:
                _known(desk, outcome, document.outcomes, "an outcome", (*path, "ends", outcome), on_key=True)


def _check_then(desk: Desk, path: Path_, then: dict[str, Any]) -> None:
    for name, target in then.items():
        spot = (*path, name)
        if not _known(desk, name, desk.document.factors, "a factor", spot, on_key=True):
            continue
        levels = desk.document.factors[name].levels
        shift = isinstance(target, int) and not isinstance(target, bool)
        if shift or (isinstance(target, str) and (target in levels or _SHIFT.match(target))):
            continue
        found = f"`{target}`" if isinstance(target, str) else plain(target)
        desk.complain(spot, found, f"a level of {name}, or +n or -n rungs", did_you_mean(str(target), levels))


def _check_payers(desk: Desk) -> None:
    """Whose cost and whose worth it is, and which types it names."""
    document = desk.document
    for path, mover, _, effect in effects(document):
        if isinstance(effect.costs, dict):
            types = document.actors[mover].types if mover in document.actors else {}
            if mover and set(effect.costs) <= set(types) and not set(effect.costs) <= set(document.actors):
                desk.complain(
                    (*path, "costs"),
                    f"types of {mover} in place of actors",
                    "actor: cost, where a cost may be type: cost",
                    f"Write `costs: {{{mover}: {{...}}}}`.",
                )
                continue
            _check_bearers(desk, (*path, "costs"), effect.costs)
        elif effect.costs is not None and mover is None:
            desk.complain(
                (*path, "costs"),
                "a cost of an event that says not whose",
                "actor: cost",
                "Write `costs: {actor: amount}`.",
            )
    for name, outcome in document.outcomes.items():
        _check_bearers(desk, ("outcomes", name, "worth"), outcome.worth)
        if outcome.peaceful and outcome.violent:
            found = "an outcome that is peaceful and violent"
            desk.complain(("outcomes", name, "violent"), found, "one of the two, or neither", "Drop one of them.")
    for name, lever in document.levers.items():
        _check_bearers(desk, ("levers", name, "costs"), lever.costs)
    for name, flow in document.flows.items():
        if _known(desk, flow.of, document.actors, "an actor", ("flows", name, "of")):
            _check_types(desk, ("flows", name, "worth"), flow.of, flow.worth)


def _check_bearers(desk: Desk, path: Path_, amounts: dict[str, Any]) -> None:
    for actor, amount in amounts.items():
        if _known(desk, actor, desk.document.actors, "an actor", (*path, actor), on_key=True):
            _check_types(desk, (*path, actor), actor, amount)


def _check_types(desk: Desk, path: Path_, actor: str, amount: Any) -> None:
    if not isinstance(amount, dict):
        return
    types = desk.document.actors[actor].types
    for kind in amount:
        _known(desk, kind, types, f"a type of {actor}", (*path, kind), on_key=True)


def _check_actors(desk: Desk) -> None:
    for name, actor in desk.document.actors.items():
        if actor.standing is not None:
            moves = desk.document.moves.get(name, {})
            _known(desk, actor.standing, moves, f"a move of {name}", ("actors", name, "standing"))


def _check_order(desk: Desk) -> None:
    document = desk.document
    for i, entry in enumerate(document.order):
        path = ("order", i)
        if isinstance(entry, str):
            _known(desk, entry, [*document.actors, "chance"], "an actor, or `chance`", path)
            continue
        _check_entry(desk, path, entry)


def _check_entry(desk: Desk, path: Path_, entry: OrderEntry) -> None:
    document = desk.document
    if (entry.actor is None) == (entry.events is None):
        found = "neither an actor nor events" if entry.actor is None else "an actor and events together"
        desk.complain(path, found, "one of the two", "Give chance events an entry of their own.")
    if entry.moves is not None and entry.actor is None:
        desk.complain((*path, "moves"), "moves of nobody", "an actor beside them", "Add `actor: ...`.")
    for j, event in enumerate(entry.events or []):
        _known(desk, event, document.events, "an event", (*path, "events", j))
    if entry.actor is not None and _known(desk, entry.actor, document.actors, "an actor", (*path, "actor")):
        moves = document.moves.get(entry.actor, {})
        for j, move in enumerate(entry.moves or []):
            _known(desk, move, moves, f"a move of {entry.actor}", (*path, "moves", j))


def _check_levers(desk: Desk) -> None:
    for name, lever in desk.document.levers.items():
        for parameter in lever.sets:
            path = ("levers", name, "sets", parameter)
            _known(desk, parameter, desk.document.parameters, "a parameter", path, on_key=True)
        for i, who in enumerate(lever.by):
            if who not in desk.document.actors and get_close_matches(who, desk.document.actors, 1, 0.8):
                mend = did_you_mean(who, desk.document.actors)
                found, expected = f"`{who}`, nearly an actor", "an actor, or others in words"
                desk.complain(("levers", name, "by", i), found, expected, mend)


def _check_questions(desk: Desk) -> None:
    for i, question in enumerate(desk.document.questions):
        _check_question(desk, ("questions", i), question)


def _check_question(desk: Desk, path: Path_, question: Question) -> None:
    document = desk.document
    if question.types is not None and _known(desk, question.types, document.actors, "an actor", (*path, "types")):
        holders = [name for name, actor in document.actors.items() if actor.types]
        if question.types not in holders:
            desk.complain(
                (*path, "types"),
                f"`{question.types}`, which hides nothing",
                "an actor with types",
                did_you_mean("", holders),
            )
    for j, outcome in enumerate(question.outcomes):
        _known(desk, outcome, document.outcomes, "an outcome", (*path, "outcomes", j))
    for j, factor in enumerate(question.factors):
        _known(desk, factor, document.factors, "a factor", (*path, "factors", j))
    if question.moves is not None:
        _known(desk, question.moves, document.actors, "an actor", (*path, "moves"))
    for actor, move in (question.after or {}).items():
        spot = (*path, "after", actor)
        if _known(desk, actor, document.actors, "an actor", spot, on_key=True):
            moves = document.moves.get(actor, {})
            if _known(desk, move, moves, f"a move of {actor}", spot) and moves[move].covert:
                desk.warn(
                    spot,
                    f"`{move}`, a covert move: nobody would see it",
                    "a move that can be seen",
                    "Ask what it leads to with `outcomes`, or after what would be seen of it.",
                )
    if question.hypotheses is not None:
        _known(desk, question.hypotheses, document.hypotheses, "a set of hypotheses", (*path, "hypotheses"))
    shows = ("types", "outcomes", "moves", "after", "value", "factors", "hypotheses", "markers")
    for j, kind in enumerate(question.first):
        if not getattr(question, kind):
            desk.complain(
                (*path, "first", j),
                f"`{kind}`, which this question does not show",
                "one of what it shows: " + (", ".join(key for key in shows if getattr(question, key)) or "nothing yet"),
                f"Give the question a `{kind}:`, or leave it out here.",
            )
    if not any(getattr(question, key) for key in shows):
        desk.warn(
            path,
            "a question that shows nothing",
            "at least one of " + ", ".join(shows),
            "Say what answers it, for instance `outcomes: [...]`.",
        )


def citations(data: Any, path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every name under a key ``because`` anywhere in plain data, with its path."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "because":
                if isinstance(value, str):
                    yield (*path, key), value
                elif isinstance(value, list):
                    for i, name in enumerate(value):
                        if isinstance(name, str):
                            yield (*path, key, i), name
            else:
                yield from citations(value, (*path, key))
    elif isinstance(data, list):
        for i, value in enumerate(data):
            yield from citations(value, (*path, i))


def _check_ranked(desk: Desk) -> None:
    """Every outcome in one place of the order, if there is one."""
    ranked, outcomes = desk.document.ranked, desk.document.outcomes
    named = [name for rank in ranked for name in rank]
    for i, rank in enumerate(ranked):
        for name in rank:
            if name not in outcomes:
                desk.complain(("ranked", i), f"`{name}`", "an outcome", did_you_mean(name, outcomes))
            elif named.count(name) > 1:
                desk.complain(("ranked", i), f"`{name}` in two places", "every outcome once", "Leave one of them out.")
    left = [name for name in outcomes if name not in named]
    if ranked and left:
        desk.complain(("ranked",), f"an order without {list_names(left)}", "every outcome in it", "Put them in.")


def _check_because(desk: Desk) -> None:
    claims = desk.evidence.claims
    known = set(claims) | set(desk.evidence.unread)
    said = set()
    for path, name in citations(desk.located.data):
        place = (desk.located.file_at(path), desk.located.where(path), name)
        if name in known or place in said:  # a coding stands behind several parameters at once
            continue
        said.add(place)
        mend = did_you_mean(name, claims) if claims else "Add the claim to evidence.yaml."
        desk.complain(path, f"`{name}`", "a claim of evidence.yaml", mend)
