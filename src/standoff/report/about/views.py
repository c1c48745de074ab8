"""Three views side by side: priors by judgement, priors by history, and past cases from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import sentences, shown, words
from standoff.report.references import References
from standoff.report.shown import Findings, Row

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
        "outcomes": [_outcome(name, row, found, there, references) for name, row in sentences.ranked(findings)],
        "beliefs": _beliefs(found, findings, references),
        "classes": [_class(one, found, references) for one in found["classes"]],
        "replaced": found["replaced"],
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
        said.append(f"by past cases alone, {words.percent(_mean(found['outside'][name]))}")
    gaps = {
        (key, other): abs(_mean(found["judgement"][other]) - _mean(found[key][other]))
        for key, _ in VIEWS[1:]
        if found[key] is not None
        for other in found["judgement"]
    }
    text = f"{'; '.join(said)}."
    if not gaps:
        return text
    (key, other), gap = max(gaps.items(), key=lambda one: one[1])
    if other == name or gap < 0.005:
        return text
    against = "the priors of history" if key == "history" else "past cases"
    titled = f"“{sentences.title_of(other, findings['outcomes'][other])}”"
    ours, theirs = (words.percent(_mean(found[view][other])) for view in ("judgement", key))
    return f"{text} Judgement and {against} are furthest apart on {titled}: {ours} and {theirs}."


def _cell(of: Any) -> Row:
    if isinstance(of, Mapping):
        return {"mean": words.short_percent(of["mean"]), "ninety": words.percent_range(of["p05"], of["p95"])}
    return {"mean": words.short_percent(of), "ninety": ""}


def _outcome(name: str, row: Any, found: Any, there: list[tuple[str, str]], refs: References) -> Row:
    return {
        "title": words.capital(sentences.title_of(name, row)),
        "href": refs.href("outcome", name),
        "cells": [_cell(found[key][name]) for key, _ in there],
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
    within = one["within"]
    time = "" if within is None else f" within {_stretch(within['times'], within['per'])}"
    beside = [_cell(one["outside"]), _cell(one["judgement"])]
    if found["history"] is not None and one["history"] is not None:
        beside.append(_cell(one["history"]))
    return {
        "title": one["title"],
        "count": f"{one['count']:,} of {one['of']:,}{time}",
        "cells": beside,
        "endings": [refs.to("outcome", name) for name in one["outcomes"]],
        "alone": not one["counts"],
        "source": one["source"],
        "note": one["judgement_on_it"] or "",
    }


def _stretch(times: float, per: str) -> str:
    return f"a {per}" if times == 1 else f"{times:g} {per}s"
