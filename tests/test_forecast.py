"""From draws to a forecast: weights, refinement, the series, what is asked beside."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast_kit import COINS, PRIOR, PUSH, PUSHES, day, edited, heads, write
from standoff.case import load
from standoff.errors import CaseError, Problem, RunError, SolveError
from standoff.forecast import Forecast, Settings, draw, forecast
from standoff.forecast.draws import axes, mixture_around, sobol
from standoff.game import Game, compile_case
from standoff.solver import Solution, solve


def run(folder: Path, as_of: date, **settings: object) -> Forecast:
    chosen = replace(Settings(draws=32, refine=False, check_grid=False), **settings)  # type: ignore[arg-type]
    return forecast(load(folder), as_of=as_of, settings=chosen)


def test_a_draw_weighs_what_it_makes_of_history(tmp_path: Path) -> None:
    made = run(write(tmp_path / "c", COINS, heads(0, 1)), day(3), draws=64)
    p = made.records["parameters"][:, 0]
    # two heads, one tails, and three weeks without a fire
    expected = p**2 * (1 - p) * (1 - 0.1 * p) ** 3
    assert made.weights == pytest.approx(expected / expected.sum(), abs=1e-12)
    burnt = 1 - (1 - 0.1 * p) ** 9
    assert made.records["series"][:, -1, 0] == pytest.approx(burnt, abs=1e-12)
    assert made.outcomes["burnt"]["mean"] == pytest.approx(float(made.weights @ burnt), abs=1e-12)
    assert made.records["likelihood"][:, 0] == pytest.approx(p, abs=1e-12)
    curve = made.by_date()
    assert curve["dates"][0] == day(4).isoformat()
    assert curve["outcomes"]["burnt"]["mean"][0] == pytest.approx(float(made.weights @ (0.1 * p)), abs=1e-6)
    assert curve["outcomes"]["burnt"]["mean"][-1] == pytest.approx(made.outcomes["burnt"]["mean"], abs=1e-6)


def test_refinement_finds_the_posterior(tmp_path: Path) -> None:
    case = edited(COINS, ("chance: p", "chance: p ** 12"), ("0.1 * p", "0"))
    folder = write(tmp_path / "c", case, heads(0))
    plain = run(folder, day(0, 6), draws=64)
    made = run(folder, day(0, 6), draws=64, refine=True)
    assert plain.refined == 0
    assert made.refined == 32
    assert made.drawn == 64
    assert (made.records["u"][:64] == plain.records["u"]).all()
    assert made.effective_draws > 1.5 * plain.effective_draws
    p = made.records["parameters"][:, 0]
    # as likely as twelve heads in a row: Beta(13, 1)
    assert float(made.weights @ p) == pytest.approx(13 / 14, abs=0.01)
    assert float(made.weights @ p**2) == pytest.approx(13 / 15, abs=0.02)
    assert float(made.weights @ made.records["parameters"][:, 1]) == pytest.approx(0.5, abs=0.06)


def test_the_density_of_refined_draws_is_one() -> None:
    """Over uniform points the proposal's density averages 1, and weighting its draws by it gives the prior."""
    rng = np.random.default_rng(5)
    proposal = mixture_around(rng.uniform(0.6, 0.9, (40, 2)), rng.uniform(size=40))
    points = sobol(2, 0, 1 << 14, 1)
    assert float(np.exp(proposal.log_density(points)).mean()) == pytest.approx(1, abs=0.01)
    drawn = proposal.draw(20_000, rng)
    weights = np.exp(-proposal.log_density(drawn))
    assert float(weights.mean()) == pytest.approx(1, abs=0.03)
    assert (weights @ drawn / weights.sum()) == pytest.approx([0.5, 0.5], abs=0.02)


def test_more_draws_extend_a_run() -> None:
    assert (sobol(3, 0, 40, 7)[:20] == sobol(3, 0, 20, 7)).all()
    assert (sobol(3, 20, 40, 7) == sobol(3, 0, 40, 7)[20:]).all()
    assert (sobol(3, 0, 8, 7) != sobol(3, 0, 8, 8)).any()


