"""The bottom line."""

from __future__ import annotations

import re
from typing import Any

import pytest

from findings_example import example, flat, minimal, thin
from standoff.report import sentences
from standoff.report.words import NBSP, SCALE


def _texts(findings: dict[str, Any]) -> dict[str, str]:
    lines = sentences.bottom_line(findings)
    return {line.label: line.text.replace("\N{NO-BREAK SPACE}", " ") for line in lines}


def _band(mean: float, spread: float = 0.02) -> dict[str, float]:
    return {
        "mean": mean,
        "p05": mean - 2 * spread,
        "p25": mean - spread,
        "p50": mean,
        "p75": mean + spread,
        "p95": mean + 2 * spread,
    }


def test_the_leading_outcome_has_its_words_range_and_both_bands() -> None:
    found = {"outcomes": {"deal": {**_band(0.62), "title": "A deal"}, "war": {**_band(0.3), "title": "War"}}}
    assert _texts(found)["Leading outcome"] == (
        "“A deal” is the leading outcome. It is likely (55–80 %), with a central estimate of 62 %. Half "
        "of the assumptions tried, by weight, give 60–64 %; nine in ten give 58–66 %. Next comes “War”, "
        "which is unlikely (20–45 %), with a central estimate of 30 %."
    )


def test_a_close_second_is_called_close() -> None:
    found = {"outcomes": {"deal": _band(0.4), "war": _band(0.38)}}
    assert "Close behind comes “War”" in _texts(found)["Leading outcome"]


def test_what_leads_and_is_unlikely_all_the_same_is_told_as_such() -> None:
    found = {"outcomes": {"deal": _band(0.4), "war": _band(0.3), "drift": _band(0.3)}}
    text = _texts(found)["Leading outcome"].replace("\N{NO-BREAK SPACE}", " ")
    assert text.startswith("“Deal” is the likeliest of three outcomes. Even so, it is unlikely (20–45 %), with")
    assert "leading" not in text


def test_one_outcome_and_none() -> None:
    assert "one ending only, “Deal”" in _texts({"outcomes": {"deal": flat(1.0)}})["Leading outcome"]
    assert "no outcome" in _texts({})["Leading outcome"]


def test_peace_uses_the_band_of_the_sum_where_it_is_given() -> None:
    found = example()
    text = _texts(found)["Peaceful settlement"]
    assert f"central estimate of {found['peaceful']['mean'] * 100:.0f} %" in text
    assert "nine in ten give" in text


def test_without_that_band_several_peaceful_outcomes_give_a_mean_and_no_range_of_draws() -> None:
    found = example()
    del found["peaceful"]
    text = _texts(found)["Peaceful settlement"]
    assert "central estimate of 44 %" in text
    assert "nine in ten" not in text


def test_one_peaceful_outcome_is_its_own_band() -> None:
    found = {"outcomes": {"deal": {**_band(0.6), "peaceful": True}, "war": _band(0.4)}}
    assert "nine in ten give 56–64 %" in _texts(found)["Peaceful settlement"]


def test_no_peaceful_outcome_is_said() -> None:
    assert "counts none" in _texts({"outcomes": {"a": _band(0.6), "b": _band(0.4)}})["Peaceful settlement"]


def test_hidden_intentions_are_set_against_the_start() -> None:
    lines = [line.text for line in sentences.bottom_line(example()) if line.label == "Hidden intention"]
    assert len(lines) == 2
    assert "at the start, 35" in lines[0]
    assert "“Will blockade but not land”" in lines[0]


def test_movement_names_the_outcome_that_moved_most_and_the_telling_move() -> None:
    text = _texts(example())["Movement"]
    assert "“The president leaves under a guarantee” moved most, from 14 % to 27 % (+13 points)" in text
    assert "“Declare the strait closed” on 22 April 2031" in text


def test_stillness_is_said_and_a_short_series_says_nothing() -> None:
    found = example()
    found["series"] = [{**found["series"][-1], "as_of": "2031-03-03"}, found["series"][-1]]
    assert "no outcome has moved" in _texts(found)["Movement"]
    found["series"] = found["series"][:1]
    assert "Movement" not in _texts(found)


def test_limits_name_draws_failures_and_numerical_error() -> None:
    text = _texts(thin())["What limits this"]
    assert "128 draws" in text
    assert "6 equal ones" in text
    assert "9 draws could not be solved" in text
    assert "tempered" in text
    assert "0.3 points" in text
    tiny = example()
    tiny["certificate"]["grid_error"] = 0.0001
    assert "less than 0.1 points" in _texts(tiny)["What limits this"]
    assert "estimated, not bounded" in _texts(tiny)["What limits this"]


