"""Cases for tests: the starter case, changed in one place."""

from __future__ import annotations

import shutil
from pathlib import Path

from standoff.case.new import TEMPLATE

CASE = (TEMPLATE / "case.yaml").read_text("utf-8")
EVIDENCE = (TEMPLATE / "evidence.yaml").read_text("utf-8")


def changed(text: str, *edits: tuple[str, str]) -> str:
    """`text` with every edit made; an edit that fits nowhere is a mistake in the test."""
    for old, new in edits:
        assert old in text, f"the starter case no longer contains {old!r}"
        text = text.replace(old, new, 1)
    return text


def written(folder: Path, case: str = CASE, evidence: str | None = EVIDENCE) -> Path:
    """A case folder with these texts and the starter's report."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "case.yaml").write_text(case, encoding="utf-8")
    if evidence is not None:
        (folder / "evidence.yaml").write_text(evidence, encoding="utf-8")
        shutil.copytree(TEMPLATE / "reports", folder / "reports", dirs_exist_ok=True)
    return folder
