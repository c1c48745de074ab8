"""Pictures of scores: through time, a panel for each forecaster on one scale, and calibration.

In every panel the model is a thin grey line, so that each forecaster is seen against it without a legend.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from standoff.language.printable import visible
from standoff.report import words
from standoff.report.charts import (
    FONT,
    FORCE,
    INK,
    MIND,
    OPEN,
    PEACE,
    RULE,
    SOFT,
    Figure,
    accessible,
    drawn,
    ticks,
    utc,
)

COLOURS = {"standoff": PEACE, "no hidden types": MIND, "no strategy": FORCE}  # others are grey
Rows = list[dict[str, Any]]
Panel = dict[str, Any]  # what Vega-Lite calls a view
BELOW: dict[str, Any] = {"titleFont": FONT, "titleFontSize": 11, "titleFontWeight": "normal", "titleColor": SOFT}
SIDE: dict[str, Any] = {**BELOW, "labelFlush": True}  # labels stay within the panel, so that titles are on one line


def chances(case: Mapping[str, Any], model: str, ident: str) -> Figure:
    """What chance each forecaster gave, through time, to what then happened."""
    ending = case["ending"]
    title = f"Chance given to “{ending['title'] or ending['outcome']}”"
    lines = {
        who: [(point["as_of"], float(point["outcomes"][ending["outcome"]])) for point in points]
        for who, points in case["forecasts"].items()
    }
    said = "; ".join(
        f"{who}: from {words.percent(line[0][1])} to {words.percent(line[-1][1])}" for who, line in lines.items()
    )
    axis = ("chance,", "higher is better")
    return _through_time(ident, title, f"{title}, by forecaster. {said}.", lines, case, model, ".1~%", axis)


def scores(case: Mapping[str, Any], model: str, ident: str) -> Figure:
    """The Brier score of each forecaster through time."""
    lines = {
        who: [(point["as_of"], float(point["brier"])) for point in points] for who, points in case["forecasts"].items()
    }
    said = "; ".join(f"{who}: from {line[0][1]:.2f} to {line[-1][1]:.2f}" for who, line in lines.items())
    title = "Brier score through time (0 is best)"
    axis = ("Brier score,", "lower is better")
    return _through_time(ident, title, f"{title}. {said}.", lines, case, model, ".2~f", axis)


def _through_time(
    ident: str, title: str, description: str, lines: Mapping[str, Sequence[tuple[str, float]]],
    case: Mapping[str, Any], model: str, form: str, axis: Sequence[str],
) -> Figure:  # fmt: skip
    top = max((value for line in lines.values() for _, value in line), default=1.0)
    ceiling = next((c for c in (0.1, 0.2, 0.5, 1.0, 1.5) if top <= c + 1e-9), 2.0)
    first, end = min(line[0][0] for line in lines.values()), case["ending"]["date"]
    news = [day for day in case["news"] if first <= day <= end]
    pictures = []
    for wide, columns, width, height in ((True, 3, 206, 104), (False, 2, 140, 90)):
        panels = [
            _line_panel(
                who,
                line,
                lines[model],
                news,
                first,
                end,
                ceiling,
                form,
                axis,
                COLOURS.get(who, OPEN),
                labels=i % columns == 0,
            )
            for i, (who, line) in enumerate(lines.items())
        ]
        pictures.append(
            _joined(panels, columns, width, height, f"{ident}-{'wide' if wide else 'narrow'}", title, description)
        )
    return Figure(pictures[0], pictures[1], visible(title), visible(description))


def _line_panel(
    who: str, line: Sequence[tuple[str, float]], against: Sequence[tuple[str, float]], news: Sequence[str], first: str,
    end: str, ceiling: float, form: str, axis: Sequence[str], colour: str, *, labels: bool,
) -> Panel:  # fmt: skip
    x = {
        "field": "d",
        "type": "temporal",
        "title": None,
        "scale": {"domain": [utc(first), utc(end)], "type": "utc"},
        "axis": {**ticks([first, end]), "grid": False, "labelFlush": True, "labelOverlap": True, "labelPadding": 6},
    }
    y = {
        "field": "v",
        "type": "quantitative",
        "title": list(axis) if labels else None,
        "scale": {"domain": [0, ceiling], "nice": False},
        "axis": {"format": form, "values": [0, ceiling / 2, ceiling], "labels": labels, "labelPadding": 5, **SIDE},
    }

    def steps(of: Sequence[tuple[str, float]], **look: Any) -> Panel:
        rows: Rows = [{"d": utc(day), "v": value} for day, value in of]
        rows.append({"d": utc(end), "v": of[-1][1]})  # the last forecast stands until the end
        return _layer(rows, "line", {"x": x, "y": y}, interpolate="step-after", **look)

    dashed = {"color": SOFT, "strokeWidth": 0.75, "opacity": 0.45, "strokeDash": [2, 2]}
    layers = [
        _layer([{"d": utc(day)} for day in news], "rule", {"x": x}, **dashed),
        steps(against, strokeWidth=1.25, color=SOFT, opacity=0.7),
        steps(line, strokeWidth=2.25, color=colour),
        _headroom(4),
    ]
    return {"layer": layers, "title": words.capital(visible(who))}


def calibration(people: Sequence[Mapping[str, Any]], ident: str) -> Figure | None:
    """How often what had so much chance came true: dots, Wilson's interval, and the band of right forecasts."""
    people = [one for one in people if one["calibration"]]
    if not people:
        return None
    title = "Calibration: what had so much chance came true so often"
    parts = "; ".join(
        f"{one['forecaster']}: "
        + ", ".join(
            f"{words.percent(b['said'])} said, {words.percent(b['came'])} came true" for b in one["calibration"]
        )
        for one in people
    )
    description = f"{title}. {parts}."
    most = max(b["weight"] for one in people for b in one["calibration"])
    pictures = []
    for wide, columns, size in ((True, 3, 186), (False, 2, 128)):
        panels = [
            _calibration_panel(one, most, COLOURS.get(one["forecaster"], OPEN), labels=i % columns == 0)
            for i, one in enumerate(people)
        ]
        pictures.append(
            _joined(panels, columns, size, size, f"{ident}-{'wide' if wide else 'narrow'}", title, description)
        )
    return Figure(pictures[0], pictures[1], visible(title), visible(description))


