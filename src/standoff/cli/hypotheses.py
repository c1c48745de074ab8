"""Competing hypotheses: what the evidence says of them, and what that leans on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.ask import of_a_run

if TYPE_CHECKING:
    from standoff.forecast import Forecast

SetName = Annotated[
    str | None,
    typer.Option(
        "--set-name", metavar="NAME", help="Only this set: one of the case's, an actor, 'outcomes', or 'peace'."
    ),
]


@of_a_run
def hypotheses(made: Forecast, set_name: SetName = None, json: o.AsJson = False) -> None:
    """Competing hypotheses, and the evidence for each.

    Every set of the case, every actor's hidden types, and the endings: how likely each was and is; each item of
    evidence against each hypothesis, the most telling first; and what the answer would be without any one item,
    report or origin. From the draws that `assess` makes; a case that was assessed before answers at once.

    \b
    Examples:
      standoff hypotheses venezuela-2025
      standoff hypotheses venezuela-2025 --set-name open_door
      standoff hypotheses my-case --quick --json
    """
    from standoff.analysis.hypotheses import hypotheses as run
    from standoff.report.say.hypotheses import print_hypotheses
    from standoff.report.titles import titles

    found = run(made, set_name=set_name).to_json()
    if json:
        screen.print_json(found)
    else:
        refs = titles(made.structure.document)
        print_hypotheses(found, refs, screen.out(), name=screen.called(made.case), set_name=set_name)
    screen.leave_if_thin(found["thin"])
