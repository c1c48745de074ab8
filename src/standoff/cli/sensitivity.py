"""What a forecast hangs on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.ask import of_a_run
from standoff.cli.run_options import Pool

if TYPE_CHECKING:
    from standoff.forecast import Forecast

Outcome = Annotated[
    list[str] | None,
    typer.Option(
        "--outcome", metavar="NAME", help="An outcome to look at; may be repeated. The three likeliest if not said."
    ),
]
Above = Annotated[
    float | None,
    typer.Option("--above", metavar="CHANCE", help="Find where an outcome's chance is above this, such as 0.3."),
]
Exact = Annotated[
    str | None,
    typer.Option(
        "--exact", metavar="PARAMETER", help="Solve anew along this parameter to find where the answer flips."
    ),
]


@of_a_run
def sensitivity(
    made: Forecast,
    outcome: Outcome = None,
    above: Above = None,
    exact: Exact = None,
    *,
    pool: Pool,
    json: o.AsJson = False,
) -> None:
    """What the forecast hangs on, and where it flips.

    Which uncertain numbers make each ending likelier or less likely, told apart from chance; the values past which the
    likeliest ending changes; the region of all numbers in which an ending is likely. From the draws that `assess`
    makes; a case that was assessed before answers in seconds. --exact solves anew, a minute or more.

    \b
    Examples:
      standoff sensitivity venezuela-2025
      standoff sensitivity my-case --outcome island_taken --above 0.3
      standoff sensitivity my-case --exact landing_odds
    """
    from standoff.analysis.sensitivity import sensitivity as find
    from standoff.report.say.sensitivity import print_sensitivity
    from standoff.report.titles import titles

    if exact is None:
        found = find(made, outcome, above=above).to_json()
    else:
        with screen.progress(f"along {exact}", json) as bar:
            found = find(made, outcome, above=above, exact=exact, workers=pool.as_workers(), progress=bar).to_json()
    if json:
        screen.print_json(found)
    else:
        print_sensitivity(found, titles(made.structure.document), screen.out(), name=screen.called(made.case))
    screen.leave_if_thin(found["thin"])
