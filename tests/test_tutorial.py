"""The tutorial, done as it says: every file written, every command typed, every line of output seen.

Chances may differ by a few points: how the numbers are computed may change, what the page says of them not.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from docs_kit import blocks, printed, run

PAGE = "docs/tutorial.md"
ELSEWHERE = ("…", "...")  # a line that only says that more is printed


@pytest.mark.no_cover
def test_the_tutorial_works_as_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    typed = 0
    width = 80  # of the terminal a reader is taken to have
    for block in blocks(PAGE):
        if block.title:
            block.write(tmp_path)
        elif block.language == "console":
            for command, shown in block.commands():
                output = run(command, width)
                assert all(len(line) <= width for line in shown if not line.startswith("digest_anchor: ")), command
                missing = [line for line in shown if line not in ELSEWHERE and not printed(line, output)]
                assert not missing, f"{command} no longer prints this; it prints\n{output}"
                typed += 1
    assert typed >= 7
    early, late = (
        json.loads((tmp_path / "runs" / name / "forecast.json").read_text()) for name in ("mira-early", "mira")
    )
    assert early["as_of"] < late["as_of"]
    assert early["case_hash"] != late["case_hash"]
