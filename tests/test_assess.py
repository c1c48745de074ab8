"""The whole job on the starter case: files, contract, links, and nothing from the network."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from standoff.assessment import Assessment, analyses, assess
from standoff.case import new
from standoff.errors import Problem, SolveError
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


@pytest.mark.parametrize(
    ("name", "function"),
    [
        ("offramps", "offramps.for_the_brief"),
        ("sensitivity", "sensitivity.sensitivity"),
        ("indicators", "indicators.indicators"),
        ("hypotheses", "hypotheses.hypotheses"),
    ],
)
def test_an_analysis_that_fails_does_not_cost_the_brief(
    made: Assessment, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, function: str
) -> None:
    def fails(*given: Any, **how: Any) -> Any:
        raise SolveError(Problem("the time limit of 1 s", "an answer by then", "Give it more."))

    monkeypatch.setattr(f"standoff.analysis.{function}", fails)
    shutil.copytree(made.folder, tmp_path / "run")
    again = assess(made.forecast.case, out=tmp_path / "run", settings=made.forecast.settings)
    assert name not in again.findings
    assert {"hypotheses", "indicators", "sensitivity", "offramps"} - {name} <= set(again.findings)
    (told,) = [one for one in again.findings["run"]["warnings"] if name in one]
    assert "time limit of 1 s" in told
    data = json.loads((tmp_path / "run" / "forecast.json").read_text())
    assert name not in data
    assert told in data["run"]["warnings"]
    assert "time limit of 1 s" in (tmp_path / "run" / "brief.md").read_text()
    assert (tmp_path / "run" / "brief.html").stat().st_size > 10_000


def test_an_interruption_does_not_wait_for_what_runs_aside(made: Assessment, monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()

    def interrupted(*given: Any, **how: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr("standoff.analysis.offramps.for_the_brief", interrupted)
    monkeypatch.setattr("standoff.analysis.sensitivity.sensitivity", lambda made: done.wait(20))
    since = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        analyses(made.forecast)
    assert time.monotonic() - since < 10
    done.set()
