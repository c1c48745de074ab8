"""What the commands print."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from findings_example import example, hostile, minimal, thin
from standoff.errors import Problem
from standoff.report import terminal


def _console(width: int = 100) -> Console:
    return Console(file=StringIO(), width=width, force_terminal=False, color_system=None)


def _printed(console: Console) -> str:
    file = console.file
    assert isinstance(file, StringIO)
    return file.getvalue().replace("\N{NO-BREAK SPACE}", " ")


ERROR = Problem("'forse'", "a factor", "Did you mean 'force'?", "case.yaml", 12, 3, "moves.orvane.land.when")
WARNING = Problem(
    "claim x, which nothing cites",
    "a use",
    "Cite it or drop it.",
    "evidence.yaml",
    2,
    1,
    "claims.x",
    "warning",
)


def test_problems_come_errors_first_with_place_and_mend() -> None:
    console = _console()
    terminal.print_problems([WARNING, ERROR], console, subject="selm-2031")
    text = _printed(console)
    assert text.index("case.yaml:12:3") < text.index("evidence.yaml:2:1")
    for part in (
        "error",
        "warning",
        "moves.orvane.land.when",
        "found",
        "'forse'",
        "expected",
        "a factor",
        "mend",
        "Did you mean 'force'?",
        "selm-2031: 1 error and 1 warning.",
    ):
        assert part in text


def test_no_problems_is_one_line() -> None:
    console = _console()
    terminal.print_problems([], console, subject="selm-2031")
    assert _printed(console) == "selm-2031: no problems found.\n"


def test_the_forecast_shows_every_outcome_with_its_band() -> None:
    console = _console(140)
    found = example()
    terminal.print_forecast(found, console)
    text = _printed(console)
    assert "as of 6 June 2031" in text
    for part in (
        "27 %",
        "7–54 %",
        "very unlikely to unlikely (5–45 %)",
        "Will blockade but not land",
        "128 draws worth 61",
        "seed 20310603",
        "case 9c1f04be77aa2d31",
    ):
        assert part in text


def test_the_assessment_tells_the_bottom_line_the_answers_and_where_things_are() -> None:
    console = _console()
    terminal.print_assessment(example(), console, files={"brief": "runs/selm/brief.html"})
    text = _printed(console)
    for part in (
        "Leading outcome",
        "Peaceful settlement",
        "1. Bluster, or will the fleet be used?",
        "When it next decides",
        "Brief: runs/selm/brief.html",
    ):
        assert part in text


def test_a_thin_ensemble_is_told_first() -> None:
    console = _console()
    terminal.print_forecast(thin(), console)
    text = _printed(console)
    assert text.index("Read this first") < text.index("How it may end")
    assert "An incident at sea (leaves 52 % of the weight)" in text


@pytest.mark.parametrize("width", [40, 60, 80, 100, 140])
@pytest.mark.parametrize("make", [example, thin, minimal, lambda: example(1), lambda: example(12)])
def test_no_line_is_wider_than_the_terminal(width: int, make: Any) -> None:
    console = _console(width)
    terminal.print_assessment(make(), console)
    assert max(len(line) for line in _printed(console).splitlines()) <= width


def test_nothing_in_a_case_is_obeyed_as_markup_or_control() -> None:
    found = hostile()
    found["case"]["title"] = "[bold red]x[/] \x1b[2J\x07 \u202etitle"
    console = _console()
    terminal.print_assessment(found, console)
    text = _printed(console)
    assert "[bold red]x[/]" in text
    assert "\x1b" not in text
    assert "\x07" not in text


@pytest.mark.parametrize(
    ("band", "expected"),
    [
        ({"mean": 0.5, "p05": 0.0, "p25": 0.25, "p75": 0.75, "p95": 1.0}, "--===o==--"),
        ({"mean": 0.0}, "o         "),
    ],
)
def test_a_bar_in_plain_characters(band: dict[str, float], expected: str) -> None:
    assert terminal.bar(band, 1.0, 10, plain=True) == expected


def test_a_bar_keeps_to_its_axis() -> None:
    assert terminal.bar({"mean": 2.0, "p05": -1.0, "p95": 3.0}, 1.0, 8, plain=True) == "-------o"
    assert terminal.bar({"mean": 0.0}, 0.0, 4, plain=True) == "o   "


def test_a_case_in_words() -> None:
    console = _console(80)
    described = {
        "title": "A case",
        "question": "What next?",
        "summary": "Two  sides.",
        "clock": {"text": "It starts.", "step": "week"},
        "order": ["one", "chance"],
        "factors": [{"name": "f", "text": "Force: low or high.", "because": ["c1"]}],
        "actors": [{"name": "one", "called": "the one", "text": "The one.", "judgement": "desk: so"}],
        "moves": [
            {"actor": "one", "name": "wait", "text": "Wait."},
            {"actor": "two", "name": "x", "text": "Not here."},
        ],
        "outcomes": [{"name": "end", "text": "An end."}],
    }
    terminal.print_case(described, console)
    text = _printed(console)
    assert "Within a week the order is: one, then chance." in text
    assert "What the one can do\n  - Wait." in text
    assert "Force: low or high. [c1]" in text
    assert "Judgement: desk: so" in text
    assert "Not here" not in text
    assert "What chance does" not in text


@pytest.mark.parametrize("width", [40, 100])
def test_a_ledger(width: int) -> None:
    console = _console(width)
    sheet = {
        "as_of": "2031-06-06",
        "reports": [
            {
                "id": "r",
                "title": "A report",
                "outlet": "The Courier",
                "published": "late May 2031",
                "grade": "B",
                "grade_words": "usually reliable",
                "text": "text held",
            }
        ],
        "claims": [
            {
                "id": "c1",
                "report": "r",
                "grade": "B2",
                "says": "Nine ships.",
                "attributed_to": "pilots",
                "origin": "pilots",
                "anchor_words": "passage verified",
                "testimony": {"counted": False, "why": "told before"},
            }
        ],
        "conflicts": [
            {
                "about": "ships",
                "unit": "ships",
                "explained": None,
                "sides": [
                    {"figure": "9 ships", "says": "Nine ships.", "report": "r", "published": "late May 2031"},
                    {
                        "figure": "18 ships",
                        "says": "Twice that.",
                        "report": "gone",
                        "published": "2031-05-02",
                    },
                ],
            }
        ],
        "history": [
            {"when": "late May 2031", "who": "orvane", "happened": "reinforce", "known": "2031-05-31"}
        ],
        "note": "Said with care.",
    }
    terminal.print_ledger(sheet, console)
    text = " ".join(_printed(console).split())
    for part in (
        "1 report, 1 claim, known by 6 June 2031",
        "B2 c1: Nine ships. (pilots)",
        "not counted: told before",
        "Figures at odds",
        "9 ships",
        "18 ships",
        "Not explained by the case.",
        "reinforce",
        "Said with care.",
    ):
        assert part in text
