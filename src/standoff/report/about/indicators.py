"""What to watch for: the most telling indicators with a picture each, the rest in a table, what cannot be seen."""

from __future__ import annotations

from typing import Any

from standoff.report import basis, charts, sentences, shown, strips, watch, words
from standoff.report.phrases import Piece
from standoff.report.references import References
from standoff.report.shown import Findings, Row

PICTURED = 5  # indicators told in whole; the rest stand in a table
BARS = 3  # outcomes in a picture


def section(findings: Findings, references: References) -> Row | None:
    """The row of the templates; None without indicators, or once the clock is over."""
    found = findings.get("indicators")
    if not found or not found.get("horizons"):
        return None
    if found.get("thin"):
        return {"thin": found["thin"]["say"], "told": [], "others": [], "actors": [], "never": []}
    told = watch.leading(found, PICTURED)
    taken = {row["id"] for row in told}
    rest = [row for row in found["indicators"] if row["id"] not in taken and not row["never"] and row["chance"]]
    bars = [_bars(row, found, findings, references) for row in told]
    return {
        "by": watch.by_when(found),
        "thin": "",
        "told": [
            {
                "title": words.capital(watch.short_name(row, references)),
                "pieces": watch.sentence(row, found, references),
                "ticks": ticks,
                "bars": rows,
                "rests": _grounds(row, findings, references),
                "actor": row["actor"],
            }
            for row, (ticks, rows) in zip(told, bars, strict=True)
        ],
        "others": [_short(row, found, references) for row in rest],
        "actors": _actors(found, references),
        "never": [(words.listed(titles), reason) for reason, titles in watch.never(found, references)],
    }


def _bars(
    row: Row | Any, found: Row | Any, findings: Findings, refs: References
) -> tuple[list[str], list[dict[str, Any]]]:
    moved = watch.moved(row, found, BARS)
    known = findings.get("outcomes") or {}
    top = strips.ceiling([{"mean": max(one[2], one[3], one[1] or 0.0)} for one in moved])
    rows = []
    for outcome, without, now, then in moved:
        title = sentences.title_of(outcome, known.get(outcome, {}))
        colour = charts.outcome_colour(outcome, known.get(outcome, {}))
        rows.append(
            {
                "title": title,
                "href": refs.href("outcome", outcome),
                "without": words.short_percent(without),
                "now": words.short_percent(now),
                "seen": words.short_percent(then),
                "strip": strips.trio(without, now, then, top, colour, title),
            }
        )
    return shown.ticked(top), rows


def _grounds(row: Any, findings: Findings, refs: References) -> list[Any]:
    if row["kind"] == "move":
        return basis.move_grounds(findings, refs, row["actor"], row["name"])
    event = basis.find(basis.rows(findings, "model", "events"), name=row["name"])
    return basis.effect_grounds(findings, refs, event) if event else []


def _short(row: Any, found: Any, refs: References) -> dict[str, Any]:
    best = watch.spoken_for(row, found)
    bits = row["bits"]
    return {
        "pieces": [Piece(words.capital(watch.short_name(row, refs)), _href(row, refs))],
        "chance": words.short_percent(row["chance"]["mean"]),
        "outcome": [Piece(refs.title("outcome", best[0]).rstrip("."), refs.href("outcome", best[0]))] if best else [],
        "change": f"{words.short_percent(best[2])} → {words.short_percent(best[3])}" if best else "",
        "ends": watch.ends_it(row),
        "bits": "too few draws"
        if bits is None
        else "<0.01"
        if bits["outcome"] < watch.LITTLE
        else f"{bits['outcome']:.2f}",
    }


def _href(row: Any, refs: References) -> str:
    if row["kind"] == "quiet":
        return ""
    return refs.href("move", row["actor"], row["name"]) if row["kind"] == "move" else refs.href("event", row["name"])


def _actors(found: Any, refs: References) -> list[dict[str, Any]]:
    rows = []
    for actor in found["hypotheses"]:
        best = watch.tellers(found, actor)
        pieces: list[Piece] = []
        for row in best:
            pieces += [*([Piece("; ")] if pieces else []), Piece(f"“{watch.short_name(row, refs)}”", _href(row, refs))]
            pieces.append(Piece(f" ({watch.bits(row['bits'][actor])})"))
        rows.append({"title": words.mid_sentence(refs.title("actor", actor)), "pieces": pieces})
    return rows
