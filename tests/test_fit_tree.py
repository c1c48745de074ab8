"""The tree of public histories: what is a node, what runs through, what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from oracle_games import crisis, document, repeated, signalling
from random_games import random_game
from standoff.errors import GameError
from standoff.fit.tree import Tree, unroll
from standoff.game import compile_case
from standoff.language.document import CaseDocument


def tree_of(said: CaseDocument, *free: str, limit: int = 20_000) -> Tree:
    return unroll(compile_case(said), free, limit)


def small(**said: object) -> CaseDocument:
    """One actor that ends a story or lets it go on, for three days."""
    base: dict[str, object] = {
        "clock": {"start": "2030-01-01", "step": "day", "steps": 3},
        "parameters": {"p": {"prior": {"uniform": [0.2, 0.6]}}, "q": {"is": "2 * p"}, "r": {"prior": {"fixed": 3}}},
        "actors": {"a": {}},
        "moves": {"a": {"hold": {}, "go": {"ends": "gone"}}},
        "outcomes": {"gone": {"worth": {"a": "p"}}, "unresolved": {"worth": {"a": 0}}},
    }
    return document(**{**base, **said})


def test_histories_are_counted() -> None:
    assert tree_of(crisis(1)).nodes == 7
    assert tree_of(signalling(1)).nodes == 7
    assert tree_of(small()).nodes == 7  # three choices, three endings, the clock running out
    assert tree_of(repeated(2, 1)).nodes == 27  # 1 + 2 + 4 at the first step, 4 + 8 at the second, 8 more endings


def test_unknowns_are_the_moves_that_others_learn_from_and_answer() -> None:
    assert tree_of(crisis(1)).unknowns == 0
    assert tree_of(signalling(1)).unknowns == 2
    assert tree_of(repeated(2, 1)).unknowns == 6  # the last attack tells nobody anything in time


def test_where_nothing_is_decided_the_story_runs_through() -> None:
    late = small(moves={"a": {"go": {"when": "step == 2", "ends": "gone"}, "hold": {"when": "step == 2"}}})
    tree = tree_of(late)
    assert tree.nodes == 3
    assert tree.depths[0].crossed.tolist() == [2]
    assert tree.depths[1].crossed.sum() == 1  # the ending by the clock


def test_equal_formulas_share_a_slot() -> None:
    """One worth, whatever the day on which it is reached: the constant 1, `p`, and the 0 of the clock."""
    assert tree_of(small(), "p").slots == 3


def test_slots_are_evaluated_for_all_rows() -> None:
    tree = tree_of(small(outcomes={"gone": {"worth": {"a": "q + r * step"}}, "unresolved": {}}), "p")
    values = tree.evaluate({"p": np.array([1.0, 2.0]), "q": np.array([2.0, 4.0]), "r": 3.0})
    assert values.tolist() == [[1, 1], [2, 4], [5, 7], [8, 10]]


def test_endings_that_nothing_leads_to_are_not_producible() -> None:
    said = small(outcomes={"gone": {}, "never": {}, "unresolved": {}})
    assert tree_of(said).producible.tolist() == [True, False, True]


def test_a_tree_above_the_limit_is_refused() -> None:
    with pytest.raises(GameError) as caught:
        tree_of(random_game(0, 3), limit=500)
    (problem,) = caught.value.problems
    assert "500 histories" in problem.found
    assert "fewer steps" in problem.mend


@pytest.mark.parametrize("guard", ["p > 0.3", "q > 0.3"])
def test_a_condition_on_what_is_estimated_is_refused(guard: str) -> None:
    said = small(moves={"a": {"hold": {}, "go": {"ends": "gone", "when": guard}}})
    assert tree_of(said).nodes == 7  # at the median of its prior it holds
    with pytest.raises(GameError) as caught:
        tree_of(said, "p")
    (problem,) = caught.value.problems
    assert problem.path == "moves.a.go.when"
    assert guard in problem.found


def test_a_flow_that_starts_by_what_is_estimated_is_refused() -> None:
    said = small(flows={"burden": {"of": "a", "per": "day", "worth": -1, "when": "p > 0.3"}})
    with pytest.raises(GameError, match="depends on what is estimated"):
        tree_of(said, "p")


def test_a_parameter_that_goes_by_columns_must_be_free() -> None:
    said = small(parameters={"p": {"regress": {"constant": None}}})
    assert tree_of(said, "p").nodes == 7
    with pytest.raises(GameError, match="no number for p"):
        tree_of(said)
