"""Indicators against re-running with the observation in the history, against simulated paths, and against laws."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import standoff as so
from forecast_kit import COINS, PRIOR, PUSH, PUSHES, day, edited, heads, write
from standoff.analysis.enough import Thin
from standoff.analysis.indicators import (
    CLOSED,
    COVERT,
    RARE,
    RARE_EVENT,
    Given,
    Indicator,
    Indicators,
    Reading,
    _unlikely,
    indicators,
    information,
)
from standoff.case import load
from standoff.errors import RunError
from standoff.forecast import Forecast, Settings, forecast
from standoff.forecast.history import start
from standoff.forecast.signs import Sign, ahead, kept_for, signs_of
from standoff.forecast.silence import Silence
from standoff.forecast.simulate import simulate
from standoff.game import compile_case
from standoff.solver import solve
from test_forecast_simulate import TWO_SECRETS

UNSURE = edited(
    TWO_SECRETS,
    ("factors:", "parameters: {toll: {prior: {uniform: [0, 0.4]}}, odds: {prior: {uniform: [0.2, 0.6]}}}\nfactors:"),
    ("coerce: 0.05, take: 0}}}", "coerce: toll, take: 0}}}"),
    ("ends: {taken: 0.6, sunk: 0.3}", "ends: {taken: odds, sunk: 0.3}"),
)


def run(folder: Path, as_of: date, draws: int = 32) -> Forecast:
    return forecast(load(folder), as_of=as_of, settings=Settings(draws=draws, refine=False, check_grid=False, grid=3))


def row(found: Indicators, ident: str) -> Indicator:
    return next(one for one in found.rows if one.id == ident)


def read(found: Indicators, ident: str) -> Reading:
    reading = row(found, ident).reading
    assert reading is not None
    return reading


def part(value: object) -> Given:
    assert isinstance(value, Given)
    return value


HISTORY = f"""history:
  - {{date: {day(0, 2)}, navy: tighten, judgement: test}}
  - {{from: {day(0)}, to: {day(0, 6)}, unreported: [court], judgement: test}}
