"""Moves and events in words: when, where to, at what cost."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.case.phrases import certain_if, phrase, spoken
from standoff.case.sentences import Plain, called, chance, grounds, listed, sentence, who
from standoff.language.document import CaseDocument, Effect, Event, Move


def change(then: Mapping[str, Any], document: CaseDocument) -> str:
    """``{force: 1, talks: open}`` as "force rises by one level and talks becomes open"; '' for nothing."""
    parts = []
    for name, to in then.items():
        levels = document.factors[name].levels if name in document.factors else []
        if isinstance(to, str) and to in levels:
            parts.append(f"{spoken(name)} becomes {spoken(to)}")
            continue
        try:
            shift = int(to)
        except (TypeError, ValueError):
            parts.append(f"{spoken(name)} becomes {to}")
            continue
        levels_word = "one level" if abs(shift) == 1 else f"{abs(shift)} levels"
        if shift:
            parts.append(f"{spoken(name)} {'rises' if shift > 0 else 'falls'} by {levels_word}")
    return listed(parts)


def effect_words(name: str, effect: Effect, document: CaseDocument, actor: str | None) -> Plain:
    """A move of `actor`, or an event: when it is open, where it leads, what it costs, and whole sentences."""
    when = phrase(effect.when, document)
    event = isinstance(effect, Event)
    data: Plain = {
        "actor": actor,
        "name": name,
        **grounds(effect),
        "when": when,
        "then": _leads(effect, document),
        "ends": _ends(effect, document),
        "costs": cost_words(effect.costs, document, actor),
        "covert": isinstance(effect, Move) and effect.covert,
    }
    parts = [called(name, effect.title) if effect.title else spoken(name)]
    if isinstance(effect, Event):
        data["rate"] = data["chance"] = None
        if effect.rate is not None:
            data["rate"] = f"{phrase(effect.rate, document)} a {effect.per}"
            how = f"comes at a rate of {data['rate']}"
        else:
            data["chance"] = chance(effect.chance, document)
            how = f"comes with {data['chance']}"
        parts.append(how + ("" if when == "always" else f" while {when}"))
    elif when != "always":
        parts.append(f"open while {when}")
    if data["covert"]:
        parts.append("seen only through what it changes")
    parts += [data["ends"], data["then"]]
    parts += [_cost_sentence(cost, actor, document) for cost in data["costs"]]
    if not event and len([part for part in parts if part]) == 1:
        parts.append("changes nothing")
    data["text"] = " ".join(sentence(part) for part in parts if part)
    return data


def _ends(effect: Effect, document: CaseDocument) -> str:
    """Where it ends the story, in words; '' where it does not."""

    def title(name: str) -> str:
        outcome = document.outcomes.get(name)
        return outcome.title if outcome is not None and outcome.title else spoken(name)

    if effect.ends is None:
        return ""
    if isinstance(effect.ends, str):
        return f"ends it: {title(effect.ends)}"
    told = (f"{title(name)}, with {chance(odds, document)}" for name, odds in effect.ends.items())
    return "ends it: " + "; ".join(told)


def _leads(effect: Effect, document: CaseDocument) -> str:
    """Where the story goes on, in words."""
    usual = change(effect.then, document)
    if isinstance(effect.ends, str):
        return ""
    ways = []
    for way in effect.perhaps:
        when = certain_if(way.chance, document)
        how = f"with {chance(way.chance, document)}" if when is None else f"if {when},"
        ways.append(f"{how} {change(way.then, document) or 'nothing changes'}")
    if not ways and not effect.ends:
        return usual
    if not ways:
        return f"otherwise {usual}" if usual else ""
    return "; ".join([*ways, f"otherwise {usual or 'nothing changes'}"])


def _cost_sentence(cost: Plain, mover: str | None, document: CaseDocument) -> str:
    whom = "it" if cost["actor"] == mover else who(cost["actor"], document)
    if cost["text"].startswith("-") and cost["text"][1:].replace(".", "").isdigit():
        return f"brings {whom} {cost['text'][1:]}"
    return f"costs {whom} {cost['text']}"


def cost_words(costs: Any, document: CaseDocument, mover: str | None) -> list[Plain]:
    """Whom it costs what."""
    if costs is None:
        return []
    if not isinstance(costs, Mapping):
        costs = {mover: costs}
    return [
        {"actor": actor, "text": _amount(amount, document)}
        for actor, amount in costs.items()
        if amount not in (0, "0")
    ]


def _amount(amount: Any, document: CaseDocument) -> str:
    if isinstance(amount, Mapping):
        return listed(
            f"{phrase(part, document)} if it is of the type {spoken(kind)}" for kind, part in amount.items()
        )
    return phrase(amount, document)
