"""What holds for every mechanism: file, card, test, example, and the direction it declares."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import pytest
from battery import Trial
from stage import expanded, stage

import standoff.mechanisms as mechanisms
from standoff.language.read import parse_yaml
from standoff.mechanisms import CARDS, MECHANISMS, MODULES, docs, expand, find, trace
from standoff.mechanisms.card import Card

ROOT = Path(__file__).parents[2]
MACHINERY = {"__init__", "additions", "args", "card", "chances", "docs", "draft", "terms"}
TRIALS = [
    pytest.param(name, trial, id=f"{name}-{trial.raises}-{number}")
    for name in MECHANISMS
    for number, trial in enumerate(importlib.import_module(f"test_{name}").TRIALS)
]
EACH_CARD = pytest.mark.parametrize("card", CARDS, ids=lambda card: card.name)


def test_every_file_is_a_mechanism_with_registration_card_and_test() -> None:
    folder = Path(mechanisms.__file__).parent
    files = {path.stem for path in folder.glob("*.py")} - MACHINERY
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("test_*.py")}
    assert files == set(MECHANISMS)
    assert files <= tests
    for module in MODULES:
        assert module.__name__.rpartition(".")[2] == module.CARD.name


@EACH_CARD
def test_the_card_is_whole(card: Card) -> None:
    settings = MECHANISMS[card.name].settings.model_fields
    assert card.claim.endswith(".")
    assert card.writes.endswith(".")
    assert card.sources
    assert card.aliases
    assert card.limits
    assert card.directions
    assert {parameter.name for parameter in card.parameters} <= set(settings)
    assert {direction.raises for direction in card.directions} == {p.name for p in card.parameters}
    assert all(parameter.low < parameter.high for parameter in card.parameters)
    assert all(1900 <= work.year <= 2025 and work.venue for work in card.works)
    assert all(field.description for field in settings.values())


@EACH_CARD
def test_the_card_as_plain_data(card: Card) -> None:
    plain = card.to_json()
    assert json.loads(json.dumps(plain)) == plain
    assert plain["claim"] == card.claim
    assert all(any(source.startswith(work.authors) for source in plain["sources"]) for work in card.sources)
    assert len(plain["fails"]) == len(card.limits)
    with pytest.raises(KeyError):
        card.parameter("unheard_of")


def test_names_and_aliases_are_unique() -> None:
    names = [*MECHANISMS, *(alias.name for card in CARDS for alias in card.aliases)]
    assert len(names) == len(set(names))
    assert all(find(name) is not None for name in names)
    assert find("audience_cost") is None


@EACH_CARD
def test_the_example_works(card: Card) -> None:
    document = expanded(card.example)
    assert document != stage()
    (entry,) = trace(stage(card.example))
    assert entry.card is card
    assert len(entry.lines) == len(entry.additions.added) > 0
    again, problems = expand(document)
    assert (again, problems) == (document, [])


@EACH_CARD
def test_the_document_given_is_left_alone(card: Card) -> None:
    before = stage(card.example)
    kept = before.model_dump()
    expand(before)
    assert before.model_dump() == kept


@EACH_CARD
def test_whatever_may_be_left_out_is_assumed_visibly(card: Card) -> None:
    (settings,) = parse_yaml(card.example).data.values()
    bare = {key: value for key, value in settings.items() if key not in {p.name for p in card.parameters}}
    dependent = {"steels", "grows_with"} if card.name in ("rally_effect", "sunk_costs") else set()
    bare = {key: value for key, value in bare.items() if key not in dependent}
    if card.name == "coup":
        bare["rate"] = "plotting"
    document, problems = expand(stage().model_copy(update={"mechanisms": [{card.name: bare}]}))
    assert problems == []
    new = {name: p for name, p in document.parameters.items() if name not in stage().parameters}
    assumed = {f"{card.name}_{parameter.name}" for parameter in card.parameters if parameter.assumed}
    assert set(new) == assumed
    for name, parameter in new.items():
        usual = card.parameter(name.removeprefix(f"{card.name}_"))
        assert parameter.prior is not None
        assert parameter.prior.uniform == (usual.low, usual.high)
        assert parameter.judgement is not None
        assert card.sources[0].short in parameter.judgement


@EACH_CARD
def test_every_direction_has_a_trial(card: Card) -> None:
    tried = [trial.raises for name, trial in (param.values for param in TRIALS) if name == card.name]
    declared = [direction.raises for direction in card.directions]
    assert set(tried) == set(declared)
    assert all(tried.count(name) >= declared.count(name) for name in declared)


@pytest.mark.parametrize(("name", "trial"), TRIALS)
@pytest.mark.no_cover
def test_it_goes_the_way_the_card_says(name: str, trial: Trial) -> None:
    low, high = trial.measure()
    change = high - low if trial.up else low - high
    assert change > trial.least, f"{name}: {low:.4f} at {trial.low}, {high:.4f} at {trial.high}"


def test_the_page_is_current() -> None:
    written = (ROOT / "docs" / "mechanisms.md").read_text(encoding="utf-8")
    assert written == docs.page(), "run: python -m standoff.mechanisms.docs > docs/mechanisms.md"
