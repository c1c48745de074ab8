"""What changed, in words: rows and sentences that the terminal and the brief share.

Works on the plain data of `standoff.analysis.change`. Steps that moved nothing shown by half a point are told together,
so that every column still adds up.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standoff.report import words
from standoff.report.words import NBSP

LITTLE = 0.005  # half a point: what rounds to nothing
CALLED = {
    "history": "happened",
    "claim": "said",
    "report": "graded otherwise",
    "gap": "declared unreported",
    "discount": "graded otherwise",
    "assumptions": "assumed otherwise",
    "time": "silence",
    "draws": "other draws",
}


@dataclass(frozen=True, slots=True)
class Moved:
    """An outcome or a hidden type: its keys in the data, what to call it, and its row of before, now and change."""

    path: tuple[str, ...]
    title: str
    row: Mapping[str, Any]

    @property
    def size(self) -> float:
        """How far it moved."""
        return abs(float((self.row["change"] or {}).get("mean") or 0.0))

    def in_step(self, step: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a step did to it."""
        found: Any = step["outcomes" if len(self.path) == 1 else "beliefs"]
        for key in self.path:
            found = found[key]
        return dict(found)


@dataclass(frozen=True, slots=True)
class Cause:
    """A row of what did it: `ids` of the parts behind it, and its effects in probability, one a column."""

    when: str
    what: str
    said: str
    effects: tuple[float, ...]
    kinds: tuple[str, ...]
    ids: tuple[str, ...] = ()


def outcomes(found: Mapping[str, Any]) -> list[Moved]:
    """All outcomes that have numbers, the most moved first."""
    rows = [Moved((name,), str(row["title"]), row) for name, row in found["outcomes"].items() if row["change"]]
    return sorted(rows, key=lambda one: -one.size)


def types(found: Mapping[str, Any]) -> list[Moved]:
    """All hidden types that have numbers, the most moved first."""
    rows = [
        Moved((actor, kind), f"{words.mid_sentence(str(found['actors'][actor]))}: {row['title']}", row)
        for actor, kinds in found["beliefs"].items()
        for kind, row in kinds.items()
        if row["change"]
    ]
    return sorted(rows, key=lambda one: -one.size)


def told(found: Mapping[str, Any], most: int = 3) -> list[Moved]:
    """The columns worth telling causes of: the outcomes that moved most, and the hidden type that did."""
    rows = [one for one in outcomes(found)[:most] if one.size >= LITTLE]
    return rows + [one for one in types(found)[:1] if one.size >= LITTLE]


def causes(found: Mapping[str, Any], columns: Sequence[Moved]) -> list[Cause]:
    """What did it, in the order in which it was put in; what moved no column by half a point comes last, together."""
    rows: list[tuple[Mapping[str, Any], tuple[float, ...]]] = []
    little: list[tuple[Mapping[str, Any], tuple[float, ...]]] = []
    for step in found["steps"]:
        effects = tuple(float(column.in_step(step)["mean"]) for column in columns)
        (rows if any(abs(effect) >= LITTLE for effect in effects) else little).append((step, effects))
    made = [_cause(found, step, effects) for step, effects in rows]
    if little:
        sums = tuple(math.fsum(effects[c] for _, effects in little) for c in range(len(columns)))
        parts = sum([len(step["parts"]) for step, _ in little])
        said = f"{words.count(parts, 'other change')} that moved none of these by half a point"
        ids = tuple(part["id"] for step, _ in little for part in step["parts"])
        made.append(Cause("", "", said if columns else words.count(parts, "change"), sums, (), ids))
    return made


