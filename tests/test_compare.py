"""Two sides over common draws: the same points by name, differences that add up, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

import standoff as so
from forecast_kit import COINS, PUSHES, day, edited, heads, write
from standoff.analysis.compare import Side, compare
from standoff.analysis.corners import same_line
from standoff.analysis.paired import Corner, per_draw, resampled
from standoff.case import Case, load
from standoff.cli import app
from standoff.errors import RunError
from standoff.forecast import Settings, forecast
from standoff.forecast.common import named, points_like, walks
from standoff.forecast.draws import axes, sobol
from standoff.forecast.forecast import Forecast
from standoff.game import compile_case
from standoff.language.plain import plain
from standoff.report.say.compare import print_comparison

SETTINGS = Settings(draws=32, grid=4, check_grid=False)
UNSURE = edited(PUSHES, ("costs: {a: {x: 0.5, y: -0.1}}", "costs: {a: {x: p * r, y: -0.1}}"))
PARAMETERS = (
    "{q: {prior: {uniform: [0, 1]}, judgement: 'test: any'}, p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}, "
    "r: {prior: {uniform: [0.5, 1]}, judgement: 'test: any'}}"
)
MORE = PARAMETERS.replace("{q:", "{s: {prior: {normal: [0, 1]}, judgement: 'test: any'}, q:", 1)
PUSH = "  - {{date: {}, a: push, judgement: 'test: so it was'}}\n"
ONE = "history:\n" + PUSH.format(day(1))
TWO = ONE + PUSH.format(day(3))


@pytest.fixture
def a(tmp_path: Path) -> Case:
    return load(write(tmp_path / "a", UNSURE, ONE, PARAMETERS))


def other(tmp_path: Path, text: str = UNSURE, history: str = ONE, parameters: str = PARAMETERS) -> Case:
    return load(write(tmp_path / "b", text, history, parameters))


def rows_of(found: dict[str, Any]) -> list[dict[str, Any]]:
    return [*found["outcomes"].values(), *(row for kinds in found["beliefs"].values() for row in kinds.values())]


# Common draws -----------------------------------------------------------------------------------------------


def drawn(made: Forecast, case: Case) -> dict[str, Any]:
    """Parameter -> its value in every common draw of a case."""
    structure = compile_case(case)
    ran = walks(case.hash, structure, made.task.lines[-1:], points_like(made, structure), SETTINGS)
    return dict(zip(structure.document.parameters, ran.parameters.T, strict=True))


def test_a_parameter_has_the_same_values_in_both_by_name_and_not_by_place(a: Case, tmp_path: Path) -> None:
    made = forecast(a, settings=SETTINGS)
    mine = dict(zip(made.task.parameters, made.records["parameters"].T, strict=True))
    theirs = drawn(made, other(tmp_path, parameters=MORE))
    assert all((theirs[name] == mine[name]).all() for name in mine)
    assert len(np.unique(theirs["s"])) == SETTINGS.draws


def test_a_parameter_that_is_fixed_shifts_no_other(a: Case) -> None:
    made = forecast(a, settings=SETTINGS)
    mine = dict(zip(made.task.parameters, made.records["parameters"].T, strict=True))
    theirs = drawn(made, load(a.folder, overrides={"q": 0.25}))
    assert (theirs["q"] == 0.25).all()
    assert all((theirs[name] == mine[name]).all() for name in ("p", "r"))


def test_another_prior_is_drawn_at_the_same_quantiles(a: Case, tmp_path: Path) -> None:
    made = forecast(a, settings=SETTINGS)
    theirs = drawn(made, other(tmp_path, parameters=PARAMETERS.replace("[0.5, 1]", "[10, 20]")))
    mine = made.records["parameters"][:, 2]
    assert theirs["r"] == pytest.approx(10 + 10 * (mine - 0.5) / 0.5, abs=1e-12)


def test_drawn_type_priors_are_common_by_type(tmp_path: Path) -> None:
    sure = edited(UNSURE, ("precision: 4\n", "precision: 4\n    sureness: 5\n"))
    made = forecast(load(write(tmp_path / "a", sure, ONE, PARAMETERS)), settings=SETTINGS)
    case = other(tmp_path, text=sure, parameters=MORE)
    structure = compile_case(case)
    names = named(structure, axes(structure))
    assert names[-2:] == ("a: x", "a: y")
    assert (points_like(made, structure).u[:, -2:] == made.records["u"][:, -2:]).all()


def test_columns_of_one_case_alone_are_points_of_the_larger_cube(a: Case, tmp_path: Path) -> None:
    """They lie beyond the forecast's columns; made anew, they would share their first digits with its first ones."""
    made = forecast(a, settings=Settings(draws=64, check_grid=False))
    u = points_like(made, compile_case(other(tmp_path, parameters=MORE))).u
    assert abs(np.corrcoef(u.T) - np.eye(4)).max() < 0.2
    halves = (u[:, :1] > 0.5) == (u[:, 1:] > 0.5)
    assert 0.3 < halves.mean(axis=0).min() <= halves.mean(axis=0).max() < 0.7


