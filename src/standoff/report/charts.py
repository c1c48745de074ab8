"""Charts over time, said in Vega-Lite and turned into SVG by vl-convert, without a browser or a network.

Each figure is small multiples on one scale: a line for the mean, a dark band for the middle half of the
draws and a light one for nine in ten. It comes in two widths, because text in a scaled picture becomes
unreadable on a phone. Colours are three and stand for kinds, not for outcomes; every panel has its title, so
nothing depends on telling colours apart. The page recolours the same SVG for a dark scheme by attribute.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Any

from standoff.language.printable import visible
from standoff.report.words import NBSP, capital, day, percent, percent_range, short_percent

PEACE, FORCE, MIND, OPEN = "#1f6f8b", "#b3541e", "#574b90", "#5c6670"
INK, SOFT, RULE, PAPER = "#22262b", "#646b73", "#d5d8dc", "#ffffff"
FONT = "Helvetica Neue, Arial, Liberation Sans, DejaVu Sans, sans-serif"
CONFIG: dict[str, Any] = {
    "font": FONT,
    "background": "transparent",
    "padding": 2,
    "view": {"stroke": None},
    "axis": {
        "labelFont": FONT,
        "labelFontSize": 11,
        "labelColor": SOFT,
        "domain": False,
        "ticks": False,
        "gridColor": RULE,
        "gridWidth": 1,
    },
    "title": {
        "font": FONT,
        "fontSize": 12,
        "fontWeight": 600,
        "color": INK,
        "anchor": "start",
        "frame": "group",
        "offset": 8,
        "lineHeight": 15,
    },
}
SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
CLOCK_OUT = "unresolved"
KEYS = ("mean", "p05", "p25", "p75", "p95")


@dataclass(frozen=True, slots=True)
class Panel:
    """One small multiple: `bands` has a list per key of `KEYS`, as long as `dates` (ISO)."""

    title: str
    dates: Sequence[str]
    bands: Mapping[str, Sequence[float]]
    colour: str = FORCE
    marks: Sequence[str] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart in two widths with its alternative text. Both SVGs stand alone and share no ids."""

    wide: str
    narrow: str
    title: str
    description: str
    two_scales: bool = False


def figure(ident: str, title: str, description: str, panels: Sequence[Panel]) -> Figure:
    """Draw panels on one scale of time and chance. `ident` keeps ids apart when several share a page."""
    ceilings = scales(panels)
    less = 14 if len(set(ceilings)) > 1 else 0  # room for an axis on every panel
    wide = _draw(panels, ceilings, columns=3, width=206 - less, height=112, wrap=32)
    narrow = _draw(panels, ceilings, columns=2, width=140 - less, height=92, wrap=22)
    return Figure(
        accessible(wide, f"{ident}-wide", title, description),
        accessible(narrow, f"{ident}-narrow", title, description),
        visible(title),
        visible(description),
        less > 0,
    )


def scales(panels: Sequence[Panel]) -> list[float]:
    """Upper end of each panel's axis: one for all, or a second one for those that the first would flatten."""
    tops = [max(panel.bands["p95"], default=0.0) for panel in panels]
    common = _ceiling(max(tops, default=0.0))
    low = [top for top in tops if top <= common * 0.4]
    small = _ceiling(max(low, default=0.0))
    if not low or small > common / 2:
        return [common] * len(tops)
    return [small if top <= common * 0.4 else common for top in tops]


def _ceiling(top: float) -> float:
    return next((c for c in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if top <= c + 1e-9), 1.0)


def _draw(panels: Sequence[Panel], ceilings: Sequence[float], columns: int, width: int, height: int, wrap: int) -> str:
    dates = sorted({d for p in panels for d in p.dates})
    views = []
    for position, panel in enumerate(panels):
        labels = position % columns == 0 or len(set(ceilings)) > 1
        one = _panel(panel, position, dates, ceilings[position], wrap, labels=labels)
        views.append({**one, "width": width, "height": height})
    return drawn(views, columns, {name: rows for k, p in enumerate(panels) for name, rows in _data(p, k).items()})


def drawn(
    views: Sequence[Mapping[str, Any]], columns: int, datasets: Mapping[str, list[dict[str, Any]]] | None = None
) -> str:
    """Views of Vega-Lite in rows of so many, as an SVG; `datasets` are those that views name."""
    import vl_convert

    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "concat": list(views),
        "columns": columns,
        "spacing": {"row": 22, "column": 14},
        "config": CONFIG,
        "datasets": dict(datasets or {}),
    }
    return str(vl_convert.vegalite_to_svg(spec))


