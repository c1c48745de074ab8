"""The evidence without one thing: equal to a forecast made without it."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from forecast_kit import edited
from hypotheses_kit import AS_OF, CASE, EVIDENCE, GAPS, PLAIN, folder, made_of, without
from standoff.case import load
from standoff.forecast import Forecast
from standoff.forecast import without as module
from standoff.forecast.draw import run_draw
from standoff.forecast.draws import parameters_at, type_priors_at
from standoff.forecast.forecast import make_task
from standoff.forecast.history import outcomes, walk
from standoff.forecast.many import outcomes_many, walk_many
from standoff.forecast.silence import Silence
from standoff.forecast.without import Variant
from standoff.game import compile_case
from standoff.solver import solve

EXACT = 1e-9
WIRE, ECHO, LATE = ({n for n, c in EVIDENCE["claims"].items() if c["report"] == r} for r in ("wire", "echo", "late"))
BY_HAND: dict[tuple[str, str], dict[str, Any]] = {
    **{("move", str(i)): without(entries=[i]) for i in range(5)},
    **{("testimony", name): without(testimony=[name]) for name in ("show", "other", "dear", "now", "dearer")},
    # the first push stays, for the echo tells of it too; it was known a fortnight later
    ("report", "wire"): without(claims=WIRE),
    ("report", "echo"): without(claims=ECHO, entries=[1, 2]),
    ("report", "late"): without(claims=LATE, entries=[3]),
    ("origin", "office"): without(testimony=["show", "again"]),
    ("origin", "street"): without(testimony=["other", "dear", "dearer"]),
    ("origin", "camp"): without(testimony=["now"]),
    # nobody is named for it, so that its origin is the report
    ("origin", "late"): without(claims=["stormy"], entries=[3]),
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return made_of(tmp_path_factory.mktemp("case") / "c")


def variant(made: Forecast, kind: str, name: str) -> tuple[int, Variant]:
    assert made.task.items is not None
    return next((v, one) for v, one in enumerate(made.task.items.variants) if (one.kind, one.name) == (kind, name))


@pytest.mark.parametrize("which", BY_HAND, ids=" ".join)
def test_it_is_the_forecast_of_a_case_without_it(made: Forecast, which: tuple[str, str], tmp_path: Path) -> None:
    v, one = variant(made, *which)
    again = made_of(tmp_path / "c", BY_HAND[which])
    assert made.records["without_loglik"][:, v] == pytest.approx(again.records["loglik"][:, -1], abs=EXACT)
    series = made.records["without_series"][:, one.line] if one.line >= 0 else made.records["series"][:, -1]
    held = made.records["without_held"][:, one.line] if one.line >= 0 else made.records["held"][:, -1]
    assert series == pytest.approx(again.records["series"][:, -1], abs=EXACT)
    assert held[:, :5] == pytest.approx(again.records["beliefs"][:, -1], abs=EXACT)
    assert held == pytest.approx(again.records["held"][:, -1], abs=EXACT)


def test_every_item_report_and_origin_that_matters_is_left_out(made: Forecast) -> None:
    assert made.task.items is not None
    found = {(one.kind, one.name) for one in made.task.items.variants}
    assert found >= set(BY_HAND)
    assert ("testimony", "again") not in found  # of one origin with a weightier one
    assert made.task.items.untried == ()


def test_what_counts_instead_is_named(made: Forecast) -> None:
    assert variant(made, "testimony", "show")[1].instead == ("again",)
    assert variant(made, "testimony", "dear")[1].instead == ("dearer",)
    assert variant(made, "origin", "office")[1].instead == ()
    assert variant(made, "testimony", "now")[1].instead == ()


def test_what_goes_with_a_report_and_what_stays(made: Forecast) -> None:
    wire, echo = variant(made, "report", "wire")[1], variant(made, "report", "echo")[1]
    assert wire.entries == ()
    assert wire.redated == (0,)
    assert echo.entries == (1, 2)
    assert echo.redated == ()


def test_what_bears_on_parameters_only_needs_no_walk(made: Forecast) -> None:
    assert variant(made, "testimony", "dear")[1].line == -1
    assert np.isfinite(made.records["without_loglik"]).all()


def test_a_refined_ensemble_weighs_the_rest_of_the_evidence_by_where_its_draws_came_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["standoff.forecast.forecast"], "REFINE_BELOW", 2.0)
    settings = replace(PLAIN, refine=True)
    made = made_of(tmp_path / "whole", settings=settings)
    assert made.refined > 0
    case = load(folder(tmp_path / "part", BY_HAND["move", "2"]))
    task = make_task(case, compile_case(case), AS_OF, settings)
    v, one = variant(made, "move", "2")
    for d in (0, len(made.weights) - 1):
        again = run_draw(task, made.records["u"][d])
        assert made.records["without_loglik"][d, v] == pytest.approx(float(again["loglik"][-1]), abs=EXACT)
        assert made.records["without_series"][d, one.line] == pytest.approx(again["series"][-1], abs=EXACT)


def test_too_many_histories_are_not_all_walked_and_it_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WALKED", 3)
    case = load(folder(tmp_path / "c"))
    task = make_task(case, compile_case(case), AS_OF, PLAIN)
    assert task.items is not None
    assert len(task.items.todo.lines) == 3
    assert ("move", "2") in task.items.untried
    assert ("testimony", "dear") not in task.items.untried


@pytest.mark.parametrize("case", ["small", "venezuela-2025"])
@pytest.mark.no_cover
def test_many_histories_at_once_are_each_walked_as_if_alone(case: str, tmp_path: Path) -> None:
    found = load(folder(tmp_path / "c") if case == "small" else case)
    structure = compile_case(found)
    day = AS_OF if case == "small" else max(entry.known for entry in found.evidence.history)
    task = make_task(found, structure, day, PLAIN)
    u = np.full(task.axes.size, 0.4)
    parameters = structure.settle(parameters_at(structure, task.axes, u))
    game = structure.game(parameters, type_priors_at(structure, task.axes, u, parameters))
    assert task.items is not None
    todo, line = task.items.todo, task.lines[-1]
    solution = solve(game, grid=2, threads=1, grid_error=False, keep=task.items.kept, own_until=line.step + 1)
    silence, trail = Silence(structure, parameters), task.items.trail()
    walk(solution, silence, line, parameters, trail)
    herd = walk_many(solution, silence, todo, trail)
    ends = outcomes_many(solution, herd, todo.lines)
    assert len(todo.lines) > 9
    for u_, each in list(enumerate(todo.lines))[:: 1 if case == "small" else 4]:
        alone = walk(solution, silence, each, parameters)
        assert herd.loglik[u_] == pytest.approx(alone.loglik, abs=EXACT)
        assert ends[u_] == pytest.approx(outcomes(solution, alone), abs=EXACT)


def test_a_draw_that_rules_out_the_evidence_may_allow_it_without_what_it_rules_out(tmp_path: Path) -> None:
    sure = {**EVIDENCE, "history": [EVIDENCE["history"][0], {**EVIDENCE["history"][2], "a": "push"}]}
    closed = edited(
        CASE,
        ("when: level < l3", "when: level < 1 + (price > 0.6)"),
        ("then: {level: -1}, costs", "then: {}, costs"),
        ("then: {level: -1}, noticed", "then: {}, noticed"),
    )
    made = made_of(tmp_path / "c", sure, replace(PLAIN, draws=8), closed)
    v, one = variant(made, "move", "0")
    ruled_out = ~np.isfinite(made.records["loglik"][:, -1])
    assert ruled_out.any()
    assert not ruled_out.all()
    assert np.isfinite(made.records["without_loglik"][:, v]).all()
    assert made.records["without_series"][:, one.line].sum(axis=1) == pytest.approx(1.0)
    again = made_of(tmp_path / "again", without_first(sure), replace(PLAIN, draws=8), closed)
    assert made.records["without_loglik"][:, v] == pytest.approx(again.records["loglik"][:, -1], abs=EXACT)


def without_first(evidence: dict[str, Any]) -> dict[str, Any]:
    return {**evidence, "history": [GAPS[0], *evidence["history"][1:]]}
