"""When a report was published: what says so, how precisely, and where two sayings do not agree.

A day is taken only where a day stands. What is known of the page goes before what is read out of the prose; a source
that is vaguer is never made sharper by guessing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from urllib.parse import unquote, urlsplit

from standoff.errors import EvidenceError
from standoff.evidence.dates import DateSpan
from standoff.reading.arrived import Candidate, FoundDate
from standoff.reading.datefind import MOST, NO_SUCH_DAY, NOT_THAT_DAY, ahead, find_dates, looks_back_on

HEAD = 700  # characters at the top in which a byline or a dateline is looked for
EARLIEST = date(1900, 1, 1)
SAID = "said by you"
FRONT = "front matter"
LINE = "a line at the top"
# What an author writes over a report is taken at its word also where it lies ahead, as in an invented case; what a
# program put into a page or the name of a file is then more likely a mistake.
_AT_ITS_WORD = (SAID, FRONT, "byline", "dateline", LINE)

_BYLINE = re.compile(
    r"\b(?:published|posted|updated|last updated|first published|date|issued|released|modified)\b[:\s]*(?:on |"
    r"at )?(?:[A-Z][a-z]+day,? )?$",
    re.IGNORECASE,
)
_DATELINE = re.compile(r"(?:^|[.\s])[A-Z][A-Z .'-]{2,40}(?:, [A-Z][a-z]+)?,? (?:\([A-Za-z/ ]{2,20}\) ?-? ?)?$")
_AUTHOR = re.compile(r"\b[Bb][Yy] [A-Z][\w.' -]{2,60}[|,·•-] ?$")
_PRESENT = re.compile(
    r"\b(?:as of|today,?|we (?:now )?(?:stand|are|find ourselves|write)\b[^.!?]{0,60}? (?:on|in)|(?:I|we) "
    r"write(?: this)?,? (?:on|in)|"
    r"at the time of writing,?|writing (?:on|in)|now,? (?:on|in)|correct at|current as of|this (?:morning|evening),?)"
    r"(?: (?:on|in))?(?: the)? ?$",
    re.IGNORECASE,
)
_YEAR, _MONTH, _DAY = r"((?:19|20)\d\d)", r"(0[1-9]|1[0-2])", r"(0[1-9]|[12]\d|3[01])"
# A day in a path: 2031/03/02 or 2031-03-02 between marks; eight figures in a row only as a segment of their own, at the
# head of the last one or behind a slug of several words at the end of it: /id-20310302/ is a number like any other.
_URL_DAYS = (
    re.compile(rf"(?:^|[/_.-]){_YEAR}([/_.-]){_MONTH}\2{_DAY}(?=[/_.T-]|$)"),
    re.compile(rf"(?:^|/){_YEAR}(){_MONTH}{_DAY}(?=/|$|\.\w{{2,5}}$)"),
    re.compile(rf"(?:^|/){_YEAR}(){_MONTH}{_DAY}(?=[_-][a-z][^/]*$)", re.IGNORECASE),
    re.compile(rf"(?:^|/)(?:[a-z]{{2,40}}[_-]){{2,30}}{_YEAR}(){_MONTH}{_DAY}(?=$|\.\w{{2,5}}$)", re.IGNORECASE),
)
_NAME_DAY = re.compile(
    r"^(?!(?:id|no|nr|doc|img|dsc|ref|art|article|story|item|p)[_-])[a-z]+[_-]"
    rf"{_YEAR}(){_MONTH}{_DAY}(?=$|\.\w{{2,5}}$)", re.IGNORECASE)  # fmt: skip
_URL_MONTH = re.compile(rf"/{_YEAR}[/_-]{_MONTH}(?=/|$)(?!/\d\d?(?:/|$))")
_WIRES = {
    "reuters": "Reuters", "ap": "Associated Press", "associated press": "Associated Press",
    "afp": "Agence France-Presse",
    "dpa": "dpa", "efe": "EFE", "upi": "UPI", "xinhua": "Xinhua", "tass": "TASS", "ansa": "ANSA", "kyodo": "Kyodo",
    "bloomberg": "Bloomberg", "prensa latina": "Prensa Latina", "anadolu": "Anadolu", "afp/reuters": "AFP and Reuters",
}  # fmt: skip
_WIRE = re.compile(r"\(((?i:" + "|".join(sorted(_WIRES, key=len, reverse=True)) + r"))\) ?-")


def candidates(
    normalised: str, source: str, told: Sequence[Candidate] = (), said: DateSpan | None = None
) -> tuple[Candidate, ...]:
    """Everything that says when this was published, the most to be trusted first.

    `told`: what the file says of itself (meta tags, front matter, properties); `said`: by the user.
    """
    found = [Candidate(said, SAID)] if said else []
    strong = [one for one in told if not one.where.startswith(("file properties", LINE))]
    found += strong
    found += _at_the_top(normalised)
    found += _in_the_name(source)
    found += _of_itself(normalised)
    found += [one for one in told if one not in strong]
    return tuple(dict.fromkeys(found))


def decide(
    found: Sequence[Candidate], normalised: str, read_on: date
) -> tuple[DateSpan | None, str, DateSpan, list[str]]:
    """(published, where that is said, the span to file it under, what does not fit).

    Without a candidate the span to file under goes from what the text looks back on to the day it was read.
    """
    remarks = _doubts(normalised)
    taken = [one for one in found if one.span.first <= read_on or one.where in _AT_ITS_WORD]
    refused = [one for one in found if one not in taken and one.span not in {each.span for each in taken}]
    remarks += [f"{one.where} says {one.span}: after today, not taken; --published takes it" for one in refused]
    if not taken:
        earliest = looks_back_on(normalised, find_dates(normalised))
        if earliest is None or earliest > read_on:
            ahead_only = any(one.span is not None and one.span.first > read_on for one in find_dates(normalised))
            if refused:
                where = f"what says when it was published ({refused[0].where}: {refused[0].span}) lies after today"
            elif ahead_only:
                where = "nothing says when it was published; every date in it lies after the day of reading"
            else:
                where = "nothing says when it was published, nor is there a date in it"
            where += "; it was there on the day it was read"
            return None, where, _between(EARLIEST, read_on), remarks
        where = (
            f"nothing says when it was published; not before {earliest.year} , which it looks back on, nor after the "
            "day it was read"
        ).replace(" ,", ",")
        return None, where, _between(earliest, read_on), remarks
    best = taken[0]
    for other in taken[1:]:
        if other.span.last < best.span.first or best.span.last < other.span.first:
            remarks.append(f"dates at odds: {best.where} says {best.span}, {other.where} says {other.span}")
    inside = [one for one in taken[1:] if one.span.days < best.span.days and _within(one.span, best.span)]
    if inside and best.where != SAID:
        best = inside[0]  # the month of a URL, and the day of a byline in it
    if best.span.first > read_on:
        remarks.append(f"published after today ({DateSpan(read_on, read_on)}): taken as said")
    remarks += _later(normalised, best.span, {one.span for one in taken})
    span = replace(best.span, text=str(best.span))
    return span, best.where, span, remarks


def _doubts(normalised: str) -> list[str]:
    """What is wrong with dates in the text whenever it was published, and that not all were kept."""
    dates = find_dates(normalised)
    none = [one.words for one in dates if one.note == NO_SUCH_DAY]
    other = [f"'{one.words}', but {one.note}" for one in dates if one.note.startswith(NOT_THAT_DAY)]
    remarks = [f"the text has '{words}': {NO_SUCH_DAY}" for words in dict.fromkeys(none)][:3]
    remarks += [f"the text has {words}" for words in dict.fromkeys(other)][:3]
    if len(dates) >= MOST:
        remarks.append(f"very many dates: only the first {MOST:,} are kept")
    return remarks


def wire(normalised: str) -> str:
    """The news agency that a dateline names, or ''."""
    found = _WIRE.search(normalised[:HEAD])
    return _WIRES[found[1].lower()] if found else ""


def _between(first: date, last: date) -> DateSpan:
    return DateSpan(first, last, f"{first.isoformat()}..{last.isoformat()}")


def _within(one: DateSpan, other: DateSpan) -> bool:
    return other.first <= one.first and one.last <= other.last


def _later(normalised: str, published: DateSpan, told: set[DateSpan]) -> list[str]:
    """Dates the text looks back on that lie after it was published; those in `told` have been spoken of."""
    late = [
        one
        for one in find_dates(normalised, published)
        if one.span is not None and one.span.first > published.last and one.span not in told
        if not one.relative and (not one.note or one.note.startswith(NOT_THAT_DAY))
    ]
    back = [one for one in late if not ahead(normalised, one)]
    return [f"the text speaks of {one.words}, after it was published ({published})" for one in back[:3]]


def _at_the_top(normalised: str) -> list[Candidate]:
    found = []
    for one in find_dates(normalised[:HEAD]):
        if one.span is None or one.span.days > 31:
            continue
        before = normalised[max(0, one.start - 90) : one.start]
        if _BYLINE.search(before):
            updated = re.search(r"(?:updated|modified)\W*(?:on |at )?$", before, re.IGNORECASE)
            found.append(Candidate(one.span, "the line 'updated'" if updated else "byline"))
        elif _AUTHOR.search(before):
            found.append(Candidate(one.span, "byline"))
        elif _DATELINE.search(before) and re.match(r" ?(?:\([^)]{2,20}\) ?)?-", normalised[one.end : one.end + 25]):
            found.append(Candidate(one.span, "dateline"))
    return sorted(found, key=lambda one: one.where == "the line 'updated'")


_PRESS = re.compile(
    r"\b(?:wire|radio|times|post|gazette|daily|news|newspaper|herald|ledger|tribune|review|journal|press|agency|mail|"
    r"star|observer|chronicle|courier|guardian|telegraph|standard|television|tv|broadcasting|weekly|monitor|"
    r"independent|register|sentinel|echo|mirror|globe|dispatch|examiner|inquirer|bulletin|reporter|economist|"
    r"magazine|voice|service|messenger|argus|advertiser|"
    + "|".join(sorted(map(re.escape, _WIRES), key=len, reverse=True)) + r")\b",
    re.IGNORECASE,
)  # fmt: skip
_PLAIN_NAME = re.compile(r"(?:The )?[A-Z][\w'&.-]*(?: (?:(?:of|the|and|&|for|de|la|du|des|del) )*[A-Z][\w'&.-]*){0,5}")


def outlet_on_a_line(text: str) -> str:
    """The outlet before such a date, ``Coast Radio``; '' where what stands there is not known to be one: a place or a
    person may stand there as well."""
    for line, start, _ in _dated_lines(text):
        name = line[:start].strip(" \t,|·•:–—-")
        if _PLAIN_NAME.fullmatch(name) and _PRESS.search(name):
            return name
    return ""


def on_a_line(text: str) -> list[Candidate]:
    """A date at the end of a short line of its own near the top, such as ``Coast Radio, 13 March 2031``."""
    return [Candidate(span, LINE) for _, _, span in _dated_lines(text)]


def _dated_lines(text: str) -> Iterator[tuple[str, int, DateSpan]]:
    """(line, where its date begins, the date) of short lines near the top that end with one."""
    lines = [line.strip(" \t#*_>") for line in text[: 4 * HEAD].splitlines()]
    for line in [line for line in lines if line][:5]:
        if len(line) > 90 or len(line.split()) > 14:
            continue
        for one in find_dates(line):
            known = one.span is not None and not one.relative and not one.note and one.span.days <= 31
            alone = re.fullmatch(r"|.*[,|·•:–—-]\s*", line[: one.start]) and not line[one.end :].strip(" ,;|()")
            if known and alone and one.span is not None:
                yield line, one.start, one.span


def _in_the_name(source: str) -> list[Candidate]:
    try:
        path = unquote(urlsplit(source).path) if "://" in source else source.replace("\\", "/").rsplit("/", 1)[-1]
    except ValueError:
        return []
    page = "://" in source
    where = "URL" if page else "file name"
    for pattern in (*_URL_DAYS, *(() if page else (_NAME_DAY,))):
        for found in pattern.finditer(path):
            try:
                return [Candidate(DateSpan.parse(f"{found[1]}-{found[3]}-{found[4]}"), where)]
            except EvidenceError:
                return []  # 2031/02/30 is no day, and no sign of a month either
    month = _URL_MONTH.search(path)
    return [Candidate(DateSpan.parse(f"{month[1]}-{month[2]}"), where)] if month else []


def _of_itself(normalised: str) -> list[Candidate]:
    """Where the text says what day it is: "we stand here on", "as of"."""
    found = []
    for one in find_dates(normalised):
        if one.span is None or one.relative or one.span.days > 31:
            continue
        if _PRESENT.search(normalised[max(0, one.start - 110) : one.start]):
            found.append(Candidate(one.span, "the text, of its own day"))
    latest = max((one.span.last for one in found), default=None)
    return [one for one in found if one.span.last == latest][:1]


def resolved(normalised: str, published: DateSpan | None) -> tuple[FoundDate, ...]:
    """The dates in the text, told from a publication date where there is one of use."""
    near = published if published is not None and published.days <= 366 else None
    return find_dates(normalised, near)