def _calibration_panel(one: Mapping[str, Any], most: float, colour: str, *, labels: bool) -> Panel:
    rows: Rows = [
        {
            "p": b["said"], "o": b["came"], "low": b["wilson"][0], "high": b["wilson"][1],
            "right": b["band"][0], "most": b["band"][1], "w": b["weight"],
        }
        for b in one["calibration"]
    ]  # fmt: skip
    scale = {"domain": [0, 1], "nice": False}
    look = {"format": ".0%", "values": [0, 0.5, 1]}
    x = {
        "field": "p",
        "type": "quantitative",
        "title": "said",
        "scale": scale,
        "axis": {**look, "grid": False, **BELOW},
    }
    axis = {**look, "labels": labels, "labelPadding": 5, **SIDE}

    def at(name: str, **more: Any) -> dict[str, Any]:
        title = "came true" if labels else None
        return {
            "x": x,
            "y": {"field": name, "type": "quantitative", "title": title, "scale": scale, "axis": axis},
            **more,
        }

    size = {"field": "w", "type": "quantitative", "scale": {"domain": [0, most], "range": [18, 110]}, "legend": None}
    layers = [
        _layer(rows, "rule", at("right", y2={"field": "most"}), strokeWidth=9, color=RULE, opacity=0.8),
        _layer([{"p": 0, "o": 0}, {"p": 1, "o": 1}], "line", at("o"), strokeWidth=1, color=SOFT, strokeDash=[3, 3]),
        _layer(rows, "rule", at("low", y2={"field": "high"}), strokeWidth=1.25, color=colour),
        _layer(rows, "circle", at("o", size=size), opacity=1, color=colour, stroke=INK, strokeWidth=0.5),
        _headroom(11),
    ]
    return {"layer": layers, "title": words.capital(visible(str(one["forecaster"])))}


def _layer(rows: Rows, kind: str, encoding: Mapping[str, Any], **look: Any) -> Panel:
    return {"data": {"values": rows}, "mark": {"type": kind, **look}, "encoding": dict(encoding)}


def _headroom(radius: float) -> Panel:
    """Nothing to be seen, but as high above a panel as its marks may reach: a title stands above whatever is drawn, and
    those of a row are to stand on one line."""
    where = {"x": {"value": 60}, "y": {"value": 0}, "size": {"value": math.pi * radius**2}}
    return _layer([{}], "circle", where, opacity=0)


def _joined(
    panels: Sequence[Panel], columns: int, width: int, height: int, ident: str, title: str, description: str
) -> str:
    sized = [{**panel, "width": width, "height": height} for panel in panels]
    return accessible(drawn(sized, columns), ident, title, description)
