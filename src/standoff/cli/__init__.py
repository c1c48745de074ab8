"""The command line: parse, call one function, print.

    standoff VERB ...    see `standoff --help`; what --json prints is documented in docs/scripts.md

Nothing heavy is imported before a command runs, so that help and version answer at once.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper
from typing import Annotated

import typer

from standoff import __version__
from standoff.cli import (
    compare,
    desk,
    draft,
    fit,
    hypotheses,
    indicators,
    look,
    offramps,
    read,
    run,
    score,
    screen,
    sensitivity,
    update,
    views,
    work,
)

app = typer.Typer(
    name="standoff",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="Exit codes: 0 fine, 1 the case has errors or the answer is refused, 2 wrong usage, 70 a defect of this "
    "program, 130 interrupted.",
)

for verb in (
    # the whole job, day after day
    run.assess, update.brief, update.update,
    # what an analyst asks next
    hypotheses.hypotheses, indicators.indicators, sensitivity.sensitivity, offramps.offramps, views.views,
    compare.compare,
    # against what happened
    fit.fit,
    score.score, score.backtest,
    # the case
    look.cases, look.new, look.check, look.show, look.evidence, look.anchor,
    # the evidence desk
    read.read, desk.search, desk.reprints, desk.figures, draft.draft,
    # the engine alone
    run.forecast, work.solve, work.simulate,
):  # fmt: skip
    app.command()(screen.guarded(verb))


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"standoff {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Print the traceback of a defect.")] = False,
) -> None:
    """Standoff: reports on a political crisis as an executable, cited strategic model.

    \b
    Examples:
      standoff assess venezuela-2025         the whole job, down to a brief
      standoff new my-case                   a small case to change into your own
      standoff check my-case                 what is wrong with it, and how to mend it
      standoff read my-case/reports/harbour-gazette.md --into my-case   a report more
      standoff brief my-case                 the brief again, with what changed since
    """
    if debug:
        os.environ[screen.DEBUG] = "1"


def main() -> None:
    """Entry point of the `standoff` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal that cannot show a letter shows another
    if "--debug" in sys.argv[1:]:  # wherever it stands
        sys.argv.remove("--debug")
        os.environ[screen.DEBUG] = "1"
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(screen.INTERRUPTED)