"""
SEEN = {
    "navy.tighten": f"  - {{date: {day(1)}, navy: tighten, judgement: test}}\n",
    "court.yield": f"  - {{date: {day(1)}, court: yield, judgement: test}}\n"
    f"  - {{from: {day(1)}, to: {day(1, 6)}, unreported: [navy], judgement: test}}\n",
    "storm": f"  - {{date: {day(1)}, event: storm, judgement: test}}\n"
    f"  - {{from: {day(1)}, to: {day(1, 6)}, unreported: [navy, court], judgement: test}}\n",
}


@pytest.mark.parametrize("ident", list(SEEN))
@pytest.mark.no_cover
def test_the_next_turn_is_a_run_with_the_observation_in_its_history(ident: str, tmp_path: Path) -> None:
    now = run(write(tmp_path / "now", UNSURE, HISTORY), day(1))
    then = run(write(tmp_path / "then", UNSURE, HISTORY + SEEN[ident]), day(1))
    i = next(i for i, s in enumerate(now.task.signs) if ident in (s.label, f"{s.label}.{s.move}"))
    joint = now.records["sign_seen"][:, i, 0]
    assert joint[:, 0] + now.records["sign_unseen"][:, i, 0, 0] == pytest.approx(1, abs=1e-9)
    chance = np.exp(then.records["loglik"][:, -1] - now.records["loglik"][:, -1])
    assert joint[:, 0] == pytest.approx(chance, abs=1e-9)
    K = 5
    assert joint[:, 1 : 1 + K] / joint[:, :1] == pytest.approx(then.records["beliefs"][:, -1], abs=1e-9)
    assert joint[:, 1 + K :] / joint[:, :1] == pytest.approx(then.records["series"][:, -1], abs=1e-9)
    weights = now.weights * joint[:, 0]
    assert weights / weights.sum() == pytest.approx(then.weights, abs=1e-9)
    found = read(indicators(now, within="next"), ident)
    seen = part(found.seen)
    assert found.chance["mean"] == pytest.approx(float(now.weights @ chance), abs=1e-9)
    assert seen.effective_draws == pytest.approx(then.effective_draws, abs=1e-9)
    for name, band in then.outcomes.items():
        assert seen.outcomes[name] == pytest.approx(band, abs=1e-9)
    for actor, types in then.beliefs.items():
        for kind, band in types.items():
            assert seen.hypotheses[actor][kind] == pytest.approx(band, abs=1e-9)


def test_what_is_expected_now_is_what_is_expected_after_looking(tmp_path: Path) -> None:
    made = run(write(tmp_path / "c", UNSURE, HISTORY), day(1))
    for within, slack in (("next", 5e-3), (14, 1e-7), ("end", 1e-7)):
        found = indicators(made, within=within)
        for one in found.rows:
            if one.reading is None or one.reading.bits is None:
                continue
            chance = one.reading.chance["mean"]
            seen, unseen = part(one.reading.seen), part(one.reading.unseen)
            for name, band in made.outcomes.items():
                mixed = chance * seen.outcomes[name]["mean"] + (1 - chance) * unseen.outcomes[name]["mean"]
                assert mixed == pytest.approx(band["mean"], abs=slack)
            for actor, types in made.beliefs.items():
                for kind, band in types.items():
                    left, right = seen.hypotheses[actor][kind]["mean"], unseen.hypotheses[actor][kind]["mean"]
                    # to the share of places that a walk forgets
                    assert chance * left + (1 - chance) * right == pytest.approx(band["mean"], abs=1e-8)
                    likely = one.reading.likelihood[actor][kind]
                    assert likely * band["mean"] == pytest.approx(chance * left, abs=1e-8)


@lru_cache(maxsize=1)
def told() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, tuple[str, ...]]:
    """Of stories of TWO_SECRETS: which signs were seen before step 3 [P, I], true types [P, 2], outcomes [P]; and the
    exact joint chances [I, 1 + K + E] of a solution on a fine grid."""
    from standoff.language.document import CaseDocument
    from standoff.language.read import parse_yaml

    structure = compile_case(CaseDocument.model_validate(parse_yaml(TWO_SECRETS, "two.yaml").data))
    parameters = structure.at_quantile()
    game = structure.game(parameters)
    solution = solve(game, grid=6, grid_error=False, keep=kept_for((3,), len(game.phases)), play_from=0)
    signs = signs_of(structure)
    seen, _ = ahead(signs, solution, Silence(structure, parameters), start(solution), 0, 0, (3,))
    told = simulate(solution, 1, stories=8_000, seed=4).stories
    shown = np.zeros((len(told), len(signs)), bool)
    for p, story in enumerate(told):
        for one in story.happened:
            for i, sign in enumerate(signs):
                shown[p, i] |= one.seen and one.step < 3 and sign.shown_in(one.phase) == one.move
    types = np.array([[story.types[actor] for actor in game.secret] for story in told])
    return shown, types, np.array([story.outcome for story in told]), seen[:-1, 0], tuple(s.move for s in signs)


@pytest.mark.no_cover
def test_information_is_that_of_simulated_paths() -> None:
    """Mutual information counted from paths, less its known bias (A-1)(B-1) / 2N ln 2, within four standard errors."""
    shown, types, outcome, exact, names = told()
    N = len(outcome)
    priors = [np.array([0.5, 0.3, 0.2]), np.array([0.6, 0.4])]
    for i, _ in enumerate(names):
        for what, columns in ((types[:, 0], slice(1, 4)), (types[:, 1], slice(4, 6)), (outcome, slice(6, None))):
            joint = exact[i, columns]
            size = len(joint)
            counted = np.stack([np.bincount(what[shown[:, i] == side], minlength=size) for side in (True, False)]) / N
            whole = priors[0] if columns.start == 1 else priors[1] if columns.start == 4 else exact_outcomes()
            table = np.stack([joint, whole - joint])
            bits = information(table)
            with np.errstate(divide="ignore", invalid="ignore"):
                log = np.log2(table / (table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True)))
            log = np.where(table > 0, log, 0.0)
            spread = np.sqrt(max(float((table * log**2).sum()) - bits**2, 0.0) / N)
            bias = (size - 1) / (2 * N * np.log(2))
            # where there is next to nothing to know, what is counted is all bias, and so spread like a chi-square
            assert information(counted) - bias == pytest.approx(bits, abs=4 * spread + 4 * bias + 2e-4)
            assert float(counted[0].sum()) == pytest.approx(float(exact[i, 0]), abs=4 * 0.5 / np.sqrt(N))


@lru_cache(maxsize=1)
def exact_outcomes() -> np.ndarray:
    from standoff.language.document import CaseDocument
    from standoff.language.read import parse_yaml

    structure = compile_case(CaseDocument.model_validate(parse_yaml(TWO_SECRETS, "two.yaml").data))
    return np.array(list(solve(structure.game(structure.at_quantile()), grid=6, grid_error=False).outcomes.values()))


def test_seeing_it_tells_of_the_draws_too(tmp_path: Path) -> None:
    """A coin of unknown load: within a draw a head tells nothing, over the draws it tells of the fire to come."""
    made = run(write(tmp_path / "c", COINS, heads()), day(1), draws=64)
    found = indicators(made, within=14)
    assert found.within is not None
    assert found.within.date == day(3)
    p, w = made.records["parameters"][:, 0], made.weights
    flip = read(found, "flip")
    steps = 1 - 0.1 * p  # a flip comes before the fire of its week
    chance = p + (1 - p) * steps * p
    assert flip.chance["mean"] == pytest.approx(float(w @ chance), abs=1e-9)
    burnt = 1 - steps**11
    missed = ((1 - p) ** 2) * burnt + (1 - p) * (0.1 * p) * p  # no head: by luck, or burnt before the second week
    missed_chance = 1 - chance
    assert part(flip.unseen).outcomes["burnt"]["mean"] == pytest.approx(
        float(w @ missed) / float(w @ missed_chance), abs=1e-9
    )
    assert part(flip.seen).outcomes["burnt"]["mean"] == pytest.approx(
        float(w @ (burnt - missed)) / float(w @ chance), abs=1e-9
    )
    table = np.array(
        [[w @ (burnt - missed), w @ chance - w @ (burnt - missed)], [w @ missed, w @ missed_chance - w @ missed]]
    )
    assert flip.bits is not None
    assert flip.bits["outcome"] == pytest.approx(information(table), abs=1e-9)
    assert flip.bits["outcome"] > 0.003
    assert flip.likelihood == {}
    assert flip.ratios == []


def test_likelihoods_by_type_worked_out_by_hand(tmp_path: Path) -> None:
    made = run(write(tmp_path / "c", PUSHES), day(0))
    found = indicators(made, within=date.fromordinal(day(4).toordinal()))
    push = read(found, "a.push")
    likely = {kind: 1 - (1 - PUSH[kind]) ** 4 for kind in PRIOR}
    assert push.likelihood["a"] == pytest.approx(likely, abs=1e-6)
    assert push.ratios == [{"actor": "a", "more": "y", "less": "x", "ratio": pytest.approx(likely["y"] / likely["x"])}]
    quiet = read(found, "quiet")
    assert quiet.likelihood["a"] == pytest.approx({kind: 1 - chance for kind, chance in likely.items()}, abs=1e-6)
    table = np.array([[PRIOR[k] * likely[k] for k in PRIOR], [PRIOR[k] * (1 - likely[k]) for k in PRIOR]])
    assert push.bits is not None
    assert push.bits["a"] == pytest.approx(information(table), abs=1e-6)
    assert push.bits["outcome"] == 0
    assert found.ranked("a")[0].id in ("a.push", "quiet")
    assert [len(one.chances) for one in found.rows if not one.never] == [4, 4, 4]


def test_what_cannot_be_seen_stays_with_its_reason(tmp_path: Path) -> None:
    case = edited(
        UNSURE,
        (
            "    leave: {",
            "    stare: {covert: true}\n    never: {when: step > 90}\n    late: {when: step >= 3}\n    leave: {",
        ),
    )
    made = run(write(tmp_path / "c", case, HISTORY), day(1))
    found = indicators(made, within=7)
    assert "unseen" in row(found, "navy.stare").never
    assert "closed" in row(found, "navy.never").never
    assert row(found, "navy.late").never == f"not so soon, at the earliest by {day(5).isoformat()}"
    assert [one.never != "" for one in found.rows] == sorted(one.never != "" for one in found.rows)
    assert read(indicators(made, within="end"), "navy.late").chance["mean"] > 0
    assert "time" in row(indicators(made, within="next"), "quiet").never
    over = indicators(run(write(tmp_path / "o", case), day(40)))
    assert over.horizons == ()
    assert over.within is None
    assert all(one.never for one in over.rows)
    json.dumps(over.to_json(), allow_nan=False)


def test_an_open_move_that_nobody_would_make_is_not_called_closed(tmp_path: Path) -> None:
    case = edited(
        UNSURE,
        (
            "    leave: {",
            "    never: {when: step > 90}\n    fall: {costs: 30}\n    late: {when: step >= 3, costs: 30}\n    leave: {",
        ),
    )
    found = indicators(run(write(tmp_path / "c", case, HISTORY), day(1)), within=7)
    for name, reason in (("fall", RARE), ("never", CLOSED)):
        assert row(found, f"navy.{name}").never == reason
    assert row(found, "navy.late").never in (RARE, CLOSED)
    assert _unlikely(None, np.array([0.0, 1e-13])) == CLOSED
    assert _unlikely(Sign("a", "go", ()), np.array([0.0, 1e-13])) == RARE
    assert _unlikely(Sign("a", "go", ()), np.array([0.0, 2e-16])) == CLOSED
    assert _unlikely(Sign("a", "go", (), event=True), np.array([1e-40, 0.0])) == RARE_EVENT


def test_few_draws_say_so_instead_of_numbers(tmp_path: Path) -> None:
    """A move that few draws allow at all: its chance stands, what follows from seeing it does not."""
    case = edited(
        UNSURE, ("    tighten: {when: ring < ring.tight", "    tighten: {when: ring < ring.tight and toll < 0.1")
    )
    made = run(write(tmp_path / "c", case), day(0))
    found = indicators(made, within=7)
    tighten = read(found, "navy.tighten")
    assert isinstance(tighten.seen, Thin)
    assert isinstance(tighten.unseen, Given)
    assert tighten.bits is None
    assert tighten.ratios == []
    assert 0 < tighten.chance["mean"] < 1
    assert "navy.tighten" not in found.to_json()["order"]["outcome"]
    few = indicators(run(write(tmp_path / "few", UNSURE), day(0), draws=8), within=7)
    assert isinstance(few.thin, Thin)
    assert all(one.reading is None for one in few.rows)
    assert {one.never for one in few.rows} <= {"", COVERT}  # what else it may say, few draws say
    told = few.to_json()
    assert {band for part in (told["outcomes"], *told["hypotheses"].values()) for band in part.values()} == {None}
    assert found.to_json()["outcomes"] == dict(found.outcomes)
    certain = indicators(run(write(tmp_path / "sure", TWO_SECRETS), day(0)), within=7)
    assert certain.thin is None
    assert isinstance(read(certain, "navy.tighten").seen, Given)


def test_draws_that_history_rules_out_weigh_nothing(tmp_path: Path) -> None:
    case = edited(COINS, ("chance: p, noticed", "chance: (p > 0.4) * p, noticed"))
    made = run(write(tmp_path / "c", case, heads(0)), day(1), draws=64)
    assert 10 < int((made.records["status"] > 0).sum()) < 50
    found = indicators(made, within=14)
    assert np.isfinite(read(found, "flip").chance["p05"])
    assert found.effective_draws > 16
    json.dumps(found.to_json(), allow_nan=False)
    quiet = read(found, "quiet")
    assert part(quiet.seen).outcomes["burnt"]["mean"] < part(quiet.unseen).outcomes["burnt"]["mean"]


def test_times_that_were_not_kept_are_refused_with_those_that_were(tmp_path: Path) -> None:
    made = run(write(tmp_path / "c", UNSURE, HISTORY), day(1))
    assert [one.days for one in indicators(made).horizons] == [7, 14, 28]
    for asked in (7, "7", 5, day(2), day(2).isoformat()):
        within = indicators(made, within=asked).within
        assert within is not None
        assert within.date == day(2)
    for wrong in (90, "soon", 0, -3, "2030-13-01", made.as_of, made.as_of - timedelta(days=7), "9" * 40):
        with pytest.raises(RunError) as caught:
            indicators(made, within=wrong)
        assert "7 (2030-01-21), 14 (2030-01-28), 28 (2030-02-11)" in caught.value.problems[0].expected


def test_the_verb_takes_a_forecast_or_a_case(tmp_path: Path) -> None:
    folder = write(tmp_path / "c", UNSURE, HISTORY)
    chosen = Settings(draws=32, refine=False, check_grid=False, grid=3)
    made = forecast(load(folder), as_of=day(1), settings=chosen)
    same = so.indicators(folder, within=14, as_of=day(1), settings=replace(chosen))
    assert same.to_json() == so.indicators(made, within=14).to_json()
    assert json.loads(json.dumps(same.to_json(), allow_nan=False)) == same.to_json()
    with pytest.raises(RunError) as caught:
        so.indicators(made, as_of=day(1))
    assert "as_of" in caught.value.problems[0].found


@given(st.lists(st.lists(st.floats(0, 1), min_size=3, max_size=3), min_size=2, max_size=2), st.floats(1e-3, 1e3))
def test_information_is_neither_negative_nor_more_than_there_is(rows: list[list[float]], unit: float) -> None:
    joint = np.array(rows)
    bits = information(joint)
    assert bits >= 0
    if joint.sum() > 0:
        share = joint / joint.sum()
        for margin in (share.sum(axis=0), share.sum(axis=1)):
            entropy = -sum(float(p * np.log2(p)) for p in margin if p > 0)
            assert bits <= entropy + 1e-9
        assert information(joint * unit) == pytest.approx(bits, abs=1e-9)
        assert information(joint.T) == pytest.approx(bits, abs=1e-9)
    independent = np.outer(joint.sum(axis=1), joint.sum(axis=0))
    assert information(independent) == pytest.approx(0, abs=1e-9)
