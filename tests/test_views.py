"""Three views: the same draws weighed by history's priors, and past cases beside them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast_kit import COINS, heads
from forecast_kit import write as folder_of
from standoff.analysis.views import _some, views
from standoff.case import check, load
from standoff.forecast import Forecast, Settings, forecast
from standoff.forecast.common import points_like

CASE = """
standoff: 1
title: A quarrel
question: Does it end in a deal?
clock: {start: 2031-01-01, step: week, steps: 8}
parameters:
  prize: {prior: {uniform: [0, 1]}, HISTORY judgement: a guess}
factors: {state: {levels: [calm, tense]}}
actors:
  north:
    types: {soft: {prior: 0.6, judgement: a guess}, hard: {prior: 0.4, judgement: a guess}}
    sureness: 6
    PAST
    precision: 4
    standing: hold
moves:
  north:
    hold: {}
    push: {when: state is calm, then: {state: tense}, costs: "0.2 if north is soft else 0.02"}
    settle: {ends: deal}
    strike: {when: state is tense, ends: war, costs: "0.4 if north is soft else 0.1"}
outcomes:
  deal: {peaceful: true, worth: {north: prize}}
  war: {worth: {north: 0.8}}
  unresolved: {worth: {north: 0.1}}
CLASSES
"""
HISTORY = "history: {beta: [4, 2]},"
PAST = "history: {counts: {soft: 5, hard: 15}, source: a count}"
CLASSES = """
reference_classes:
  peace: {title: Such quarrels that ended in a deal, outcomes: [deal], count: 6, of: 20, source: a count}
