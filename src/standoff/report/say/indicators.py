"""The watch list on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import watch, words
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.thin import print_thin
from standoff.report.screen import columned, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console

TOLD = 5  # indicators in whole sentences


def print_indicators(found: Mapping[str, Any], refs: References, console: Console, *, name: str) -> None:
    """What to watch for, the most telling first; what it would mean; what cannot be seen, and why.

    found: the plain data of `standoff.analysis.indicators`; refs: titles; name: what the case is called in commands.
    """
    if not found["horizons"]:
        say(console, "The clock of this case is over: there is nothing left to watch for.")
        return
    by = watch.by_when(found)
    if found["thin"]:
        print_thin(f"What to watch for {by}", found, found["thin"], console, name=name)
        return
    console.print(styled(f"What to watch for {by}, as of {words.day(found['as_of'])}", style="bold"))
    rows = [row for row in found["indicators"] if not row["never"] and row["chance"]]
    if rows:
        say(
            console,
            "The most telling about the outcome first. Bits: what it helps to watch; 1 settles an even bet.",
        )
        console.print()
        _table(found, rows, refs, console)
    for row in watch.leading(found, TOLD):
        say(console, f"- {text_of(watch.sentence(row, found, refs))}", hang=2)
    for actor in found["hypotheses"]:
        best = watch.tellers(found, actor)
        who = words.mid_sentence(refs.title("actor", actor))
        told = [f"{watch.short_name(row, refs)} ({watch.bits(row['bits'][actor])})" for row in best]
        console.print()
        say(
            console,
            f"Most telling about {who}: {'; '.join(told)}." if told else f"Nothing here tells much about {who}.",
        )
    for reason, titles in watch.never(found, refs):
        console.print()
        say(console, f"{words.capital(reason)}: {words.listed(titles)}.", hang=2)
    console.print()
    others = [str(one["days"]) for one in found["horizons"] if one != found["within"]]
    first, *more = [*others, "next"]
    also = f" (or {words.listed(more, 'or')})" if more else ""
    say(console, f"Next: {command('indicators', name, '--within', first)}{also}", hang=6)


def _table(found: Mapping[str, Any], rows: list[Mapping[str, Any]], refs: References, console: Console) -> None:
    wide = console.width >= 90
    columns = ["Seen by then", "Chance", "90 % of draws", "Speaks for", "If not", "Now", "If seen", "Bits"]
    columns = columns if wide else [c for c in columns if c not in ("90 % of draws", "Now")]
    table = columned(*columns, right=("Chance", "90 % of draws", "If not", "Now", "If seen", "Bits"))
    for row in rows:
        best = watch.spoken_for(row, found)
        outcome, without, now, then = best or ("", None, None, None)
        bits = None if row["bits"] is None else row["bits"]["outcome"]
        cells = {
            "Seen by then": words.capital(watch.short_name(row, refs)),
            "Chance": words.short_percent(row["chance"]["mean"]),
            "90 % of draws": words.percent_range(row["chance"].get("p05"), row["chance"].get("p95")),
            "Speaks for": refs.title("outcome", outcome).rstrip(".")
            if outcome
            else "too few draws"
            if bits is None
            else "nothing",
            "If not": words.short_percent(without) if best else "",
            "Now": words.short_percent(now) if best else "",
            "If seen": words.short_percent(then) if best else "",
            "Bits": "" if bits is None else watch.short_bits(bits),
        }
        table.add_row(*(styled(cells[column]) for column in columns))
    console.print(table)
    console.print()