def test_a_plain_forecast_draws_as_it_always_did() -> None:
    from scipy.stats import qmc

    engine = qmc.Sobol(3, scramble=True, rng=np.random.default_rng(7), bits=32)
    assert (sobol(3, 0, 8, 7) == np.clip(engine.random(8), 1e-6, 1 - 1e-6)).all()


def test_side_a_is_its_own_forecast(a: Case, tmp_path: Path) -> None:
    found = compare(a, other(tmp_path, parameters=MORE), settings=SETTINGS).to_json()
    assert plain({name: row["a"] for name, row in found["beliefs"]["a"].items()}) == plain(
        forecast(a, settings=SETTINGS).beliefs["a"]
    )


def test_side_b_is_its_own_forecast_where_its_parameters_are_the_same(a: Case, tmp_path: Path) -> None:
    b = other(tmp_path, history=TWO, parameters=PARAMETERS.replace("[0.5, 1]", "[0.2, 1]"))
    found = compare(a, b, settings=SETTINGS).to_json()["beliefs"]["a"]["x"]["b"]["mean"]
    assert found == pytest.approx(forecast(b, settings=SETTINGS).beliefs["a"]["x"]["mean"], abs=1e-12)


def test_refined_draws_are_common_too_and_weighed_right(tmp_path: Path) -> None:
    """Ten heads of ten refine around loaded coins; with p fixed, only q is left, on which nothing bears."""
    weeks = tuple(range(10))
    case = load(write(tmp_path / "coins", COINS, heads(*weeks)))
    settings = Settings(draws=40, check_grid=False)
    made = forecast(case, settings=settings)
    assert made.refined > 0
    fixed = compile_case(load(case.folder, overrides={"p": 0.8}))
    points = points_like(made, fixed)
    assert (points.u[:, 0] == made.records["u"][:, 1]).all()
    weight = np.exp(-points.log_proposal)
    assert (weight @ points.u[:, 0]) / weight.sum() == pytest.approx(0.5, abs=0.05)  # the prior mean of q
    whole = points_like(made, made.structure)
    assert whole.u is made.records["u"]
    assert whole.log_proposal is made.log_proposal


# Differences ------------------------------------------------------------------------------------------------


def test_a_case_compared_with_itself_differs_by_exactly_nothing(a: Case, tmp_path: Path) -> None:
    found = compare(a, other(tmp_path), settings=SETTINGS).to_json()
    for row in rows_of(found):
        assert row["a"] == row["b"]
        assert set(row["difference"].values()) == {0.0}
        assert set(row["evidence"].values()) | set(row["assumptions"].values()) == {0.0}
        assert row["per_draw"]["p95"] == row["per_draw"]["higher"] == 0.0


@pytest.mark.parametrize("parameters", [PARAMETERS, MORE, PARAMETERS.replace("[0.5, 1]", "[0.2, 0.6]")])
@pytest.mark.parametrize("history", [ONE, TWO])
def test_evidence_and_assumptions_add_up(a: Case, tmp_path: Path, parameters: str, history: str) -> None:
    found = compare(a, other(tmp_path, history=history, parameters=parameters), settings=SETTINGS).to_json()
    assert found["split"] == "both orders"
    for row in rows_of(found):
        total = row["b"]["mean"] - row["a"]["mean"]
        assert row["difference"]["mean"] == pytest.approx(total, abs=1e-12)
        assert row["evidence"]["mean"] + row["assumptions"]["mean"] == pytest.approx(total, abs=1e-12)
        assert row["per_draw"]["mean"] + row["per_draw"]["reweighed"] == pytest.approx(total, abs=1e-12)
        if parameters == PARAMETERS:
            assert row["assumptions"]["mean"] == 0.0
        if history == ONE:
            assert row["evidence"]["mean"] == 0.0


