"""What README and docs have a reader type exists: verbs, options, Python names; and the README's code runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

import standoff as so
from docs_kit import ROOT, blocks
from standoff.cli import app

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
VERBS: dict[str, Any] = typer.main.get_command(app).commands  # type: ignore[attr-defined]


def calls(page: Path) -> Iterator[tuple[str, list[str]]]:
    """(verb, options) of everything on a page that reads like a call of the command line."""
    code = [block.body for block in blocks(page.relative_to(ROOT).as_posix()) if block.language == "console"]
    code += re.findall(r"`(standoff [^`]+)`", page.read_text(encoding="utf-8"))
    for part in code:
        for call in re.findall(r"(?m)\bstandoff ([a-z]+)\b([^\n&|#]*)", part):
            yield call[0], re.findall(r"(?<!\S)--[a-z][a-z-]*", call[1])


def test_documented_verbs_and_options_exist() -> None:
    unknown = []
    seen = set()
    for page in PAGES:
        for verb, options in calls(page):
            seen.add(verb)
            if verb not in VERBS:
                unknown.append(f"{page.name}: {verb}")
                continue
            known = {name for one in VERBS[verb].params for name in one.opts}
            unknown += [f"{page.name}: {verb} {option}" for option in options if option not in known]
    assert not unknown
    assert seen == set(VERBS), "a verb that no page speaks of"


def test_the_readme_runs_the_shipped_case() -> None:
    typed = [command for block in blocks("README.md") if block.language == "console" for command, _ in block.commands()]
    assert "pip install uv && uv run standoff assess venezuela-2025" in typed
    assert "venezuela-2025" in so.shipped_cases()


@pytest.mark.no_cover
def test_the_readme_s_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    so.new("my-case")
    (code,) = [block.body for block in blocks("README.md") if block.language == "python"]
    exec(compile(code, "README.md", "exec"), {"__name__": "readme"})
    printed = capsys.readouterr().out.split()
    assert 0.0 <= float(printed[0]) <= 1.0
    assert float(printed[1]) > 0.0


def test_every_documented_python_name_is_there() -> None:
    text = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    names = set(re.findall(r"\bso\.([A-Za-z_]+)", text))
    assert names
    assert not {name for name in names if not hasattr(so, name)}
