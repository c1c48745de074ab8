"""The verbs in Python: the same as the commands, on a case, a folder or a name."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import standoff as so
from case_kit import written
from standoff.forecast import draws  # the room of the same name as a verb

QUICK = so.Settings(draws=4, grid=4, refine=False, check_grid=False)


@pytest.fixture
def sel(tmp_path: Path) -> Path:
    return written(tmp_path / "sel")


def test_every_name_is_there_and_none_beside() -> None:
    assert sorted(so.__all__) == so.__all__
    assert set(dir(so)) == set(so.__all__)
    for name in so.__all__:
        assert getattr(so, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'predict'"):
        _ = so.predict  # type: ignore[attr-defined]


def test_a_verb_is_not_replaced_by_the_room_of_its_name() -> None:
    assert draws.__name__ == "standoff.forecast.draws"
    assert callable(so.forecast)
    code = "import standoff.forecast.draws, standoff as so; assert callable(so.forecast); from standoff import forecast"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_solve_takes_a_folder_a_case_or_a_game(sel: Path) -> None:
    case = so.load(sel)
    one, two = so.solve(sel, grid=4), so.solve(case, grid=4)
    assert one.outcomes == two.outcomes
    assert so.solve(one.game, grid=4).outcomes == one.outcomes
    other = so.solve(sel, grid=4, overrides={"face": 2})
    assert other.outcomes["withdrawn"] < one.outcomes["withdrawn"]


def test_forecast_simulate_assess(sel: Path, tmp_path: Path) -> None:
    case = so.load(sel)
    one = so.forecast(sel, settings=QUICK)
    two = so.forecast(case, settings=QUICK, workers=so.Workers(0), out=str(tmp_path / "run"))
    assert one.outcomes == two.outcomes
    assert so.forecast(sel, settings=QUICK, overrides={"face": 2}).outcomes != one.outcomes
    sampled = so.simulate(case, 500, grid=4, stories=1, seed=3)
    assert sampled.paths == 500
    assert (sampled.outcome == so.simulate(sel, 500, grid=4, seed=3).outcome).all()
    made = so.assess(case, settings=QUICK, out=tmp_path / "run")
    assert made.forecast.outcomes == one.outcomes
    assert made.files["brief.html"].read_text(encoding="utf-8").startswith("<!doctype html>")


def test_looking(sel: Path, tmp_path: Path) -> None:
    assert so.check(sel) == []
    assert so.show(sel)["title"] == "The Sel bank"
    assert len(so.ledger(sel)["claims"]) == 5
    found = so.anchor(sel / "reports" / "harbour-gazette.md", "two weeks")
    assert found["end"] - found["start"] == len("two weeks")
    folder = so.new("mine", tmp_path)
    assert so.load(folder).document.title == "The Sel bank"
    with pytest.raises(so.StandoffError) as caught:
        so.solve(sel, overrides={"fase": 1})
    assert isinstance(caught.value.problems[0], so.Problem)
