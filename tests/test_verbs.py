"""The verbs in Python: the same as the commands, on a case, a folder or a name."""

from __future__ import annotations

import inspect
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
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


# What is asked for ------------------------------------------------------------------------------------------


def test_a_date_in_words_is_the_date_of_the_command(sel: Path, tmp_path: Path) -> None:
    for asked in ("2031-03-04", "4 March 2031", date(2031, 3, 4), datetime(2031, 3, 4, 15)):
        assert so.forecast(sel, as_of=asked, settings=QUICK).as_of == date(2031, 3, 4)
    assert so.forecast(sel, as_of="2031-03", settings=QUICK).as_of == date(2031, 3, 31)
    made = so.assess(sel, as_of="2031-03-03", settings=QUICK, out=tmp_path / "run")
    assert made.forecast.as_of == date(2031, 3, 3)
    assert so.ledger(sel, as_of="2031-03-03") == so.ledger(sel, as_of=date(2031, 3, 3)) != so.ledger(sel)


@pytest.mark.parametrize("asked", ["the other day", "", 7.5, True, "2031-13"])
def test_a_date_that_is_none(asked: Any, sel: Path) -> None:
    for verb in (so.forecast, so.assess, so.ledger):
        with pytest.raises(so.StandoffError) as caught:
            verb(sel, as_of=asked)  # type: ignore[operator]
        assert caught.value.problems[0].path == "as_of"


@pytest.mark.parametrize(
    "wrong",
    [
        {"draws": "many"}, {"draws": 0}, {"draws": 2.5}, {"draws": True}, {"draws": None},
        {"seed": -1}, {"seed": "x"}, {"seed": None},
        {"grid": "fine"}, {"grid": 0}, {"grid": 2001}, {"grid": {"two": 4}}, {"grid": {2: 0}}, {"grid": 1.5},
        {"refine": "yes"}, {"check_grid": 1}, {"quick": None},
        {"time_limit": -1}, {"time_limit": "1 h"}, {"time_limit": float("nan")}, {"time_limit": True},
    ],
)  # fmt: skip
def test_settings_that_are_none(wrong: dict[str, Any]) -> None:
    with pytest.raises(so.StandoffError) as caught:
        so.Settings(**wrong)
    assert [problem.path for problem in caught.value.problems] == list(wrong)
    assert repr(next(iter(wrong.values()))) in caught.value.problems[0].found


def test_all_settings_are_looked_at_at_once() -> None:
    with pytest.raises(so.StandoffError) as caught:
        so.Settings(draws=0, seed=-1, grid="x", quick=3)  # type: ignore[arg-type]
    assert len(caught.value.problems) == 4


def test_settings_hold_plain_numbers() -> None:
    made = so.Settings(draws=np.int64(8), grid={np.int64(2): np.int32(4)}, time_limit=3)  # type: ignore[dict-item]
    assert (type(made.draws), made.grid, made.time_limit) == (int, {2: 4}, 3.0)


def test_solve_and_simulate_take_no_nonsense(sel: Path) -> None:
    for call in (
        lambda: so.solve(sel, grid="fine"),  # type: ignore[arg-type]
        lambda: so.simulate(sel, 10, grid={2: "x"}),  # type: ignore[dict-item]
        lambda: so.simulate(sel, "many"),  # type: ignore[arg-type]
        lambda: so.simulate(sel, 10, seed=-1),
        lambda: so.simulate(sel, 10, stories=-1),
        lambda: so.Workers(-1),
        lambda: so.Workers("two"),  # type: ignore[arg-type]
        lambda: so.Workers(1, 8786),  # type: ignore[arg-type]
    ):
        with pytest.raises(so.StandoffError):
            call()


def test_overrides_that_would_change_nothing_are_refused(sel: Path, tmp_path: Path) -> None:
    case = so.load(sel)
    game = so.solve(case, grid=2).game
    more = {"overrides": {"face": 2}}
    for call in (
        lambda: so.solve(case, **more),  # type: ignore[arg-type]
        lambda: so.solve(game, **more),  # type: ignore[arg-type]
        lambda: so.simulate(case, 10, **more),  # type: ignore[arg-type]
        lambda: so.forecast(case, settings=QUICK, **more),  # type: ignore[arg-type]
        lambda: so.assess(case, settings=QUICK, out=tmp_path / "run", **more),  # type: ignore[arg-type]
    ):
        with pytest.raises(so.StandoffError, match="overrides"):
            call()


# What help and repr say -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["assess", "forecast", "solve", "simulate", "ledger", "load", "check", "anchor", "score", "backtest"]
)
def test_help_names_every_argument_and_what_is_raised(name: str) -> None:
    verb = getattr(so, name)
    said = inspect.getdoc(verb) or ""
    for argument in inspect.signature(verb).parameters:
        if argument not in ("case", "where", "name", "file", "passage"):
            assert argument in said, argument
    assert "aise" in said
    if name in ("assess", "forecast", "solve", "simulate"):
        assert ">>> " in said
        assert f"{name}(" in said


def test_help_says_what_each_setting_is() -> None:
    for kind in (so.Settings, so.Workers):
        said = inspect.getdoc(kind) or ""
        for field in kind.__dataclass_fields__:
            assert f"\n{field}: " in said


def test_values_have_a_short_repr(sel: Path) -> None:
    case = so.load(sel, overrides={"face": 0.2})
    solution = so.solve(case, grid=4)
    made = so.forecast(case, settings=QUICK)
    for value in (case, solution, solution.game, solution.grid, made, made.structure, made.task):
        said = repr(value)
        assert said.startswith(f"{type(value).__name__}(")
        assert len(said) < 400
        assert "array(" not in said
    assert "withdrawn" in repr(solution)
    assert "withdrawn" in repr(made)
    assert case.hash in repr(case)
    assert "face" in repr(case)
