"""`standoff fit` as it is typed: what it prints and writes, what it refuses, and the page that explains it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

import standoff as so
from docs_kit import blocks, printed, run
from standoff.cli import app
from standoff.errors import FitError
from table_kit import CASE, DATA, changed, written
from test_cli_scripts import differences, shapes

PAGE = "docs/how-to/fit-a-case.md"


def typed(*args: object, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["fit", *map(str, args)], env={"COLUMNS": "100"})
    assert result.exit_code == code, result.output
    return result


def test_the_page_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    seen = 0
    for block in blocks(PAGE):
        if block.title:
            block.write(tmp_path)
        elif block.language == "console":
            for command, shown in block.commands():
                output = run(command, 100)
                missing = [line for line in shown if line != "..." and not printed(line, output, 2.0)]
                assert not missing, f"{command} no longer prints {missing}; it prints\n{output}"
                seen += 1
    assert seen == 4
    made = json.loads((tmp_path / "today" / "fit" / "fit.json").read_text())
    assert made["converged"] is True
    drawn = json.loads((tmp_path / "today" / "fit" / "posterior.json").read_text())
    assert [one["term"] for one in drawn["terms"]] == [one["term"] for one in made["coefficients"]]
    assert drawn["case_hash"] == made["case_hash"] == so.load(tmp_path / "disputes").hash


def test_what_is_printed_for_scripts_is_what_is_documented(tmp_path: Path) -> None:
    case, data = written(tmp_path)
    (shape,) = shapes("A fit")
    told = json.loads(typed(case, data, "--json", "--starts", 2, "--folds", "groups", "--workers", 1).stdout)
    for one in told["coefficients"]:
        assert one.pop("prior") is None or one["parameter"] != "ease"
    shape["coefficients"][0].pop("prior")
    assert differences(shape, told) == []
    typed(case, data, "--starts", 2, "--out", tmp_path / "out", "--workers", 1)
    kept = json.loads((tmp_path / "out" / "fit.json").read_text())
    assert set(shape) - set(kept) == {"validation"}
    assert kept["loglik"] == pytest.approx(told["loglik"])
    assert kept["left_out"] == {"rows": 0, "lacking": {}, "elsewhere": 0}


def test_the_verb_and_the_command_say_the_same(tmp_path: Path) -> None:
    case, data = written(tmp_path)
    made = so.fit(case, data, starts=2)
    told = json.loads(typed(case, data, "--json", "--starts", 2).stdout)
    assert made.loglik == pytest.approx(told["loglik"], abs=1e-6)
    np.testing.assert_allclose(
        [one.estimate for one in made.coefficients], [one["estimate"] for one in told["coefficients"]], atol=1e-4
    )
    assert made.coefficients[3].prior == (0, 2)
    assert 0.15 < made.coefficients[-1].se < 0.25, "hardly more is known of patience than its prior, sd 0.2"
    assert made.rates <= made.loglik < 0
    assert made.even < made.rates


def test_what_is_left_out_and_remarked_on_is_said(tmp_path: Path) -> None:
    data = changed(DATA, ("1.5,mixed", "NA,mixed"), ("open,0.52", ",0.52"))
    case = changed(CASE, ("  time: year", "  time: year\n  where: year < 1965"))
    shown = " ".join(typed(*written(tmp_path, case, data), "--starts", 2).stdout.split())
    assert "Left out: 2 of 12 rows lack something: power (1) and regime (1); 1 of 12 rows are not meant" in shown
    assert "standard errors from 6 clusters" in shown


def test_a_bootstrap_is_kept_and_goes_on(tmp_path: Path) -> None:
    files = written(tmp_path)
    options = [*files, "--starts", 2, "--workers", 1, "--out", tmp_path / "out"]
    typed(*options, "--bootstrap", 3)
    kept = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "out" / "bootstrap" / "draws").iterdir()}
    shown = typed(*options, "--bootstrap", 5).stdout
    now = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "out" / "bootstrap" / "draws").iterdir()}
    assert (len(kept), len(now)) == (3, 5)
    assert all(now[name] == kept[name] for name in kept)
    assert "5 samples" in shown


SEPARATED = "dyad,year,power,regime,balance,quiet,gave_way,war\n" + "".join(
    f"d{i},19{50 + i},{1 + i % 4},open,{0.1 * i:.1f},{3 + i % 2},{2 if i > 6 else 0},{0 if i > 6 else 2}\n"
    for i in range(14)
)


def test_a_column_that_tells_an_outcome_without_error_is_said_and_no_posterior_is_left(tmp_path: Path) -> None:
    case = changed(
        CASE, ("      regime is mixed: {normal: [0, 2]}\n", ""), ("challenger: -1, target", "challenger: 1, target")
    )
    files = written(tmp_path, case, SEPARATED)
    out = tmp_path / "out"
    out.mkdir()
    (out / "posterior.json").write_text("of an earlier fit")
    result = typed(*files, "--starts", 2, "--out", out, code=1)
    shown = " ".join(result.stdout.split())
    assert "Not to be used: separation" in shown
    assert "fight: balance" in shown
    assert json.loads((out / "fit.json").read_text())["converged"] is False
    assert not (out / "posterior.json").exists()
    told = json.loads(typed(*files, "--starts", 2, "--json", code=1).stdout)
    remarks = {one["term"]: one for one in told["coefficients"] if one["parameter"] == "fight"}
    assert remarks["balance"]["remark"] == "separated"
    assert remarks["balance"]["se"] is None
    ridge = changed(case, ("      balance:\n", "      balance: {normal: [0, 5]}\n"))
    typed(*written(tmp_path / "ridge", ridge, SEPARATED), "--starts", 2)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--rule", "logist"], "'logist' is none of logit, probit and private"),
        (["--folds", "country"], "neither 'groups' nor 'time' nor a column"),
        (["--folds", "1"], "a number from 2 up"),
        (["--baselines"], "add --folds"),
        (["--starts", "0"], "greater than or equal to 1"),
    ],
)
def test_options_that_are_none(tmp_path: Path, options: list[str], said: str) -> None:
    result = typed(*written(tmp_path), *options, code=2)
    assert said in " ".join(result.output.replace("│", " ").split())


def test_everything_that_does_not_fit_is_said_with_its_place(tmp_path: Path) -> None:
    case = changed(CASE, ("      balance:\n", "      balnce:\n"))
    data = changed(DATA, ("0.31,7,1", "0.31,seven,1"))
    files = written(tmp_path, case, data)
    shown = typed(*files, code=1)
    assert f"{files[0]}:14:7" in shown.output
    assert f"{files[1]}:2:25" in shown.output
    told: list[dict[str, Any]] = json.loads(typed(*files, "--json", code=1).stdout)
    assert {(one["line"], one["column"]) for one in told} == {(14, 7), (2, 25)}
    assert not list(tmp_path.glob("out*"))


def test_outcomes_that_the_case_cannot_come_to(tmp_path: Path) -> None:
    counted = changed(CASE, ("war: war}", "war: war, unresolved: extra}"))
    data = "\n".join(f"{line},{'extra' if i == 0 else i % 2}" for i, line in enumerate(DATA.strip().split("\n")))
    with pytest.raises(FitError) as caught:
        so.fit(*written(tmp_path / "more", counted, data + "\n"))
    (problem,) = caught.value.problems
    assert "`unresolved` 6 times, which no path of the case ends in" in problem.found
    assert problem.line == 2
    fewer = changed(CASE, ("conceded: gave_way, war: war}", "conceded: gave_way}"))
    with pytest.raises(FitError) as caught:
        so.fit(*written(tmp_path / "fewer", fewer))
    (problem,) = caught.value.problems
    assert "no column that tells of `war`" in problem.found


def test_groups_may_differ(tmp_path: Path) -> None:
    case = changed(CASE, ("  time: year", "  time: year\n  hierarchy: {ease: dyad}"))
    files = written(tmp_path, case)
    shown = " ".join(typed(*files, "--starts", 2, "--out", tmp_path / "out").stdout.split())
    assert "ease differs between 6 groups with sd" in shown
    assert "6 coefficients and 6 effects of groups" in shown
    made = so.fit(*files, starts=2)
    assert [str(term) for term in made.design.terms] == [f"{one.parameter}: {one.term}" for one in made.coefficients]
    assert {one.group for one in made.effects} == {"a-b", "a-c", "a-d", "b-c", "b-d", "c-d"}
    assert abs(sum(one.value for one in made.effects)) < 0.5
    drawn = json.loads((tmp_path / "out" / "posterior.json").read_text())
    assert len(drawn["terms"]) == len(drawn["draws"][0]) == 6, "the groups of one table are no matter of another case"
    (told,) = made.to_json()["hierarchy"]
    assert set(told["groups"]) == {one.group for one in made.effects}


def test_folds_need_what_they_go_by(tmp_path: Path) -> None:
    case = changed(CASE, ("  groups: dyad\n  time: year\n", ""))
    files = written(tmp_path, case)
    for how in ("groups", "time"):
        result = typed(*files, "--folds", how, "--starts", 2, code=1)
        assert f"folds by {how}, and no `fit.{how}`" in " ".join(result.output.split())
    shown = typed(*files, "--folds", 3, "--starts", 2, "--workers", 1).stdout
    assert "Out of sample, by row" in shown
    assert "this case" in shown


def test_folds_by_time_learn_from_the_past_alone(tmp_path: Path) -> None:
    shown = typed(*written(tmp_path), "--folds", "time", "--starts", 2, "--workers", 1).stdout
    assert "Out of sample, by time" in shown


def test_a_case_without_fit_is_told_what_to_add(tmp_path: Path) -> None:
    case = so.new("plain", tmp_path)
    result = typed(case, written(tmp_path)[1], code=1)
    assert "a case without `fit`" in " ".join(result.output.split())


def test_no_time_at_all_is_told_as_such(tmp_path: Path) -> None:
    result = typed(*written(tmp_path), "--time-limit", 0, code=1)
    assert "a time limit of 0 s, over before the first step" in " ".join(result.output.split())


RARE = """
standoff: 1
title: Threats
question: Does the target give way?
clock: {start: 2000-01-01, step: year, steps: 1}
parameters:
  fight:
    judgement: from the table
    regress: {constant: , log(strength): , regime is open: {normal: [0, 2]}}
