"""Three views side by side: priors by judgement, priors by history, and past cases from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import sentences, shown, words
from standoff.report.references import References
from standoff.report.shown import Findings, Row

CLOSE = 0.005  # a difference between views that is not worth a word
EVENLY = "†"  # an even part of what a class, or the lack of one, leaves several endings together
TIMELESS = "‡"  # from a class to which no time is set, or left over by such a class
VIEWS = (("judgement", "Judgement"), ("history", "History"), ("outside", "Past cases"))


def section(findings: Findings, references: References) -> Row | None:
    """The row of the templates; None where the case states no other view."""
    found = findings.get("views")
    if not found:
        return None
    there = [(key, title) for key, title in VIEWS if found[key] is not None]
    return {
        "thin": found["thin"]["say"] if found["thin"] else "",
        "views": [title for _, title in there],
        "head": _head(found, findings),
        "why": _why(found, findings),
        "outcomes": [_outcome(name, row, found, there, references) for name, row in sentences.ranked(findings)],
        "marks": _marks(found),
        "beliefs": _beliefs(found, findings, references),
        "classes": [_class(one, found, references) for one in found["classes"]],
        "replaced": [one | {"rests": _rests(one)} for one in found["replaced"]],
        "worth": None if found["worth"] is None else f"{found['worth']:.0f}",
    }


def _mean(of: Any) -> float:
    return float(of["mean"] if isinstance(of, Mapping) else of)


def _head(found: Any, findings: Findings) -> str:
    """What each view makes of the leading ending, and where they are furthest apart."""
    name, row = sentences.ranked(findings)[0]
    title = f"“{sentences.title_of(name, row)}”"
    said = [f"By the judgement of this case {title} has a chance of {words.percent(_mean(found['judgement'][name]))}"]
    if found["history"] is not None:
        said.append(f"by the priors that history gives, {words.percent(_mean(found['history'][name]))}")
    if found["outside"] is not None:
        behind = " and ".join(_caveats(found, name).values())
        said.append(
            f"by past cases alone, {words.percent(_mean(found['outside'][name]))}{f' ({behind})' if behind else ''}"
        )
    gaps = {
        (key, other): abs(_mean(found["judgement"][other]) - _mean(found[key][other]))
        for key, _ in VIEWS[1:]
        if found[key] is not None
        for other in found["judgement"]
        if key == "history" or not _caveats(found, other)
    }
    text = f"{'; '.join(said)}."
    if not gaps:
        return text
    (key, other), gap = max(gaps.items(), key=lambda one: one[1])
    if other == name or gap < CLOSE:
        return text
    against = "the priors of history" if key == "history" else "past cases"
    titled = f"“{sentences.title_of(other, findings['outcomes'][other])}”"
    ours, theirs = (words.percent(_mean(found[view][other])) for view in ("judgement", key))
    return f"{text} Judgement and {against} are furthest apart on {titled}: {ours} and {theirs}."


def _why(found: Any, findings: Findings) -> list[str]:
    """In words, what the views differ in: what was held before the evidence, and what past cases do not know."""
    said = []
    if found["history"] is not None:
        for one in found["replaced"]:
            text = _before_and_after(one, found, findings)
            said += [text] if text else []
        said.append("What history says nothing of is judgement in both views, and the evidence is the same.")
    if found["outside"] is None:
        return said
    said.append(
        "Past cases know nothing of what happened in this one: the record of such crises stands for it, and "
        f"{words.count(round(found['days_left']), 'day')} are left."
    )
    if found["history"] is not None:
        said.append("Where both count the same cases, past cases and the priors of history are not independent.")
    return said + _classes_behind(found, findings)


def _narrowest(found: Any, name: str) -> Any:
    """The class that gives an ending its chance in the first table; None where none speaks of it."""
    told = [one for one in found["classes"] if one["counts"] and name in one["outcomes"]]
    return min(told, key=lambda one: len(one["outcomes"]), default=None)


def _caveats(found: Any, name: str) -> dict[str, str]:
    """Mark -> words, for what keeps the chance of an ending by past cases from being a count scaled to the time."""
    one = _narrowest(found, name)
    together = [other for other in found["judgement"] if _narrowest(found, other) is one]
    said = {}
    if len(together) > 1:
        said[EVENLY] = "an even part of " + ("what no class speaks of" if one is None else "one class")
    if one is not None and one["within"] is None:
        said[TIMELESS] = "no time is set to it"
    elif one is None and any(other["counts"] and other["within"] is None for other in found["classes"]):
        said[TIMELESS] = "left over by classes of which not all have a time"
    return said


def _marks(found: Any) -> list[str]:
    """What the marks in the first table mean, of those that are in it."""
    if found["outside"] is None:
        return []
    used = {mark for name in found["outside"] for mark in _caveats(found, name)}
    told = {
        EVENLY: "the class speaks of several endings, or none does of these: divided evenly, with no past case behind "
        "the division",
        TIMELESS: "no time is set to the class, or not to all that leave this over: not scaled to the time left",
    }
    return [f"{mark} {text}." for mark, text in told.items() if mark in used]


def _classes_behind(found: Any, findings: Findings) -> list[str]:
    """The classes behind the endings that past cases make likeliest, and least likely, against judgement."""
    said = []
    gaps = {name: _mean(found["outside"][name]) - _mean(found["judgement"][name]) for name in found["judgement"]}
    for name in (max(gaps, key=lambda name: gaps[name]), min(gaps, key=lambda name: gaps[name])):
        narrowest = _narrowest(found, name)
        if narrowest is None or abs(gaps[name]) < CLOSE:
            continue
        ours, theirs = (words.percent(_mean(found[view][name])) for view in ("judgement", "outside"))
        title = f"“{sentences.title_of(name, findings['outcomes'][name])}”"
        if gaps[name] > 0:
            untimed = "" if narrowest["within"] else ", to which no time is set"
            said.append(f"Their {theirs} for {title} come from one class: {_lower(narrowest['title'])}{untimed}.")
        else:
            said.append(
                f"Of {title}, {ours} by judgement, they make {theirs}: the narrowest class that holds it "
                f"has {_count(narrowest)}."
            )
    return said


def _before_and_after(one: Any, found: Any, findings: Findings) -> str:
    """The type on which history and judgement are furthest apart, before the evidence and after it."""
    if not one["before"]:
        return ""
    kind = max(one["before"], key=lambda kind: abs(one["before"][kind]["judgement"] - one["before"][kind]["history"]))
    judged, history = (words.percent(one["before"][kind][view]) for view in ("judgement", "history"))
    both = found["beliefs"].get(one["name"], {}).get(kind)
    if both is None or both["history"] is None:
        return ""
    now, then = (words.percent(_mean(both[view])) for view in ("judgement", "history"))
    title = ((findings.get("beliefs") or {}).get(one["name"], {}).get(kind) or {}).get("title") or words.plain(kind)
    actor = shown.mid_title(findings, one["name"])
    return (
        f"Before the evidence, that {actor} “{title}” has {judged} by judgement and {history} by history; after it, "
        f"{now} and {then}."
    )


def _rests(one: Any) -> str:
    """On what a prior of history rests: a count or a fit, whose past cases, and what is judged about them."""
    return _sentences(": ".join(part for part in (one["basis"], one["source"]) if part), one["note"])


def _sentences(*parts: str) -> str:
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def _lower(title: str) -> str:
    """A title in the middle of a sentence; `US` keeps its capitals."""
    return title if title[:2].isupper() else title[:1].lower() + title[1:]


def _cell(of: Any) -> Row:
    if isinstance(of, Mapping):
        return {"mean": words.short_percent(of["mean"]), "ninety": words.percent_range(of["p05"], of["p95"])}
    return {"mean": words.short_percent(of), "ninety": ""}


def _outcome(name: str, row: Any, found: Any, there: list[tuple[str, str]], refs: References) -> Row:
    return {
        "title": words.capital(sentences.title_of(name, row)),
        "href": refs.href("outcome", name),
        "cells": [
            {**_cell(found[key][name]), "marks": "".join(_caveats(found, name)) if key == "outside" else ""}
            for key, _ in there
        ],
    }


def _beliefs(found: Any, findings: Findings, refs: References) -> list[Row]:
    """Types by actor, where history gives another view of them."""
    if found["history"] is None:
        return []
    named = findings.get("beliefs") or {}
    tables = []
    for actor, kinds in found["beliefs"].items():
        rows = [
            {
                "title": words.capital(str((named.get(actor, {}).get(kind) or {}).get("title") or words.plain(kind))),
                "href": refs.href("type", actor, kind),
                "cells": [_cell(both["judgement"]), _cell(both["history"])],
            }
            for kind, both in kinds.items()
        ]
        tables.append({"title": shown.mid_title(findings, actor), "rows": rows})
    return tables


def _class(one: Any, found: Any, refs: References) -> Row:
    beside = [_cell(one["outside"]), _cell(one["judgement"])]
    if found["history"] is not None and one["history"] is not None:
        beside.append(_cell(one["history"]))
    return {
        "title": one["title"],
        "count": _count(one),
        "cells": beside,
        "endings": [refs.to("outcome", name) for name in one["outcomes"]],
        "alone": not one["counts"],
        "against": _against(one, found),
        "rests": _sentences(words.capital(one["source"]), one["judgement_on_it"] or ""),
    }


def _count(one: Any) -> str:
    within = one["within"]
    if within is not None:
        time = f" within {_stretch(within['times'], within['per'])}"
    else:  # more endings come with more time, unless one of them is that nothing comes
        time = ", no time set" + ("" if "unresolved" in one["outcomes"] else ": an upper bound")
    return f"{one['count']:,} of {one['of']:,}{time}"


def _against(one: Any, found: Any) -> str:
    """The class that a scenario of its own is at odds with."""
    return next((_lower(other["title"]) for other in found["classes"] if other["name"] == one["against"]), "")


def _stretch(times: float, per: str) -> str:
    return f"a {per}" if times == 1 else f"{times:g} {per}s"
