"""What `standoff read` prints: for each report what it is, when it is from, what in it is not the report, whom
it repeats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from standoff.report import words
from standoff.report.screen import clean, command, say, styled

if TYPE_CHECKING:
    from rich.console import Console

    from standoff.reading.arrive import Arrivals
    from standoff.reading.arrived import Arrived, FoundDate

MOST = 12
SHELF = "reports"
_NARROW = 79
_LABEL = 11
_SOURCES = {
    "said by you": "as you said",
    "front matter": "from its front matter",
    "the text, of its own day": "by what the text says of its own day",
}
_UNSAID = "the year is not said"
_VERDICTS = {"reprint": "a reprint of", "excerpt": "has an excerpt in common with", "quotations": "quotes the same as"}


def print_arrivals(arrivals: Arrivals, console: Console) -> None:
    """Every report in a few lines, then what to do next."""
    for report in arrivals.reports:
        _report(report, arrivals, console)
        console.print()
    for odds in (arrivals.odds or ())[:MOST]:
        console.print(styled(f"Figures at odds: {odds.about}", style="bold"), soft_wrap=True)
        for side in odds.sides[:6]:
            say(console, f'{side.figure.words} ({side.report}): "{words.gist(side.passage, 140)}"', indent=2, hang=2)
        say(console, words.capital(odds.why), indent=2)
        console.print()
    if arrivals.odds is not None and len(arrivals.odds) > MOST:
        console.print(
            styled(f"and {len(arrivals.odds) - MOST} more figures at odds; --json has them all"), soft_wrap=True
        )
    _next(arrivals, console)


def _report(report: Arrived, arrivals: Arrivals, console: Console) -> None:
    console.print(styled(report.title, style="bold"), soft_wrap=True)
    _line(console, "outlet", report.outlet or "not said")
    if report.origin:
        _line(
            console, "origin", f"{report.origin}, by its dateline: whatever else retells that wire counts with it once"
        )
    _line(console, "published", _published(report))
    if "grade" in report.head:
        why = report.head.get("grade_because")
        _line(console, "grade", f"{report.head['grade']}{f' ({why})' if why else ''}, from its own head")
    share = f"{words.percent(report.filler_share)} of it filler" if report.filler else "no filler found"
    _line(console, "words", f"{report.words:,} ({report.form}); {share}")
    body = report.normalised
    for number, mark in enumerate(report.filler[:MOST]):
        quoted = words.gist(body[mark.start : mark.end], 110)
        _line(console, "filler" if not number else "", f'"{quoted}": {mark.why}')
    if len(report.filler) > MOST:
        _line(console, "", f"and {len(report.filler) - MOST} more passages")
    told = list(dict.fromkeys(map(_date, report.dates)))
    if told:
        more = f"; and {len(told) - MOST} more" if len(told) > MOST else ""
        _line(console, "dates", "; ".join(told[:MOST]) + more)
    for pair in arrivals.alike.get(report.id, ())[:5]:
        verdict = _VERDICTS.get(pair.found.verdict, "shares wording with")
        _line(console, "reprint", f"{verdict} {pair.other}: {words.percent(pair.found.of_one)} of this one's wording")
    for remark in report.remarks:
        _line(console, "mind", remark)
    _line(console, "filed", _filed(report, arrivals))


def _published(report: Arrived) -> str:
    if report.published is not None:
        part = report.published.precision.endswith(" month")  # "early March" says itself how precise it is
        precise = "" if part else f" ({report.published.precision})"
        return f"{report.published}{precise}, {_SOURCES.get(report.published_from) or f'from {report.published_from}'}"
    return f"{report.published_from}. Filed as {report.filed_as}: known from the last of these days on, no sooner"


def _date(one: FoundDate) -> str:
    if one.span is None:
        return f'"{one.words}" ({one.note or one.precision})'
    said = str(one.span)
    if one.note.startswith(_UNSAID):
        return f'"{one.words}": {said} ({_UNSAID})'
    return said if one.words.lower().strip() == said.lower() else f'"{one.words}": {said}'


def _filed(report: Arrived, arrivals: Arrivals) -> str:
    if report.filing == "already there":
        return f"there already: {report.file or report.id}"
    if not arrivals.folder:
        return f"nowhere; with --into CASE it would be reports/{report.id}.md"
    return f"would be {report.file}" if arrivals.dry else f"{report.file}"


def _line(console: Console, label: str, text: str) -> None:
    say(console, f"{label:<{_LABEL}}{text}", indent=2, hang=_LABEL)


def _next(arrivals: Arrivals, console: Console) -> None:
    read = len(arrivals.reports)
    new = [report for report in arrivals.reports if report.filing == "new"]
    if not read:
        return
    undated = [report for report in new if report.published is None]
    if undated:
        say(
            console,
            "Nothing says when these were published. Whoever knows more says so with --published, or mends "
            "`published` in "
            "the file; until then no forecast before the day of reading uses them:",
        )
        for report in undated:
            console.print(styled(f"  {report.id}"), soft_wrap=True)
    if not arrivals.folder or arrivals.dry:
        console.print(styled("Nothing was written."), soft_wrap=True)
        return
    if new:
        console.print(styled("Next"), soft_wrap=True)
        # One line serves for all of them where there are several: the files are named above.
        first = new[0].file if len(new) == 1 else f"{SHELF}/ID.md"
        for line, what in (
            (command("anchor", f"{arrivals.folder}/{first}", "PASSAGE"), "an anchor for a claim of yours"),
            (command("check", arrivals.folder), "which reports no claim cites yet"),
        ):
            room = len(line) + len(what) + 5 <= _NARROW
            console.print(f"  {clean(line)}" + (f"   {what}" if room else ""), soft_wrap=True)
            if not room:
                console.print(f"      {what}", soft_wrap=True)
