"""Three views of a forecast on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import words
from standoff.report.about.views import section
from standoff.report.references import References
from standoff.report.screen import command, fitted, say, styled

if TYPE_CHECKING:
    from rich.console import Console


def print_no_views(console: Console, *, name: str) -> None:
    """A case that states no other view."""
    say(console, f"{name} has one view: it states neither `history` of a parameter or actor nor `reference_classes`.")
    say(console, "Both are keys of case.yaml; docs/how-to/three-views.md tells what they do.")


def print_views(found: Mapping[str, Any], findings: Mapping[str, Any], console: Console, *, name: str) -> None:
    """How it may end in each view, what is believed, past cases, and what history says otherwise.

    found: the plain data of `standoff.analysis.views`; findings: of the forecast; name: of the case in commands.
    """
    row = section({**findings, "views": found}, References(findings))
    assert row is not None
    console.print(styled(f"Three views, as of {words.day(found['as_of'])}", style="bold"))
    say(console, row["head"])
    if row["why"]:
        say(console, f"Why they differ: {' '.join(row['why'])}")
    if row["thin"]:
        say(console, f"No numbers from the priors of history: {row['thin']}. {found['thin'].get('mend', '')}".rstrip())
    console.print()
    table = [[one["title"], *map(_cell, one["cells"])] for one in row["outcomes"]]
    fitted(console, ["How it may end", *row["views"]], table)
    for mark in row["marks"]:
        say(console, mark, hang=2)
    for one in row["beliefs"]:
        console.print()
        table = [[kind["title"], *map(_cell, kind["cells"])] for kind in one["rows"]]
        fitted(console, [f"What is believed about {one['title']}", "Judgement", "History"], table)
    if row["classes"]:
        console.print()
        say(
            console,
            "Past cases, scaled to the time left here where their time is told; beside them, the model's chance of the "
            "same endings. An asterisk: a scenario of its own, not in the first table.",
        )
        heads = ["Of what kind", "Past cases", "Judgement", "History"][: 1 + len(row["classes"][0]["cells"])]
        kinds = [
            [f"{one['title']}: {one['count']}{' *' if one['alone'] else ''}", *map(_cell, one["cells"])]
            for one in row["classes"]
        ]
        fitted(console, heads, kinds)
        for against in dict.fromkeys(one["against"] for one in row["classes"] if one["alone"]):
            say(console, f"* At odds with “{against}”.", hang=2)
        console.print()
        for one in row["classes"]:
            endings = "; ".join(ending.label for ending in one["endings"])
            say(console, f"{one['title']}: {one['rests']} Counts as: {endings}.", hang=2)
    for one in row["replaced"]:
        console.print()
        rests = f" ({one['rests'].rstrip('.')})" if one["rests"] else ""
        say(
            console,
            f"{words.capital(one['title'])}: judgement {one['judgement']}; history {one['history']}{rests}",
            hang=2,
        )
    console.print()
    draws = f"History's priors: draws worth {row['worth']}. " if row["worth"] else ""
    other = command("compare", name, "--set", "PARAMETER=VALUE")
    say(console, f"{draws}Next: {command('hypotheses', name)}; {other}", hang=6)


def _cell(cell: Mapping[str, Any]) -> str:
    mean = " ".join(part for part in (cell["mean"], cell.get("marks")) if part)
    return f"{mean} ({cell['ninety']})" if cell["ninety"] else mean
