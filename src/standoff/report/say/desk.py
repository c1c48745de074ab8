"""What `standoff search`, `reprints` and `figures` print."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf
from typing import TYPE_CHECKING

from standoff.report import words
from standoff.report.screen import clean, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.evidence.reprints import Reprint
    from standoff.evidence.wording import Passage
    from standoff.reading.desk import Copies, Figures
    from standoff.reading.figures import Odds, TextFigure
    from standoff.reading.index import Answer, Hit
    from standoff.reading.shingles import Chain, Link

SHOWN = 240  # characters of a passage
PASSAGES = 3  # of a pair
_KINDS = {"report": "report", "digest": "our digest", "claim": "claim"}
_VERDICTS = {
    "reprint": "a reprint",
    "excerpt": "an excerpt",
    "quotations": "only quotations in common",
}
_ORDERS = {
    "dates": "by date",
    "declared": "as the case says",
    "named": "which names the other's outlet",
    "unknown": "or the other way round: the dates do not say",
}


def print_answer(found: Answer, case: str, console: Console) -> None:
    """Hits with the sentence that answers, its words in bold, and the line that cites it."""
    if not found.hits:
        say(console, f"Nothing in {words.count(found.entries, 'report or claim', 'reports and claims')} answers.")
    for hit in found.hits:
        _hit(hit, console)
        console.print()
    if found.total > len(found.hits):
        say(console, f"{len(found.hits)} of {found.total} are shown; --limit {found.total} shows all.", style="dim")
    if found.not_held:
        held = words.count(found.not_held, "report")
        say(console, f"The text of {held} is not at hand: name its folder with --texts.", style="dim")
    if not found.index:
        say(console, "No folder for the index can be written to: it was made in memory for this once.", style="dim")
    if found.hits and found.hits[0].anchor is not None:
        say(console, "Next: paste an anchor under a claim in evidence.yaml, then", style="dim")
        say(console, f"  {command('check', case)}", style="dim")


def print_copies(found: Copies, case: str, console: Console) -> None:
    """Chains, then pairs with what they share, then who is named as a source."""
    compared = words.count(len(found.texts), "report")
    if not found.pairs:
        say(console, f"No reprint among {compared}. That is not to say that they are independent: a paraphrase shares "
            "no wording.")  # fmt: skip
    for number, chain in enumerate(found.chains, start=1):
        _chain(chain, number, console)
        console.print()
    for pair in found.pairs:
        _pair(pair, found, console)
        console.print()
    if found.voices:
        console.print(styled("Named as a source: a hint of one origin without a copy", style="bold"))
        for voice in found.voices:
            told = f"{voice.name}: named by {_and(list(voice.named_in))}"
            say(console, told + (f"; published {_and(voice.reports)}" if voice.reports else ""), 2, 2)
        console.print()
    _not_held(found.not_held, console)
    if found.chains:
        do = "Next: give each copy `derived_from:` (the report it repeats) in its head, so that its claims count once;"
        say(console, f"{do} then {command('check', case)}", style="dim")


def print_figures(found: Figures, case: str, all_: bool, console: Console) -> None:
    """Figures at odds with both sentences; with `all_`, every figure as well."""
    number = sum(map(len, found.found.values()))
    counted = f"{words.count(number, 'figure')} in {words.count(len(found.found), 'report')}"
    if not found.odds:
        say(console, f"No figures at odds among {counted}.")
    for odds in found.odds:
        _odds(odds, console)
        console.print()
    if all_:
        console.print(styled(f"All {counted}", style="bold"))
        for report, figures in found.found.items():
            for figure in figures:
                said = f'{_range(figure)} {figure.about}, "{figure.words}"'
                say(console, f"{report}, character {figure.start}: {said}", 2, 2)
        console.print()
    if found.digests:
        say(console, f"Our digest was read in place of {words.count(len(found.digests), 'text')} not at hand "
            f"({_and(found.digests)}): --texts names a folder with originals.", style="dim")  # fmt: skip
    if found.odds:
        say(console, "Next: say what explains them under `conflicts_declared` in evidence.yaml, or give the claims "
            f"`figures:`, and see {command('evidence', case)}", style="dim")  # fmt: skip


def _hit(hit: Hit, console: Console) -> None:
    from rich.text import Text

    head = styled(f"{_KINDS[hit.kind]} {hit.id}", style="bold")
    where = f" of {hit.report}" if hit.kind == "claim" else ""
    source = ", ".join(part for part in (hit.outlet, str(hit.published)) if part)
    console.print(head.append(f"{where}: {clean(hit.title)} ({clean(source)})", style="not bold"), soft_wrap=False)
    if not hit.passage:
        return
    begin, end = _window(hit.passage, hit.marks)
    before, after = ("... " if begin else ""), (" ..." if end < len(hit.passage) else "")
    shown = Text(f"  {before}{clean(hit.passage[begin:end])}{after}")
    for start, stop in hit.marks:
        if begin <= start and stop <= end:
            shift = 2 + len(before) - begin
            shown.stylize("bold", start + shift, stop + shift)
    console.print(shown)
    if hit.anchor is not None:
        say(console, f"{hit.file}, characters {hit.start} to {hit.end}", 2, 2, style="dim")
        console.print(Text(f"  {hit.cite}: {hit.anchor.to_yaml()}", style="dim"), soft_wrap=True)


def _window(passage: str, marks: Sequence[tuple[int, int]], most: int = 400) -> tuple[int, int]:
    """A part of a long passage with the first of the words asked for; whole words."""
    if len(passage) <= most:
        return 0, len(passage)
    first = marks[0][0] if marks else 0
    begin = max(0, min(first - most // 3, len(passage) - most))
    begin = 0 if begin == 0 else passage.find(" ", begin) + 1
    end = passage.rfind(" ", begin, begin + most) if begin + most < len(passage) else len(passage)
    return begin, end


def _chain(chain: Chain, number: int, console: Console) -> None:
    begun = f"begins with {chain.origin}" if chain.origin else "where it begins the dates leave open"
    head = f"Chain {number}: {words.count(len(chain.members), 'report')}, {begun}"
    console.print(styled(head, style="bold"), soft_wrap=True)
    for link in chain.links:
        say(console, _link(link), 2, 2)


def _link(link: Link) -> str:
    share = link.pair.found.of_one if link.pair.one == link.later else link.pair.found.of_other
    what = _VERDICTS[link.pair.found.verdict]
    return f"{link.later} has {_share(share)} of its wording from {link.earlier}: {what}, {_ORDERS[link.order]}"


def _pair(pair: Reprint, found: Copies, console: Console) -> None:
    made = pair.found
    console.print(styled(f"{pair.one} and {pair.other}: {_VERDICTS[made.verdict]}", style="bold"), soft_wrap=True)
    shared = f"{_share(made.of_one)} of the wording of {pair.one}, {_share(made.of_other)} of {pair.other}"
    say(console, f"{shared}; {words.count(len(made.passages), 'passage')}, {made.shared_words:,} words", 2, 2)
    longest = sorted(made.passages, key=lambda each: -each.words)[:PASSAGES]
    for passage in sorted(longest, key=lambda each: each.one_start):
        say(console, _passage(passage, pair, found.texts[pair.one]), 2, 2)
    if len(made.passages) > PASSAGES:
        say(console, f"and {len(made.passages) - PASSAGES} shorter ones (--json lists all)", 2, 2, style="dim")


def _passage(passage: Passage, pair: Reprint, text: str) -> str:
    quoted = ", in quotation marks in both" if passage.quoted else ""
    said = words.gist(text[passage.one_start : passage.one_end], SHOWN)
    return (
        f"“{said}” ({passage.words} words{quoted}; characters {passage.one_start} to {passage.one_end}, "
        f"in {pair.other} {passage.other_start} to {passage.other_end})"
    )


def _odds(odds: Odds, console: Console) -> None:
    console.print(styled(f"{words.capital(odds.about)}: figures at odds", style="bold"), soft_wrap=True)
    say(console, odds.why, 2, 2)
    for side in odds.sides:
        when = f", {side.published}" if side.published is not None else ""
        start, end = side.figure.start - side.figure.sentence[0], side.figure.end - side.figure.sentence[0]
        begin, stop = _window(side.passage, [(start, end)], SHOWN)
        said = ("... " if begin else "") + side.passage[begin:stop] + (" ..." if stop < len(side.passage) else "")
        place = f"{side.report}{when}, character {side.figure.start}"
        say(console, f"{_range(side.figure)}: “{said}” ({place})", 2, 2)


def _range(figure: TextFigure) -> str:
    """``15,000``, ``13,500 to 16,500``, ``200,000 or more``: what the words allow."""
    if figure.high == inf:
        return f"{figure.low:,.10g} or more"
    if figure.low == 0:
        return f"{figure.high:,.10g} or fewer"
    return f"{figure.low:,.10g}" if figure.low == figure.high else f"{figure.low:,.10g} to {figure.high:,.10g}"


def _not_held(names: Sequence[str], console: Console) -> None:
    if names:
        said = words.count(len(names), "report")
        where = "--texts names a folder with originals."
        say(console, f"Not compared, since the text of {said} is not at hand: {_and(names)}. {where}", style="dim")


def _share(share: float) -> str:
    return f"{100 * share:.0f}{words.NBSP}%"


def _and(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
