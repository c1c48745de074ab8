"""The tutorial, done as it says: every file written, every command typed, every line of output seen."""

from __future__ import annotations

import json
from pathlib import Path

from docs_kit import blocks, plain, run

PAGE = "docs/tutorial.md"
ELSEWHERE = ("…", "...")  # a line that only says that more is printed


def test_the_tutorial_works_as_written(tmp_path: Path) -> None:
    typed = 0
    for block in blocks(PAGE):
        if block.title:
            block.write(tmp_path)
        elif block.language == "console":
            for command, shown in block.commands():
                printed = {plain(line) for line in run(command, tmp_path).splitlines()}
                missing = [line for line in shown if line not in ELSEWHERE and plain(line) not in printed]
                assert not missing, f"{command} no longer prints this; it prints {sorted(printed)}"
                typed += 1
    assert typed >= 7
    early, late = (
        json.loads((tmp_path / "runs" / name / "forecast.json").read_text()) for name in ("mira-early", "mira")
    )
    assert early["as_of"] < late["as_of"]
    assert early["case_hash"] != late["case_hash"]
