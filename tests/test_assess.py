"""The whole job on the starter case: files, contract, links, and nothing from the network."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from pathlib import Path

import pytest

from standoff.assessment import Assessment, assess
from standoff.case import new
from standoff.forecast import Settings

SIX = {"mean", "p05", "p25", "p50", "p75", "p95"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Assessment:
    folder = tmp_path_factory.mktemp("assess")
    case = new("strait", folder / "strait")
    return assess(case, out=folder / "run", settings=Settings(draws=24, grid=6))


def test_forecast_json_keeps_the_contract(made: Assessment) -> None:
    data = json.loads((made.folder / "forecast.json").read_text())
    for key in ("as_of", "outcomes", "beliefs", "by_date", "draws", "effective_draws", "pareto_k", "certificate",
                "case_hash", "version"):  # fmt: skip
        assert key in data, key
    for band in data["outcomes"].values():
        assert set(band) >= SIX
        assert band["p05"] <= band["p25"] <= band["p50"] <= band["p75"] <= band["p95"]
    for types in data["beliefs"].values():
        assert sum(band["mean"] for band in types.values()) == pytest.approx(1, abs=1e-9)
        assert all(set(band) >= SIX for band in types.values())
    assert sum(band["mean"] for band in data["outcomes"].values()) == pytest.approx(1, abs=1e-9)
    assert set(data["certificate"]) >= {"residual", "grid_error", "states", "belief_points", "seconds"}


def test_by_date_ends_at_the_outcomes(made: Assessment) -> None:
    data = json.loads((made.folder / "forecast.json").read_text())
    curves = data["by_date"]["outcomes"]
    assert len(data["by_date"]["dates"]) > 1
    for name, band in data["outcomes"].items():
        means = curves[name]["mean"]
        assert means[-1] == pytest.approx(band["mean"], abs=1e-5)  # play is stored in single precision
        assert all(b - a > -1e-9 for a, b in pairwise(means))


def test_the_brief_is_one_file_whose_links_resolve(made: Assessment) -> None:
    page = (made.folder / "brief.html").read_text()
    ids = set(re.findall(r'\bid="([^"]+)"', page))
    targets = set(re.findall(r'href="#([^"]*)"', page))
    assert targets
    assert targets <= ids
    assert not re.search(r'\b(?:src|href)="(?:https?:)?//', page)


def test_a_finished_run_is_written_out_again_without_solving(made: Assessment, tmp_path: Path) -> None:
    chunks = sorted((made.folder / "draws").glob("*.npz"))
    stamps = [chunk.stat().st_mtime_ns for chunk in chunks]
    again = assess(made.forecast.case, out=made.folder, settings=made.forecast.settings)
    assert [chunk.stat().st_mtime_ns for chunk in chunks] == stamps
    assert again.forecast.outcomes == made.forecast.outcomes
