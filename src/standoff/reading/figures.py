"""Figures in reports: what a number counts, of whom, and which figures about the same thing are at odds.

    figures_in(text)        every number with a unit or a counted thing, with its sentence
    figures_at_odds(...)    those of different reports that cannot both be right, side by side

Two figures are about the same thing if what they count is the same (a small table of words, `counted.py`), nothing
sets one apart (killed or wounded, warships or support vessels, 500 or 500 more), and they are of the same owner: the
nation or body named with the number, else before it in the sentence, else anywhere in the sentence or the one before.
They are at odds if the two ranges (`numbers.py`) do not meet. Whether one of them is wrong is for the reader: figures
months apart may both have been right, and that is said.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from standoff.evidence.claims import Figure
from standoff.evidence.dates import MONTHS, DateSpan
from standoff.reading.counted import (
    FATE_NOUNS,
    FATE_OF,
    KINDS,
    MORE,
    NOT_COUNTED,
    SINGULAR,
    THING_OF,
    owner,
    shown_owner,
)
from standoff.reading.numbers import Number, numbers
from standoff.reading.prose import Block, sentences
from standoff.reading.stores import Store, store_of

MOVED = 14  # days between two reports from which a figure may well have changed
NEAR = 500  # characters to either side of a number in which its sentence is looked at; longer ones are lists

_TOKEN = re.compile(r"[\w&'-]+(?:\.[\w]\.?)*|[^\w\s]")
_INCREMENT = re.compile(r"\b(?:another|additional|further) $", re.IGNORECASE)
# The points of a list in a normalised text: a bullet, or a dash drawn up to the words around it.
_POINT = re.compile(r"\s?[•▪◦‣●■]\s?|\s\*\s|(?<=[.!?;:\"'])-(?=[A-Z\"'\d])|(?<=[a-z])-(?=\d[\d,]* [a-z])")
_GAP = re.compile(r"[ -]?")
_STOP = frozenset(re.findall(r"\S+",
    "in on at to from by with for near off along across into over under between against after before during since as "
    "that which who whom whose is are was were be been being has have had do does did will would could can may might "
    "shall should must and or but nor if when while where because than then also already still now not the a an this "
    "these those its their his her our your it they he she we you i said says say told according including include "
    "massed deployed stationed aboard on-board around about through within without per each every so only just both "
    "took take takes made make came come left leave remain remained had went go",
)) - frozenset(FATE_OF)  # fmt: skip
_NAME = re.compile(
    r"\b(?:[A-Z](?:\.[A-Z])+\.?|[A-Z][\w'-]*[A-Za-z])(?: (?:of |de |del |la )?[A-Z][\w'-]*[A-Za-z])*"
)
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Z][\w'-]*[A-Za-z]")
_DOES = re.compile(
    r"(?:'s)? (?:has|had|have|is|was|are|were|will|would|may|can|could|should|must|did|does|and|sent|sends|put|puts|"
    r"says|said|plans|planned|moved|deployed|lost|lists|counts|counted|claims|claimed|holds|held|keeps|kept|wants)\b"
)
_AFTER_NOUN = re.compile(r" ?(?:of|from|belonging to) (?:the |its |their )?")
_FATE_AFTER = re.compile(
    r"(?: ?[\w'-]+){0,3}?\s?(?:(?:had|have|has|been|being|were|was|are|is|reportedly|confirmed|left|,) ?){0,4}"
    r"\b(" + "|".join(sorted(FATE_OF)) + r")\b"
)
_FATE_BEFORE = re.compile(
    r"\b(kill(?:ed|ing|s)|wound(?:ed|ing)|injur(?:ed|ing)|arrest(?:ed|ing)|detain(?:ed|ing)|displac(?:ed|ing)|"
    r"s[aiu]nk(?:ing)?|destroy(?:ed|ing)|death toll(?: \w+){0,4}|deaths of|killings? of|arrests? of) $"
)
_STEMS = {
    "kill": "killed", "deat": "killed", "woun": "wounded", "inju": "wounded", "arre": "arrested", "deta": "arrested",
    "disp": "displaced", "sank": "sunk", "sunk": "sunk", "sink": "sunk", "dest": "sunk",
}  # fmt: skip
_SENTENCE_WORDS = frozenset(re.findall(r"\S+",
    "the a an in on at by for from and but or if as it he she they we you i this that these those there when while "
    "after before since however meanwhile yet although though according some several about at least more than nearly "
    "most many no not one two three what who why how where another our his her their its with without under over "
    "between during until even still now then today yesterday tomorrow early late last next first such both each every "
    "all few many much more less only perhaps reportedly police officials witnesses authorities ministers analysts "
    "experts sources people critics supporters troops soldiers army navy state local security opposition government "
    "protesters rebels militants residents reporters diplomats officers lawmakers observers dozens hundreds thousands "
    "tens up roughly approximately around almost fewer below above",
)) | {month.casefold() for month in MONTHS} | {
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class TextFigure:
    """A figure in a normalised text.

    `start`, `end`: the number with what it counts; `sentence`: (start, end) of the sentence. `thing` is what is
    counted, `words` as the text has it; `unit` as in `numbers`; `fate` killed, wounded, ... or ''; `kinds` what sets
    the thing apart; `more` whether it is so many *more*; `near` the owners named with it, `around` all in the sentence.
    """

    low: float
    high: float
    start: int
    end: int
    sentence: tuple[int, int]
    thing: str
    words: str
    unit: str = ""
    fate: str = ""
    kinds: frozenset[str] = frozenset()
    more: bool = False
    near: frozenset[str] = frozenset()
    around: frozenset[str] = frozenset()

    @property
    def about(self) -> str:
        """What is counted, in words: 'people killed', 'USD (reward)'."""
        said = f"{self.unit} ({self.thing})" if self.unit and self.thing else self.unit or self.thing
        return f"{'more ' if self.more else ''}{said}{' ' + self.fate if self.fate else ''}"

    @property
    def figure(self) -> Figure:
        """The same as a claim would give it; an open end stays infinite."""
        return Figure(self.about, self.low, self.high, self.unit)

    def to_json(self) -> dict[str, Any]:
        return {
            "start": self.start,
            "end": self.end,
            "sentence": {"start": self.sentence[0], "end": self.sentence[1]},
            "words": self.words,
            "about": self.about,
            "thing": self.thing,
            "unit": self.unit or None,
            "fate": self.fate or None,
            "more": self.more,
            "low": self.low,
            "high": None if self.high == inf else self.high,
            "of": sorted(self.near or self.around),
        }


@dataclass(frozen=True, slots=True)
class FigureText:
    """A report whose figures are compared; `text` is normalised, `filler` (start, end) of what is not the report."""

    id: str
    text: str
    published: DateSpan | None = None
    filler: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OddsSide:
    """One report's figure, with its sentence as it stands in the normalised text."""

    report: str
    published: DateSpan | None
    figure: TextFigure
    passage: str