actors: {target: {precision: 2, judgement: sets the scale}}
moves: {target: {give_way: {ends: conceded}, resist: {ends: war}}}
outcomes:
  conceded: {peaceful: true}
  war: {violent: true, worth: {target: fight}}
  unresolved: {}
fit: {outcome: {column: ended, values: {war: war, conceded: conceded}}}
"""


def test_an_outcome_with_few_cases_is_said_and_what_its_draws_are_worth(tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    strength = np.append(random.uniform(0.8, 3.0, 58), [0.3, 0.9])
    lines = [
        f"{s:.2f},{'open' if k % 2 else 'closed'},{'war' if k > 57 else 'conceded'}" for k, s in enumerate(strength)
    ]
    (tmp_path / "case.yaml").write_text(RARE, encoding="utf-8")
    (tmp_path / "rows.csv").write_text("\n".join(["Strength,Regime,ended", *lines]), encoding="utf-8")
    shown = " ".join(typed(tmp_path, tmp_path / "rows.csv", "--out", tmp_path / "out").stdout.split())
    assert "Remark: war: 2 of 60 cases, for 3 coefficients that only its worth has." in shown
    assert "Posterior draws: 1,000, " in shown
    assert "draws with their median more than half a standard error from the estimate: fight: " in shown
    kept = json.loads((tmp_path / "out" / "posterior.json").read_text(encoding="utf-8"))
    assert kept["columns"] == {
        "regime": {"texts": ["closed", "open"]},
        "strength": {"least": 0.3, "most": pytest.approx(strength.max(), abs=0.01)},
    }
    often = [line.replace("conceded", "war") if random.random() < 0.4 else line for line in lines]
    (tmp_path / "rows.csv").write_text("\n".join(["Strength,Regime,ended", *often]), encoding="utf-8")
    many = json.loads(typed(tmp_path, tmp_path / "rows.csv", "--json").stdout)
    assert many["outcomes"]["war"] >= 15
    assert many["problems"] == []
