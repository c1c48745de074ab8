"""Off-ramps: which levers raise the chance of a peaceful settlement, and what endangers the present."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.ask import of_a_run
from standoff.cli.run_options import Pool

if TYPE_CHECKING:
    from standoff.forecast import Forecast

Size = Annotated[int, typer.Option("--size", metavar="N", min=1, help="Largest set of levers tried together.")]
Reach = Annotated[
    float | None,
    typer.Option(
        "--reach",
        metavar="GAIN",
        help="What a set must add to the chance of peace to count, such as 0.05; half of the best if not said.",
    ),
]
Lever = Annotated[
    list[str] | None, typer.Option("--lever", metavar="NAME", help="Only this lever; may be repeated. All if not said.")
]
Common = Annotated[
    int,
    typer.Option(
        "--common", metavar="N", min=1, help="How many of the draws stand for all: each set is tried on them."
    ),
]
Dangers = Annotated[
    bool,
    typer.Option("--dangers", help="Look closely at every parameter's ends, not only at the worst of a first look."),
]


@of_a_run
def offramps(
    made: Forecast,
    size: Size = 3,
    reach: Reach = None,
    lever: Lever = None,
    common: Common = 24,
    dangers: Dangers = False,
    *,
    pool: Pool,
    json: o.AsJson = False,
) -> None:
    """Levers that raise the chance of peace, and why fewer fail.

    Pulls every set of the case's levers, up to three together, in the same draws, from now on: what it adds to the
    chance of a peaceful settlement, what it costs whom, who would want it, and what stands in the way of smaller sets.
    And the reverse: what most endangers the present. Goes on where it was interrupted; a brief in the run folder is
    written again with the answer.

    \b
    Examples:
      standoff offramps venezuela-2025
      standoff offramps venezuela-2025 --size 2 --lever safe_exit_guarantee --lever neutral_escort
      standoff offramps my-case --quick --dangers
    """
    from standoff.analysis.offramps import CLOSE
    from standoff.analysis.offramps import offramps as search
    from standoff.assessment import told_again
    from standoff.report.say.offramps import print_offramps
    from standoff.report.titles import titles

    seen = (0, 0)

    def note(done: int, of: int) -> None:
        nonlocal seen
        seen = (done, of)
        show.stage("pulling levers")
        show(done, of)

    try:
        with screen.progress("pulling levers", json) as show:
            answer = search(
                made,
                size,
                draws=common,
                reach=reach,
                levers=lever or None,
                dangers=True if dangers else CLOSE,
                workers=pool.as_workers(),
                progress=note,
            )
    except KeyboardInterrupt:
        again = screen.command(*sys.argv[1:])
        raise screen.Interrupted(f"{seen[0]} of {seen[1]} solves are kept. To go on:\n  {again}") from None
    found = answer.to_json()
    told_again(made, offramps=found)
    if json:
        screen.print_json(found)
    else:
        print_offramps(found, titles(made.structure.document), screen.out(), name=screen.called(made.case))
    screen.leave_if_thin(found.get("thin"))