@dataclass(frozen=True, slots=True)
class Odds:
    """Figures about one thing of which at least two cannot both be right: smallest first.

    `days` between the first and the last publication of reports at odds, None where a date is not known; `why` says in
    words what may explain it, or that nothing here does.
    """

    about: str
    sides: tuple[OddsSide, ...]
    days: int | None
    why: str

    def to_json(self) -> dict[str, Any]:
        return {
            "about": self.about,
            "days_apart": self.days,
            "why": self.why,
            "sides": [
                {
                    "report": side.report,
                    "published": None if side.published is None else str(side.published),
                    "passage": side.passage,
                    **side.figure.to_json(),
                }
                for side in self.sides
            ],
        }


def figures_in(text: str, filler: Iterable[tuple[int, int]] = ()) -> list[TextFigure]:
    """Every figure of a normalised text that counts or measures something, in order; linear in its length.

    Numbers that count nothing nameable, stretches of time (but those that a store lasts), years and parts of names are
    left out, and all in `filler`.
    """
    spans = list(_sentences(text))
    left_out = _joined(filler)
    ends = [end for _, end in left_out]
    known = frozenset(_INSIDE.findall(text))
    found: list[TextFigure] = []
    at = 0
    for number in numbers(text):
        while at < len(spans) and spans[at][1] <= number.start:
            at += 1
        if at == len(spans):
            break
        mark = bisect_left(ends, number.start + 1)
        if mark < len(ends) and left_out[mark][0] < number.end:
            continue
        made = _figure(text, number, _around(text, number, spans[at]), spans[at - 1] if at else (0, 0), known)
        if made is not None:
            found.append(made)
    return found