def _cause(found: Mapping[str, Any], step: Mapping[str, Any], effects: tuple[float, ...]) -> Cause:
    parts = step["parts"]
    items = [part for part in parts if part["kind"] != "time"] or parts
    days = sorted({part["date"] for part in parts})
    kinds = tuple(dict.fromkeys(part["kind"] for part in items))
    what = words.listed([CALLED[kind] for kind in kinds[:2]]) if len(kinds) < 3 else "several"
    if len(items) == 1 and items[0]["kind"] in ("history", "claim", "gap"):
        what = {"changed": "corrected", "removed": "withdrawn"}.get(items[0]["what"], what)
    said = [_said(found, part) for part in items[:2]]
    more = f" and {words.count(len(items) - 2, 'more', 'more')}" if len(items) > 2 else ""
    ids = tuple(part["id"] for part in items if part["what"] != "removed")
    return Cause(words.day(days[-1], year=False), what, "; ".join(said) + more, effects, kinds, ids)


def _said(found: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    if part["kind"] == "assumptions":
        rows = found["assumptions"]
        said = [_assumption(row) for row in rows[:2]]
        return "; ".join(said) + (f" and {len(rows) - 2} more" if len(rows) > 2 else "")
    if part["kind"] == "time":
        return "nothing more was reported until then"
    if part["kind"] == "draws":
        return "the earlier run had other draws, settings or another version"
    return words.gist(part["title"], 140).rstrip(".")


def _assumption(row: Mapping[str, Any]) -> str:
    before, now = (words.gist(row[key], 60) if row[key] is not None else None for key in ("before", "now"))
    if before is None:
        return f"{row['title']}: new, {now}"
    return f"{row['title']}: {before}, now {now}" if now is not None else f"{row['title']}: no longer"


def sure(band: Mapping[str, Any]) -> str:
    """The range of a difference in points: ``+9 to +17``; empty where there is none."""
    low, high = band.get("p05"), band.get("p95")
    if low is None or high is None:
        return ""
    first, last = words.points(low), words.points(high)
    return first if first == last else f"{first} to {last}"


def change_in_points(row: Mapping[str, Any]) -> str:
    """The change between two chances as they are printed."""
    return words.shift(row["before"], row["now"])


def headline(found: Mapping[str, Any]) -> str:
    """One sentence: what moved most, from where to where, and chiefly because of what."""
    since = words.day(found["since"])
    if found["thin"]:
        return f"What changed since {since} cannot be said in numbers: {found['thin']['say']}."
    if found["status"] == "unchanged":
        return f"Nothing that decides the forecast has changed since {since}."
    rows = [one for one in outcomes(found) if change_in_points(one.row) != "0"]
    if not rows:
        return f"No ending is as much as a point likelier or less likely than on {since}."
    top = rows[0]
    before, now = words.percent(top.row["before"]), words.percent(top.row["now"])
    said = f"Since {since} the chance that the end is “{top.title}” went from {before} to {now}"
    why = sorted(causes(found, [top]), key=lambda one: -abs(one.effects[0]))
    sign = 1 if top.row["change"]["mean"] > 0 else -1
    why = [one for one in why if one.effects[0] * sign >= LITTLE and one.kinds][:2]
    if not why:
        return f"{said}."
    reasons = [f"{_reason(one)} ({words.in_points(words.points(one.effects[0]))})" for one in why]
    return f"{said}. What did most of it: {'; '.join(reasons)}."


def _reason(cause: Cause) -> str:
    """What did it, with the kind of thing it is where that does not speak for itself."""
    lead = {"claim": "that ", "assumptions": "an assumption, "}.get(cause.kinds[0] if len(cause.kinds) == 1 else "", "")
    return f"{lead}{cause.said}" if lead != "that " else f"the claim that {_lower(cause.said)}"


def _lower(text: str) -> str:
    """As the middle of a sentence, where its first word is no name."""
    first, _, rest = text.partition(" ")
    small = {"The", "A", "An", "If", "It", "There", "After", "What", "That", "This", "These", "No"}
    return f"{first.lower()} {rest}" if first in small else text


__all__ = [
    "NBSP", "Cause", "Moved", "causes", "change_in_points", "headline", "outcomes", "sure", "told", "types",
]  # fmt: skip
