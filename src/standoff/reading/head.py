"""The head of a report that comes in: what it says of itself in the terms of a case is kept as far as it is valid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from standoff.evidence.anchors import Anchor, find_anchor
from standoff.evidence.document import FrontMatter
from standoff.language.printable import printable
from standoff.reading.arrived import Mark
from standoff.reading.plain import flat

# In the order in which they are written. Title, outlet and date are read by themselves, also under other names.
KEPT = ("id", "precision", "grade", "grade_because", "origin", "derived_from", "digest")
READ = frozenset(("title", "outlet", "published", "filler"))
BY_HEAD = "marked so in the head of the file that was read"
_WHY = {
    "file": "it says where the text lies, which is now here",
    "source": "it says where the original lies; give it again in the file, if you have it",
}


def own_head(data: Mapping[str, Any], used: frozenset[str]) -> tuple[dict[str, str], list[str]]:
    """(what is kept, by field; what is not, one remark at most). `used`: keys that have been made use of otherwise.

    A field of a report is kept if it would be accepted in a case; other keys are only named.
    """
    kept: dict[str, str] = {}
    left: list[str] = []
    strange: list[str] = []
    for key, value in data.items():
        name = str(key)
        if name in READ or name in used or value is None:
            continue
        if name not in KEPT:
            why = _WHY.get(name)
            (left if why else strange).append(f"`{printable(name, 40)}`" + (f" ({why})" if why else ""))
        elif not _valid(name, value):
            left.append(f"`{name}: {printable(flat(value, 60), 60)}` ({_wanted(name)})")
        else:
            kept[name] = flat(value, 600)
    if strange:
        more = f" and {len(strange) - 8} more" if len(strange) > 8 else ""
        left.append(", ".join(strange[:8]) + more + " (no field of a report)")
    return kept, [f"of its head not taken: {'; '.join(left)}"] if left else []


def _valid(name: str, value: Any) -> bool:
    try:
        FrontMatter.model_validate({"id": "x", name: value})
    except ValidationError:
        return False
    return bool(flat(value))


def _wanted(name: str) -> str:
    if name == "grade":
        return "a letter from A to F"
    return "lower case, digits, - and _" if name in ("id", "derived_from") else "text"


def own_filler(data: Mapping[str, Any], body: str, found: Sequence[Mark]) -> tuple[tuple[Mark, ...], list[str]]:
    """The marks found in a normalised text with those that its head already has, as far as they still fit it."""
    marks = list(found)
    listed = data.get("filler")
    lost = 0
    for each in listed if isinstance(listed, list) else []:
        try:
            record = FrontMatter.model_validate({"id": "x", "filler": [each]}).filler[0]
        except ValidationError:
            lost += 1
            continue
        standing = find_anchor(body, Anchor(record.start, record.end, record.sha256, record.before, record.after))
        if not standing.good:
            lost += 1
            continue
        start, end = standing.anchor.start, standing.anchor.end
        if not any(mark.start <= start and end <= mark.end for mark in marks):
            marks = [mark for mark in marks if not (start <= mark.start and mark.end <= end)]
            marks.append(Mark(start, end, "own head", BY_HEAD))
    remarks = [f"{lost} of the marks of filler in its head do not fit the text: not taken"] if lost else []
    return tuple(sorted(marks, key=lambda mark: mark.start)), remarks
