"""Competing hypotheses: against Bayes worked out by hand, and against themselves."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from forecast_kit import PUSH, PUSHES, day, edited, write
from hypotheses_kit import PLAIN, folder, made_of
from standoff.analysis.competing import NONE, competing
from standoff.analysis.hypotheses import Hypotheses, hypotheses
from standoff.case import load
from standoff.errors import RunError
from standoff.forecast import Forecast, Settings, forecast
from standoff.forecast import weights as weighing

EXACT = 1e-9
HOLD = {kind: 1 - p for kind, p in PUSH.items()}
PRIOR = {"x": 0.7, "y": 0.3}
CERTAIN = Settings(draws=1, refine=False, check_grid=False, grid=2)

TOLD = """
discount:
  reliability: {A: 1, C: 0.5}
  credibility: {2: 1, 4: 0.5}
reports:
  wire: {title: Wire, published: 2030-01-24, grade: A, file: wire.txt}
  echo: {title: Echo, published: 2030-01-25, grade: C, file: wire.txt}
claims:
  one: {says: a bluff, report: wire, credibility: 4, origin: office, bears_on: {a: {x: 4}}}
  same: {says: a bluff, report: echo, credibility: 4, origin: office, bears_on: {a: {x: 9}}}
history:
  - {date: 2030-01-15, a: push, judgement: 'test'}
  - {date: 2030-01-28, a: {push: 0.8}, judgement: 'test'}
