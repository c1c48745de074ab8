"""Numbers in running text: what counts as one, and the range that its words allow."""

from __future__ import annotations

from itertools import pairwise
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.evidence.text import normalise
from standoff.reading.numbers import numbers


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("15,000 soldiers", 14_500, 15_500, ""),
        ("4,500 troops", 4_450, 4_550, ""),
        ("10 000 troops", 9_500, 10_500, ""),
        ("10\u202f512 troops", 10_512, 10_512, ""),
        ("2 000 troops", 1_900, 2_100, ""),
        ("1 234 567 votes", 1_234_567, 1_234_567, ""),
        ("between 10 000 and 15 000 men", 10_000, 15_000, ""),
        ("a $50 000 reward", 47_500, 52_500, "USD"),
        ("4,512 troops", 4_512, 4_512, ""),
        ("11 warships", 11, 11, ""),
        ("80 dead", 80, 80, ""),
        ("about 4,500 troops", 4_050, 4_950, ""),
        ("some 40 boats", 36, 44, ""),
        ("nearly 3,000 dead", 2_700, 3_000, ""),
        ("more than 80 killed", 80, inf, ""),
        ("at least 1,200 men", 1_200, inf, ""),
        ("1,500 or more", 1_500, inf, ""),
        ("up to 300 men", 0, 300, ""),
        ("fewer than 20 tanks", 0, 20, ""),
        ("two hundred thousand soldiers", 190_000, 210_000, ""),
        ("over two hundred thousand soldiers", 200_000, inf, ""),
        ("twenty-five boats", 25, 25, ""),
        ("a dozen jets", 12, 12, ""),
        ("two dozen strikes", 24, 24, ""),
        ("half a million people", 475_000, 525_000, ""),
        ("three and a half million people", 3_450_000, 3_550_000, ""),
        ("dozens of vessels", 24, 120, ""),
        ("several hundred men", 300, 900, ""),
        ("tens of thousands of people", 20_000, 100_000, ""),
        ("between 10,000 and 15,000 men", 10_000, 15_000, ""),
        ("10 to 15 thousand men", 10_000, 15_000, ""),
        ("10–15 boats", 10, 15, ""),
        ("two or three ships", 2, 3, ""),
        ("a $50 million reward", 47_500_000, 52_500_000, "USD"),
        ("$1.25bn in aid", 1_245_000_000, 1_255_000_000, "USD"),
        ("up to €3 million", 0, 3_000_000, "EUR"),
        ("40 % of the votes", 40, 40, "%"),
        ("40 percent", 40, 40, "%"),
        ("600 miles", pytest.approx(600 * 1.609344 * 0.95), pytest.approx(600 * 1.609344 * 1.05), "km"),
        ("100,000 barrels a day", 95_000, 105_000, "barrels"),
    ],
)
def test_a_number_is_the_range_that_its_words_allow(text: str, low: float, high: float, unit: str) -> None:
    (found,) = list(numbers(normalise(text)))
    assert (found.low, found.high, found.unit) == (low, high, unit)


@pytest.mark.parametrize(
    "text",
    [
        "On November 18, 2025 they met at 14:30.", "from 2018 to 2023", "the 1989 invasion", "8 December",
        "a 12-year rule", "F-35 jets", "the 22nd regiment", "in the 21st century", "Resolution 1973", "Article 5",
        "Boeing 737", "one in five", "1 in 5", "the score was 3-2", "aged 34", "at 5 p.m.", "v2.1.3", "",
    ],
)  # fmt: skip
def test_dates_times_names_and_odds_are_no_figures(text: str) -> None:
    assert list(numbers(normalise(text))) == []


@given(st.text(alphabet="0123456789 ,.-$%abmk\"'–andtwo hundred million to about", max_size=80))
def test_whatever_is_written_numbers_lie_in_the_text_in_order(text: str) -> None:
    flat = normalise(text)
    found = list(numbers(flat))
    for number in found:
        assert 0 <= number.start < number.end <= len(flat)
        assert number.low <= number.high
        assert number.low >= 0
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.integers(2, 10**9).filter(lambda n: not 1800 <= n <= 2100))
def test_a_number_lies_in_its_own_range(value: int) -> None:
    (found,) = list(numbers(f"There were {value:,} of them there."))
    assert found.low <= value <= found.high
    assert found.value == value
