"""Scores: proper by trial, with their known values; calibration and Murphy's parts against what they must add up to."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.errors import ScoreError
from standoff.score import calibration, rules

NAMES = ("calm", "tension", "blockade", "war")
ORDER = (("calm",), ("tension", "blockade"), ("war",))


@st.composite
def chances(draw: st.DrawFn, least: float = 0.0) -> dict[str, float]:
    weights = draw(st.lists(st.floats(least + 1e-3, 1), min_size=len(NAMES), max_size=len(NAMES)))
    total = math.fsum(weights)
    return {name: weight / total for name, weight in zip(NAMES, weights, strict=True)}


def expected(rule: str, said: dict[str, float], believed: dict[str, float]) -> float:
    """Expected score of saying one thing and believing another."""
    scores = {
        "log": lambda happened: rules.log_score(said, happened),
        "brier": lambda happened: rules.brier(said, happened),
        "ranked": lambda happened: rules.ranked(said, happened, ORDER),
    }
    return math.fsum(chance * scores[rule](name) for name, chance in believed.items())


@pytest.mark.parametrize("rule", ["log", "brier", "ranked"])
@given(said=chances(), believed=chances())
def test_nothing_scores_better_than_what_one_believes(
    rule: str, said: dict[str, float], believed: dict[str, float]
) -> None:
    honest, other = expected(rule, believed, believed), expected(rule, said, believed)
    assert honest <= other + 1e-12
    if rule != "ranked" and max(abs(said[name] - believed[name]) for name in NAMES) > 1e-3:
        assert honest < other


def test_known_values() -> None:
    said = {"calm": 0.5, "tension": 0.25, "blockade": 0.25, "war": 0.0}
    assert rules.log_score(said, "calm") == pytest.approx(math.log(2))
    assert rules.brier(said, "calm") == pytest.approx(0.25 + 0.0625 + 0.0625)
    assert rules.ranked(said, "calm", ORDER) == pytest.approx((0.25 + 0.0) / 2)
    assert rules.ranked(said, "war", ORDER) == pytest.approx((0.25 + 1.0) / 2)
    assert rules.brier(rules.even(NAMES), "war") == pytest.approx(0.75)
    certain = {"calm": 1.0}
    assert (rules.log_score(certain, "calm"), rules.brier(certain, "calm")) == (0.0, 0.0)
    assert rules.brier(certain, "war") == 2.0


def test_what_had_no_chance_scores_infinitely_unless_a_floor_is_stated() -> None:
    said = {"calm": 1.0, "war": 0.0}
    assert math.isinf(rules.log_score(said, "war"))
    assert math.isinf(rules.log_score(said, "never heard of"))
    floored = rules.floored(said, 0.01)
    assert floored == {"calm": pytest.approx(0.99), "war": pytest.approx(0.01)}
    assert rules.log_score(floored, "war") == pytest.approx(-math.log(0.01))
    for none in (0.5, -0.1, math.nan):
        with pytest.raises(ScoreError, match="a floor of"):
            rules.floored(said, none)


def test_an_order_that_lacks_an_outcome_ranks_nothing() -> None:
    said = rules.even(NAMES)
    assert rules.ranked(said, "war", (("calm",), ("war",))) is None
    assert rules.ranked(said, "war", (NAMES,)) is None
    assert rules.ranked({"calm": 1.0, "war": 0.0}, "war", (("calm",), ("tension", "war"))) == 1.0


def test_orders_are_read_as_they_are_written() -> None:
    assert rules.order_of("calm < tension, blockade<war") == ORDER
    for wrong in ("", "calm", "calm < ", "a < b < a", "a, b"):
        with pytest.raises(ScoreError, match="the order"):
            rules.order_of(wrong)


@given(said=chances())
def test_chances_that_are_rounded_are_made_whole_and_others_are_refused(said: dict[str, float]) -> None:
    rounded = {name: round(chance, 3) for name, chance in said.items()}
    found = rules.whole(rounded)
    assert isinstance(found, dict)
    assert math.fsum(found.values()) == pytest.approx(1, abs=1e-9)
    assert rules.whole(said) == said or math.fsum(said.values()) != 1
    assert isinstance(rules.whole({**said, "calm": said["calm"] + 0.006}), str)
    assert isinstance(rules.whole({**said, "calm": math.nan}), str)
    assert isinstance(rules.whole({"calm": 1.5, "war": -0.5}), str)


# Many forecasts ---------------------------------------------------------------------------------------------


def stated(chance: list[float], true: list[float], weight: list[float] | None = None) -> calibration.Statements:
    p = np.array(chance)
    return calibration.Statements(
        p, np.array(true), np.ones(len(p)) if weight is None else np.array(weight), np.arange(len(p)), np.zeros(len(p))
    )


@given(
    rows=st.lists(st.tuples(st.floats(0, 1), st.booleans(), st.floats(0.01, 3)), min_size=1, max_size=40),
    bins=st.integers(1, 12),
)
def test_murphy_s_parts_add_up(rows: list[tuple[float, bool, float]], bins: int) -> None:
    said = stated([p for p, _, _ in rows], [float(hit) for _, hit, _ in rows], [w for _, _, w in rows])
    parts = calibration.murphy(said, bins)
    assert parts is not None
    w = said.weight / said.weight.sum()
    assert parts.score == pytest.approx(float(w @ (said.chance - said.true) ** 2))
    assert parts.reliability - parts.resolution + parts.uncertainty + parts.within == pytest.approx(parts.score)
    assert min(parts.reliability, parts.resolution, parts.uncertainty) >= 0


def test_with_one_chance_a_bin_nothing_is_hidden_within() -> None:
    parts = calibration.murphy(stated([0.2] * 5 + [0.8] * 5, [1, 0, 0, 0, 0, 1, 1, 1, 1, 0]))
    assert parts is not None
    assert parts.within == pytest.approx(0, abs=1e-15)
    assert parts.reliability == pytest.approx(0, abs=1e-15)
    assert parts.resolution == pytest.approx(0.09)


def test_wilson_is_the_known_interval() -> None:
    low, high = calibration.wilson(144 / 633, 633)  # 144 of 633, as statistics packages print it
    assert (round(low, 3), round(high, 3)) == (0.197, 0.262)
    assert calibration.wilson(0.0, 10)[0] == 0.0
    assert calibration.wilson(1.0, 10)[1] == 1.0
    assert calibration.wilson(0.3, 0) == (0.0, 1.0)


def test_the_curve_puts_statements_of_like_chance_together() -> None:
    said = stated([0.05, 0.07, 0.55, 1.0], [0, 1, 1, 1])
    curve = calibration.curve(said)
    assert [(one.low, one.weight, one.came) for one in curve] == [(0.0, 2, 0.5), (0.5, 1, 1.0), (0.9, 1, 1.0)]
    assert curve[0].said == pytest.approx(0.06)
    assert curve == calibration.curve(said)  # the bands are seeded


def test_right_forecasts_lie_in_their_consistency_bands() -> None:
    rng = np.random.default_rng(3)
    inside = bins = 0
    for _ in range(12):
        p = rng.random(300)
        curve = calibration.curve(stated(list(p), list((rng.random(300) < p).astype(float))))
        inside += sum(one.band[0] - 1e-12 <= one.came <= one.band[1] + 1e-12 for one in curve)
        bins += len(curve)
    assert 0.9 <= inside / bins <= 0.99
    wrong = calibration.curve(stated([0.9] * 100, [0.0] * 100))[0]
    assert wrong.band[0] > wrong.wilson[1]


def test_updates_of_one_question_are_one_question() -> None:
    """Ten updates that say the same have the band of one statement: it comes true, or not."""
    p = np.full(10, 0.3)
    said = calibration.Statements(p, np.ones(10), np.full(10, 0.1), np.zeros(10, np.int64), np.zeros(10))
    (one,) = calibration.curve(said)
    assert one.band == (0.0, 1.0)
    assert one.weight == pytest.approx(1)
    assert one.wilson == pytest.approx(calibration.wilson(1.0, 1.0))


def test_sharpness_is_how_far_forecasts_commit() -> None:
    assert calibration.sharpness([[1.0, 0.0]], [3.0]) == 1.0
    assert calibration.sharpness([[0.5, 0.5], [1.0, 0.0]], [1.0, 1.0]) == pytest.approx(0.75)
