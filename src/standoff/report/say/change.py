"""What changed since the last run, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import moved, words
from standoff.report.screen import command, fitted, say

if TYPE_CHECKING:
    from rich.console import Console


TEXT = 30  # least width of what it was, in characters
CELL = 14  # width of a column of points: its title is folded to it
AROUND = 2  # blanks between columns


def print_change(found: Mapping[str, Any], console: Console, *, name: str) -> None:
    """From where to where, and because of what; a column of causes adds up to the change above it.

    found: the plain data of `standoff.analysis.change`; name: what the case is called in commands.
    """
    run = f" (run {found['folder']})" if found["folder"] else ""
    if found["since"] == found["as_of"]:
        head = f"What changed since {moved.since(found)}, {words.day(found['since'])}{run}"
    else:
        head = f"What changed from {words.day(found['since'])}{run} to {words.day(found['as_of'])}"
    say(console, head, style="bold")
    say(console, moved.headline(found))
    if found["thin"]:
        say(console, found["thin"].get("mend", ""))
    if found["why"]:
        say(console, found["why"])
    rows = moved.outcomes(found)
    if rows and found["status"] != "unchanged":
        console.print()
        _table("How it may end", rows, console)
        beliefs = [one for one in moved.types(found) if one.size >= moved.LITTLE]
        if beliefs:
            console.print()
            _table("What is believed", beliefs, console)
    if found["steps"]:
        console.print()
        _causes(found, console)
    if found["reports"]:
        console.print()
        titles = [f"{row['title']} ({moved.dated(row['published'])})" for row in found["reports"]]
        say(console, f"New reports: {'; '.join(titles)}.", hang=2)
    console.print()
    other = command("update", name, "--since", "DATE")
    say(console, f"Next: {command('brief', name)} puts this in the brief; {other} asks from another day.", hang=6)


def _table(head: str, rows: list[moved.Moved], console: Console) -> None:
    cells = [
        [
            words.capital(one.title),
            moved.percent(one.row["before"]),
            moved.percent(one.row["now"]),
            moved.change_in_points(one.row),
            moved.sure(one.row["change"]),
        ]
        for one in rows
    ]
    fitted(console, [head, "Then", "Now", "Points", "Sure to"], cells, bold=(2, 3))


def _causes(found: Mapping[str, Any], console: Console) -> None:
    room = console.width - 7 - AROUND - TEXT
    fits = max(1, min(5, room // (CELL + AROUND)))
    columns = moved.told(found, fits)
    columns = columns if len(columns) <= fits else [*columns[: fits - 1], columns[-1]] if fits > 1 else columns[:1]
    if not columns:
        parts = sum(len(step["parts"]) for step in found["steps"])
        say(console, f"{words.capital(words.count(parts, 'change'))} moved nothing by as much as half a point.")
        return
    causes = moved.causes(found, columns)
    rows = []
    for cause in causes:
        said = f"{words.capital(cause.what)}: {cause.said}" if cause.what else words.capital(cause.said)
        rows.append([_short(cause.when), said, *(moved.points(effect) for effect in cause.effects)])
    rows.append(["", "All of it", *(moved.change_in_points(column.row) for column in columns)])
    heads = ["Known", "What it was", *(words.gist(words.capital(column.title), 64) for column in columns)]
    fitted(console, heads, rows, text=1, most=CELL, last=True)
    rounded = "" if moved.all_add_up(causes, columns) else f" {moved.ROUNDED}"
    missing = moved.left_out(found, columns)
    if missing:
        named = [f"“{words.gist(one.title, 60)}”" for one in missing[:4]]
        more = [words.count(len(missing) - 4, "more", "more")] if len(missing) > 4 else []
        say(console, f"No room for columns of {words.listed(named + more)}: --json has all.", style="dim")
    say(
        console,
        "In points, each put in after those above it: what says the same as an earlier one moves little. “Sure to” is "
        f"how far the draws carry the difference, nine times in ten.{rounded}",
        style="dim",
    )


def _short(day: str) -> str:
    """``10 December`` as ``10 Dec``."""
    number, _, month = day.partition(words.NBSP)
    return f"{number}{words.NBSP}{month[:3]}"
