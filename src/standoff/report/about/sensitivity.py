"""What the forecast hangs on: for each leading ending what moves it and the region where it is likely; flips."""

from __future__ import annotations

from typing import Any

from standoff.report import charts, drives, shown, strips, words
from standoff.report.references import References
from standoff.report.shown import Findings, Row

PICTURED = 6  # effects with a picture for each ending; the rest are named


def section(findings: Findings, references: References) -> Row | None:
    """The row of the templates; None without the analysis, or where nothing varies."""
    found = findings.get("sensitivity")
    if not found or (not found["inputs"] and not found["thin"]):
        return None
    if found["thin"]:
        return {"thin": found["thin"]["say"], "endings": [], "beliefs": [], "flips": [], "exact": [], "adjusted": False}
    return {
        "thin": "",
        "adjusted": found["adjusted"],
        "many": words.count(len(found["inputs"]), "number"),
        "endings": [_ending(name, target, found, findings, references) for name, target in found["outcomes"].items()],
        "beliefs": drives.beliefs(found, references),
        "flips": drives.likeliest(found, references),
        "exact": drives.exact(found, references),
    }


def _ending(name: str, target: Any, found: Any, findings: Findings, refs: References) -> Row:
    rows = drives.told(target)
    known = drives.inputs(found)
    ends = [effect[key] for effect in rows[:PICTURED] for key in ("lowest_third", "highest_third")]
    top = strips.ceiling([{"mean": end} for end in ends] or [{"mean": target["mean"]}])
    colour = charts.outcome_colour(name, (findings.get("outcomes") or {}).get(name, {}))
    return {
        "title": words.capital(target["title"]),
        "href": refs.href("outcome", name),
        "mean": words.short_percent(target["mean"]),
        "ticks": shown.ticked(top),
        "rows": [_row(effect, known[effect["input"]], top, colour, refs) for effect in rows[:PICTURED]],
        "more": drives.named(rows[PICTURED:], found, refs, most=len(rows)),
        "rest": drives.rest(target),
        "region": drives.region(target, found, refs),
        "half": drives.half(target, found, refs),
    }


def _row(effect: Any, one: Any, top: float, colour: str, refs: References) -> Row:
    label = drives.label(one, refs)
    return {
        "label": words.capital(label.text),
        "href": label.href,
        "title": drives.title(one, refs),
        "way": drives.way(effect),
        "change": drives.change(effect),
        "size": words.points(effect["change"]["value"]),
        "points": drives.change_range(effect),
        "strip": strips.between(
            effect["lowest_third"], effect["highest_third"], top, colour, f"where {label.text} is lowest, and highest"
        ),
    }
