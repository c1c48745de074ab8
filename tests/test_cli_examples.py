"""The examples of every `--help`, run as they stand on the cases they name."""

from __future__ import annotations

import json
import shlex
import shutil
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from docs_kit import blocks
from standoff import Case, Settings, forecast, load, new, shipped_cases
from standoff.cli import app
from standoff.cli.options import a_day
from standoff.language.calendar import step_start, turns

VERBS = sorted(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SMALL = {"--bootstrap": "3", "--draws": "2", "--grid": "2", "--paths": "50", "--workers": "1"}
# they say nothing from so few draws
WITHHELD = {"hypotheses", "indicators", "sensitivity", "offramps", "compare", "update"}
# draft needs an endpoint, the others a known ending: test_drafting.py and test_score_cli.py run their examples
ELSEWHERE = {"draft", "score", "backtest"}
STARTER, SHIPPED = "my-case", "venezuela-2025"
OTHER, OLD_RUN = "my-other-case", "runs/my-case-2031-03-04-1a2b3c4d"
# what only the shipped case has, and what the small one that answers to its name has in its place
IN_PLACE = {
    "audience=0.3": "face=0.3", "2025-11-19": "2031-03-04", "open_door": "admiralty",
    "safe_exit_guarantee": "relief_convoy", "neutral_escort": "relief_convoy",
}  # fmt: skip


def examples() -> list[str]:
    found = []
    for verb in ("", *(verb for verb in VERBS if verb not in ELSEWHERE)):
        said = CliRunner().invoke(app, [verb, "--help"] if verb else ["--help"], terminal_width=200).output
        lines = said.split("Examples:")[1].split("\n\n")[0].strip().splitlines()
        found += [line.strip().partition("   ")[0] for line in lines]  # what follows is a remark
    return found


def words_of(example: str) -> tuple[list[str], str | None]:
    """Arguments of standoff in an example, and what is piped into it."""
    before, _, after = example.rpartition("standoff ")
    arguments = shlex.split(after.split(" | ")[0])
    return arguments, shlex.split(before)[1] if before else None


@lru_cache
def real_case(name: str, home: Path) -> Case:
    return load(home / name if name == STARTER else shipped_cases()[SHIPPED])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder where `standoff new my-case` was called; a copy answers to the shipped name, so that runs are short."""
    place = tmp_path_factory.mktemp("home")
    shutil.copytree(new(STARTER, place), place / SHIPPED)
    shutil.copytree(place / STARTER, place / OTHER)
    (place / "reports").mkdir()
    for block in [block for block in blocks("docs/how-to/fit-a-case.md") if block.title][:2]:
        block.write(place)
    forecast(place / STARTER, as_of="2031-03-04", settings=Settings(draws=2, grid=2), out=place / OLD_RUN)
    shutil.copytree(place / OLD_RUN, place / "runs" / "OLD-RUN")
    return place


def in_place(word: str, case: str) -> str:
    """What stands for a word of an example about the shipped case; the word is of that case."""
    if case == SHIPPED and word in IN_PLACE:
        text = (shipped_cases()[SHIPPED] / "case.yaml").read_text(encoding="utf-8")
        text += (shipped_cases()[SHIPPED] / "evidence.yaml").read_text(encoding="utf-8")
        assert word.partition("=")[0] in text
        return IN_PLACE[word]
    return word


@pytest.mark.parametrize("example", examples())
@pytest.mark.no_cover
def test_an_example_runs(example: str, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    arguments, given = words_of(example)
    verb = arguments[0]
    arguments = [word.replace("~", str(home)) for word in arguments]
    if verb == "new":
        monkeypatch.chdir(tmp_path)
        arguments = [word.replace(str(home), str(tmp_path)) for word in arguments]
    elif verb not in ("anchor", "read", "cases"):
        arguments = [in_place(word, arguments[1]) for word in arguments]
        case = load(home / arguments[1]) if arguments[1] not in (STARTER, SHIPPED) else real_case(arguments[1], home)
        clock = case.document.clock
        for option, value in pairwise(arguments):
            if option == "--set" and value not in IN_PLACE.values():
                assert value.partition("=")[0] in case.document.parameters
            if option == "--as-of" and value not in IN_PLACE.values():
                assert clock.start < a_day(value) < step_start(clock, turns(clock))
    known = CliRunner().invoke(app, [verb, "--help"]).output
    for option, value in SMALL.items():  # the last of an option is the one that counts
        arguments += [option, value] if f"{option} " in known else []
    done = CliRunner().invoke(app, arguments, input=given)
    assert done.exit_code == (1 if verb in WITHHELD else 0), done.output
    assert ("too few draws" in done.stdout) or verb not in WITHHELD
    assert done.stdout
    if "--json" in arguments:
        assert json.loads(done.stdout)
