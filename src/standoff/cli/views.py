"""Three views of a forecast: judgement, history, past cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standoff.cli import options as o
from standoff.cli import screen
from standoff.cli.ask import of_a_run

if TYPE_CHECKING:
    from standoff.forecast import Forecast


@of_a_run
def views(made: Forecast, json: o.AsJson = False) -> None:
    """The forecast beside history's priors and past cases.

    Where a case says what history holds of a parameter or of an actor's hidden types (`history:`), or counts past cases
    (`reference_classes:`): how it may end by the priors of judgement, by those of history, and by past cases alone, and
    where they are furthest apart. A case that was assessed before answers at once.

    \b
    Examples:
      standoff views venezuela-2025
      standoff views venezuela-2025 --as-of 2025-11-19 --quick
      standoff views venezuela-2025 --json
    """
    from standoff.analysis.views import views as run
    from standoff.report.findings import findings
    from standoff.report.say.views import print_no_views, print_views

    found = run(made)
    if json:
        screen.print_json(found.to_json())
    elif found.several:
        print_views(found.to_json(), findings(made), screen.out(), name=screen.called(made.case))
    else:
        print_no_views(screen.out(), name=made.case.name)
