"""Commands that ask something of a forecast: one set of options, one run folder, so that the second question is quick.

A forecast is kept in the folder `assess` would use, and found there again by whoever asks next.
"""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.cli import options as o
from standoff.cli import run, screen

if TYPE_CHECKING:
    from standoff.forecast import Forecast


def of_a_run(command: Callable[..., None]) -> Callable[..., None]:
    """`command(made, ..., json)` as one that takes a case and the options of a run in place of its forecast."""
    shared = _parameters(forecast_of)
    own = _parameters(command)[1:]
    names = {one.name for one in own}
    both = [one for one in shared if one.name not in names]

    @functools.wraps(command)
    def asked(**given: Any) -> None:
        mine = {name: given[name] for name in names}
        common = {one.name: given[one.name] for one in shared if one.name in given}
        command(forecast_of(**common), **mine)

    merged = [*both[:1], *own, *both[1:]] if own and own[0].default is inspect.Parameter.empty else [*both, *own]
    merged = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in merged]
    asked.__signature__ = inspect.Signature(merged)  # type: ignore[attr-defined]
    asked.__annotations__ = {one.name: one.annotation for one in merged}
    del asked.__wrapped__
    return asked


def _parameters(function: Callable[..., Any]) -> list[inspect.Parameter]:
    """Parameters with their annotations read where they are options; a forecast is named for the type checker alone."""
    found = []
    for one in inspect.signature(function).parameters.values():
        with contextlib.suppress(NameError):
            one = one.replace(annotation=eval(one.annotation, function.__globals__))
        found.append(one)
    return found


def forecast_of(
    case: o.CaseName,
    as_of: o.AsOf = None,
    out: o.Out = None,
    quick: o.Quick = False,
    draws: o.Draws = None,
    seed: o.Seed = None,
    grid: o.Grid = None,
    workers: o.Processes = None,
    cluster: o.Cluster = None,
    time_limit: o.TimeLimit = None,
    set_: o.Set = None,
    texts: o.Texts = None,
    json: o.AsJson = False,
) -> Forecast:
    """The forecast of a case, from its run folder if it is there already."""
    from standoff.assessment import default_folder
    from standoff.case import load
    from standoff.forecast.timeline import latest
    from standoff.verbs import forecast as make

    settings = run.settings_of(quick, draws, seed, grid, time_limit)
    found = load(case, overrides=o.overrides(set_), texts=texts)
    day = as_of or latest(found.evidence, found.document)
    folder: Path = out if out is not None else default_folder(found, day, settings)
    screen.remarks(found, case, json, told=True)
    screen.warm_up(json)

    def work(progress: run.Progress, stage: run.Stage) -> Any:
        return make(
            found, as_of=day, out=folder, settings=settings, workers=run.workers_of(workers, cluster), progress=progress
        )

    made: Forecast = run.draws_made(work, json, folder)
    _off_the_clock(made, json)
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
