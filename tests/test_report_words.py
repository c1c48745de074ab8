"""Words for probability and the printing of numbers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.report import words

CHANCES = st.floats(0, 1, allow_nan=False)
SPACE = words.NBSP


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.0, "almost no chance (under 1 %)"),
        (0.009, "almost no chance (under 1 %)"),
        (0.01, "almost no chance (1–5 %)"),
        (0.049, "almost no chance (1–5 %)"),
        (0.05, "very unlikely (5–20 %)"),
        (0.2, "unlikely (20–45 %)"),
        (0.45, "roughly even chance (45–55 %)"),
        (0.549, "roughly even chance (45–55 %)"),
        (0.55, "likely (55–80 %)"),
        (0.8, "very likely (80–95 %)"),
        (0.95, "almost certain (95–99 %)"),
        (0.99, "almost certain (95–99 %)"),
        (0.991, "almost certain (over 99 %)"),
        (1.0, "almost certain (over 99 %)"),
    ],
)
def test_a_single_chance_has_the_word_of_the_published_table(value: float, expected: str) -> None:
    assert words.estimate(value) == expected.replace(" %", f"{SPACE}%")


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.25, 0.6, "unlikely to likely (20–80 %)"),
        (0.25, 0.44, "unlikely (20–45 %)"),
        (0.003, 0.03, "almost no chance (under 5 %)"),
        (0.003, 0.12, "almost no chance to very unlikely (under 20 %)"),
        (0.9, 0.995, "very likely to almost certain (over 80 %)"),
        (0.96, 0.995, "almost certain (over 95 %)"),
        (0.001, 0.999, "almost no chance to almost certain (under 1 % to over 99 %)"),
    ],
)
def test_a_band_over_several_words_prints_both_ends(low: float, high: float, expected: str) -> None:
    assert words.estimate(low, high) == expected.replace(" %", f"{SPACE}%")


@given(CHANCES, CHANCES)
def test_every_band_lies_within_the_range_in_its_brackets(one: float, other: float) -> None:
    low, high = sorted((one, other))
    inside = re.search(r"\((.*)\)$", words.estimate(low, high))
    assert inside is not None
    text = inside[1].replace(SPACE, " ")
    numbers = [int(n) / 100 for n in re.findall(r"\d+", text)]
    floor = 0.0 if text.startswith("under") else numbers[0]
    ceiling = 1.0 if "over" in text else numbers[-1]
    assert floor <= low <= high <= ceiling


@given(CHANCES, CHANCES)
def test_a_predicate_never_speaks_of_confidence(one: float, other: float) -> None:
    low, high = sorted((one, other))
    said = words.predicate(low, high)
    assert "confiden" not in said
    assert said.split(" ")[0] in {"is", "has", "may"}
    assert words.estimate(low, high) in said


def test_predicates_are_grammatical() -> None:
    assert words.predicate(0.7).startswith("is likely (")
    assert words.predicate(0.5).startswith("has a roughly even chance (")
    assert words.predicate(0.02).startswith("has almost no chance (")
    assert words.predicate(0.3, 0.5).startswith("is rated unlikely to roughly even chance (")


@pytest.mark.parametrize("bad", [-0.01, 1.01])
def test_what_is_no_probability_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        words.estimate(bad)


def test_a_band_the_wrong_way_round_is_refused() -> None:
    with pytest.raises(ValueError, match="from low to high"):
        words.estimate(0.6, 0.2)


def test_the_spoken_band_takes_in_a_mean_outside_its_middle_half() -> None:
    assert words.spoken_band({"mean": 0.5, "p25": 0.1, "p75": 0.3}) == (0.1, 0.5)
    assert words.spoken_band({"mean": 0.5}) == (0.5, 0.5)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.344, "34 %"),
        (0.01, "1 %"),
        (0.0099, "less than 1 %"),
        (0.0, "less than 1 %"),
        (0.99, "99 %"),
        (0.995, "more than 99 %"),
        (None, "–"),
        (float("nan"), "–"),
        ("text", "–"),
    ],
)
def test_percent(value: object, expected: str) -> None:
    assert words.percent(value) == expected.replace(" %", f"{SPACE}%")


def test_ranges_of_percent() -> None:
    assert words.percent_range(0.12, 0.58) == f"12–58{SPACE}%"
    assert words.percent_range(0.001, 0.05) == f"<1–5{SPACE}%"
    assert words.percent_range(0.341, 0.344) == f"34{SPACE}%"
    assert words.percent_range(0.5, 0.999) == f"50–>99{SPACE}%"
    assert words.percent_range(0.004, 0.012) == f"≤1{SPACE}%"
    assert words.percent_range(0.986, 0.996) == f"≥99{SPACE}%"
    assert words.percent_range(None, 0.4) == "–"


def test_a_band_over_more_than_two_words_is_told_by_its_ends() -> None:
    assert words.predicate(0.25, 0.6) == f"may be anything from unlikely to likely (20–80{SPACE}%)"
    assert words.predicate(0.25, 0.5) == f"is rated unlikely to roughly even chance (20–55{SPACE}%)"


def test_a_change_that_prints_the_same_before_and_after_is_none() -> None:
    assert words.shift(0.009, 0.001) == "0"
    assert words.shift(0.991, 0.999) == "0"
    assert words.shift(0.3, 0.31) == "+1"
    assert [words.in_points(c) for c in ("+1", "−12", "0")] == [f"+1{SPACE}point", f"−12{SPACE}points", "unchanged"]


def test_points_carry_a_true_sign() -> None:
    assert [words.points(v) for v in (0.121, -0.03, 0.001, -0.001, None)] == ["+12", "−3", "0", "0", "–"]


@pytest.mark.parametrize(
    ("value", "width", "expected"),
    [
        (0.31415, 0.3, "0.31"),
        (0.31415, 0.03, "0.314"),
        (12345.6, 4000, "12,300"),
        (-0.04, 0.6, "−0.04"),
        (-0.0001, 0.6, "0.00"),
        (0.97, 0, "0.97"),
        (3.0, 0, "3"),
        (float("inf"), 1, "–"),
    ],
)
def test_a_quantity_has_no_more_digits_than_its_band_allows(
    value: float, width: float, expected: str
) -> None:
    assert words.number(value, width) == expected


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6))
def test_rounding_loses_less_than_a_tenth_of_the_band(value: float, width: float) -> None:
    shown = float(words.number(value, width).replace("−", "-").replace(",", ""))
    assert abs(shown - value) <= width / 10 + 1e-9


def test_quantity_bands() -> None:
    band = {"mean": 0.31415, "p05": 0.1, "p95": 0.6}
    assert words.band_number(band) == "0.31"
    assert words.number_range(band) == "0.10 to 0.60"
    assert words.number_range({"p05": 2.0, "p95": 2.0}) == "2"
    assert words.number_range({}) == "–"
    assert words.axis_number(0.40, 0.4) == "0.4"


def test_a_change_agrees_with_the_percentages_that_are_printed() -> None:
    assert words.points(0.0149) == "+1"
    assert words.shift(0.0351, 0.0549) == "+1"  # 4 % and 5 %
    assert words.shift(None, 0.2) == "–"


def test_spans_of_days() -> None:
    said = [
        words.span("2025-11-01", "2025-11-16"),
        words.span("2025-11-26", "2025-12-07"),
        words.span("2025-12-26", "2026-01-07"),
        words.span("2025-11-01", None),
        words.span("2025-11-01", "2025-11-01"),
    ]
    assert [text.replace(SPACE, " ") for text in said] == [
        "1–16 November 2025",
        "26 November to 7 December 2025",
        "26 December 2025 to 7 January 2026",
        "1 November 2025",
        "1 November 2025",
    ]


def test_numbers_and_places_in_words() -> None:
    assert [words.small(n) for n in (0, 2, 10, 11, 1200)] == ["no", "two", "ten", "11", "1,200"]
    assert [words.ordinal(n) for n in (1, 10, 11, 12, 21, 22, 23, 111)] == [
        "first", "tenth", "11th", "12th", "21st", "22nd", "23rd", "111th",
    ]  # fmt: skip


def test_small_helpers() -> None:
    assert words.day("2031-06-05") == f"5{SPACE}June{SPACE}2031"
    assert words.day("2031-06-05", year=False) == f"5{SPACE}June"
    assert words.day("late May 2031") == "late May 2031"
    assert words.day(None) == ""
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed(["a"]) == "a"
    assert words.count(1, "draw") == f"1{SPACE}draw"
    assert words.count(12000, "draw") == f"12,000{SPACE}draws"
    assert words.mid_sentence("The garrison") == "the garrison"
    assert words.mid_sentence("Theseus") == "Theseus"
    assert words.capital("keep on") == "Keep on"


@pytest.mark.parametrize(
    ("times", "per", "expected"),
    [
        (0.2, "week", "about every five weeks"),
        (0.25, "month", "about every four months"),
        (0.4, "week", "about every 2.5 weeks"),
        (0.7, "week", "about 0.7 times a week"),
        (1, "week", "about once a week"),
        (2, "quarter", "about twice a quarter"),
        ("nerve", "week", ""),
        (0, "week", ""),
    ],
)
def test_a_pace_in_words(times: object, per: str, expected: str) -> None:
    assert words.pace(times, per) == expected
