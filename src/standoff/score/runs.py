"""Runs as forecasters: the forecast of a run folder against the ending of its case, as rows of the same table."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from standoff.errors import Problem, ScoreError, StandoffError, did_you_mean
from standoff.language.calendar import step_start, turns
from standoff.language.document import CaseDocument
from standoff.score.questions import CLOCK_OUT, Docket, docket
from standoff.score.rules import Ranks, order_of, whole
from standoff.score.score import Scores, Take, score
from standoff.score.table import Resolution, Said, read_forecasts, read_resolutions

FORECASTER = "standoff"


@dataclass(frozen=True, slots=True)
class Run:
    """A run folder as a forecast: its rows, and what is known of the question. `resolution` is None where the case has
    no ending. `remarks`: what its score is to be read with."""

    folder: Path
    question: str
    said: tuple[Said, ...]
    outcomes: tuple[str, ...]
    order: Ranks | None
    resolution: Resolution | None
    remarks: tuple[str, ...] = ()


def read_run(folder: str | Path, *, forecaster: str | None = None, series: bool = False) -> Run:
    """The forecast of a run folder (or of a forecast.json), to be scored.

    The question is the case; its deadline the end of the clock. The ending is that of the case as it stands now, where
    it still lies where the run found it or ships, else that of the copy in the run folder: an ending is mostly written
    down, or mended, after the run. `forecaster`: what to call the run; ``standoff`` if not given. `series`: also what
    the run says of every earlier date, with what was known by then. Raises ScoreError if it is no run.
    """
    place = Path(folder)
    file = place if place.is_file() else place / "forecast.json"
    data = _read(file)
    document, remarks = _document(data, file)
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
    early = min(one.made for one in said)
    if early < document.clock.start:
        remarks.append(
            f"{question}: the first forecast of the run, of {early}, is older than the clock, which starts on "
            f"{document.clock.start}: {(document.clock.start - early).days} of the days scored come before it."
        )
    return Run(
        file.parent, question, tuple(said), tuple(document.outcomes), order_in(document),
        ending_of(document, question, str(file)), tuple(remarks),
    )  # fmt: skip


def ending_of(document: CaseDocument, question: str, file: str = "") -> Resolution | None:
    """How a case says that it ended, as a resolution; None where it does not. What that answers, if it came after the
    clock had run out, is for `standoff.score.questions.by_deadline` to say."""
    ending = document.ending
    if ending is None:
        return None
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
    wrong: list[Problem] = []
    said += read_forecasts(forecasts, wrong) if forecasts is not None else ()
    answered = read_resolutions(resolutions, wrong) if resolutions is not None else ()
    if not said and not wrong:
        mend = "Write a row for each outcome of each forecast."
        raise ScoreError(Problem("a head and no rows", "forecasts", mend, file=str(forecasts), line=1, column=1))
    answers = {one.question: one for one in endings}
    remarks = [remark for run in read for remark in run.remarks]
    remarks += [_two_answers(answers[one.question], one) for one in answered if _differ(answers.get(one.question), one)]
    answers |= {one.question: one for one in answered}
    days = [one.made for one in said] + [one.resolved for one in answers.values()]
    if series:
        remarks.append(
            "What the runs say of earlier dates counts as well (series), as forecasts made then: scores are over more "
            "days than without it, and are not to be compared with those."
        )
    found = _all_wrong(
        wrong,
        said,
        answers.values(),
        as_of=as_of or max(days, default=date.today()),
        today=None if as_of else date.today(),
        outcomes={run.question: run.outcomes for run in read},
        orders={run.question: run.order for run in read if run.order is not None},
        order=ranks,
        waiting_for={
            run.question: "; ".join(("its case has no ending", *(one.rstrip(".") for one in run.remarks)))
            for run in read
            if run.resolution is None
        },
    )
    if not found.questions:
        raise ScoreError(_nothing(found, asked=as_of is not None))
    found = replace(found, remarks=(*dict.fromkeys(remarks), *found.remarks))
    return score(found, take=take, floor=floor, seed=seed)


def _all_wrong(wrong: list[Problem], *rows: Any, **more: Any) -> Docket:
    """The docket; or all that is wrong, of the tables and of both together, each place once."""
    try:
        found = docket(*rows, **more)
    except ScoreError as error:
        met = {(one.file, one.line, one.column) for one in wrong}
        wrong += [one for one in error.problems if (one.file, one.line, one.column) not in met]
    if wrong:
        raise ScoreError(wrong)
    return found


def _differ(one: Resolution | None, other: Resolution) -> bool:
    return one is not None and (one.outcome, one.resolved) != (other.outcome, other.resolved)


def _two_answers(case: Resolution, row: Resolution) -> str:
    return (
        f"{row.question}: its case says {case.outcome} on {case.resolved}, {row.file} says {row.outcome} on "
        f"{row.resolved}; the table is what is scored."
    )


def _nothing(found: Docket, asked: bool) -> Problem:
    """Why there is no score at all."""
    which = "the day asked for" if asked else "the last day that forecasts and resolutions name"
    named = "; ".join(f"{one.name}: {one.why}" for one in found.open[:5])
    more = f"; and {len(found.open) - 5} more" if len(found.open) > 5 else ""
    return Problem(
        f"no question that is resolved as of {found.as_of}, {which} ({named or 'none was forecast by then'}{more})",
        "at least one that is",
        "Once it is known, write `ending: {date: ..., outcome: ..., source: ...}` into case.yaml, or a row into the "
        "table of --resolutions.",
    )


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


def _document(data: dict[str, Any], file: Path) -> tuple[CaseDocument, list[str]]:
    """The case of a run: as it stands now if it is the same case, else the copy that the run kept; and a remark where
    the two tell of another ending."""
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
    broken: list[str] = []
    for place in (Path(name), shipped_cases().get(name)):
        if place is None or not (place / "case.yaml").is_file():
            continue
        try:
            now = load(place).document
        except StandoffError:
            broken.append(
                f"{name}: the case in {place} has errors (`standoff check {place}`), so its ending is not read."
            )
            continue
        if set(now.outcomes) >= set(data["outcomes"]) and (kept is None or now.clock == kept.clock):
            if kept is None or kept.ending is None or now.ending is None:
                # nobody takes an ending back by leaving it out: that may be an older folder
                return (kept if kept is not None and kept.ending is not None else now), []
            was, is_ = kept.ending, now.ending
            if (was.outcome, was.date) == (is_.outcome, is_.date):
                return now, []
            return now, [
                f"{name}: the case says {is_.outcome} on {is_.date}, which is what is scored; the copy in "
                f"{file.parent} says {was.outcome} on {was.date}."
            ]
    if kept is not None:
        odd = [outcome for outcome in data["outcomes"] if outcome not in kept.outcomes]
        if odd:
            raise _no_run(
                file, f"an outcome {odd[0]!r} that its case does not have", did_you_mean(odd[0], kept.outcomes)
            )
        return kept, broken
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
