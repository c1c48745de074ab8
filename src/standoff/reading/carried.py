"""Values on their way between two processes: JSON, in which nothing but the records named here can arrive.

What comes out of a worker was made from bytes nobody knows; a format that can build any object would let those
bytes choose which.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Any


@cache
def _records() -> dict[str, type]:
    from standoff.evidence import dates, reprints, wording
    from standoff.reading import arrived, beside, figures, shingles

    kinds = (
        dates.DateSpan, arrived.Arrived, arrived.Mark, arrived.FoundDate, arrived.Candidate,
        reprints.Reprint, wording.Comparison, wording.Passage, figures.FigureText, figures.Odds, figures.OddsSide,
        figures.TextFigure, shingles.Story, beside.Question, beside.Beside,
    )  # fmt: skip
    return {kind.__name__: kind for kind in kinds}


def pack(value: Any) -> bytes:
    """Records, tuples, sets, mappings with names as keys, dates and plain values as bytes. Raises TypeError for
    others."""
    return json.dumps(_plain(value)).encode("ascii")


def unpack(data: bytes) -> Any:
    """The value again. Raises ValueError, KeyError or TypeError for what is none."""
    return _made(json.loads(data))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    if isinstance(value, date):
        return {"": "date", "is": value.isoformat()}
    if isinstance(value, (set, frozenset)):
        return {"": "set", "is": [_plain(each) for each in sorted(value)]}
    if isinstance(value, Mapping):
        return {"": "map", "is": [[key, _plain(each)] for key, each in value.items()]}
    if is_dataclass(value) and type(value).__name__ in _records():
        return {
            "": type(value).__name__,
            "is": [_plain(getattr(value, each.name)) for each in fields(value) if each.init],
        }
    return _plain(value.item())  # a number of numpy


def _made(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(map(_made, value))
    if not isinstance(value, dict):
        return value
    kind, held = value[""], value["is"]
    if kind == "date":
        return date.fromisoformat(held)
    if kind == "set":
        return frozenset(map(_made, held))
    if kind == "map":
        return {key: _made(each) for key, each in held}
    return _records()[kind](*map(_made, held))
