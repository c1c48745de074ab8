"""Lengths of time: how the case's periods relate to days and to the clock's step."""

from __future__ import annotations

from datetime import date, timedelta

from standoff.language.document import Clock

DAYS = {"day": 1.0, "week": 7.0, "month": 30.4375, "quarter": 91.3125, "year": 365.25}


def days(period: str, clock: Clock) -> float:
    """Length of a period in days; ``step`` is one step of the clock."""
    return DAYS[clock.step] if period == "step" else DAYS[period]


def step_in(period: str, clock: Clock) -> float:
    """Length of one step measured in `period`."""
    return DAYS[clock.step] / days(period, clock)


def step_start(clock: Clock, step: int) -> date:
    """First day of a step (steps count from 0); whole days, rounded down."""
    return clock.start + timedelta(days=int(step * DAYS[clock.step] + 1e-9))


def step_of(clock: Clock, day: date) -> int:
    """Step a day falls in; negative before the start, `clock.steps` or more after the end."""
    index = int((day - clock.start).days // DAYS[clock.step])
    while step_start(clock, index + 1) <= day:
        index += 1
    while step_start(clock, index) > day:
        index -= 1
    return index
