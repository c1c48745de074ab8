"""Posterior draws of a fit as priors of another case."""

from __future__ import annotations

import json
import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from standoff.case import Case, check, load
from standoff.errors import CaseError
from standoff.forecast import Settings, forecast
from standoff.forecast.common import points_like
from standoff.forecast.draws import axes, parameters_at
from standoff.forecast.kept_case import kept_case
from standoff.game import compile_case
from standoff.language.posterior import SIZE, read_posterior
from standoff.language.priors import in_words, mean, quantile

FILE = "fitted/posterior.json"
CASE = """
standoff: 1
title: A quarrel
question: Does it end in a deal?
clock: {start: 2031-01-01, step: week, steps: 4}
parameters:
  alone: {prior: {uniform: [0, 1]}, judgement: a guess}
  prize:
    prior: {from: {file: fitted/posterior.json, parameter: s_a, at: {contig: 1, dependence: 0.25}}}
    judgement: fitted
  cost: {prior: {from: {file: fitted/posterior.json, parameter: c_b}}, judgement: fitted}
factors: {state: {levels: [calm]}}
actors: {north: {precision: 4, standing: hold}}
moves: {north: {hold: {}, settle: {ends: deal, costs: cost}}}
outcomes:
  deal: {peaceful: true, worth: {north: prize + alone}}
  unresolved: {worth: {north: 0.1}}
"""
TERMS = [
    {"parameter": "s_a", "term": "constant"}, {"parameter": "s_a", "term": "contig"},
    {"parameter": "s_a", "term": "sqrt(Dependence)"}, {"parameter": "c_b", "term": "constant"},
]  # fmt: skip


def fitted(seed: int = 0, draws: int = 3000) -> dict[str, Any]:
    rng = np.random.default_rng(seed)
    spread = np.array([[0.04, 0.01, 0, 0.03], [0.01, 0.02, 0, 0], [0, 0, 0.01, 0], [0.03, 0, 0, 0.04]])
    beta = rng.multivariate_normal([0.3, -0.1, 0.2, 0.4], spread, draws)
    weights = rng.gamma(2.0, size=draws)
    return {
        "format": "standoff posterior 1", "version": "0.1.0", "case": "sanctions", "case_hash": "abcd" * 4,
        "rule": "logit", "terms": TERMS, "draws": beta.tolist(), "weights": (weights / weights.sum()).tolist(),
        "mode": [0.3, -0.1, 0.2, 0.4],
    }  # fmt: skip


def written(folder: Path, content: object = None, text: str = CASE) -> Path:
    (folder / "fitted").mkdir(parents=True)
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    said = content if isinstance(content, str) else json.dumps(content or fitted())
    (folder / "fitted" / "posterior.json").write_text(said, encoding="utf-8")
    return folder


def drawn(case: Case) -> tuple[float, ...]:
    prior = case.document.parameters["cost"].prior
    return prior.from_.values if prior is not None and prior.from_ is not None else ()


def test_the_values_are_those_of_the_fit_at_these_columns(tmp_path: Path) -> None:
    found = fitted()
    case = load(written(tmp_path / "c", found))
    prior = case.document.parameters["prize"].prior
    assert prior is not None
    beta, weights = np.array(found["draws"]), np.array(found["weights"])
    value = beta[:, 0] + beta[:, 1] + beta[:, 2] * np.sqrt(0.25)
    centre = weights @ value
    spread = np.sqrt(weights @ (value - centre) ** 2)
    drawn = np.array(prior.from_.values if prior.from_ else ())
    assert len(drawn) == SIZE
    assert mean(prior) == pytest.approx(centre, abs=4 * spread / np.sqrt(SIZE))
    assert drawn.std() == pytest.approx(spread, rel=0.1)
    assert float(quantile(prior, 0.5)) == pytest.approx(np.median(drawn), abs=1e-9)
    assert in_words(prior) == "s_a as fitted in fitted/posterior.json"


def test_parameters_of_one_file_are_drawn_together(tmp_path: Path) -> None:
    found = fitted()
    structure = compile_case(load(written(tmp_path / "c", found)))
    coordinates = axes(structure)
    assert coordinates.parameters == ("alone", "prize")
    assert coordinates.together == (("cost", "prize"),)
    points = np.random.default_rng(1).uniform(size=(4000, 2))
    drawn = np.array([list(parameters_at(structure, coordinates, u).values()) for u in points])
    beta, weights = np.array(found["draws"]), np.array(found["weights"])
    value = beta[:, 0] + beta[:, 1] + 0.5 * beta[:, 2]
    centre = weights @ np.stack([value, beta[:, 3]], axis=1)
    off = np.stack([value, beta[:, 3]], axis=1) - centre
    wanted = (off * weights[:, None]).T @ off
    assert np.cov(drawn[:, 1:].T) == pytest.approx(wanted, abs=0.006)
    assert abs(np.corrcoef(drawn[:, 0], drawn[:, 1])[0, 1]) < 0.06
    whole = {tuple(np.round(one, 12)) for one in drawn[:, 1:]}
    assert len(whole) <= SIZE  # every pair is a pair of the fit


