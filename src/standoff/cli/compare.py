"""Two cases, dates or settings side by side."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import run, screen
from standoff.cli.run_options import Effort, spread

if TYPE_CHECKING:
    from datetime import date

A = Annotated[
    str, typer.Argument(metavar="A", help="A case folder or the name of a shipped case; A@DATE as known at a date.")
]
B = Annotated[str | None, typer.Argument(metavar="B", help="The other side, the same way; A itself if not given.")]
From = Annotated[Any, typer.Option("--from", metavar="DATE", parser=o.a_day, help="A's date; as A@DATE.")]
AsOf = Annotated[
    Any,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=o.a_day,
        help="The date of every side that names none; the last report if not said.",
    ),
]
SetB = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PARAMETER=VALUE", help="Fix a parameter of B at a number; may be repeated."),
]
SetA = Annotated[
    list[str] | None,
    typer.Option("--set-a", metavar="PARAMETER=VALUE", help="The same for A; name it in both to fix it in both."),
]


@spread
def compare(
    a: A,
    b: B = None,
    from_: From = None,
    as_of: AsOf = None,
    set_: SetB = None,
    set_a: SetA = None,
    *,
    effort: Effort,
    texts: o.Texts = None,
    json: o.AsJson = False,
) -> None:
    """What differs between two cases, dates or settings.

    How surely it differs, and how much of it is the evidence and how much the assumptions.

    Both sides share their draws, parameter by parameter of the same name. A's draws are those of `assess`, and are
    found there if it was assessed. Where evidence and assumptions both differ, the difference is told apart into
    what the one did and what the other did.

    \b
    Examples:
      standoff compare venezuela-2025 --set audience=0.3
      standoff compare venezuela-2025 --from 2025-11-19
      standoff compare my-case my-other-case --as-of 2031-03-04
      standoff compare runs/OLD-RUN/case my-case
    """
    from standoff.analysis.compare import compare as work_on
    from standoff.assessment import default_folder
    from standoff.case import load
    from standoff.report.say.compare import print_comparison

    where_a, day_a = _side(a)
    where_b, day_b = _side(b) if b is not None else (where_a, None)
    if day_a is not None and from_ is not None:
        raise typer.BadParameter(f"'{a}' names a date, and so does --from.")
    day_a = day_a or from_ or as_of
    day_b = day_b or as_of
    if b is None and not set_ and not set_a and day_a == day_b:
        raise typer.BadParameter("nothing to compare with: name another case, a parameter with --set, or --from DATE.")
    settings = effort.as_settings()
    first = load(where_a, overrides=o.overrides(set_a), texts=texts)
    other = load(where_b, overrides=o.overrides(set_), texts=texts)
    screen.remarks(first, where_a, json)
    screen.remarks(other, where_b, json)
    screen.warm_up(json)

    def folder(case: Any, day: date) -> Path:
        return default_folder(case, day, settings)

    def work(progress: run.Progress, stage: run.Stage) -> Any:
        return work_on(
            first, other, as_of_a=day_a, as_of_b=day_b, settings=settings,
            workers=effort.pool.as_workers(), folder=folder, progress=progress,
        )  # fmt: skip

    made = under_a_bar(work, json)
    found = made.to_json()
    if json:
        screen.print_json(found)
    else:
        print_comparison(found, screen.out())
    screen.leave_if_thin(found["thin"])


def _side(text: str) -> tuple[str, date | None]:
    """``CASE@DATE`` in two; a name that exists as it stands is one."""
    name, at, day = text.rpartition("@")
    if not at or not name or Path(text).exists():
        return text, None
    found: date = o.a_day(day)
    return name, found


def under_a_bar(work: Any, quiet: bool) -> Any:
    """Do the work; draws that are finished stay where they are if it is interrupted."""
    try:
        with screen.progress("solving and weighing draws", quiet) as show:
            return work(show, show.stage)
    except KeyboardInterrupt:
        raise screen.Interrupted("Finished draws are kept under runs/; the same command goes on from them.") from None
