"""The date at which somebody asks, in any of the words that evidence may use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from standoff.errors import EvidenceError
from standoff.evidence.dates import DateSpan


def as_of_day(asked: date | str) -> date:
    """The last day that the words allow: "2031-03", "March 2031" and ``date(2031, 3, 31)`` are one.

    Raises EvidenceError for anything else.
    """
    if isinstance(asked, date) and not isinstance(asked, datetime):
        return asked
    try:
        return DateSpan.parse(asked).last
    except EvidenceError as error:
        raise EvidenceError(replace(problem, path="as_of") for problem in error.problems) from None
