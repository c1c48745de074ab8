"""Two sides of a comparison on a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from standoff.report import moved, words
from standoff.report.screen import command, fitted, say

if TYPE_CHECKING:
    from rich.console import Console

Row = Mapping[str, Any]
WIDE = 96
NARROW = 24  # least width of titles beside all columns
NAMED = 5  # items of evidence that are named one by one
HEADS = {"new": "Known in B and not in A", "removed": "Known in A and not in B", "changed": "Other in B than in A"}
COUNTED = {"new": "only B knows of", "removed": "only A knows of", "changed": "other in B are"}
KINDS = {
    "history": ("move or event", "moves or events"),
    "claim": ("claim", "claims"),
    "report": ("report by its grade, date or origin", "reports by their grades, dates or origins"),
    "gap": ("time declared unreported", "times declared unreported"),
    "discount": ("table of what grades are worth", "tables of what grades are worth"),
}


def print_comparison(found: Mapping[str, Any], console: Console) -> None:
    """Both sides, the differences, and which of them did what.

    found: the plain data of `standoff.analysis.compare`.
    """
    for side in ("a", "b"):
        say(console, f"{side.upper()}  {_side(found[side])}", hang=3)
    _differs(found, console)
    console.print()
    if found["thin"]:
        say(console, f"No numbers: {found['thin']['say']}. {found['thin'].get('mend', '')}".rstrip())
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
    said = (
        f"B less A is in points. “Sure to”: how far these draws carry the difference (90{words.NBSP}%; both sides have "
        "the same draws)."
    )
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


def _differs(found: Row, console: Console) -> None:
    differs = found["differs"]
    assumed, items = differs["assumptions"], differs["evidence"]
    dates = _dates(found["a"], found["b"])
    if dates:
        only = "" if assumed or items else " They differ in nothing else that decides a forecast."
        say(console, f"Dates: {dates}.{only}", hang=2)
    elif not assumed and not items:
        say(console, "They differ in nothing that decides a forecast.", style="dim")
    if assumed:
        told = [moved.assumption(row) for row in assumed[:4]]
        more = f"; and {len(assumed) - 4} more" if len(assumed) > 4 else ""
        say(console, f"Assumed otherwise in B: {'; '.join(told)}{more}.", hang=2)
    if items and len(items) <= NAMED:
        for what, head in HEADS.items():
            named = [moved.reason(found, {**item, "what": _kept(what)}) for item in items if item["what"] == what]
            if named:
                say(console, f"{head}: {'; '.join(named)}.", hang=2)
    elif items:
        told = [f"{head[:1].lower()}{head[1:]} {counts}" for what, head in COUNTED.items()
                if (counts := _counts([item for item in items if item["what"] == what]))]  # fmt: skip
        tells = f" `{command('update')}` tells what each did." if found["a"]["title"] == found["b"]["title"] else ""
        say(console, f"{words.capital(words.listed(told))}.{tells}", hang=2)


def _dates(a: Row, b: Row) -> str:
    """By how much the dates differ, and which of them lies where nothing is forecast any more."""
    first, last = (date.fromisoformat(side["as_of"]) for side in (a, b))
    over = [
        f"in {name} the clock had run out on {words.day(side['clock_ends'])}, so that it tells how things stood then"
        for name, side in (("A", a), ("B", b))
        if side["as_of"] >= side["clock_ends"]
    ]
    if first == last:
        return ""
    name, apart = ("A", first - last) if first > last else ("B", last - first)
    return "; ".join([f"{name} is {words.count(apart.days, 'day')} later", *over])


def _kept(what: str) -> str:
    """What only one side has is told as it is: nothing was withdrawn from the other."""
    return "new" if what == "removed" else what


def _counts(items: list[Row]) -> str:
    counts: dict[str, int] = {}
    for item in items:
        counts[item["kind"]] = counts.get(item["kind"], 0) + 1
    return words.listed([words.count(number, *KINDS[kind]) for kind, number in counts.items()])


def _ranked(rows: Row) -> list[Row]:
    return sorted(rows.values(), key=lambda row: -abs(row["difference"]["mean"] if row["difference"] else 0.0))


def _moved(found: Row) -> bool:
    return any(row["difference"] and abs(row["difference"]["mean"]) > 1e-12 for row in _all(found))


def _all(found: Row) -> list[Row]:
    return [*found["outcomes"].values(), *(row for kinds in found["beliefs"].values() for row in kinds.values())]


def _table(head: str, rows: list[Row], found: Row, console: Console) -> None:
    columns = ["A", "B", "B less A", "Sure to"] + (["In one draw"] if console.width >= WIDE else [])
    split = ["Evidence", "Assumed"] if _both(found) else []
    first, then = [], []
    for row in rows:
        a, b = (row[side]["mean"] for side in ("a", "b"))
        cells = [moved.percent(a), moved.percent(b), moved.between(a, b), moved.sure(row["difference"])]
        first.append(cells + ([moved.sure(row["per_draw"])] if console.width >= WIDE else []))
        then.append([moved.points(row[key]["mean"] if row[key] else None) for key in ("evidence", "assumptions")])
    titles = [words.capital(str(row["title"])) for row in rows]
    wide = [max(len(name), *(len(line[c]) for line in first)) + 2 for c, name in enumerate(columns)]
    apart = bool(split) and console.width - sum(wide) - sum(len(name) + 2 for name in split) < NARROW
    if not apart and split:
        columns, first = columns + split, [a + b for a, b in zip(first, then, strict=True)]
    fitted(console, [head, *columns], [[t, *line] for t, line in zip(titles, first, strict=True)], bold=(3,))
    if apart:
        console.print()
        sums = [moved.between(row["a"]["mean"], row["b"]["mean"]) for row in rows]
        lines = [[t, *line, total] for t, line, total in zip(titles, then, sums, strict=True)]
        fitted(console, ["Of which", *split, "B less A"], lines, bold=(3,))


def _rounded(found: Row) -> bool:
    """Whether somewhere the printed parts miss the printed difference."""
    return any(
        not moved.adds_up(
            [moved.points(row[key]["mean"]) for key in ("evidence", "assumptions")],
            moved.between(row["a"]["mean"], row["b"]["mean"]),
        )
        for row in _all(found)
        if row["evidence"] and row["assumptions"]
    )


def _both(found: Row) -> bool:
    """Whether evidence and assumptions both differ, so that it matters which did what."""
    rows = _all(found)
    return all(any(row[key] and abs(row[key]["mean"]) > 1e-12 for row in rows) for key in ("evidence", "assumptions"))


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
        apart = moved.points(far).lstrip("+−")
        said += f"the other was put in. The two orders differ by {apart} points at most."
        said += f" {moved.ROUNDED}" if _rounded(found) else ""
        say(console, said, style="dim")
