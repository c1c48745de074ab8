"""The daily round: what changed since the last run, and the brief that says so."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import run, screen
from standoff.cli.compare import under_a_bar
from standoff.cli.run_options import RunOptions, spread

Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="FOLDER|DATE",
        help="Where to start: an earlier run's folder, or a date. The last run of this case if not said.",
    ),
]


@spread
def update(case: o.CaseName, since: Since = None, *, asked: RunOptions) -> None:
    """What changed since the last run, and because of what.

    Makes the forecast as `assess` would, in the same run folder, and tells the way to it from the last run under
    runs/ step by step: changed assumptions, then each new, changed or withdrawn item of the evidence in the order in
    which it became known, and the time without news between them. The steps add up to the whole change.

    \b
    Examples:
      standoff update my-case
      standoff update my-case --since runs/my-case-2031-03-04-1a2b3c4d
      standoff update venezuela-2025 --since 2025-11-19
    """
    from standoff.daily import update as work_on
    from standoff.report.say.change import print_change

    found = _made(work_on, case, since, asked, told=False).to_json()
    if asked.json:
        screen.print_json(found)
    else:
        print_change(found, screen.out(), name=case)
    screen.leave_if_thin(found["thin"])


@spread
def brief(case: o.CaseName, since: Since = None, *, asked: RunOptions) -> None:
    """The brief at a date, and what changed since the last run.

    The same as `assess` in the same run folder, and where an earlier run of the case is known, or --since names
    one, the same as `update` with it. What is finished is not computed again.

    \b
    Examples:
      standoff brief my-case
      standoff brief my-case --as-of 2031-03-04
      standoff brief venezuela-2025 --since 2025-11-19
    """
    from standoff.daily import brief as work_on
    from standoff.report import moved
    from standoff.report.screen import clean, say, styled
    from standoff.report.sentences import bottom_line

    made = _made(work_on, case, since, asked, told=True)
    files = made.assessment.files
    if asked.json:
        sys.stdout.write(files["forecast.json"].read_text(encoding="utf-8") + "\n")
        return
    console = screen.out()
    say(console, bottom_line(made.assessment.findings)[0].text)
    console.print()
    if made.change is not None:
        say(console, moved.headline(made.change.to_json()))
    else:
        say(console, "No earlier run of this case is known; the next brief will say what has changed since this one.")
    console.print()
    console.print(styled("Brief: ").append(clean(files["brief.html"]), style="bold"), soft_wrap=True)


def _made(work_on: Callable[..., Any], case: str, since: str | None, asked: RunOptions, *, told: bool) -> Any:
    """What a function of the daily round gives, made under a bar."""
    found, settings = asked.read(case, told=told)

    def work(progress: run.Progress, stage: run.Stage) -> Any:
        return work_on(
            found, since=since, as_of=asked.as_of, out=asked.out, settings=settings,
            workers=asked.effort.pool.as_workers(), progress=progress, stage=stage,
        )  # fmt: skip

    return under_a_bar(work, asked.json)
