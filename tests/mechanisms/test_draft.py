"""Whatever stands in an entry: problems with a path, or a document that reads; never a traceback."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stage import stage

from standoff.game.plan import plan
from standoff.language.document import CaseDocument
from standoff.language.read import parse_yaml
from standoff.mechanisms import MECHANISMS, expand

NAMES = (
    "washington",
    "caracas",
    "force",
    "rung",
    "exit",
    "raid",
    "quit",
    "bluff",
    "audience",
    "nowhere",
    "week",
)
TEXTS = (
    "",
    ".",
    "a.b.c",
    "washington.raid",
    "havana.quit",
    "1 +",
    "((",
    "force > 1",
    "true",
    "__import__('os')",
)
WORDS = st.sampled_from(NAMES + TEXTS)
SCALARS = st.one_of(WORDS, st.integers(-3, 3), st.floats(allow_nan=True), st.booleans(), st.none())
VALUES = st.one_of(
    SCALARS,
    st.lists(SCALARS, max_size=3),
    st.dictionaries(st.one_of(WORDS, st.integers(0, 2)), SCALARS, max_size=2),
)


@pytest.mark.parametrize("name", MECHANISMS)
@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_entry_is_a_traceback(name: str, data: st.DataObject) -> None:
    (written,) = parse_yaml(MECHANISMS[name].card.example).data.values()
    entry: dict[str, Any] = dict(written)
    keys = st.sampled_from([*MECHANISMS[name].settings.model_fields, "unheard_of"])
    for key in data.draw(st.lists(keys, min_size=1, max_size=2)):
        entry[key] = data.draw(VALUES)
    document, problems = expand(stage().model_copy(update={"mechanisms": [{name: entry}]}))
    assert all(problem.path.startswith(f"mechanisms.0.{name}") for problem in problems)
    assert all(problem.found and problem.expected and problem.mend for problem in problems)
    if any(problem.level == "error" for problem in problems):
        assert document == stage()
    else:
        assert plan(document)


@given(VALUES, st.sampled_from(["then", "costs", "worth"]))
@settings(max_examples=60, deadline=None)
def test_what_is_broken_elsewhere_is_left_for_whoever_checks_it(value: Any, where: str) -> None:
    data = stage(*(mechanism.card.example for mechanism in MECHANISMS.values())).model_dump(by_alias=True)
    for moves in data["moves"].values():
        for move in moves.values():
            move["then" if where == "then" else "costs"] = {"force": value, "washington": value}
    for outcome in data["outcomes"].values():
        outcome["worth"] = {"washington": value}
    expanded, problems = expand(CaseDocument.model_validate(data))
    assert problems == []
    assert expanded.mechanisms == []


def test_a_level_may_be_misnamed_by_one_letter() -> None:
    (problem,) = expand(stage("incident_risk: {grows_with: force, rate: 0.01, then: {force: carrier_grop}}"))[
        1
    ]
    assert problem.path == "mechanisms.0.incident_risk.then.force"
    assert problem.mend == "Did you mean 'carrier_group'?"