def test_who_drops_the_first_of_a_file_still_draws_the_others_with_it(tmp_path: Path) -> None:
    """Common draws: a parameter that is fixed by hand shifts no other, though it gave their coordinate its name."""
    folder = written(tmp_path / "c")
    made = forecast(load(folder), settings=Settings(draws=8, grid=4, refine=False, check_grid=False))
    fixed = compile_case(load(folder, overrides={"prize": 0.3}))
    coordinates = axes(fixed)
    assert coordinates.parameters == ("alone", "cost")
    u = points_like(made, fixed).u
    mine = made.records["parameters"][:, made.task.parameters.index("cost")]
    assert [parameters_at(fixed, coordinates, one)["cost"] for one in u] == mine.tolist()
    apart = "{uniform: [0, 1]}, judgement: fitted}"  # no longer of the file: a coordinate for each
    case = CASE.replace("{from: {file: fitted/posterior.json, parameter: c_b}}, judgement: fitted}", apart)
    alone = compile_case(load(written(tmp_path / "d", text=case)))
    assert len({*points_like(made, alone).u[:, 1]} & {*points_like(made, alone).u[:, 2]}) == 0


def test_it_is_forecast_kept_and_read_again(tmp_path: Path) -> None:
    case = load(written(tmp_path / "c"))
    again = pickle.loads(pickle.dumps(case))
    assert drawn(again) == drawn(case) != ()
    made = forecast(case, settings=Settings(draws=32, grid=4, refine=False, check_grid=False), out=tmp_path / "run")
    assert set(made.outcomes) == {"deal", "unresolved"}
    assert kept_case(tmp_path / "run", case.hash).hash == case.hash
    other = written(tmp_path / "d", fitted(1))
    assert load(other).hash != case.hash


def test_any_number_of_workers_gives_the_same_digits(tmp_path: Path) -> None:
    from standoff.forecast import Workers

    case = load(written(tmp_path / "c"))
    settings = Settings(draws=16, grid=4, refine=False, check_grid=False)
    assert forecast(case, settings=settings).outcomes == forecast(case, settings=settings, workers=Workers(2)).outcomes


