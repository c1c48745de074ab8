"""Commands that ask something of a forecast: one set of options, one run folder, so that the second question is quick.

A forecast is kept in the folder `assess` would use, and found there again by whoever asks next.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from standoff.cli import options as o
from standoff.cli import run, screen
from standoff.cli.run_options import RunOptions, flat, gathered, standing_for

if TYPE_CHECKING:
    from standoff.forecast import Forecast


def of_a_run(command: Callable[..., None]) -> Callable[..., None]:
    """`command(made, ..., json)` as one that takes a case and the options of a run in place of its forecast."""
    own = flat(command)[1:]
    names = {one.name for one in own}
    shared = [one for one in flat(forecast_of) if one.name not in names]

    def asked(**given: Any) -> None:
        made = forecast_of(**gathered(forecast_of, given))
        command(**gathered(command, {**given, "made": made}))

    return standing_for(command, asked, [*shared, *own])


def forecast_of(case: o.CaseName, *, asked: RunOptions) -> Forecast:
    """The forecast of a case, from its run folder if it is there already."""
    found, settings = asked.read(case, told=True)
    day, folder = asked.place(found, settings)
    made = run.forecast_made(found, settings, asked.effort.pool, day, folder, asked.json)
    _off_the_clock(made, asked.json)
    return made


def _off_the_clock(made: Forecast, quiet: bool) -> None:
    """Say so where the clock has not started, or has run out: nothing is forecast there."""
    from standoff.language.calendar import step_start, turns

    clock = made.structure.document.clock
    end = step_start(clock, turns(clock))
    if made.as_of < clock.start:
        screen.say(f"The clock starts on {clock.start}: this is what stands before anything has happened.", quiet)
    elif made.as_of >= end:
        screen.say(f"The clock ran out on {end}: nothing is forecast here, only how it stood then.", quiet)
