"""What is said of a case that cannot be forecast as it stands, and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from case_kit import CASE, written
from standoff.case import load
from standoff.errors import CaseError
from standoff.forecast.forecast import forecast
from standoff.forecast.settings import Settings

FIT = "fit: {counts: {withdrawn: home, claim_given_up: over}}\n"


def test_a_case_that_goes_by_a_table_is_refused_at_its_place_with_the_way_on(tmp_path: Path) -> None:
    old = CASE[CASE.index("  hardship:") :]
    old = old[: old.index("\n", old.index("prior:"))]
    new = old[: old.index("prior:")] + "regress: {constant: {normal: [0, 1]}, distance: }"
    folder = written(tmp_path, CASE.replace(old, new) + FIT)
    with pytest.raises(CaseError) as refused:
        forecast(load(folder), settings=Settings(draws=8))
    (said,) = refused.value.problems
    lines = (folder / "case.yaml").read_text("utf-8").splitlines()
    assert said.file == str(folder / "case.yaml")
    assert lines[said.line - 1][said.column - 1 :].startswith("regress:")
    assert "prior: {from: {file: posterior.json, parameter: hardship, at: {COLUMN: VALUE}}}" in said.mend
