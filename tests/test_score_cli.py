"""`standoff score` and `standoff backtest`: what is printed, written, exported, refused; the pages about them."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

import standoff as so
from case_kit import CASE, written
from docs_kit import blocks, printed
from standoff.cli import app
from standoff.errors import ScoreError
from standoff.score import table
from standoff.score.runs import read_run, together
from test_cli_examples import words_of
from test_cli_scripts import differences, shapes

ENDING = "\nending: {date: 2031-03-20, outcome: withdrawn, source: 'the harbour master'}\n"
PAGE = "docs/how-to/score-forecasts.md"
SMALL = ["--draws", "2", "--grid", "2", "--workers", "1"]


def made_run(case: Path, folder: Path, as_of: str = "2031-03-04", draws: int = 4) -> Path:
    """A run folder with what `assess` leaves of a forecast, without its brief."""
    made = so.forecast(case, as_of=as_of, settings=so.Settings(draws=draws, grid=4), out=folder)
    series = [{"as_of": day.isoformat(), "outcomes": made.outcomes_at(m)} for m, day in enumerate(made.dates)]
    (folder / "forecast.json").write_text(json.dumps({**made.to_json(), "series": series}), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as the how-to leaves it: my-case, its run, an ending written down later, and the tables."""
    place = tmp_path_factory.mktemp("home")
    so.new("my-case", place)
    made_run(place / "my-case", place / "runs" / "early")
    made_run(place / "my-case", place / "runs" / "late", "2031-03-10")
    shutil.copytree(place / "runs" / "early", place / "runs" / "OLD-RUN")
    shutil.copytree(place / "my-case", place / "unended")
    for block in blocks(PAGE):
        if block.title:
            block.write(place)
    shutil.copytree(place / "my-case", place / "venezuela-2025")  # answers to the shipped name, so that it is short
    return place


