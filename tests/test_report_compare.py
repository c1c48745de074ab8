"""Two sides of a comparison on a terminal, from plain data."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from standoff.report import moved
from standoff.report.say.compare import print_comparison
from test_report_moved import LONG, PRICE, band, flat, part


def side(**more: Any) -> dict[str, Any]:
    plain = {"name": "case", "title": "A case", "as_of": "2031-12-10", "clock_ends": "2032-02-01", "set": {}}
    return {**plain, "effective_draws": 30.0, **more}


def comparison(outcomes: dict[str, tuple[float, float, float]], *, a: dict[str, Any] | None = None,
               b: dict[str, Any] | None = None, evidence: list[Any] | None = None,
               assumptions: list[Any] | None = None) -> dict[str, Any]:  # fmt: skip
    """outcomes: what A and B say, and the part of the difference that the evidence makes."""

    def row(name: str, first: float, last: float, items: float) -> dict[str, Any]:
        gap = last - first
        return {
            "title": name, "a": band(first), "b": band(last), "difference": band(gap), "per_draw": band(gap),
            "evidence": band(items), "assumptions": band(gap - items), "interaction": band(0.001),
        }  # fmt: skip

    return {
        "a": side(**(a or {})), "b": side(**(b or {})), "thin": None, "beliefs": {}, "actors": {},
        "outcomes": {name: row(name, *numbers) for name, numbers in outcomes.items()},
        "only_in": {"a": [], "b": []}, "split": "both orders", "corners": [],
        "differs": {"assumptions": assumptions or [], "evidence": evidence or [], "reports": []},
        "draws": 32, "seed": 1, "version": "1",
    }  # fmt: skip


def printed(found: dict[str, Any], width: int = 100) -> str:
    file = io.StringIO()
    print_comparison(found, Console(file=file, width=width))
    return file.getvalue()


TWO = {"war": (0.4, 0.3, -0.1), "peace": (0.6, 0.7, 0.1)}


def test_dates_that_differ_are_told_and_whether_the_clock_had_run_out() -> None:
    text = flat(printed(comparison(TWO, a={"as_of": "2032-03-01"}, b={"as_of": "2031-12-10"})))
    assert "A is 82 days later; in A the clock had run out on 1 February 2032" in text
    assert "They differ in nothing else" in text
    assert "perhaps the date" not in text
    assert "differ in nothing that" in flat(printed(comparison(TWO)))


def test_few_items_are_named_by_the_side_that_has_them() -> None:
    items = [
        part("claim", "He means it."),
        part("claim", "It was never about the price.", what="removed"),
        part("claim", "The fleet is old.", what="changed",
             corrected=[{"field": "credibility", "before": "3", "now": "4"}]),
    ]  # fmt: skip
    text = flat(printed(comparison(TWO, evidence=items)))
    assert "Known in B and not in A: the claim that he means it." in text
    assert "Known in A and not in B: the claim that it was never about the price." in text
    assert "Other in B than in A: the correction of the claim that the fleet is old (credibility 3, now 4)." in text


def test_many_items_are_counted_by_kind() -> None:
    items = [part("claim", f"Claim {i}.") for i in range(5)] + [part("history", "It sails", what="removed")]
    text = flat(printed(comparison(TWO, evidence=items)))
    assert "Only B knows of 5 claims and only A knows of 1 move or event. `standoff update` tells what each" in text


def test_parts_that_miss_the_difference_by_rounding_say_so() -> None:
    odd = {"war": (0.4, 0.5007, 0.05035), "peace": (0.6, 0.4993, -0.05035)}
    assert moved.ROUNDED in flat(printed(comparison(odd, assumptions=[PRICE])))
    even = {"war": (0.4, 0.5, 0.04), "peace": (0.6, 0.5, -0.04)}
    assert moved.ROUNDED not in flat(printed(comparison(even, assumptions=[PRICE])))


def test_differences_of_less_than_half_a_point_are_told_by_one_rule() -> None:
    text = printed(comparison({"war": (0.1030, 0.1073, 0.0), "peace": (0.1048, 0.1, 0.0)}))
    assert "+0.4" in text
    assert "−0.5" in text


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_everything_shown_fits(width: int) -> None:
    numbers = dict.fromkeys(LONG, (0.3, 0.15, -0.05))
    found = comparison(numbers, assumptions=[PRICE], evidence=[part("claim", "He means it.")])
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    for word in " ".join(LONG).split():
        assert word in text or word.capitalize() in text
    for value in ("30.0", "15.0", "−15.0", "−16.2 to −13.8", "−5.0", "−10.0"):
        assert value in text
    assert "90\N{NO-BREAK SPACE}%" in text