def test_corners_are_what_forecasts_of_the_mixed_cases_say(a: Case, tmp_path: Path) -> None:
    """A's evidence under B's assumptions is a case one can write: the same parameters, so the same draws."""
    changed = PARAMETERS.replace("[0.5, 1]", "[0.2, 0.6]")
    found = compare(a, other(tmp_path, history=TWO, parameters=changed), settings=SETTINGS)
    for key, history, parameters in ((("a", "b"), ONE, changed), (("b", "a"), TWO, PARAMETERS)):
        mixed = load(write(tmp_path / "mixed", UNSURE, history, parameters))
        made = forecast(mixed, settings=SETTINGS)
        assert found.corners[key].means[1] == pytest.approx(made.beliefs["a"]["x"]["mean"], abs=1e-12)


def test_a_history_beyond_the_clock_of_one_case_is_not_lost_to_the_other(tmp_path: Path) -> None:
    """Laid on A's short clock both histories say the same; on B's they do not."""
    short = edited(UNSURE, ("steps: 6", "steps: 3"))
    first = load(write(tmp_path / "a", short, ONE, PARAMETERS))
    found = compare(first, other(tmp_path, history=TWO), as_of_a=day(3), as_of_b=day(5), settings=SETTINGS)
    truth = forecast(load(write(tmp_path / "mixed", UNSURE, ONE, PARAMETERS)), as_of=day(3), settings=SETTINGS)
    assert found.corners["a", "b"].means[1] == pytest.approx(truth.beliefs["a"]["x"]["mean"], abs=1e-12)
    assert abs(found.corners["a", "b"].means - found.corners["b", "b"].means).max() > 0.01
    assert (found.corners["a", "a"].means == found.corners["b", "a"].means).all()
    assert found.evidence is not None
    assert abs(found.evidence[1]["mean"]) > 0.005


def test_an_earlier_date_of_one_case_is_what_was_said_then(a: Case) -> None:
    found = compare(a, a, as_of_a=day(0), as_of_b=day(2), settings=SETTINGS).to_json()
    for side, on in (("a", day(0)), ("b", day(2))):
        mean = forecast(a, as_of=on, settings=SETTINGS).beliefs["a"]["x"]["mean"]
        assert found["beliefs"]["a"]["x"][side]["mean"] == pytest.approx(mean, abs=1e-12)
        assert found[side]["as_of"] == on.isoformat()


def test_dates_may_stand_in_any_order(a: Case) -> None:
    there = compare(a, a, as_of_a=day(0), as_of_b=day(2), settings=SETTINGS).to_json()["beliefs"]["a"]["x"]
    back = compare(a, a, as_of_a=day(2), as_of_b=day(0), settings=SETTINGS).to_json()["beliefs"]["a"]["x"]
    assert there["difference"]["mean"] == pytest.approx(-back["difference"]["mean"], abs=1e-12)


def test_the_copy_in_a_run_is_called_by_the_run(a: Case, tmp_path: Path) -> None:
    run = tmp_path / "runs" / "a-2030-01-14-01234567"
    copy = load(write(run / "case", UNSURE, ONE, PARAMETERS))
    assert Side(copy, day(1)).name == "case"
    (run / "manifest.json").write_text("{}")
    assert Side(copy, day(1)).to_json()["name"] == run.name
    assert Side(a, day(1)).name == "a"


def test_what_differs_is_named(a: Case, tmp_path: Path) -> None:
    b = other(tmp_path, history=TWO, parameters=PARAMETERS.replace("[0.5, 1]", "[0.2, 0.6]"))
    found = compare(a, b, settings=SETTINGS).to_json()["differs"]
    assert found["assumptions"] == [
        {"path": "parameters.r.prior", "title": "r", "before": "uniform(0.5, 1)", "now": "uniform(0.2, 0.6)"}
    ]
    assert [(item["kind"], item["what"], item["title"]) for item in found["evidence"]] == [
        ("history", "new", "a: push")
    ]


