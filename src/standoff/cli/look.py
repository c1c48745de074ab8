"""Looking at a case and its evidence: nothing here is solved, but where the clock is checked."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from standoff.cli import options as o
from standoff.cli import screen

if TYPE_CHECKING:
    from standoff.errors import Problem


def check(
    case: o.CaseName,
    texts: o.Texts = None,
    clock: Annotated[
        bool, typer.Option("--clock", help="Also solve with half the step: does the clock decide anything?")
    ] = False,
    grid: o.Grid = None,
    workers: o.Threads = None,
    time_limit: o.TimeLimit = None,
    json: o.AsJson = False,
) -> None:
    """All that is wrong or doubtful, and how to mend it.

    Exit code 1 if there are errors; warnings alone leave it at 0. --clock solves the case at the medians of its
    priors, as written and with the step halved, and reports how far each outcome moves.

    \b
    Examples:
      standoff check my-case
      standoff check my-case --texts ~/reports
      standoff check venezuela-2025 --clock
    """
    from standoff.case import check as run

    problems = run(case, texts=texts)
    broken = any(problem.level == "error" for problem in problems)
    measured = None
    if clock and not broken:
        measured, more = _clock(case, grid, workers, time_limit, json)
        problems = [*problems, *more]
    if json:
        rows = [problem.to_json() for problem in problems]
        screen.print_json({"problems": rows, "clock": measured} if clock else rows)
    else:
        from standoff.report.tables import print_clock
        from standoff.report.terminal import print_problems

        print_problems(problems, screen.out(), subject=case)
        if measured is not None:
            print_clock(measured, screen.out())
    if broken:
        raise typer.Exit(screen.REFUSED)


def _clock(
    case: str, grid: int | None, workers: int | None, time_limit: float | None, quiet: bool
) -> tuple[dict[str, Any], list[Problem]]:
    from standoff.case import load
    from standoff.forecast.clock import check_clock

    found = load(case)
    screen.warm_up(quiet)
    with screen.progress("steps", quiet) as show:
        made = check_clock(found, grid=grid, threads=workers, time_limit=time_limit, progress=show)
    return made.to_json(), made.problems(str(found.folder / "case.yaml"))


def show(case: o.CaseName, set_: o.Set = None, json: o.AsJson = False) -> None:
    """The model read back in words.

    Who can do what when, what it costs, what ends it, what each number rests on.

    \b
    Examples:
      standoff show venezuela-2025
      standoff show my-case | less
      standoff show my-case --json
    """
    from standoff.case import describe, load
    from standoff.report.terminal import print_case

    found = load(case, overrides=o.overrides(set_))
    screen.remarks(found, case, json, told=True)
    described = describe(found.written, found.overrides)
    if json:
        screen.print_json(described)
    else:
        print_case(described, screen.out())


def evidence(case: o.CaseName, as_of: o.AsOf = None, texts: o.Texts = None, json: o.AsJson = False) -> None:
    """The ledger: sources, claims, conflicts, history.

    Reports with their grades, claims and whether their passages hold, figures at odds side by side.

    \b
    Examples:
      standoff evidence venezuela-2025
      standoff evidence my-case --as-of 2031-03-04
      standoff evidence my-case --texts ~/reports --json
    """
    from standoff.case import load
    from standoff.evidence.ledger import ledger
    from standoff.evidence.ledger_text import ledger_text

    found = load(case, texts=texts)
    if json:
        screen.print_json(ledger(found.evidence, as_of))
    else:
        sys.stdout.write(ledger_text(found.evidence, as_of, width=min(screen.out().width, 110)))


def anchor(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A report's text, or our digest of it.")],
    passage: Annotated[
        str, typer.Argument(metavar="PASSAGE", help="Words of the text, exactly; - reads them from standard input.")
    ],
    occurrence: Annotated[
        int | None,
        typer.Option("--occurrence", metavar="N", min=1, help="Which one, if it stands there more than once."),
    ] = None,
    json: o.AsJson = False,
) -> None:
    """Where a passage stands in a text.

    Prints a line for evidence.yaml: position and digest, not the words; `digest_anchor` for a digest of the case,
    `anchor` for an original. A passage that the head of the file marks as filler is remarked on: no claim may cite it.

    \b
    Examples:
      standoff anchor my-case/reports/harbour-gazette.md "the boats carry no troops"
      standoff anchor my-case/reports/harbour-gazette.md "the island" --occurrence 2
      echo "two weeks" | standoff anchor my-case/reports/harbour-gazette.md -
    """
    from dataclasses import asdict

    from standoff.evidence import anchor_in_file, anchor_key
    from standoff.evidence.digests import marked_as_filler

    found = anchor_in_file(file, sys.stdin.read() if passage == "-" else passage, occurrence=occurrence)
    if json:
        screen.print_json(asdict(found))
    else:
        sys.stdout.write(f"{anchor_key(file)}: {found.to_yaml()}\n")
    marked = marked_as_filler(file, found)
    if marked:
        from standoff.errors import Problem
        from standoff.report.terminal import print_problems
        from standoff.report.words import gist

        expected = "a passage of the report itself: `standoff check` refuses a claim that cites filler"
        mend = "Cite another passage; or, if the mark is wrong, remove it from `filler` in the head of the file."
        wrong = Problem(f'filler: "{gist(marked, 90)}"', expected, mend, file=str(file), level="warning")
        print_problems([wrong], screen.err())


def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the folder to make.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FOLDER", help="Where to make it; here if not said.")
    ] = None,
    archetype: Annotated[
        str | None,
        typer.Option("--archetype", metavar="NAME", help="A case of this archetype, to be coded by its rubric."),
    ] = None,
    json: o.AsJson = False,
) -> None:
    """A small commented case that runs at once.

    \b
    Examples:
      standoff new my-case
      standoff new my-case --out ~/cases
      standoff new my-crisis --archetype ultimatum
    """
    from standoff.case import new as run
    from standoff.case import shipped_cases

    folder = run(name, out, archetype=archetype)
    if json:
        screen.print_json({"folder": str(folder)})
    else:
        from standoff.report.screen import say

        steps = {
            screen.command("assess", folder, "--quick"): "a first brief",
            screen.command("show", folder): f"what {folder / 'case.yaml'} says, in words",
            screen.command("check", folder): "after each change of yours",
        }
        if archetype is not None:
            first = {screen.command("check", folder): f"what is still to be coded in {folder / 'case.yaml'}"}
            steps = first | {command: what for command, what in steps.items() if command not in first}
        wide = max(map(len, steps))
        say(screen.out(), f"Made {folder}. Next:")
        for command, what in steps.items():
            screen.out().print(f"  {command:<{wide}}   {what}", soft_wrap=True)
    if name in shipped_cases():
        screen.say(f"A case of this name ships too; from here, `{name}` now means yours.", json)


def cases(json: o.AsJson = False) -> None:
    """The cases that ship with standoff.

    What each asks, the archetype it is coded by where it is, and how it ended.

    \b
    Examples:
      standoff cases
      standoff cases --json
    """
    from standoff.case import shipped_cases
    from standoff.language.archetype import laid_over
    from standoff.language.read import read_yaml
    from standoff.report.tables import print_cases

    rows = []
    for name, folder in shipped_cases().items():
        written = read_yaml(folder / "case.yaml")
        data, end = laid_over(written)[0].data, written.data.get("ending")
        if end:
            outcome = end["outcome"]
            end = {"outcome": outcome, "title": data["outcomes"][outcome].get("title"), "date": str(end["date"])}
        rows.append(
            {
                "name": name,
                "title": data["title"],
                "question": data.get("question"),
                "archetype": written.data.get("archetype"),
                "ended": end,
                "folder": str(folder),
            }
        )
    if json:
        screen.print_json(rows)
    else:
        print_cases(rows, screen.out())
