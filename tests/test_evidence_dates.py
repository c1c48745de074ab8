from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standoff.errors import EvidenceError
from standoff.evidence.dates import MONTHS, DateSpan

days = st.dates(date(1000, 1, 1), date(9000, 12, 31))


@pytest.mark.parametrize(
    ("written", "first", "last", "precision"),
    [
        (date(2025, 12, 8), "2025-12-08", "2025-12-08", "day"),
        (datetime(2025, 12, 8, 13, 5), "2025-12-08", "2025-12-08", "day"),
        ("2025-12-08", "2025-12-08", "2025-12-08", "day"),
        ("8 December 2025", "2025-12-08", "2025-12-08", "day"),
        ("December 8, 2025", "2025-12-08", "2025-12-08", "day"),
        ("8 dec. 2025", "2025-12-08", "2025-12-08", "day"),
        ("week of 2025-12-03", "2025-12-01", "2025-12-07", "week"),
        ("the week of 3 December 2025", "2025-12-01", "2025-12-07", "week"),
        ("2025-W49", "2025-12-01", "2025-12-07", "week"),
        ("2025-12", "2025-12-01", "2025-12-31", "month"),
        ("December 2025", "2025-12-01", "2025-12-31", "month"),
        ("early December 2025", "2025-12-01", "2025-12-10", "early month"),
        ("mid-December 2025", "2025-12-11", "2025-12-20", "mid month"),
        ("Late  February 2024", "2024-02-21", "2024-02-29", "late month"),
        (2025, "2025-01-01", "2025-12-31", "year"),
        ("2025-11-20..2025-12-05", "2025-11-20", "2025-12-05", "interval"),
        ("2025-11-20 .. 2025-12-05", "2025-11-20", "2025-12-05", "interval"),
        ("late November 2025 to early December 2025", "2025-11-21", "2025-12-10", "interval"),
        ("November 2025..2025-12-05", "2025-11-01", "2025-12-05", "interval"),
    ],
)
def test_what_is_understood(written: object, first: str, last: str, precision: str) -> None:
    span = DateSpan.parse(written)  # type: ignore[arg-type]
    assert (span.first.isoformat(), span.last.isoformat(), span.precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("written", "mend"),
    [
        ("", "year"),
        ("soon", "year"),
        ("early December", "year"),
        ("2025-13-01", "calendar"),
        ("2025-02-30", "calendar"),
        ("31 Novemver 2025", "Did you mean 'November'?"),
        ("2025-12-05..2025-11-20", "2025-11-20..2025-12-05"),
        ("2025-12-01..2025-12-02..2025-12-03", "two"),
        ("week of December 2025", "one day"),
        ("9999-W60", "calendar"),
        ("x" * 5000, "one date"),
        (True, "one date"),
        ("0000", "calendar"),
    ],
)
def test_what_is_not_a_date_says_how_to_mend_it(written: object, mend: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        DateSpan.parse(written)  # type: ignore[arg-type]
    assert mend in caught.value.problems[0].mend
    assert "early December 2025" in caught.value.problems[0].expected


@given(days, st.integers(0, 800))
def test_words_read_back_as_the_same_days(first: date, length: int) -> None:
    span = DateSpan(first, first + timedelta(days=length))
    assert DateSpan.parse(str(span)) == span
    assert DateSpan.parse(span.text) == span
    assert DateSpan.parse(f"{span.first}..{span.last}") == span


@given(
    st.sampled_from(["", "early ", "mid ", "late ", "mid-"]), st.sampled_from(MONTHS), st.integers(1, 9999)
)
def test_parts_of_a_month_lie_in_it_and_read_back(part: str, month: str, year: int) -> None:
    span = DateSpan.parse(f"{part}{month} {year:04d}")
    assert span.first <= span.last
    assert span.first.month == span.last.month == MONTHS.index(month) + 1
    assert DateSpan.parse(str(span)) == span


@given(st.sampled_from(MONTHS), st.integers(1, 9999))
def test_the_three_parts_make_the_month(month: str, year: int) -> None:
    whole = DateSpan.parse(f"{month} {year:04d}")
    parts = [DateSpan.parse(f"{part} {month} {year:04d}") for part in ("early", "mid", "late")]
    assert sum(part.days for part in parts) == whole.days
    assert (parts[0].first, parts[2].last) == (whole.first, whole.last)


@given(st.text(max_size=40))
def test_any_text_is_a_span_or_a_problem(text: str) -> None:
    try:
        span = DateSpan.parse(text)
    except EvidenceError as error:
        said = error.problems[0].mend
    else:
        said = str(span)
        assert span.first <= span.last
    assert said


@given(days, st.integers(1, 800))
def test_a_span_cannot_end_before_it_begins(first: date, length: int) -> None:
    with pytest.raises(ValueError, match="before it begins"):
        DateSpan(first + timedelta(days=length), first)


def test_the_text_as_written_is_kept_but_not_compared() -> None:
    span = DateSpan.parse("early  December 2025")
    assert span.text == "early December 2025"
    assert span == DateSpan.parse("2025-12-01..2025-12-10")
