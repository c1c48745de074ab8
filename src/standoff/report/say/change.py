"""What changed since the last run, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import moved, words
from standoff.report.screen import columned, say, styled

if TYPE_CHECKING:
    from rich.console import Console


def print_change(found: Mapping[str, Any], console: Console, *, name: str) -> None:
    """From where to where, and because of what; a column of causes adds up to the change above it.

    found: the plain data of `standoff.analysis.change`; name: what the case is called in commands.
    """
    run = f" (run {found['folder']})" if found["folder"] else ""
    head = f"What changed from {words.day(found['since'])}{run} to {words.day(found['as_of'])}"
    console.print(styled(head, style="bold"))
    say(console, moved.headline(found))
    if found["thin"]:
        say(console, "Raise --draws, or widen priors that history contradicts.")
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
        titles = [f"{row['title']} ({row['published']})" for row in found["reports"]]
        say(console, f"New reports: {'; '.join(titles)}.", hang=2)
    console.print()
    say(console, f"Next: standoff brief {name} puts this in the brief; standoff update {name} --since DATE asks from "
        "another day.", hang=6)  # fmt: skip


def _table(head: str, rows: list[moved.Moved], console: Console) -> None:
    table = columned(head, "Then", "Now", "Points", "Sure to", right=("Then", "Now", "Points", "Sure to"))
    for one in rows:
        change = moved.change_in_points(one.row)
        cells = [
            styled(words.capital(one.title)),
            styled(words.short_percent(one.row["before"])),
            styled(words.short_percent(one.row["now"]), style="bold"),
            styled(change, style="" if change == "0" else "bold"),
            styled(moved.sure(one.row["change"])),
        ]
        table.add_row(*cells)
    console.print(table)


def _causes(found: Mapping[str, Any], console: Console) -> None:
    columns = moved.told(found, 2)
    columns = columns if console.width >= 90 else columns[:2]
    if not columns:
        parts = sum(len(step["parts"]) for step in found["steps"])
        say(console, f"{words.capital(words.count(parts, 'change'))} moved nothing by as much as half a point.")
        return
    heads = [words.capital(column.title) for column in columns]
    table = columned("Known", "", "What it was", *heads, right=tuple(heads))
    for column in table.columns[3:]:
        column.max_width = 14
    table.columns[2].min_width = max(24, console.width - 22 - 16 * len(heads))
    for cause in moved.causes(found, columns):
        effects = [styled(words.points(effect)) for effect in cause.effects]
        what = styled(words.capital(cause.what), style="dim")
        table.add_row(styled(_short(cause.when)), what, styled(words.capital(cause.said)), *effects)
    totals = [styled(words.points(column.row["change"]["mean"]), style="bold") for column in columns]
    table.add_row(styled(""), styled(""), styled("All of it", style="bold"), *totals)
    console.print(table)
    say(
        console,
        "In points, each put in after those above it: what says the same as an earlier one moves little. “Sure to” is "
        "how far the draws carry the difference, nine times in ten.",
        style="dim",
    )


def _short(day: str) -> str:
    """``10 December`` as ``10 Dec``."""
    number, _, month = day.partition(words.NBSP)
    return f"{number}{words.NBSP}{month[:3]}"
