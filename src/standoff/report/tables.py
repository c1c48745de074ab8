"""What `solve`, `simulate`, `check --clock` and `cases` print: plain data as small tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from standoff.language.calendar import in_words
from standoff.report import words
from standoff.report.screen import columned, say, styled

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.language.document import CaseDocument

Plain = Mapping[str, Any]


def print_solution(
    document: CaseDocument, outcomes: Mapping[str, float], start: Plain, certificate: Plain, console: Console
) -> None:
    """Chances at the start, first moves by turn and type (`start_by_phase`), and the certificate in a line."""
    console.print(styled(document.title, style="bold").append(", at the medians of the priors", style="not bold"))
    console.print()
    table = columned("How it may end", "Chance", right=("Chance",))
    for name, chance in sorted(outcomes.items(), key=lambda row: -row[1]):
        table.add_row(styled(_outcome(document, name)), styled(f"{100 * chance:.1f}{words.NBSP}%", style="bold"))
    console.print(table)
    for actor, turns in start.items():
        for place, types in enumerate(turns, start=1):
            if types:
                console.print()
                _first_moves(document, actor, types, place if len(turns) > 1 else 0, console)
    console.print()
    say(console, _worth(certificate), style="dim")


def _first_moves(document: CaseDocument, actor: str, types: Plain, turn: int, console: Console) -> None:
    """One row a move, one column a type; `turn` counts an actor's turns in a step where it has several."""
    names = [_type(document, actor, kind) for kind in types]
    title = words.capital(document.actors[actor].title or words.plain(actor))
    which = f", {words.ordinal(turn)} turn of a {document.clock.step}" if turn else ""
    table = columned(f"{title}, at first{which}", *names, right=names)
    for move in next(iter(types.values()), {}):
        what = document.moves[actor][move].title or words.plain(move)
        cells = [styled(words.short_percent(play[move])) for play in types.values()]
        table.add_row(styled(words.capital(what)), *cells)
    console.print(table)


def print_simulation(document: CaseDocument, data: Plain, console: Console) -> None:
    """Shares with their standard errors beside what was solved for and its grid error, then the stories."""
    console.print(
        styled(document.title, style="bold").append(f", {words.count(data['paths'], 'path')}", style="not bold")
    )
    console.print()
    coarse = data["certificate"]["grid_error"]
    solved = "Solved" if coarse is None else f"Solved ± {100 * coarse:.2f}"
    table = columned("How it ended", "Share", "± error", solved, right=("Share", "± error", solved))
    for name, row in sorted(data["outcomes"].items(), key=lambda item: -item[1]["share"]):
        cells = [f"{100 * row[key]:.2f}{words.NBSP}%" for key in ("share", "error", "solved")]
        table.add_row(styled(_outcome(document, name)), styled(cells[0], style="bold"), *map(styled, cells[1:]))
    console.print(table)
    for number, story in enumerate(data["stories"], start=1):
        console.print()
        console.print(styled(f"Story {number}", style="bold"))
        for line in story["text"].splitlines():
            day, gap, rest = line.strip().partition("  ")
            if gap and day[:4].isdigit():
                say(console, f"{words.day(day)}: {rest}", indent=2, hang=2)
            else:
                say(console, line.strip(), indent=2)
    console.print()
    say(console, f"{_worth(data['certificate'])}; seed {data['seed']}", style="dim")


def print_clock(data: Plain, console: Console) -> None:
    """How far every outcome moves when the step is halved."""
    console.print()
    length = words.capital(in_words(data["step"], data["parts"]))
    heads = (f"{length} a step", "Half of it", "Moves")
    table = columned("Chance at the start", *heads, right=heads)
    for name, row in data["outcomes"].items():
        cells = [f"{100 * row[key]:.2f}{words.NBSP}%" for key in ("written", "halved")]
        moved = f"{100 * row['moved']:+.2f}".replace("-", "−")
        table.add_row(styled(words.capital(words.plain(name))), *map(styled, cells), styled(moved))
    console.print(table)
    say(console, f"Halving the step moves no outcome by more than {100 * data['largest']:.2f} points.")


def print_cases(rows: Sequence[Plain], console: Console) -> None:
    """Name, title, question, ending, archetype and place of each case."""
    for row in rows:
        console.print(styled(row["name"], style="bold").append(f"  {row['title']}", style="not bold"))
        say(console, str(row["question"] or ""), indent=2)
        end = row["ended"]
        ended = f"Ended on {words.day(end['date'])}: {end['title'] or words.plain(end['outcome'])}." if end else ""
        kind = f"Coded by the archetype {words.plain(row['archetype'])}." if row["archetype"] else ""
        if ended or kind:
            say(console, f"{ended} {kind}".strip(), indent=2)
        say(console, str(row["folder"]), indent=2, style="dim")


def _outcome(document: CaseDocument, name: str) -> str:
    return words.capital(document.outcomes[name].title or words.plain(name))


def _type(document: CaseDocument, actor: str, kind: str) -> str:
    return "Chance" if kind == "-" or kind not in document.actors[actor].types else words.capital(words.plain(kind))


def _worth(certificate: Plain) -> str:
    """The certificate in a line."""
    parts = [
        words.count(certificate["states"], "state"),
        words.count(certificate["belief_points"], "belief point"),
        f"residual {certificate['residual']:.0e}",
    ]
    if certificate["grid_error"] is not None:
        parts.append(f"grid error {100 * certificate['grid_error']:.2f} points")
    if certificate["flagged"]:
        parts.append(f"{words.count(certificate['flagged'], 'node')} did not settle")
    if certificate["near_splitting"]:
        parts.append(f"{words.count(certificate['near_splitting'], 'node')} near another equilibrium")
    parts.append(f"{certificate['seconds']:.1f} seconds")
    return "; ".join(parts)
