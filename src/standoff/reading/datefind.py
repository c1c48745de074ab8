"""Dates in a text, with the precision that the words have and no more.

"on 19 November 2025" is a day, "early December 2025" ten days, "in 2018" a year. A date without its year, and one told
from the day of writing ("last week"), is placed only where it is known when the text was published; otherwise
it stays as it is and says so. Whether "on Friday" is behind or ahead is read off the verb before it (`tense`); where
none tells, the date stays open. English words, and dates in figures. Seasons are those of the north, by whole months.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from standoff.errors import EvidenceError
from standoff.evidence.dates import MONTHS, DateSpan
from standoff.reading.arrived import FoundDate
from standoff.reading.counted import THING_OF
from standoff.reading.tense import AHEAD, BEHIND, tense

_I = re.IGNORECASE
_NAMES = "|".join(sorted((form for name in MONTHS for form in (name, name[:3])), key=len, reverse=True)) + "|Sept"
_SHORT = "|".join(sorted({name[:3] for name in MONTHS if len(name) > 3}))
_DOT = rf"(?:(?<=\b(?:{_SHORT}))\.|(?<=\bSept)\.|(?<=\bMay)\.(?= \d))?"  # of a name cut short, not of the sentence
_MONTH = rf"(?P<month>(?:{_NAMES})\b{_DOT})"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DAY = r"(?P<day>[0-3]?\d)(?:st|nd|rd|th)?"
_WEEKDAY = r"(?:(?P<weekday>(?:mon|tues|wednes|thurs|fri|satur|sun)day),? (?:the )?)?"
_PART = r"(?P<part>early|mid|middle of|late|beginning of|end of|start of)"
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 2)}
_COUNTS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12,
}  # fmt: skip
_UNITS = (
    r"(?:troops?|soldiers?|people|persons?|men|women|ships?|vessels?|dollars?|euros?|pounds?|kilomet\w+|miles?|"
    r"met(?:er|re)s?|tons?|tonnes?|barrels?|percent|per cent|%|feet|votes?|km|square|times|more|others?|members?|"
    r"houses?|homes)"
)
# Whatever is counted after a number that may be a year, with a word or two before it: "2010 foreign troops".
_COUNTED = (
    r"(?:(?!(?:the|a|an|in|on|at|of|to|and|or|but|by|for|from|with|as|when|while|who|which|that|where|its|their|his|her|"
    r"was|were|is|are|had|has|have)\b)[\w'-]+ ){0,2}(?:" + "|".join((_UNITS, *sorted(THING_OF))) + r")\b"
)
_CHUNK = 32_000  # characters searched at a time
SOON = 45  # days: a date so far ahead is the nearest even where no verb says that it is ahead
MOST = 4_000  # dates kept of one text
NO_SUCH_DAY = "the calendar has no such day"
NOT_THAT_DAY = "that day is a "
_AHEAD = re.compile(
    r"\b(?:will|would|shall|next|by|until|till|before|due|scheduled|planned|expected|set to|to begin|coming|"
    r"upcoming|deadline|"
    r"forecast|from)\b(?:[\s,]+[\w-]+){0,6}\W*$", _I)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Rule:
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], DateSpan | None], FoundDate | None]


@lru_cache(maxsize=4)  # one text is asked several times while it is read
def find_dates(normalised: str, published: DateSpan | None = None) -> tuple[FoundDate, ...]:
    """Every date that the text names, in order, none overlapping.

    `published` is what the text's own present is taken to be: it gives yearless dates their year and relative
    ones their place. Linear in the length of the text; of more than `MOST` dates the first are kept.
    """
    taken: list[FoundDate] = []
    covered = bytearray(len(normalised))
    start = 0
    while start < len(normalised) and len(taken) < MOST:
        end = _cut(normalised, start + _CHUNK)
        here: list[FoundDate] = []
        for rule in _RULES:
            for found in rule.pattern.finditer(normalised, start, end):
                if any(covered[found.start() : found.end()]):
                    continue
                one = rule.read(found, published)
                if one is not None:
                    covered[one.start : one.end] = b"\1" * (one.end - one.start)
                    if one.precision:
                        here.append(one)
        taken += sorted(here, key=lambda one: one.start)
        start = end
    return tuple(taken[:MOST])


def _cut(text: str, limit: int) -> int:
    """A place at or shortly before `limit` where no date is cut in two: after a sentence, else before a word."""
    if limit >= len(text):
        return len(text)
    stop = text.rfind(". ", limit - 2_000, limit)
    space = text.rfind(" ", limit - 2_000, limit)
    return stop + 2 if stop >= 0 else space if space >= 0 else limit


def ahead(normalised: str, one: FoundDate) -> bool:
    """Whether the words before a date speak of what is still to come."""
    begin = max(one.start - 80, 0)
    sentence = max(normalised.rfind(mark, begin, one.start) for mark in (". ", "! ", "? "))
    return _AHEAD.search(normalised[max(sentence, begin) : one.start]) is not None


def looks_back_on(normalised: str, dates: tuple[FoundDate, ...]) -> date | None:
    """The first day of the latest date that the text looks back on: it was not published before. None if it
    has none."""
    told = [_begun(one) for one in dates if one.span is not None and not one.relative and not ahead(normalised, one)]
    return max(told, default=None)


def _begun(one: FoundDate) -> date:
    """The first day on which the whole of what a date names may be looked back on: of 2018 to 2023, the start
    of 2023."""
    assert one.span is not None
    years = one.precision == "interval" and one.span.last.year > one.span.first.year
    return date(one.span.last.year, 1, 1) if years else one.span.first


# How the words of each rule are read


def _found(found: re.Match[str], precision: str, first: date, last: date, note: str = "") -> FoundDate:
    words = found[0]
    return FoundDate(found.start(), found.end(), words, precision, DateSpan(first, last), note=note)


def _open(found: re.Match[str], precision: str, note: str, relative: bool = False) -> FoundDate:
    return FoundDate(found.start(), found.end(), found[0], precision, None, relative, note)


def _month_of(found: re.Match[str]) -> int:
    low = found["month"].lower().rstrip(".")
    return next(number for number, name in enumerate(MONTHS, start=1) if name.lower().startswith(low[:3]))


def _full(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    try:
        day = date(int(found["year"]), _month_of(found), int(found["day"]))
    except ValueError:
        return _open(found, "day", NO_SUCH_DAY)
    return _found(found, "day", day, day, _at_odds(found["weekday"], day))


def _at_odds(weekday: str | None, day: date) -> str:
    """What to note where a day is called by a weekday that it is not; '' where it agrees."""
    if not weekday or weekday.lower() == _WEEKDAYS[day.weekday()]:
        return ""
    return f"{NOT_THAT_DAY}{_WEEKDAYS[day.weekday()].capitalize()}, not a {weekday.capitalize()}"


def _week_of(found: re.Match[str], published: DateSpan | None) -> FoundDate | None:
    """The week of 8 December, with the year or without: Monday to Sunday; beginning, ending on: seven days."""
    made = _full(found, published) if found["year"] else _yearless(found, published)
    if made is None:
        return None
    how, note = found["how"].lower(), made.note
    if made.span is None:
        return _open(found, "week" if how == "of" else "interval", note)
    day = made.span.first
    back = 6 if how == "ending" else day.weekday() if how == "of" else 0
    first = day - timedelta(days=back)
    span = DateSpan(first, first + timedelta(days=6))
    return _found(found, span.precision, span.first, span.last, note)


def _counts(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    """Numbers of something, which no later rule may take for years: covered, and no date."""
    return FoundDate(found.start(), found.end(), found[0], "")


def _days_of_month(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    """19-21 November 2025."""
    try:
        first = date(int(found["year"]), _month_of(found), int(found["day"]))
        last = first.replace(day=int(found["other"]))
    except ValueError:
        return None
    return _found(found, "interval", first, last) if first < last else None


def _iso(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    try:
        span = DateSpan.parse(found[0])
    except EvidenceError:
        return _open(found, "week" if "W" in found[0] else "day", NO_SUCH_DAY)
    return _found(found, span.precision, span.first, span.last)


def _figures(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    """3.12.2025 has its day first; 03/12/2025 may be read in two ways."""
    one, other, year = int(found["one"]), int(found["other"]), int(found["year"])
    ways = (
        [(other, one)]
        if found["mark"] == "." or one > 12
        else [(one, other)]
        if other > 12
        else [(other, one), (one, other)]
    )
    days = []
    for month, day in ways:
        try:
            days.append(date(year, month, day))
        except ValueError:
            continue
    if not days:
        return None
    if len(set(days)) == 1:
        return _found(found, "day", days[0], days[0])
    return _open(found, "day", f"day first or month first: {min(days)} or {max(days)}")


def _part_of(words: str) -> str:
    low = words.lower()
    return "early" if low[0] in "bs" or low == "early" else "late" if low in ("late", "end of") else "mid"


def _month_year(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    part = _part_of(found["part"]) if found["part"] else ""
    span = DateSpan.parse(f"{part} {MONTHS[_month_of(found) - 1]} {found['year']}".strip())
    return _found(found, span.precision, span.first, span.last)


def _season(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    first, last = _SEASONS[found["season"].lower()]
    year = int(found["year"])
    until = year + (last < first)
    return _found(
        found, "season", date(year, first, 1), date(until, last, monthrange(until, last)[1]), "northern seasons"
    )


def _quarter(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    number = {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}.get(found["which"].lower())
    start = ((number or int(found["which"][-1])) - 1) * 3 + 1
    year = int(found["year"])
    return _found(found, "quarter", date(year, start, 1), date(year, start + 2, monthrange(year, start + 2)[1]))


def _years(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    first, last = int(found["year"]), int(found["until"])
    if last <= 99 and "-" not in found[0]:
        return None  # 2028-30 is how it is written; "from 2005 to 30" counts something
    last = last if last > 99 else first // 100 * 100 + last
    return _found(found, "interval", date(first, 1, 1), date(last, 12, 31)) if first < last else None


def _year(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    return _found(found, "year", date(int(found["year"]), 1, 1), date(int(found["year"]), 12, 31))


def _decade(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    first = int(found["year"])
    return _found(found, "decade", date(first, 1, 1), date(first + 9, 12, 31))


def _yearless(found: re.Match[str], published: DateSpan | None) -> FoundDate | None:
    """A day or a month without its year: the nearest one, where one is clearly nearest.

    Where the words look ahead ("next March", "must decide by 1 December"), the first after publication if it is the
    nearest; where they look back ("last March", "since 5 March", "they left in March"), the latest before. Where they
    say neither, the nearest: but one more than `SOON` ahead is left open, as is one more than `SOON` back where the
    words look ahead.
    """
    groups = found.groupdict()
    month, day = _month_of(found), groups.get("day")
    part = _part_of(groups["part"]) if groups.get("part") else ""
    precision = "day" if day else f"{part} month" if part else "month"
    if day and not 1 <= int(day) <= 31:
        return None
    if published is None:
        return _open(found, precision, "the year is not said")
    middle = published.first + (published.last - published.first) / 2
    ways: list[tuple[int, DateSpan]] = []
    for year in range(middle.year - 1, middle.year + 2):
        try:
            span = DateSpan.parse(f"{day or part} {MONTHS[month - 1]} {year}".strip())
        except EvidenceError:
            continue
        off = (span.first - middle).days if span.first > middle else (span.last - middle).days
        ways.append((abs(off), span))
    ways.sort(key=lambda way: way[0])
    if not ways:
        return _open(found, precision, NO_SUCH_DAY)
    before = found.string[max(0, found.start() - 30) : found.start()]
    said = _BACK.search(before)
    if said or _NEXT.search(before):
        whole = said is not None and said[1].lower() == "last"
        return _nearest_way(found, precision, [span for _, span in ways], published, bool(said), whole)
    if published.days <= 200 and ways[0][1].first > published.last:
        told = tense(found.string, found.start(), found.end())
        if told == BEHIND and ways[0][0] <= SOON and _UNTIL.search(before):
            told = ""  # "stayed away until 1 December" a few weeks before it is not told of last year
        if told == BEHIND or (told != AHEAD and ways[0][0] > SOON):
            spans = [span for _, span in ways]
            if told == BEHIND:
                return _nearest_way(found, precision, spans, published, True, False)
            near = " or ".join(str(span.first.year) for span in sorted(spans[:2], key=lambda span: span.first))
            return _open(found, precision, f"the year is not said: {near}")
    long_ago = published.days <= 200 and ways[0][1].last < published.first and ways[0][0] > SOON
    if long_ago and tense(found.string, found.start(), found.end()) == AHEAD:
        near = " or ".join(sorted(str(span.first.year) for _, span in ways[:2]))
        return _open(found, precision, f"the year is not said: {near}")
    if published.days > 200 or (len(ways) > 1 and ways[1][0] - ways[0][0] < 90):
        near = " or ".join(sorted(str(span.first.year) for _, span in ways[:2]))
        return _open(found, precision, f"the year is not said: {near}")
    span = ways[0][1]
    return _found(
        found, precision, span.first, span.last, f"the year is not said; {span.first.year} is nearest to publication"
    )


_BACK = re.compile(r"\b(since|last)(?: (?:the|early|mid|late|\w+day,?))* ?$", _I)
_NEXT = re.compile(r"\b(?:next) $", _I)
_UNTIL = re.compile(r"\b(?:by|until|till|before|no later than|ahead of)(?: the| early| mid| late)* $", _I)


def _nearest_way(
    found: re.Match[str], precision: str, spans: list[DateSpan], published: DateSpan, back: bool, whole: bool
) -> FoundDate:
    """The latest that began before publication (`whole`: that was over by then), or the earliest after it."""
    if back:
        fit = [span for span in spans if (span.last < published.first if whole else span.first <= published.first)]
        sure = [span for span in spans if (span.last < published.last if whole else span.first <= published.last)]
        chosen = max(fit, key=lambda span: span.first, default=None)
        other = max(sure, key=lambda span: span.first, default=None)
        how = "the latest before publication"
    else:
        fit = [span for span in spans if span.first > published.last]
        sure = [span for span in spans if span.first > published.first]
        chosen = min(fit, key=lambda span: span.first, default=None)
        other = min(sure, key=lambda span: span.first, default=None)
        how = "the first after publication"
    if chosen is None or other != chosen:
        return _open(found, precision, "the year is not said")
    note = f"the year is not said; {chosen.first.year} is {how}"
    return _found(found, precision, chosen.first, chosen.last, note)


def _relative(found: re.Match[str], published: DateSpan | None) -> FoundDate | None:
    low = " ".join(found[0].lower().split())
    reckon, precision = _reckoning(low)
    if reckon is None:
        return None
    if published is None:
        return _open(found, precision, "told from the day of writing, which nobody gives", relative=True)
    weekday = next((number for number, name in enumerate(_WEEKDAYS) if low.endswith(name)), None)
    if weekday is not None and low.split()[0] in ("on", "early", "late"):
        told = tense(found.string, found.start(), found.end())
        same = published.days == 1 and published.first.weekday() == weekday
        if told not in (AHEAD, BEHIND) or (told == AHEAD and same):
            note = f"told from the day of writing, {published}: before or after it is not said"
            return _open(found, precision, note, relative=True)
        reckon = _weekday(weekday, told == AHEAD)
    try:
        first, last = reckon(published.first)[0], reckon(published.last)[1]
    except (OverflowError, ValueError):  # before the first year there is, or after the last
        return None
    span = DateSpan(first, last)
    precision = precision if published.days == 1 else span.precision
    note = f"told from the day of writing, {published}"
    return FoundDate(found.start(), found.end(), found[0], precision, span, True, note)


def _after_other(found: re.Match[str], _: DateSpan | None) -> FoundDate | None:
    return _open(
        found, "week" if "week" in found[0].lower() else "day", "told from another date in the text", relative=True
    )


_Reckon = Callable[[date], tuple[date, date]]


def _reckoning(low: str) -> tuple[_Reckon | None, str]:
    """What the words make of the day of writing, and the precision they have."""
    if low in ("today", "this morning", "this afternoon", "this evening", "tonight"):
        return _shift(0, 0), "day"
    if low in ("yesterday", "last night"):
        return _shift(-1, -1), "day"
    if low == "tomorrow":
        return _shift(1, 1), "day"
    if low.endswith(("before yesterday", "after tomorrow")):
        return (_shift(-2, -2) if low.endswith("yesterday") else _shift(2, 2)), "day"
    if low.endswith("weekend"):
        return _weekend(-1 if low.startswith(("last", "past")) else 1 if low.startswith("next") else 0), "interval"
    if low in _PAST:
        return _shift(-_PAST[low], 0), "interval"
    if low.endswith("week"):
        return _week(-1 if low.startswith("last") else 1 if low.startswith("next") else 0), "week"
    if low.endswith("month"):
        return _months(-1 if low.startswith("last") else 1 if low.startswith("next") else 0), "month"
    if low.endswith("year"):
        return _whole_year(-1 if low.startswith("last") else 1 if low.startswith("next") else 0), "year"
    if low.endswith("ago"):
        return _ago(low)
    weekday = next((number for number, name in enumerate(_WEEKDAYS) if low.endswith(name)), None)
    if weekday is not None:
        return _weekday(weekday, low.startswith("next"), low.startswith("last")), "day"
    return None, ""


def _shift(first: int, last: int) -> _Reckon:
    return lambda day: (day + timedelta(first), day + timedelta(last))


# The past week is not the one before this: it ends with the day of writing.
_PAST = {"past week": 7, "past month": 31, "past year": 366}


def _week(weeks: int) -> _Reckon:
    def reckon(day: date) -> tuple[date, date]:
        monday = day - timedelta(days=day.weekday()) + timedelta(weeks=weeks)
        return monday, monday + timedelta(days=6)

    return reckon


def _weekend(weeks: int) -> _Reckon:
    """Next weekend, said before this one has begun, may be this one or the next."""

    def reckon(day: date) -> tuple[date, date]:
        saturday = day + timedelta(days=5 - day.weekday())
        either = weeks == 1 and day < saturday
        return saturday + timedelta(weeks=0 if either else weeks), saturday + timedelta(days=1, weeks=weeks)

    return reckon


def _months(by: int) -> _Reckon:
    def reckon(day: date) -> tuple[date, date]:
        year, month = divmod(day.year * 12 + day.month - 1 + by, 12)
        return date(year, month + 1, 1), date(year, month + 1, monthrange(year, month + 1)[1])

    return reckon


def _whole_year(by: int) -> _Reckon:
    return lambda day: (date(day.year + by, 1, 1), date(day.year + by, 12, 31))


def _ago(low: str) -> tuple[_Reckon | None, str]:
    """Three weeks ago is about then: give or take half the unit."""
    count, unit = low.split()[:2]
    number = _COUNTS.get(count) or (int(count) if count.isdigit() and int(count) < 500 else 0)
    if not number:
        return None, ""
    if unit.startswith("day"):
        return _shift(-number, -number), "day"
    if unit.startswith("week"):
        return _shift(-7 * number - 3, -7 * number + 3), "interval"
    if unit.startswith("month"):
        return _months(-number), "month"
    return _whole_year(-number), "year"


def _weekday(weekday: int, coming: bool, gone: bool = False) -> _Reckon:
    """The next one, or the latest one: the day of writing itself unless that is `gone`."""

    def reckon(day: date) -> tuple[date, date]:
        back = (day.weekday() - weekday) % 7 or (7 if gone else 0)
        then = day + timedelta(days=7 - back) if coming else day - timedelta(days=back)
        return then, then

    return reckon


def _rules() -> Iterator[_Rule]:
    def rule(
        pattern: str, read: Callable[[re.Match[str], DateSpan | None], FoundDate | None], flags: int = _I
    ) -> _Rule:
        return _Rule(re.compile(pattern, flags), read)

    yield rule(rf"(?<![\w/-]){_YEAR}-(?:0?[1-9]|1[0-2])-(?:0?[1-9]|[12]\d|3[01])(?![\w/-])", _iso)
    yield rule(rf"(?<![\w/-]){_YEAR}-W\d\d(?![\w/-])", _iso)
    other = r"(?P<other>[0-3]?\d)(?:st|nd|rd|th)?"
    for both in (rf"{_DAY}(?:-| to ){other}", rf"between {_DAY} and {other}"):
        yield rule(rf"\b{both}(?: of)? {_MONTH},? {_YEAR}\b", _days_of_month)
    for both in (rf"{_MONTH} {_DAY}(?:-| to ){other}", rf"between {_MONTH} {_DAY} and {other}"):
        yield rule(rf"\b{both},? {_YEAR}\b", _days_of_month)
    week = r"\b(?:the )?week (?P<how>of|beginning|starting|commencing|ending)(?: on)? (?:the )?"
    yield rule(rf"{week}{_WEEKDAY}{_DAY}(?: of)? {_MONTH}(?:,? {_YEAR}\b|(?![\w-]))", _week_of)
    yield rule(rf"{week}{_WEEKDAY}{_MONTH} {_DAY}(?:,? {_YEAR}\b|(?![\w-]))", _week_of)
    yield rule(rf"\b{_WEEKDAY}{_DAY}(?: of)? {_MONTH},? {_YEAR}\b", _full)
    yield rule(rf"\b{_WEEKDAY}{_MONTH} {_DAY},? {_YEAR}\b", _full)
    yield rule(rf"(?<![\d./])(?P<one>[0-3]?\d)(?P<mark>[./])(?P<other>[0-3]?\d)(?P=mark){_YEAR}(?![\d/])", _figures)
    yield rule(rf"\b(?:(?:the )?{_PART}[ -])?{_MONTH},? (?:of )?{_YEAR}\b", _month_year)
    yield rule(rf"\b(?P<season>spring|summer|autumn|fall|winter),? (?:of )?{_YEAR}\b", _season)
    yield rule(rf"\b(?:the )?(?P<which>(?:first|second|third|fourth|last)(?= quarter)|Q[1-4])(?: quarter)?"
               rf"(?: of)? {_YEAR}\b", _quarter)  # fmt: skip
    yield rule(rf"\b(?:from |between ){_YEAR} (?:to|and) \d[\d,.]*\d?(?= {_COUNTED})", _counts)
    yield rule(rf"\b(?:more than|fewer than|less than|as many as|nearly|almost) {_YEAR}\b(?!-\d)", _counts)
    yield rule(rf"\b{_YEAR} ?(?:-|to|or) ?(?:19|20)\d\d(?= (?:{_UNITS}|troops|soldiers)\b)", _counts)
    yield rule(
        rf"\b(?:from |between )?{_YEAR}(?: ?- ?| to | and )(?P<until>(?:19|20)\d\d|\d\d)(?![\d,.-]\d|\w)", _years
    )
    yield rule(r"\b(?:the )?(?P<year>(?:19|20)\d0)s\b", _decade)
    # Without a year: only capitalised, since "may" and "march" are words, and "May" only with a day or after "in".
    clear = "|".join(form for form in _NAMES.split("|") if form not in ("March", "Mar", "May"))
    months = rf"(?P<month>(?:{clear})\b{_DOT})"
    yield rule(rf"\b{_DAY}(?: of)? {_MONTH}(?! (?:19|20)\d\d\b)(?![\w-])", _yearless, 0)
    yield rule(rf"\b{_MONTH} {_DAY}(?![\d,.:]\d|[\w%-])(?! {_UNITS}\b)", _yearless, 0)
    yield rule(rf"\b(?:[Tt]he )?(?P<part>[Ee]arly|[Mm]id|[Mm]iddle of|[Ll]ate|[Bb]eginning of|[Ee]nd of|[Ss]tart of)"
               rf"[ -]{_MONTH}\b",
               _yearless, 0)  # fmt: skip
    yield rule(
        rf"(?:(?<=\b[Ii]n )|(?<=\b[Ss]ince )|(?<=\b[Uu]ntil )|(?<=\b[Bb]y )|(?<=\b[Ll]ast ))(?!May )(?!Mar "
        rf"){_MONTH}(?!\w)(?! [A-Z])",
        _yearless,
        0,
    )
    yield rule(rf"\b(?<![A-Z][a-z] ){months}(?![\w'])(?! [A-Z])", _yearless, 0)
    yield rule(
        r"\b(?:a|one|two|three|several) (?:days?|weeks?|months?) (?:earlier|later|before that|after that|afterwards)\b",
        _after_other,
    )
    numbers = "|".join(_COUNTS)
    yield rule(rf"\b(?:{numbers}|\d{{1,3}}) (?:days?|weeks?|months?|years?) ago\b", _relative)
    yield rule(r"\b(?:(?:earlier|later) )?(?:this|last|past|next) (?:week|weekend|month|year)\b(?!-| of)", _relative)
    yield rule(r"\b(?:the )?day (?:before yesterday|after tomorrow)\b", _relative)
    yield rule(r"\b(?:yesterday|tomorrow|tonight|this (?:morning|afternoon|evening)|last night)\b", _relative)
    yield rule(r"(?<!of )\btoday\b(?!'s)", _relative)
    yield rule(r"\b(?:(?:on|last|next|late|early|since) )(?:mon|tues|wednes|thurs|fri|satur|sun)day\b", _relative)
    yield rule(rf"(?<![\w$€£.,/#:-]){_YEAR}(?![\w%/:]|[.,-]\d)(?!-[a-z])(?! {_UNITS}\b)", _year)


_RULES = tuple(_rules())
