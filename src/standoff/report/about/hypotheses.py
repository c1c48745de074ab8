"""Competing hypotheses: how likely each is and was, the evidence against each, and what the assessment leans on."""

from __future__ import annotations

from typing import Any

from standoff.report import charts, rivals, shown, strips, words
from standoff.report.phrases import Piece, Pieces
from standoff.report.references import References
from standoff.report.shown import Findings, Row

ROWS, LEFT_OUT = 8, 8  # told in full; the rest is folded away


def section(findings: Findings, references: References) -> Row | None:
    """The row of the templates; None without hypotheses to weigh."""
    found = findings.get("hypotheses")
    if not found:
        return None
    if found["thin"]:
        return {"thin": found["thin"]["say"], "sets": [], "leans": [], "more": [], "untried": ""}
    sets = [_set(found, name, one, references) for name, one in rivals.shown_sets(found)]
    told = [_leaning(each, found, references) for each in rivals.failures(found)]
    return {
        "thin": "",
        "sets": sets,
        "leans": told[:LEFT_OUT],
        "more": told[LEFT_OUT:],
        "untried": words.count(len(found["untried"]), "item") if found["untried"] else "",
    }


def _set(found: rivals.Row, name: str, one: rivals.Row, refs: References) -> Row:
    top = strips.ceiling([each["posterior"] for each in one["hypotheses"].values()])
    at = rivals.dates_shown(found["dates"])
    rows = []
    for key, each in one["hypotheses"].items():
        rows.append(
            {
                "title": each["title"],
                "href": _href(each, refs),
                **shown.banded(each["posterior"]),
                "prior": None if each["prior"] is None else words.short_percent(each["prior"]),
                "strip": strips.interval(each["posterior"], top, charts.MIND, each["title"], each["prior"]),
                "short": words.capital(rivals.short(found, name, key)),
                "times": [_then(each["series"][m]) for m in at],
                "judgement": each["judgement"] or "",
                "rests": [refs.claim(name) for name in each["because"]],
            }
        )
    return {
        "title": one["title"],
        "ticks": shown.ticked(top),
        "rows": rows,
        "dates": [words.day(found["dates"][m], year=False) for m in at],
        "matrix": None if one["matrix"] is None else _matrix(found, name, one, refs),
        "judgement": one["judgement"] or "",
        "rests": [refs.claim(name) for name in one["because"]],
        "about": [actor for each in one["hypotheses"].values() for actor in each["types"]],
    }


def _href(each: rivals.Row, refs: References) -> str:
    """Where a hypothesis that is one type, or one ending, is described."""
    kinds = [(actor, kind) for actor, found in each["types"].items() for kind in found]
    if len(kinds) == 1:
        return refs.href("type", *kinds[0])
    return refs.href("outcome", each["outcomes"][0]) if len(each["outcomes"]) == 1 else ""


def _then(band: Any) -> Row:
    if band.get("thin"):
        return {"text": "thin", "shade": 0.0}
    return {"text": words.short_percent(band["mean"]), "shade": round(float(band["mean"]) * 0.6, 3)}


def _matrix(found: rivals.Row, name: str, one: rivals.Row, refs: References) -> Row:
    names = list(one["hypotheses"])
    rows = []
    for row in rivals.telling(one):
        evidence = found["rows"][row["row"]]
        cells = [
            {"text": rivals.cell(row, evidence, each), "shade": round(rivals.shade(row, each) * 0.5, 3)}
            for each in ([] if row.get("thin") else names)
        ]
        rows.append(
            {
                "pieces": _capital(rivals.item(evidence, refs)),
                "when": rivals.when(evidence),
                "cells": cells,
                "weight": "" if row.get("thin") else rivals.weight(row),
                "speaks": rivals.speaks(found, name, row),
                "tells": not row.get("thin") and (bool(row["rules_out"]) or (row["decibans"] or 0.0) >= rivals.TELLING),
            }
        )
    told = [row for row in rows[:ROWS] if row["tells"]] or rows[:3]
    rest = [row for row in rows if row not in told]
    return {"names": [words.capital(rivals.short(found, name, each)) for each in names], "told": told, "rest": rest}


def _capital(pieces: Pieces) -> Pieces:
    return [Piece(words.capital(pieces[0].text), pieces[0].href), *pieces[1:]]


def _leaning(one: rivals.Row, found: rivals.Row, refs: References) -> Row:
    return {"pieces": rivals.failure(one, found, refs)}