"""
SETTINGS = Settings(draws=32, grid=8, check_grid=False, refine=False)


def write(folder: Path, history: str = "", past: str = "", classes: str = "", *changes: tuple[str, str]) -> Path:
    folder.mkdir(parents=True)
    text = CASE.replace("HISTORY", history).replace("    PAST\n", f"    {past}\n" if past else "")
    for old, new in (("CLASSES", classes), *changes):
        assert old in text
        text = text.replace(old, new)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def made_of(folder: Path, history: str = "", past: str = "", classes: str = "") -> Forecast:
    write(folder, history, past, classes)
    return forecast(load(folder), settings=SETTINGS)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return made_of(tmp_path_factory.mktemp("views") / "c", HISTORY, PAST, CLASSES)


def test_the_second_view_is_a_forecast_that_holds_the_other_priors(made: Forecast, tmp_path: Path) -> None:
    found = views(made)
    changes = [
        ("{uniform: [0, 1]}", "{beta: [4, 2]}"), ("prior: 0.6", "prior: 5.5 / 21"), ("prior: 0.4", "prior: 15.5 / 21"),
        ("sureness: 6", "sureness: 21"),
    ]  # fmt: skip
    other = forecast(load(write(tmp_path / "other", "", "", "", *changes)), settings=SETTINGS)
    assert found.history is not None
    assert found.worth == pytest.approx(other.effective_draws)
    for name, band in other.outcomes.items():
        assert found.history[name] == pytest.approx(band, abs=1e-9)
        assert found.judgement[name] == made.outcomes[name]
    assert abs(found.history["deal"]["mean"] - found.judgement["deal"]["mean"]) > 0.01
    for kind, both in found.beliefs["north"].items():
        assert both["history"] == pytest.approx(other.beliefs["north"][kind], abs=1e-9)
    assert [one["name"] for one in found.replaced] == ["prize", "north"]


def test_a_class_stands_beside_both_views(made: Forecast) -> None:
    found = views(made)
    (row,) = found.rows
    assert row["outside"]["mean"] == pytest.approx(6.5 / 21)
    assert row["judgement"]["mean"] == pytest.approx(made.outcomes["deal"]["mean"])
    assert found.outside is not None
    assert found.outside["war"] == pytest.approx((1 - 6.5 / 21) / 2)
    assert json.dumps(found.to_json())


def test_a_scenario_names_the_class_it_is_at_odds_with(tmp_path: Path) -> None:
    from standoff.report.about.views import section
    from standoff.report.findings import findings
    from standoff.report.references import References

    more = (
        CLASSES + "  talks: {title: Wars of such quarrels, outcomes: [deal, war], count: 1, of: 20, source: a count}\n"
    )
    made = made_of(tmp_path / "c", "", "", more)
    found = views(made)
    assert [one["against"] for one in found.rows] == [None, "peace"]
    told = {**findings(made), "views": found.to_json()}
    row = section(told, References(told))
    assert row is not None
    assert [one["against"] for one in row["classes"]] == ["", "such quarrels that ended in a deal"]


def test_nothing_to_set_beside_is_no_view(tmp_path: Path) -> None:
    found = views(made_of(tmp_path / "c"))
    assert not found.several
    assert (found.outside, found.history, found.rows) == (None, None, ())


def test_from_few_draws_it_is_no_answer(tmp_path: Path) -> None:
    few = forecast(load(write(tmp_path / "c", HISTORY, PAST)), settings=Settings(draws=4, grid=8, check_grid=False))
    found = views(few)
    assert found.thin is not None
    assert found.history is None
    assert found.worth is not None
    assert found.worth < 16


def test_the_draws_made_again_are_weighed_as_the_mixture_they_are_of(tmp_path: Path) -> None:
    """Ten heads of ten refine around loaded coins. Of the draws in the cube's half of fair ones and in the other one
    the weights must still say that a prior has half of its chance in each."""
    made = forecast(load(folder_of(tmp_path / "c", COINS, heads(*range(10)))), settings=Settings(draws=80))
    assert made.refined == 40
    some = _some(points_like(made, made.structure), 64)
    assert (len(some.u), some.drawn) == (64, 43)
    assert (some.u[:43] == made.records["u"][:43]).all()
    assert (some.u[43:] == made.records["u"][80:101]).all()
    weight = np.exp(-some.log_proposal)
    assert weight @ (some.u[:, 0] < 0.5) / weight.sum() == pytest.approx(0.5, abs=0.05)
    assert weight.mean() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize(
    ("history", "past", "path"),
    [
        ("history: {fixed: 1},", "", "parameters.prize.history"),
        ("history: {beta: [0, 2]},", "", "parameters.prize.history.beta"),
        ("", "history: {counts: {soft: 1}, source: x}", "actors.north.history.counts"),
        ("", "history: {counts: {soft: 1, hard: 2, odd: 3}, source: x}", "actors.north.history.counts.odd"),
        ("", "history: {counts: {soft: -1, hard: 2}, source: x}", "actors.north.history.counts.soft"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, history: str, past: str, path: str) -> None:
    folder = write(tmp_path / "c", history, past)
    said: dict[str, Any] = {problem.path: problem for problem in check(folder) if problem.level == "error"}
    assert path in said


def test_the_documented_shape(made: Forecast) -> None:
    from test_cli_scripts import differences, shapes

    found = views(made)
    (shape,) = shapes("Three views")
    assert differences(shape, json.loads(json.dumps(found.to_json()))) == []


def test_the_section_of_the_brief(made: Forecast) -> None:
    """Every view has its column, the leading ending is told in each, and a scenario is told as one."""
    from standoff.report.about.views import section
    from standoff.report.findings import findings
    from standoff.report.references import References

    found = views(made)
    told = {**findings(made), "views": found.to_json()}
    row = section(told, References(told))
    assert row is not None
    assert row["views"] == ["Judgement", "History", "Past cases"]
    assert all(len(one["cells"]) == 3 for one in row["outcomes"])
    assert row["classes"][0]["count"] == "6 of 20, no time set: an upper bound"
    assert not row["classes"][0]["alone"]
    assert len(row["replaced"]) == 2
    assert row["replaced"][1]["rests"] == "A count: a count."
    (before, same, outside, independent, class_) = row["why"]
    assert independent.endswith("are not independent.")
    assert before.startswith(
        "Before the evidence, that North “hard” has 40\u00a0% by judgement and 74\u00a0% by history; "
    )
    assert "judgement in both views" in same
    assert outside.endswith("56\u00a0days are left.")
    assert class_.endswith("the narrowest class that holds it has 6 of 20, no time set: an upper bound.")
    assert "by past cases alone" in row["head"]
    assert section({}, References(told)) is None


def _told(folder: Path, classes: str) -> Any:
    from standoff.report.about.views import section
    from standoff.report.findings import findings
    from standoff.report.references import References

    made = made_of(folder, "", "", classes)
    told = {**findings(made), "views": views(made).to_json()}
    return section(told, References(told)), made


def test_only_classes_with_a_time_are_compared_in_the_headline(tmp_path: Path) -> None:
    """A class without `within` is not scaled to the time left; its numbers are marked and said to be upper bounds."""
    class_ = CLASSES.replace("[deal], count: 6", "[war], count: 12")
    timeless, _ = _told(tmp_path / "a", class_)
    timed, _ = _told(tmp_path / "b", class_.replace("source:", "within: {times: 4, per: week}, source:"))
    assert "furthest apart" not in timeless["head"]
    assert "and past cases are furthest apart on “war”" in timed["head"].lower()
    assert timeless["classes"][0]["count"] == "12 of 20, no time set: an upper bound"
    assert timed["classes"][0]["count"] == "12 of 20 within 4 weeks"
    marks = {one["title"]: one["cells"][-1]["marks"] for one in timeless["outcomes"]}
    assert marks == {"War": "‡", "Deal": "†‡", "Unresolved": "†‡"}
    assert [mark[0] for mark in timeless["marks"]] == ["†", "‡"]
    assert {one["cells"][-1]["marks"] for one in timed["outcomes"]} == {"", "†"}


def test_a_class_is_shown_with_its_source_and_what_it_counts_as(tmp_path: Path) -> None:
    from rich.console import Console

    from standoff.case import describe
    from standoff.report.brief import render_html, render_markdown
    from standoff.report.findings import findings
    from standoff.report.say.views import print_views

    _, made = _told(tmp_path / "c", CLASSES.replace("source: a count", "source: a count, judgement: Rather few"))
    seen = views(made).to_json()
    told = {**findings(made), "views": seen}
    assert "A count. Rather few. Counts as: deal." in " ".join(render_markdown(told).split())
    assert "A count. Rather few. Counts as: <a" in " ".join(render_html(told).split())
    console = Console(width=200, record=True, file=io.StringIO())
    print_views(seen, told, console, name="c")
    printed = console.export_text()
    assert "Such quarrels that ended in a deal: A count. Rather few. Counts as: deal." in printed
    assert "divided evenly, with no past case behind" in printed
    (past,) = describe(made.case.written)["past"]
    assert past["text"] == "Such quarrels that ended in a deal: 6 of 20, no time set. Counts as “deal”. A count."
    assert "## What past cases say, beside it" in describe(made.case.written)["text"]
