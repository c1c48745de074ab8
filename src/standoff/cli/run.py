"""The long work: assess and forecast, over all draws."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.run_options import Pool, RunOptions, spread

if TYPE_CHECKING:
    from datetime import date

    from standoff.case import Case
    from standoff.forecast import Forecast, Settings

T = TypeVar("T")
Progress = Callable[[int, int], None]
Stage = Callable[[str], None]
DRAWING = "solving and weighing draws"  # as `standoff.assessment` says it


@spread
def assess(case: o.CaseName, *, asked: RunOptions) -> None:
    """The whole job: draws, history, forecast, brief.

    Solves the case over everything uncertain, weighs it by what is known to have happened, and writes the brief.
    The run folder (runs/NAME-DATE-KEY if --out does not name one) holds brief.html, brief.md, forecast.json and
    the draws. The same command goes on with an interrupted run; what it finds finished it does not compute again.

    \b
    Examples:
      standoff assess venezuela-2025
      standoff assess my-case --quick --as-of 2031-03-04
      standoff assess my-case --set face=0.3 --out runs/costly-retreat
    """
    from standoff.assessment import assess as run
    from standoff.report.terminal import print_assessment

    found, settings = asked.read(case, told=True)
    day, folder = asked.place(found, settings)

    def work(progress: Progress, stage: Stage) -> Any:
        return run(
            found,
            as_of=day,
            out=folder,
            settings=settings,
            workers=asked.effort.pool.as_workers(),
            progress=progress,
            stage=stage,
        )

    made = draws_made(work, asked.json, folder)
    if asked.json:
        sys.stdout.write(made.files["forecast.json"].read_text(encoding="utf-8") + "\n")
        return
    print_assessment(
        made.findings,
        screen.out(),
        files={"brief": str(made.files["brief.html"]), "numbers": str(made.files["forecast.json"])},
    )


@spread
def forecast(case: o.CaseName, *, asked: RunOptions) -> None:
    """Outcomes and beliefs with their bands, at a date.

    The same as `assess` without a brief. Nothing is written unless --out names a run
    folder, where draws are kept as they are finished.

    \b
    Examples:
      standoff forecast venezuela-2025 --as-of "early December 2025"
      standoff forecast my-case --draws 512 --out runs/large
      standoff forecast my-case --quick --json
    """
    from standoff.report.findings import findings
    from standoff.report.terminal import print_forecast

    found, settings = asked.read(case, told=True)
    made = forecast_made(found, settings, asked.effort.pool, asked.as_of, asked.out, asked.json)
    if asked.json:
        screen.print_json(made.to_json())
    else:
        print_forecast(findings(made), screen.out())


def forecast_made(
    case: Case, settings: Settings, pool: Pool, as_of: date | None, out: Path | None, quiet: bool
) -> Forecast:
    """The forecast, made under a bar."""
    from standoff.verbs import forecast as make

    def work(progress: Progress, stage: Stage) -> Forecast:
        return make(case, as_of=as_of, out=out, settings=settings, workers=pool.as_workers(), progress=progress)

    return draws_made(work, quiet, out)


def _doing(done: int, of: int) -> str:
    """What goes on when so many draws are done."""
    if not done:
        return "solving the first draws"
    return DRAWING if done < of else "checking the belief grid"


def draws_made(work: Callable[[Progress, Stage], T], quiet: bool, folder: Path | None) -> T:
    """Do the work under a bar; if it is interrupted, say what is kept and how to go on."""
    seen = (0, 0)
    drawing = True

    def note(done: int, of: int) -> None:
        nonlocal seen
        if drawing:
            seen = (done, of)
            show.stage(_doing(done, of))
        show(done, of)

    def stage(what: str) -> None:
        nonlocal drawing
        drawing = what == DRAWING  # what is asked after it counts something else
        show.stage(what)

    try:
        with screen.progress("laying out the case", quiet) as show:
            return work(note, stage)
    except KeyboardInterrupt:
        if folder is None:
            kept = "Nothing is kept; with --out FOLDER an interrupted forecast goes on where it was."
        else:
            again = sys.argv[1:] if "--out" in sys.argv else [*sys.argv[1:], "--out", str(folder)]
            kept = f"{seen[0]} of {seen[1]} draws are kept in {folder}. To go on:\n  {screen.command(*again)}"
        raise screen.Interrupted(kept) from None
