"""Charts over time, and the small strips beside numbers."""

from __future__ import annotations

import re
from html import unescape
from typing import Any
from xml.etree import ElementTree

import pytest

from findings_example import example
from standoff.language.printable import obeyed
from standoff.report import charts, strips

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def figures() -> dict[str, charts.Figure]:
    found = example()
    order = list(found["outcomes"])
    marks = [h["date"] for h in found["history"]]
    made = {
        "by-date": charts.by_date(found, order),
        "series": charts.outcome_series(found, order, marks),
        "beliefs": charts.belief_series(found, "orvane", "Orvane", marks),
    }
    assert all(made.values())
    return {name: figure for name, figure in made.items() if figure}


@pytest.mark.parametrize("name", ["by-date", "series", "beliefs"])
@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_every_chart_stands_alone_with_alternative_text(
    figures: dict[str, charts.Figure], name: str, width: str
) -> None:
    figure = figures[name]
    tree = ElementTree.fromstring(getattr(figure, width))
    title, description = tree.find(f"{SVG}title"), tree.find(f"{SVG}desc")
    assert title is not None
    assert title.text == figure.title
    assert description is not None
    assert description.text == figure.description
    labelled = tree.attrib["aria-labelledby"].split()
    assert labelled == [title.attrib["id"], description.attrib["id"]]
    assert tree.attrib["role"] == "img"
    assert "viewBox" in tree.attrib


def test_the_description_holds_the_numbers(figures: dict[str, charts.Figure]) -> None:
    assert re.search(r"The president leaves under a guarantee: 27\s%", figures["by-date"].description)
    assert re.search(r"from 14\s% to 27\s%", figures["series"].description)


def test_two_widths_share_no_id(figures: dict[str, charts.Figure]) -> None:
    ids = [
        i for f in figures.values() for svg in (f.wide, f.narrow) for i in re.findall(r'\bid="([^"]+)"', svg)
    ]
    assert len(ids) == len(set(ids))
    for figure in figures.values():
        for svg in (figure.wide, figure.narrow):
            own = set(re.findall(r'\bid="([^"]+)"', svg))
            assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= own


def test_text_stays_text_and_the_phone_width_is_a_phones(figures: dict[str, charts.Figure]) -> None:
    for figure in figures.values():
        assert "<text" in figure.narrow
        box = re.search(r'viewBox="0 0 ([\d.]+)', figure.narrow)
        assert box is not None
        assert float(box[1]) <= 345
        sizes = [float(s) for s in re.findall(r'font-size="([\d.]+)px"', figure.narrow)]
        assert min(sizes) >= 11


def test_low_chances_get_a_scale_of_their_own_only_when_the_common_one_would_flatten_them() -> None:
    def panel(top: float) -> charts.Panel:
        return charts.Panel("A", ["2031-03-01"], {key: [top] for key in charts.KEYS})

    assert charts.scales([panel(0.95), panel(0.9)]) == [1.0, 1.0]
    assert charts.scales([panel(0.95), panel(0.08)]) == [1.0, 0.1]
    assert charts.scales([panel(0.5), panel(0.19), panel(0.01)]) == [0.5, 0.2, 0.2]
    assert charts.scales([panel(0.5), panel(0.3)]) == [0.5, 0.5]
    assert charts.scales([]) == []


def test_the_clock_running_out_is_not_drawn_by_date(figures: dict[str, charts.Figure]) -> None:
    assert "The clock runs out" not in figures["by-date"].description
    assert "The clock runs out" in figures["series"].description


def test_a_crisis_of_days_and_one_of_years_have_axes_of_their_own() -> None:
    for last, expected in (("2031-03-20", "Mar"), ("2036-03-20", "2035")):
        bands = {key: [0.1, 0.2] for key in charts.KEYS}
        figure = charts.figure("x", "t", "d", [charts.Panel("A", ["2031-03-01", last], bands)])
        assert expected in figure.wide


def test_long_titles_are_cut_with_a_mark() -> None:
    bands = {key: [0.1, 0.2] for key in charts.KEYS}
    figure = charts.figure("x", "t", "d", [charts.Panel("word " * 60, ["2031-03-01", "2031-08-01"], bands)])
    assert "…" in unescape(figure.wide)


def test_too_little_to_draw_gives_no_chart() -> None:
    found: dict[str, Any] = example()
    found["by_date"]["dates"] = found["by_date"]["dates"][:1]
    found["series"] = found["series"][:1]
    order = list(found["outcomes"])
    assert charts.by_date(found, order) is None
    assert charts.outcome_series(found, order, []) is None
    assert charts.belief_series(found, "orvane", "Orvane", []) is None
    assert charts.belief_series(found, "nobody", "Nobody", []) is None
    assert charts.by_date({}, []) is None


def test_hopeless_outcomes_are_left_out_of_the_picture_but_never_all() -> None:
    rows = {"a": {"p95": [0.5]}, "b": {"p95": [0.001]}}
    assert charts.worth_showing(rows) == ["a"]
    assert charts.worth_showing({"b": {"p95": [0.001]}}) == ["b"]


