"""The clock halved: what is a rate in time stays, what is said per step does not."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from forecast_kit import edited, write
from standoff.case import load
from standoff.forecast.clock import check_clock
from standoff.language.calendar import DAYS, in_words, step_in, step_of, step_start, turns
from standoff.language.document import Clock

RATES = """
standoff: 1
title: Rates
question: When does it burn?
clock: {start: 2030-01-07, step: week, steps: 8}
factors: {alarm: {levels: [off, on]}}
actors:
  a: {precision: 3, tempo: {per: week, times: 0.25}}
moves:
  a:
    hold: {}
    leave: {when: step >= 4, ends: left}
events:
  fire: {rate: 0.05, per: week, ends: burnt}
  bell: {when: alarm is off, chance: 0.1, then: {alarm: on}}
outcomes:
  burnt: {worth: {a: 0}}
  left: {worth: {a: 0.5}}
  unresolved: {worth: {a: 0.5}}
"""


def test_half_steps_in_the_calendar() -> None:
    clock = Clock(start=date(2030, 1, 7), step="week", steps=4)
    half = clock.model_copy(update={"parts": 2})
    assert (turns(clock), turns(half)) == (4, 8)
    assert [step_start(half, t).day for t in range(4)] == [7, 10, 14, 17]
    assert step_start(half, 8) == step_start(clock, 4)
    assert [step_of(half, date(2030, 1, day)) for day in (7, 9, 10, 13, 14)] == [0, 0, 1, 1, 2]
    assert step_in("week", half) == 0.5
    assert step_in("step", half) == 0.5
    assert step_in("step", clock) == 1


@pytest.mark.parametrize(
    ("step", "parts", "words"),
    [
        ("day", 1, "a day"),
        ("week", 1, "a week"),
        ("week", 2, "half a week"),
        ("week", 3, "a third of a week"),
        ("week", 7, "a day"),
        ("week", 14, "half a day"),
        ("week", 8, "an eighth of a week"),
        ("week", 11, "1/11 of a week"),
        ("month", 4, "a fourth of a month"),
        ("quarter", 3, "a month"),
        ("year", 4, "a quarter"),
        ("year", 7, "a seventh of a year"),
    ],
)
def test_the_length_of_a_step_in_words(step: str, parts: int, words: str) -> None:
    assert in_words(step, parts) == words
    assert DAYS[words.split()[-1]] >= DAYS[step] / parts


def test_rates_do_not_mind_the_clock(tmp_path: Path) -> None:
    quiet = edited(RATES, ("leave: {when: step >= 4, ends: left}", "wait: {}"))
    found = check_clock(load(write(tmp_path / "c", quiet)), threads=1)
    assert found.written["burnt"] == pytest.approx(1 - 2.718281828459045**-0.4)
    assert found.largest < 1e-9
    assert found.problems() == []


def test_a_guard_in_steps_means_the_steps_of_the_case(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    found = check_clock(load(write(tmp_path / "c", RATES)), threads=1, progress=lambda *at: seen.append(at))
    # leaving is as good as staying while there is no fire: about half the turns in the second month
    assert 0.2 < found.written["left"] < 0.6
    assert found.largest < 0.02
    assert seen[-1] == (24, 24)
    assert seen == sorted(seen)


def test_what_is_said_per_step_is_found(tmp_path: Path) -> None:
    case = edited(RATES, ("rate: 0.05, per: week", "when: true, chance: 0.05"))
    found = check_clock(load(write(tmp_path / "c", case)), threads=1)
    assert found.moved["burnt"] > 0.05
    (problem,) = found.problems("case.yaml")
    assert problem.level == "warning"
    assert "moves " in problem.found
    assert "half a week as the step moves burnt" in problem.found
    assert found.to_json()["outcomes"]["burnt"]["moved"] == found.moved["burnt"]


def test_a_clock_in_parts_is_told_by_its_true_length(tmp_path: Path) -> None:
    case = edited(RATES, ("rate: 0.05, per: week", "when: true, chance: 0.05"), ("steps: 8", "steps: 2, parts: 7"))
    found = check_clock(load(write(tmp_path / "c", case)), threads=1)
    assert (found.to_json()["step"], found.to_json()["parts"]) == ("week", 7)
    (problem,) = found.problems()
    assert "half a day as the step moves burnt" in problem.found
