"""Parameters fixed by hand, those that a mechanism assumes among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from case_kit import CASE, changed, written
from standoff.case import load
from standoff.errors import CaseError
from standoff.language.document import Prior

ENTRY = "mechanisms:\n  - audience_costs: {of: admiralty, on: withdraw, grows_with: cordon, judgement: x}\nlevers:\n"


def test_what_a_mechanism_assumes_can_be_fixed(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel", changed(CASE, ("levers:\n", ENTRY)))
    plain = load(folder)
    (assumed,) = set(plain.document.parameters) - set(plain.written.parameters)
    fixed = load(folder, overrides={assumed: "0.25", "face": 0.1})
    assert fixed.document.parameters[assumed].prior == Prior(fixed=0.25)
    assert fixed.document.parameters["face"].prior == Prior(fixed=0.1)
    assert dict(fixed.overrides) == {assumed: 0.25, "face": 0.1}
    assert fixed.hash != plain.hash
    assert fixed.document.moves == plain.document.moves


def test_every_wrong_override_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel", changed(CASE, ("levers:\n", ENTRY)))
    with pytest.raises(CaseError) as caught:
        load(folder, overrides={"fac": 1, "hardship": "much", "nothing_like_it": "nan"})
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 3
    assert any("Did you mean 'face'?" in one for one in said)
    assert any("`much`; expected a number" in one for one in said)
