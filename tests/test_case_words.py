"""A case in words: conditions in English, and every element said."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from case_kit import CASE, changed, written
from standoff.case import describe, load
from standoff.case.effect_words import change
from standoff.case.number_words import prior_words
from standoff.case.phrases import day, phrase
from standoff.language.document import CaseDocument, Parameter, Prior
from standoff.language.read import parse_yaml, validate


def read(text: str = CASE) -> CaseDocument:
    document, problems = validate(CaseDocument, parse_yaml(text))
    assert problems == []
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (True, "always"),
        (False, "never"),
        ("true", "always"),
        (0.25, "0.25"),
        (1200, "1,200"),
        ("cordon is open_sea", "cordon is open sea"),
        ("cordon is not open_sea", "cordon is not open sea"),
        ("cordon >= patrols", "cordon is at least patrols"),
        ("cordon > 1", "cordon is above patrols"),
        ("cordon > 7", "cordon is above 7"),
        ("patrols < cordon", "cordon is above patrols"),
        ("cordon == cordon.patrols", "cordon is patrols"),
        ("open_sea < cordon <= blockade", "cordon is above open sea and cordon is at most blockade"),
        ("cordon in (open_sea, patrols, blockade)", "cordon is open sea, patrols or blockade"),
        ("cordon in (patrols)", "cordon is patrols"),
        ("cordon in ()", "never"),
        ("cordon not in (patrols, blockade)", "cordon is neither patrols nor blockade"),
        ("cordon not in (patrols)", "cordon is not patrols"),
        ("admiralty is bluff", "admiralty is of the type bluff"),
        ("admiralty is not bluff", "admiralty is not of the type bluff"),
        ("admiralty in (bluff, resolved)", "admiralty is of the type bluff or resolved"),
        ("date >= 2031-03-08", "on or after 8 March 2031"),
        ("date < 2031-03-08", "before 8 March 2031"),
        ("step > 4", "after step 4"),
        ("4 <= step", "from step 4"),
        ("face > 0.2", "face is above 0.2"),
        ("face * cordon > hardship", "face × cordon is above hardship"),
        ("not talks is open", "not (talks is open)"),
        (
            "talks is open and (cordon is blockade or stores is low)",
            "talks is open and (cordon is blockade or stores is low)",
        ),
        ("0.1 if admiralty is bluff else face", "0.1 if admiralty is of the type bluff, otherwise face"),
        ("0.02 + face * (cordon - 1)", "0.02 + face × (cordon - 1)"),
        ("clip(face, 0, 1)", "clip(face, 0, 1)"),
        ("face\n   * 2", "face × 2"),
        ("-(face - (1 - hardship)) / 2 ** face", "-(face - (1 - hardship)) / 2 ^ face"),
        ("(face ** 2) ** 3", "(face ^ 2) ^ 3"),
        ("face ** 2 ** 3", "face ^ (2 ^ 3)"),
        (
            "1 if talks is open else 2 if stores is low else 3",
            "1 if talks is open, otherwise 2 if stores is low, otherwise 3",
        ),
        (
            "(1 if talks is open else 2) if stores is low else 3",
            "(1 if talks is open, otherwise 2) if stores is low, otherwise 3",
        ),
        ("face > (1 if talks is open else 2)", "face is above (1 if talks is open, otherwise 2)"),
        ("2 * -landing_odds", "2 × (-landing odds)"),
        ("1 - 0.5 * (talks is open)", "1 - 0.5 × (1 if talks is open, otherwise 0)"),
        ("face * (2 if talks is open else 1)", "face × (2 if talks is open, otherwise 1)"),
        ("  face * ", "face *"),
        ("'what'", "'what'"),
    ],
)
def test_expressions_read_aloud(source: Any, said: str) -> None:
    assert phrase(source, read()) == said


def test_days() -> None:
    assert day(date(2025, 11, 8)) == "8 November 2025"


@pytest.mark.parametrize(
    ("then", "said"),
    [
        ({}, ""),
        ({"cordon": 1}, "cordon rises by one level"),
        ({"cordon": "+1"}, "cordon rises by one level"),
        ({"cordon": -2, "talks": "open"}, "cordon falls by 2 levels and talks becomes open"),
        ({"cordon": "open_sea"}, "cordon becomes open sea"),
        ({"cordon": "what"}, "cordon becomes what"),
    ],
)
def test_changes(then: dict[str, Any], said: str) -> None:
    assert change(then, read()) == said


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        (Parameter(prior=Prior(fixed=0.3)), "0.3"),
        (Parameter(prior=Prior(uniform=(0.2, 0.7))), "anything from 0.2 to 0.7"),
        (Parameter(prior=Prior(triangular=(0, 1, 3))), "from 0 to 3, likeliest 1"),
        (Parameter(prior=Prior(beta=(1, 3))), "around 0.25 (beta 1, 3)"),
        (Parameter(prior=Prior(normal=(1, 0.1))), "around 1, give or take 0.1"),
        (Parameter(prior=Prior(lognormal=(0.2, 2))), "around 0.2, nine times in ten from 0.1 to 0.4"),
        (Parameter.model_validate({"is": "face / 2"}), "it follows from others, as face / 2"),
        (Parameter(), "nothing is said"),
        (Parameter(prior=Prior()), "nothing is said"),
    ],
)
def test_priors(parameter: Parameter, said: str) -> None:
    assert prior_words(parameter, read()) == said


def test_the_whole_is_plain_data_and_says_every_name() -> None:
    document = read()
    data = describe(document)
    json.dumps(data)
    for section in ("factors", "actors", "moves", "events", "outcomes", "flows", "parameters", "levers"):
        for element in data[section]:
            assert element["name"].replace("_", " ") in element["text"].lower()
            assert element["text"] in data["text"]
            assert element["text"].endswith(".")
    assert len(data["moves"]) == sum(len(moves) for moves in document.moves.values())
    assert len(data["questions"]) == len(document.questions)


def test_a_reader_hears_who_can_do_what_when_and_what_it_costs() -> None:
    text = describe(read())["text"]
    for sentence in (
        "Put troops ashore (land). Open while cordon is blockade.",
        "Ends it: The island is taken, with probability landing odds; The landing fails, with probability "
        "1 - landing odds.",
        "Call the boats home (withdraw). Open while cordon is above open sea. Ends it: The boats go home. "
        "Costs it face × cordon.",
        "Stores run low. Comes at a rate of 0.5 a week while cordon is blockade and stores is full. "
        "Stores becomes low.",
        "Only it knows which it is: bluff (wants the show to do the work) with 60 % or resolved (will land "
        "if it must) with 40 %.",
        "It reconsiders about once a week; between times it goes on with hold.",
        "This is a peaceful settlement.",
        "Within a day the order is: admiralty, then council, then chance.",
    ):
        assert sentence in text


def test_gains_alternatives_chances_and_orders() -> None:
    text = changed(
        CASE,
        ("costs: face * cordon", "costs: {council: -0.2}"),
        (
            "ends: claim_given_up",
            "ends: {claim_given_up: 0.5}\n      perhaps: [{chance: 0.1, then: {cordon: -1}}]",
        ),
        ("rate: 0.5\n    per: week", "chance: hardship"),
        (
            "order: [admiralty, council, chance]",
            "order: [{actor: admiralty, moves: [hold, land]}, council, {events: [collision]}]",
        ),
        (
            "  council:\n    title: The council of Sel\n",
            "  council:\n    title: The council of Sel\n    discount: {per: year, factor: 0.9}\n",
        ),
        ("    ask_for_talks:\n", "    ask_for_talks:\n      covert: true\n"),
    )
    said = describe(read(text))["text"]
    assert "Brings the council of Sel 0.2." in said
    assert "Ends it: The council gives up its claim, with 50 %." in said
    assert "With 10 % cordon falls by one level; otherwise nothing changes." in said
    assert "Comes with probability hardship while cordon is blockade" in said
    assert "admiralty (hold or land), then council, then chance (collision)" in said
    assert "To it a payoff one year away counts 0.9 of what it counts now." in said
    assert "Seen only through what it changes." in said


def test_mechanisms_are_said_with_what_they_add(tmp_path: Path) -> None:
    entry = (
        "  - audience_costs: {of: admiralty, on: withdraw, grows_with: cordon, rate: face, judgement: x}\n"
    )
    case = load(written(tmp_path, changed(CASE, ("levers:\n", f"mechanisms:\n{entry}\nlevers:\n"))))
    data = describe(case.written)
    assert [theory["name"] for theory in data["mechanisms"]] == ["audience_costs"]
    assert "## What theory adds" in data["text"]
    assert describe(case.document)["mechanisms"] == []


def test_one_step_is_one(tmp_path: Path) -> None:
    text = CASE.replace("steps: 84", "steps: 1")
    assert text != CASE
    assert "is told in 1 step of a day, up to" in describe(read(text))["text"]


def test_a_chance_that_is_none_is_a_condition() -> None:
    text = changed(
        CASE,
        ("ends: claim_given_up", "perhaps: [{chance: 1 if talks is open else 0, then: {cordon: -1}}]"),
    )
    assert "If talks is open, cordon falls by one level; otherwise nothing changes." in describe(read(text))["text"]


def test_a_table_is_said_with_its_terms_and_columns() -> None:
    text = CASE + """
