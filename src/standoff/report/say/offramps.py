"""Off-ramps on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import exits, words
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.thin import print_thin
from standoff.report.screen import columned, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console


def print_offramps(found: Mapping[str, Any], refs: References, console: Console, *, name: str) -> None:
    """What raises the chance of peace, at whose cost, why less does not; then what endangers the present.

    found: the plain data of `standoff.analysis.offramps`; refs: titles; name: what the case is called in commands.
    """
    if found.get("thin"):
        print_thin("Off-ramps", found, found, console, name=name)
        return
    console.print(styled(f"Off-ramps, as of {words.day(found['as_of'])}", style="bold"))
    now = found.get("now")
    if now:
        peace, safe = (words.short_percent(now[key]["mean"]) for key in ("peaceful", "safe"))
        say(console, f"As things stand: a peaceful settlement {peace}, an end without violence {safe}.")
    say(console, words.capital(found["say"]) + ".")
    if found["sets"]:
        console.print()
        _table(found, refs, console)
        for why in found["why"][:2]:
            console.print()
            say(console, f"{text_of(exits.named(why['levers'], found, refs))}: {exits.points(why['gain'])} points")
            for sentence in exits.reasons(why, found, refs):
                say(console, text_of(sentence), indent=2, hang=2)
        _together(found, refs, console)
    for sentence in exits.invalid(found, refs):
        say(console, text_of(sentence), hang=2)
    if exits.left_out(found):
        console.print()
        say(console, exits.left_out(found))
    _dangers(found, refs, console)
    console.print()
    more = command("offramps", name, "--size", found["size"] + 1)
    other = f"{command('show', name)}, which tells what each lever sets"
    say(console, f"Next: {other if found.get('dangers') else more}", hang=6)


def _table(found: Mapping[str, Any], refs: References, console: Console) -> None:
    rows = exits.shown(found)
    if not rows:
        return
    say(
        console,
        "Gain: points of a hundred by which the chance of a peaceful settlement rises. * the smallest that reach the "
        f"threshold of {exits.points(found['reach'])}.",
    )
    console.print()
    table = columned("", "Levers", "Gain", "90 % of draws", "Helps", "Costs", right=("Gain", "90 % of draws", "Helps"))
    for row in rows:
        table.add_row(
            styled("*" if row["minimal"] else ""),
            styled(", ".join(words.plain(one) for one in row["levers"])),
            styled(exits.points(row["gain"]["mean"])),
            styled(exits.span(row["gain"])),
            styled(exits.share(row["helps"]).removesuffix(" of the draws").removesuffix(" draws")),
            styled(exits.costs(row, refs)),
        )
    console.print(table)
    for row in [row for row in rows if row["minimal"]][:3]:
        wishes = exits.owners(row, found, refs)
        if wishes:
            say(console, f"{words.capital(text_of(exits.named(row['levers'], found, refs)))}: {wishes}.", hang=2)


def _together(found: Mapping[str, Any], refs: References, console: Console) -> None:
    more, less = exits.interactions(found)
    for rows, said in ((more, "do more together than apart"), (less, "replace each other")):
        for row in rows:
            pair = words.listed([text_of([exits.lever(one, found, refs)]) for one in row["levers"]])
            console.print() if row is rows[0] else None
            say(console, f"{words.capital(pair)} {said}: {exits.points(row['mean'])} points.", hang=2)


def _dangers(found: Mapping[str, Any], refs: References, console: Console) -> None:
    moves, parameters = exits.danger_moves(found), exits.danger_parameters(found)
    if not moves and not parameters:
        return
    console.print()
    console.print(styled("What most endangers the present", style="bold"))
    say(console, "By how many points of a hundred the chance of an end without violence falls.")
    console.print()
    table = columned("If this comes next", "Fall", "90 % of draws", "Leads to", right=("Fall", "90 % of draws"))
    for row in [*moves, *parameters]:
        if parameters and row is parameters[0]:
            table.add_row("")
            table.add_row(styled("If this were so", style="dim"))
        table.add_row(
            styled(words.capital(text_of(exits.danger_name(row, refs)))),
            styled(exits.points(-row["fall"]["mean"])),
            styled(exits.span({"p05": -row["fall"]["p95"], "p95": -row["fall"]["p05"]})),
            styled(text_of(exits.danger_leads(row, refs))),
        )
    console.print(table)
