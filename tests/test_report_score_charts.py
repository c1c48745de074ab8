"""Pictures of scores: labels that are true, one scale for all panels, titles of a row on one line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from standoff.report import charts, score_charts


def told(top: float, **earlier: float) -> dict[str, Any]:
    """A case told by the model from 3 March, with `top` as its highest chance and score, and by others before."""
    lines = {"standoff": [("2031-03-03", top / 2), ("2031-03-08", top)]}
    lines |= {who: [("2031-02-21", value)] for who, value in earlier.items()}
    return {
        "ending": {"title": "War", "outcome": "war", "date": "2031-03-20"},
        "news": ["2031-02-01", "2031-03-02"],
        "forecasts": {
            who: [{"as_of": day, "outcomes": {"war": value}, "brier": value} for day, value in line]
            for who, line in lines.items()
        },
    }


def labels(svg: str) -> list[float]:
    """What stands beside the axis on the left, as numbers."""
    found = re.findall(r">([\d.]+)(%?)</text>", svg)
    return [float(number) / (100 if sign else 1) for number, sign in found]


def titles(svg: str) -> list[float]:
    """How high above its panel each title stands."""
    return [float(y) for y in re.findall(r'role-title[^>]*><g transform="translate\(0,([-\d.]+)\)', svg)]


@pytest.mark.parametrize("top", [0.03, 0.1, 0.2, 0.4, 1.0])
def test_labels_are_the_lines_they_stand_at(top: float) -> None:
    for made in (score_charts.chances, score_charts.scores):
        bottom, middle, ceiling = labels(made(told(top), "standoff", "x").wide)
        assert bottom == 0
        assert middle == pytest.approx(ceiling / 2)
        assert ceiling >= top


def test_labels_of_scores_and_of_small_chances() -> None:
    assert labels(score_charts.scores(told(1.3), "standoff", "x").wide) == [0, 0.75, 1.5]
    small = {key: [0.01, 0.04] for key in charts.KEYS}
    drawn = charts.figure("x", "t", "d", [charts.Panel("A", ["2031-03-01", "2031-03-09"], small)])
    assert [label for label in labels(drawn.wide) if label != 0.04] == [0, 0.025, 0.05]


def test_the_axis_holds_every_line_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    views: list[Any] = []

    def watched(some: list[Any], columns: int) -> str:
        views.extend(some)
        return charts.drawn(some, columns)

    monkeypatch.setattr("standoff.report.score_charts.drawn", watched)
    score_charts.scores(told(1.0, anna=0.3), "standoff", "x")
    for view in views:
        news, _, line, _ = view["layer"]
        assert line["encoding"]["x"]["scale"]["domain"] == [charts.utc("2031-02-21"), charts.utc("2031-03-20")]
        assert [row["d"] for row in news["data"]["values"]] == [charts.utc("2031-03-02")]


def bin_of(said: float, came: float, weight: float, most: float = 1.0) -> dict[str, Any]:
    return {"said": said, "came": came, "weight": weight, "wilson": [0, came], "band": [0, most]}


def test_panels_of_a_row_are_on_one_scale() -> None:
    people = [
        {"forecaster": "standoff", "calibration": [bin_of(0.9, 1.0, 100), bin_of(0.2, 0.1, 4, 0.4)]},
        {"forecaster": "anna", "calibration": [bin_of(0.3, 0.2, 4, 0.5)]},
        {"forecaster": "boris", "calibration": [bin_of(0.3, 0.2, 4)]},
    ]
    made = score_charts.calibration(people, "x")
    assert made is not None
    for svg in (made.wide, made.narrow):
        heights = titles(svg)
        assert len(heights) == 3
        assert len(set(heights)) == 1
    dots = re.findall(r'<path transform="translate\([^)]*\)" d="(M[^"]*)"[^>]*stroke="#22262b"', made.wide)
    assert len(dots) == 4
    assert len(set(dots[1:])) == 1  # dots of one weight are of one size
    assert dots[0] != dots[1]


def test_titles_of_lines_stand_on_one_line() -> None:
    lines = score_charts.chances(told(1.0, anna=0.3, boris=0.0), "standoff", "x").wide
    assert len(set(titles(lines))) == 1
