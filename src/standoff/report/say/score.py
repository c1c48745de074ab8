"""Scores on a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from standoff.report import words
from standoff.report.screen import fitted, say, styled

if TYPE_CHECKING:
    from rich.console import Console

MOST = 16  # rows of a table that is cut
ENOUGH = 5  # questions below which calibration says nothing
FEW = 20  # questions below which a bootstrap's interval is known to be too narrow
RULES = {"log": "log", "brier": "Brier", "ranked": "ranked"}
MODEL = "standoff"
OVER_DAYS = (
    "Means over the days from the first forecast to the deadline; those after a question has resolved cost nothing."
)


def print_scores(found: Mapping[str, Any], console: Console) -> None:
    """Forecasters, question by question, and two by two. found: the plain data of `standoff.score`."""
    resolved, people = found["questions"], found["forecasters"]
    head = f"{words.count(len(resolved), 'question')} resolved by {words.day(found['as_of'])}"
    console.print(styled(f"{head}, {words.count(len(people), 'forecaster')}", style="bold"))
    say(console, _legend(found))
    console.print()
    _standings(people, console)
    if found["scores"]:
        console.print()
        _questions(found, console)
    _paired(found["paired"], console)
    _calibration(people, console)
    for one in found["open"]:
        say(console, f"Not scored: {one['question']} ({one['why']}).", hang=2)
    for remark in found["remarks"]:
        say(console, remark, hang=2)


def _legend(found: Mapping[str, Any]) -> str:
    how = {"time": OVER_DAYS, "first": "The first forecast of each question counts, and no other."}[found["take"]]
    floor = f" No chance counts as less than {found['floor']:g}." if found["floor"] else ""
    return (
        "0 is best. Log score in nats, Brier from 0 to 2, ranked from 0 to 1; even odds: the Brier score of knowing "
        f"nothing, on the same days. {how}{floor}"
    )


def _standings(people: Sequence[Mapping[str, Any]], console: Console) -> None:
    rows = [
        [
            one["forecaster"], str(one["questions"]), _log(one["log"], one["ruled_out"]), number(one["brier"]),
            number(one["ranked"]), number(one["even"]), number(one["sharpness"]),
        ]
        for one in people
    ]  # fmt: skip
    fitted(console, ["Forecaster", "Questions", "Log", "Brier", "Ranked", "Even odds", "Sharpness"], rows)
    for one in people[:MOST]:
        say(console, against_even(one), hang=2)
    if len(people) > 1:
        say(console, "Each over its own questions and days: compare two of them by the pairs below.")
    for one in people:
        if one["ruled_out"]:
            named = words.listed(one["ruled_out"][:5])
            say(console, f"{one['forecaster']} gave no chance to what happened in {named}: the log score is infinite.")


def against_even(one: Mapping[str, Any]) -> str:
    """A forecaster beside even odds, by both scores that have them."""
    log = math.inf if one["log"] is None and one["ruled_out"] else one["log"]
    parts = [
        f"{_beside(log, one['even_log'])} by the log score ({_log(one['log'], one['ruled_out'])} against "
        f"{number(one['even_log'])})",
        f"{_beside(one['brier'], one['even'])} by the Brier score ({number(one['brier'])} against "
        f"{number(one['even'])})",
    ]
    return f"{one['forecaster']} and even odds: {words.listed(parts)}."


def _beside(mine: float, even: float) -> str:
    return "no better" if abs(mine - even) < 5e-4 else "better" if mine < even else "worse"


def _questions(found: Mapping[str, Any], console: Console) -> None:
    happened = {one["question"]: one for one in found["questions"]}
    rows = [
        [
            one["question"], happened[one["question"]]["happened"], one["forecaster"],
            _chance(one["chance"]), _log(one["log"], one["ruled_out"]), number(one["brier"]),
            f"{one['open']} of {one['days']}",
        ]
        for one in found["scores"][:MOST]
    ]  # fmt: skip
    fitted(console, ["Question", "Happened", "Forecaster", "Chance it had", "Log", "Brier", "Days"], rows, text=2)
    left = len(found["scores"]) - MOST
    if left > 0:
        say(console, f"{words.count(left, 'row')} more with --json.")


def _chance(value: float) -> str:
    """As words has it; but none at all, for which the log score is infinite, is not a little."""
    return words.short_percent(value) if value else f"0{words.NBSP}%"


def _paired(paired: Sequence[Mapping[str, Any]], console: Console) -> None:
    if not paired:
        return
    console.print()
    say(console, "On the questions both forecast: below 0 the first is better. Intervals (95 %) resample questions.")
    rows = [
        [
            f"{one['a']} against {one['b']}", RULES[one["rule"]], str(one["questions"]), signed(one["difference"]),
            span(one["low"], one["high"]),
        ]
        for one in paired[:MOST]
    ]  # fmt: skip
    fitted(console, ["Pair", "Rule", "Questions", "Difference", "Interval"], rows)
    if any(one["low"] is None for one in paired):
        say(console, "No interval is given below 5 questions, or where a score is infinite.")
    if len(paired) > MOST:
        say(console, f"{words.count(len(paired) - MOST, 'row')} more with --json.")


def _calibration(people: Sequence[Mapping[str, Any]], console: Console) -> None:
    """Said only where there are questions enough for it to mean something."""
    for one in people:
        if one["questions"] < ENOUGH or not one["calibration"]:
            continue
        console.print()
        say(console, f"Calibration of {one['forecaster']}: what had so much chance came true so often.")
        rows = [
            [
                f"{words.short_percent(each['said'])}", f"{each['weight']:.3g}", words.short_percent(each["came"]),
                words.percent_range(*each["wilson"]), words.percent_range(*each["band"]),
            ]
            for each in one["calibration"]
        ]  # fmt: skip
        fitted(console, ["Said", "Statements", "Came true", "95 % interval", "If right, 95 % within"], rows)
        parts = one["murphy"]
        say(
            console,
            f"Of {number(parts['score'])} (squared error of a statement): reliability {number(parts['reliability'])} "
            f"less resolution {number(parts['resolution'])} plus uncertainty {number(parts['uncertainty'])} plus "
            f"{signed(parts['within'])} within bins.",
        )


def print_backtest(found: Mapping[str, Any], console: Console, *, files: Sequence[str] = ()) -> None:
    """Cases told again. found: the plain data of `standoff.backtest`."""
    console.print(styled(f"{words.count(len(found['cases']), 'case')} told again, with what was known", style="bold"))
    say(console, f"{found['caution']}")
    console.print()
    people = found["scores"]["forecasters"]
    rows = [
        [
            one["forecaster"],
            str(one["questions"]),
            _log(one["log"], one["ruled_out"]),
            number(one["brier"]),
            number(one["ranked"]),
            number(one["brier_while_open"]),
        ]
        for one in people
    ]
    fitted(console, ["Forecaster", "Cases", "Log", "Brier", "Ranked", "Brier while open"], rows)
    say(
        console,
        "0 is best. Means over the days from the first forecast to the end of the clock, each case as one; those after "
        "the ending cost nothing. While open: over the days before the ending alone, easier to read, and flattering to "
        "whoever overstates early endings.",
    )
    for one in found["cases"]:
        console.print()
        _told(one, console)
    if any(point["thin"] for one in found["cases"] for points in one["forecasts"].values() for point in points):
        console.print()
        say(console, "* rests on fewer than 16 effective draws: not to be relied on; ask for more --draws.")
    _against_the_model(found["scores"]["paired"], console)
    for remark in found["scores"]["remarks"]:
        say(console, remark, hang=2)
    if found["left_out"]:
        console.print()
        say(console, f"Without an ending, and left out: {words.listed(found['left_out'])}.")
    if files:
        console.print()
        for file in files:
            say(console, file, indent=2)


def _told(one: Mapping[str, Any], console: Console) -> None:
    ending, forecasts = one["ending"], one["forecasts"]
    console.print(
        styled(f"{one['title']}: {ending['title'] or ending['outcome']}, {words.day(ending['date'])}", "bold")
    )
    say(console, "Chance that each gave to what happened, when something became known:")
    shown = on_news(one)
    if len(shown) > MOST:
        shown = [*shown[:: -(-len(shown) // MOST)], shown[-1]]
    rows = []
    for day, points in dict(shown).items():
        cells = [words.day(day)]
        for point in points:
            mark = "*" if point and point["thin"] else ""
            cells.append(words.short_percent(point["outcomes"][ending["outcome"]]) + mark if point else "–")
        rows.append(cells)
    fitted(console, ["As of", *forecasts], rows, most=8)
    for who, count in one["failed"].items():
        say(console, f"{words.count(count, 'draw')} of {one['draws']} failed ({who}).")
    for remark in silences(one):
        say(console, remark)
    if one["order"]:
        say(console, f"Ranked: {' < '.join(', '.join(rank) for rank in one['order'])}.", hang=2)


def on_news(case: Mapping[str, Any]) -> list[tuple[str, list[Mapping[str, Any] | None]]]:
    """The dates of a case told again on which something became known, each with everybody's forecast at it, or None."""
    by_day = [{point["as_of"]: point for point in points} for points in case["forecasts"].values()]
    return [(day, [one.get(day) for one in by_day]) for day in case["news"] if any(day in one for one in by_day)]


