"""Two sides of a comparison on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.report import moved, words
from standoff.report.screen import columned, say, styled

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]
WIDE = 96


def print_comparison(found: Mapping[str, Any], console: Console) -> None:
    """Both sides, the differences, and which of them did what.

    found: the plain data of `standoff.analysis.compare`.
    """
    for side in ("a", "b"):
        console.print(styled(f"{side.upper()}  ", style="bold").append(_side(found[side]), style="not bold"))
    _differs(found["differs"], console)
    console.print()
    if found["thin"]:
        say(console, f"No numbers: {found['thin']['say']}. Raise --draws, or widen priors that history contradicts.")
        return
    _table("How it may end", _ranked(found["outcomes"]), found, console)
    for actor, kinds in found["beliefs"].items():
        console.print()
        who = words.mid_sentence(str(found["actors"][actor]))
        _table(f"What is believed about {who}", list(kinds.values()), found, console)
    console.print()
    if not _moved(found):
        say(console, "The two sides give the same numbers to the last digit.")
        return
    said = "B less A is in points. “Sure to”: how far these draws carry the difference (90 %; both sides have the same "
    said += "draws)."
    if console.width >= WIDE:
        said += " “In one draw”: how the same draw differs, for nine draws in ten."
    say(console, said, style="dim")
    _split(found, console)
    for side in ("a", "b"):
        only = found["only_in"][side]
        if only:
            say(console, f"Only {side.upper()} has: {words.listed([words.plain(name) for name in only])}.", style="dim")
    worth = " and ".join(f"{found[side]['effective_draws']:.0f} in {side.upper()}" for side in ("a", "b"))
    draws = words.count(int(found["draws"]), "common draw")
    say(console, f"{draws}, worth {worth}; seed {found['seed']}; version {found['version']}", style="dim")


def _side(side: Row) -> str:
    by_hand = ", ".join(f"{words.plain(name)} set to {value:g}" for name, value in side["set"].items())
    return f"{side['name']}, as of {words.day(side['as_of'])}{', ' + by_hand if by_hand else ''}"


def _differs(differs: Row, console: Console) -> None:
    assumed, items = differs["assumptions"], differs["evidence"]
    if not assumed and not items:
        say(console, "They differ in nothing that decides a forecast, but perhaps the date.", style="dim")
    if assumed:
        told = [moved._assumption(row) for row in assumed[:4]]
        more = f"; and {len(assumed) - 4} more" if len(assumed) > 4 else ""
        say(console, f"Assumed otherwise in B: {'; '.join(told)}{more}.", hang=2)
    if items:
        kinds = {"history": "move or event", "claim": "claim that bears on something", "report": "report's weight"}
        plural = {"history": "moves or events", "claim": "claims that bear on something", "report": "reports' weights"}
        counts: dict[tuple[str, str], int] = {}
        for item in items:
            counts[item["what"], item["kind"]] = counts.get((item["what"], item["kind"]), 0) + 1
        told = [
            f"{words.count(number, kinds.get(kind, words.plain(kind)), plural.get(kind))} {_in_b(what)}"
            for (what, kind), number in counts.items()
        ]
        say(console, f"Known otherwise in B: {words.listed(told)}.", hang=2)


def _in_b(what: str) -> str:
    return {"new": "more", "removed": "less"}.get(what, "changed")


def _ranked(rows: Row) -> list[Row]:
    return sorted(rows.values(), key=lambda row: -abs(row["difference"]["mean"] if row["difference"] else 0.0))


def _moved(found: Row) -> bool:
    return any(row["difference"] and abs(row["difference"]["mean"]) > 1e-12 for row in _all(found))


def _all(found: Row) -> list[Row]:
    return [*found["outcomes"].values(), *(row for kinds in found["beliefs"].values() for row in kinds.values())]


def _table(head: str, rows: list[Row], found: Row, console: Console) -> None:
    both = _both(found)
    columns = [head, "A", "B", "B less A", "Sure to"]
    columns += ["In one draw"] if console.width >= WIDE else []
    columns += ["Evidence", "Assumed"] if both else []
    table = columned(*columns, right=tuple(columns[1:]))
    for row in rows:
        cells = [
            styled(words.capital(str(row["title"]))),
            styled(words.short_percent(row["a"]["mean"])),
            styled(words.short_percent(row["b"]["mean"])),
            styled(words.shift(row["a"]["mean"], row["b"]["mean"]), style="bold"),
            styled(moved.sure(row["difference"])),
        ]
        if console.width >= WIDE:
            cells.append(styled(moved.sure(row["per_draw"])))
        if both:
            split = (row["evidence"], row["assumptions"])
            cells += [styled(words.points(part["mean"]) if part else "–") for part in split]
        table.add_row(*cells)
    console.print(table)


def _both(found: Row) -> bool:
    """Whether evidence and assumptions both differ, so that it matters which did what."""
    rows = _all(found)
    return all(
        any(row[key] and abs(row[key]["mean"]) > 1e-12 for row in rows) for key in ("evidence", "assumptions")
    )


def _split(found: Row, console: Console) -> None:
    missing = [one for one in found["corners"] if one["outcomes"] is None and one["evidence"] != one["assumptions"]]
    for one in missing:
        which = f"{one['evidence'].upper()}'s evidence under {one['assumptions'].upper()}'s assumptions"
        say(console, f"Without numbers: {which} ({one['why']}).", hang=2)
    if found["split"] == "none":
        say(console, "So what the evidence did and what the assumptions did cannot be told apart.")
    elif found["split"] != "both orders":
        say(console, f"So the difference is told apart in one order only: {found['split']}.")
    elif _both(found):
        far = max((abs(row["interaction"]["mean"]) for row in _all(found)), default=0.0)
        said = "Evidence and assumptions add up to the difference: each is the mean of what it does before and after "
        apart = words.in_points(words.points(far)).lstrip("+")
        said += f"the other was put in. The two orders differ by {apart} at most."
        say(console, said, style="dim")