def _data(panel: Panel, position: int) -> dict[str, list[dict[str, Any]]]:
    """The data sets of one panel: its bands, their end, and the marks."""
    rows = [{"d": utc(d), **{k: float(panel.bands[k][i]) for k in KEYS}} for i, d in enumerate(panel.dates)]
    last = [{**row, "text": short_percent(row["mean"])} for row in rows[-1:]]
    return {f"b{position}": rows, f"e{position}": last, f"m{position}": [{"d": utc(d)} for d in panel.marks]}


def _panel(
    panel: Panel, position: int, dates: Sequence[str], ceiling: float, wrap: int, *, labels: bool
) -> dict[str, Any]:
    """Layers and title of one panel."""
    x = {
        "field": "d",
        "type": "temporal",
        "title": None,
        "scale": {"domain": [utc(dates[0]), utc(dates[-1])], "type": "utc"},
        "axis": {**ticks(dates), "grid": False, "labelFlush": True, "labelOverlap": True, "labelPadding": 6},
    }

    def y(name: str) -> dict[str, Any]:
        return {
            "field": name,
            "type": "quantitative",
            "title": None,
            "scale": {"domain": [0, ceiling], "nice": False},
            "axis": {"format": ".1~%", "values": [0, ceiling / 2, ceiling], "labels": labels, "labelPadding": 5},
        }

    def layer(data: str, kind: str, encoding: Mapping[str, Any], **mark: Any) -> dict[str, Any]:
        return {
            "data": {"name": f"{data}{position}"},
            "mark": {"type": kind, **mark},
            "encoding": {"x": x, **encoding},
        }

    def band(low: str, high: str, opacity: float) -> dict[str, Any]:
        return layer("b", "area", {"y": y(low), "y2": {"field": high}}, opacity=opacity, **solid)

    solid = {"color": panel.colour}
    number = {
        "align": "right",
        "baseline": "bottom",
        "dy": -5,
        "dx": 3,
        "fontSize": 12,
        "fontWeight": 600,
        "font": FONT,
    }
    mean = {"y": y("mean")}
    text = {**mean, "text": {"field": "text", "type": "nominal"}}
    layers = [
        layer("m", "rule", {}, color=SOFT, strokeWidth=0.75, opacity=0.55, strokeDash=[2, 2]),
        band("p05", "p95", 0.18),
        band("p25", "p75", 0.32),
        layer("b", "line", mean, strokeWidth=2, **solid),
        layer("e", "circle", mean, size=28, opacity=1, **solid),
        layer("e", "text", text, stroke=PAPER, strokeWidth=3, strokeOpacity=0.85, **number),
        layer("e", "text", text, color=INK, **number),
    ]
    title = visible(panel.title)  # a control character would end the drawing, and the program with it
    heading = textwrap.wrap(capital(title), wrap)[:3] or [""]
    if len(" ".join(heading)) < len(title.strip()):
        heading[-1] = heading[-1][: wrap - 1].rstrip(" ,;") + "…"
    return {"layer": layers, "title": heading}


