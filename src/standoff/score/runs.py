"""Runs as forecasters: the forecast of a run folder against the ending of its case, as rows of the same table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from standoff.errors import Problem, ScoreError, StandoffError, did_you_mean
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument
from standoff.score.questions import Docket, docket
from standoff.score.rules import Ranks, order_of, whole
from standoff.score.score import Scores, Take, score
from standoff.score.table import Resolution, Said, read_forecasts, read_resolutions

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
    """The order a case itself gives its outcomes: the one under `ranked`, or else peaceful ones, those that are
    neither, violent ones (if the case calls none violent, all but the peaceful ones and the clock's end are). None
    where only one rank has any."""
    outcomes = document.outcomes
    if document.ranked:
        return tuple(tuple(rank) for rank in document.ranked)
    told = any(one.violent for one in outcomes.values())
    ranks: list[list[str]] = [[], [], []]
    for name, one in outcomes.items():
        violent = one.violent if told else not one.peaceful and name != CLOCK_OUT
        ranks[0 if one.peaceful else 2 if violent else 1].append(name)
    filled = tuple(tuple(rank) for rank in ranks if rank)
    return filled if len(filled) > 1 else None


def together(runs: Sequence[Run]) -> tuple[list[Said], list[Resolution]]:
    """Rows and resolutions of several runs: those of one case are one forecaster's updates. A run of the same case and
    date as another gets a name of its own, after as much of its folder as tells them apart; the same folder once more
    is left aside."""
    said: list[Said] = []
    met: set[tuple[str, str, date]] = set()
    endings: dict[str, Resolution] = {}
    for run in {run.folder.resolve(): run for run in runs}.values():
        parts = run.folder.resolve().parts
        tails = (f" ({'/'.join(parts[-n:])})" for n in range(1, len(parts) + 1))
        for tail in ("", *tails):
            rows = [replace(one, forecaster=one.forecaster + tail) for one in run.said]
            if not any((one.forecaster, one.question, one.made) in met for one in rows):
                break
        met |= {(one.forecaster, one.question, one.made) for one in rows}
        said += rows
        if run.resolution is not None:
            endings[run.question] = run.resolution
    return said, list(endings.values())


def scored(
    runs: Sequence[str | Path],
    *,
    forecasts: str | Path | None = None,
    resolutions: str | Path | None = None,
    as_of: date | None = None,
    order: str | None = None,
    take: Take = "time",
    floor: float = 0.0,
    series: bool = False,
    seed: int = 0,
) -> Scores:
    """Runs and tables scored together (see `standoff.verbs.score`). Raises ScoreError."""
    ranks = None if order is None else order_of(order)
    if not runs and forecasts is None:
        mend = "Name run folders, or a table with --forecasts."
        raise ScoreError(Problem("nothing to score", "runs, or a table of forecasts", mend))
    if resolutions is None and not runs:
        mend = "Name a table with the columns question, outcome, resolved, source with --resolutions."
        raise ScoreError(Problem("forecasts without resolutions", "a table that says what happened", mend))
    read = [read_run(run, series=series) for run in runs]
    said, endings = together(read)
    said += read_forecasts(forecasts) if forecasts is not None else ()
    if not said:
        mend = "Write a row for each outcome of each forecast."
        raise ScoreError(Problem("a head and no rows", "forecasts", mend, file=str(forecasts), line=1, column=1))
    answers = {one.question: one for one in endings}
    answers |= {one.question: one for one in (read_resolutions(resolutions) if resolutions is not None else ())}
    days = [one.made for one in said] + [one.resolved for one in answers.values()]
    found = docket(
        said,
        answers.values(),
        as_of=as_of or max(days),
        outcomes={run.question: run.outcomes for run in read},
        orders={run.question: run.order for run in read if run.order is not None},
        order=ranks,
        waiting_for={run.question: "its case has no ending" for run in read if run.resolution is None},
    )
    if not found.questions:
        raise ScoreError(_nothing(found))
    return score(found, take=take, floor=floor, seed=seed)


def _nothing(found: Docket) -> Problem:
    """Why there is no score at all."""
    named = "; ".join(f"{one.name}: {one.why}" for one in found.open[:5])
    more = f"; and {len(found.open) - 5} more" if len(found.open) > 5 else ""
    return Problem(
        f"no question that is resolved as of {found.as_of} ({named or 'none was forecast by then'}{more})",
        "at least one that is",
        "Once it is known, write `ending: {date: ..., outcome: ..., source: ...}` into case.yaml, or a row into the "
        "table of --resolutions.",
    )


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
    for place in (Path(name), shipped_cases().get(name)):
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
