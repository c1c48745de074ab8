"""Reports that come in: read, looked over, filed."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import screen


def read(
    sources: Annotated[
        list[str], typer.Argument(metavar="URL-OR-FILE", help="HTML, PDF, text or Markdown; https:// or a file.")
    ],
    into: Annotated[
        Path | None, typer.Option("--into", metavar="CASE", help="The case whose reports/ they go into.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be written, and write nothing.")] = False,
    published: Annotated[
        Any,
        typer.Option(
            "--published", metavar="DATE", parser=str, help="When they were published, where they do not say it."
        ),
    ] = None,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also fetch from private networks and this machine, if you name it.")
    ] = False,
    max_size: Annotated[
        float, typer.Option("--max-size", metavar="MB", min=0.001, max=1000, help="The most one source may hold.")
    ] = 20.0,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="S", min=0.5, max=3600, help="Seconds for one source.")
    ] = 30.0,
    json: o.AsJson = False,
) -> None:
    """Reports from files or the network into a case.

    Each becomes reports/ID.md with the date of publication as precisely as it is known. Filler is marked and can then
    not be cited. Nothing that is there is written over. Without --into it is only shown. Exit code 1 if a source could
    not be read; the others are.

    \b
    Examples:
      standoff read my-case/reports/harbour-gazette.md
      standoff read my-case/reports/harbour-gazette.md --into my-case --dry-run
      standoff read my-case/reports/harbour-gazette.md --published "early March 2031" --json
    """
    from standoff.case.arrivals import read as run

    try:
        with screen.progress("sources", json) as show:
            found = run(
                *sources, into=into, dry_run=dry_run, published=published, allow_private=allow_private,
                max_size=max_size, timeout=timeout, progress=show,
            )  # fmt: skip
    except Exception as error:
        for note in getattr(error, "__notes__", ()):  # what is written already
            screen.err().print(note, soft_wrap=True)
        raise
    if json:
        screen.print_json(found.to_json())
    else:
        from standoff.report.say.read import print_arrivals
        from standoff.report.terminal import print_problems

        print_arrivals(found, screen.out())
        if found.problems:
            print_problems(found.problems, screen.err())
    if found.problems:
        raise typer.Exit(screen.REFUSED)