def test_a_history_that_the_other_case_cannot_have_is_said_and_the_rest_given(a: Case, tmp_path: Path) -> None:
    """B has a move that A has not, and a history in which it was made: A's rules cannot read that history."""
    jumps = edited(UNSURE, ("    push: {", "    jump: {then: {level: +1}}\n    push: {"))
    b = other(tmp_path, text=jumps, history=ONE + PUSH.format(day(3)).replace("push", "jump"))
    made = compare(a, b, settings=SETTINGS)
    assert not set(made.corners) & set(made.missing)
    found = made.to_json()
    missing = [one for one in found["corners"] if one["outcomes"] is None]
    assert [(one["evidence"], one["assumptions"]) for one in missing] == [("b", "a")]
    assert "jump" in missing[0]["why"]
    assert found["split"] == "assumptions first"
    for row in rows_of(found):
        both = row["evidence"]["mean"] + row["assumptions"]["mean"]
        assert both == pytest.approx(row["difference"]["mean"], abs=1e-12)
        assert row["interaction"] is None


def test_a_side_on_too_few_draws_has_no_numbers(a: Case, tmp_path: Path) -> None:
    few = Settings(draws=8, grid=4, check_grid=False, refine=False)
    found = compare(a, other(tmp_path, history=TWO), settings=few).to_json()
    assert found["thin"]["effective_draws"] < 16
    assert "8 draws were asked for; ask for at least" in found["thin"]["mend"]
    assert all(row["difference"] is None and row["a"] is None for row in rows_of(found))


def test_a_certain_case_beside_an_uncertain_one_is_not_thin(tmp_path: Path) -> None:
    certain = load(write(tmp_path / "a", PUSHES, ONE))
    found = compare(certain, other(tmp_path, text=PUSHES, parameters=PARAMETERS), settings=SETTINGS).to_json()
    assert found["thin"] is None
    assert found["draws"] == SETTINGS.draws
    assert all(abs(row["difference"]["mean"]) < 1e-12 for row in rows_of(found))


# Bands ------------------------------------------------------------------------------------------------------


def test_the_band_of_a_difference_covers_it_as_often_as_it_says() -> None:
    """200 samples of 60 draws from one population: nine in ten bands of the weighted difference hold the true one."""
    rng = np.random.default_rng(1)
    true, hits, trials = 0.1, 0, 200
    for trial in range(trials):
        level = rng.normal(size=60)
        values = level[:, None]
        moved = values + true + 0.3 * rng.normal(size=(60, 1))
        weights = np.full(60, 1 / 60)
        band = resampled([Corner(weights, values), Corner(weights, moved)], 60, (str(trial),)).contrast([-1, 1])[0]
        hits += band["p05"] <= true <= band["p95"]
    assert 0.82 < hits / trials < 0.96


def test_resampling_is_the_same_wherever_it_runs() -> None:
    corner = Corner(np.full(20, 0.05), np.arange(20.0)[:, None])
    first, again = (resampled([corner], 20, ("a", "b")).means for _ in range(2))
    assert (first == again).all()
    assert (first != resampled([corner], 20, ("a", "c")).means).any()


def test_a_repeated_draw_is_a_draw_of_double_weight_per_draw() -> None:
    values = np.array([[0.1], [0.5], [0.9]])
    moved = values**2
    twice = [0, 1, 1, 2]
    once = per_draw(Corner(np.array([0.25, 0.5, 0.25]), values), Corner(np.array([0.2, 0.6, 0.2]), moved))[0]
    same = per_draw(
        Corner(np.array([0.25, 0.25, 0.25, 0.25]), values[twice]), Corner(np.array([0.2, 0.3, 0.3, 0.2]), moved[twice])
    )[0]
    assert once["mean"] == pytest.approx(same["mean"], abs=1e-12)
    assert once["lower"] == same["lower"] == pytest.approx(1.0)


# Refused ----------------------------------------------------------------------------------------------------


