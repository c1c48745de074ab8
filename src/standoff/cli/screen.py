"""What every command does around its one call: where to print, what goes on, what to say when it fails.

Results go to standard output, everything else to standard error. Exit codes: 0 fine, 1 the case has errors or
the answer is refused, 2 wrong usage, 130 interrupted, 70 a defect of this program.
"""

from __future__ import annotations

import functools
import json as _json
import os
import re
import sys
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, ParamSpec

import typer

from standoff.errors import Problem, StandoffError
from standoff.language.printable import visible
from standoff.report.screen import called, command

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.case import Case

FINE, REFUSED, USAGE, DEFECT, INTERRUPTED = 0, 1, 2, 70, 130
DEBUG = "STANDOFF_DEBUG"
ISSUES = "the project's issue tracker"
_ESCAPED = re.compile("[\\u061c\\u200e\\u200f\\u2028\\u2029]")  # weaker marks of direction, and ends of lines
P = ParamSpec("P")
__all__ = ["called", "command"]  # of the room below, for all commands


def out() -> Console:
    """Standard output; never coloured by guesswork, never wrapped inside a number."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, markup=False)


def err() -> Console:
    """Standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, markup=False)


def print_json(data: Any) -> None:
    """Plain data on standard output; numbers that are unknown are null, and what a terminal would obey is escaped."""
    from standoff.language.plain import plain

    wide = "utf" in (sys.stdout.encoding or "").lower()
    text = _json.dumps(plain(data), indent=1, ensure_ascii=not wide, allow_nan=False)
    sys.stdout.write(_ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", visible(text)) + "\n")


class Interrupted(Exception):  # noqa: N818 - it is what happened, not an error
    """Ctrl-C, with what to tell: what is kept, and how to go on."""


def guarded(command: Callable[P, None]) -> Callable[P, None]:
    """A command that never ends in a traceback for what a user can do."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        as_json = bool(kwargs.get("json", False))
        try:
            try:
                command(*args, **kwargs)
            finally:
                sys.stdout.flush()  # here, where a full disk is still told of in words
        except StandoffError as error:
            refuse(error.problems, as_json)
        except (Interrupted, KeyboardInterrupt) as stop:
            said = str(stop)
            err().print(f"Interrupted.{' ' + said if said else ''}", soft_wrap=True)
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _write_no_more()  # who read our output has gone; so have we
            raise typer.Exit(FINE) from None
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:
            known = known_trouble(error)
            if known is not None and not os.environ.get(DEBUG):
                refuse([known], as_json)
            defect(error)

    return run


def refuse(problems: Sequence[Problem], as_json: bool) -> NoReturn:
    """Say what is wrong and leave with exit code 1."""
    if as_json:
        try:
            print_json([problem.to_json() for problem in problems])
            sys.stdout.flush()
            raise typer.Exit(REFUSED)
        except OSError:  # what cannot be written there is said in words
            _write_no_more()
    try:
        sys.stdout.flush()
    except OSError:
        _write_no_more()
    from standoff.report.terminal import print_problems

    print_problems(problems, err())
    raise typer.Exit(REFUSED)


def leave_if_thin(thin: object) -> None:
    """Leave with exit code 1 where an answer that was printed is withheld for too few draws: whoever looks at the code
    first takes it for no answer. thin: the answer's ``thin``, nothing where it has numbers."""
    if thin:
        raise typer.Exit(REFUSED)


def _write_no_more() -> None:
    """Let what standard output still holds go nowhere, or it would be tried again at the end."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError):  # it was closed, or never a file
        return


def known_trouble(error: Exception) -> Problem | None:
    """What the machine, not the program, is to blame for."""
    if isinstance(error, MemoryError):
        return Problem(
            "no memory left", "a game that fits", "Take a coarser --grid, fewer --workers, or fewer levels in the case."
        )
    if isinstance(error, RuntimeError) and "no locator available" in str(error):
        return Problem(
            "no folder in which the compiled solver may be kept",
            "a home directory, or an installation, that can be written to",
            "Set the variable NUMBA_CACHE_DIR to a folder of yours.",
        )
    if isinstance(error, OSError) and error.errno is not None:
        return Problem(
            error.strerror or str(error),
            "a file or folder that can be read and written",
            "Look at its permissions and at the room on the disk.",
            file=str(error.filename or ""),
        )
    return None


def defect(error: Exception) -> NoReturn:
    """One line for what should never happen; the traceback only if asked for."""
    if os.environ.get(DEBUG):
        import traceback

        traceback.print_exception(error)
    else:
        what = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        err().print(
            f"This is a defect of standoff, not of your case ({what}). Please report it at {ISSUES}, with the "
            "command and, if you can, the case; `standoff --debug ...` prints the details.",
            soft_wrap=True,
        )
    raise typer.Exit(DEFECT)


class Bar:
    """Where long work stands; without a `bar` nobody looks."""

    def __init__(self, bar: Any = None, what: str = "") -> None:
        self._bar = bar
        self._task = None if bar is None else bar.add_task(what, total=None)  # no total yet: it only moves

    def __call__(self, done: int, all_: int) -> None:
        if self._bar is not None:
            self._bar.update(self._task, completed=done, total=all_)

    def stage(self, what: str) -> None:
        """What is being done now."""
        if self._bar is not None:
            self._bar.update(self._task, description=what)


def times(elapsed: float | None, left: float | None) -> str:
    """``0:15 elapsed, about 1:20 left``, as far as it is known."""

    def clock(seconds: float) -> str:
        minutes, rest = divmod(int(seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

    said = f"{clock(elapsed or 0.0)} elapsed"
    return f"{said}, about {clock(left)} left" if left else said


EVERY = 30.0  # seconds from one line of progress to the next


class Lines(Bar):
    """The same where nothing can be drawn over, as in a file: a line now and then."""

    def __init__(self, console: Console, what: str) -> None:
        super().__init__()
        self._console, self._what, self._count = console, what, ""
        self._began = self._told = time.monotonic()

    def __call__(self, done: int, all_: int) -> None:
        self._count = f", {done:,} of {all_:,}"
        self._tell()

    def stage(self, what: str) -> None:
        """What is being done now."""
        if what != self._what:
            self._what, self._count = what, ""
            self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told >= EVERY:
            self._told = now
            self._console.print(f"{self._what}{self._count}, {times(now - self._began, None)}", soft_wrap=True)


@contextmanager
def progress(what: str, quiet: bool) -> Generator[Bar, None, None]:
    """A bar on standard error for long work, or lines where that is no terminal; nothing if `quiet`."""
    console = err()
    if quiet or not console.is_terminal:
        yield Bar() if quiet else Lines(console, what)
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
    from rich.text import Text

    class Times(ProgressColumn):
        """Both times with their names; what is left is said once it can be known."""

        def render(self, task: Task) -> Text:
            return Text(times(task.elapsed, task.time_remaining if task.completed else None))

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), Times())
    with Progress(*columns, console=console, transient=True) as bar:
        yield Bar(bar, what)


def say(text: str, quiet: bool) -> None:
    """A remark on standard error."""
    if not quiet:
        err().print(text, soft_wrap=True)


def remarks(case: Case, named: str, quiet: bool, *, told: bool = False) -> None:
    """Of a case that was read: what is doubtful about --set, unless the answer tells of it (`told`), and how many
    warnings `standoff check` has."""
    from standoff.case.overrides import PATH

    by_hand = [problem for problem in case.warnings if problem.path == PATH]
    for problem in by_hand if not told else []:
        say(f"Set by hand: {problem.found}.", quiet)
    for problem in case.warnings:
        if problem.path.endswith("from.file"):  # a forecast is no surer than the fit that it rests on
            say(f"Warning: {problem.found}. {problem.mend}", quiet)
    left = len(case.warnings) - len(by_hand)
    if left:
        say(f"{left} warning{'s' * (left > 1)}: {command('check', named)}", quiet)


def warm_up(quiet: bool) -> None:
    """Compile the solver if it never was, and say so: it takes half a minute, once."""
    from standoff.solver import compiled_before

    if not compiled_before():
        say("Compiling the solver, once; this takes about half a minute.", quiet)
