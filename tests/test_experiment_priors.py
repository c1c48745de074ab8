"""The history prior that venezuela-2025 ships: made of the table by the case and script that are said to make it."""

from __future__ import annotations

import importlib
import json
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from standoff.case import load

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "experiments" / "priors"
SHIPPED = ROOT / "src" / "standoff" / "cases" / "venezuela-2025" / "priors" / "us-threats.json"
DATA = ROOT.parent / "shared" / "data" / "icb_v14" / "icb2v14.csv"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    sys.path.insert(0, str(FOLDER))
    try:
        return importlib.import_module("us_threats")
    finally:
        sys.path.remove(str(FOLDER))


def test_what_is_shipped_is_of_the_case_beside_the_script(script: ModuleType) -> None:
    kept = json.loads(SHIPPED.read_text(encoding="utf-8"))
    assert kept["case_hash"] == load(script.CASE).hash
    assert kept["source"] == script.SOURCE
    assert len(kept["draws"]) == script.DRAWS
    assert SHIPPED.stat().st_size < 40_000


def test_venezuela_holds_the_shares_of_the_fit(script: ModuleType) -> None:
    history = load("venezuela-2025").document.actors["washington"].history
    assert history is not None
    assert history.from_ is not None
    draws, _, names = script.after(json.loads(SHIPPED.read_text(encoding="utf-8")))
    expected = script.shares(draws, names, 1).mean(axis=0)
    held = [np.mean(history.from_.values[kind]) for kind in script.KINDS]
    assert held == pytest.approx(expected, abs=0.005)


@pytest.mark.skipif(not DATA.is_file(), reason="needs the crisis actors of ICB version 14")
class TestOnTheTable:
    def test_the_rows_are_the_fifty_of_the_reference_class(self, script: ModuleType) -> None:
        found = script.rows(DATA)
        assert Counter(one["ending"] for one in found) == {
            "conceded": 16, "backed_down": 7, "struck": 20, "driven_at": 7,
        }  # fmt: skip
        assert sum(one["regime"] for one in found) == 18
        codes = {*script.OWN, *script.ARMED}
        assert len(codes) == 11
        assert codes <= {one["crisis"] for one in found}

    def test_the_script_makes_what_is_shipped(self, script: ModuleType, tmp_path: Path) -> None:
        _, kept = script.fitted(script.rows(DATA), tmp_path)
        script.ship(kept, tmp_path / "us-threats.json")
        made, shipped = (json.loads(one.read_text(encoding="utf-8")) for one in (tmp_path / "us-threats.json", SHIPPED))
        assert made["table"]["digest"] == shipped["table"]["digest"]
        first, second = (script.shares(np.array(one["draws"]), script.after(one)[2], 1) for one in (made, shipped))
        assert first.mean(axis=0) == pytest.approx(second.mean(axis=0), abs=0.01)
        assert first.std(axis=0) == pytest.approx(second.std(axis=0), abs=0.01)