def silences(case: Mapping[str, Any]) -> list[str]:
    """Who had no forecast at which dates of a case told again, and what is made of that."""
    found = []
    for who, dates in case["silent"].items():
        days = words.listed([words.day(day) for day in dates[:3]])
        more = f" and {words.count(len(dates) - 3, 'other date')}" if len(dates) > 3 else ""
        then = "; what it said before stands" if who in case["forecasts"] else ", and is left out"
        found.append(f"{words.capital(who)}: no draw allows what was known on {days}{more}{then}.")
    return found


def _against_the_model(paired: Sequence[Mapping[str, Any]], console: Console) -> None:
    mine = [one for one in paired if MODEL in (one["a"], one["b"])]
    if not mine:
        return
    console.print()
    say(console, "The model against the others (below 0 the model is better):")
    rows = []
    for one in mine:
        other, difference, low, high = facing(one, MODEL)
        rows.append([other, RULES[one["rule"]], signed(difference), span(low, high)])
    fitted(console, ["Against", "Rule", "Difference", "95 % interval"], rows)
    if mine[0]["questions"] < 5:
        say(console, f"{words.capital(words.count(mine[0]['questions'], 'case'))}: too few for an interval.")
    elif mine[0]["questions"] < FEW:
        say(console, "From so few cases such intervals are too narrow.")


def facing(one: Mapping[str, Any], who: str) -> tuple[str, float | None, float | None, float | None]:
    """A comparison seen from one of its two: the other, the difference and both ends of its interval."""
    if one["a"] == who:
        return one["b"], one["difference"], one["low"], one["high"]
    return one["a"], _minus(one["difference"]), _minus(one["high"]), _minus(one["low"])


def _minus(value: float | None) -> float | None:
    return None if value is None else -value


def _log(value: float | None, ruled_out: object) -> str:
    return "∞" if value is None and ruled_out else number(value)


def number(value: float | None) -> str:
    """A score in three decimals, a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"


def signed(value: float | None) -> str:
    """A difference with its sign."""
    return "–" if value is None else f"{value:+.3f}"


def span(low: float | None, high: float | None) -> str:
    """Both ends of an interval."""
    return "–" if low is None or high is None else f"{low:+.3f} to {high:+.3f}"