def ticks(dates: Sequence[str]) -> dict[str, Any]:
    """Months where there are a few, else days or years."""
    from datetime import date

    span = (date.fromisoformat(dates[-1][:10]) - date.fromisoformat(dates[0][:10])).days
    if span < 62:
        some = [dates[0], dates[len(dates) // 2], dates[-1]]
        return {"format": "%-d %b", "values": [utc(d) for d in dict.fromkeys(some)]}
    if span < 800:
        return {"format": "%b", "tickCount": {"interval": "month", "step": 1 if span < 250 else 3}}
    return {"format": "%Y", "tickCount": {"interval": "year", "step": 1 + span // 3000}}


def utc(text: str) -> str:
    """A date that means the same day in every time zone."""
    return f"{text[:10]}T00:00:00Z"


def accessible(svg: str, ident: str, title: str, description: str) -> str:
    """Give an SVG its title and description, ids of its own, and a size that follows its container."""
    svg = re.sub(r' (?:role|aria-[a-z]+)="[^"]*"', "", visible(svg))
    title, description = visible(title), visible(description)
    svg = re.sub(r'<path class="(?:background|foreground)"[^>]*d="(?:M0,0h0v0h0Z)?"[^>]*/>', "", svg)
    svg = re.sub(r'(\bid="|url\(#)([^")]+)', rf"\1{ident}-\2", svg)
    svg = re.sub(r"(\d+\.\d{2})\d+", r"\1", svg)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    if box is None:
        raise ValueError("an SVG without a viewBox cannot be fitted to the page")
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {box[1]} {box[2]}" role="img" '
        f'aria-labelledby="{ident}-title {ident}-desc" style="max-width:{box[1]}px">'
        f'<title id="{ident}-title">{escape(title)}</title>'
        f'<desc id="{ident}-desc">{escape(description)}</desc>'
    )
    return re.sub(r"<svg[^>]*>", lambda _: head, svg, count=1)


# The figures of a brief


def outcome_colour(name: str, row: Mapping[str, Any]) -> str:
    """Three kinds: peaceful, not peaceful, and the clock running out."""
    if row.get("peaceful"):
        return PEACE
    return OPEN if name == CLOCK_OUT else FORCE


def worth_showing(rows: Mapping[str, Mapping[str, Sequence[float]]], least: float = 0.02) -> list[str]:
    """Names whose upper end ever reaches `least`; all of them when none does. At most twelve."""
    found = [name for name, row in rows.items() if max(row["p95"], default=0.0) >= least]
    return (found or list(rows))[:12]


def by_date(findings: Mapping[str, Any], order: Sequence[str]) -> Figure | None:
    """Chance that each outcome has happened by a date."""
    curves = findings.get("by_date") or {}
    dates, rows = curves.get("dates") or [], curves.get("outcomes") or {}
    outcomes = findings.get("outcomes") or {}
    rows = {name: rows[name] for name in order if name in rows and name in outcomes}
    if len(rows) > 1:
        rows.pop(CLOCK_OUT, None)  # it can only happen on the last day
    if len(dates) < 2 or not rows:
        return None
    chosen = worth_showing(rows)
    panels = [Panel(_title(n, outcomes[n]), dates, rows[n], outcome_colour(n, outcomes[n])) for n in chosen]
    said = "; ".join(
        f"{_title(n, outcomes[n])}: {percent(rows[n]['mean'][-1])}, nine in ten draws "
        f"{percent_range(rows[n]['p05'][-1], rows[n]['p95'][-1])}"
        for n in chosen
    )
    span = f"from {day(dates[0])} to {day(dates[-1])}"
    text = f"Chance that each outcome has happened, {span}. On the last day: {said}."
    return figure("by-date", "Chance of each outcome by date", text, panels)


def _title(name: str, row: Mapping[str, Any]) -> str:
    return str(row.get("title") or name.replace("_", " "))


def _bands(points: Sequence[Mapping[str, Any]]) -> dict[str, list[float]]:
    return {key: [float(p["mean"] if p.get(key) is None else p[key]) for p in points] for key in KEYS}


def outcome_series(findings: Mapping[str, Any], order: Sequence[str], marks: Sequence[str]) -> Figure | None:
    """The forecast as it stood at each past date."""
    series = findings.get("series") or []
    outcomes = findings.get("outcomes") or {}
    if len(series) < 2:
        return None
    dates = [p["as_of"] for p in series]
    names = [n for n in order if n in outcomes and all(n in p["outcomes"] for p in series)]
    rows = {n: _bands([p["outcomes"][n] for p in series]) for n in names}
    if not rows:
        return None
    chosen = worth_showing(rows)
    inside = [d for d in marks if dates[0] <= d <= dates[-1]]
    panels = [Panel(_title(n, outcomes[n]), dates, rows[n], outcome_colour(n, outcomes[n]), inside) for n in chosen]
    said = "; ".join(
        f"{_title(n, outcomes[n])}: from {percent(rows[n]['mean'][0])} to {percent(rows[n]['mean'][-1])}"
        for n in chosen
    )
    text = f"The forecast at {len(dates)} dates from {day(dates[0])} to {day(dates[-1])}. {said}."
    return figure("series", "The forecast through time", text, panels)


def belief_series(findings: Mapping[str, Any], actor: str, title: str, marks: Sequence[str]) -> Figure | None:
    """What was believed about one actor's hidden type at each past date."""
    types = (findings.get("beliefs") or {}).get(actor) or {}
    series = [p for p in findings.get("series") or [] if actor in (p.get("beliefs") or {})]
    if len(series) < 2 or len(types) < 2:
        return None
    dates = [p["as_of"] for p in series]
    inside = [d for d in marks if dates[0] <= d <= dates[-1]]
    names = [n for n in types if all(n in p["beliefs"][actor] for p in series)]
    panels, said = [], []
    for name in names:
        bands = _bands([p["beliefs"][actor][name] for p in series])
        heading = _title(name, types[name])
        panels.append(Panel(heading, dates, bands, MIND, inside))
        said.append(f"{_title(name, types[name])}: from {percent(bands['mean'][0])} to {percent(bands['mean'][-1])}")
    if not panels:
        return None
    text = f"Beliefs at {len(dates)} dates from {day(dates[0])} to {day(dates[-1])}. {'; '.join(said)}."
    return figure(
        f"belief-{re.sub(r'[^a-z0-9]+', '-', actor.lower())}", f"What is believed about {title}", text, panels
    )


__all__ = ["NBSP", "Figure", "Panel", "accessible", "belief_series", "by_date", "figure", "outcome_series"]
