"""Cases told again: the forecasts are those the program would have made, the variants what they say they are."""

from __future__ import annotations

import io
import math
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

from case_kit import CASE, EVIDENCE, changed, written
from forecast_kit import COINS, PUSHES, day, edited, heads, write
from standoff.case import load, shipped_cases
from standoff.errors import ScoreError
from standoff.forecast import Settings, draw, forecast
from standoff.forecast.common import walks
from standoff.forecast.outside import outside
from standoff.forecast.timeline import timeline
from standoff.game import compile_case
from standoff.report.backtest import render
from standoff.report.say.score import print_backtest
from standoff.score.backtest import BASE, COIN, EVEN, MERGED, MODEL, backtest, dates_before
from standoff.score.runs import ending_of, order_in
from standoff.score.variants import merged, unheard, without_strategy, without_types
from standoff.solver import solve

SMALL = Settings(draws=8, grid=4)
ENDING = "\nending: {date: 2031-03-20, outcome: withdrawn, source: 'the harbour master'}\n"


@pytest.fixture(scope="module")
def sel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("cases") / "sel", CASE + ENDING)


# Told again -------------------------------------------------------------------------------------------------


def test_the_last_forecast_is_the_program_s_own(sel: Path) -> None:
    case = load(sel)
    (told,) = backtest([case], settings=SMALL).cases
    last = told.points[MODEL][-1]
    made = forecast(case, as_of=last.as_of, settings=SMALL)
    assert last.chances == pytest.approx({name: band["mean"] for name, band in made.outcomes.items()})
    assert last.effective_draws == pytest.approx(made.effective_draws)
    assert told.draws == len(made.weights)
    for m, when in enumerate(made.dates):
        (point,) = [one for one in told.points[MODEL] if one.as_of == when]
        assert point.chances == pytest.approx({name: band["mean"] for name, band in made.outcomes_at(m).items()})


def test_draws_are_refined_as_in_a_forecast(tmp_path: Path) -> None:
    ending = f"ending: {{date: {day(11, 2)}, outcome: burnt, source: test}}\n"
    case = load(write(tmp_path / "coins", COINS + ending, heads(*range(11))))
    settings = Settings(draws=32, grid=2)
    told = backtest([case], settings=settings).cases[0]
    last = told.points[MODEL][-1]
    made = forecast(case, as_of=last.as_of, settings=settings)
    assert made.refined > 0
    assert told.draws == len(made.weights)
    assert last.effective_draws == pytest.approx(made.effective_draws)
    assert last.chances == pytest.approx({name: band["mean"] for name, band in made.outcomes.items()})


def test_every_date_is_before_the_ending(sel: Path) -> None:
    case = load(sel)
    resolution = ending_of(case.document, "sel")
    assert resolution is not None
    days, news = dates_before(case, resolution)
    assert days == sorted(set(days))
    assert set(news) <= set(days)
    assert days[0] == case.document.clock.start
    assert days[-1] == news[-1] < resolution.resolved
    assert dates_before(case, resolution, "news") == (news, news)


def test_what_was_published_after_the_ending_changes_nothing(tmp_path: Path) -> None:
    """History up to the eve decides; an ending in week 3 hears nothing of week 4."""
    ending = f"ending: {{date: {day(3)}, outcome: burnt, source: test}}\n"
    cases = [
        load(write(tmp_path / name, COINS + ending, heads(*weeks)))
        for name, weeks in (("early", (0, 1)), ("late", (0, 1, 4, 6)))
    ]
    early, late = backtest(cases, settings=Settings(draws=16, grid=2, refine=False)).cases
    by_day = {one.as_of: one.chances for one in late.points[MODEL]}
    assert all(by_day[one.as_of] == pytest.approx(one.chances) for one in early.points[MODEL])
    assert max(by_day) < day(3)


def test_who_is_compared(sel: Path) -> None:
    made = backtest([load(sel)], settings=SMALL)
    told = made.cases[0]
    assert list(told.points) == [MODEL, MERGED, COIN, EVEN]  # the starter states no reference class
    assert {len(points) for points in told.points.values()} == {len(told.points[MODEL])}
    for points in told.points.values():
        for point in points:
            assert math.fsum(point.chances.values()) == pytest.approx(1)
            assert list(point.chances) == list(told.case.document.outcomes)
    assert {one.forecaster for one in made.scores.standings} == set(told.points)
    assert all(one.ranked is not None for one in made.scores.standings)
    assert all(one.low is None for one in made.scores.paired)  # one case has no interval


