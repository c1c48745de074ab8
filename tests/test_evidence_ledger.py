from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from evidence_kit import evidence_yaml, write_case
from standoff.evidence import Evidence, load_evidence
from standoff.evidence.ledger import ledger
from standoff.evidence.ledger_text import ledger_text
from standoff.language.printable import obeyed


@pytest.fixture
def evidence(tmp_path: Path) -> Evidence:
    return load_evidence(write_case(tmp_path))[0]


def test_the_ledger_is_plain_data(evidence: Evidence) -> None:
    sheet = json.loads(json.dumps(ledger(evidence), allow_nan=False))
    assert [each["id"] for each in sheet["reports"]] == ["wire", "broadcast"]
    claim = next(each for each in sheet["claims"] if each["id"] == "troops-boarded")
    assert claim["grade"] == "B2"
    assert claim["grade_words"] == "usually reliable source, probably true"
    assert claim["anchor"]["state"] == "held"
    assert claim["testimony"]["weight"] == pytest.approx(0.6)
    assert claim["known"] == "2025-09-03"
    (conflict,) = sheet["conflicts"]
    assert [side["figure"] for side in conflict["sides"]] == ["4,500 troops", "6,000 troops"]
    assert all(side["passage"] is None or "troops" in side["passage"] for side in conflict["sides"])
    assert conflict["explained"] == "a month lies between them"
    assert sheet["discount"]["reliability"][0] == {"grade": "A", "words": "completely reliable", "worth": 1}
    assert len(sheet["history"]) == 3


def test_the_ledger_at_an_earlier_date_knows_less(evidence: Evidence) -> None:
    sheet = ledger(evidence, date(2025, 9, 5))
    assert [each["id"] for each in sheet["reports"]] == ["wire"]
    assert {each["report"] for each in sheet["claims"]} == {"wire"}
    assert sheet["conflicts"] == []
    assert len(sheet["history"]) == 1
    assert sheet["as_of"] == "2025-09-05"
    assert ledger(evidence, date(2025, 1, 1))["claims"] == []


def test_no_words_of_an_original_are_in_the_ledger(evidence: Evidence) -> None:
    assert evidence.reports["wire"].text
    assert "had boarded the ferries" not in json.dumps(ledger(evidence)) + ledger_text(evidence)


@pytest.mark.parametrize("width", [40, 72, 100, 200])
def test_the_text_keeps_to_its_width_and_says_what_matters(evidence: Evidence, width: int) -> None:
    text = ledger_text(evidence, width=width)
    assert all(len(line) <= width for line in text.splitlines())
    folded = " ".join(text.split())
    for words in (
        "2 reports, 3 claims, 3 origins",
        "usually reliable",
        "passage verified",
        "origin ministry",
        "Figures at odds",
        "4,500 troops",
        "not that the",
    ):
        assert words in folded


def test_only_declared_origins_are_told_more_than_once(tmp_path: Path, evidence: Evidence) -> None:
    """Two statements of one report are two statements; a retelling, or a tag that says so, is one."""
    assert ledger(evidence)["origins"] == []
    text = evidence_yaml()
    same = text.replace("    attributed_to: a ministry spokesman\n    origin: ministry\n", "")
    assert ledger(load_evidence(write_case(tmp_path / "a", evidence=same))[0])["origins"] == []
    told = text.replace("    report: broadcast\n", "    report: broadcast\n    derived_from: no-bluff\n")
    (row,) = ledger(load_evidence(write_case(tmp_path / "b", evidence=told))[0])["origins"]
    assert (row["origin"], row["claims"]) == ("ministry", ["no-bluff", "troops-on-air"])
    assert row["reports"] == ["broadcast", "wire"]


def test_sides_stand_beside_each_other_where_there_is_room(evidence: Evidence) -> None:
    wide, narrow = ledger_text(evidence, width=100), ledger_text(evidence, width=40)
    assert any("4,500" in line and "6,000" in line for line in wide.splitlines())
    assert not any("4,500" in line and "6,000" in line for line in narrow.splitlines())


def test_nothing_is_a_ledger_too() -> None:
    text = ledger_text(Evidence())
    assert "0 reports, 0 claims, 0 origins" in text
    assert "not stated" in text
    assert "Nothing dated." in text


def test_a_text_that_is_not_held_is_said_so(tmp_path: Path) -> None:
    evidence, _ = load_evidence(write_case(tmp_path, held=False))
    assert "text not held here" in ledger_text(evidence)
    assert ledger(evidence)["reports"][0]["text"] == "text not held here"


def test_nothing_in_the_ledger_is_obeyed_by_a_terminal(evidence: Evidence) -> None:
    name, first = next(iter(evidence.claims.items()))
    report = evidence.reports[first.report]
    evil = replace(
        evidence,
        claims={**evidence.claims, name: replace(first, says="a \x1b]0;t\x07 \u202eb \x9b31m")},
        reports={**evidence.reports, report.id: replace(report, title="x\x1b[2J")},
    )
    text = ledger_text(evil)
    assert obeyed(text) is None
    assert "\\u001b]0;t\\u0007 \\u202eb" in " ".join(text.split())
