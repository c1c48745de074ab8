"""Off-ramps and dangers: the smallest sets that help, who would want them, why less fails, what endangers peace."""

from __future__ import annotations

from typing import Any

from standoff.report import basis, exits, words
from standoff.report.phrases import Piece
from standoff.report.references import References
from standoff.report.shown import Findings, Row

EXPLAINED = 2  # sets whose parts are explained one by one


def section(findings: Findings, references: References) -> Row | None:
    """The row of the templates; None where nobody asked, or where there is nothing to search and no danger told."""
    found = findings.get("offramps")
    if not found:
        return None
    if found.get("thin"):
        return {"thin": found["say"]}
    moves, parameters = exits.danger_moves(found), exits.danger_parameters(found)
    if not found["sets"] and not moves and not parameters:
        return {"say": words.capital(found["say"])} if found["say"] and found["levers"] else None
    rows = exits.shown(found)
    more, less = exits.interactions(found)
    now = found.get("now") or {}
    return {
        "say": words.capital(found["say"]),
        "now": words.short_percent(now["peaceful"]["mean"]) if now else "",
        "safe": words.short_percent(now["safe"]["mean"]) if now else "",
        "size": found["size"],
        "draws": found["common"],
        "reach": exits.points(found["reach"]) if found["sets"] else "",
        "rows": [_row(row, found, references) for row in rows],
        "why": [
            {
                "title": exits.named(why["levers"], found, references),
                "many": len(why["levers"]) > 1,
                "gain": exits.points(why["gain"]),
                "pieces": exits.reasons(why, found, references),
            }
            for why in (found.get("why") or [])[:EXPLAINED]
        ],
        "together": [_pair(row, found, references) for row in more],
        "instead": [_pair(row, found, references) for row in less],
        "invalid": exits.invalid(found, references),
        "left_out": exits.left_out(found),
        "moves": [_danger(row, references) for row in moves],
        "parameters": [_danger(row, references) for row in parameters],
        "of": (found.get("dangers") or {}).get("of"),
        "looked_at": (found.get("dangers") or {}).get("looked_at"),
        "rests": _grounds(rows, findings, references),
    }


def _row(row: Any, found: Any, refs: References) -> Row:
    return {
        "title": exits.named(row["levers"], found, refs),
        "minimal": row["minimal"],
        "gain": exits.points(row["gain"]["mean"]),
        "band": exits.span(row["gain"]),
        "helps": exits.share(row["helps"]),
        "costs": exits.costs(row, refs),
        "owners": exits.owners(row, found, refs),
    }


def _pair(row: Any, found: Any, refs: References) -> Row:
    first, second = (exits.lever(name, found, refs) for name in row["levers"])
    return {"pieces": [first, Piece(" with "), second], "points": exits.points(row["mean"])}


def _danger(row: Any, refs: References) -> Row:
    chance = exits.fraction(row["chance"]) if "chance" in row else ""
    return {
        "pieces": exits.danger_name(row, refs),
        "chance": "<0.1 %" if chance == "never" else chance,
        "fall": exits.points(-row["fall"]["mean"]),
        "band": exits.span({"p05": -row["fall"]["p95"], "p95": -row["fall"]["p05"]}),
        "leads": exits.danger_leads(row, refs),
    }


def _grounds(rows: list[Any], findings: Findings, refs: References) -> list[Any]:
    """What the levers in the table rest on."""
    names = list(dict.fromkeys(name for row in rows for name in row["levers"]))
    found: list[Any] = []
    for name in names:
        record = basis.find(basis.rows(findings, "model", "levers"), name=name)
        if record:
            found += refs.grounds(record, "lever", name)
    return list(dict.fromkeys(found))
