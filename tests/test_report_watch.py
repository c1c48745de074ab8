"""The watch list in words, in the brief and on the terminal."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from case_kit import written
from forecast_kit import day, edited, write
from standoff.analysis.enough import Thin
from standoff.analysis.indicators import indicators
from standoff.case import load
from standoff.cli import app
from standoff.forecast import Forecast, Settings, forecast
from standoff.report import watch
from standoff.report.about.indicators import section
from standoff.report.answers import questions
from standoff.report.brief import render_html, render_markdown
from standoff.report.findings import findings
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.indicators import print_indicators
from standoff.report.titles import titles
from test_indicators import HISTORY, UNSURE

TITLED = edited(
    UNSURE,
    (
        "  navy:\n    types: {bluff: {prior: 0.5}",
        "  navy:\n    title: The navy\n    types: {bluff: {prior: 0.5, title: mere show}",
    ),
    ("    tighten: {", "    stare: {covert: true}\n    tighten: {title: tighten the ring, "),
    ("  yielded: {", "  yielded: {title: The court gives way., "),
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Forecast:
    folder = write(tmp_path_factory.mktemp("c") / "ring", TITLED, HISTORY)
    chosen = Settings(draws=32, refine=False, check_grid=False, grid=3)
    return forecast(load(folder), as_of=day(1), settings=chosen)


def printed(found: dict[str, Any], made: Forecast, width: int = 100) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, highlight=False, emoji=False, markup=False)
    print_indicators(found, titles(made.structure.document), console, name="ring")
    return stream.getvalue().replace("\N{NO-BREAK SPACE}", " ")


def sentence(found: dict[str, Any], made: Forecast, ident: str) -> str:
    row = next(one for one in found["indicators"] if one["id"] == ident)
    text = text_of(watch.sentence(row, found, titles(made.structure.document)))
    return text.replace("\N{NO-BREAK SPACE}", " ")


def test_a_sentence_says_what_goes_where(made: Forecast) -> None:
    found = indicators(made, within=14).to_json()
    text = sentence(found, made, "navy.tighten")
    row = next(one for one in found["indicators"] if one["id"] == "navy.tighten")
    assert text.startswith("If “tighten the ring” (the navy) is seen by 28 January 2030 (chance ")
    assert f"(chance {100 * row['chance']['mean']:.0f} %)" in text
    best = watch.spoken_for(row, found)
    assert best is not None
    assert best[0] == "taken"
    assert f"“taken” goes from {100 * best[2]:.0f} % to {100 * best[3]:.0f} %; if not, to less than 1 %." in text
    assert re.search(r"It is .*times as likely under “take” as under “mere show”\.|It is twice as likely under", text)
    assert re.search(r"(\d\.\d\d|Under 0\.01) bits\.$", text)
    quiet = sentence(found, made, "quiet")
    assert quiet.startswith("If reports tell of nothing by 28 January 2030 (chance ")
    assert "; if they tell of something, to " in quiet
    assert "at the very next turn" in sentence(indicators(made, within="next").to_json(), made, "storm")


def test_likelihood_ratios_in_words() -> None:
    said = {1.5: "1.5 times", 1.96: "twice", 4.04: "4 times", 4.2: "4.2 times", 9.7: "10 times", 14.6: "15 times"}
    for ratio, text in said.items():
        assert watch.times(ratio).replace("\N{NO-BREAK SPACE}", " ") == text
    assert watch.times(900).replace("\N{NO-BREAK SPACE}", " ") == "more than 20 times"
    ruled_out = [{"actor": "a", "more": "x", "less": "y", "ratio": None}]
    row = {
        "kind": "event", "name": "storm", "title": None, "actor": None, "chance": {"mean": 0.2}, "unseen": None,
        "seen": {"outcomes": {"o": {"mean": 0.5}}}, "ratios": ruled_out, "bits": {"outcome": 0.2},
    }  # fmt: skip
    found = {"within": None, "outcomes": {"o": {"mean": 0.5}}}
    text = text_of(watch.sentence(row, found, References({})))
    assert "no ending moves by as much as a point." in text
    assert "It would come only under “x”, never under “y”." in text


def test_the_terminal_shows_the_list_and_what_cannot_be_seen(made: Forecast) -> None:
    found = indicators(made, within=14).to_json()
    for width in (60, 80, 100, 140):
        text = printed(found, made, width)
        assert max(len(line) for line in text.splitlines()) <= width
        assert "Tighten the ring" in text or width == 60
    text = " ".join(printed(found, made).split())
    assert "What to watch for by 28 January 2030, as of 14 January 2030" in text
    assert "Most telling about the navy: " in text
    assert "Done unseen, with the same trace as the standing move: “stare” and “scheme”." in text
    assert "Next: standoff indicators ring --within 7 (or 28 or next)" in text
    few = {**found, "thin": {"say": "too few draws to say: 3.0 effective of the 16 needed"}}
    shown = printed(few, made)
    assert "No numbers: too few draws to say: 3.0" in shown
    assert not re.search("Nothing here|Most telling|Done unseen|Next:", shown)
    assert "nothing left to watch for" in printed({**found, "horizons": []}, made)


def test_the_brief_has_a_section_without_dead_links(made: Forecast) -> None:
    found = {**findings(made), "indicators": indicators(made, within=14).to_json()}
    html = render_html(found)
    part = re.search(r'<section id="indicators">.*?</section>', html, re.DOTALL)
    assert part is not None
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    links = re.findall(r'href="#([^"]+)"', part[0])
    assert "move-navy-tighten" in links
    assert set(links) <= ids
    assert part[0].count('class="strip trio"') >= 3
    assert "stare" in part[0]
    text = render_markdown(found)
    assert "[tighten the ring](#move-navy-tighten)" in text
    assert "by 28 January 2030" in text.replace("\N{NO-BREAK SPACE}", " ")
    row = section(found, References(found))
    assert row is not None
    assert len(row["told"]) <= 5


def test_a_thin_forecast_has_a_list_without_numbers(made: Forecast) -> None:
    found = indicators(made, within=14).to_json()
    blank: dict[str, Any] = {
        "chance": None,
        "seen": None,
        "unseen": None,
        "likelihood": None,
        "ratios": [],
        "bits": None,
    }
    few = {
        **found,
        "thin": {"thin": True, "effective_draws": 3.0, "needed": 16.0, "say": "too few draws to say"},
        "indicators": [{**one, **blank} for one in found["indicators"]],
        "order": {about: [] for about in found["order"]},
    }
    all_ = {**findings(made), "indicators": few}
    row = section(all_, References(all_))
    assert row is not None
    assert (row["told"], row["others"]) == ([], [])
    for page in (render_markdown(all_), render_html(all_)):
        assert "No numbers: too few draws to say." in page
        assert "Nothing here tells" not in page
        assert "Done unseen" not in page


def test_the_brief_leaves_it_out_where_there_is_nothing(made: Forecast) -> None:
    plain = findings(made)
    assert section(plain, References(plain)) is None
    over = {**plain, "indicators": {**indicators(made).to_json(), "horizons": []}}
    assert section(over, References(over)) is None


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folder = write(tmp_path / "ring", TITLED, HISTORY)
    common = [
        "indicators",
        str(folder),
        "--as-of",
        day(1).isoformat(),
        "--draws",
        "32",
        "--grid",
        "2",
        "--workers",
        "1",
    ]
    result = CliRunner().invoke(app, [*common, "--within", "14"])
    assert result.exit_code == 0, result.output
    assert "What to watch for by 28" in result.output
    assert CliRunner().invoke(app, [*common, "--json"]).output.lstrip().startswith("{")
    refused = CliRunner().invoke(app, [*common, "--within", "90"])
    assert refused.exit_code == 1
    assert "draws have kept" in " ".join(refused.output.split())


def test_the_starter_case_has_a_watch_list(tmp_path: Path) -> None:
    chosen = Settings(draws=24, refine=False, check_grid=False, grid=2)
    made = forecast(load(written(tmp_path / "starter")), settings=chosen)
    found = indicators(made).to_json()
    assert "admiralty.tighten" in [row["id"] for row in found["indicators"]]
    assert printed(found, made)


def test_a_question_about_signs_without_any_is_answered_with_the_reason(made: Forecast) -> None:
    data = findings(made)
    data["questions"] = [{"ask": "What to watch?", "panels": [{"kind": "markers"}]}]
    found = indicators(made, within=14).to_json()
    thin = Thin(3.0, mend="Ask for more.").to_json()
    for signs, reason in (
        ({**found, "thin": thin}, "Too few draws to say: 3.0 effective of the 16 needed. Ask for more."),
        ({**found, "order": {**found["order"], "outcome": []}}, "No sign short of the end itself tells much"),
        (None, "not worked out"),
    ):
        (row,) = questions(data | {"indicators": signs}, References(data))
        assert reason in row["short"]
        assert row["answers"] == [row["short"]]


def test_each_sign_that_answers_a_question_has_a_paragraph_of_its_own(made: Forecast) -> None:
    data = findings(made) | {"indicators": indicators(made, within=14).to_json()}
    data["questions"] = [{"ask": "What to watch?", "panels": [{"kind": "markers"}]}]
    (row,) = questions(data, References(data))
    assert len(row["answers"]) > 1
    assert all(answer.startswith("If ") and answer.endswith("bits.") for answer in row["answers"])
