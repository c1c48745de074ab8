"""Runs that were made before: which there are, and what they said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from standoff.errors import Problem, RunError
from standoff.forecast.kept_case import FOLDER, MADE, kept_overrides

DECIDE = ("seed", "draws", "grid", "quick", "refine")  # settings; two runs that share them share their draws


@dataclass(frozen=True, slots=True)
class Earlier:
    """A run folder of before. `said` is its forecast.json, None where there is none; `overrides` what was set by hand,
    None where that is not known."""

    folder: Path
    as_of: date
    manifest: Mapping[str, Any] = field(repr=False)
    overrides: Mapping[str, float] | None
    said: Mapping[str, Any] | None = field(repr=False)
    written: float

    @property
    def name(self) -> str:
        """Name of the case."""
        return str(self.manifest.get("case", ""))

    @property
    def case_hash(self) -> str:
        """Content of the case it was made of."""
        return str(self.manifest.get("case_hash", ""))

    def mean(self, *path: str) -> float | None:
        """A mean it reported, such as ``mean("outcomes", "withdrawn")``; None where it reported none."""
        found: Any = self.said
        for key in (*path, "mean"):
            found = found.get(key) if isinstance(found, Mapping) else None
        return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def read_run(folder: Path) -> Earlier:
    """What a run folder says of itself. Raises RunError for a folder that is none."""
    found = _read(folder)
    if found is not None:
        return found
    there = "a folder without a manifest that reads" if folder.is_dir() else "no such folder"
    raise RunError(
        Problem(
            file=str(folder),
            found=there,
            expected="the folder of an earlier run, or a date",
            mend="Runs are under runs/, if --out did not say otherwise: `ls runs`.",
        )
    )


def last_run(
    runs: Path, manifest: Mapping[str, Any], overrides: Mapping[str, float], *, on: date | None = None
) -> Earlier | None:
    """The last run of a case under `runs` before the one of this `manifest`; None if there is none.

    Runs of the same case by name, with the same parameters set by hand, as of no later date (`on`: that very date), the
    run itself aside. Those made with the same settings go before others, then the later date, then what was made later.
    """
    try:
        folders = sorted(path for path in runs.iterdir() if path.is_dir())
    except OSError:
        return None
    until = date.fromisoformat(str(manifest["as_of"]))
    found = []
    for folder in folders:
        one = _read(folder)
        if one is None or one.name != manifest["case"] or not _runs_match(one, manifest, overrides):
            continue
        if one.as_of > until or (on is not None and one.as_of != on):
            continue
        found.append(one)
    return max(found, key=lambda one: _rank(one, manifest), default=None)


def _rank(one: Earlier, manifest: Mapping[str, Any]) -> tuple[Any, ...]:
    same = all(one.manifest.get(key) == manifest.get(key) for key in DECIDE)
    return one.overrides is not None, same, one.as_of, one.written, str(one.folder)


def _runs_match(one: Earlier, manifest: Mapping[str, Any], overrides: Mapping[str, float]) -> bool:
    itself = all(one.manifest.get(key) == value for key, value in manifest.items())
    by_hand = one.overrides is None or dict(one.overrides) == dict(overrides)
    return by_hand and not itself


def _read(folder: Path) -> Earlier | None:
    file = folder / "manifest.json"
    try:
        manifest = json.loads(file.read_text(encoding="utf-8"))
        as_of = date.fromisoformat(str(manifest["as_of"]))
        written = file.stat().st_mtime
    except (OSError, ValueError, KeyError, TypeError):
        return None
    known = (folder / FOLDER / MADE).is_file()
    try:
        said = json.loads((folder / "forecast.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        said = None
    return Earlier(
        folder=folder,
        as_of=as_of,
        manifest=manifest,
        overrides=kept_overrides(folder) if known else None,
        said=said if isinstance(said, dict) else None,
        written=written,
    )