def test_a_date_before_the_clock_is_refused(a: Case) -> None:
    with pytest.raises(RunError, match="before the clock") as refused:
        compare(a, a, as_of_a=day(-3), settings=SETTINGS)
    assert refused.value.problems[0].path == "as_of"


def test_cases_without_an_outcome_in_common_are_refused(a: Case, tmp_path: Path) -> None:
    renamed = edited(COINS, ("ends: burnt", "ends: over"), ("burnt:", "over:"))
    only = edited(renamed, ("clock: {", "# clock\nclock: {"))
    b = load(write(tmp_path / "b", only, heads(0)))
    found = compare(a, b, settings=SETTINGS).to_json()
    assert found["only_in"] == {"a": [], "b": ["over"]}  # `unresolved` is in both
    from standoff.analysis.corners import shared

    with pytest.raises(RunError, match="no outcome"):
        shared(a.document, b.document.model_copy(update={"outcomes": {"over": b.document.outcomes["over"]}}))


def test_lines_are_compared_by_what_they_say(a: Case) -> None:
    made = forecast(a, as_of=day(2), settings=SETTINGS)
    first, last = made.task.lines[0], made.task.lines[-1]
    assert same_line(last, last)
    assert not same_line(first, last)


# The verb and the command -----------------------------------------------------------------------------------


def test_the_verb_takes_a_forecast_and_a_parameter(a: Case) -> None:
    made = forecast(a, settings=SETTINGS)
    found = so.compare(made, overrides={"p": 0.9})
    assert found.b.case.overrides == {"p": 0.9}
    assert found.made is made


def test_a_second_comparison_computes_nothing(a: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = so.compare(a, overrides={"p": 0.9}, settings=SETTINGS, out=tmp_path / "run").to_json()
    from standoff.forecast import draw

    def never(*_: Any, **__: Any) -> None:
        raise AssertionError("a draw was solved again")

    monkeypatch.setattr(draw, "solve", never)
    again = so.compare(a, overrides={"p": 0.9}, settings=SETTINGS, out=tmp_path / "run").to_json()
    assert json.dumps(plain(again)) == json.dumps(plain(first))


def run(*words: str, columns: int = 100) -> Any:
    return CliRunner().invoke(app, words, env={"COLUMNS": str(columns)})


def test_the_command_prints_both_sides_and_what_did_what(a: Case, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    b = other(tmp_path, history=TWO, parameters=PARAMETERS.replace("[0.5, 1]", "[0.2, 0.6]"))
    result = run("compare", str(a.folder), str(b.folder), "--draws", "32", "--workers", "1")
    assert result.exit_code == 0, result.output
    assert "Assumed otherwise in B: r: uniform(0.5, 1), now uniform(0.2, 0.6)." in result.output
    assert "B less A" in result.output
    assert "Evidence" in result.output
    assert max(len(line) for line in result.stdout.splitlines()) <= 100


def test_a_side_may_name_its_date(a: Case, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    one = run("compare", f"{a.folder}@2030-01-08", "--draws", "32", "--workers", "1", "--json")
    two = run("compare", str(a.folder), "--from", "2030-01-08", "--draws", "32", "--workers", "1", "--json")
    assert one.exit_code == 0, one.output
    assert one.output == two.output
    assert json.loads(one.output)["a"]["as_of"] == "2030-01-08"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "nothing to compare with"),
        (["--from", "2029-01-01"], 1, "before the clock"),
        (["nowhere"], 1, "neither a folder"),
        (["--set", "none=1"], 1, "a parameter"),
        (["--set", "p"], 2, "parameter=value"),
    ],
)
def test_bad_input_is_told(a: Case, tmp_path: Path, monkeypatch: Any, words: list[str], code: int, said: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("compare", str(a.folder), *words, "--draws", "4", "--workers", "1")
    assert result.exit_code == code
    assert said in " ".join((result.output + result.stderr).replace("│", " ").split())
    assert "Traceback" not in result.output


def test_sides_that_agree_say_so(a: Case, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from rich.console import Console

    print_comparison(compare(a, other(tmp_path), settings=SETTINGS).to_json(), Console(width=80))
    assert "same numbers to the last digit" in capsys.readouterr().out
