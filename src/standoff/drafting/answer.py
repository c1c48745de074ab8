"""What a model wrote, taken apart: entries that look like proposals, and how many things do not.

Models put JSON into fences, talk around it, stop in the middle, or write things that are nearly JSON. Whole objects
are picked out of whatever came; nothing is repaired or guessed. The work has a bound that no text can exceed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal

from standoff.drafting.envelope import Answer

Kind = Literal["claim", "history"]
MOST_ENTRIES = 200
_MOST_LETTERS = 4_000_000
_MOST_WORK = 16_000_000
_SECTIONS: dict[str, Kind] = {"claims": "claim", "history": "history"}


class Doubled(dict[str, Any]):
    """An object in which a key stands twice, so that it says two things."""


@dataclass
class Entries:
    """`found`: (kind, object) in their order; `odd`: what stands where a proposal should, and is no object;
    `beyond`: entries past the first 200; `salvaged`: the answer as a whole was not JSON."""

    found: list[tuple[Kind, dict[str, Any]]] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    beyond: int = 0
    salvaged: bool = False

    def add(self, kind: Kind, entry: Any) -> None:
        if len(self.found) + len(self.odd) >= MOST_ENTRIES:
            self.beyond += 1
        elif isinstance(entry, dict):
            self.found.append((kind, entry))
        else:
            self.odd.append(str(entry)[:200] if isinstance(entry, str | int | float) else type(entry).__name__)


def entries_of(answer: Answer) -> Entries | None:
    """The entries of an answer; None where nothing in it is even an attempt at what was asked for."""
    text = answer.text[:_MOST_LETTERS]
    found = Entries()
    reader = json.JSONDecoder(object_pairs_hook=_object)
    work, at, tries, asked = 0, 0, 0, False
    while (at := text.find("{", at)) >= 0 and work < _MOST_WORK and tries < 20_000:
        tries += 1
        try:
            value, end = reader.raw_decode(text, at)
        except json.JSONDecodeError as error:
            work += max(error.pos - at, 1)
            at += 1
            found.salvaged = True
            continue
        except (ValueError, RecursionError):  # a number too long to be one, or nested too deeply
            work += 50_000
            at += 1
            found.salvaged = True
            continue
        work += end - at
        at = end
        asked = _take(value, found) or asked
    return found if asked or found.found else None


def _take(value: dict[str, Any], into: Entries) -> bool:
    """Sort an object: the whole that was asked for, or one entry of a whole that is broken."""
    sections = [name for name in _SECTIONS if name in value]
    for name in sections:
        listed = value[name]
        for entry in listed if isinstance(listed, list) else [] if listed is None else [listed]:
            into.add(_SECTIONS[name], entry)
    if not sections and "passage" in value:
        into.add("history" if "move" in value else "claim", value)
    return bool(sections)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    doubled = False
    for key, value in pairs:
        held = found.get(key)
        if isinstance(held, list) and isinstance(value, list) and key in _SECTIONS:
            value = [*held, *value]
        elif key in found:
            doubled = True
        found[key] = value
    return Doubled(found) if doubled else found
