"""Commands as they are to be typed: as this one was, and for the case that was meant."""

from __future__ import annotations

import io
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from standoff.case import load
from standoff.case.folder import shipped_cases
from standoff.case.new import new
from standoff.errors import Problem
from standoff.report.screen import as_typed, called, command
from standoff.report.terminal import print_problems


def test_a_command_is_typed_as_this_one_was(monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("check", "my case") == "standoff check 'my case'"
    said = "Look: `standoff check CASE`, or `standoffish`."
    assert as_typed(said) == said
    monkeypatch.setenv("UV_RUN_RECURSION_DEPTH", "1")
    assert command("check", "my case") == "uv run standoff check 'my case'"
    out = io.StringIO()
    problem = Problem("nothing", "a case", "Make one: `standoff new NAME`.")
    print_problems([problem], Console(file=out, width=100))
    assert "Make one: `uv run standoff new NAME`." in out.getvalue()
    assert "uv run" not in str(problem.to_json())


def test_a_case_is_called_by_what_finds_it_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert called(load("venezuela-2025")) == "venezuela-2025"
    mine = new("mine", tmp_path / "cases")
    monkeypatch.chdir(tmp_path)
    assert called(load("cases/mine")) == "cases/mine"
    monkeypatch.chdir(mine)
    assert called(load(".")) == "."
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    assert called(load(mine)) == str(mine)
    shutil.copytree(shipped_cases()["venezuela-2025"], elsewhere / "mine" / "venezuela-2025")
    assert called(load("mine/venezuela-2025")) == "mine/venezuela-2025"  # a copy is not the one that ships
