"""The picture of the model: who can do what, what it changes, and how it can end.

Hand-laid and deterministic. The wide picture has factors on the left, actors with their moves in the middle
and outcomes on the right, so that no line runs behind a box; the narrow one stacks the
two halves for a phone.
Boxes of factors and outcomes are put near the moves that reach them (one barycentre pass), then pushed apart.
Every box is a link to its paragraph in the model in words.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from standoff.language.printable import visible
from standoff.report.basis import leads_to, rows
from standoff.report.charts import FONT, FORCE, INK, OPEN, PEACE, RULE, SOFT, Figure, accessible
from standoff.report.references import References, names_in
from standoff.report.words import capital, count, plain

Sign = Literal["up", "down", "set"]
ROW, HEAD, GAP, TEXT = 22, 24, 12, 11
GROUND = "#f6f5f1"


@dataclass(slots=True)
class Box:
    """A rectangle with lines of text. `y` is its upper edge."""

    key: str
    lines: list[str]
    href: str
    x: float
    width: float
    height: float
    y: float = 0.0
    colour: str = INK
    small: list[str] = field(default_factory=list)
    bar: bool = False


@dataclass(frozen=True, slots=True)
class Edge:
    """From a move or event to what it changes."""

    source: str
    target: str
    sign: Sign
    colour: str
    sure: bool


@dataclass(slots=True)
class Group:
    """An actor, or chance, with its moves."""

    title: str
    href: str
    boxes: list[Box]


def draw(findings: Mapping[str, Any], refs: References) -> Figure | None:
    """The picture in two widths; None when the findings hold no model."""
    model = findings.get("model") or {}
    if not model.get("moves") and not model.get("events"):
        return None
    wide, narrow = _wide(findings, refs), _narrow(findings, refs)
    title = "The model as a picture"
    description = describe(findings)
    return Figure(
        accessible(wide, "model-wide", title, description),
        accessible(narrow, "model-narrow", title, description),
        title,
        visible(description),
    )


def describe(findings: Mapping[str, Any]) -> str:
    """The picture in words, for readers who do not see it."""
    model = findings.get("model") or {}
    moves, events = model.get("moves") or [], model.get("events") or []
    said = [
        f"{count(len(model.get('actors') or []), 'actor')}, {count(len(moves), 'move')}, "
        f"{count(len(events), 'chance event')}, {count(len(model.get('factors') or []), 'factor')} and "
        f"{count(len(model.get('outcomes') or []), 'outcome')}."
    ]
    for outcome in model.get("outcomes") or []:
        ways = [
            str(e.get("title") or plain(e["name"])) for e in [*moves, *events] if leads_to(e, outcome["name"])
        ]
        name = str(outcome.get("title") or plain(outcome["name"]))
        if ways:
            said.append(f"{name}: reached by {', '.join(ways)}.")
        elif outcome["name"] == "unresolved":
            said.append(f"{name}: when the clock runs out.")
    return " ".join(said)


# What leads where


def _sign(value: Any) -> Sign:
    text = str(value).strip()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return "up" if value > 0 else "down"
    if text.startswith("+"):
        return "up"
    return "down" if text.startswith("-") and text[1:].strip().isdigit() else "set"


def _key(effect: Mapping[str, Any]) -> str:
    return f"{effect.get('actor', '')}/{effect['name']}"


def changes(effect: Mapping[str, Any], factors: Sequence[str]) -> dict[str, tuple[Sign, bool]]:
    """factor -> (direction, whether it is sure) for one move or event."""
    found: dict[str, tuple[Sign, bool]] = {}
    then = effect.get("then") or {}
    if isinstance(then, Mapping):
        found.update({f: (_sign(v), True) for f, v in then.items() if f in factors})
    else:
        found.update({f: ("set", True) for f in factors if f in names_in(then)})
    for way in effect.get("perhaps") or []:
        for factor, value in (way.get("then") or {}).items():
            if factor in factors:
                found.setdefault(factor, (_sign(value), False))
    return found


def _edges(findings: Mapping[str, Any]) -> tuple[list[Edge], list[Edge]]:
    model = findings.get("model") or {}
    factors = [f["name"] for f in model.get("factors") or []]
    changed, ended = [], []
    for effect in [*(model.get("moves") or []), *(model.get("events") or [])]:
        for factor, (sign, sure) in changes(effect, factors).items():
            changed.append(Edge(_key(effect), factor, sign, SOFT, sure))
        for outcome in model.get("outcomes") or []:
            if leads_to(effect, outcome["name"]):
                ended.append(Edge(_key(effect), outcome["name"], "set", _colour(outcome), True))
    return changed, ended


def _colour(outcome: Mapping[str, Any]) -> str:
    if outcome.get("peaceful"):
        return PEACE
    return OPEN if outcome["name"] == "unresolved" else FORCE


# Boxes


def _wrapped(text: str, width: float, size: float = TEXT, most: int = 3) -> list[str]:
    letters = max(6, int(width / (size * 0.52)))
    lines = textwrap.wrap(text, letters, break_long_words=True) or [""]
    if len(lines) > most:
        lines = lines[:most]
        lines[-1] = lines[-1][: letters - 1].rstrip(" ,;") + "…"
    return lines


def _groups(
    findings: Mapping[str, Any], refs: References, x: float, width: float, only: set[str] | None = None
) -> list[Group]:
    model = findings.get("model") or {}
    groups = []
    for actor in model.get("actors") or []:
        mine = [m for m in model.get("moves") or [] if m["actor"] == actor["name"]]
        title = str(actor.get("title") or plain(actor["name"]))
        groups.append((title, refs.href("actor", actor["name"]), mine))
    if model.get("events"):
        groups.append(("Chance", "", list(model["events"])))
    found = []
    for title, href, effects in groups:
        boxes = []
        for effect in effects:
            if only is not None and _key(effect) not in only:
                continue
            text = capital(str(effect.get("title") or plain(effect["name"])))
            lines = _wrapped(text, width - (56 if effect.get("covert") else 16), most=2)
            link = (
                refs.href("move", effect["actor"], effect["name"])
                if "actor" in effect
                else refs.href("event", effect["name"])
            )
            boxes.append(
                Box(
                    _key(effect),
                    lines,
                    link,
                    x,
                    width,
                    ROW + 13 * (len(lines) - 1),
                    small=["unseen"] if effect.get("covert") else [],
                )
            )
        if boxes:
            found.append(Group(title, href, boxes))
    return found


def _stack(groups: Sequence[Group], top: float) -> float:
    """Place groups one below the other; returns the lower edge."""
    y = top
    for group in groups:
        y += HEAD + 13 * (len(_wrapped(group.title, group.boxes[0].width - 14, TEXT + 1, most=2)) - 1)
        for box in group.boxes:
            box.y = y
            y += box.height
        y += GAP
    return y - GAP


def _factor_boxes(findings: Mapping[str, Any], refs: References, x: float, width: float) -> list[Box]:
    found = []
    for factor in rows(findings, "model", "factors"):
        title = _wrapped(capital(str(factor.get("title") or plain(factor["name"]))), width - 16)
        levels = [str(level) for level in factor.get("levels") or []]
        ladder = _wrapped(" · ".join(plain(level) for level in levels), width - 14, 10, most=4)
        height = 10 + 14 * len(title) + 12 * len(ladder) + 4
        found.append(
            Box(factor["name"], title, refs.href("factor", factor["name"]), x, width, height, small=ladder)
        )
    return found


def _outcome_boxes(findings: Mapping[str, Any], refs: References, x: float, width: float) -> list[Box]:
    found = []
    for outcome in rows(findings, "model", "outcomes"):
        lines = _wrapped(capital(str(outcome.get("title") or plain(outcome["name"]))), width - 20, most=4)
        small = []
        if outcome.get("peaceful"):
            small = ["peaceful"]
        elif outcome["name"] == "unresolved":
            small = ["end of the clock"]
        height = 11 + 14 * len(lines) + 12 * len(small)
        found.append(
            Box(
                outcome["name"],
                lines,
                refs.href("worth", outcome["name"]),
                x,
                width,
                height,
                colour=_colour(outcome),
                small=small,
                bar=True,
            )
        )
    return found


def _settle(
    boxes: list[Box], edges: Sequence[Edge], at: Mapping[str, float], top: float, bottom: float
) -> None:
    """Put boxes near the middle of their sources, in that order, without overlap."""
    middle = (top + bottom) / 2
    for box in boxes:  # room for every arrowhead
        box.height = max(box.height, 9.5 * sum(e.target == box.key and e.source in at for e in edges) + 6)

    def wanted(box: Box) -> float:
        ys = [at[e.source] for e in edges if e.target == box.key and e.source in at]
        return sum(ys) / len(ys) if ys else bottom if box.key == "unresolved" else middle

    goal = {box.key: wanted(box) for box in boxes}
    boxes.sort(key=lambda b: (goal[b.key], b.key))
    room = bottom - top - sum(b.height for b in boxes)
    gap = min(16.0, max(8.0, room / max(1, len(boxes) - 1)))
    y = top
    for box in boxes:
        box.y = max(y, goal[box.key] - box.height / 2)
        y = box.y + box.height + gap
    over = y - gap - bottom
    for box in reversed(boxes):
        if over <= 0:
            break
        box.y -= over
        above = boxes.index(box) - 1
        if above >= 0:
            over = boxes[above].y + boxes[above].height + gap - box.y
    if boxes and boxes[0].y < top:
        y = top
        for box in boxes:
            box.y = max(y, box.y)
            y = box.y + box.height + gap


# Pictures


def _wide(findings: Mapping[str, Any], refs: References) -> str:
    changed, ended = _edges(findings)
    groups = _groups(findings, refs, 238, 226)
    factors, outcomes = _factor_boxes(findings, refs, 1, 160), _outcome_boxes(findings, refs, 541, 158)
    top = 26.0
    bottom = _stack(groups, top)
    at = {b.key: b.y + b.height / 2 for g in groups for b in g.boxes}
    _settle(factors, changed, at, top, bottom)
    _settle(outcomes, ended, at, top, bottom)
    bottom = max([bottom, *(b.y + b.height for b in [*factors, *outcomes])])
    parts = [
        _heading(1, "What everyone can see"),
        _heading(238, "Who can do what"),
        _heading(541, "How it can end"),
    ]
    parts += _curves(groups, factors, changed) + _curves(groups, outcomes, ended)
    parts += [_group(g) for g in groups] + [_box(b) for b in factors + outcomes]
    return _svg(700, bottom + 6, parts)


def _narrow(findings: Mapping[str, Any], refs: References) -> str:
    changed, ended = _edges(findings)
    parts: list[str] = []
    y = 0.0
    for title, edges, make in (
        ("What moves change", changed, _factor_boxes),
        ("How it can end", ended, _outcome_boxes),
    ):
        groups = _groups(findings, refs, 1, 158, {e.source for e in edges})
        if not groups:
            continue
        boxes = make(findings, refs, 209, 130)
        top = y + 26
        bottom = _stack(groups, top)
        at = {b.key: b.y + b.height / 2 for g in groups for b in g.boxes}
        _settle(boxes, edges, at, top, bottom)
        parts += [_heading(1, title, y), *_curves(groups, boxes, edges)]
        parts += [_group(g) for g in groups] + [_box(b) for b in boxes]
        y = max([bottom, *(b.y + b.height for b in boxes)]) + 26
    return _svg(340, max(y - 20, 20), parts)


def _curves(groups: Sequence[Group], targets: Sequence[Box], edges: Sequence[Edge]) -> list[str]:
    """One curve an edge; ends are spread along the target in the order of their sources."""
    source = {b.key: b for g in groups for b in g.boxes}
    parts = []
    for target in targets:
        mine = [e for e in edges if e.target == target.key and e.source in source]
        mine.sort(key=lambda e: source[e.source].y)
        for position, edge in enumerate(mine):
            box = source[edge.source]
            y1 = box.y + box.height / 2
            y2 = target.y + target.height * (position + 1) / (len(mine) + 1)
            left = target.x < box.x
            x1, x2 = (box.x, target.x + target.width) if left else (box.x + box.width, target.x)
            tip = x2 + (9 if left else -9)
            bend = (tip - x1) * 0.5
            dash = "" if edge.sure else ' stroke-dasharray="3 3"'
            parts.append(
                f'<path d="M{x1:.0f} {y1:.1f}C{x1 + bend:.0f} {y1:.1f} {tip - bend:.0f} {y2:.1f} '
                f'{tip:.0f} {y2:.1f}" '
                f'fill="none" stroke="{edge.colour}" stroke-width="1.2" stroke-opacity="0.6"{dash}/>'
            )
            parts.append(_tip(tip, y2, edge, left))
    return parts


def _tip(x: float, y: float, edge: Edge, left: bool) -> str:
    """Raises: a triangle up; lowers: a triangle down; sets or ends: an arrowhead."""
    if edge.sign == "up":
        shape = f"M{x - 4:.1f} {y + 3.5:.1f}h8l-4 -7z"
    elif edge.sign == "down":
        shape = f"M{x - 4:.1f} {y - 3.5:.1f}h8l-4 7z"
    elif left:
        shape = f"M{x + 3:.1f} {y - 4:.1f}v8l-8 -4z"
    else:
        shape = f"M{x - 3:.1f} {y - 4:.1f}v8l8 -4z"
    return f'<path d="{shape}" fill="{edge.colour}"/>'


def _heading(x: float, text: str, y: float = 0) -> str:
    return (
        f'<text x="{x}" y="{y + 12:.0f}" font-family="{FONT}" font-size="11" letter-spacing="0.4" '
        f'fill="{SOFT}">{escape(text)}</text>'
    )


def _linked(href: str, inner: str) -> str:
    return f'<a href="{escape(href)}">{inner}</a>' if href else inner


def _text(
    x: float, y: float, text: str, size: float, colour: str, weight: int = 400, anchor: str = "start"
) -> str:
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-family="{FONT}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}" fill="{colour}">{escape(text)}</text>'
    )


def _group(group: Group) -> str:
    first, last = group.boxes[0], group.boxes[-1]
    title = _wrapped(group.title, first.width - 14, TEXT + 1, most=2)
    top = first.y - HEAD - 13 * (len(title) - 1)
    head = "".join(
        _text(first.x + 8, top + 16 + 13 * k, line, TEXT + 0.5, INK, 600) for k, line in enumerate(title)
    )
    parts = [
        f'<rect x="{first.x}" y="{top:.1f}" width="{first.width}" '
        f'height="{last.y + last.height - top:.1f}" rx="3" '
        f'fill="{GROUND}" stroke="{RULE}"/>',
        _linked(group.href, head),
    ]
    for box in group.boxes:
        parts.append(f'<path d="M{box.x:.0f} {box.y:.1f}h{box.width:.0f}" stroke="{RULE}" fill="none"/>')
        lines = "".join(
            _text(box.x + 8, box.y + 15 + 13 * k, line, TEXT, INK) for k, line in enumerate(box.lines)
        )
        parts.append(_linked(box.href, lines))
        if box.small:
            parts.append(_text(box.x + box.width - 8, box.y + 15, box.small[0], 9.5, SOFT, anchor="end"))
    return "".join(parts)


def _box(box: Box) -> str:
    inset = 11 if box.bar else 8
    parts = [
        f'<rect x="{box.x}" y="{box.y:.1f}" width="{box.width}" height="{box.height:.1f}" rx="3" '
        f'fill="{GROUND}" stroke="{RULE}"/>'
    ]
    if box.bar:
        parts.append(
            f'<rect x="{box.x}" y="{box.y:.1f}" width="4" height="{box.height:.1f}" rx="1" '
            f'fill="{box.colour}"/>'
        )
    y = box.y + 16
    inner = []
    for line in box.lines:
        inner.append(_text(box.x + inset, y, line, TEXT, INK, 600))
        y += 14
    for line in box.small:
        inner.append(_text(box.x + inset, y - 1, line, 10, SOFT))
        y += 12
    parts.append(_linked(box.href, "".join(inner)))
    return "".join(parts)


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    box = f'viewBox="0 0 {width:.0f} {height:.0f}"'
    return visible(f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(parts)}</svg>')
