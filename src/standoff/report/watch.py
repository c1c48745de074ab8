"""An indicator in words: what it is, how likely, what it would change, what it would tell.

Reads the plain data of `standoff.analysis.indicators`; titles come with links where the page has their target.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from math import log2
from typing import Any

from standoff.report import words
from standoff.report.phrases import Piece, Pieces
from standoff.report.references import References

Row = Mapping[str, Any]
SLIGHT = 0.005  # a shift of an outcome that is none worth telling
TELLING = 1.25  # a ratio of likelihoods that is worth telling
MOST = 20.0  # ratios above are not told to the digit
SURE = 0.995  # a chance of an ending at which the story counts as ended
LITTLE = 0.005  # bits that are told as next to none


def name(row: Row, refs: References) -> Pieces:
    """``“strike targets on land” (the US administration)``, ``“a partner withdraws”``, ``nothing``."""
    if row["kind"] == "quiet":
        return [Piece("nothing that reports would tell of")]
    key = ("move", row["actor"], row["name"]) if row["kind"] == "move" else ("event", row["name"])
    found = [Piece("“"), Piece(_stripped(row.get("title") or refs.title(*key)), refs.href(*key)), Piece("”")]
    if row["kind"] == "move":
        who = words.mid_sentence(refs.title("actor", row["actor"]))
        found += [Piece(" ("), Piece(who, refs.href("actor", row["actor"])), Piece(")")]
    return found


def short_name(row: Row, refs: References) -> str:
    """The same for a list: the title alone."""
    if row["kind"] == "quiet":
        return "nothing happens that reports would tell of"
    key = ("move", row["actor"], row["name"]) if row["kind"] == "move" else ("event", row["name"])
    return _stripped(row.get("title") or refs.title(*key))


def sentence(row: Row, found: Row, refs: References) -> Pieces:
    """The whole: what goes from where to where if it is seen by the date and if not, whom it would tell of, bits."""
    by = by_when(found)
    chance = words.percent(row["chance"]["mean"])
    if row["kind"] == "quiet":
        head = [Piece(f"If reports tell of nothing {by} (chance {chance}), ")]
        other = "if they tell of something, to"
    else:
        head = [Piece("If "), *name(row, refs), Piece(f" is seen {by} (chance {chance}), ")]
        other = "if not, to"
    thin = next((part for part in (row["seen"], row["unseen"]) if part and part.get("thin")), None)
    if thin:
        return [*head, Piece(f"what follows is left open: {thin['say']}.")]
    if row["seen"] is None:
        return [*head, Piece("nothing follows.")]
    return [*head, *_shift(row, found, refs, other), *tells(row, refs), Piece(f" {bits(row['bits']['outcome'])}.")]


def by_when(found: Row) -> str:
    """``by 26 January 2026``, or ``at the next turn``."""
    return f"by {words.day(found['within']['date'])}" if found.get("within") else "at the very next turn"


def moved(row: Row, found: Row, most: int = 3, least: float = SLIGHT) -> list[tuple[str, float | None, float, float]]:
    """The outcomes that move the most if it is seen: (outcome, if not seen, now, if seen)."""
    seen, unseen = row.get("seen"), row.get("unseen")
    if not seen or seen.get("thin"):
        return []
    rows = []
    for outcome, band in seen["outcomes"].items():
        now = float(found["outcomes"][outcome]["mean"])
        without = None
        if unseen and not unseen.get("thin"):
            without = float(unseen["outcomes"][outcome]["mean"])
        rows.append((outcome, without, now, float(band["mean"])))
    rows = [one for one in rows if abs(one[3] - one[2]) >= least]
    return sorted(rows, key=lambda one: -abs(one[3] - one[2]))[:most]


def spoken_for(row: Row, found: Row) -> tuple[str, float | None, float, float] | None:
    """The outcome that seeing it speaks for: the largest part of what its chances gain, ``then log(then / now)``."""
    rows = [one for one in moved(row, found, most=99) if one[3] > one[2]]
    return max(rows, key=lambda one: one[3] * log2(one[3] / max(one[2], 1e-12)), default=None)


def ends_it(row: Row) -> bool:
    """Whether seeing it is seeing the end: one ending is all that is left."""
    seen = row.get("seen")
    if not seen or seen.get("thin"):
        return False
    return max(float(band["mean"]) for band in seen["outcomes"].values()) > SURE


def leading(found: Row, most: int) -> list[Row]:
    """The most telling about the outcome, without those that tell next to nothing or are themselves the end."""
    rows = [row for row in by_id(found, "outcome") if row["bits"]["outcome"] >= LITTLE and not ends_it(row)]
    return rows[:most]


def _shift(row: Row, found: Row, refs: References, other: str) -> Pieces:
    best = spoken_for(row, found)
    if best is None:
        return [Piece("no ending moves by as much as a point.")]
    outcome, without, now, then = best
    said = [Piece("“"), Piece(_stripped(refs.title("outcome", outcome)), refs.href("outcome", outcome)), Piece("”")]
    said.append(Piece(f" goes from {words.percent(now)} to {words.percent(then)}"))
    if without is not None:
        said.append(Piece(f"; {other} {words.percent(without)}"))
    return [*said, Piece(".")]


def tells(row: Row, refs: References) -> Pieces:
    """Under which hidden type it is the likelier, where one stands out."""
    ratios = [one for one in row["ratios"] if one["ratio"] is None or one["ratio"] >= TELLING]
    if not ratios:
        return []
    best = max(ratios, key=lambda one: float("inf") if one["ratio"] is None else one["ratio"])
    more, less = (
        [Piece("“"), Piece(_stripped(refs.title("type", best["actor"], kind)), refs.href("type", best["actor"], kind)),
         Piece("”")]
        for kind in (best["more"], best["less"])
    )  # fmt: skip
    it = "That" if row["kind"] == "quiet" else "It"
    if best["ratio"] is None:
        return [Piece(f" {it} would come only under "), *more, Piece(", never under "), *less, Piece(".")]
    return [Piece(f" {it} is {times(best['ratio'])} as likely under "), *more, Piece(" as under "), *less, Piece(".")]


def times(ratio: float) -> str:
    """``4 times``, ``1.5 times``, ``twice``, ``more than 20 times``."""
    if ratio > MOST:
        return f"more than {MOST:.0f}{words.NBSP}times"
    said = f"{ratio:.0f}" if ratio >= 9.5 else f"{ratio:.1f}".removesuffix(".0")
    return "twice" if said == "2" else f"{said}{words.NBSP}times"


def bits(value: float) -> str:
    """Information with two decimals: ``0.08 bits``, ``under 0.01 bits``."""
    return f"{value:.2f}{words.NBSP}bits" if value >= LITTLE else f"Under 0.01{words.NBSP}bits"


def short_bits(value: float) -> str:
    """The same for a table: ``0.08``, ``<0.01``."""
    return f"{value:.2f}" if value >= LITTLE else "<0.01"


def never(found: Row, refs: References) -> list[tuple[str, list[str]]]:
    """What cannot be seen: (reason, titles) in the order of the list."""
    reasons: dict[str, list[str]] = {}
    for row in found["indicators"]:
        if row["never"]:
            reasons.setdefault(row["never"], []).append(f"“{short_name(row, refs)}”")
    return [(re.sub(r"\d{4}-\d\d-\d\d", lambda m: words.day(m[0]), why), rows) for why, rows in reasons.items()]


def by_id(found: Row, order: str) -> list[Row]:
    """Rows of one of the orders of the list."""
    rows = {row["id"]: row for row in found["indicators"]}
    return [rows[ident] for ident in found["order"].get(order, []) if ident in rows]


def tellers(found: Row, actor: str, most: int = 3) -> Sequence[Row]:
    """What tells the most about an actor's type; nothing that tells next to nothing."""
    return [row for row in by_id(found, actor)[:most] if row["bits"][actor] >= LITTLE]


def _stripped(title: Any) -> str:
    return str(title).strip().rstrip(".")
