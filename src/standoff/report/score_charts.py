"""Pictures of scores: through time, a panel for each forecaster on one scale, and calibration.

In every panel the model is a thin grey line, so that each forecaster is seen against it without a legend.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from standoff.language.printable import visible
from standoff.report import words
from standoff.report.charts import CONFIG, FONT, FORCE, INK, MIND, OPEN, PEACE, RULE, SOFT, Figure, accessible

COLOURS = {"standoff": PEACE, "no hidden types": MIND, "no strategy": FORCE}  # others are grey
Rows = list[dict[str, Any]]
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
    return _through_time(ident, title, f"{title}, by forecaster. {said}.", lines, case, model, ".0%", axis)


def scores(case: Mapping[str, Any], model: str, ident: str) -> Figure:
    """The Brier score of each forecaster through time."""
    lines = {
        who: [(point["as_of"], float(point["brier"])) for point in points] for who, points in case["forecasts"].items()
    }
    said = "; ".join(f"{who}: from {line[0][1]:.2f} to {line[-1][1]:.2f}" for who, line in lines.items())
    title = "Brier score through time (0 is best)"
    axis = ("Brier score,", "lower is better")
    return _through_time(ident, title, f"{title}. {said}.", lines, case, model, ".1f", axis)


def _through_time(
    ident: str, title: str, description: str, lines: Mapping[str, Sequence[tuple[str, float]]],
    case: Mapping[str, Any], model: str, form: str, axis: Sequence[str],
) -> Figure:  # fmt: skip
    top = max((value for line in lines.values() for _, value in line), default=1.0)
    ceiling = next((c for c in (0.05, 0.1, 0.2, 0.5, 1.0, 1.5) if top <= c + 1e-9), 2.0)
    end = case["ending"]["date"]
    drawn = []
    for wide, columns, width, height in ((True, 3, 206, 104), (False, 2, 140, 90)):
        panels = [
            _line_panel(
                who,
                line,
                lines[model],
                case["news"],
                end,
                ceiling,
                form,
                axis,
                COLOURS.get(who, OPEN),
                labels=i % columns == 0,
            )
            for i, (who, line) in enumerate(lines.items())
        ]
        drawn.append(
            _joined(panels, columns, width, height, f"{ident}-{'wide' if wide else 'narrow'}", title, description)
        )
    return Figure(drawn[0], drawn[1], visible(title), visible(description))


def _line_panel(
    who: str, line: Sequence[tuple[str, float]], against: Sequence[tuple[str, float]], news: Sequence[str], end: str,
    ceiling: float, form: str, axis: Sequence[str], colour: str, *, labels: bool,
) -> Any:  # fmt: skip
    import altair as alt

    from standoff.report.charts import _ticks

    first = against[0][0]
    x = alt.X(
        "d:T",
        title=None,
        scale=alt.Scale(domain=[_utc(first), _utc(end)], type="utc"),
        axis=alt.Axis(**_ticks([first, end]), grid=False, labelFlush=True, labelOverlap=True, labelPadding=6),
    )
    y = alt.Y(
        "v:Q",
        title=list(axis) if labels else None,
        scale=alt.Scale(domain=[0, ceiling], nice=False),
        axis=alt.Axis(format=form, values=[0, ceiling / 2, ceiling], labels=labels, labelPadding=5, **SIDE),
    )

    def steps(of: Sequence[tuple[str, float]]) -> Any:
        rows: Rows = [{"d": _utc(day), "v": value} for day, value in of]
        rows.append({"d": _utc(end), "v": of[-1][1]})  # the last forecast stands until the end
        return alt.Chart(alt.Data(values=rows)).encode(x=x, y=y)

    marks = alt.Chart(alt.Data(values=[{"d": _utc(day)} for day in news])).encode(x=x)
    layers = [
        marks.mark_rule(color=SOFT, strokeWidth=0.75, opacity=0.45, strokeDash=[2, 2]),
        steps(against).mark_line(strokeWidth=1.25, color=SOFT, opacity=0.7, interpolate="step-after"),
        steps(line).mark_line(strokeWidth=2.25, color=colour, interpolate="step-after"),
    ]
    return alt.layer(*layers).properties(title=words.capital(visible(who)))


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
    drawn = []
    for wide, columns, size in ((True, 3, 186), (False, 2, 128)):
        panels = [
            _calibration_panel(one, COLOURS.get(one["forecaster"], OPEN), labels=i % columns == 0)
            for i, one in enumerate(people)
        ]
        drawn.append(
            _joined(panels, columns, size, size, f"{ident}-{'wide' if wide else 'narrow'}", title, description)
        )
    return Figure(drawn[0], drawn[1], visible(title), visible(description))


def _calibration_panel(one: Mapping[str, Any], colour: str, *, labels: bool) -> Any:
    import altair as alt

    rows: Rows = [
        {
            "p": b["said"], "o": b["came"], "low": b["wilson"][0], "high": b["wilson"][1],
            "right": b["band"][0], "most": b["band"][1], "w": b["weight"],
        }
        for b in one["calibration"]
    ]  # fmt: skip
    scale = alt.Scale(domain=[0, 1], nice=False)
    x = alt.X("p:Q", title="said", scale=scale, axis=alt.Axis(format=".0%", values=[0, 0.5, 1], grid=False, **BELOW))
    axis = alt.Axis(format=".0%", values=[0, 0.5, 1], labels=labels, labelPadding=5, **SIDE)

    def y(name: str) -> Any:
        return alt.Y(f"{name}:Q", title="came true" if labels else None, scale=scale, axis=axis)

    base = alt.Chart(alt.Data(values=rows)).encode(x=x)
    diagonal = alt.Chart(alt.Data(values=[{"p": 0, "o": 0}, {"p": 1, "o": 1}])).encode(x=x, y=y("o"))
    layers = [
        base.mark_rule(strokeWidth=9, color=RULE, opacity=0.8).encode(y=y("right"), y2="most:Q"),
        diagonal.mark_line(strokeWidth=1, color=SOFT, strokeDash=[3, 3]),
        base.mark_rule(strokeWidth=1.25, color=colour).encode(y=y("low"), y2="high:Q"),
        base.mark_circle(opacity=1, color=colour, stroke=INK, strokeWidth=0.5).encode(
            y=y("o"), size=alt.Size("w:Q", scale=alt.Scale(range=[18, 110]), legend=None)
        ),
    ]
    return alt.layer(*layers).properties(title=words.capital(visible(str(one["forecaster"]))))


def _joined(
    panels: Sequence[Any], columns: int, width: int, height: int, ident: str, title: str, description: str
) -> str:
    import altair as alt
    import vl_convert

    spec = {
        "$schema": alt.SCHEMA_URL,
        "concat": [_bare(panel.properties(width=width, height=height).to_dict(validate=False)) for panel in panels],
        "columns": columns,
        "spacing": {"row": 22, "column": 14},
        "config": CONFIG,
    }
    return accessible(str(vl_convert.vegalite_to_svg(spec)), ident, title, description)


def _bare(panel: dict[str, Any]) -> dict[str, Any]:
    """A panel for a specification of several: its own schema and settings go, its data stay."""
    return {key: value for key, value in panel.items() if key not in ("$schema", "config")}


def _utc(text: str) -> str:
    return f"{text[:10]}T00:00:00Z"
