"""The daily round: what changed since the last run, and the brief that says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from standoff.analysis.change import Change, change, check_start
from standoff.assessment import Assessment, assess, default_folder
from standoff.case.asked import Overrides, Where, as_case
from standoff.errors import EvidenceError, Problem, RunError
from standoff.evidence.as_of import as_of_day
from standoff.forecast import Forecast, Settings, Workers
from standoff.forecast.earlier import Earlier, last_run, read_run
from standoff.forecast.forecast import forecast, manifest
from standoff.forecast.timeline import latest

if TYPE_CHECKING:
    from standoff.case import Case

Progress = Callable[[int, int], None]
Stage = Callable[[str], None]
Since = date | str | Path
RUNS = "runs"


@dataclass(frozen=True, slots=True, eq=False)
class Briefing:
    """A brief, and what changed since the run before it; `change` is None where there was none."""

    assessment: Assessment
    change: Change | None


def update(
    where: Where,
    *,
    since: Since | None = None,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    runs: str | Path = RUNS,
    progress: Progress | None = None,
    stage: Stage | None = None,
) -> Change:
    """What changed in the forecast since an earlier run, and because of which items.

    where: a case folder, its case.yaml, the name of a shipped case, or a `Case`.
    since: the folder of an earlier run, or a date: of the run as of that very date, or, if there was none, of this same
        case as it was known then. The last run of the case under `runs` if not given.
    out: run folder of the present forecast, ``runs/NAME-DATE-KEY`` if not given, where `assess` finds it too.
    as_of, overrides, settings, workers, progress: as in `assess`. stage: called with what is being done, in words.

    Gives a `Change`: ``total`` and ``steps`` that add up to it, ``status``, and ``to_json()``. Raises RunError where
    there is no earlier run to start from, and what `assess` raises.

        >>> update("my-case", since="2031-03-04").status  # doctest: +SKIP
    """
    case, day, settings, folder = _asked(where, as_of, overrides, settings, out)
    start = _earlier(case, day, settings, since, Path(runs))
    if isinstance(start, Problem):
        raise RunError(start)
    check_start(case, day, start)
    (stage or _quiet)("solving and weighing draws")
    made = forecast(case, as_of=day, settings=settings, workers=workers, out=folder, progress=progress)
    return _changed(made, start, workers, progress, stage)


def brief(
    where: Where,
    *,
    since: Since | None = None,
    as_of: date | str | None = None,
    overrides: Overrides | None = None,
    settings: Settings | None = None,
    workers: Workers | None = None,
    out: str | Path | None = None,
    runs: str | Path = RUNS,
    progress: Progress | None = None,
    stage: Stage | None = None,
) -> Briefing:
    """The brief as of a date, with what changed since the run before it: `assess`, and `update` where there was one.

    Arguments as in `update`. A run that is there already is not computed again. Raises what they raise.

        >>> brief("my-case", as_of="2031-03-04").assessment.files["brief.html"]  # doctest: +SKIP
    """
    case, day, settings, folder = _asked(where, as_of, overrides, settings, out)
    start = _earlier(case, day, settings, since, Path(runs))
    if isinstance(start, Problem) and since is not None:
        raise RunError(start)
    found: Change | None = None
    if not isinstance(start, Problem):
        check_start(case, day, start)
        (stage or _quiet)("solving and weighing draws")
        made = forecast(case, as_of=day, settings=settings, workers=workers, out=folder, progress=progress)
        found = _changed(made, start, workers, progress, stage)
    done = assess(
        case, as_of=day, out=folder, settings=settings, workers=workers, progress=progress, stage=stage,
        more={} if found is None else {"change": found.to_json()},
    )  # fmt: skip
    return Briefing(done, found)


def _quiet(_: str) -> None:
    return None


def _asked(
    where: Where,
    as_of: date | str | None,
    overrides: Overrides | None,
    settings: Settings | None,
    out: str | Path | None,
) -> tuple[Case, date, Settings, Path]:
    case = as_case(where, overrides)
    settings = settings or Settings()
    day = as_of_day(as_of) if as_of is not None else latest(case.evidence, case.document)
    return case, day, settings, Path(out) if out is not None else default_folder(case, day, settings)


def _changed(
    made: Forecast, start: Earlier | date, workers: Workers | None, progress: Progress | None, stage: Stage | None
) -> Change:
    (stage or _quiet)("telling apart what changed")
    if isinstance(start, Earlier):
        return change(made, earlier=start, workers=workers, progress=progress)
    return change(made, since=start, workers=workers, progress=progress)


def _earlier(case: Case, day: date, settings: Settings, since: Since | None, runs: Path) -> Earlier | date | Problem:
    """What to start from: a run, a date of this same case, or why there is nothing."""
    mine = manifest(case, day, settings)
    if isinstance(since, Path) or (isinstance(since, str) and Path(since).is_dir()):
        return read_run(Path(since))
    if since is not None:
        try:
            on = as_of_day(since)
        except EvidenceError:
            if isinstance(since, str) and ("/" in since or "\\" in since):
                return read_run(Path(since))  # says that there is no such folder
            raise
        return last_run(runs, mine, case.overrides, on=on) or on
    found = last_run(runs, mine, case.overrides)
    if found is not None:
        return found
    return Problem(
        file=str(runs),
        path="since",
        found=f"no earlier run of {case.name} as of {day.isoformat()} or before",
        expected="a run to start from",
        mend="Name a date instead, `--since DATE`: the same case as it was known then. Runs are kept by `standoff "
        "assess` and `standoff brief`; from the next one on there is one.",
    )
