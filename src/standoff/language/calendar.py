"""Lengths of time: how the case's periods relate to days and to the clock's step."""

from __future__ import annotations

from datetime import date, timedelta

from standoff.language.document import Clock

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}
_PARTS = ("a", "half a", "a third of a", "a fourth of a", "a fifth of a", "a sixth of a", "a seventh of a",
          "an eighth of a", "a ninth of a", "a tenth of a")  # fmt: skip


def step_days(clock: Clock) -> float:
    """Length of one turn of the clock in days: a step, or a part of one."""
    return DAYS[clock.step] / clock.parts


def in_words(step: str, parts: int = 1) -> str:
    """Length of a step, or of one of its parts: ``a week``, ``half a week``, ``a third of a week``; ``a day`` for
    a seventh of a week, since a shorter period that divides as simply is named instead."""
    length = DAYS[step] / parts
    whole = {period: round(days / length) for period, days in DAYS.items()}
    exact = [period for period, days in DAYS.items() if whole[period] and abs(days - whole[period] * length) < 1e-9]
    period = min(exact, key=whole.__getitem__)
    count = whole[period]
    return f"{_PARTS[count - 1] if count <= len(_PARTS) else f'1/{count} of a'} {period}"


def turns(clock: Clock) -> int:
    """How many turns the clock has: steps times parts."""
    return clock.steps * clock.parts


def days(period: str, clock: Clock) -> float:
    """Length of a period in days; ``step`` is one whole step of the clock."""
    return DAYS[clock.step] if period == "step" else DAYS[period]


def step_in(period: str, clock: Clock) -> float:
    """Length of one turn measured in `period`."""
    return step_days(clock) / days(period, clock)


def step_start(clock: Clock, step: int) -> date:
    """First day of a turn (they count from 0); whole days, rounded down."""
    return clock.start + timedelta(days=int(step * step_days(clock) + 1e-9))


def step_of(clock: Clock, day: date) -> int:
    """Turn a day falls in (the last that has begun by then); negative before the start, `turns` or more after
    the end."""
    index = int((day - clock.start).days // step_days(clock))
    while step_start(clock, index + 1) <= day:
        index += 1
    while step_start(clock, index) > day:
        index -= 1
    return index
