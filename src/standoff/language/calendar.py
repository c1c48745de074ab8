"""Lengths of time: how the case's periods relate to days and to the clock's step."""

from __future__ import annotations

from datetime import date, timedelta

from standoff.language.document import Clock

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def step_days(clock: Clock) -> float:
    """Length of one turn of the clock in days: a step, or a part of one."""
    return DAYS[clock.step] / clock.parts


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
