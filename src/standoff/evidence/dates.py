"""Dates as reports give them: a day, a week, "early December", or two ends of an interval.

A `DateSpan` is the set of days that the words allow, both ends included. It never pretends to more
precision than the words have; whoever needs one day asks for the end that is safe for the purpose
(a report counts as known from the *last* day on which it may have been published).

What is understood, in any mixture around ``..`` or ``to``:

    2025-12-08      8 December 2025      December 8, 2025        one day
    week of 2025-12-03                   2025-W49                Monday to Sunday
    2025-12         December 2025                                a month
    early December 2025   mid December 2025   late December 2025 days 1-10, 11-20, 21 to the end
    2025                                                         a year
    late November 2025 .. December 2025                          from the first day to the last
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from standoff.errors import EvidenceError, Problem, did_you_mean

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

EXPECTED = (
    "a day (2025-12-08), a week (week of 2025-12-08), a month (December 2025), "
    "a part of a month (early December 2025) or an interval (2025-11-20..2025-12-05)"
)

_ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_ISO_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")
_DAY_FIRST = re.compile(r"(\d{1,2}) ([A-Za-z]+)\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([A-Za-z]+)\.? (\d{1,2}),? (\d{4})")
_PART = re.compile(r"(?:(early|mid|late)[ -])?([A-Za-z]+)\.?,? (\d{4})", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})([./])(\d{1,2})[./](\d{4})")
_WEEK_OF = re.compile(r"(?:the )?week of (.+)", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*\.\.+\s*|\s+to\s+")


@dataclass(frozen=True, slots=True)
class DateSpan:
    """The days that a date in words allows.

    `first` and `last` are both included and ``first <= last``; `text` is the date as it was written and
    takes no part in comparison. Parsing `text`, or ``str(span)``, gives an equal span.
    """

    first: date
    last: date
    text: str = field(default="", compare=False)

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a span cannot end ({self.last}) before it begins ({self.first})")
        if not self.text:
            object.__setattr__(self, "text", str(self))

    @classmethod
    def parse(cls, value: DateSpan | date | str | int) -> DateSpan:
        """Read a date as written in YAML: a `date`, a year, or words.

        Raises `EvidenceError` with one `Problem` (no position) for anything else.
        """
        if isinstance(value, DateSpan):
            return value
        if isinstance(value, datetime):
            value = value.date()
        if isinstance(value, date):
            return cls(value, value, value.isoformat())
        text = " ".join(str(value).split())
        ends = _BETWEEN.split(text) if len(text) <= 120 else []
        if isinstance(value, bool) or len(ends) not in (1, 2):
            raise _not_a_date(text[:120], "Write one date, or two with '..' between them.")
        spans = [_piece(end) for end in ends]
        first, last = spans[0][0], spans[-1][1]
        if last < first:
            mend = f"The later end stands first: write '{ends[-1]}..{ends[0]}'."
            raise _not_a_date(text, mend)
        return cls(first, last, text)

    @property
    def days(self) -> int:
        """How many days the words allow; 1 is an exact date."""
        return (self.last - self.first).days + 1

    @property
    def precision(self) -> str:
        """'day', 'week', 'early month', 'mid month', 'late month', 'month', 'year' or 'interval'."""
        first, last = self.first, self.last
        if first == last:
            return "day"
        if first.weekday() == 0 and self.days == 7:
            return "week"
        if first.year == last.year and first.month == last.month:
            for part, (start, end) in _parts(first.year, first.month).items():
                if (first.day, last.day) == (start, end):
                    return f"{part} month" if part else "month"
        if first == date(first.year, 1, 1) and last == date(first.year, 12, 31):
            return "year"
        return "interval"

    def __str__(self) -> str:
        month = f"{MONTHS[self.first.month - 1]} {self.first.year:04d}"
        match self.precision:
            case "day":
                return _day(self.first)
            case "week":
                return f"week of {_day(self.first)}"
            case "month":
                return month
            case "year":
                return f"{self.first.year:04d}"
            case "interval":
                return f"{_day(self.first)} to {_day(self.last)}"
            case part:
                return f"{part.removesuffix(' month')} {month}"


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year:04d}"


def _parts(year: int, month: int) -> dict[str, tuple[int, int]]:
    end = monthrange(year, month)[1]
    return {"early": (1, 10), "mid": (11, 20), "late": (21, end), "": (1, end)}


def _piece(text: str) -> tuple[date, date]:
    try:
        return _read(text)
    except _SlipError as slip:
        raise _not_a_date(text, str(slip)) from None
    except (ValueError, OverflowError):
        raise _not_a_date(text, "The calendar has no such date.") from None


class _SlipError(Exception):
    """A date that cannot be read, with the mend."""


def _read(text: str) -> tuple[date, date]:
    """First and last day of one date; raises `_SlipError`, or ValueError for what no calendar has."""
    if found := _WEEK_OF.fullmatch(text):
        first, last = _read(found[1])
        if first != last:
            raise _SlipError("After 'week of' write one day of that week.")
        monday = first - timedelta(days=first.weekday())
        return monday, monday + timedelta(days=6)
    if found := _ISO_WEEK.fullmatch(text):
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1)
        return monday, monday + timedelta(days=6)
    if found := _ISO.fullmatch(text):
        year = int(found[1])
        if found[3]:
            day = date(year, int(found[2]), int(found[3]))
            return day, day
        if found[2]:
            return _month(year, int(found[2]), "")
        return date(year, 1, 1), date(year, 12, 31)
    if found := _DAY_FIRST.fullmatch(text):
        day = date(int(found[3]), _month_number(found[2]), int(found[1]))
        return day, day
    if found := _MONTH_FIRST.fullmatch(text):
        day = date(int(found[3]), _month_number(found[1]), int(found[2]))
        return day, day
    if found := _PART.fullmatch(text):
        return _month(int(found[3]), _month_number(found[2]), (found[1] or "").lower())
    if found := _DOTTED.fullmatch(text):
        one, other, year = int(found[1]), int(found[3]), int(found[4])
        ways = [(other, one)] if found[2] == "." else [(other, one), (one, other)]  # 4.11. has its day first
        days = [date(year, month, day).isoformat() for month, day in ways if 1 <= month <= 12 and 1 <= day <= 31]
        if days:
            raise _SlipError(f"Write the year first: {' or '.join(dict.fromkeys(days))}.")
    if re.search(r"\d{4}", text):
        raise _SlipError("Write the month as a word or a number, as in the examples.")
    raise _SlipError("Give the year too, and the month as a word or a number.")


def _month(year: int, month: int, part: str) -> tuple[date, date]:
    start = date(year, month, 1)  # refuses month 13 in plain words before the calendar module sees it
    first, last = _parts(year, month)[part]
    return start.replace(day=first), start.replace(day=last)


def _month_number(word: str) -> int:
    low = word.lower()
    for number, name in enumerate(MONTHS, start=1):
        if name.lower() == low or (len(low) >= 3 and name.lower().startswith(low)):
            return number
    raise _SlipError(f"'{word}' is no month. {did_you_mean(word.capitalize(), MONTHS)}")


def _not_a_date(text: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found=f"'{text}' as a date", expected=EXPECTED, mend=mend))
