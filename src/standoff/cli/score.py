"""Forecasts against what happened: scores of runs and tables, and cases told again."""

from __future__ import annotations

import json as _json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.run_options import Effort, spread

if TYPE_CHECKING:
    from standoff.score.backtest import Backtest

BACKTEST = Path("runs") / "backtest"

Runs = Annotated[
    list[Path] | None,
    typer.Argument(metavar="RUN", help="Run folders, as `assess` leaves them.", show_default=False),
]
Forecasts = Annotated[
    Path | None, typer.Option("--forecasts", metavar="FILE", help="A table (CSV) of forecasts, by anybody.")
]
Resolutions = Annotated[
    Path | None, typer.Option("--resolutions", metavar="FILE", help="A table (CSV) of what happened, and when.")
]
AsOf = Annotated[
    Any,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=o.a_day,
        help="Only forecasts made and outcomes known by then; all if not said.",
    ),
]
Order = Annotated[
    str | None,
    typer.Option(
        "--order", metavar="'A < B, C < D'", help="Order of outcomes for the ranked score; the case's if not said."
    ),
]
Take = Annotated[
    str,
    typer.Option(
        "--take",
        metavar="WHICH",
        help="Which days count: all from the first forecast to the deadline, by what stood on each ('time'), or the "
        "first alone ('first'; for what was said once and left).",
    ),
]
Floor = Annotated[
    float, typer.Option("--floor", metavar="CHANCE", help="No chance counts as less than this; 0 clips nothing.")
]
Series = Annotated[bool, typer.Option("--series", help="Also what each run says of every earlier date.")]
Seed = Annotated[int, typer.Option("--seed", metavar="N", min=0, help="Seed of the intervals.")]
Export = Annotated[bool, typer.Option("--export", help="Print the runs as a table of forecasts, and score nothing.")]
ExportResolutions = Annotated[
    bool,
    typer.Option("--export-resolutions", help="Print the endings of the runs' cases as a table, and score nothing."),
]
Cases = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="CASE",
        help="Case folders or names; every shipped case with an ending if not said.",
        show_default=False,
    ),
]
News = Annotated[bool, typer.Option("--news", help="Forecast only when something became known, not at every step.")]
BacktestOut = Annotated[
    Path, typer.Option("--out", metavar="FOLDER", help="Where the page, the tables and the draws go.")
]


def score(
    runs: Runs = None,
    forecasts: Forecasts = None,
    resolutions: Resolutions = None,
    as_of: AsOf = None,
    order: Order = None,
    take: Take = "time",
    floor: Floor = 0.0,
    series: Series = False,
    seed: Seed = 0,
    export: Export = False,
    export_resolutions: ExportResolutions = False,
    json: o.AsJson = False,
) -> None:
    """Forecasts against what happened.

    Runs are scored against the `ending` of their case; a table of forecasts by anybody beside them, or alone. Nothing
    is scored before it is resolved, and what was said on the day of the resolution or later is refused. Where two
    forecasters share questions they are compared on these, with intervals.

    \b
    Examples:
      standoff score runs/OLD-RUN
      standoff score runs/OLD-RUN --forecasts people.csv --json
      standoff score --forecasts people.csv --resolutions happened.csv --order "calm < tension < war"
      standoff score --export runs/OLD-RUN > table.csv
    """
    from standoff.score.runs import read_run, together
    from standoff.score.table import forecasts_csv, resolutions_csv
    from standoff.verbs import score as work

    if export or export_resolutions:
        if not runs or (export and export_resolutions):
            raise typer.BadParameter("name the runs to export, and one of --export and --export-resolutions.")
        said, endings = together([read_run(one, series=series) for one in runs])
        sys.stdout.write(forecasts_csv(said) if export else resolutions_csv(endings))
        return
    made = work(
        *(runs or []), forecasts=forecasts, resolutions=resolutions, as_of=as_of, order=order,
        take=take, floor=floor, series=series, seed=seed,  # type: ignore[arg-type]
    )  # fmt: skip
    found = made.to_json()
    if json:
        screen.print_json(found)
        return
    from standoff.report.say.score import print_scores

    print_scores(found, screen.out())


@spread
def backtest(
    cases: Cases = None,
    news: News = False,
    out: BacktestOut = BACKTEST,
    *,
    effort: Effort,
    json: o.AsJson = False,
) -> None:
    """Cases with a known ending, forecast at every date before it.

    Each is solved once for each draw and walked to every date with what was known by then; beside the model stand the
    same without hidden types, without strategy, base rates, and even odds. Famous cases illustrate and do not prove.
    The folder of --out gets a page with pictures, and all forecasts as plain tables; draws are kept there, and the same
    command goes on with what was interrupted.

    \b
    Examples:
      standoff backtest
      standoff backtest venezuela-2025 --quick
      standoff backtest venezuela-2025 --news --out runs/again
    """
    from standoff.report.say.score import print_backtest
    from standoff.verbs import backtest as work

    settings = effort.as_settings()
    screen.warm_up(json)
    try:
        with screen.progress("reading cases", json) as show:
            made = work(
                *(cases or []), every="news" if news else "step", settings=settings,
                workers=effort.pool.as_workers(), out=out, progress=show, stage=show.stage,
            )  # fmt: skip
    except KeyboardInterrupt:
        raise screen.Interrupted(f"Finished draws are kept in {out}; the same command goes on from them.") from None
    found = made.to_json()
    files = written(made, found, out)
    if json:
        screen.print_json(found)
        return
    print_backtest(found, screen.out(), files=[str(file) for file in files])


def written(made: Backtest, found: dict[str, Any], out: Path) -> list[Path]:
    """The page, the numbers, and all forecasts as tables."""
    from standoff.forecast.store import write_whole
    from standoff.language.plain import plain
    from standoff.report.backtest import render
    from standoff.score.table import forecasts_csv, resolutions_csv

    content = {
        "backtest.html": render(found),
        "backtest.json": _json.dumps(plain(found), indent=1, allow_nan=False),
        "forecasts.csv": forecasts_csv(row for one in made.cases for row in one.said()),
        "resolutions.csv": resolutions_csv(one.resolution for one in made.cases),
    }
    for name, text in content.items():
        write_whole(out / name, text)
    return [out / name for name in content]