def test_draws_that_rule_the_history_out_have_not_failed() -> None:
    found = example()
    told = "1 of 128 draws failed and weigh nothing; the first: no memory."
    found["run"].update(failed=9, ruled_out=8, warnings=[told])
    text = _texts(found)["What limits this"]
    assert "8 draws rule out what happened and weigh nothing." in text
    assert "1 draw could not be solved and is left out." in text
    said = " ".join(sentences.warnings(found)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == "1 draw of 128 failed and is left out of every number. The first: no memory."
    found["run"].update(failed=8, warnings=[])
    assert sentences.warnings(found) == []


def test_a_vague_date_is_never_told_as_a_day() -> None:
    found = example()
    entry = sentences.most_telling(found)
    assert entry is not None
    entry[0].update(date="2031-04-20", until="2031-05-02")  # type: ignore[attr-defined]
    said = _texts(found)["Movement"].replace("\N{NO-BREAK SPACE}", " ")
    assert "between 20 April and 2 May 2031, which shifted" in said


LIKELIHOOD = re.compile("|".join(word for _, _, word in SCALE))


@pytest.mark.parametrize("make", [example, thin, minimal, lambda: example(1), lambda: example(12)])
def test_likelihood_and_confidence_never_share_a_sentence(make: Any) -> None:
    for line in sentences.bottom_line(make()):
        for sentence in re.split(r"(?<=[.?!])\s", line.text):
            assert not (LIKELIHOOD.search(sentence) and "confiden" in sentence.lower())


def test_every_word_of_likelihood_has_its_range_in_the_same_sentence() -> None:
    for line in sentences.bottom_line(example()):
        for sentence in re.split(r"(?<=\.)\s", line.text):
            if LIKELIHOOD.search(sentence):
                assert re.search(r"\((?:under |over )?\d[^)]*%\)", sentence), sentence


def test_every_statement_about_the_crisis_has_grounds() -> None:
    for line in sentences.bottom_line(example()):
        if line.label != "What limits this":
            assert line.rests, line.label


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ({"draws": 128, "effective_draws": 61.0, "pareto_k": 0.4}, False),
        ({"draws": 128, "effective_draws": 29.0, "pareto_k": 0.4}, True),
        ({"draws": 1000, "effective_draws": 90.0, "pareto_k": 0.4}, True),
        ({"draws": 128, "effective_draws": 61.0, "pareto_k": 0.8}, True),
        ({"draws": 8, "effective_draws": 8.0}, False),
        ({"draws": 8, "effective_draws": 3.0}, True),
        ({}, False),
    ],
)
def test_when_an_ensemble_is_thin(run: dict[str, float], expected: bool) -> None:
    assert sentences.is_thin({"run": run}) is expected


def test_warnings_say_what_to_do() -> None:
    said = " ".join(sentences.warnings(thin()))
    for part in ("thin", "more draws", "Pareto k 0.93", "failed", "did not settle"):
        assert part in said
    assert sentences.warnings(example()) == []


def test_a_warning_of_the_run_that_says_the_same_is_not_repeated() -> None:
    found = thin()
    found["run"]["warnings"] = ["The forecast rests on few draws: 6.", "Something else."]
    said = sentences.warnings(found)
    assert "Something else." in said
    assert not any("rests on few draws" in w for w in said)


def test_the_costliest_moves_come_first() -> None:
    found = sentences.costliest(example())
    kept = [entry["kept"] for entry in found]
    assert kept == sorted(kept)
    assert found[0]["move"] == "incident_at_sea"
    assert sentences.costliest({"history": [{"kept": 1.0}, {"kept": None}, {}]}) == []


def test_a_reading_that_hardly_leads_is_not_told_as_if_it_did() -> None:
    found = minimal()
    found["beliefs"] = {"orvane": {"x": {"mean": 0.44}, "y": {"mean": 0.43}, "z": {"mean": 0.13}}}
    text = _texts(found)["Hidden intention"].replace("\N{NO-BREAK SPACE}", " ")
    assert "the likeliest of three readings is “X”. Even so, it is unlikely" in text
    assert "Close behind comes “Y” at 43 %. Against them stands “Z” at 13 %." in text
    found["beliefs"]["orvane"]["y"]["mean"], found["beliefs"]["orvane"]["z"]["mean"] = 0.3, 0.26
    text = _texts(found)["Hidden intention"].replace("\N{NO-BREAK SPACE}", " ")
    assert "Close behind" not in text
    assert "Against it stand “Y” at 30 % and “Z” at 26 %." in text


def test_what_comes_close_behind_is_named_in_answers_too() -> None:
    rows = {"x": {"mean": 0.44}, "y": {"mean": 0.43}, "z": {"mean": 0.41}, "w": {"mean": 0.2}}
    said = sentences.close_behind(rows, "x").replace("\N{NO-BREAK SPACE}", " ")
    assert said == " Close behind come “Y” at 43 % and “Z” at 41 %."
    assert sentences.close_behind({"x": {"mean": 0.4}, "y": {"mean": 0.3}}, "x") == ""


def test_a_reading_that_the_evidence_cannot_tell_from_another_is_not_told_as_a_lead() -> None:
    wide = {"mean": 0.44, "p05": 0.18, "p25": 0.3, "p50": 0.44, "p75": 0.57, "p95": 0.76}
    rival = {"mean": 0.4, "p05": 0.1, "p25": 0.25, "p50": 0.4, "p75": 0.55, "p95": 0.7}
    found = {**minimal(), "beliefs": {"fleet": {"strike": wide, "seize": rival, "show": _band(0.16)}}}
    line = next(line for line in sentences.bottom_line(found) if line.label == "Hidden intention")
    assert "may be anything from unlikely to likely" in line.head
    said = line.more.replace(NBSP, " ")
    assert said.startswith("Nine in ten of the assumptions tried give 18–76 %. The evidence cannot tell it from “Sei")
    assert "Against it stand “Seize” at " in said
    found["beliefs"]["fleet"] = {"strike": _band(0.44), "seize": _band(0.4), "show": _band(0.16)}
    line = next(line for line in sentences.bottom_line(found) if line.label == "Hidden intention")
    assert "Close behind comes" in line.more


def test_bands_that_print_as_the_mean_are_not_told_twice() -> None:
    sure = {"mean": 0.998, "p05": 0.992, "p25": 0.996, "p50": 0.998, "p75": 0.999, "p95": 1.0}
    assert sentences.spread_sentence(sure) == "All assumptions tried agree on that."
    assert "nine in ten" in sentences.spread_sentence(_band(0.5))
