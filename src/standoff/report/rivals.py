"""Competing hypotheses in words: which sets to show, what a row of evidence is, what would be without it.

Reads the plain data of `standoff.analysis.hypotheses`; titles come with links where the page has their target.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from standoff.report import words
from standoff.report.phrases import Piece, Pieces
from standoff.report.references import References

Row = Mapping[str, Any]
SLIGHT = 0.02  # a move of a chance that is none worth telling
TELLING = 0.5  # decibans below which a row says next to nothing
MOST = 20.0  # ratios above are not told to the digit
DATES = 6  # dates of a table through time


def shown_sets(found: Row) -> list[tuple[str, Row]]:
    """The sets about intentions: what the case wrote, then the actors' own types where no set of the case cuts alike;
    and what the case wrote about endings."""
    taken: list[frozenset[str]] = []
    result = []
    for name, one in found["sets"].items():
        if one["about"] != "types" and not one["written"]:
            continue
        cut = frozenset(repr(sorted(each["types"].items())) for each in one["hypotheses"].values())
        if one["about"] == "types" and cut in taken and not one["written"]:
            continue
        taken.append(cut)
        result.append((name, one))
    return result


def short(found: Row, set_name: str, hypothesis: str) -> str:
    """A hypothesis in a word or two."""
    if hypothesis == "none_of_these":
        return "none of these"
    one = found["sets"][set_name]
    if one["about"] == "types" and not one["written"]:
        return f"“{words.plain(hypothesis)}”"
    return words.plain(hypothesis)


def probability(value: float | None) -> str:
    """A chance that may be very small."""
    if value is None:
        return "–"
    return words.percent(value) if value >= 0.0095 or value == 0 else f"{value * 100:.1g}{words.NBSP}%"


def cell(row: Row, evidence: Row, name: str) -> str:
    """What stands in the matrix: a chance; for a testimony, which is known up to a factor, its ratio."""
    value = row["likelihood"][name]
    if evidence["kind"] == "testimony" and value is not None:
        return f"×{words.NBSP}{value:.2f}"
    return probability(value)


def weight(row: Row) -> str:
    """How much a row tells, in decibans."""
    if row["rules_out"]:
        return "decides"
    return "–" if row["decibans"] is None else f"{row['decibans']:.1f}"


def shade(row: Row, name: str) -> float:
    """A cell against the largest in its row."""
    top = max((value for value in row["likelihood"].values() if value is not None), default=0.0)
    value = row["likelihood"][name]
    return 0.0 if not value or not top else float(value / top)


def speaks(found: Row, set_name: str, row: Row) -> str:
    """``for removal, 3.1 to 1 against bluster``."""
    if row.get("thin"):
        return str(row["say"])
    if row["rules_out"]:
        out = words.listed([short(found, set_name, name) for name in row["rules_out"]])
        return f"rules out {out}"
    if row["decibans"] is None or row["decibans"] < 0.05:
        return "for none of them"
    times = f"{row['ratio']:.1f}" if row["ratio"] is not None and row["ratio"] <= MOST else f"over {MOST:.0f}"
    first, last = short(found, set_name, row["for"]), short(found, set_name, row["against"])
    return f"for {first}, {times} to 1 against {last}"


def telling(one: Row) -> list[Row]:
    """Rows of a set's matrix, the most diagnostic first."""
    return sorted(one["matrix"] or [], key=lambda row: int(row["rank"]))


def item(evidence: Row, refs: References, most: int = 110) -> Pieces:
    """A row of evidence as a title with its link."""
    if evidence["kind"] == "testimony":
        return [
            Piece("“"),
            Piece(words.gist(evidence["title"], most).rstrip("."), refs.href("claim", evidence["claim"])),
            Piece("”"),
        ]
    if evidence["kind"] == "silence":
        return [Piece(evidence["title"])]
    link = refs.href("history", str(evidence["entries"][0]))
    return [Piece(words.capital(words.gist(evidence["title"], most)), link)]


def when(evidence: Row, *, year: bool = True) -> str:
    """The date of a row, as precise as it is."""
    return words.span(evidence["from"], evidence["until"], year=year)


def left_out(one: Row, refs: References, most: int = 110) -> Pieces:
    """``Without the report “...”,``."""
    if one["kind"] == "move":
        return [
            Piece("Without “"),
            Piece(words.gist(one["title"], most), refs.href("history", one["name"])),
            Piece("”,"),
        ]
    if one["kind"] == "testimony":
        said = words.gist(one["title"], most).rstrip(".")
        return [Piece("Without the claim “"), Piece(said, refs.href("claim", one["name"])), Piece("”,")]
    if one["kind"] == "report":
        return [
            Piece("Without the report “"),
            Piece(words.gist(one["title"], most), refs.href("report", one["name"])),
            Piece("”,"),
        ]
    return [Piece(f"Without anything from one origin, {words.plain(one['name']).replace('-', ' ')},")]


def failure(one: Row, found: Row, refs: References) -> Pieces:
    """The whole sentence: what falls and rises without it, about intentions and about endings; what counts instead."""
    head = left_out(one, refs)
    if one["thin"]:
        return [*head, Piece(f" the rest would not say: {one['say']}.")]
    told = [_change(found, *move) for move in moves(one, found)]
    told = told or ["nothing moves by more than two points"]
    tail = ""
    if one["kind"] == "testimony" and one["instead"]:
        tail = " What else came from the same origin then counts in its place."
    return [*head, Piece(f" {'; '.join(told)}.{tail}")]


def moves(one: Row, found: Row) -> list[tuple[str, str, Row]]:
    """(set, hypothesis, row) of the largest change about intentions and of the largest about endings, where they are
    worth telling and more than the draws' noise; the larger first."""
    shown = {name for name, _ in shown_sets(found)}
    best: dict[str, tuple[float, str, str, Row]] = {}
    for name, rows in one["sets"].items():
        about = found["sets"][name]["about"]
        if name not in shown and name != "outcomes":
            continue
        for hypothesis, row in rows.items():
            size = abs(row["change"])
            if size >= SLIGHT and size > 2 * (row["error"] or 0.0) and size > best.get(about, (0.0,))[0] + 1e-12:
                best[about] = (size, name, hypothesis, row)
    return [(name, hypothesis, row) for _, name, hypothesis, row in sorted(best.values(), key=lambda b: -b[0])]


def _change(found: Row, set_name: str, hypothesis: str, row: Row) -> str:
    now = row["without"] - row["change"]
    verb = "falls" if row["change"] < 0 else "rises"
    one = found["sets"][set_name]["hypotheses"].get(hypothesis) or {}
    title = str(one.get("title") or "")
    name = f"“{words.capital(title)}”" if title else short(found, set_name, hypothesis)
    return f"{name} {verb} from {words.percent(now)} to {words.percent(row['without'])}"


def failures(found: Row) -> list[Row]:
    """What the assessment leans on: what moves something worth telling, the largest move first; then what is thin."""
    told = [one for one in found["without"] if not one["thin"] and moves(one, found)]
    told.sort(key=lambda one: -abs(moves(one, found)[0][2]["change"]))
    return told + [one for one in found["without"] if one["thin"]]


def dates_shown(dates: list[str]) -> list[int]:
    """Which dates stand in a table through time: the first, the last, and as many between as there is room for."""
    if len(dates) <= DATES:
        return list(range(len(dates)))
    step = (len(dates) - 1) / (DATES - 1)
    return sorted({round(i * step) for i in range(DATES)})