def test_base_rates_are_the_reference_classes(tmp_path: Path) -> None:
    classes = "\nreference_classes: {cordons: {outcomes: [withdrawn], count: 30, of: 40, source: 'test: a count'}}\n"
    case = load(written(tmp_path / "sel", CASE + ENDING + classes))
    told = backtest([case], settings=Settings(draws=2, grid=2), every="news").cases[0]
    assert [one.chances for one in told.points[BASE]] == [
        outside(case.document, one.as_of) for one in told.points[BASE]
    ]


def test_draws_are_kept_and_found_again(sel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = backtest([load(sel)], settings=Settings(draws=2, grid=2), out=tmp_path, every="news")

    def never(*_: object) -> None:
        raise AssertionError("solved again")

    monkeypatch.setattr(draw, "solve", never)
    again = backtest([load(sel)], settings=Settings(draws=2, grid=2), out=tmp_path, every="news")
    assert again.cases[0].points == first.cases[0].points


def test_scores_are_over_the_days_of_the_clock(sel: Path) -> None:
    made = backtest([load(sel)], settings=SMALL, every="news")
    (told,) = made.cases
    clock_days = (told.deadline - told.points[MODEL][0].as_of).days
    for one in made.scores.scored:
        assert (one.days, one.open) == (clock_days, (told.resolution.resolved - told.points[MODEL][0].as_of).days)
    (even,) = (one for one in made.scores.standings if one.forecaster == EVEN)
    assert even.brier == pytest.approx(even.even)
    assert even.brier_while_open == pytest.approx(1 - 1 / len(told.case.document.outcomes))


def without(monkeypatch: pytest.MonkeyPatch, rules_out: Callable[[str, int, int], bool]) -> None:
    """Draws whose key and date (of so many) `rules_out` names have no weight."""

    def emptied(key: str, *arguments: Any, **more: Any) -> Any:
        found = walks(key, *arguments, **more)
        weights = found.log_weights.copy()
        for m in range(weights.shape[1]):
            if rules_out(key, m, weights.shape[1]):
                weights[:, m] = -np.inf
        return replace(found, log_weights=weights)

    monkeypatch.setattr(sys.modules[backtest.__module__], "walks", emptied)


def test_a_variant_that_no_draw_carries_at_a_date_is_left_out_there(sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, lambda key, m, all_: COIN in key and m == all_ - 1)
    made = backtest([load(sel)], settings=SMALL, every="news")
    (told,) = made.cases
    dates = [one.as_of for one in told.points[MODEL]]
    assert told.silent == {COIN: (dates[-1],)}
    assert [one.as_of for one in told.points[COIN]] == dates[:-1]
    found = made.to_json()
    assert found["cases"][0]["silent"] == {COIN: [dates[-1].isoformat()]}
    text = io.StringIO()
    print_backtest(found, Console(file=text, width=80))
    assert "No strategy: no draw allows what was known on" in text.getvalue()
    assert "what it said before stands" in render(found)


def test_a_variant_that_no_draw_carries_at_all_is_left_out(sel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without(monkeypatch, lambda key, m, all_: MERGED in key)
    made = backtest([load(sel)], settings=SMALL, every="news")
    assert MERGED not in made.cases[0].points
    assert "and is left out" in render(made.to_json())
    without(monkeypatch, lambda key, m, all_: MODEL in key)
    with pytest.raises(ScoreError, match="none of which allows what was known on any of"):
        backtest([load(sel)], settings=SMALL, every="news")


def test_progress_is_of_all_cases_and_variants(sel: Path, tmp_path: Path) -> None:
    other = written(tmp_path / "other", CASE + ENDING)
    told: list[tuple[int, int]] = []
    stages: list[str] = []
    backtest(
        [load(sel), load(other)], settings=Settings(draws=2, grid=2, refine=False), every="news",
        progress=lambda done, all_: told.append((done, all_)), stage=stages.append,
    )  # fmt: skip
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert told[-1] == (12, 12)
    assert {all_ for _, all_ in told} == {12}
    assert stages[0] == "case 1 of 2, sel: standoff"
    assert stages[-1] == "case 2 of 2, other: no strategy"


def test_what_was_done_before_an_interruption_is_not_done_again(
    sel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(draws=2, grid=2, refine=False)
    calls = 0

    def counted(*arguments: Any, **more: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == stop:
            raise KeyboardInterrupt
        return solve(*arguments, **more)

    monkeypatch.setattr(draw, "solve", counted)
    stop = 5  # in the third variant, after two of two draws each
    with pytest.raises(KeyboardInterrupt):
        backtest([load(sel)], settings=settings, out=tmp_path, every="news")
    stop = calls = 0
    again = backtest([load(sel)], settings=settings, out=tmp_path, every="news")
    assert calls == 2
    monkeypatch.setattr(draw, "solve", solve)
    assert again.cases[0].points == backtest([load(sel)], settings=settings, every="news").cases[0].points


def test_cases_that_cannot_be_told_again(tmp_path: Path, sel: Path) -> None:
    bare = load(written(tmp_path / "bare"))
    with pytest.raises(ScoreError, match=r"no case with an ending \(bare\)"):
        backtest([bare])
    with pytest.raises(ScoreError, match="two cases called sel"):
        backtest([load(sel), load(sel)])
    with pytest.raises(ScoreError, match="step or news"):
        backtest([load(sel)], every="day")  # type: ignore[arg-type]
    early = load(written(tmp_path / "early", CASE + ENDING.replace("2031-03-20", "2031-03-01")))
    with pytest.raises(ScoreError, match="when the clock starts"):
        backtest([early])
    made = backtest([bare, load(sel)], settings=Settings(draws=2, grid=2), every="news")
    assert made.left_out == ("bare",)
    assert made.to_json()["left_out"] == ["bare"]


def test_what_came_after_the_clock_was_no_outcome_of_it(tmp_path: Path) -> None:
    over = date(2031, 3, 1) + timedelta(days=84)
    for when, outcome in ((over, "withdrawn"), (date(2032, 1, 1), "unresolved")):
        case = load(written(tmp_path / outcome, CASE + ENDING.replace("2031-03-20", str(when))))
        found = ending_of(case.document, outcome)
        assert found is not None
        assert (found.outcome, found.resolved) == ("withdrawn", when)  # as it is written
        made = backtest([case], settings=Settings(draws=2, grid=2), every="news")
        assert (made.cases[0].resolution.outcome, made.cases[0].resolution.resolved) == (
            outcome,
            min(when, over + timedelta(days=1)),
        )
        assert made.scores.docket.questions[0].happened == outcome
        assert any("came after the deadline" in one for one in made.scores.remarks) is (outcome == "unresolved")
    text = io.StringIO()
    print_backtest(made.to_json(), Console(file=text, width=80))
    assert "came after the deadline" in " ".join(text.getvalue().split())
    assert "came after the deadline" in render(made.to_json())


def test_a_move_that_ends_the_story_is_not_known_before_the_ending(tmp_path: Path) -> None:
    """Dated before the ending, it would tell how the story ends."""
    tighten = "  - {date: 2031-03-02, admiralty: tighten, because: [boats-sent]}\n"
    ended = "  - {date: 2031-03-10, council: give_up, judgement: test}\n"
    evidence = changed(EVIDENCE, (tighten, tighten + ended))
    case = load(written(tmp_path / "told", CASE + ENDING, evidence))
    (warning,) = (one for one in case.warnings if "ends the story" in one.found)
    assert (warning.path, warning.line > 0) == ("history.1", True)
    told = backtest([case], settings=Settings(draws=2, grid=2, refine=False)).cases[0]
    assert max(one.as_of for one in told.points[MODEL]) < date(2031, 3, 10)
    over = replace(case.evidence.history[1], known=date(2031, 3, 1))
    with pytest.raises(ScoreError, match="when the clock starts"):
        backtest([replace(case, evidence=replace(case.evidence, history=(over,)))])


def test_a_case_orders_its_outcomes_by_how_peaceful_they_are(sel: Path) -> None:
    order = order_in(load(sel).document)
    assert order is not None
    outcomes = load(sel).document.outcomes
    assert all(outcomes[name].peaceful for name in order[0])
    assert not any(outcomes[name].peaceful for rank in order[1:] for name in rank)
    assert {name for rank in order for name in rank} == set(outcomes)


@pytest.mark.slow
def test_the_shipped_case_is_told_again() -> None:
    case = load(shipped_cases()["venezuela-2025"])
    made = backtest([case], settings=Settings(draws=2, grid=2, refine=False), every="news")
    told = made.cases[0]
    assert told.resolution.outcome == "captured"
    assert max(one.as_of for one in told.points[MODEL]) < told.resolution.resolved
    assert all(point.thin for point in told.points[MODEL])  # two draws carry nothing
    assert {one.forecaster for one in made.scores.standings} >= {MODEL, MERGED, COIN, EVEN}


# The variants -----------------------------------------------------------------------------------------------


def test_without_types_payoffs_are_the_mean_over_the_prior(tmp_path: Path) -> None:
    structure = without_types(compile_case(load(write(tmp_path / "pushes", PUSHES))))
    game = structure.game({})
    assert game.secret == ()
    play = solve(game, play_from=0, grid_error=False).start_play()["a"]
    (chances,) = play.values()
    mean_cost = 0.7 * 0.5 + 0.3 * -0.1
    assert chances["push"] == pytest.approx(1 / (1 + math.exp(4 * mean_cost)))


def test_merging_types_that_are_alike_changes_nothing(tmp_path: Path) -> None:
    alike = edited(PUSHES, ("costs: {a: {x: 0.5, y: -0.1}}", "costs: {a: 0.4}"))
    game = compile_case(load(write(tmp_path / "alike", alike))).game({})
    one, other = (solve(each, play_from=0, grid_error=False) for each in (game, merged(game)))
    mine = next(iter(other.start_play()["a"].values()))
    for chances in one.start_play()["a"].values():
        assert chances == pytest.approx(mine)
    assert dict(one.outcomes) == pytest.approx(dict(other.outcomes))


TWO = """
standoff: 1
title: Two secrets
question: Who yields?
clock: {start: 2030-01-07, step: week, steps: 2}
factors: {level: {levels: [low, high]}}
actors:
  a: {types: {x: {prior: 0.7}, y: {prior: 0.3}}}
  b: {types: {s: {prior: 0.4}, t: {prior: 0.6}}}
moves:
  a: {hold: {}, push: {then: {level: high}, costs: {b: {s: 1 if a is y else 2, t: 5}}}}
  b: {hold: {}}
events:
  slip: {when: level is low, chance: 0.5 if b is s else 0.1, ends: over}
outcomes:
  over: {worth: {a: {x: 10 if b is s else 0, y: 1}, b: 3}}
  unresolved: {worth: {a: 0, b: 0}}
"""


def test_payoffs_that_depend_on_several_secrets_are_averaged_over_them_together(tmp_path: Path) -> None:
    game = merged(compile_case(load(write(tmp_path / "two", TWO))).game({}))
    over = int(np.nonzero(game.terminal_outcome == game.outcomes.index("over"))[0][0])
    assert game.terminal_worth.shape[2:] == (2, 1)
    assert game.terminal_worth[0, over, :, 0] == pytest.approx([0.7 * 0.4 * 10 + 0.3 * 1, 3.0])
    push = next(phase for phase in game.phases if phase.label == "a")
    costs = -push.pay[0, :, 1, 0]
    assert costs.max() == pytest.approx(0.4 * (0.3 * 1 + 0.7 * 2) + 0.6 * 5)
    slip = next(phase for phase in game.phases if phase.label == "slip")
    assert slip.br_prob.shape[2] == 1
    assert 0.4 * 0.5 + 0.6 * 0.1 in [pytest.approx(float(p)) for p in slip.br_prob.ravel()]
    assert solve(game, grid_error=False).outcomes["over"] > 0


def test_without_strategy_every_open_move_is_as_likely(sel: Path) -> None:
    structure = without_strategy(compile_case(load(sel)))
    solution = solve(structure.game(structure.at_quantile()), grid=4, play_from=0, grid_error=False)
    for by_type in solution.start_play().values():
        for chances in by_type.values():
            assert list(chances.values()) == pytest.approx([1 / len(chances)] * len(chances))


def test_testimony_about_types_is_not_heard_where_there_are_none(sel: Path) -> None:
    case = load(sel)
    structure = compile_case(case)
    line = timeline(structure.document, structure.phases, case.evidence, date(2031, 3, 10))
    assert any(item.types for items in line.testimony.values() for item in items)
    deaf = unheard(line)
    assert not any(item.types for items in deaf.testimony.values() for item in items)
    said = [item.where for items in line.testimony.values() for item in items if item.where]
    assert [item.where for items in deaf.testimony.values() for item in items] == said
