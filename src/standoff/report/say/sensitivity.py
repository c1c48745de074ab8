"""What a forecast hangs on, on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import drives, words
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.thin import print_thin
from standoff.report.screen import columned, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console

SHOWN = 8  # effects in a table


def print_sensitivity(found: Mapping[str, Any], refs: References, console: Console, *, name: str) -> None:
    """Which numbers move which ending, and in which direction; regions; flip-points.

    found: the plain data of `standoff.analysis.sensitivity`; refs: titles; name: what the case is called in commands.
    """
    if found["thin"]:
        print_thin("What the forecast hangs on", found, found["thin"], console, name=name)
        return
    if found["say"]:
        say(console, f"No answer: {found['say']}.")
        return
    draws = f"{words.count(found['draws'], 'draw')} worth {found['effective_draws']:.0f}"
    console.print(
        styled(f"What the forecast hangs on: {words.count(len(found['inputs']), 'number')} vary, {draws}", "bold")
    )
    say(
        console,
        "How likely an ending is in the third of draws where a number is lowest, and in the third where it is highest"
        + (", the others held still" if found["adjusted"] else "")
        + ". Only what can be told from chance is listed; one in twenty of it may be chance all the same.",
    )
    for target in found["outcomes"].values():
        console.print()
        console.print(styled(f"{words.capital(target['title'])} ({words.percent(target['mean'])})", style="bold"))
        _table(target, found, refs, console)
        for pieces in (drives.region(target, found, refs), drives.half(target, found, refs)):
            if pieces:
                say(console, text_of(pieces), indent=2)
    believed = drives.beliefs(found, refs)
    if believed:
        console.print()
        console.print(styled("What is believed of them, besides their own priors", style="bold"))
        for head, pieces in believed:
            say(console, f"{head}: {text_of(pieces)}.", indent=2, hang=2)
    console.print()
    console.print(styled("Where it flips", style="bold"))
    say(console, text_of(drives.likeliest(found, refs)), indent=2)
    for pieces in drives.exact(found, refs):
        say(console, words.capital(text_of(pieces)), indent=2)
    console.print()
    first = next((one["name"] for one in found["inputs"] if one["kind"] == "parameter"), None)
    leading = next(
        (
            effect["input"]
            for target in found["outcomes"].values()
            for effect in drives.told(target)
            if drives.inputs(found)[effect["input"]]["kind"] == "parameter"
        ),
        first,
    )
    if leading and not found["exact"]:
        again = command("sensitivity", name, "--exact", leading)
        say(console, f"Next: {again}   solves anew along that number", hang=6)


def _table(target: Mapping[str, Any], found: Mapping[str, Any], refs: References, console: Console) -> None:
    rows = drives.told(target)
    known = drives.inputs(found)
    if rows:
        wide = console.width >= 90
        columns = ["Where this is high", "it is", "Lowest → highest third", *(["Change"] if wide else [])]
        table = columned(*columns, right=("Lowest → highest third", "Change"))
        for effect in rows[:SHOWN]:
            one = known[effect["input"]]
            cells = [_input(one, refs), drives.way(effect), drives.change(effect)]
            table.add_row(*(styled(cell) for cell in [*cells, *([drives.change_range(effect)] if wide else [])]))
        console.print(table)
        if len(rows) > SHOWN:
            also = text_of(drives.named(rows[SHOWN:], found, refs, most=len(rows)))
            say(console, f"Also, less: {also}.", indent=2, hang=2)
    note = drives.rest(target)
    if note:
        say(console, note, indent=2)


def _input(one: Mapping[str, Any], refs: References) -> str:
    """An input by its title, as the sentences have it, with the name that ``--exact`` and ``--set`` take."""
    if one["kind"] == "prior":
        return words.capital(drives.label(one, refs).text)
    return f"{words.capital(str(one['title'] or words.plain(one['name'])))} ({one['name']})"