fit:
  outcome: {column: ending, values: {withdrawn: [home, 2], claim_given_up: over}}
  rule: private
  where: year > 1900
  groups: dyad
  time: year
  hierarchy: {hardship: region}
  standardise: true
  terms: {lines: [log(power), distance]}
  tune: {width: [0, 0.5]}
"""
    document = read(text)
    assert [one["text"] for one in describe(document)["fit"]] == [
        "The column `ending` says how the case of each row ended: withdrawn where it is `home` or `2` and claim given "
        "up where it is `over`.",
        "Choices err by a normal error on what every outcome is worth, known to the player alone (private).",
        "Only rows are used where `year > 1900`.",
        "Rows with the same `dyad` belong together.",
        "`year` puts the rows in order of time.",
        "Every `region` has an effect of its own on hardship.",
        "Terms are taken in standard deviations from their mean.",
        "The list `lines` is `log(power)` and `distance`.",
        "The standard deviation `width` is chosen on folds, among 0 and 0.5.",
    ]
    counted = read(CASE + "fit: {counts: {withdrawn: home, claim_given_up: over}}\n")
    first = describe(counted)["fit"][0]["text"]
    assert first == "Every row counts how often it ended how: withdrawn in `home` and claim given up in `over`."
    assert "## How a table answers to it" in describe(counted)["text"]
    assert describe(read())["fit"] == []
    regress = {"constant": None, "lines": {"normal": [0, "width"]}, "pairs(lines)": {"normal": [0, 1]},
               "each(region)": None, "regime is mixed": {"fixed": 2}}  # fmt: skip
    assert prior_words(Parameter.model_validate({"regress": regress}), document) == (
        "it goes by a table, as a sum of a constant, the terms of the list `lines` (around 0, give or take `width`), "
        "the products of two terms of the list `lines`, squares among them (around 0, give or take 1), 1 for every "
        "value of `region` and `regime is mixed` (coefficient 2), each times a coefficient"
    )


def test_an_unfinished_case_can_still_be_described() -> None:
    text = changed(
        CASE,
        ("ends: withdrawn\n", "ends: nowhere\n"),
        ("worth: {admiralty: 0, council: 0.8}", "worth: {nobody: 0}"),
        ("then: {cordon: +1}", "then: {nothing: here}"),
    )
    said = describe(read(text))["text"]
    assert "Ends it: nowhere." in said
