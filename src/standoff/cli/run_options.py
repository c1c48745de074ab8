"""Options that go together, as records: a command takes a record, and its options stand one by one in its help."""

from __future__ import annotations

import contextlib
import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.cli import options as o
from standoff.cli import screen

if TYPE_CHECKING:
    from standoff.case import Case
    from standoff.forecast import Settings, Workers


@dataclass(frozen=True, slots=True)
class Pool:
    """Where draws are solved."""

    workers: o.Processes = None
    cluster: o.Cluster = None

    def as_workers(self) -> Workers:
        import os

        from standoff.forecast import Workers

        return Workers(self.workers if self.workers is not None else os.cpu_count() or 1, self.cluster)


@dataclass(frozen=True, slots=True)
class Effort:
    """How many draws, how finely, and with what."""

    quick: o.Quick = False
    draws: o.Draws = None
    seed: o.Seed = None
    grid: o.Grid = None
    pool: Pool = Pool()
    time_limit: o.TimeLimit = None

    def as_settings(self) -> Settings:
        from standoff.forecast import Settings
        from standoff.forecast.settings import DRAWS, QUICK_DRAWS

        return Settings(
            draws=self.draws or (QUICK_DRAWS if self.quick else DRAWS),
            seed=Settings().seed if self.seed is None else self.seed,
            grid=self.grid,
            quick=self.quick,
            time_limit=self.time_limit,
        )


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a forecast of a case is made, where it is kept, and how it is told."""

    as_of: o.AsOf = None
    out: o.Out = None
    effort: Effort = Effort()
    set_: o.Set = None
    texts: o.Texts = None
    json: o.AsJson = False

    def read(self, named: str, *, told: bool = False) -> tuple[Case, Settings]:
        """The case and the settings, ready to be solved; what is doubtful about the case is said (`screen.remarks`)."""
        from standoff.case import load

        settings = self.effort.as_settings()
        case = load(named, overrides=o.overrides(self.set_), texts=self.texts)
        screen.remarks(case, named, self.json, told=told)
        screen.warm_up(self.json)
        return case, settings

    def place(self, case: Case, settings: Settings) -> tuple[date, Path]:
        """The date of the forecast, and the run folder: the same for every command that does not name another."""
        from standoff.assessment import default_folder
        from standoff.forecast.timeline import latest

        day = self.as_of or latest(case.evidence, case.document)
        return day, self.out if self.out is not None else default_folder(case, day, settings)


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """`command(case, *, asked: RunOptions)` as one that takes each option of its records by itself, in their order."""

    def run(**given: Any) -> None:
        command(**gathered(command, given))

    return standing_for(command, run, flat(command))


def flat(taker: Callable[..., Any]) -> list[inspect.Parameter]:
    """The parameters of a command or record, those of the records among them in the place of each."""
    return [part for one in _parameters(taker) for part in (flat(one.annotation) if _record(one) else [one])]


def gathered(taker: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a command or record, its records put together again."""
    return {
        one.name: one.annotation(**gathered(one.annotation, given)) if _record(one) else given[one.name]
        for one in _parameters(taker)
    }


def _record(one: inspect.Parameter) -> bool:
    return is_dataclass(one.annotation)


def standing_for(
    command: Callable[..., None], run: Callable[..., None], parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    """`run` under the name and with the help of `command`, taking these parameters."""
    run.__name__, run.__qualname__, run.__module__ = command.__name__, command.__qualname__, command.__module__
    run.__doc__ = command.__doc__
    named = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in parameters]
    run.__signature__ = inspect.Signature(named)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in named}
    return run


def _parameters(taker: Callable[..., Any]) -> list[inspect.Parameter]:
    """Parameters with their annotations read where they are options; a forecast is named for the type checker alone."""
    scope = vars(sys.modules[taker.__module__])
    found = []
    for one in inspect.signature(taker).parameters.values():
        with contextlib.suppress(NameError):
            one = one.replace(annotation=eval(one.annotation, scope))
        found.append(one)
    return found
