"""What changed, in words: rows and sentences that the terminal and the brief share.

Works on the plain data of `standoff.analysis.change`. Steps that moved nothing shown by half a point are told together,
so that every column still adds up.

One rule of rounding for all that tells differences: chances and points have one decimal, and the points between two
printed chances are the difference of these two as printed. Where rounded rows miss their total, `ROUNDED` says so.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standoff.report import words
from standoff.report.words import NBSP

LITTLE = 0.005  # half a point: what is not told by itself
ROUNDED = "Rounded; the exact values add up."
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
_ISO = re.compile(r"\d{4}-\d\d-\d\d")


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
    """A row of what did it: `ids` of the parts behind it, and its effects in probability, one a column. `said` stands
    in a table below `what`, `reason` in a sentence."""

    when: str
    what: str
    said: str
    effects: tuple[float, ...]
    kinds: tuple[str, ...]
    ids: tuple[str, ...] = ()
    reason: str = ""


# Rows and columns ---------------------------------------------------------------------------------------------


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


def left_out(found: Mapping[str, Any], columns: Sequence[Moved]) -> list[Moved]:
    """What moved by half a point and has no column."""
    shown = {column.path for column in columns}
    return [one for one in (*outcomes(found), *types(found)) if one.size >= LITTLE and one.path not in shown]


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
    said = [_said(found, part, alone=len(items) == 1) for part in items[:2]]
    reasons = [reason(found, part) for part in items[:2]]
    more = f" and {words.count(len(items) - 2, 'more', 'more')}" if len(items) > 2 else ""
    ids = tuple(part["id"] for part in items if part["what"] != "removed")
    day = words.day(days[-1], year=False)
    because = (", ".join(reasons) if more else words.listed(reasons)) + more
    return Cause(day, what, "; ".join(said) + more, effects, kinds, ids, because)


# What it was --------------------------------------------------------------------------------------------------


def dated(text: Any) -> str:
    """A text with its ISO dates in words: ``2025-11-26..2025-12-07`` as ``26 November 2025 to 7 December 2025``."""
    return _ISO.sub(lambda match: words.day(match[0]), str(text).replace("..", " to "))


def _said(found: Mapping[str, Any], part: Mapping[str, Any], *, alone: bool) -> str:
    """A part in a table, after the word for its kind."""
    kind, what = part["kind"], part["what"]
    if kind == "assumptions":
        rows = found["assumptions"]
        assumed = [assumption(row) for row in rows[:2]]
        return "; ".join(assumed) + (f" and {len(rows) - 2} more" if len(rows) > 2 else "")
    if kind == "time":
        return f"nothing more was reported {_between(part)}"
    if kind == "draws":
        return "the earlier run had other draws, settings or another version"
    said = _of_gap(part) if kind == "gap" else words.gist(dated(part["title"]), 140).rstrip(".")
    if not alone and what in ("changed", "removed"):
        said = f"{'corrected' if what == 'changed' else 'withdrawn'}, {said}"
    if part["when"] and (not alone or part["when"] != part["date"]):
        said = f"{said}, {dated(part['when'])}"
    return said + _corrections(part)


def _between(part: Mapping[str, Any]) -> str:
    since = part.get("since")
    if not since:
        return f"until {words.day(part['date'])}"
    return f"from {words.span(since, part['date']).replace('–', ' to ')}"


def _of_gap(part: Mapping[str, Any]) -> str:
    return dated(part["title"]).removeprefix("Unreported: ")


def _corrections(part: Mapping[str, Any]) -> str:
    """`` (credibility 3, now 4)``; empty where nothing was mended."""
    rows = part.get("corrected") or []
    said = []
    for row in rows[:3]:
        before, now = (None if row[key] is None else words.gist(dated(row[key]), 60) for key in ("before", "now"))
        was = f"{row['field']} {before}" if before is not None else f"{row['field']} not given"
        said.append(f"{was}, now {'not given' if now is None else now}")
    more = f"; and {len(rows) - 3} more" if len(rows) > 3 else ""
    return f" ({'; '.join(said)}{more})" if said else ""


def assumption(row: Mapping[str, Any]) -> str:
    """An assumption that differs, in a table: ``what pushing costs: uniform(0, 1), now uniform(0.2, 1.4)``."""
    before, now = (words.gist(row[key], 60) if row[key] is not None else None for key in ("before", "now"))
    if before is None:
        return f"{row['title']}: new, {now}"
    return f"{row['title']}: {before}, now {now}" if now is not None else f"{row['title']}: {before}, now gone"


def _assumed(row: Mapping[str, Any]) -> str:
    """The same within a sentence."""
    before, now = (words.gist(row[key], 60) if row[key] is not None else None for key in ("before", "now"))
    title = f"the assumption “{words.gist(row['title'], 100)}”"
    if before is None:
        return f"{title}, new, {now}"
    return f"{title}, now {now} instead of {before}" if now is not None else f"{title}, now gone"


def _all_assumed(found: Mapping[str, Any], most: int = 2) -> str:
    rows = found["assumptions"]
    said = [_assumed(row) for row in rows[:most]]
    if not said:
        return "the changed assumptions"
    more = f" and {words.count(len(rows) - most, 'more', 'more')}" if len(rows) > most else ""
    return (", ".join(said) if more else words.listed(said)) + more


def reason(found: Mapping[str, Any], part: Mapping[str, Any]) -> str:
    """A part within a sentence: ``the withdrawal of the claim that he means it``. What came of taking a thing away or
    of mending it is told as that, and what happened has its date."""
    kind, what = part["kind"], part["what"]
    if kind == "assumptions":
        return _all_assumed(found)
    if kind == "time":
        return f"silence, in which nothing more was reported {_between(part)}"
    if kind == "draws":
        return "the earlier run’s other draws, settings or version"
    title = words.gist(dated(part["title"]), 140).rstrip(".")
    if kind == "discount":
        return f"what grades are worth now{_corrections(part)}"
    if kind == "report":
        return f"the correction of the report “{title}”{_corrections(part)}"
    if kind == "claim":
        thing = f"the claim that {_lower(title)}"
    elif kind == "gap":
        thing = f"the time declared unreported, {_of_gap(part)}"
    else:
        thing = f"“{title}”"
        who = part.get("who")
        if who and title.startswith(f"{who}: "):
            thing = f"the move “{title[len(who) + 2 :]}” by {words.mid_sentence(who)}"
        thing += f", {dated(part['when'])}" if part["when"] else ""
    lead = {"removed": "the withdrawal of ", "changed": "the correction of "}.get(what, "")
    return f"{lead}{thing}{_corrections(part)}"


def _lower(text: str) -> str:
    """As the middle of a sentence, where its first word is no name."""
    first, _, rest = text.partition(" ")
    small = {"The", "A", "An", "If", "It", "There", "After", "What", "That", "This", "These", "No", "He", "She", "They"}
    small |= {"In", "On", "At", "For", "Of", "His", "Her", "Its", "Their", "Whether", "When", "Both", "All", "Some"}
    return f"{first.lower()} {rest}" if first in small else text


# Numbers ------------------------------------------------------------------------------------------------------


def _tenths(value: Any) -> int | None:
    """Tenths of a point, halves away from nothing, so that a difference and its negative are printed alike."""
    if not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return int(math.copysign(math.floor(abs(value) * 1000 + 0.5 + 1e-9), value))


def _signed(tenths: int | None) -> str:
    if tenths is None:
        return "–"
    return "0" if tenths == 0 else f"{'+' if tenths > 0 else '−'}{abs(tenths) / 10:.1f}"


def percent(value: Any) -> str:
    """A chance where differences are told: ``43.7 %``, ``<0.1 %``, ``>99.9 %``."""
    tenths = _tenths(value)
    if tenths is None:
        return "–"
    if tenths == 0 and value > 0:
        return f"<0.1{NBSP}%"
    return f">99.9{NBSP}%" if tenths == 1000 and value < 1 else f"{tenths / 10:.1f}{NBSP}%"


def points(change: Any) -> str:
    """A difference of chances in points: ``+10.7``, ``−0.4``, ``0``."""
    return _signed(_tenths(change))


def between(before: Any, now: Any) -> str:
    """The points between two chances: the difference of both as `percent` prints them."""
    first, last = _tenths(before), _tenths(now)
    return _signed(None if first is None or last is None else last - first)


def adds_up(rows: Iterable[str], total: str) -> bool:
    """Whether printed points add up to their printed total."""

    def tenths(text: str) -> int:
        return 0 if text in ("–", "") else round(float(text.replace("−", "-")) * 10)

    return sum(tenths(row) for row in rows) == tenths(total)


def all_add_up(found: Sequence[Cause], columns: Sequence[Moved]) -> bool:
    """Whether the causes add up, as they are printed, in every column."""
    return all(
        adds_up([points(one.effects[c]) for one in found], change_in_points(column.row))
        for c, column in enumerate(columns)
    )


def sure(band: Mapping[str, Any]) -> str:
    """The range of a difference in points: ``+9.1 to +17.0``; empty where there is none."""
    low, high = band.get("p05"), band.get("p95")
    if low is None or high is None:
        return ""
    first, last = points(low), points(high)
    return first if first == last else f"{first} to {last}"


def change_in_points(row: Mapping[str, Any]) -> str:
    """The change between two chances as they are printed."""
    return between(row["before"], row["now"])


# The sentence -------------------------------------------------------------------------------------------------


def since(found: Mapping[str, Any]) -> str:
    """``14 January 2030``, or ``the earlier run of the same date``."""
    if found["since"] != found["as_of"]:
        return words.day(found["since"])
    return f"the earlier {'run' if found['folder'] else 'forecast'} of the same date"


def headline(found: Mapping[str, Any]) -> str:
    """What changed in a few sentences: whether another ending leads, what moved most or how far the new leader came,
    chiefly because of what, and always which assumptions are others."""
    start = since(found)
    by_hand = _by_hand(found)
    if found["thin"]:
        return f"What changed since {start} cannot be said in numbers: {found['thin']['say']}.{by_hand}"
    if found["status"] == "unchanged":
        return f"Nothing that decides the forecast has changed since {start}."
    rows = outcomes(found)
    was, leads = (max(rows, key=lambda one: one.row[key], default=None) for key in ("before", "now"))
    turned = was is not None and leads is not None and was.row["now"] < leads.row["now"] and was.path != leads.path
    if not turned and not [one for one in rows if one.size >= LITTLE]:
        return f"No ending is as much as half a point likelier or less likely than {_than(found)}.{by_hand}"
    assert was is not None
    assert leads is not None
    top = leads if turned else rows[0]
    before, now = words.percent(top.row["before"]), words.percent(top.row["now"])
    said = f"Since {start} the chance that the end is “{top.title}” went from {before} to {now}"
    if before == now:
        said = f"Since {start} the chance that the end is “{top.title}” stayed near {now}"
    if turned:
        said = f"The likeliest ending changed from “{was.title}” to “{top.title}”. {said}"
    why = sorted(causes(found, [top]), key=lambda one: -abs(one.effects[0]))
    sign = 1 if top.row["change"]["mean"] > 0 else -1
    why = [one for one in why if one.effects[0] * sign >= LITTLE and one.kinds][:2]
    if any("assumptions" in one.kinds for one in why) and len(found["assumptions"]) <= 2:
        by_hand = ""
    if not why:
        return f"{said}.{by_hand}"
    reasons = [f"{words.in_points(points(one.effects[0]))} from {one.reason}" for one in why]
    return f"{said}. What did most of it: {'; '.join(reasons)}.{by_hand}"


def _than(found: Mapping[str, Any]) -> str:
    return f"on {since(found)}" if found["since"] != found["as_of"] else f"in {since(found)}"


def _by_hand(found: Mapping[str, Any]) -> str:
    """What was assumed otherwise, as a sentence to follow others; empty where nothing was."""
    rows = found["assumptions"]
    if not rows:
        return ""
    head = "An assumption was" if len(rows) == 1 else f"{words.capital(words.small(len(rows)))} assumptions were"
    return f" {head} changed by hand: {_all_assumed(found).replace('the assumption ', '')}."


__all__ = [
    "NBSP", "ROUNDED", "Cause", "Moved", "adds_up", "all_add_up", "assumption", "between", "causes", "change_in_points",
    "dated", "headline", "left_out", "outcomes", "percent", "points", "reason", "since", "sure", "told", "types",
]  # fmt: skip