def _sentences(text: str) -> Iterable[tuple[int, int]]:
    """Sentences, and the points of a list in one: normalising has folded its line breaks."""
    for start, end in sentences(text, Block(0, len(text))):
        at = start
        for point in _POINT.finditer(text, start, end):
            if point.start() > at:
                yield at, point.start()
            at = point.end()
        if at < end:
            yield at, end


def _joined(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that meet made one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _around(text: str, number: Number, sentence: tuple[int, int]) -> tuple[int, int]:
    """The sentence of a number, or so much of a very long one as is near it, in whole words."""
    start, end = sentence
    if number.start - start > NEAR:
        start = number.start - NEAR
        space = text.find(" ", start, number.start)
        start = space + 1 if space >= 0 else start
    if end - number.end > NEAR:
        end = number.end + NEAR
        space = text.rfind(" ", number.end, end)
        end = space if space >= 0 else end
    return start, end


def figures_at_odds(reports: Sequence[FigureText]) -> list[Odds]:
    """Figures of different reports about the same thing that cannot both be right, the widest apart first.

    Cost: linear in the texts, then quadratic in the number of *different* figures about one thing.
    """
    order = {report.id: at for at, report in enumerate(reports)}
    by_id = {report.id: report for report in reports}
    groups: dict[tuple[str, str, str, bool], list[tuple[str, TextFigure]]] = {}
    for report in reports:
        for figure in figures_in(report.text, report.filler):
            key = (figure.thing, figure.unit, figure.fate, figure.more)
            groups.setdefault(key, []).append((report.id, figure))
    found = []
    for members in groups.values():
        for cluster in _clusters(members):
            cluster.sort(key=lambda each: (each[1].low, each[1].high, order[each[0]], each[1].start))
            found.append(_odds([(by_id[name], figure) for name, figure in cluster]))
    return sorted(found, key=lambda each: (-_spread(each), each.about))


def at_odds(one: TextFigure, other: TextFigure) -> bool:
    """Whether two figures are about the same thing and their ranges do not meet."""
    return _same_thing(one, other) and (one.high < other.low or other.high < one.low)


def _same_thing(one: TextFigure, other: TextFigure) -> bool:
    if (one.thing, one.unit, one.fate, one.more) != (other.thing, other.unit, other.fate, other.more):
        return False
    if one.kinds and other.kinds and not one.kinds & other.kinds:
        return False
    if one.near and other.near:
        return bool(one.near & other.near)
    if one.near or other.near:
        return bool((one.near or one.around) & (other.near or other.around))
    return bool(one.around & other.around) or not (one.around and other.around)


def _clusters(members: list[tuple[str, TextFigure]]) -> list[list[tuple[str, TextFigure]]]:
    """Figures at odds, together with those at odds with them; alike figures are compared once."""
    alike: dict[tuple[Any, ...], list[tuple[str, TextFigure]]] = {}
    for name, figure in members:
        key = (figure.low, figure.high, figure.kinds, figure.near, figure.around if not figure.near else frozenset())
        alike.setdefault(key, []).append((name, figure))
    heads = list(alike.values())
    parents = list(range(len(heads)))

    def root(at: int) -> int:
        while parents[at] != at:
            parents[at] = parents[parents[at]]
            at = parents[at]
        return at

    clashing: set[int] = set()
    for one in range(len(heads)):
        for other in range(one + 1, len(heads)):
            names = {name for name, _ in heads[one]} | {name for name, _ in heads[other]}
            if len(names) > 1 and at_odds(heads[one][0][1], heads[other][0][1]):
                parents[root(one)] = root(other)
                clashing |= {one, other}
    together: dict[int, list[tuple[str, TextFigure]]] = {}
    for at in sorted(clashing):
        together.setdefault(root(at), []).extend(heads[at])
    return list(together.values())


def _odds(sides: list[tuple[FigureText, TextFigure]]) -> Odds:
    shown = []
    told: set[tuple[str, float, float]] = set()
    for report, figure in sides:
        if (report.id, figure.low, figure.high) not in told:  # once a report
            told.add((report.id, figure.low, figure.high))
            passage = report.text[slice(*figure.sentence)]
            shown.append(OddsSide(report.id, report.published, figure, passage))
    spans = [side.published for side in shown]
    owners = frozenset.intersection(*[side.figure.near or side.figure.around for side in shown])
    about = shown[0].figure.about + (f" ({name})" if (name := shown_owner(owners)) else "")
    if any(span is None for span in spans):
        return Odds(about, tuple(shown), None, "A report without a date: the figures may be of different times.")
    dated = sorted({(span.first, span.last): span for span in spans if span is not None}.items())
    (_, early), (_, late) = dated[0], dated[-1]
    gap = max(0, (late.first - early.last).days)
    if gap >= MOVED:
        why = f"{_when(early, late)} against {_when(late, early)}: the number itself may have changed."
        if shown[0].figure.fate:
            why = f"{why[:-1]}, as a toll that is still counted does."
    else:
        why = "Published at about the same time: the dates do not explain it."
    return Odds(about, tuple(shown), gap, why)


def _when(span: DateSpan, other: DateSpan) -> str:
    """The month, if that tells the two apart, with the year where it is another one."""
    name = MONTHS[span.first.month - 1]
    if span.first.year != other.first.year:
        return f"{name} {span.first.year}"
    return str(span) if span.first.month == other.first.month else name


def _spread(odds: Odds) -> float:
    lows = [side.figure.low for side in odds.sides if side.figure.low > 0]
    highs = [min(side.figure.high, side.figure.low or 1) for side in odds.sides]
    return max(highs, default=1) / min(lows, default=1)


def _figure(
    text: str, number: Number, sentence: tuple[int, int], before_it: tuple[int, int], known: frozenset[str]
) -> TextFigure | None:
    phrase = _phrase(text, number.end, sentence[1])
    noun, end, capitals = _noun(phrase, number.end)
    words = [token.casefold() for token, _ in phrase if _ <= end]
    before = text[max(sentence[0], number.start - 40) : number.start]
    fate = _fate(text, number, end, sentence, before, words)
    stored = None if number.unit else store_of(text, noun, end, sentence[1])
    if stored is not None:
        return _lasting(text, number, stored, sentence, before_it, known)
    thing = THING_OF.get(noun, "") if noun else ""
    if noun in FATE_NOUNS or (not noun and fate):
        thing = "people"
    if number.unit in ("km", "km2", "points"):
        return None
    if not thing:
        if not noun or noun in NOT_COUNTED or noun.isdigit():
            return None
        if not number.unit and not (noun.endswith("s") and len(noun) > 3):
            return None  # one of the things that "last" or "way" is not
        thing = noun
    if number.unit and thing in NOT_COUNTED:
        return None
    if not number.unit and number.value == 1 and number.low == number.high:
        return None  # "one" is an article as often as a number
    kinds = frozenset(KINDS[word] for word in words if word in KINDS)
    near, around = _owners(text, number, end, sentence, before_it, known, capitals)
    increment = any(word in MORE for word in words) or bool(_INCREMENT.search(before))
    return TextFigure(
        low=number.low,
        high=number.high,
        start=number.start,
        end=end,
        sentence=sentence,
        thing=thing,
        words=text[number.start : end],
        unit=number.unit,
        fate=fate,
        kinds=kinds,
        more=increment,
        near=near,
        around=around,
    )


def _owners(
    text: str, number: Number, end: int, sentence: tuple[int, int], before_it: tuple[int, int], known: frozenset[str],
    capitals: list[str],
) -> tuple[frozenset[str], frozenset[str]]:  # fmt: skip
    """(owners named with what is counted, all in the sentence); `capitals` stand between number and noun."""
    after = text[end : min(sentence[1], end + 80)]
    near = frozenset(owner(name) for name in capitals) | _owner_after(after)
    before_it = max(before_it[0], before_it[1] - 2 * NEAR), before_it[1]
    own = [(at, name) for at, name in _names(text, sentence, known) if not number.start <= at < end]
    names = own or _names(text, before_it, known)
    if not near:
        ahead = [name for at, name in names if sentence[0] <= at < number.start]
        near = frozenset({owner(ahead[-1])}) if ahead and ";" not in text[sentence[0] : number.start][-60:] else near
    return near, frozenset(owner(name) for _, name in names)


def _lasting(
    text: str, number: Number, stored: Store, sentence: tuple[int, int], before_it: tuple[int, int],
    known: frozenset[str],
) -> TextFigure:  # fmt: skip
    """A store, by the days that it lasts; a number of weeks or months is as round as it sounds."""
    end = stored.end
    near, around = _owners(text, number, end, sentence, before_it, known, [])
    before = text[max(sentence[0], number.start - 40) : number.start]
    return TextFigure(
        low=max(0.0, number.low * stored.days - stored.slack), high=number.high * stored.days + stored.slack,
        start=number.start, end=end, sentence=sentence, thing=stored.thing, words=text[number.start : end], unit="days",
        more=bool(_INCREMENT.search(before)), near=near, around=around,
    )  # fmt: skip


def _phrase(text: str, at: int, until: int) -> list[tuple[str, int]]:
    """(word, where it ends) of the words after a number, up to the first that ends a noun phrase; six at most."""
    found: list[tuple[str, int]] = []
    place = at
    while len(found) < 6:
        gap = _GAP.match(text, place, until)
        place = gap.end() if gap else place
        token = _TOKEN.match(text, place, until)
        if token is None or not (token[0][0].isalnum()):
            break
        word = token[0].casefold()
        if word == "of" and not found:
            place = token.end()
            continue
        if word in ("the", "its", "their", "these", "those", "a", "an") and not found:
            place = token.end()
            continue
        if word in _STOP or word == "of":
            break
        head, dash, _ = token[0].partition("-")
        if dash and (head.casefold() in THING_OF or head.casefold() in FATE_NOUNS):
            # A dash between parts of a sentence, which normalising has drawn up to the words.
            found.append((head, token.start() + len(head)))
            break
        found.append((token[0], token.end()))
        place = token.end()
    return found


def _noun(phrase: list[tuple[str, int]], at: int) -> tuple[str, int, list[str]]:
    """(head noun, where it ends, names before it); '' where the number counts nothing that can be named."""
    names: list[str] = []
    for word, end in phrase:
        low = word.casefold()
        if word[:1].isupper() and low not in THING_OF:
            names.append(word)
            continue
        if low in THING_OF and (low.endswith("s") or low in SINGULAR):
            # "naval vessels" ends at vessels; "police officers" goes on
            following = [each for each, _ in phrase[phrase.index((word, end)) + 1 :]][:1]
            if following and following[0].casefold() in THING_OF:
                continue
            return low, end, names
        if low in FATE_NOUNS:
            return low, end, names
    lower = [(word.casefold(), end) for word, end in phrase if not word[:1].isupper()]
    if names and (not lower or phrase[-1][0][:1].isupper()):
        return "", at, []  # the 22 Marine Expeditionary Unit
    plural = [(word, end) for word, end in lower if word.endswith("s") and not word.endswith(("ss", "us", "is", "'s"))]
    head = plural[0] if plural else (lower[0] if lower else ("", at))
    return head[0], head[1], names


def _fate(
    text: str, number: Number, end: int, sentence: tuple[int, int], before: str, words: list[str]
) -> str:
    for word in words:
        if word in FATE_OF:
            return FATE_OF[word]
    ahead = _FATE_BEFORE.search(before.casefold())
    if ahead:
        return _STEMS[ahead[1][:4]]
    after = _FATE_AFTER.match(text, end, min(sentence[1], end + 60))
    if after and not re.search(r"\b(?:and|but|while|who|that)\b", after[0]):
        return FATE_OF[after[1].casefold()]
    return ""


def _owner_after(after: str) -> frozenset[str]:
    led = _AFTER_NOUN.match(after)
    name = _NAME.match(after, led.end()) if led else None
    return frozenset({owner(name[0])}) if name else frozenset()


_LISTENS = re.compile(r"\b(?:told|telling|informed|according to|reported by|quoted by)(?: the)? $", re.IGNORECASE)
_DATED = re.compile(r",? (?:on )?\d{1,2}(?:st|nd|rd|th)? [A-Z][a-z]{2,8} \d{4}\b")


def _names(text: str, sentence: tuple[int, int], known: frozenset[str]) -> list[tuple[int, str]]:
    """(place, name) of the names in a sentence. Its first word is written large in any case: alone, it counts as a
    name only if it is one elsewhere in the text (`known`), or does something here."""
    found = []
    for match in _NAME.finditer(text, *sentence):
        name, at = match[0], match.start()
        first, _, rest = name.partition(" ")
        heads = not text[sentence[0] : at].strip(" \"'([#*-")
        if first.casefold() in _SENTENCE_WORDS:
            if not rest:
                continue
            name, at = rest, at + len(first) + 1
        elif heads and not rest and first not in known and not _DOES.match(text, match.end()):
            continue
        if _LISTENS.search(text, max(sentence[0], at - 24), at) or _DATED.match(text, at + len(name)):
            continue  # a paper is told of things, and stands beside a date; it does not own what is counted
        found.append((at, name))
    return found
