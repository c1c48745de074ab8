"""What costs and worths are read into: whose they are, of which type."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from case_kit import CASE, changed, written
from oracle_games import document
from standoff.case import check
from standoff.errors import GameError
from standoff.game import compile_case

SECRET = {"a": {"precision": 0, "types": {"x": {"prior": 0.5}, "y": {"prior": 0.5}}}}


@pytest.mark.parametrize(
    ("costs", "found"),
    [({"x": 0.5, "y": 0.1}, "`x`"), ({"a": {"z": 1}}, "`z`"), ({"nobody": 1}, "`nobody`")],
)
def test_a_bearer_who_is_nobody_is_a_problem_and_no_defect(costs: dict[str, Any], found: str) -> None:
    said = document(
        actors=SECRET, moves={"a": {"hold": {}, "push": {"costs": costs}}}, outcomes={"unresolved": {}}
    )
    with pytest.raises(GameError) as caught:
        compile_case(said)
    assert caught.value.problems[0].found.startswith(found)
    assert caught.value.problems[0].mend


def test_types_in_place_of_actors_are_caught_by_the_check(tmp_path: Path) -> None:
    right = "costs: {admiralty: {bluff: 0.08, resolved: 0.02}}"
    case = changed(CASE, (right, "costs: {bluff: 0.08, resolved: 0.02}"))
    found = [problem for problem in check(written(tmp_path / "c", case)) if problem.level == "error"]
    assert [problem.path for problem in found] == ["moves.admiralty.tighten.costs"]
    assert found[0].line == 1 + case[: case.index("costs: {bluff")].count("\n")


def test_a_type_may_be_called_like_an_actor(tmp_path: Path) -> None:
    case = CASE.replace("bluff", "council")
    case = changed(case, ("costs: {admiralty: {council: 0.08, resolved: 0.02}}", "costs: {council: 0.08}"))
    found = [problem for problem in check(written(tmp_path / "c", case, None)) if "costs" in problem.path]
    assert found == []
