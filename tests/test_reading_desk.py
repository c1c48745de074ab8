"""`standoff search`, `reprints` and `figures`: what is printed, refused and written, and the verbs in Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import standoff as so
from desk_kit import desk_case
from docs_kit import blocks
from evidence_kit import SHARED
from standoff.cli import app


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    desk_case(tmp_path)
    return tmp_path


def said(*arguments: str, code: int = 0) -> str:
    done = CliRunner(env={"COLUMNS": "96"}).invoke(app, list(arguments))
    assert done.exit_code == code, done.output
    assert "Traceback" not in done.output
    return done.output


def test_the_how_to_shows_what_is_printed(home: Path) -> None:
    shown = [
        (command, lines)
        for block in blocks("docs/how-to/search-and-compare-reports.md")
        if block.language == "console"
        for command, lines in block.commands()
    ]
    assert len(shown) == 3
    for command, lines in shown:
        words = re.findall(r"'([^']*)'|(\S+)", command.removeprefix("standoff "))
        printed = said(*(quoted or plain for quoted, plain in words)).split()
        assert " ".join(" ".join(lines).split()) in " ".join(printed)


def test_a_question_in_several_words_is_one_question(home: Path) -> None:
    assert said("search", "my-case", "patrol", "boats") == said("search", "my-case", "patrol boats")
    assert "strait-times" in said("search", "my-case", "asked for berths")
    assert "Nothing in" in said("search", "my-case", "zebra")
    assert "report " not in said("search", "my-case", "boats", "--claims")
    assert "a-show" not in said("search", "my-case", "boats", "--reports")


@pytest.mark.parametrize("question", ["-boats", "after:someday", "()"])
def test_what_is_refused_is_said_in_words(home: Path, question: str) -> None:
    assert "mend" in said("search", "my-case", "--", question, code=1)


def test_a_case_that_does_not_read_can_be_searched(home: Path) -> None:
    (home / "my-case" / "case.yaml").write_text("clock: [", encoding="utf-8")
    assert so.search("my-case", "berths").hits[0].id == "strait-times"
    assert so.reprints("my-case").chains[0].origin == "harbour-gazette"
    with pytest.raises(so.StandoffError):
        so.search("nowhere", "berths")


def test_only_what_was_published_by_then(home: Path) -> None:
    assert so.reprints("my-case", as_of="2031-03-04").pairs == ()
    assert so.figures("my-case", as_of="2031-03-19").odds == ()
    assert len(so.figures("my-case", as_of="2031-03-20").odds) == 1
    assert "coast-radio" not in said("figures", "my-case", "--all", "--as-of", "2031-03-04")


def test_a_case_that_was_read_is_not_read_again(home: Path) -> None:
    case = so.load("my-case")
    assert so.search(case, "berths").hits == so.search("my-case", "berths").hits
    assert so.figures(case).odds == so.figures("my-case").odds


def test_the_shipped_case_with_and_without_its_texts(home: Path) -> None:
    assert "Not compared" in said("reprints", "venezuela-2025")
    assert "Our digest was read" in said("figures", "venezuela-2025")
    if not SHARED.is_dir():
        pytest.skip("the press texts are not at hand")
    assert "No reprint among" in said("reprints", "venezuela-2025", "--texts", str(SHARED))
    (troops,) = so.figures("venezuela-2025", texts=SHARED).odds
    assert [side.report for side in troops.sides] == ["posturing-august", "call-december"]
    found = so.search("venezuela-2025", '"inner security"', texts=SHARED)
    assert {hit.kind for hit in found.hits} == {"claim", "report"}
