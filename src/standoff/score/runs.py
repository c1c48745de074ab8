"""Runs as forecasters: the forecast of a run folder against the ending of its case, as rows of the same table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from standoff.errors import Problem, ScoreError, StandoffError, did_you_mean
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument
from standoff.score.rules import Ranks, whole
from standoff.score.table import Resolution, Said

CLOCK_OUT = "unresolved"
FORECASTER = "standoff"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder as a forecast: its rows, and what is known of the question. `resolution` is None where the case has
    no ending."""

    folder: Path
    question: str
    said: tuple[Said, ...]
    outcomes: tuple[str, ...]
    order: Ranks | None
    resolution: Resolution | None


def read_run(folder: str | Path, *, forecaster: str | None = None, series: bool = False) -> Run:
    """The forecast of a run folder (or of a forecast.json), to be scored.

    The question is the case; its deadline the end of the clock. The ending is that of the case as it stands now, where
    it still lies where the run found it or ships, else that of the copy in the run folder: an ending is mostly written
    down after the run. `forecaster`: what to call the run; ``standoff`` if not given. `series`: also what the run says
    of every earlier date, with what was known by then. Raises ScoreError if it is no run.
    """
    place = Path(folder)
    file = place if place.is_file() else place / "forecast.json"
    data = _read(file)
    document = _document(data, file)
    question = str(data["name"])
    deadline = step_start(document.clock, turns(document.clock))
    points = [(data["as_of"], data["outcomes"])]
    if series:
        points = [(one["as_of"], one["outcomes"]) for one in data.get("series") or []] or points
    said = []
    for as_of, outcomes in points:
        chances = whole({name: float(row["mean"]) for name, row in outcomes.items()})
        if isinstance(chances, str):
            raise _no_run(file, chances)
        said.append(Said(forecaster or FORECASTER, question, date.fromisoformat(as_of), deadline, chances, str(file)))
    resolution = ending_of(document, question, str(file))
    return Run(file.parent, question, tuple(said), tuple(document.outcomes), order_in(document), resolution)


def ending_of(document: CaseDocument, question: str, file: str = "") -> Resolution | None:
    """How a case ended, as a resolution; None where it does not say. What came after the clock had run out was no
    outcome of the case: `unresolved` is what happened, on its last day."""
    ending = document.ending
    if ending is None:
        return None
    over = step_start(document.clock, turns(document.clock))
    if ending.date >= over and CLOCK_OUT in document.outcomes:
        return Resolution(question, CLOCK_OUT, over, ending.source, file)
    return Resolution(question, ending.outcome, ending.date, ending.source, file)


def order_in(document: CaseDocument) -> Ranks | None:
    """The order a case itself gives its outcomes: peaceful ones, those that are neither, violent ones (if the case
    calls none violent, all but the peaceful ones and the clock's end are). None where only one rank has any."""
    outcomes = document.outcomes
    told = any(one.violent for one in outcomes.values())
    ranks: list[list[str]] = [[], [], []]
    for name, one in outcomes.items():
        violent = one.violent if told else not one.peaceful and name != CLOCK_OUT
        ranks[0 if one.peaceful else 2 if violent else 1].append(name)
    filled = tuple(tuple(rank) for rank in ranks if rank)
    return filled if len(filled) > 1 else None


def together(runs: Sequence[Run]) -> tuple[list[Said], list[Resolution]]:
    """Rows and resolutions of several runs: those of one case are one forecaster's updates. A run of the same case and
    date as another gets a name of its own, after its folder."""
    said: list[Said] = []
    met: dict[tuple[str, str, date], Said] = {}
    endings: dict[str, Resolution] = {}
    for run in runs:
        names = {one.forecaster for one in run.said}
        clash = any((one.forecaster, one.question, one.made) in met for one in run.said)
        for one in run.said:
            name = f"{one.forecaster} ({run.folder.name})" if clash else one.forecaster
            row = Said(name, one.question, one.made, one.deadline, one.chances, one.file)
            met[name, row.question, row.made] = row
            said.append(row)
        assert names
        if run.resolution is not None:
            endings[run.question] = run.resolution
    return said, list(endings.values())


def eve(resolution: Resolution) -> date:
    """The last day on which a forecast counts."""
    return resolution.resolved - timedelta(days=1)


def _read(file: Path) -> dict[str, Any]:
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        missing = "no forecast.json" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise _no_run(file, missing) from None
    except ValueError as error:
        raise _no_run(file, f"a file that does not read ({next(iter(str(error).splitlines()), '')[:80]})") from None
    lacking = [key for key in ("name", "as_of", "outcomes") if not isinstance(data, dict) or not data.get(key)]
    if lacking:
        raise _no_run(file, f"a file without {', '.join(lacking)}")
    found: dict[str, Any] = data
    return found


def _document(data: dict[str, Any], file: Path) -> CaseDocument:
    """The case of a run: as it stands now if it is the same case, else the copy that the run kept."""
    from standoff.case import load, shipped_cases

    copy = file.parent / "case"
    kept: CaseDocument | None = None
    failed: StandoffError | None = None
    if (copy / "case.yaml").is_file():
        try:
            kept = load(copy).document
        except StandoffError as error:
            failed = error
    name = str(data["name"])
    for place in (shipped_cases().get(name), Path(name)):
        if place is None or (kept is not None and kept.ending is not None) or not (place / "case.yaml").is_file():
            continue
        try:
            now = load(place).document
        except StandoffError:
            continue
        if set(now.outcomes) >= set(data["outcomes"]) and (kept is None or now.clock == kept.clock):
            return now
    if kept is not None:
        odd = [outcome for outcome in data["outcomes"] if outcome not in kept.outcomes]
        if odd:
            raise _no_run(
                file, f"an outcome {odd[0]!r} that its case does not have", did_you_mean(odd[0], kept.outcomes)
            )
        return kept
    if failed is not None:
        raise failed
    raise _no_run(file, "a run without a copy of its case")


def _no_run(file: Path, found: str, mend: str = "") -> ScoreError:
    return ScoreError(
        Problem(
            found, "a run folder with a forecast.json, as `standoff assess` leaves it",
            mend or "Name such a folder, or make the run with `standoff assess CASE`.", file=str(file),
        )
    )  # fmt: skip
