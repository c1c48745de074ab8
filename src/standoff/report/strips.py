"""Small pictures beside numbers, written by hand as SVG.

They have no viewBox: positions are percent of whatever width the page gives them and heights are pixels, so
they stay crisp from a phone to print. Each has a title, though the number it shows always stands beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from standoff.language.printable import visible
from standoff.report.charts import INK, MIND, PAPER, RULE, SOFT
from standoff.report.words import day, percent, percent_range

HEIGHT = 20


def ceiling(bands: Sequence[Mapping[str, Any]], least: float = 0.2) -> float:
    """A round upper end of a shared axis of chances that holds every band."""
    top = max((float(b.get("p95", b["mean"]) or 0.0) for b in bands), default=1.0)
    return next((c for c in (0.2, 0.4, 0.6, 0.8) if c >= max(top, least)), 1.0)


def ticks(top: float) -> list[float]:
    """Five marks from 0 to the upper end."""
    return [top * k / 4 for k in range(5)]


def _x(value: float, low: float, high: float) -> str:
    share = 0.0 if high <= low else (value - low) / (high - low)
    return f"{min(1.0, max(0.0, share)) * 100:.2f}%"


def _svg(height: int, title: str, parts: Sequence[str], kind: str) -> str:
    return visible(
        f'<svg xmlns="http://www.w3.org/2000/svg" class="strip {kind}" width="100%" height="{height}" '
        f'role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{"".join(parts)}</svg>'
    )


def _grid(top: float, height: int) -> list[str]:
    return [
        f'<line x1="{x}" x2="{x}" y1="0" y2="{height}" stroke="{RULE}" stroke-width="1"/>'
        for x in (_x(t, 0, top) for t in ticks(top))
    ]


def _bar(low: float, high: float, ends: tuple[float, float], y: float, thick: float, paint: str) -> str:
    share = (min(high, ends[1]) - max(low, ends[0])) / (ends[1] - ends[0]) if ends[1] > ends[0] else 0.0
    return (
        f'<rect x="{_x(low, *ends)}" y="{y - thick / 2:g}" width="{max(0.0, share) * 100:.2f}%" '
        f'height="{thick:g}" {paint}/>'
    )


def interval(band: Mapping[str, Any], top: float, colour: str, title: str, prior: float | None = None) -> str:
    """A chance: light bar for nine in ten draws, dark bar for half, dot for the mean, tick for the start."""
    mean, y = float(band["mean"]), HEIGHT / 2
    ends = (0.0, top)
    parts = _grid(top, HEIGHT)
    if band.get("p05") is not None and band.get("p95") is not None:
        parts.append(_bar(band["p05"], band["p95"], ends, y, 6, f'fill="{colour}" fill-opacity="0.28"'))
    if band.get("p25") is not None and band.get("p75") is not None:
        parts.append(_bar(band["p25"], band["p75"], ends, y, 10, f'fill="{colour}" fill-opacity="0.55"'))
    if prior is not None:
        parts.append(
            f'<line x1="{_x(prior, 0, top)}" x2="{_x(prior, 0, top)}" y1="2" y2="{HEIGHT - 2}" '
            f'stroke="{INK}" stroke-width="1.5" stroke-dasharray="2 2"/>'
        )
    parts.append(
        f'<circle cx="{_x(mean, 0, top)}" cy="{y:g}" r="4.5" fill="{colour}" stroke="{PAPER}" '
        'stroke-width="1.5"/>'
    )
    said = f"{title}: {percent(mean)}"
    if band.get("p05") is not None:
        said += f", nine in ten draws {percent_range(band['p05'], band['p95'])}"
    return _svg(HEIGHT, said, parts, "interval")


def dumbbell(now: float, then: float, top: float, colour: str, title: str) -> str:
    """A chance now (ring) and after a move (dot)."""
    y = HEIGHT / 2
    low, high = min(now, then), max(now, then)
    parts = _grid(top, HEIGHT)
    parts.append(_bar(low, high, (0.0, top), y, 3, f'fill="{colour}" fill-opacity="0.5"'))
    parts.append(
        f'<circle cx="{_x(now, 0, top)}" cy="{y:g}" r="4.5" fill="{PAPER}" stroke="{SOFT}" '
        'stroke-width="1.8"/>'
    )
    parts.append(f'<circle cx="{_x(then, 0, top)}" cy="{y:g}" r="4.5" fill="{colour}"/>')
    return _svg(HEIGHT, f"{title}: now {percent(now)}, then {percent(then)}", parts, "dumbbell")


def between(low: float, high: float, top: float, colour: str, title: str) -> str:
    """A chance at the low end of something (ring) and at its high end (dot)."""
    y = HEIGHT / 2
    parts = _grid(top, HEIGHT)
    parts.append(_bar(min(low, high), max(low, high), (0.0, top), y, 3, f'fill="{colour}" fill-opacity="0.5"'))
    parts.append(
        f'<circle cx="{_x(low, 0, top)}" cy="{y:g}" r="4.5" fill="{PAPER}" stroke="{SOFT}" stroke-width="1.8"/>'
    )
    parts.append(f'<circle cx="{_x(high, 0, top)}" cy="{y:g}" r="4.5" fill="{colour}"/>')
    return _svg(HEIGHT, f"{title}: {percent(low)}, then {percent(high)}", parts, "dumbbell")


def trio(without: float | None, now: float, then: float, top: float, colour: str, title: str) -> str:
    """A chance if something is not seen (tick), now (ring) and if it is seen (dot)."""
    y = HEIGHT / 2
    ends = [now, then] if without is None else [without, now, then]
    parts = _grid(top, HEIGHT)
    parts.append(_bar(min(ends), max(ends), (0.0, top), y, 3, f'fill="{colour}" fill-opacity="0.5"'))
    said = f"{title}: now {percent(now)}, if seen {percent(then)}"
    if without is not None:
        x = _x(without, 0, top)
        parts.append(f'<line x1="{x}" x2="{x}" y1="3" y2="{HEIGHT - 3}" stroke="{SOFT}" stroke-width="2.5"/>')
        said += f", if not {percent(without)}"
    parts.append(
        f'<circle cx="{_x(now, 0, top)}" cy="{y:g}" r="4.5" fill="{PAPER}" stroke="{SOFT}" stroke-width="1.8"/>'
    )
    parts.append(f'<circle cx="{_x(then, 0, top)}" cy="{y:g}" r="4.5" fill="{colour}"/>')
    return _svg(HEIGHT, said, parts, "trio")


def quantity(band: Mapping[str, Any], low: float, high: float, title: str) -> str:
    """A quantity on its own axis from low to high; zero is marked when it lies inside."""
    ends, y = (low, high), HEIGHT / 2
    parts = []
    if low < 0 < high:
        parts.append(f'<line x1="{_x(0, *ends)}" x2="{_x(0, *ends)}" y1="0" y2="{HEIGHT}" stroke="{SOFT}"/>')
    if band.get("p05") is not None and band.get("p95") is not None:
        parts.append(_bar(band["p05"], band["p95"], ends, y, 6, f'fill="{MIND}" fill-opacity="0.28"'))
    if band.get("p25") is not None and band.get("p75") is not None:
        parts.append(_bar(band["p25"], band["p75"], ends, y, 10, f'fill="{MIND}" fill-opacity="0.55"'))
    parts.append(
        f'<circle cx="{_x(float(band["mean"]), *ends)}" cy="{y:g}" r="4.5" fill="{MIND}" '
        f'stroke="{PAPER}" stroke-width="1.5"/>'
    )
    return _svg(HEIGHT, title, parts, "quantity")


def density(histogram: Mapping[str, Any], title: str, height: int = 44) -> str:
    """Prior as an outline, posterior as solid bars, over the bins of a histogram."""
    edges = [float(e) for e in histogram["edges"]]
    prior = [float(v) for v in histogram.get("prior") or []]
    posterior = [float(v) for v in histogram.get("posterior") or []]
    top = max([*prior, *posterior, 0.0]) or 1.0
    ends = (edges[0], edges[-1])
    floor = height - 1
    parts = []
    for k, value in enumerate(posterior[: len(edges) - 1]):
        tall = value / top * (height - 4)
        if tall > 0:
            wide = (edges[k + 1] - edges[k]) / (ends[1] - ends[0]) * 100 if ends[1] > ends[0] else 0
            parts.append(
                f'<rect x="{_x(edges[k], *ends)}" y="{floor - tall:.1f}" width="{wide:.2f}%" '
                f'height="{tall:.1f}" fill="{MIND}" fill-opacity="0.45"/>'
            )
    before = float(floor)
    for k, value in enumerate(prior[: len(edges) - 1]):
        y = floor - value / top * (height - 4)
        x1, x2 = _x(edges[k], *ends), _x(edges[k + 1], *ends)
        parts.append(
            f'<line x1="{x1}" x2="{x1}" y1="{before:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-width="1"/>'
        )
        parts.append(f'<line x1="{x1}" x2="{x2}" y1="{y:.1f}" y2="{y:.1f}" stroke="{INK}" stroke-width="1"/>')
        before = y
    parts.append(f'<line x1="0" x2="100%" y1="{floor}" y2="{floor}" stroke="{RULE}"/>')
    return _svg(height, title, parts, "density")


def course(row: Mapping[str, Any], title: str, height: int = 72) -> str:
    """Chances of a factor's levels over time, stacked from the lowest level up; darker is higher.

    Areas only, no text, so this one picture may be stretched to its container.
    """
    levels = list(row.get("levels") or [])
    table = [[float(p) for p in line] for line in row["probabilities"]]
    steps = max(1, len(table) - 1)
    floors = [0.0] * len(table)
    parts = []
    for k in range(len(table[0]) if table else 0):
        tops = [floor + line[k] for floor, line in zip(floors, table, strict=True)]
        if len(table) == 1:
            floors, tops = floors * 2, tops * 2
        over = [f"{t * 100 / steps:.2f} {(1 - v) * 100:.2f}" for t, v in enumerate(tops)]
        under = [f"{t * 100 / steps:.2f} {(1 - v) * 100:.2f}" for t, v in enumerate(floors)]
        path = "M" + "L".join(over + under[::-1]) + "z"
        parts.append(f'<path d="{path}" fill="{MIND}" fill-opacity="{shade(k, len(table[0])):.2f}"/>')
        floors = tops[: len(table)]
    last = ", ".join(f"{lv} {percent(p)}" for lv, p in zip(levels, table[-1], strict=False)) if table else ""
    said = f"{title}, at the end: {last}"
    return _svg(height, said, parts, "course").replace(
        "<svg ", '<svg viewBox="0 0 100 100" preserveAspectRatio="none" ', 1
    )


def shade(level: int, levels: int) -> float:
    """Opacity of a level in `course` and in its key."""
    return 0.1 + 0.75 * level / max(1, levels - 1)


def timeline(
    entries: Sequence[Mapping[str, Any]], first: str, last: str, title: str, height: int = 34
) -> str:
    """One actor's dated moves on a line: numbered marks for what it did, small ones where it held still.

    An entry has `at` (ISO date), `number`, `href`, `loud` (bool) and `title`. Marks that would touch are
    lifted in turn.
    """
    from datetime import date

    begin, end = date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal()
    y = height - 9
    parts = [f'<line x1="0" x2="100%" y1="{y}" y2="{y}" stroke="{RULE}" stroke-width="1.5"/>']
    before, lifted = -1e9, False
    for entry in entries:
        day_of = date.fromisoformat(entry["at"]).toordinal()
        share = 0.5 if end <= begin else (day_of - begin) / (end - begin)
        x = f"{2 + 96 * min(1.0, max(0.0, share)):.2f}%"
        hint = f"<title>{escape(str(entry.get('when') or day(entry['at'])))}: {escape(str(entry['title']))}</title>"
        if not entry["loud"]:
            shape = f'<circle cx="{x}" cy="{y}" r="2.5" fill="{SOFT}">{hint}</circle>'
        else:
            lifted = share - before < 0.045 and not lifted
            up = y - 15 if lifted else y
            before = share
            shape = (
                f'<circle cx="{x}" cy="{up}" r="8" fill="{MIND}">{hint}</circle><text x="{x}" y="{up + 3.5}" '
                f'text-anchor="middle" font-size="10" font-weight="600" fill="{PAPER}">'
                f"{entry['number']}</text>"
            )
        parts.append(f'<a href="{escape(entry["href"])}">{shape}</a>' if entry["href"] else shape)
    return _svg(height, title, parts, "timeline")