def test_an_svg_without_a_box_is_refused() -> None:
    with pytest.raises(ValueError, match="viewBox"):
        charts.accessible("<svg></svg>", "x", "t", "d")


# Strips


def _numbers(svg: str, attribute: str) -> list[float]:
    return [float(v) for v in re.findall(rf'\b{attribute}="([\d.]+)%"', svg)]


def test_an_interval_puts_its_marks_in_percent_of_its_axis() -> None:
    band = {"mean": 0.3, "p05": 0.1, "p25": 0.2, "p75": 0.4, "p95": 0.5}
    svg = strips.interval(band, 0.5, charts.FORCE, "A <b>", prior=0.25)
    ElementTree.fromstring(svg)
    assert "&lt;b&gt;" in svg
    assert _numbers(svg, "cx") == [60.0]
    assert (20.0, 80.0) in list(zip(_numbers(svg, " x"), _numbers(svg, "width")[1:], strict=False))
    assert "stroke-dasharray" in svg
    assert "<title>" in svg


def test_an_interval_without_a_band_is_a_dot() -> None:
    svg = strips.interval({"mean": 0.3}, 1.0, charts.FORCE, "A")
    assert "<rect" not in svg
    assert "<circle" in svg


def test_the_axis_holds_every_band() -> None:
    assert strips.ceiling([{"mean": 0.1, "p95": 0.35}]) == 0.4
    assert strips.ceiling([{"mean": 0.9}]) == 1.0
    assert strips.ceiling([]) == 1.0
    assert strips.ticks(0.4) == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4])


@pytest.mark.parametrize(
    "svg",
    [
        strips.dumbbell(0.2, 0.4, 0.6, charts.PEACE, "A"),
        strips.quantity({"mean": 0.1, "p05": -0.2, "p25": 0, "p75": 0.2, "p95": 0.4}, -0.2, 0.4, "A"),
        strips.density({"edges": [0, 1, 2], "prior": [0.5, 0.5], "posterior": [0.1, 0.9]}, "A"),
        strips.density({"edges": [0, 0], "prior": [0], "posterior": [0]}, "A"),
        strips.course({"levels": ["a", "b"], "probabilities": [[0.4, 0.6], [0.1, 0.9]]}, "A"),
        strips.course({"levels": ["a", "b"], "probabilities": [[0.4, 0.6]]}, "A"),
        strips.timeline(
            [
                {"at": "2031-01-05", "number": 1, "href": "#history-0", "loud": True, "title": "x & y"},
                {"at": "2031-01-06", "number": 2, "href": "#history-1", "loud": True, "title": "z"},
                {"at": "2031-01-07", "number": 3, "href": "", "loud": False, "title": "q"},
            ],
            "2031-01-01",
            "2031-04-01",
            "A",
        ),
        strips.timeline([], "2031-01-01", "2031-01-01", "A"),
    ],
)
def test_every_strip_is_well_formed_with_a_title(svg: str) -> None:
    tree = ElementTree.fromstring(svg)
    title = tree.find(f"{SVG}title")
    assert title is not None
    assert (title.text or "").startswith("A")
    assert tree.attrib["role"] == "img"


def test_a_course_fills_its_height() -> None:
    svg = strips.course({"levels": ["a", "b"], "probabilities": [[0.4, 0.6], [0.1, 0.9]]}, "A")
    low, high = re.findall(r'd="M([^"]+)z"', svg)
    assert low == "0.00 60.00L100.00 90.00L100.00 100.00L0.00 100.00"
    assert high == "0.00 0.00L100.00 0.00L100.00 90.00L0.00 60.00"


def test_marks_that_would_touch_are_lifted() -> None:
    entries = [
        {"at": f"2031-01-0{d}", "number": d, "href": "", "loud": True, "title": "x"} for d in (5, 6, 7)
    ]
    svg = strips.timeline(entries, "2031-01-01", "2031-04-01", "A")
    heights = re.findall(r'<circle cx="[^"]+" cy="([\d.]+)" r="8"', svg)
    assert heights == ["25", "10", "25"]


OBEYED = "a\x1b[31m\x07\u202e\x9b\ufffe\ufeff b"


def test_characters_that_would_be_obeyed_never_reach_a_picture() -> None:
    found = example()
    for row in found["outcomes"].values():
        row["title"] = OBEYED
    made = charts.by_date(found, list(found["outcomes"]))  # unclean, this ends the whole program
    assert made is not None
    bands = {"mean": 0.2, "p05": 0.1, "p25": 0.15, "p75": 0.25, "p95": 0.3}
    entry = {"at": "2031-01-05", "number": 1, "href": "#a", "loud": True, "title": OBEYED}
    small = [
        strips.interval(bands, 0.4, charts.FORCE, OBEYED),
        strips.timeline([entry], "2031-01-01", "2031-02-01", OBEYED),
    ]
    for svg in (made.wide, made.narrow, *small):
        assert obeyed(svg) is None
        ElementTree.fromstring(svg)
        assert "\\u001b" in svg
    assert obeyed(made.description) is None