"""


def small(at: Path, evidence: str = TOLD, case: str = PUSHES) -> Hypotheses:
    found = write(at, case, evidence)
    (found / "wire.txt").write_text("They mean it.\n")
    return hypotheses(forecast(load(found), as_of=day(4), settings=CERTAIN))


def test_the_matrix_is_bayes_worked_out_by_hand(tmp_path: Path) -> None:
    found = small(tmp_path / "c").to_json()
    soft = {kind: 0.8 * PUSH[kind] + 0.2 * HOLD[kind] for kind in PRIOR}
    said = {"x": 4**0.5, "y": 1.0}  # C would be a quarter; A4 is a half
    week_0, week_2 = HOLD, HOLD
    joint = {k: PRIOR[k] * week_0[k] * PUSH[k] * week_2[k] * said[k] * soft[k] for k in PRIOR}
    one = found["sets"]["a"]
    assert [one["hypotheses"][k]["prior"] for k in PRIOR] == pytest.approx([0.7, 0.3], abs=EXACT)
    posterior = [one["hypotheses"][k]["posterior"]["mean"] for k in PRIOR]
    assert posterior == pytest.approx([joint[k] / sum(joint.values()) for k in PRIOR], abs=EXACT)
    expected = {"push": PUSH, "soft": soft, "one": said, "first": week_0, "second": week_2}
    rows = {row["title"]: cell["likelihood"] for row, cell in zip(found["rows"], one["matrix"], strict=True)}
    # weeks 0 and 1 are one stretch of silence, which ends with the push; b is never told of
    silences = [c["likelihood"] for r, c in zip(found["rows"], one["matrix"], strict=True) if r["kind"] == "silence"]
    moves = [c["likelihood"] for r, c in zip(found["rows"], one["matrix"], strict=True) if r["kind"] == "move"]
    assert rows["a bluff"] == pytest.approx(relative(expected["one"], rows["a bluff"]), abs=EXACT)
    assert moves[0] == pytest.approx(PUSH, abs=EXACT)
    assert moves[1] == pytest.approx(soft, abs=EXACT)
    assert silences[0] == pytest.approx(week_0, abs=EXACT)
    assert silences[1] == pytest.approx(week_2, abs=EXACT)


def relative(ratios: dict[str, float], found: dict[str, float]) -> dict[str, float]:
    """Testimony is known up to the chance of hearing it, which is the same under each hypothesis."""
    scale = found["y"] / ratios["y"]
    return {kind: scale * ratio for kind, ratio in ratios.items()}


def test_a_ratio_in_decibans(tmp_path: Path) -> None:
    found = small(tmp_path / "c").to_json()
    rows = found["sets"]["a"]["matrix"]
    push = rows[next(r["row"] for r in found["rows"] if r["kind"] == "move")]
    assert push["ratio"] == pytest.approx(PUSH["y"] / PUSH["x"], abs=EXACT)
    assert push["decibans"] == pytest.approx(10 * math.log10(PUSH["y"] / PUSH["x"]), abs=EXACT)
    assert (push["for"], push["against"]) == ("y", "x")
    assert push["rank"] == 1
    assert sorted(row["rank"] for row in rows) == list(range(1, len(rows) + 1))


def test_an_origin_counts_once(tmp_path: Path) -> None:
    found = small(tmp_path / "c").to_json()
    assert [row["claim"] for row in found["rows"] if row["kind"] == "testimony"] == ["one"]
    alone = small(tmp_path / "alone", edited(TOLD, ("bears_on: {a: {x: 9}}", "note: nothing"))).to_json()
    same = [r["sets"]["a"]["hypotheses"]["x"]["posterior"]["mean"] for r in (found, alone)]
    assert same[0] == pytest.approx(same[1], abs=EXACT)
    # without the one that counts the other one does, and without the origin neither
    left = {(row["kind"], row["name"]): row for row in found["without"]}
    soft = {kind: 0.8 * PUSH[kind] + 0.2 * HOLD[kind] for kind in PRIOR}
    rest = {k: PRIOR[k] * HOLD[k] ** 2 * PUSH[k] * soft[k] for k in PRIOR}
    instead = {k: rest[k] * (9**0.25 if k == "x" else 1.0) for k in PRIOR}
    one, origin = left["testimony", "one"], left["origin", "office"]
    assert one["instead"] == ["same"]
    assert one["sets"]["a"]["x"]["without"] == pytest.approx(instead["x"] / sum(instead.values()), abs=EXACT)
    assert origin["sets"]["a"]["x"]["without"] == pytest.approx(rest["x"] / sum(rest.values()), abs=EXACT)


def test_without_a_move_its_week_says_nothing(tmp_path: Path) -> None:
    found = small(tmp_path / "c").to_json()
    rest = {k: PRIOR[k] * HOLD[k] ** 2 * (4**0.5 if k == "x" else 1.0) for k in PRIOR}
    soft = {kind: 0.8 * PUSH[kind] + 0.2 * HOLD[kind] for kind in PRIOR}
    rest = {k: rest[k] * soft[k] for k in PRIOR}
    row = next(row for row in found["without"] if (row["kind"], row["name"]) == ("move", "0"))
    assert row["sets"]["a"]["x"]["without"] == pytest.approx(rest["x"] / sum(rest.values()), abs=EXACT)
    assert row["largest"]["set"] == "a"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return made_of(tmp_path_factory.mktemp("case") / "c", settings=replace(PLAIN, draws=32))


@pytest.mark.parametrize("name", ["a", "b", "meant", "both"])
def test_prior_times_every_row_is_the_posterior(made: Forecast, name: str) -> None:
    found = hypotheses(made)
    table = found.matrices[name]
    joint = table.prior * np.exp(table.log_cells.sum(axis=0))
    assert joint / joint.sum() == pytest.approx(table.posterior, abs=EXACT)
    assert table.posterior == pytest.approx(found.now[name], abs=EXACT)
    # what all rows together had for a chance is the evidence of the ensemble
    loglik = made.records["loglik"][:, -1]
    assert math.log(joint.sum()) == pytest.approx(math.log(np.exp(loglik).mean()), abs=EXACT)


def test_a_refined_ensemble_is_weighed_in_every_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(sys.modules["standoff.forecast.forecast"], "REFINE_BELOW", 2.0)
    made = made_of(tmp_path / "c", settings=replace(PLAIN, draws=24, refine=True))
    assert made.refined
    found = hypotheses(made)
    for name, table in found.matrices.items():
        joint = table.prior * np.exp(table.log_cells.sum(axis=0))
        assert joint / joint.sum() == pytest.approx(found.now[name], abs=EXACT)
    # the prior is the prior's, wherever its draws came from
    weights = weighing.normalised(-made.log_proposal)
    expected = weights @ made.records["priors"][:, :3]
    assert found.matrices["a"].prior == pytest.approx(expected, abs=EXACT)


def test_sets_are_those_written_each_actor_the_ends_and_peace(made: Forecast) -> None:
    found = hypotheses(made)
    assert list(found.sets) == ["meant", "both", "ends", "a", "b", "outcomes", "peace"]
    names = {name: [one.name for one in each.hypotheses] for name, each in found.sets.items()}
    assert names["meant"] == ["earnest", "show"]  # leaves nothing out
    assert names["both"] == ["quarrel", "calm", NONE]
    assert names["ends"] == ["blows", "peace", NONE]
    assert names["peace"] == ["peaceful", "otherwise", "unresolved"]
    for name, chances in found.now.items():
        assert chances.sum() == pytest.approx(1.0, abs=EXACT), name
    assert found.now["meant"][0] == pytest.approx(found.now["a"][1:].sum(), abs=EXACT)
    ends = dict(zip(made.structure.document.outcomes, found.now["outcomes"], strict=True))
    assert found.now["ends"][0] == pytest.approx(ends["war"], abs=EXACT)


def test_a_hypothesis_about_two_actors_holds_of_both_at_once(tmp_path: Path) -> None:
    made = made_of(tmp_path / "c", settings=replace(PLAIN, draws=1))
    assert made.task.items is not None
    column = competing(made.structure.document, made.task.items.readings)["both"].hypotheses[0].column
    held = made.records["held"][0]
    beliefs = made.records["beliefs"][0]
    # at the start one place holds everything, and the chances multiply
    assert held[0, column] == pytest.approx((beliefs[0, 1] + beliefs[0, 2]) * beliefs[0, 4], abs=EXACT)


def test_the_series_ends_in_the_posterior_and_has_bands(made: Forecast) -> None:
    found = hypotheses(made)
    for name in found.sets:
        assert len(found.series[name]) == len(made.dates)
        last = found.series[name][-1]
        assert isinstance(last, list)
        assert [band["mean"] for band in last] == pytest.approx(found.now[name].tolist())
        assert all(band["p05"] <= band["p50"] <= band["p95"] for band in last)


def test_plain_data_is_json_and_sorted_by_how_much_it_moves(made: Forecast) -> None:
    found = hypotheses(made).to_json()
    json.dumps(found, allow_nan=False)
    sizes = [
        max(abs(row["change"]) for rows in one["sets"].values() for row in rows.values())
        for one in found["without"]
        if not one["thin"]
    ]
    assert len(sizes) > 8
    assert sizes == sorted(sizes, reverse=True)
    assert [one["thin"] for one in found["without"]] == sorted(one["thin"] for one in found["without"])


def test_one_thing_under_two_names_is_left_out_once(made: Forecast) -> None:
    found = hypotheses(made).to_json()
    camp = next(one for one in found["without"] if (one["kind"], one["name"]) == ("testimony", "now"))
    assert [(one["kind"], one["name"]) for one in camp["same"]] == [("origin", "camp")]
    assert not any((one["kind"], one["name"]) == ("origin", "camp") for one in found["without"])


def test_too_few_draws_say_so_instead_of_numbers(tmp_path: Path) -> None:
    found = hypotheses(made_of(tmp_path / "c")).to_json()
    assert found["thin"]["effective_draws"] < 16
    assert found["without"] == []
    for one in found["sets"].values():
        for each in one["hypotheses"].values():
            assert each["posterior"]["thin"]
            assert each["prior"] is None
    shown = json.dumps(found["sets"])
    assert '"mean"' not in shown


def test_one_set_or_a_name_that_is_none(made: Forecast) -> None:
    assert list(hypotheses(made, set_name="both").sets) == ["both"]
    with pytest.raises(RunError) as caught:
        hypotheses(made, set_name="bith")
    assert "both" in caught.value.problems[0].mend


def test_the_same_digits_whenever_it_is_asked(made: Forecast) -> None:
    assert hypotheses(made).to_json() == hypotheses(made).to_json()


def test_the_error_of_a_change_is_that_of_draws_drawn_again(made: Forecast) -> None:
    found = hypotheses(made).to_json()
    moved = [row for one in found["without"] for row in one["sets"]["a"].values()]
    assert all(row["error"] >= 0 for row in moved)
    assert any(0 < row["error"] < abs(row["change"]) for row in moved)


def test_nothing_known_is_one_silence_and_nothing_to_leave_out(tmp_path: Path) -> None:
    found = small(tmp_path / "c", "history: []\n").to_json()
    assert [row["kind"] for row in found["rows"]] == ["silence"]
    assert found["without"] == []
    cells = found["sets"]["a"]["matrix"][0]["likelihood"]
    assert cells == pytest.approx({k: HOLD[k] ** 4 for k in PRIOR}, abs=EXACT)


def test_a_very_telling_testimony_has_its_full_weight(tmp_path: Path) -> None:
    told = edited(
        TOLD, ("credibility: 4, origin: office, bears_on: {a: {x: 4}}", "credibility: 2, bears_on: {a: {x: 1.0e-6}}")
    )
    found = small(tmp_path / "c", told).to_json()
    row = found["sets"]["a"]["matrix"][next(r["row"] for r in found["rows"] if r["claim"] == "one")]
    assert row["ratio"] == pytest.approx(1e6)
    assert row["decibans"] == pytest.approx(60.0)
    assert row["rank"] == 1


def test_no_secrets_leave_only_the_ends(tmp_path: Path) -> None:
    case = edited(
        PUSHES,
        ("types: {x: {prior: 0.7}, y: {prior: 0.3}}", "precision: 4"),
        ("    precision: 4\n    tempo", "    tempo"),
        ("costs: {a: {x: 0.5, y: -0.1}}", "costs: 0.1"),
    )
    found = small(tmp_path / "c", "history:\n  - {date: 2030-01-15, a: push, judgement: 'test'}\n", case)
    assert list(found.sets) == ["outcomes"]
    assert found.to_json()["without"][0]["name"] == "0"


@pytest.mark.parametrize("as_of", [date(2030, 1, 1), date(2030, 1, 20), date(2030, 2, 1), date(2030, 6, 1)])
def test_any_date_has_its_rows(as_of: date, tmp_path: Path) -> None:
    made = forecast(load(folder(tmp_path / "c")), as_of=as_of, settings=replace(PLAIN, draws=2))
    found = hypotheses(made)
    for name, table in found.matrices.items():
        joint = table.prior * np.exp(table.log_cells.sum(axis=0))
        assert joint / joint.sum() == pytest.approx(found.now[name], abs=EXACT)
    json.dumps(found.to_json(), allow_nan=False)
