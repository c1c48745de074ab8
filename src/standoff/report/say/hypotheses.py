"""Competing hypotheses on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import rivals, words
from standoff.report.phrases import text_of
from standoff.report.references import References
from standoff.report.say.thin import print_thin
from standoff.report.screen import columned, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console

ROWS, LEFT_OUT = 12, 8  # of a matrix; of what an assessment leans on
Row = Mapping[str, Any]


def print_hypotheses(found: Row, refs: References, console: Console, *, name: str, set_name: str | None = None) -> None:
    """Each set with its posteriors through time and its matrix, the most telling rows first; then what it leans on.

    found: the plain data of `standoff.analysis.hypotheses`; refs: titles; name: what the case is called in commands;
    set_name: the set asked for, if one was.
    """
    if found["thin"]:
        print_thin("Competing hypotheses", found, found["thin"], console, name=name)
        return
    console.print(styled(f"Competing hypotheses, as of {words.day(found['as_of'])}", style="bold"))
    for key, one in [(set_name, found["sets"][set_name])] if set_name else rivals.shown_sets(found):
        console.print()
        console.print(styled(one["title"], style="bold"))
        _through_time(found, one, console)
        if one["matrix"] is not None:
            _matrix(found, key, one, refs, console)
    console.print()
    console.print(styled("What this leans on", style="bold"))
    told = rivals.failures(found)
    for each in told[:LEFT_OUT]:
        say(console, f"- {text_of(rivals.failure(each, found, refs))}", hang=2)
    if len(told) > LEFT_OUT:
        say(console, f"- and {words.count(len(told) - LEFT_OUT, 'more thing')} that would move something; see --json.")
    if not told:
        say(console, "No single item, report or origin: without any one of them nothing moves by two points.")
    if found["untried"]:
        say(console, f"Not left out, for there is too much: {words.count(len(found['untried']), 'item')}.")
    console.print()
    one_set = "" if set_name else f"{command('hypotheses', name, '--set-name', next(iter(found['sets'])))}; "
    say(console, f"Next: {one_set}{command('indicators', name)}", hang=6)


def _through_time(found: Row, one: Row, console: Console) -> None:
    at = rivals.dates_shown(found["dates"])
    if console.width < 90:
        at = sorted({at[0], at[-1]})
    heads = [words.day(found["dates"][m], year=False) for m in at]
    prior = any(each["prior"] is not None for each in one["hypotheses"].values())
    columns = ["Hypothesis", *(["Prior"] if prior else []), *heads, "90 % of draws"]
    table = columned(*columns, right=tuple(columns[1:]))
    for each in one["hypotheses"].values():
        cells = [words.capital(each["title"])]
        if prior:
            cells.append(words.short_percent(each["prior"]))
        cells += [_percent(each["series"][m]) for m in at]
        cells.append(words.percent_range(each["posterior"].get("p05"), each["posterior"].get("p95")))
        table.add_row(*(styled(cell) for cell in cells))
    console.print(table)


def _percent(band: Row) -> str:
    return "thin" if band.get("thin") else words.short_percent(band["mean"])


def _matrix(found: Row, key: str, one: Row, refs: References, console: Console) -> None:
    rows = rivals.telling(one)
    console.print()
    say(
        console,
        "The evidence, most telling first: how likely each item was under each hypothesis, given all before it; for "
        "what somebody said, by how much that is to be raised. 10 decibans are 10 to 1.",
    )
    names = list(one["hypotheses"])
    heads = [words.capital(rivals.short(found, key, name)) for name in names]
    right = (*heads, "Decibans")
    table = columned("Evidence", "When", *heads, "Decibans", right=right)
    for row in rows[:ROWS]:
        evidence = found["rows"][row["row"]]
        said = words.capital(text_of(rivals.item(evidence, refs, 44)))
        when = rivals.when(evidence, year=str(evidence["until"])[:4] != str(found["as_of"])[:4])
        if row.get("thin"):
            table.add_row(styled(said), styled(when), *(styled("thin") for _ in names), styled("–"))
            continue
        cells = [rivals.cell(row, evidence, name) for name in names]
        table.add_row(styled(said), styled(when), *(styled(cell) for cell in cells), styled(rivals.weight(row)))
    console.print(table)
    if len(rows) > ROWS:
        say(console, f"and {words.count(len(rows) - ROWS, 'row')} that say less.")
