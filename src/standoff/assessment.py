"""The whole job: a case folder in, a run folder with the brief out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.case import load
from standoff.forecast import Forecast, Settings, Workers, forecast
from standoff.forecast.forecast import manifest
from standoff.forecast.store import write_whole
from standoff.forecast.timeline import latest
from standoff.language.plain import plain
from standoff.report.brief import render_html, render_markdown
from standoff.report.findings import Findings, findings

if TYPE_CHECKING:
    from standoff.case import Case

Stage = Callable[[str], None]


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What an assessment leaves: the forecast, its findings, and the files."""

    forecast: Forecast
    findings: Findings = field(repr=False)
    folder: Path
    files: Mapping[str, Path]


def assess(
    case: Case | str | Path,
    *,
    as_of: date | None = None,
    out: str | Path | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    overrides: Mapping[str, float | str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    stage: Stage | None = None,
) -> Assessment:
    """Read, solve, weigh, and write the brief.

    `out` is the run folder (``runs/NAME-DATE-KEY`` if not given); an interrupted run resumes there, and a finished
    one is only written out again. `stage` is told what is being done, `progress` counts draws. Raises what
    `standoff.case.load` and `standoff.forecast.forecast` raise.
    """
    say = stage or (lambda _: None)
    settings = settings or Settings()
    if isinstance(case, str | Path):
        say("reading the case")
        case = load(case, overrides=overrides)
    day = as_of or latest(case.evidence, case.document)
    folder = Path(out) if out is not None else default_folder(case, day, settings)
    say("solving and weighing draws")
    made = forecast(case, as_of=day, settings=settings, workers=workers, out=folder, progress=progress)
    say("writing the brief")
    found = findings(made)
    contract = {**made.to_json(), **found}
    write_whole(folder / "forecast.json", json.dumps(plain(contract), indent=1, allow_nan=False))
    write_whole(folder / "brief.html", render_html(found))
    write_whole(folder / "brief.md", render_markdown(found))
    names = ("brief.html", "brief.md", "forecast.json")
    return Assessment(made, found, folder, {name: folder / name for name in names})


def default_folder(case: Case, as_of: date, settings: Settings) -> Path:
    """``runs/NAME-AS_OF-KEY``, where the key stands for everything that decides the numbers."""
    import hashlib

    text = json.dumps(manifest(case, as_of, settings), sort_keys=True)
    return Path("runs") / f"{case.name}-{as_of.isoformat()}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
