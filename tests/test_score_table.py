"""Tables of forecasts and resolutions: what is written is read again, and what is wrong is said with its place."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from standoff.errors import Problem, ScoreError
from standoff.score import table
from standoff.score.questions import docket
from standoff.score.runs import scored
from standoff.score.table import Resolution, Said

HEAD = "forecaster,question,made,deadline,outcome,probability\n"
GOOD = HEAD + "anna,strait,2031-01-05,2031-03-01,calm,0.7\nanna,strait,2031-01-05,2031-03-01,war,30%\n"


def wrong(tmp_path: Path, text: str | bytes, resolutions: bool = False) -> list[Problem]:
    file = tmp_path / "table.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(ScoreError) as caught:
        (table.read_resolutions if resolutions else table.read_forecasts)(file)
    assert all(one.file == str(file) for one in caught.value.problems)
    return list(caught.value.problems)


def test_a_table_is_read(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(GOOD, encoding="utf-8-sig")
    (said,) = table.read_forecasts(file)
    assert said == Said("anna", "strait", date(2031, 1, 5), date(2031, 3, 1), {"calm": 0.7, "war": 0.3})
    assert (said.file, said.line) == (str(file), 2)


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c"])
def test_only_ends_of_lines_end_a_line(tmp_path: Path, mark: str) -> None:
    file = tmp_path / "people.csv"
    file.write_text(GOOD.replace("anna", f"an{mark}na").replace("\n", "\r\n"), encoding="utf-8", newline="")
    (said,) = table.read_forecasts(file)
    assert (said.forecaster, said.chances) == (f"an{mark}na", {"calm": 0.7, "war": 0.3})
    (problem, *_) = wrong(tmp_path, GOOD.replace("anna", f"an{mark}na").replace("30%", "much"))
    assert problem.line == 3


def test_columns_in_any_order_and_others_beside(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text(
        "note,Probability,outcome,deadline,made,question,forecaster\n"
        '"a, b",1,calm,2031-03-01,2031-01-05,strait,anna\n\n'
    )
    assert table.read_forecasts(file)[0].chances == {"calm": 1.0}


NAMES = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=8).map(
    lambda text: text.strip() or "x"
)
DAYS = st.integers(0, 400).map(lambda n: date(2031, 1, 1) + timedelta(days=n))


@st.composite
def forecasts(draw: st.DrawFn) -> list[Said]:
    rows = []
    for question in draw(st.lists(NAMES, min_size=1, max_size=3, unique=True)):
        outcomes = draw(st.lists(NAMES, min_size=1, max_size=4, unique=True))
        for who in draw(st.lists(NAMES, min_size=1, max_size=2, unique=True)):
            weights = draw(st.lists(st.floats(0.01, 1), min_size=len(outcomes), max_size=len(outcomes)))
            chances = {name: w / math.fsum(weights) for name, w in zip(outcomes, weights, strict=True)}
            rows.append(Said(who, question, draw(DAYS), date(2033, 1, 1), chances))
    return rows


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=forecasts())
def test_what_is_written_is_read_again(tmp_path: Path, rows: list[Said]) -> None:
    file = tmp_path / "table.csv"
    file.write_text(table.forecasts_csv(rows), encoding="utf-8")
    assert list(table.read_forecasts(file)) == rows
    endings = [Resolution(one.question, next(iter(one.chances)), one.made, one.forecaster) for one in rows]
    endings = list({one.question: one for one in endings}.values())
    file.write_text(table.resolutions_csv(endings), encoding="utf-8")
    assert list(table.read_resolutions(file)) == endings


ROW = "anna,strait,2031-01-05,2031-03-01,"


@pytest.mark.parametrize(
    ("text", "line", "column", "found"),
    [
        (GOOD.replace("30%", "0.4"), 2, 40, "chances that sum to 1.1"),
        (GOOD.replace("0.7", "0.694"), 2, 40, "chances that sum to 0.994"),
        (GOOD.replace("30%", "30"), 3, 39, "'30'"),
        (GOOD.replace("30%", ""), 3, 39, "nothing"),
        (GOOD.replace("30%", "nan"), 3, 39, "'nan'"),
        (GOOD.replace("30%", "-0.1"), 3, 39, "'-0.1'"),
        (GOOD + ROW + "calm,0.7\n", 4, 35, "'calm' once more"),
        (GOOD.replace("2031-03-01", "", 1), 2, 24, "deadline: nothing"),
        (GOOD.replace("2031-01-05", "5 Jan 2031", 1), 2, 13, "made: '5 Jan 2031'"),
        (GOOD.replace("2031-01-05", "2031-02-30", 1), 2, 13, "'2031-02-30'"),
        (GOOD.replace("2031-03-01", "2031-04-01", 1), 3, 24, "2031-03-01 for 'strait', which has 2031-04-01 on line 2"),
        (GOOD.replace("2031-01-05", "2031-03-02"), 2, 13, "after the deadline"),
        (GOOD.replace("anna", "", 1), 2, 1, "forecaster: nothing"),
        (GOOD + "anna,strait\n", 4, 1, "2 cells in a row"),
        (GOOD + '"anna,strait\n', 4, 1, "no CSV"),
        (GOOD.replace("probability", "chance", 1), 1, 1, "no column 'probability'"),
        (GOOD.replace(HEAD, "question," + HEAD), 1, 1, "two columns 'question'"),
        (GOOD.replace(",", ";"), 0, 0, "between semicolons"),
        ("", 0, 0, "nothing in it"),
        (b"\xff\xfe", 0, 0, "no UTF-8"),
        (GOOD + "\0", 0, 0, "value 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(
    text: str | bytes, line: int, column: int, found: str, tmp_path: Path
) -> None:
    problems = wrong(tmp_path, text)
    assert found in problems[0].found
    assert (problems[0].line, problems[0].column) == (line, column)
    assert problems[0].expected
    assert problems[0].mend


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    text = HEAD + "".join(f"anna,q{n},2031-13-01,soon,calm,{n}.5\n" for n in range(1, 4))
    assert [(one.line, one.column) for one in wrong(tmp_path, text)][:4] == [(2, 9), (2, 20), (2, 30), (3, 9)]
    many = wrong(tmp_path, HEAD + "a,b,c,d,e,f\n" * 500)
    assert len(many) == table.MOST + 1
    assert "1300 more problems" in many[-1].found


def test_resolutions_that_cannot_be(tmp_path: Path) -> None:
    head = "question,outcome,resolved,source\n"
    assert (
        "once more, resolved on line 2"
        in wrong(tmp_path, head + "q,calm,2031-01-01,a\nq,war,2031-01-02,b\n", True)[0].found
    )
    assert "resolved: 'today'" in wrong(tmp_path, head + "q,calm,today,a\n", True)[0].found
    assert "outcome: nothing" in wrong(tmp_path, head + "q,,2031-01-01,a\n", True)[0].found
    assert "No such file" in wrong_path(tmp_path / "none.csv")


def wrong_path(path: Path) -> str:
    with pytest.raises(ScoreError) as caught:
        table.read_resolutions(path)
    return caught.value.problems[0].found


def test_what_both_tables_show_together_points_at_the_cell(tmp_path: Path) -> None:
    forecasts, happened = tmp_path / "f.csv", tmp_path / "r.csv"
    forecasts.write_text(
        HEAD
        + "anna,pass,2031-01-01,2031-03-01,calm,0.5\nanna,pass,2031-01-01,2031-03-01,war,0.3\n"
        + '"anna, again",strait,2031-02-20,2031-03-01,calm,1\n'
        + "anna,pass,2031-01-01,2031-03-01,truce,0.2\n"
    )
    happened.write_text("question,outcome,resolved,source\nstrait,clam,2031-02-09,press\n")
    said, endings = table.read_forecasts(forecasts), table.read_resolutions(happened)
    with pytest.raises(ScoreError) as caught:
        docket(said, endings, as_of=date(2031, 3, 1), outcomes={"pass": ("calm", "war")})
    where = [(Path(one.file).name, one.line, one.column) for one in caught.value.problems]
    assert where == [("f.csv", 5, 33), ("r.csv", 2, 8)]
    with pytest.raises(ScoreError) as caught:
        docket(said, [replace(one, outcome="calm") for one in endings], as_of=date(2031, 3, 1))
    (late,) = caught.value.problems
    assert (late.line, late.column) == (4, 22)


def test_a_slipped_deadline_is_the_one_that_few_rows_have(tmp_path: Path) -> None:
    text = HEAD + "boris,strait,2031-01-05,2031-03-02,calm,1\n" + GOOD.removeprefix(HEAD)
    (problem,) = wrong(tmp_path, text)
    assert (problem.line, problem.column) == (2, 25)
    assert "2031-03-02 for 'strait', which has 2031-03-01 on line 3 and 1 more" in problem.found


def test_a_missing_column_is_told_with_those_there_are(tmp_path: Path) -> None:
    (problem, *_) = wrong(tmp_path, GOOD.replace("deadline", "notes", 1))
    assert problem.found == "no column 'deadline'"
    assert problem.mend == "Add it: the head has forecaster, question, made, notes, outcome, probability."


def test_both_tables_and_what_they_show_together_are_told_at_once(tmp_path: Path) -> None:
    forecasts, happened = tmp_path / "f.csv", tmp_path / "r.csv"
    forecasts.write_text(
        HEAD + ROW + "calm,0.5\n" + ROW + "war,0.3\n"
        "boris,strait,2031-02-09,2031-03-01,calm,1\nboris,pass,2031-02-09,2031-03-01,calm,1\n"
        "anna,pass,2031-02-09,2031-03-09,calm,1\n"
    )
    happened.write_text("question,outcome,resolved,source\nstrait,calm,2031-02-09,press\npass,clam,2031-02-09,press\n")
    with pytest.raises(ScoreError) as caught:
        scored([], forecasts=forecasts, resolutions=happened)
    found = sorted((Path(one.file).name, one.line) for one in caught.value.problems)
    assert found == [("f.csv", 2), ("f.csv", 4), ("f.csv", 6), ("r.csv", 3)]
