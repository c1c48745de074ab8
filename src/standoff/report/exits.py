"""Off-ramps and dangers in words.

Reads the plain data of `standoff.analysis.offramps`; titles come with links where the page has their target.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standoff.report import words
from standoff.report.phrases import Piece, Pieces
from standoff.report.references import References

Row = Mapping[str, Any]
NB = words.NBSP
SLIGHT = 0.02  # a share that differs by less is not told as a reason
TOLD = 0.0005  # a gain or fall below this is none worth telling


def points(change: float | None) -> str:
    """A change of probability in points, signed, to a tenth below ten: ``+1.3``, ``−12``, ``0``."""
    if change is None:
        return "–"
    size = abs(change) * 100
    text = f"{size:.0f}" if size >= 9.95 else f"{size:.1f}"
    return "0" if float(text) == 0 else f"{'+' if change > 0 else '−'}{text}"


def span(band: Row, low: str = "p05", high: str = "p95") -> str:
    """``−0.1 to +3.2``; one number where both ends print alike."""
    first, last = points(band[low]), points(band[high])
    return first if first == last else f"{first} to {last}"


def share(value: float) -> str:
    """``all draws``, ``none of the draws``, ``82 % of the draws``."""
    if value >= 0.9995:
        return "all draws"
    return "none of the draws" if value <= 0.0005 else f"{words.percent(value)} of the draws"


def fraction(value: float | None) -> str:
    """A chance that may be small: ``4 %``, ``0.3 %``, ``never``."""
    if value is None or value < 0.00005:
        return "never"
    return f"{value * 100:.1f}{NB}%" if value < 0.0995 else words.percent(value)


def lever(name: str, found: Row, refs: References, *, capital: bool = False) -> Piece:
    """A lever by its title."""
    title = str(found["levers"].get(name, {}).get("title") or words.plain(name))
    text = words.capital(title) if capital else words.mid_sentence(title)
    return Piece(text, refs.href("lever", name))


def named(levers: Sequence[str], found: Row, refs: References, *, between: str = " + ") -> Pieces:
    """A set of levers by their titles."""
    pieces: Pieces = []
    for i, name in enumerate(levers):
        pieces += [*([Piece(between)] if i else []), lever(name, found, refs, capital=not i)]
    return pieces


def who(actor: str, refs: References) -> str:
    return words.mid_sentence(refs.title("actor", actor))


def costs(row: Row, refs: References) -> str:
    """``the US administration 0.05``; ``nobody`` where nothing is paid."""
    told = []
    for actor, paid in row["costs"].items():
        ends = [f"{end(paid.values()):.2g}" for end in (min, max)]
        told.append(f"{who(actor, refs)} {' to '.join(dict.fromkeys(ends))}")
    return words.listed(told) if told else "nobody"


def wish(actor: str, row: Row, refs: References) -> str:
    """``the US administration would refuse it``, by type where that differs."""
    said = row["values"][actor]
    verb = {"wants": "would want it", "refuses": "would refuse it", "indifferent": "would not mind"}
    if said["says"] in verb:
        return f"{who(actor, refs)} {verb[said['says']]}"
    kinds: dict[str, list[str]] = {}
    for name, one in said["types"].items():
        kinds.setdefault(one["says"], []).append(f"“{refs.title('type', actor, name)}”")
    told = "; ".join(f"{words.listed(names)} {verb[says]}" for says, names in kinds.items())
    return f"{who(actor, refs)} by its type: {told}"


def owners(row: Row, found: Row, refs: References) -> str:
    """What those who would have to pull the levers, or to pay for them, would make of it; and who else has to act."""
    told = [wish(actor, row, refs) for actor in dict.fromkeys([*row["owners"], *row["costs"]])]
    others = [
        by for name in row["levers"] for by in found["levers"][name]["by"] if by not in found["levers"][name]["owners"]
    ]
    if others:
        outside = words.listed([words.mid_sentence(one) for one in dict.fromkeys(others)])
        told.append(f"up to {outside}{' as well' if told else ''}")
    return "; ".join(told)


def gain(row: Row) -> str:
    """``+1.3 points (90 % of draws +0.1 to +3.2; helps in all draws)``."""
    return (
        f"{points(row['gain']['mean'])} points (90{NB}% of draws {span(row['gain'])}; helps in {share(row['helps'])})"
    )


def way(row: Row, refs: References) -> Pieces:
    """A way out: ``“take the safe passage and go”``."""
    key = ("move", row["actor"], row["move"]) if row["actor"] else ("event", row["move"])
    return [Piece("“"), Piece(refs.title(*key), refs.href(*key)), Piece("”")]


def binding(part: Row, refs: References, *, other: str = "with it") -> Pieces:
    """What stays low: which way out, in which of its three parts, and what it would be with the lever."""
    if part.get("way") is None or part.get("binds") is None:
        return []
    before, after = part["before"], part["after"]
    pieces = way(part["way"], refs)
    if part["binds"] == "open":
        said = f" hardly comes up: {_often(before['open'])}, {_often(after['open'])} {other}"
        return [*pieces, Piece(said + _reason(before, after, refs, other))]
    if part["binds"] == "works":
        bad = _bad_ends(before, refs)
        said = f" ends in peace in {fraction(before['works'])} of the cases, {fraction(after['works'])} {other}"
        return [*pieces, Piece(said + (f"; else {bad}" if bad else ""))]
    now, then = fraction(before["taken"]), fraction(after["taken"])
    said = f" is taken at {now} of the decisions where it is open, {then} {other}"
    types = _by_type(part["way"]["actor"], before, after, refs, other)
    return [*pieces, Piece(said + types + _reason(before, after, refs, other))]


def _often(value: float) -> str:
    if value < 0.00005:
        return "open at none of the decisions ahead"
    return (
        f"open at {value * 100:.0f} decisions in 100 stories"
        if value >= 0.0095
        else "open in fewer than 1 of 100 stories"
    )


def _by_type(actor: str, before: Row, after: Row, refs: References, other: str) -> str:
    told = [
        f"“{refs.title('type', actor, kind)}” {fraction(share_)}, {fraction(after['by_type'].get(kind))} {other}"
        for kind, share_ in before["by_type"].items()
        if abs((after["by_type"].get(kind) or 0) - (share_ or 0)) > SLIGHT
    ]
    return f" ({'; '.join(told)})" if told else ""


def _reason(before: Row, after: Row, refs: References, other: str) -> str:
    """Why it is not taken, where the danger of taking it is what changes."""
    if before["works"] is None or after["works"] is None or after["works"] - before["works"] < SLIGHT:
        return ""
    bad = _bad_ends(before, refs)
    return f"; for once taken it ends in peace in {fraction(before['works'])}, {fraction(after['works'])} {other}" + (
        f" (else {bad})" if bad else ""
    )


def _bad_ends(row: Row, refs: References) -> str:
    worst = sorted(row["else"].items(), key=lambda item: -(item[1] or 0))[:2]
    return words.listed([f"“{refs.title('outcome', name)}”" for name, chance in worst if (chance or 0) > SLIGHT], "or")


def reasons(why: Row, found: Row, refs: References) -> list[Pieces]:
    """Why fewer levers fail, one sentence for each lever left out."""
    told = []
    for part in why["parts"]:
        left = lever(part["without"], found, refs)
        head: Pieces = [Piece("Without “"), left, Piece(f"”: {points(part['gain'])} points. ")]
        if len(why["levers"]) == 1:
            head = [Piece("As things stand, ")]
        rest = binding(part, refs)
        told.append([*head, *rest, Piece("." if rest else "It adds little to the ways out that the case has.")])
    return told


def interactions(found: Row) -> tuple[list[Row], list[Row]]:
    """Pairs that do more together than apart, and pairs that do less, the strongest first."""
    rows = [row for row in found.get("interactions") or [] if abs(row["mean"]) >= TOLD]
    return (
        [row for row in rows if row["says"] == "synergy"][:3],
        [row for row in rows if row["says"] == "substitutes"][:3],
    )


def shown(found: Row) -> list[Row]:
    """Sets worth a row in a table: the smallest that reach the threshold, and the front; at most eight."""
    rows = [row for row in found["sets"] if row["minimal"] or row["front"]]
    return (rows or [row for row in found["sets"] if row["gain"]["mean"] > TOLD][:3])[:8]


def invalid(found: Row, refs: References) -> list[Pieces]:
    """Sets that make no game. One that only repeats what a part of it does is not told again."""
    rows = found.get("invalid") or []
    names = [set(row["levers"]) for row in rows]
    first = [row for row in rows if not any(other < set(row["levers"]) for other in names)]
    return [
        [
            *named(row["levers"], found, refs),
            Piece(f" makes no game in {share(row['share'])}: {row['reason']}."),
        ]
        for row in first
    ]


def left_out(found: Row) -> str:
    """What a search that could not try everything says of the rest."""
    left = found.get("left_out")
    if not left or not left["sets"]:
        return ""
    return (
        f"{left['sets']:,} of {left['of']:,} sets were not tried: by their single gains and the strongest interaction "
        f"seen, none of them should bring more than {points(left['at_most'])} points. That is an estimate, no proof."
    )


def danger_moves(found: Row, most: int = 5) -> list[Row]:
    """Moves and events that endanger the present if they come next, the worst first."""
    rows = (found.get("dangers") or {}).get("moves") or []
    return [row for row in rows if _sure(row)][:most]


def danger_parameters(found: Row, most: int = 5) -> list[Row]:
    """Parameters that endanger it at an end of their range, the worst first."""
    rows = (found.get("dangers") or {}).get("parameters") or []
    return [row for row in rows if _sure(row)][:most]


def _sure(row: Row) -> bool:
    """Whether it is a danger beyond the chance of which draws were taken."""
    return bool(row["fall"]["mean"] > TOLD and row["fall"]["low"] > 0)


def danger_name(row: Row, refs: References) -> Pieces:
    """What the change is: a move, an event, or a parameter with where it would go."""
    if "parameter" in row:
        title = Piece(refs.title("parameter", row["parameter"]), refs.href("parameter", row["parameter"]))
        return [title, Piece(f": {row['to']:.2g} instead of {row['now']:.2g}")]
    pieces = way(row, refs)
    return [*pieces, Piece(f" ({who(row['actor'], refs)})")] if row["actor"] else pieces


def danger_leads(row: Row, refs: References) -> Pieces:
    """The outcome that gains most, with how much."""
    if row["outcome"] is None:
        return [Piece("–")]
    title = Piece(refs.title("outcome", row["outcome"]), refs.href("outcome", row["outcome"]))
    return [title, Piece(f" {points(row['rise'])}")]