def said(*arguments: object, code: int = 0, columns: int = 80) -> str:
    done = CliRunner(env={"COLUMNS": str(columns)}).invoke(app, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output.replace("\N{NO-BREAK SPACE}", " ")


# Pages ------------------------------------------------------------------------------------------------------


def test_the_how_to_runs(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(home, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    ran = 0
    for block in blocks(PAGE):
        if block.language != "console":
            continue
        for command, lines in block.commands():
            words, _ = words_of(command)
            if words[0] in ("new", "assess"):
                assert (tmp_path / "my-case").is_dir()
                assert (tmp_path / "runs" / "early").is_dir()
                continue
            output = said(*words, *(SMALL if words[0] == "backtest" else []))
            for line in lines:  # numbers are of fewer draws here
                assert printed(line, output, within=12.0), (line, output)
            ran += 1
    assert ran == 8


def test_the_how_to_s_refusal_is_what_is_printed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    text = (home / "people.csv").read_text(encoding="utf-8")
    assert text.count("40%") == 1
    (tmp_path / "people.csv").write_text(text.replace("40%", "30%"), encoding="utf-8")
    (shown,) = (block.body for block in blocks(PAGE) if block.language == "text")
    output = said("score", "--forecasts", "people.csv", "--resolutions", home / "happened.csv", code=1, columns=100)
    assert shown.strip() in output


def test_the_how_to_s_python_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(home)
    (code,) = (block.body for block in blocks(PAGE) if block.language == "python")
    exec(compile(code.replace("draws=24", "draws=2, grid=2"), PAGE, "exec"), {"__name__": "page"})
    assert "illustrate and do not prove" in capsys.readouterr().out


@pytest.mark.parametrize("verb", ["score", "backtest"])
def test_the_examples_of_help_run(verb: str, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    monkeypatch.setattr("standoff.case.shipped_cases", lambda: {"venezuela-2025": home / "venezuela-2025"})
    text = CliRunner().invoke(app, [verb, "--help"], terminal_width=200).output
    examples = [line.strip() for line in text.split("Examples:")[1].split("\n\n")[0].strip().splitlines()]
    assert len(examples) >= 3
    for example in examples:
        words = words_of(example.split(" > ")[0])[0] if "--export" in example else words_of(example)[0]
        words = [word.replace("calm < tension < war", "bank_shared < withdrawn < landing_fails") for word in words]
        said(*words, *(SMALL if verb == "backtest" else []))
    if verb == "backtest":
        assert (home / "runs" / "again" / "backtest.html").is_file()


def test_the_documented_shapes_are_those_printed(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (shape,) = shapes("Scores")
    real = json.loads(said("score", "runs/early", "--forecasts", "people.csv", "--json"))
    assert differences(shape, real) == []
    assert real["paired"]
    (again,) = shapes("A back-test")
    real = json.loads(said("backtest", "my-case", "--news", "--out", tmp_path, *SMALL, "--json"))
    assert differences(again, real) == []
    assert differences(shape, real["scores"]) == []
    assert json.loads((tmp_path / "backtest.json").read_text(encoding="utf-8")) == real


# What is printed --------------------------------------------------------------------------------------------


def test_everything_fits_80_columns(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    outputs = [
        said("score", "runs/early", "runs/late", "--forecasts", "people.csv"),
        said("backtest", "my-case", "--out", tmp_path, *SMALL),
    ]
    for output in outputs:
        assert max(len(line) for line in output.splitlines() if str(tmp_path) not in line) <= 80
    assert "Famous cases illustrate and do not prove" in outputs[1]
    assert "too few for an interval" in outputs[1]
    assert re.search(r"even odds\s+ranked\s+[+-]0", outputs[1])
    assert "Ranked: bank_shared" in outputs[1]
    assert "* rests on fewer than 16 effective draws" in " ".join(outputs[1].split())


def test_calibration_is_printed_from_five_questions_on(tmp_path: Path) -> None:
    rows = "".join(f"anna,q{n},2031-01-0{n},2031-03-01,{o},0.5\n" for n in range(1, 7) for o in ("calm", "war"))
    (tmp_path / "f.csv").write_text("forecaster,question,made,deadline,outcome,probability\n" + rows)
    happened = "".join(f"q{n},calm,2031-02-0{n},press\n" for n in range(1, 7))
    (tmp_path / "r.csv").write_text("question,outcome,resolved,source\n" + happened)
    arguments = ["score", "--forecasts", tmp_path / "f.csv", "--resolutions", tmp_path / "r.csv", "--take", "first"]
    output = said(*arguments)
    assert "Calibration of anna" in output
    assert re.search(r"50 %\s+12\s+50 %", output)
    assert "reliability 0.000" in " ".join(output.split())
    early = said(*arguments, "--as-of", "2031-02-03")
    assert "3 questions resolved by 3 February 2031" in early
    assert "Not scored: q4 (resolved on 2031-02-04, after 2031-02-03)." in early


def test_what_was_ruled_out_is_told(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text(
        "forecaster,question,made,deadline,outcome,probability\nanna,q,2031-01-01,2031-03-01,calm,1\n"
        "anna,q,2031-01-01,2031-03-01,war,0\n"
    )
    (tmp_path / "r.csv").write_text("question,outcome,resolved,source\nq,war,2031-02-01,press\n")
    arguments = ["score", "--forecasts", tmp_path / "f.csv", "--resolutions", tmp_path / "r.csv"]
    assert "anna gave no chance to what happened in q" in said(*arguments)
    assert re.search(r"war\s+anna\s+0 %\s+∞", said(*arguments))
    floored = said(*arguments, "--floor", "0.01", "--take", "first")
    assert "4.605" in floored
    assert "No chance counts as less than 0.01" in " ".join(floored.split())


def test_tables_without_a_row_are_told(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_text("forecaster,question,made,deadline,outcome,probability\n")
    (tmp_path / "r.csv").write_text("question,outcome,resolved,source\n")
    forecasts, resolutions = tmp_path / "f.csv", tmp_path / "r.csv"
    output = said("score", "--forecasts", forecasts, "--resolutions", resolutions, code=1)
    assert "a head and no rows" in " ".join(output.split())
    with pytest.raises(ScoreError) as caught:
        so.score(forecasts=forecasts, resolutions=resolutions)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == (str(forecasts), 1, 1)
    assert problem.mend


# Runs -------------------------------------------------------------------------------------------------------


def test_a_case_without_an_ending_says_so(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # no my-case here whose ending could be known
    output = " ".join(said("score", home / "runs" / "early", code=1).split())
    assert "my-case: its case has no ending" in output
    assert "write `ending:" in output
    problems = json.loads(said("score", home / "runs" / "early", "--json", code=1))
    assert problems[0]["level"] == "error"


def test_an_ending_may_come_from_a_table(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    said("score", home / "runs" / "early", "--resolutions", home / "happened.csv")


def case_and_run(home: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The case and a run of it, to be changed by a test that stands beside them."""
    monkeypatch.chdir(place)
    shutil.copytree(home / "my-case", place / "my-case")
    shutil.copytree(home / "runs" / "early", place / "run")


def test_the_ending_that_the_case_has_now_is_scored(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_and_run(home, tmp_path, monkeypatch)
    for where, text in (("run/case", ENDING), ("my-case", ENDING.replace("withdrawn", "bank_shared"))):
        (tmp_path / where / "case.yaml").write_text(CASE + text, encoding="utf-8")
    found = so.score("run").to_json()
    assert found["questions"][0]["happened"] == "bank_shared"
    said_ = "my-case: the case says bank_shared on 2031-03-20, which is what is scored; the copy in run says withdrawn"
    assert any(said_ in one for one in found["remarks"])
    (tmp_path / "r.csv").write_text("question,outcome,resolved,source\nmy-case,withdrawn,2031-03-20,x\n")
    found = so.score("run", resolutions="r.csv").to_json()
    assert found["questions"][0]["happened"] == "withdrawn"
    assert any("the table is what is scored" in one for one in found["remarks"])
    shutil.copy(tmp_path / "run" / "case" / "case.yaml", tmp_path / "my-case" / "case.yaml")
    assert not any("says" in one for one in so.score("run").remarks)


def test_a_case_with_errors_is_not_passed_over(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    shutil.copytree(home / "my-case", tmp_path / "my-case")
    (tmp_path / "my-case" / "case.yaml").write_text(CASE + ENDING + "oops: 1\n", encoding="utf-8")
    output = " ".join(said("score", home / "runs" / "early", code=1).split())
    assert "the case in my-case has errors (`standoff check my-case`)" in output


def test_both_routes_of_an_ending_follow_the_deadline(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_and_run(home, tmp_path, monkeypatch)
    for day, outcome in (("2031-05-24", "withdrawn"), ("2031-05-25", "unresolved")):
        case = CASE + ENDING.replace("2031-03-20", day)
        (tmp_path / "my-case" / "case.yaml").write_text(case, encoding="utf-8")
        by_case = so.score("run").to_json()
        (tmp_path / "my-case" / "case.yaml").write_text(CASE, encoding="utf-8")
        (tmp_path / "r.csv").write_text(f"question,outcome,resolved,source\nmy-case,withdrawn,{day},x\n")
        by_table = so.score("run", resolutions="r.csv").to_json()
        assert by_case["questions"][0]["happened"] == outcome
        assert by_case["questions"] == by_table["questions"]
        assert by_case["remarks"] == by_table["remarks"]
        assert any("came after the deadline" in one for one in by_case["remarks"]) is (outcome == "unresolved")


def test_what_a_score_is_to_be_read_with(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    before = made_run(home / "my-case", tmp_path / "run", "2031-02-19", draws=2)
    assert "10 of the days scored come before it" in " ".join(said("score", before).split())
    assert "Nobody changed" not in said("score", "runs/late", "--series")
    series = " ".join(said("score", "runs/late", "--series").split())
    assert "What the runs say of earlier dates counts as well (series)" in series
    early = " ".join(said("score", "runs/early").split())
    assert "series" not in early
    assert re.search(
        r"standoff and even odds: worse by the log score \(\S+ against 0.354\) and worse by the Brier", early
    )
    asked = " ".join(said("score", "runs/early", "--as-of", "2031-03-05", code=1).split())
    assert "resolved as of 2031-03-05, the day asked for" in asked
    monkeypatch.chdir(tmp_path)
    unasked = " ".join(said("score", home / "runs" / "early", code=1).split())
    assert "resolved as of 2031-03-04, the last day that forecasts and resolutions name" in unasked


def test_runs_of_one_case_are_updates(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (one,) = so.score("runs/early", "runs/late").scored
    assert (one.forecaster, one.forecasts, one.days) == ("standoff", 2, 81)
    assert one.open == 16
    names = {row.forecaster for row in so.score("runs/early", "runs/OLD-RUN").scored}
    assert names == {"standoff", "standoff (OLD-RUN)"}
    shutil.copytree(home / "runs" / "early", home / "other" / "OLD-RUN")
    names = {row.forecaster for row in so.score("runs/early", "runs/OLD-RUN", "runs/early", "other/OLD-RUN").scored}
    assert names == {"standoff", "standoff (OLD-RUN)", "standoff (other/OLD-RUN)"}
    shutil.rmtree(home / "other")
    series = so.score("runs/late", series=True).scored[0]
    assert series.forecasts > 1


def test_a_run_made_after_the_ending_is_refused(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    early = written(tmp_path / "my-case", CASE + ENDING.replace("2031-03-20", "2031-03-04"))
    run = made_run(early, tmp_path / "run", draws=2)
    with pytest.raises(ScoreError, match="on the day of its resolution"):
        so.score(run)


def test_what_is_exported_is_read_again(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    (tmp_path / "f.csv").write_text(said("score", "--export", "runs/early", "runs/late"), encoding="utf-8")
    (tmp_path / "r.csv").write_text(said("score", "--export-resolutions", "runs/early"), encoding="utf-8")
    rows, endings = together([read_run("runs/early"), read_run("runs/late")])
    assert list(table.read_forecasts(tmp_path / "f.csv")) == rows
    assert list(table.read_resolutions(tmp_path / "r.csv")) == endings
    direct = so.score("runs/early", "runs/late").standings[0]
    through = so.score(forecasts=tmp_path / "f.csv", resolutions=tmp_path / "r.csv").standings[0]
    assert (through.log, through.brier) == (direct.log, direct.brier)


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (None, "no forecast.json"),
        ("{", "a file that does not read"),
        ("[]", "a file without name, as_of, outcomes"),
        ('{"name": "x", "as_of": "2031-03-04", "outcomes": {"withdrawn": {"mean": 1}}}', "without a copy of its case"),
    ],
)
def test_folders_that_are_no_runs(content: str | None, found: str, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / "forecast.json").write_text(content)
    with pytest.raises(ScoreError, match=re.escape(found)):
        read_run(tmp_path)


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["score"], 1, "nothing to score"),
        (["score", "--forecasts", "people.csv"], 1, "forecasts without resolutions"),
        (["score", "--export"], 2, "name the runs to export"),
        (["score", "runs/early", "--take", "best"], 1, "time or first"),
        (["score", "runs/early", "--order", "a"], 1, "the order 'a'"),
        (["score", "runs/early", "--floor", "0.9"], 1, "a floor of 0.9 for 6 outcomes"),
        (["score", "nowhere"], 1, "no forecast.json"),
        (["score", "runs/early", "--forecasts", "nowhere.csv"], 1, "No such file"),
        (["backtest", "unended"], 1, "no case with an ending (unended)"),
        (["backtest", "nowhere"], 1, "nowhere"),
    ],
)
def test_what_is_refused(
    arguments: list[str], code: int, words: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(home)
    assert words in " ".join(said(*arguments, code=code, columns=200).split())


# The page of a back-test ------------------------------------------------------------------------------------


def test_the_page_stands_alone(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(home)
    said("backtest", "my-case", "unended", "--news", "--out", tmp_path, *SMALL)
    page = (tmp_path / "backtest.html").read_text(encoding="utf-8")
    assert "Famous cases illustrate and do not prove" in page
    assert "Left out" in page
    assert not re.search(r"(?:src|href)=\"(?!data:|#)", page)
    assert "<script" not in page
    idents = re.findall(r'\bid="([^"]+)"', page)
    assert len(idents) == len(set(idents))
    assert page.count("<svg") == 4  # two of each case, each in two widths
    for title in (
        "Chance given to", "Brier score through time", "No picture of calibration: it says something from 5 cases on",
        "higher is better", "lower is better", "Order of the ranked score", "Brier while open",
    ):  # fmt: skip
        assert f"{title}" in page
    assert {"backtest.html", "backtest.json", "forecasts.csv", "resolutions.csv", "my-case"} == {
        one.name for one in tmp_path.iterdir()
    }
    scored = so.score(forecasts=tmp_path / "forecasts.csv", resolutions=tmp_path / "resolutions.csv")
    numbers: dict[str, Any] = json.loads((tmp_path / "backtest.json").read_text(encoding="utf-8"))
    told = {one["forecaster"]: one["brier"] for one in numbers["scores"]["forecasters"]}
    assert {one.forecaster: one.brier for one in scored.standings} == pytest.approx(told)


def test_a_hostile_title_is_only_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    bad = CASE.replace("title: The Sel bank", "title: '<script>alert(1)</script>'") + ENDING
    written(tmp_path / "bad", bad)
    said("backtest", "bad", "--news", "--out", tmp_path / "out", *SMALL)
    assert "<script" not in (tmp_path / "out" / "backtest.html").read_text(encoding="utf-8")
