"""What changed since the run before: in a sentence, by outcome, and because of what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import moved, words
from standoff.report.references import Reference, References
from standoff.report.shown import Findings, Row

MOST = 2  # outcomes whose causes are told


def section(findings: Findings, references: References) -> Row | None:
    """The row for the templates; None where no earlier forecast is known."""
    found = findings.get("change")
    if not found:
        return None
    columns = [] if found["thin"] else moved.told(found, MOST)
    heads = [{"title": column.title, "href": _href(column, references)} for column in columns]
    did = moved.causes(found, columns) if columns else []
    causes = [_cause(cause, references) for cause in did]
    rows = [] if found["thin"] or found["status"] == "unchanged" else moved.outcomes(found)
    kinds = [one for one in moved.types(found) if one.size >= moved.LITTLE]
    return {
        "lead": moved.headline(found),
        "why": found["why"],
        "since": words.day(found["since"]) if found["since"] != found["as_of"] else "Earlier run",
        "now": words.day(found["as_of"]) if found["since"] != found["as_of"] else "This run",
        "rows": [_row(one, references) for one in rows],
        "types": [_row(one, references) for one in kinds] if rows else [],
        "columns": heads,
        "causes": causes,
        "totals": [moved.change_in_points(column.row) for column in columns],
        "rounded": "" if moved.all_add_up(did, columns) else moved.ROUNDED,
        "reports": [
            references.to("report", row["id"], label=f"{row['title']} ({moved.dated(row['published'])})")
            for row in found["reports"]
        ],
    }


def _row(one: moved.Moved, references: References) -> Row:
    return {
        "title": one.title,
        "href": _href(one, references),
        "before": moved.percent(one.row["before"]),
        "now": moved.percent(one.row["now"]),
        "points": moved.change_in_points(one.row),
        "sure": moved.sure(one.row["change"]) or "–",
    }


def _href(one: moved.Moved, references: References) -> str:
    return references.href("outcome" if len(one.path) == 1 else "type", *one.path)


def _cause(cause: moved.Cause, references: References) -> Row:
    links = [found for ident in cause.ids if (found := _link(ident, references)) is not None]
    return {
        "when": cause.when or "–",
        "what": cause.what,
        "said": cause.said,
        "refs": links if cause.kinds else [],
        "cells": [moved.points(effect) for effect in cause.effects],
    }


def _link(ident: str, references: References) -> Reference | None:
    head, _, number = ident.partition(".")
    if head == "history" and references.href("history", number):
        return references.to("history", number, label="dated history")
    if ident in references.numbers:
        return references.claim(ident)
    return references.to("report", ident, label="report") if references.href("report", ident) else None


def named(findings: Mapping[str, Any]) -> str | None:
    """The sentence for the bottom line; None where nothing is known of an earlier forecast."""
    found = findings.get("change")
    return moved.headline(found) if found else None
