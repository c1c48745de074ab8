"""Competing hypotheses as they are told: on a terminal, in the brief, to scripts."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

import standoff
from hypotheses_kit import PLAIN, folder, made_of
from standoff.analysis.hypotheses import hypotheses
from standoff.cli import app
from standoff.forecast import Forecast
from standoff.report import rivals
from standoff.report.about.hypotheses import section
from standoff.report.brief import render_html, render_markdown
from standoff.report.findings import findings
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.hypotheses import print_hypotheses
from standoff.report.titles import titles
from test_cli_scripts import differences, shapes

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    return made_of(tmp_path_factory.mktemp("case") / "c", settings=replace(PLAIN, draws=32))


@pytest.fixture(scope="module")
def found(made: Forecast) -> dict[str, Any]:
    return hypotheses(made).to_json()


def told(found: dict[str, Any], made: Forecast, width: int = 100, **more: Any) -> str:
    console = Console(file=io.StringIO(), width=width)
    print_hypotheses(found, titles(made.structure.document), console, name="c", **more)
    shown = console.file
    assert isinstance(shown, io.StringIO)
    return shown.getvalue().replace(NBSP, " ")


def test_the_terminal_tells_each_set_its_evidence_and_what_it_leans_on(found: dict[str, Any], made: Forecast) -> None:
    shown = told(found, made)
    assert "Is it meant?" in shown
    assert "None of these" in shown  # what the second set leaves over
    assert "What this leans on" in shown
    assert re.search(r"falls from \d+ % to \d+ %", shown)
    assert "Next: standoff hypotheses c --set-name" in shown
    assert max(len(line) for line in shown.splitlines()) <= 100
    assert "How does it end?" not in shown  # the forecast itself tells that


def test_one_set_alone(found: dict[str, Any], made: Forecast) -> None:
    one = hypotheses(made, set_name="ends").to_json()
    shown = told(one, made, set_name="ends")
    assert "Does it come to blows?" in shown
    assert "Is it meant?" not in shown


def test_a_narrow_terminal_keeps_the_first_and_the_last_date(found: dict[str, Any], made: Forecast) -> None:
    assert max(len(line) for line in told(found, made, 70).splitlines()) <= 70


def test_too_few_draws_print_no_number(tmp_path: Path) -> None:
    made = made_of(tmp_path / "c")
    shown = told(hypotheses(made).to_json(), made)
    assert "too few draws" in shown
    assert "%" not in shown


def test_sets_that_cut_alike_are_shown_once(found: dict[str, Any]) -> None:
    names = [name for name, _ in rivals.shown_sets(found)]
    assert names == ["meant", "both", "ends", "a", "b"]
    alike = {**found, "sets": {"named": {**found["sets"]["b"], "written": True}, **found["sets"]}}
    assert "b" not in [name for name, _ in rivals.shown_sets(alike)]


def test_a_failure_names_the_largest_moves_and_what_counts_instead(found: dict[str, Any], made: Forecast) -> None:
    refs = titles(made.structure.document)
    show = next(one for one in found["without"] if one["name"] == "show")
    said = text_of(rivals.failure(show, found, refs)).replace(NBSP, " ")
    assert said.startswith("Without the claim “so”")
    assert "What else came from the same origin then counts in its place." in said
    for one in rivals.failures(found):
        moved = rivals.moves(one, found)
        assert one["thin"] or moved
        assert all(abs(row["change"]) >= rivals.SLIGHT and abs(row["change"]) > 2 * row["error"] for _, _, row in moved)


def test_what_is_too_thin_without_it_is_said_last(found: dict[str, Any], made: Forecast) -> None:
    thin = {**found["without"][0], "thin": True, "say": "too few draws to say: 3.0 effective of the 16 needed"}
    rows = rivals.failures({**found, "without": [thin, *found["without"][1:]]})
    assert rows[-1] is thin
    assert "would not say: too few draws" in text_of(rivals.failure(thin, found, titles(made.structure.document)))


def test_the_brief_shows_them_with_links_that_lead_somewhere(found: dict[str, Any], made: Forecast) -> None:
    everything = {**findings(made), "hypotheses": found}
    page = render_html(everything)
    assert '<section id="hypotheses">' in page
    part = page.split('<section id="hypotheses">', 1)[1].split("</section>", 1)[0]
    ids = set(re.findall(r'id="([^"]+)"', page))
    links = set(re.findall(r'href="#([^"]+)"', part))
    assert links
    assert links <= ids
    assert any(link.startswith("history-") for link in links)
    assert any(link.startswith("claim-") for link in links)
    assert "What this leans on" in part
    assert "nan" not in part
    text = render_markdown(everything)
    assert "### Is it meant?" in text
    assert "### What this leans on" in text


def test_no_hypotheses_no_section(made: Forecast) -> None:
    assert section(findings(made), References({})) is None


def test_the_shape_for_scripts_is_the_documented_one(found: dict[str, Any]) -> None:
    whole, matrix = shapes("Hypotheses")
    whole["sets"]["SET"]["matrix"] = "null"
    kept = {**found, "sets": {name: {**one, "matrix": None} for name, one in found["sets"].items()}}
    kept["without"] = [one for one in found["without"] if not one["thin"]]
    assert kept["without"]
    assert differences(whole, kept) == []
    rows = [row for one in found["sets"].values() for row in one["matrix"] or [] if not row.get("thin")]
    assert differences(matrix, rows) == []


def test_the_command_and_the_verb(made: Forecast, tmp_path: Path) -> None:
    assert standoff.hypotheses(made, set_name="b").sets.keys() == {"b"}
    case = folder(tmp_path / "c")
    options = [str(case), "--draws", "3", "--grid", "2", "--workers", "1", "--out", str(tmp_path / "run")]
    wrong = CliRunner().invoke(app, ["hypotheses", *options, "--set-name", "c"])
    assert wrong.exit_code == 1
    assert "one of meant, both" in wrong.output
    right = CliRunner().invoke(app, ["hypotheses", *options])
    assert right.exit_code == 1
    assert "too few draws" in right.output.replace(NBSP, " ")
