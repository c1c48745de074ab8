"""What changed, in words: plain data of a change as the terminal and the brief tell it."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from standoff.report import moved, words
from standoff.report.about.change import section
from standoff.report.references import References
from standoff.report.say.change import print_change

NBSP = "\N{NO-BREAK SPACE}"


def band(mean: float) -> dict[str, float]:
    return {"mean": mean, "p05": mean - 0.0123, "p25": mean, "p50": mean, "p75": mean, "p95": mean + 0.0123}


def part(kind: str, title: str = "", **more: Any) -> dict[str, Any]:
    plain = {"what": "new", "id": kind, "date": "2031-12-10", "since": None, "when": None, "because": [], "who": None}
    return {"kind": kind, "title": title, **plain, "corrected": [], **more}


def change(outcomes: dict[str, tuple[float, float]], steps: list[tuple[dict[str, Any], dict[str, float]]],
           **more: Any) -> dict[str, Any]:  # fmt: skip
    def row(title: str, before: float, now: float) -> dict[str, Any]:
        return {"title": title, "before": before, "now": now, "change": band(now - before)}

    return {
        "status": "changed", "since": "2031-11-01", "as_of": "2031-12-12", "folder": None, "thin": None, "why": None,
        "outcomes": {name: row(name, *pair) for name, pair in outcomes.items()},
        "beliefs": {}, "actors": {}, "assumptions": [], "reports": [],
        "steps": [
            {"parts": [one], "outcomes": {name: band(by.get(name, 0.0)) for name in outcomes}, "beliefs": {}}
            for one, by in steps
        ],
        **more,
    }  # fmt: skip


PRICE = {"path": "parameters.price.prior", "title": "what it costs", "before": "uniform(0, 1)", "now": "uniform(1, 2)"}


def flat(text: str) -> str:
    return " ".join(text.replace(NBSP, " ").split())


def printed(found: dict[str, Any], width: int) -> str:
    file = io.StringIO()
    print_change(found, Console(file=file, width=width), name="case")
    return file.getvalue()


# The sentence -----------------------------------------------------------------------------------------------


def test_a_withdrawn_claim_is_not_credited_with_what_its_withdrawal_did() -> None:
    gone = part("claim", "It was never about the price.", what="removed")
    found = change({"war": (0.4, 0.45), "peace": (0.6, 0.55)}, [(gone, {"war": 0.05, "peace": -0.05})])
    assert "points from the withdrawal of the claim that it was never about the price." in flat(moved.headline(found))
    assert "Withdrawn: It was never about the price" in flat(printed(found, 120))


def test_a_corrected_claim_says_what_was_corrected_in_the_sentence_and_in_the_table() -> None:
    mended = part("claim", "It was never about the price.", what="changed",
                  corrected=[{"field": "credibility", "before": "3", "now": "4"}])  # fmt: skip
    found = change({"war": (0.4, 0.45), "peace": (0.6, 0.55)}, [(mended, {"war": 0.05, "peace": -0.05})])
    said = "the correction of the claim that it was never about the price (credibility 3, now 4)."
    assert said in flat(moved.headline(found))
    assert "Corrected: It was never about the price (credibility 3, now 4)" in flat(printed(found, 160))


def test_another_likeliest_ending_is_told_with_what_brought_it_about() -> None:
    """The ending that moved most is not the new leader."""
    sails = part("history", "The fleet sails", when="early December 2031")
    steps = [(sails, {"war": 0.02, "peace": 0.06, "rest": -0.08})]
    found = change({"war": (0.45, 0.47), "peace": (0.44, 0.50), "rest": (0.11, 0.03)}, steps)
    said = flat(moved.headline(found))
    assert said.startswith("The likeliest ending changed from “war” to “peace”. Since 1 November 2031")
    assert "“peace” went from 44 % to 50 %. What did most of it: +6.0 points from “The fleet sails”, early Dec" in said


def test_a_leader_that_stays_is_not_told_as_changed() -> None:
    found = change({"war": (0.7, 0.6), "peace": (0.3, 0.4)}, [(part("claim", "He left."), {"war": -0.1, "peace": 0.1})])
    assert "likeliest" not in moved.headline(found)


@pytest.mark.parametrize("by", [0.0, 0.001, -0.03, 0.03])
def test_the_hand_of_the_analyst_is_always_said(by: float) -> None:
    steps = [(part("assumptions", "what it costs"), {"war": by}), (part("claim", "He left."), {"war": 0.1})]
    found = change({"war": (0.4, 0.5 + by), "peace": (0.6, 0.5 - by)}, steps, assumptions=[PRICE])
    said = flat(moved.headline(found))
    assert said.count("“what it costs”, now uniform(1, 2) instead of uniform(0, 1)") == 1
    still = change({"war": (0.4, 0.4)}, [], assumptions=[PRICE])
    assert "An assumption was changed by hand: “what it costs”, now" in flat(moved.headline(still))


def test_two_moves_of_one_title_are_told_apart_and_stand_well_in_a_sentence() -> None:
    who = "The energy ministry of Orlenia"
    steps = [
        (part("history", f"{who}: withhold more gas", who=who, when=on), {"war": 0.05, "peace": -0.05})
        for on in ("2031-11-21", "2031-12-10")
    ]
    said = flat(moved.headline(change({"war": (0.4, 0.5), "peace": (0.6, 0.5)}, steps)))
    for on in ("21 November 2031", "10 December 2031"):
        assert f"the move “withhold more gas” by the energy ministry of Orlenia, {on}" in said


def test_when_it_happened_is_told_where_it_became_known_another_day() -> None:
    late = part("history", "The fleet sails", when="2031-11-21")
    known = part("history", "The fleet lands", when="2031-12-10")
    found = change({"war": (0.4, 0.5), "peace": (0.6, 0.5)}, [(late, {"war": 0.05}), (known, {"war": 0.05})])
    first, second = (one.said for one in moved.causes(found, moved.told(found)))
    assert flat(first) == "The fleet sails, 21 November 2031"
    assert second == "The fleet lands"


def test_silence_has_a_start_and_dates_are_in_words() -> None:
    quiet = part("time", "nothing else reported, 2031-11-10 to 2031-12-10", what="passed", since="2031-11-10")
    gap = part("gap", "Unreported: the navy, 2031-11-10 to 2031-11-12")
    found = change({"war": (0.4, 0.5)}, [(quiet, {"war": 0.05}), (gap, {"war": 0.05})])
    first, second = (flat(one.said) for one in moved.causes(found, moved.told(found)))
    assert first == "nothing more was reported from 10 November to 10 December 2031"
    assert second == "the navy, 10 November 2031 to 12 November 2031"


# Rounding ---------------------------------------------------------------------------------------------------

CHANCE = st.floats(0, 1)


@given(CHANCE, CHANCE)
def test_printed_points_are_the_difference_of_the_printed_chances(before: float, now: float) -> None:
    first, last = moved.percent(before), moved.percent(now)
    if "<" not in first + last and ">" not in first + last:
        gap = round((float(last[:-2]) - float(first[:-2])) * 10)
        assert moved.adds_up([moved.between(before, now)], "0") is (gap == 0)
        assert moved.between(before, now) == ("0" if gap == 0 else f"{'+' if gap > 0 else '−'}{abs(gap) / 10:.1f}")


@given(CHANCE, CHANCE)
def test_a_difference_and_its_negative_are_rounded_alike(before: float, now: float) -> None:
    there, back = moved.between(before, now), moved.between(now, before)
    assert there.lstrip("+−") == back.lstrip("+−")
    assert moved.points(now - before).lstrip("+−") == moved.points(before - now).lstrip("+−")


def test_small_differences_are_neither_grown_nor_hidden() -> None:
    assert moved.between(0.1030, 0.1073) == "+0.4"
    assert moved.between(0.1048, 0.1) == "−0.5"
    assert moved.percent(0.00004) == f"<0.1{NBSP}%"
    assert moved.percent(0.0) == f"0.0{NBSP}%"


def test_rows_that_miss_their_total_by_rounding_say_so() -> None:
    steps = [(part("claim", f"Claim {i}."), {"war": 0.05349}) for i in range(3)]
    found = change({"war": (0.4, 0.4 + 3 * 0.05349), "peace": (0.6, 0.6 - 3 * 0.05349)}, steps)
    text = flat(printed(found, 100))
    assert "+16.0" in text  # twice: above and in the last row
    assert text.count("+16.0") == 2
    assert moved.ROUNDED in text
    even = change({"war": (0.4, 0.5), "peace": (0.6, 0.5)}, [(part("claim", "One."), {"war": 0.1, "peace": -0.1})])
    assert moved.ROUNDED not in flat(printed(even, 100))


# On a terminal ----------------------------------------------------------------------------------------------

LONG = [
    "he gives up office on his own terms, or hands it to a deputy whom his party has named for it",
    "the internationalised administration of the straits is prolonged for another year by both houses",
    "his own guards, or the generals behind them, remove him before the talks are over",
    "still in place, still besieged, when the clock of the model runs out in mid February",
    "the fleet withdraws without a result and is replaced by a smaller one",
]


@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_everything_shown_fits_and_nothing_is_cut(width: int) -> None:
    effects = {name: (i + 1) / 100 * (-1) ** i for i, name in enumerate(LONG)}
    row = {**PRICE, "title": "the share of the cost of a prolonged blockade that falls on the capital’s own households"}
    steps = [(part("assumptions", row["title"]), effects), (part("claim", "A long claim of many words. " * 8), effects)]
    found = change({name: (0.3, 0.3 + 2 * effects[name]) for name in LONG}, steps, assumptions=[row])
    found |= {"folder": "case-2031-11-01-0123456789abcdef", "since": "2031-11-01"}
    text = printed(found, width)
    assert max(map(len, text.splitlines())) <= width
    table = text[text.index("Known") :]
    columns = moved.told(found, 5)
    total = next(line for line in table.splitlines() if "All of it" in line)
    shown = total.split("All of it")[1].split()
    assert shown == [moved.change_in_points(one.row) for one in columns[: len(shown)]]
    assert len(shown) >= {80: 2, 100: 3, 120: 4, 160: 5}[width]
    if len(shown) < len(LONG):
        assert "--json has all" in flat(text)
    for word in f"{row['title']}: uniform(0, 1), now uniform(1, 2) {' '.join(LONG)}".split():
        assert word in text or words.capital(word) in text, word
    assert not any(line.rstrip().endswith("1 November") for line in text.splitlines())


def test_the_same_date_is_told_as_the_earlier_run() -> None:
    same = {"since": "2031-12-12", "folder": "run-1"}
    found = change({"war": (0.4, 0.5)}, [(part("claim", "He left."), {"war": 0.1})], **same)
    text = flat(printed(found, 100))
    assert text.startswith("What changed since the earlier run of the same date, 12 December 2031 (run run-1) Since")
    assert "Since the earlier run of the same date the chance" in text


# In the brief -----------------------------------------------------------------------------------------------


def test_reports_are_dated_in_words_and_beliefs_stand_by_themselves() -> None:
    found = change({"war": (0.4, 0.5)}, [(part("claim", "He left."), {"war": 0.1})],
                   reports=[{"id": "one", "title": "A report", "published": "2031-11-21..2031-12-10"}])  # fmt: skip
    row = section({"change": found}, References({}))
    assert row is not None
    assert flat(row["reports"][0].label) == "A report (21 November 2031 to 10 December 2031)"
    assert row["rows"][0]["points"] == row["totals"][0] == "+10.0"