def test_every_point_of_the_series_is_the_forecast_of_its_day(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", COINS, heads(0, 2, 5))
    whole = run(folder, day(7))
    assert [str(when) for when in whole.dates] == [str(day(week)) for week in (0, 2, 5, 7)]
    for m, when in enumerate(whole.dates):
        then = run(folder, when)
        assert whole.outcomes_at(m)["burnt"] == pytest.approx(then.outcomes["burnt"], abs=1e-12)
        assert whole.weights_at(m) == pytest.approx(then.weights, abs=1e-12)


def test_before_the_start_nothing_is_known_and_after_the_end_all_is_over(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", COINS, heads(0, 1))
    early = run(folder, day(-5))
    assert early.dates == (day(-5),)
    assert early.weights == pytest.approx(np.full(32, 1 / 32))
    assert len(early.by_date()["dates"]) == 12
    late = run(folder, day(40))
    assert late.task.lines[-1].step == 12
    assert late.outcomes["unresolved"]["p05"] == pytest.approx(1)
    assert late.by_date()["dates"] == []
    json.dumps(late.to_json(), allow_nan=False)


def test_the_priors_of_types_may_be_drawn(tmp_path: Path) -> None:
    case = edited(PUSHES, ("    precision: 4\n", "    precision: 4\n    sureness: 8\n"))
    folder = write(tmp_path / "c", case, "history:\n  - {date: 2030-01-08, a: push, judgement: 'test'}\n")
    made = run(folder, day(1), draws=256)
    x = made.records["priors"][:, 0]
    assert float(x.mean()) == pytest.approx(0.7, abs=0.01)
    assert float(x.var()) == pytest.approx(0.7 * 0.3 / 9, abs=0.003)  # Beta(5.6, 2.4)
    seen = x * PUSH["x"] + (1 - x) * PUSH["y"]
    assert made.weights == pytest.approx(seen / seen.sum(), abs=1e-9)
    mean = float((x * PUSH["x"]).sum() / seen.sum())
    assert made.beliefs["a"]["x"]["mean"] == pytest.approx(mean, abs=1e-9)
    # the exact answer does not depend on how sure the prior was
    exact = PRIOR["x"] * PUSH["x"] / (PRIOR["x"] * PUSH["x"] + PRIOR["y"] * PUSH["y"])
    assert mean == pytest.approx(exact, abs=0.01)


def test_one_draw_and_a_case_without_anything_uncertain(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", COINS, heads(0))
    one = run(folder, day(1), draws=1)
    assert one.to_json()["draws"] == 1
    assert one.outcomes["burnt"]["p05"] == one.outcomes["burnt"]["p95"]
    assert any("few draws" in said for said in one.warnings)
    sure = write(tmp_path / "d", PUSHES, "history:\n  - {date: 2030-01-08, a: push, judgement: 'test'}\n")
    made = run(sure, day(1), draws=32)
    assert axes(compile_case(load(sure))).size == 0
    assert made.to_json()["draws"] == 1  # the others would say the same
    assert made.warnings == ()
    with pytest.raises(RunError, match="draws=0"):
        run(folder, day(1), draws=0)


def test_a_case_without_secrets_and_without_history(tmp_path: Path) -> None:
    case = edited(COINS, ("p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}", "p: {prior: {fixed: 0.5}}"))
    folder = write(tmp_path / "c", case)
    (folder / "evidence.yaml").unlink()
    made = forecast(load(folder), settings=Settings(draws=8))
    assert made.as_of == day(0)
    assert made.beliefs == {}
    assert made.certificate["grid_error"] == 0.0
    assert made.outcomes["burnt"]["mean"] == pytest.approx(1 - 0.95**12)


def test_history_that_cannot_happen(tmp_path: Path) -> None:
    closed = edited(PUSHES, ("push: {then", "push: {when: level is l5, then"))
    told = "history:\n  - {date: 2030-01-15, a: push, judgement: 'test'}\n"
    with pytest.raises(CaseError, match="closed by then") as caught:
        run(write(tmp_path / "c", closed, told), day(2))
    assert caught.value.problems[0].file.endswith("evidence.yaml")
    assert caught.value.problems[0].path == "history.0"
    # a guard over a parameter closes it in some draws only
    some = edited(PUSHES, ("push: {then", "push: {when: p > 0.8, then"))
    folder = write(tmp_path / "d", some, told, "{p: {prior: {uniform: [0, 1]}, judgement: 'test: any'}}")
    made = run(folder, day(2))
    p = made.records["parameters"][:, 0]
    assert ((made.weights > 0) == (p > 0.8)).all()
    assert (made.records["status"][p <= 0.8] == 2).all()
    assert "history.0 cannot happen" in made.records["reason"][p <= 0.8][0]
    assert made.records["loglik"][p <= 0.8, -1].max() == -math.inf


def test_no_draw_allows_what_happened(tmp_path: Path) -> None:
    case = edited(COINS, ("chance: p, noticed", "chance: 0, noticed"))
    with pytest.raises(RunError, match="none of which allows what happened"):
        run(write(tmp_path / "c", case, heads(0)), day(1))


def test_a_history_without_what_is_sure_to_be_seen_is_told_of_as_such(tmp_path: Path) -> None:
    case = edited(COINS, ("chance: p, noticed", "chance: 1, noticed"))
    with pytest.raises(RunError, match="sure to be seen in this draw that history does not have"):
        run(write(tmp_path / "c", case, heads(1)), day(3))


def test_a_draw_that_fails_is_counted_and_weighs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = []

    def brittle(game: Game, **options: Any) -> Solution:
        calls.append(game)
        if len(calls) % 8 == 3:
            raise SolveError(Problem("numbers out of range", "finite ones", "Narrow a prior."))
        if len(calls) % 8 == 5:
            raise KeyError("a defect in one draw")
        return solve(game, **options)

    monkeypatch.setattr(draw, "solve", brittle)
    folder = write(tmp_path / "c", COINS, heads(0))
    made = run(folder, day(1), draws=64)
    p = made.records["parameters"][:, 0]
    failed = made.records["status"] == 1
    assert np.nonzero(failed)[0].tolist()[:4] == [2, 4, 10, 12]
    assert made.records["reason"][2].startswith("found numbers out of range")
    assert made.records["reason"][4] == "KeyError: 'a defect in one draw'"
    assert np.isnan(made.records["series"][failed]).all()
    expected = np.where(failed, 0, p * (1 - 0.1 * p))
    assert made.weights == pytest.approx(expected / expected.sum(), abs=1e-12)
    assert made.to_json()["failed"] == 16
    assert any(said.startswith("16 of 64 draws failed") for said in made.warnings)
    assert all(math.isfinite(row["mean"]) for row in made.outcomes.values())


def test_all_draws_may_fail(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"64 draws, of which all failed \(most often: .*time limit") as caught:
        run(write(tmp_path / "d", COINS), day(0), draws=64, time_limit=0.0)
    problem = caught.value.problems[0]
    assert "--time-limit" in problem.mend
    assert "history" not in str(problem)  # which is not to blame
    with pytest.raises(RunError, match=r"one draw, which failed \(.*time limit"):
        run(tmp_path / "d", day(0), draws=1, time_limit=0.0)


def test_draws_that_fail_and_draws_that_rule_it_out_are_told_apart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls = []

    def brittle(game: Game, **options: Any) -> Solution:
        calls.append(game)
        if len(calls) <= failing:
            raise SolveError(Problem("numbers out of range", "finite ones", "Narrow a prior."))
        return solve(game, **options)

    monkeypatch.setattr(draw, "solve", brittle)
    folder = write(tmp_path / "c", edited(COINS, ("chance: p, noticed", "chance: 0, noticed")), heads(0))
    failing = 1
    said = r"none of which allows what happened \(7 rule it out, 1 failed; most often: (?!.*numbers out of range)"
    with pytest.raises(RunError, match=said):
        run(folder, day(1), draws=8)
    calls, failing = [], 6
    said = r"8 draws, of which 6 failed \(most often: .*numbers out of range.*\); 2 rule out what happened"
    with pytest.raises(RunError, match=said) as caught:
        run(folder, day(1), draws=8)
    assert "--time-limit" in caught.value.problems[0].mend


def test_silence_since_the_last_report_is_remarked_on(tmp_path: Path) -> None:
    told = "history:\n  - {date: 2030-01-08, a: push, judgement: 'test'}\n"
    folder = write(tmp_path / "c", PUSHES, told)
    assert run(folder, day(1, 6)).warnings == ()  # the week of the report is over, the next one not
    (said,) = run(folder, day(4)).warnings
    assert "after 2030-01-08, yet the time from 2030-01-14 on" in said
    assert "`unreported`" in said
    gap = "  - {from: 2030-01-14, to: 2030-02-03, unreported: [a, b], judgement: 'test'}\n"
    assert run(write(tmp_path / "d", PUSHES, told + gap), day(4)).warnings == ()
    (said,) = run(write(tmp_path / "e", PUSHES), day(2)).warnings
    assert "published by 2030-01-21, yet the time from 2030-01-07 on" in said


def test_after_the_ending_that_the_case_tells_of_it_says_so(tmp_path: Path) -> None:
    """It knows better than a silence: who asks for such a day hears that it was over."""
    ended = COINS.replace("events:", f"ending: {{date: {day(5)}, outcome: burnt, source: x}}\nevents:")
    folder = write(tmp_path / "c", ended, heads(0, 1))
    (after,) = run(folder, day(6)).warnings[:1]
    assert after.startswith(f"This case says that it ended on {day(5)}: “burnt”.")
    (before,) = run(folder, day(4)).warnings[:1]
    assert before.startswith("Nothing in the evidence was published after")
    (first,) = run(folder, day(5)).warnings[:1]
    assert first == after
