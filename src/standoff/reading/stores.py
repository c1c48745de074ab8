"""Stores that are told by the time they last: "40 days of gas in store"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What a store of lasts, told in time: "40 days of gas". Other things of which there are days are durations ("three days
# of talks"), unless the words beside say that it is a store.
STORES = frozenset(re.findall(r"\w+",
    "gas oil fuel diesel petrol gasoline kerosene coal electricity food flour bread grain wheat rice water "
    "medicine medicines ammunition munitions rations provisions supplies reserves stocks imports fodder",
))  # fmt: skip
STORED = frozenset(
    re.findall(r"\w+", "supply supplies reserve reserves stock stocks store stores storage stockpile stockpiles")
)
# (days in one, days that a round number of them may be off)
LASTS: dict[str, tuple[float, float]] = {
    "day": (1.0, 0.0), "days": (1.0, 0.0), "week": (7.0, 3.5), "weeks": (7.0, 3.5),
    "month": (30.4375, 15.2), "months": (30.4375, 15.2),
}  # fmt: skip
_LED = re.compile(r"'?(?: worth)? of (?:its |their |the |stored )?")
_WORD = re.compile(r"[\w-]+")
_ENDS = frozenset(re.findall(r"\w+",
    "in on at to from by with for of and or but if when while that which who is are was were be has have had do does "
    "did will would can could may might should must remain remains left remaining stored still now there here since "
    "as before after once until without the a an they it he she we you this these those not yet",
))  # fmt: skip
_KEPT = re.compile(
    r"(?:,? (?:still|is|are|was|were|now))*,? (?:stored|"
    r"(?:in|on) (?:store|storage|stock|reserve|hand|its stores|its reserves))\b"
)


@dataclass(frozen=True, slots=True)
class Store:
    """`thing` is what lasts, `end` where it ends in the text; one of the time is `days` long, and a number of it may be
    off by `slack` days."""

    thing: str
    end: int
    days: float
    slack: float


def store_of(text: str, noun: str, end: int, until: int) -> Store | None:
    """What is in store for as many days, weeks or months as are told before `end`; None where the time is only time."""
    lasts = LASTS.get(noun.strip("'"))
    led = _LED.match(text, end, until) if lasts else None
    if lasts is None or led is None:
        return None
    words: list[str] = []
    place = led.end()
    while len(words) < 4 and (token := _WORD.match(text, place, until)) and token[0].casefold() not in _ENDS:
        words.append(token[0].casefold())
        end = token.end()
        place = end + 1
        if text[end : end + 1] != " ":
            break
    told = len(words) > 1 and words[-1] in STORED
    thing = words[-2] if told else words[-1] if words else ""
    if told or thing in STORES or (thing and _KEPT.match(text, end, until)):
        return Store(thing, end, *lasts)
    return None
