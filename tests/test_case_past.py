"""A dated history that cannot have happened is refused where it is written; one that can is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from case_kit import CASE, EVIDENCE, changed, written
from standoff.case import check
from standoff.errors import Problem

TIGHTEN = "  - {date: 2031-03-02, admiralty: tighten, because: [boats-sent]}\n"


def told(folder: Path, *entries: str, case: str = CASE) -> list[Problem]:
    lines = "".join(f"  - {{{entry}, judgement: 'test'}}\n" for entry in entries)
    return check(written(folder / "sel", case, changed(EVIDENCE, (TIGHTEN, TIGHTEN + lines))))


def line_of(entry: int) -> int:
    return EVIDENCE[: EVIDENCE.index(TIGHTEN)].count("\n") + 1 + entry


IMPOSSIBLE = [
    # two rungs of the ring, and a third
    (
        ["date: 2031-03-05, admiralty: tighten", "date: 2031-03-09, admiralty: tighten"],
        "admiralty tighten on 2031-03-09, closed by then (cordon is blockade)",
        "`hold`, `land` and `withdraw`",
    ),
    (["date: 2031-03-05, admiralty: land"], "admiralty land on 2031-03-05, closed by then", "`tighten`"),
    (["date: 2031-03-05, event: collision"], "the event collision on 2031-03-05, closed by then (talks is shut)", ""),
    (
        ["date: 2031-03-05, council: give_up", "date: 2031-03-08, council: hold"],
        "council hold on 2031-03-08, after council give_up on 2031-03-05 had ended the story",
        "nothing dated after an ending",
    ),
    (  # chances of two endings that leave nothing, whatever the parameter
        [
            "date: 2031-03-05, admiralty: tighten",
            "date: 2031-03-08, admiralty: land",
            "date: 2031-03-09, council: hold",
        ],
        "after admiralty land on 2031-03-08 had ended the story",
        "nothing dated",
    ),
    (  # in no week of a vague date
        ["date: 2031-03-05, admiralty: tighten", "date: 2031-03-07..2031-03-20, admiralty: tighten"],
        "closed by then (cordon is blockade)",
        "",
    ),
]


@pytest.mark.parametrize(("entries", "found", "expected"), IMPOSSIBLE, ids=lambda each: str(each)[:40])
def test_what_cannot_have_happened_is_refused_at_its_line(
    tmp_path: Path, entries: list[str], found: str, expected: str
) -> None:
    (problem,) = told(tmp_path, *entries)
    assert problem.level == "error"
    assert found in problem.found
    assert expected in problem.expected
    assert (problem.file.endswith("evidence.yaml"), problem.line) == (True, line_of(len(entries)))
    assert problem.path == f"history.{len(entries)}"


POSSIBLE = [
    ["date: 2031-03-05, admiralty: {tighten: 0.9}", "date: 2031-03-09, admiralty: tighten"],  # perhaps it was not
    ["date: 2031-03-05, admiralty: {tighten: 0.9, hold: 0.1}", "date: 2031-03-09, admiralty: hold"],
    # nobody would have reported the offer of talks
    ["from: 2031-03-03, to: 2031-03-10, unreported: [council]", "date: 2031-03-12, event: collision"],
    ["date: 2031-03-04..2031-03-12, council: ask_for_talks", "date: 2031-03-12, event: collision"],
    # boats may have collided in between
    ["date: 2031-03-05, council: ask_for_talks", "date: 2031-03-08, council: ask_for_talks"],
    # the stores may have run low without a word
    ["date: 2031-03-05, admiralty: tighten", "date: 2031-03-20, event: stores_run_low"],
]


@pytest.mark.parametrize("entries", POSSIBLE, ids=lambda each: str(each)[:60])
def test_what_may_have_happened_is_not(tmp_path: Path, entries: list[str]) -> None:
    assert told(tmp_path, *entries) == []


def test_a_guard_that_a_parameter_decides_is_left_to_the_draws(tmp_path: Path) -> None:
    case = changed(CASE, ("when: cordon < blockade\n", "when: cordon < blockade or face > 0.2\n"))
    entries = ["date: 2031-03-05, admiralty: tighten", "date: 2031-03-09, admiralty: tighten"]
    assert told(tmp_path, *entries, case=case) == []


def test_a_move_opens_with_the_calendar(tmp_path: Path) -> None:
    case = changed(CASE, ("when: talks is shut\n", "when: talks is shut and date >= 2031-03-20\n"))
    (problem,) = told(tmp_path / "a", "date: 2031-03-19, council: ask_for_talks", case=case)
    assert "closed by then" in problem.found
    assert told(tmp_path / "b", "date: 2031-03-20, council: ask_for_talks", case=case) == []


def test_a_covert_move_looks_like_standing_still(tmp_path: Path) -> None:
    """What is reported as holding may have been the covert move, and have led on."""
    covert = "when: talks is shut\n      covert: true\n"
    case = changed(CASE, ("when: talks is shut\n", covert))
    assert told(tmp_path, "date: 2031-03-05, council: hold", "date: 2031-03-12, event: collision", case=case) == []


ENDED = "\nending: {date: 2031-03-20, outcome: withdrawn, source: test}\n"


@pytest.mark.parametrize(
    ("entry", "level", "found"),
    [
        ("date: 2031-03-21, admiralty: hold", "warning", "admiralty hold on 2031-03-21, after the ending on"),
        ("date: 2031-03-20, admiralty: withdraw", "warning", "admiralty withdraw on 2031-03-20, which ends the story"),
        ("date: 2031-03-10, council: give_up", "warning", "council give_up on 2031-03-10, which ends the story"),
        ("date: 2031-03-20, admiralty: hold", "", ""),
        ("date: 2031-03-15..2031-03-25, admiralty: hold", "", ""),
    ],
)
def test_history_is_held_against_the_ending(tmp_path: Path, entry: str, level: str, found: str) -> None:
    problems = [one for one in told(tmp_path, entry, case=CASE + ENDED) if "ending" in one.found]
    if not level:
        assert problems == []
        return
    (problem,) = problems
    assert (problem.level, problem.line) == (level, line_of(1))
    assert problem.column > 0
    assert found in problem.found
