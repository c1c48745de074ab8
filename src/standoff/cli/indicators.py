"""What to watch for from the forecast's date on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.ask import of_a_run

if TYPE_CHECKING:
    from standoff.forecast import Forecast

By = Annotated[
    str | None,
    typer.Option(
        "--within", metavar="DAYS|DATE", help="By when to see it; also 'end' or 'next' (turn). Four weeks if not given."
    ),
]


@of_a_run
def indicators(made: Forecast, within: By = None, json: o.AsJson = False) -> None:
    """What to watch for, and what each sign would tell.

    Every move that can be seen and every event that can still come: how likely it is by then, where the outcomes and
    the hidden types go if it is seen and if it is not, and how much it tells, in bits. From the draws that `assess`
    makes; a case that was assessed before answers at once.

    \b
    Examples:
      standoff indicators venezuela-2025
      standoff indicators my-case --within 14
      standoff indicators my-case --within next --json
    """
    from standoff.analysis.indicators import indicators as run
    from standoff.report.say.indicators import print_indicators
    from standoff.report.titles import titles

    found = run(made, within=within).to_json()
    if json:
        screen.print_json(found)
    else:
        print_indicators(found, titles(made.structure.document), screen.out(), name=screen.called(made.case))
    screen.leave_if_thin(found["horizons"] and found["thin"])