@pytest.mark.parametrize(
    ("content", "change", "path", "found"),
    [
        (None, ("parameter: c_b", "parameter: c_x"), "cost.prior.from.parameter", "no parameter `c_x`"),
        (None, (", dependence: 0.25", ""), "prize.prior.from.at", "no value for dependence"),
        (None, ("contig: 1", "contig: 1, odd: 2"), "prize.prior.from.at", "odd, which `s_a`"),
        (None, ("0.25", "-1"), "prize.prior.from.at", "no finite numbers"),
        (None, ("parameter: c_b}", "parameter: c_b, case: '1234'}"), "cost.prior.from.case", "at version abcd"),
        (None, (f"{FILE}, parameter: c_b", "../posterior.json, parameter: c_b"), "cost.prior.from.file", "out of the"),
        (None, (f"{FILE}, parameter: c_b", "nothing.json, parameter: c_b"), "cost.prior.from.file", "cannot be read"),
        ("{", ("", ""), "prize.prior.from.file", "not whole"),
        ({"format": "other"}, ("", ""), "prize.prior.from.file", "no posterior draws of this version"),
        ({**fitted(draws=5), "weights": [1.0]}, ("", ""), "prize.prior.from.file", "5 x 4 draws with 1 weights"),
        ({**fitted(draws=1), "draws": [[1, 2, 3, float("nan")]]}, ("", ""), "prize.prior.from.file", "no numbers"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, content: object, change: tuple[str, str], path: str, found: str) -> None:
    folder = written(tmp_path / "c", content, CASE.replace(*change) if change[0] else CASE)
    path = f"parameters.{path}"
    said = {problem.path: problem for problem in check(folder) if problem.level == "error"}
    assert path in said, said
    assert found in said[path].found
    assert said[path].line > 1
    with pytest.raises(CaseError):
        load(folder)


PAST = CASE.replace(
    "actors: {north: {precision: 4, standing: hold}}",
    """actors:
  north:
    types: {soft: {prior: 0.6, judgement: a guess}, hard: {prior: 0.4, judgement: a guess}}
    sureness: 6
    history:
      from:
        file: fitted/posterior.json
        shares: {hard: logistic(s_a), soft: 1 - logistic(s_a)}
        at: {contig: 1, dependence: 1}
      source: a fit
    precision: 4
    standing: hold""",
)


def test_shares_of_types_are_those_of_the_fit_draw_by_draw(tmp_path: Path) -> None:
    from standoff.analysis.views import by_history
    from standoff.forecast.draws import type_priors_at

    case = load(written(tmp_path / "c", text=PAST))
    past = case.document.actors["north"].history
    assert past is not None
    assert past.from_ is not None
    hard, soft = (np.array(past.from_.values[kind]) for kind in ("hard", "soft"))
    assert len(hard) == SIZE
    assert hard + soft == pytest.approx(1)
    posterior = read_posterior(tmp_path / "c" / FILE, FILE)
    assert np.log(hard / soft) == pytest.approx(posterior.values("s_a", {"contig": 1, "dependence": 1}))
    structure = compile_case(replace(case, document=by_history(case.document)))
    coordinates = axes(structure)
    assert coordinates.types == ()  # no Dirichlet around them
    assert [lead for _, lead in coordinates.together] == ["prize"] * 3  # the file's one coordinate
    point = np.full(coordinates.size, 0.3)
    drawn = parameters_at(structure, coordinates, point)
    assert type_priors_at(structure, coordinates, point, drawn) == {}
    at = int(0.3 * SIZE)
    game = structure.game(drawn)
    assert game.priors[0] == pytest.approx([soft[at], hard[at]])
    assert drawn["cost"] == posterior.values("c_b", {})[at]


def test_the_second_view_moves_with_the_fit_alone(tmp_path: Path) -> None:
    """The same case with and without a history: judgement's numbers are the same digits."""
    from standoff.analysis.views import views

    settings = Settings(draws=32, grid=4, refine=False, check_grid=False)
    made = forecast(load(written(tmp_path / "c", text=PAST)), settings=settings)
    without = PAST[: PAST.index("    history:")] + PAST[PAST.index("    precision: 4") :]
    assert forecast(load(written(tmp_path / "d", text=without)), settings=settings).outcomes == made.outcomes
    found = views(made)
    assert found.history is not None
    (row,) = found.replaced
    assert row["basis"] == "A fit (fitted/posterior.json) where contig is 1, dependence is 1"
    assert row["source"] == "a fit"
    assert row["before"]["hard"] == pytest.approx({"judgement": 0.4, "history": 0.6}, abs=0.03)


@pytest.mark.parametrize(
    ("change", "path", "found"),
    [
        (("soft: 1 - logistic(s_a)", "soft: 1 - logistic(s_x)"), "from.shares.soft", "s_x"),
        (("soft: 1 - logistic(s_a)", "soft: logistic(s_a"), "from.shares.soft", ""),
        (("soft: 1 - logistic(s_a)", "soft: 0.4"), "from.shares", "sum to"),
        (("soft: 1 - logistic(s_a)", "soft: -logistic(s_a)"), "from.shares.soft", "below 0"),
        ((", soft: 1 - logistic(s_a)", ""), "from.shares", "no share for soft"),
        (("soft: 1 - logistic(s_a)", "odd: 1 - logistic(s_a)"), "from.shares.odd", "`odd`"),
        (("contig: 1, dependence: 1}", "contig: 1}"), "from.at", "no value for dependence"),
        (("contig: 1, dependence: 1}", "contig: 1, dependence: 1, odd: 2}"), "from.at", "odd, which the shares do not"),
        (
            ("        file: fitted/posterior.json", "        file: none.json"),
            "from.file",
            "cannot be read",
        ),
        (("dependence: 1}\n", "dependence: 1}\n        case: other\n"), "from.case", "at version abcd"),
        (("      source: a fit", "      counts: {soft: 1, hard: 2}\n      source: a fit"), "", "both"),
    ],
)
def test_what_is_wrong_with_shares_is_said(tmp_path: Path, change: tuple[str, str], path: str, found: str) -> None:
    assert change[0] in PAST
    folder = written(tmp_path / "c", text=PAST.replace(*change))
    errors = [problem for problem in check(folder) if problem.level == "error"]
    (said, *_) = [
        one for one in errors if one.path == f"actors.north.history.{path}".rstrip(".") and found in one.found
    ]
    assert said.line > 1


def test_a_type_without_a_share_is_told_once(tmp_path: Path) -> None:
    text = PAST.replace(", soft: 1 - logistic(s_a)", "")
    (said,) = [problem for problem in check(written(tmp_path / "c", text=text)) if problem.level == "error"]
    assert said.found == "no share for soft"


def test_a_history_of_nothing_is_no_history(tmp_path: Path) -> None:
    text = PAST[: PAST.index("      from:")] + PAST[PAST.index("      source: a fit") :]
    (said,) = [problem for problem in check(written(tmp_path / "c", text=text)) if problem.level == "error"]
    assert said.found == "neither `counts` nor `from`"


def test_shares_read_in_words_and_are_kept(tmp_path: Path) -> None:
    from standoff.case.words import describe

    case = load(written(tmp_path / "c", text=PAST))
    (actor,) = describe(case.document)["actors"]
    start = "History says: as fitted in fitted/posterior.json where contig is 1 and dependence is 1, “hard” 0."
    assert start in actor["text"]
    forecast(case, settings=Settings(draws=16, grid=4, refine=False, check_grid=False), out=tmp_path / "run")
    assert (tmp_path / "run" / "case" / FILE).is_file()
    assert kept_case(tmp_path / "run", case.hash).hash == case.hash


def test_draws_of_one_value_are_draws(tmp_path: Path) -> None:
    folder = written(tmp_path / "c", {**fitted(draws=1), "weights": [2.0]})
    posterior = read_posterior(folder / "fitted" / "posterior.json", "posterior.json")
    assert np.ptp(posterior.equal(), axis=0).max() == 0


def test_it_reads_in_words(tmp_path: Path) -> None:
    from standoff.case.number_words import prior_words

    case = load(written(tmp_path / "c"))
    told = prior_words(case.document.parameters["prize"], case.document)
    start = "as `s_a` was fitted in fitted/posterior.json where contig is 1 and dependence is 0.25: around 0."
    assert told.startswith(start)
    assert "nine times in ten from " in told


def told(**columns: object) -> dict[str, Any]:
    """A fit with a term that tests a text, whose file says what the table had."""
    terms = [*TERMS[:2], {"parameter": "s_a", "term": "regime is Open"}, TERMS[3]]
    return {**fitted(), "terms": terms, **({"columns": columns} if columns else {})}


HAD = {"contig": {"least": 0.0, "most": 2.0}, "regime": {"texts": ["Closed", "Open"]}}


@pytest.mark.parametrize(
    ("at", "columns", "level", "found"),
    [
        ("contig: 1, regime: closed", HAD, None, ""),
        ("contig: 2.9, regime: Open", HAD, None, ""),
        ("contig: 1, regime: opne", HAD, "error", "`opne` for the column regime, which the fitted table never has"),
        ("contig: 3.1, regime: open", HAD, "warning", "contig 3.1, far from the 0 to 2 of the fitted table"),
        ("contig: -1.1, regime: open", HAD, "warning", "contig -1.1, far from"),
        ("contig: 99, regime: open", {}, None, ""),
        ("contig: 1, regime: opne", {}, "warning", "`opne` for the column regime, which no term in"),
    ],
)
def test_values_that_the_table_had_nothing_like(
    tmp_path: Path, at: str, columns: dict[str, object], level: str | None, found: str
) -> None:
    text = CASE.replace("contig: 1, dependence: 0.25", at)
    said = [one for one in check(written(tmp_path / "c", told(**columns), text)) if "from" in one.path]
    assert [one.level for one in said] == ([level] if level else [])
    assert all(found in one.found and one.path == "parameters.prize.prior.from.at" and one.line > 1 for one in said)
    if level == "error":
        assert said[0].mend == "Did you mean 'open'?"


def test_draws_that_are_worth_few_are_told_once_a_file(tmp_path: Path) -> None:
    few = fitted(draws=1000)
    few["weights"] = [0.04 if k < 25 else 0.0 for k in range(1000)]
    case = load(written(tmp_path / "c", few))
    (said,) = [one for one in case.warnings if "draws" in one.found]
    assert said.found == f"posterior draws that are worth 25 of 1,000: {FILE}"
    assert not [one for one in load(written(tmp_path / "d")).warnings if "draws" in one.found]


def test_a_command_says_that_its_draws_are_worth_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from standoff.cli import screen

    few = {**fitted(draws=1000), "weights": [1.0] * 25 + [0.0] * 975}
    screen.remarks(load(written(tmp_path / "c", few)), "c", False)
    assert f"Warning: posterior draws that are worth 25 of 1,000: {FILE}." in capsys.readouterr().err
