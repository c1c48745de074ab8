"""Scoring: nothing before it is resolved, updates by the time they stood, forecasters on what they share."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.errors import ScoreError
from standoff.score.questions import Docket, docket
from standoff.score.score import ENOUGH, interval, score
from standoff.score.table import Resolution, Said

START, END = date(2031, 1, 1), date(2031, 3, 1)


def said(who: str, question: str, day: int, calm: float, **more: float) -> Said:
    chances = {"calm": calm, "war": 1 - calm - sum(more.values()), **more}
    return Said(who, question, START + timedelta(days=day), END, chances)


def resolved(question: str, outcome: str = "war", day: int = 40) -> Resolution:
    return Resolution(question, outcome, START + timedelta(days=day), "press")


def laid(rows: list[Said], endings: list[Resolution], as_of: date = END, **more: object) -> Docket:
    return docket(rows, endings, as_of=as_of, **more)  # type: ignore[arg-type]


# What counts ------------------------------------------------------------------------------------------------


def test_nothing_is_scored_before_it_is_resolved() -> None:
    rows = [said("anna", "strait", 0, 0.7)]
    for as_of, why in ((START, "open until 2031-03-01"), (END, "no resolution says what happened")):
        found = laid(rows, [], as_of)
        assert not found.questions
        assert why in found.open[0].why
    early = laid(rows, [resolved("strait")], START + timedelta(days=39))
    assert not early.questions
    assert "resolved on 2031-02-10, after 2031-02-09" in early.open[0].why
    assert laid(rows, [resolved("strait")], START + timedelta(days=40)).questions[0].happened == "war"


def test_what_was_made_after_as_of_is_not_looked_at() -> None:
    rows = [said("anna", "strait", 0, 0.7), said("anna", "strait", 50, 0.1)]
    assert len(laid(rows, [resolved("strait")], START + timedelta(days=45)).questions[0].said["anna"]) == 1


@pytest.mark.parametrize(("day", "when"), [(40, "on the day of"), (41, "after")])
def test_a_forecast_made_when_it_was_resolved_is_refused(day: int, when: str) -> None:
    with pytest.raises(ScoreError, match=f"{when} its resolution"):
        laid([said("anna", "strait", day, 0.7)], [resolved("strait")])


def test_outcomes_that_are_none_are_refused() -> None:
    with pytest.raises(ScoreError) as caught:
        laid([said("anna", "strait", 0, 0.7)], [resolved("strait", "wor")])
    assert "Did you mean 'war'" in caught.value.problems[0].mend
    with pytest.raises(ScoreError, match="'truce' for 'strait'"):
        laid([said("anna", "strait", 0, 0.5, truce=0.1)], [], outcomes={"strait": ("calm", "war")})


def test_what_cannot_both_be_is_refused() -> None:
    one = said("anna", "strait", 0, 0.7)
    with pytest.raises(ScoreError, match="two forecasts of 'strait' by 'anna'"):
        laid([one, replace(one, chances={"calm": 1.0})], [])
    with pytest.raises(ScoreError, match="one deadline for a question"):
        laid([one, replace(one, forecaster="boris", deadline=END + timedelta(days=1))], [])
    with pytest.raises(ScoreError, match="after its deadline"):
        laid([replace(one, made=END + timedelta(days=1))], [], END + timedelta(days=9))


def test_remarks_on_what_looks_like_a_slip() -> None:
    rows = [said("anna", "strait", 0, 0.7), said("boris", "strait", 0, 0.6, wra=0.1)]
    found = laid(rows, [resolved("strait"), resolved("other")])
    assert any("not every forecaster lists wra" in one for one in found.remarks)
    assert any("No forecast speaks of other" in one for one in found.remarks)


# How much ---------------------------------------------------------------------------------------------------


def test_updates_count_for_the_days_they_stood() -> None:
    rows = [said("anna", "strait", 0, 0.8), said("anna", "strait", 30, 0.2)]
    found = score(laid(rows, [resolved("strait")]))
    (one,) = found.scored
    assert (one.days, one.open) == (59, 40)
    assert one.brier == pytest.approx((30 * 2 * 0.64 + 10 * 2 * 0.04) / 59)
    assert one.log == pytest.approx(-(30 * math.log(0.2) + 10 * math.log(0.8)) / 59)
    (standing,) = found.standings
    assert standing.even == pytest.approx(0.5 * 40 / 59)
    assert standing.even_log == pytest.approx(math.log(2) * 40 / 59)
    assert standing.brier_while_open == pytest.approx((30 * 2 * 0.64 + 10 * 2 * 0.04) / 40)
    (first,) = score(laid(rows, [resolved("strait")]), take="first").scored
    assert first.brier == pytest.approx(2 * 0.64)
    assert (first.forecasts, first.days) == (1, 1)


def test_forecasts_count_no_longer_than_their_deadline() -> None:
    rows = [said("anna", "strait", 0, 0.8), said("anna", "strait", 57, 0.2), said("anna", "strait", 59, 1.0)]
    on_it = Resolution("strait", "war", END, "an inquiry")
    (one,) = score(laid(rows[:2], [on_it])).scored
    assert (one.days, one.open, one.forecasts) == ((END - START).days, (END - START).days, 2)
    with pytest.raises(ScoreError, match="on the day of its resolution"):
        laid(rows, [on_it])


def test_what_happened_after_the_deadline_is_no_answer() -> None:
    rows = [said("anna", "strait", 0, 0.7, unresolved=0.2)]
    late = Resolution("strait", "war", END + timedelta(days=1))
    on_it = laid(rows, [replace(late, resolved=END)])
    assert (on_it.questions[0].happened, [one for one in on_it.remarks if "deadline" in one]) == ("war", [])
    found = laid(rows, [late], late.resolved)
    assert (found.questions[0].happened, found.questions[0].resolved) == ("unresolved", late.resolved)
    assert (
        f"strait: war on {late.resolved} came after the deadline {END}; what is scored is unresolved." in found.remarks
    )
    assert not any("came after" in one for one in laid(rows, [late]).remarks)  # not yet scored
    month = END + timedelta(days=30)
    nothing = laid(rows, [replace(late, outcome="unresolved", resolved=month)], month)
    assert nothing.questions[0].resolved == late.resolved
    alone = [replace(rows[0], made=END)]  # what is first said on the day of the deadline counts for that day
    (one,) = score(laid(alone, [replace(late, resolved=month)], month)).scored
    assert (one.days, one.open) == (1, 1)
    assert not any("came after" in one for one in nothing.remarks)
    with pytest.raises(ScoreError, match="after its deadline; expected what had happened by 2031-03-01"):
        laid([said("anna", "strait", 0, 0.7)], [late])


def test_a_misspelt_question_is_told_from_an_open_one() -> None:
    rows = [said("anna", "cuba-1962", 0, 0.7)]
    rows += [said("anna", name, 0, 0.7) for name in ("cuba", "Cuba-1962", "cuba-1963", "strait")]
    found = laid(rows, [resolved("cuba-1962")], START + timedelta(days=45))
    why = {one.name: one.why for one in found.open}
    assert why["cuba"] == why["Cuba-1962"] == "no such question; did you mean 'cuba-1962'?"
    assert why["cuba-1963"] == why["strait"] == "open until 2031-03-01"  # numbered apart: a question of its own
    assert any("Of 3 questions with a deadline" in one for one in found.remarks)
    slips = laid(rows[:3], [resolved("cuba-1962")], START + timedelta(days=45))
    assert not any("early" in one for one in slips.remarks)


def test_a_question_whose_deadline_is_past_on_the_day_of_scoring_is_not_open() -> None:
    rows = [said("anna", name, 0, 0.7) for name in ("strait", "pass")]
    found = laid(rows, [resolved("strait")], START + timedelta(days=45), today=date(2040, 1, 1))
    assert found.open[0].why == "its deadline 2031-03-01 has passed, and no resolution says what happened"
    assert any("No resolution says" in one for one in found.remarks)
    assert not any("ended early" in one for one in found.remarks)


@given(cuts=st.lists(st.integers(1, 39), unique=True, max_size=5), calm=st.floats(0.01, 0.99))
def test_saying_the_same_again_changes_nothing(cuts: list[int], calm: float) -> None:
    rows = [said("anna", "strait", day, calm) for day in (0, *cuts)]
    one, many = score(laid(rows[:1], [resolved("strait")])), score(laid(rows, [resolved("strait")]))
    assert many.scored[0].brier == pytest.approx(one.scored[0].brier)
    assert many.standings[0].sharpness == pytest.approx(one.standings[0].sharpness)


def test_what_was_ruled_out_is_told_and_not_clipped() -> None:
    found = score(laid([said("anna", "strait", 0, 1.0)], [resolved("strait")]))
    assert found.standings[0].ruled_out == ("strait",)
    assert math.isinf(found.standings[0].log)
    plain = found.to_json()
    assert plain["scores"][0]["log"] is None
    assert plain["scores"][0]["ruled_out"] is True
    json.dumps(plain, allow_nan=False)
    stated = score(laid([said("anna", "strait", 0, 1.0)], [resolved("strait")]), take="first", floor=0.01)
    assert stated.standings[0].log == pytest.approx(-math.log(0.01))
    assert stated.to_json()["floor"] == 0.01
    with pytest.raises(ScoreError, match="a floor of"):
        score(laid([said("anna", "strait", 0, 1.0)], [resolved("strait")]), floor=0.6)


def test_a_ranked_score_needs_an_order_of_all_outcomes() -> None:
    rows, endings = [said("anna", "strait", 0, 0.7)], [resolved("strait")]
    assert score(laid(rows, endings)).standings[0].ranked is None
    by_order = score(laid(rows, endings, order=(("calm",), ("war",))), take="first")
    assert by_order.standings[0].ranked == pytest.approx(0.49)
    assert score(laid(rows, endings, order=(("calm",), ("truce",)))).standings[0].ranked is None


def test_the_outcomes_of_a_question_that_no_case_knows() -> None:
    rows = [said("anna", "strait", 0, 0.7)]
    found = laid(rows, [resolved("strait")])
    assert found.remarks == ("Even odds are over the outcomes that somebody names: calm, war.",)
    assert score(found, take="first").standings[0].even == pytest.approx(0.5)
    wide = laid(rows, [resolved("strait")], order=(("calm",), ("truce",), ("war",)))
    assert (wide.questions[0].outcomes, wide.remarks) == (("calm", "war", "truce"), ())
    assert score(wide, take="first").standings[0].even == pytest.approx(2 / 3)
    unforeseen = laid(rows, [resolved("strait", "partition")])
    assert unforeseen.questions[0].outcomes == ("calm", "war", "partition")
    assert "nobody lists partition, which happened" in unforeseen.remarks[0]
    assert score(unforeseen).standings[0].ruled_out == ("strait",)


def test_a_remark_where_early_ends_alone_are_scored() -> None:
    rows = [said("anna", name, 0, 0.7) for name in ("strait", "pass")]
    endings = [resolved("strait"), Resolution("pass", "calm", END)]
    (early,) = (one for one in laid(rows, endings, START + timedelta(days=40)).remarks if "ended early" in one)
    assert "Of 2 questions" in early
    assert not any("ended early" in one for one in laid(rows, endings).remarks)


def test_a_remark_where_what_happened_by_the_deadline_was_not_written_down() -> None:
    rows = [said("anna", name, 0, 0.7) for name in ("strait", "pass")]
    (unsaid,) = (one for one in laid(rows, [resolved("strait")]).remarks if "No resolution says" in one)
    assert "by the deadline of pass" in unsaid
    for answered in ([resolved("strait"), resolved("pass")], [Resolution("strait", "calm", END)]):
        assert not any("No resolution says" in one for one in laid(rows, answered).remarks)
    early = laid(rows, [resolved("strait")], START + timedelta(days=40)).remarks
    assert not any("No resolution says" in one for one in early)  # its deadline is still to come


def test_a_remark_where_nobody_changed_a_forecast() -> None:
    rows = [said("anna", "strait", 0, 0.7), said("anna", "strait", 5, 0.6)]
    for kept, take, told in ((rows[:1], "time", True), (rows[:1], "first", False), (rows, "time", False)):
        made = score(laid(kept, [resolved("strait")]), take=take)  # type: ignore[arg-type]
        assert any("Nobody changed a forecast" in one for one in made.to_json()["remarks"]) is told


# Two by two -------------------------------------------------------------------------------------------------


def many(count: int, seed: int = 1) -> tuple[list[Said], list[Resolution]]:
    """Questions on which anna knows the chances and boris does not."""
    rng = np.random.default_rng(seed)
    rows, endings = [], []
    for n in range(count):
        calm = float(rng.uniform(0.05, 0.95))
        rows += [said("anna", f"q{n}", 0, calm), said("boris", f"q{n}", 0, 0.5)]
        endings.append(resolved(f"q{n}", "calm" if rng.random() < calm else "war"))
    return rows, endings


def test_the_better_forecaster_is_told_from_the_other() -> None:
    found = score(laid(*many(80)))
    log, brier = found.paired
    assert (log.a, log.b, log.rule, log.questions) == ("anna", "boris", "log", 80)
    for one in (log, brier):
        assert one.difference is not None
        assert one.low is not None
        assert one.high is not None
        assert one.low < one.difference < one.high < 0
    assert found.paired == score(laid(*many(80))).paired  # seeded
    assert found.paired != score(laid(*many(80)), seed=5).paired


def test_a_forecaster_against_itself_under_another_name() -> None:
    rows, endings = many(8)
    twin = [replace(row, forecaster="anna again") for row in rows if row.forecaster == "anna"]
    found = score(laid([row for row in rows if row.forecaster == "anna"] + twin, endings))
    assert [(one.difference, one.low, one.high, one.better) for one in found.paired] == [(0, 0, 0, 0.5)] * 2


def test_few_questions_have_no_interval() -> None:
    found = score(laid(*many(ENOUGH - 1)))
    assert all(one.difference is not None and one.low is None for one in found.paired)
    rows, endings = many(ENOUGH)
    rows[0] = replace(rows[0], chances={"calm": 0.0, "war": 1.0})
    endings[0] = resolved("q0", "calm")
    log, brier = score(laid(rows, endings)).paired
    assert log.difference is None  # infinite
    assert brier.difference is not None


def test_only_common_questions_and_common_days_count() -> None:
    rows = [said("anna", "strait", 0, 0.9), said("anna", "strait", 20, 0.2), said("boris", "strait", 20, 0.2)]
    rows += [said("boris", "other", 0, 0.1)]
    found = score(laid(rows, [resolved("strait"), resolved("other")]))
    assert [(one.questions, one.difference) for one in found.paired] == [(1, 0.0)] * 2
    assert score(laid([rows[0], rows[3]], [resolved("strait"), resolved("other")])).paired == ()


def test_the_first_common_day_counts_for_both() -> None:
    rows = [said("anna", "strait", 0, 0.9), said("anna", "strait", 10, 0.4), said("boris", "strait", 20, 0.6)]
    _, brier = score(laid(rows, [resolved("strait")]), take="first").paired
    assert (brier.a, brier.b) == ("boris", "anna")
    assert brier.difference == pytest.approx(2 * 0.6**2 - 2 * 0.4**2)


def test_the_interval_covers() -> None:
    """Of 120 samples of 40 differences with mean 0.1, the 95 % interval holds the mean about 95 times of 100."""
    rng = np.random.default_rng(7)
    held = 0
    for n in range(120):
        low, high = interval(0.1 + rng.standard_normal(40), n)
        held += low <= 0.1 <= high
    assert 0.88 <= held / 120 <= 0.99


def test_a_take_that_is_none() -> None:
    with pytest.raises(ScoreError, match="time or first"):
        score(laid(*many(1)), take="best")  # type: ignore[arg-type]
