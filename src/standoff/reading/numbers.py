"""Numbers in running text, with the vagueness they are told with: "about 4,500", "two dozen", "more than 80".

A number is a range. Words that hedge widen it by a stated amount, words that bound leave one side open, and a round
number is taken to be rounded:

    15,000                  14,500 to 15,500    half of the last place that is not zero, at most 5 %, from 100 on
    about, some, roughly    10 % to either side
    nearly, almost          from 10 % below
    at least, more than     no upper end
    up to, fewer than       no lower end
    dozens, hundreds, ...   from two of them to ten of them
    10,000 to 15,000        as told

Years, days of a month, clock times, ordinals, parts of names ("F-35", "12-year"), numbers of articles and what is
beyond 10^15, which nobody has counted, are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import floor, inf, log10

HEDGE = 0.10
ROUND = 0.05
LARGEST = 1e15
_DIGITS = 40  # characters of a number in figures

_UNITS = {
    word: value
    for value, word in enumerate(
        re.findall(
            r"\w+",
            "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
            "seventeen eighteen nineteen",
        )
    )
}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_SCALES = {
    "hundred": 100, "thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000, "trillion": 10**12,
    "dozen": 12, "score": 20, "m": 1_000_000, "mn": 1_000_000, "bn": 1_000_000_000, "k": 1_000, "tn": 10**12,
}  # fmt: skip
_HEAPS = {
    "dozens": (24, 120), "scores": (40, 200), "hundreds": (200, 1_000), "thousands": (2_000, 10_000),
    "millions": (2e6, 1e7), "billions": (2e9, 1e10), "tens of thousands": (20_000, 100_000),
    "hundreds of thousands": (200_000, 1_000_000), "tens of millions": (2e7, 1e8), "hundreds of millions": (2e8, 1e9),
    "a handful": (3, 7), "a couple": (2, 3), "a few": (3, 9), "several": (3, 9),
}  # fmt: skip
_ABOUT = frozenset(
    ("about", "around", "roughly", "approximately", "some", "approx", "circa", "estimated", "an estimated", "close to")
)
_NEARLY = frozenset(("nearly", "almost", "just under", "not quite"))
_LEAST = frozenset(
    ("at least", "more than", "over", "above", "upwards of", "no fewer than", "no less than", "not less than",
     "exceeding", "well over", "in excess of", "a minimum of", "greater than")
)  # fmt: skip
_MOST = frozenset(
    ("up to", "as many as", "as much as", "fewer than", "less than", "at most", "under", "no more than", "below",
     "a maximum of", "not more than")
)  # fmt: skip

_SMALL = "|".join([*_UNITS, *_TENS])
_WORDED = (
    rf"(?:{_SMALL})(?:[- ](?:{_SMALL}))?"
    rf"(?:(?: and)? (?:{_SMALL}|a half|hundred|thousand|million|billion|dozen|score)){{0,6}}"
)
# Thousands may be set apart by blanks, of which normalising leaves plain ones: 10 000.
_FIGURES = r"(?:\d{1,3}(?:,\d{3})+|(?<![\d.,])[1-9]\d{0,2}(?: \d{3})+(?![\d,]|\.\d{3})|\d+)(?:\.\d+)?"
_HEAP = (
    rf"(?P<heap>\b(?:{'|'.join(sorted(_HEAPS, key=len, reverse=True))})"
    r"(?P<heaped> (?:hundred|thousand|million|billion|dozen))?\b)"
)
_QUALIFIER = "|".join(sorted((*_ABOUT, *_NEARLY, *_LEAST, *_MOST), key=len, reverse=True))
_CURRENCY = r"US ?\$|C\$|A\$|\$|€|£|¥|USD ?|EUR ?|GBP ?"


def _core(which: str) -> str:
    """The pattern of one number, in figures or words; `which` goes before the names of its groups."""
    return (
        rf"(?P<{which}digits>{_FIGURES})"
        rf"(?P<{which}scale>(?:[ -]?(?:hundred|thousand|million|billion|trillion|dozen)|(?:m|mn|bn|k|tn))\b)?"
        rf"|(?P<{which}half>half a (?:million|billion|dozen))"
        rf"|(?P<{which}words>\b(?:(?:a |an )?(?:hundred|thousand|million|billion|dozen)|a score)"
        r"(?= (?!of (?:thou|mill)))\b"
        rf"|\b{_WORDED}\b)"
    )


_NUMBER = re.compile(
    rf"(?:\b(?P<said>{_QUALIFIER}) )?(?:the |a )?(?:\b(?P<between>between|from) )?(?P<money>{_CURRENCY})?"
    rf"(?:{_HEAP}|{_core('a')})"
    rf"(?:(?P<join> to | and | or |-)(?:{_CURRENCY})?(?:{_core('b')}))?"
    r"(?P<after> or (?:more|so|fewer|less)\b|-plus\b|\+)?"
    r"(?P<unit> ?%| percent\b| per cent\b| percentage points\b| (?:US )?dollars\b| euros\b| pounds\b|"
    r" (?:km|kilomet(?:er|re)s?|miles|nautical miles|tons|tonnes|metric tons|kg|barrels|feet|met(?:er|re)s|hectares|"
    r"litres|acres)\b)?",
    re.IGNORECASE,
)
_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?"
)
_DATED_BEFORE = re.compile(
    rf"(?:\b{_MONTH}|\b(?:No|Nos|Article|Section|Resolution|Chapter|Page|Room|Type|Act|Part|Channel|Highway|Route|"
    r"Boeing|Airbus|Flight|Psalm|aged|age|Group|Level|Phase|Unit|Day|#))\.? $|[A-Za-z]-$|[\w.]$|\d[:/.]$|\$$|"
    r"\b(?:\d|one|two|three|nine) in $",
    re.IGNORECASE,
)
_DATED_AFTER = re.compile(
    rf"(?:st|nd|rd|th)\b|,? (?:of )?{_MONTH}\b|[:/]\d|-[a-z]|[A-Za-z]|"
    r" in (?:\d|\w+ chance|a (?:hundred|thousand|million)|(?:two|three|four|five|six|eight|ten)\b)|"
    r" ?(?:a\.m\.|p\.m\.|am\b|pm\b|o'clock|GMT|UTC)"
)
_SEED = re.compile(
    rf"\d|\b(?:{_SMALL}|half a|a (?:few|couple|handful|score)|several|scores?|dozens?|hundreds?|thousands?|millions?|"
    r"billions?|tens of)\b",
    re.IGNORECASE,
)
_CURRENCIES = {
    "$": "USD", "us$": "USD", "us $": "USD", "usd": "USD", "€": "EUR", "eur": "EUR", "£": "GBP", "gbp": "GBP",
    "¥": "JPY", "c$": "CAD", "a$": "AUD",
}  # fmt: skip
_MEASURES = {
    "%": ("%", 1.0), "percent": ("%", 1.0), "per cent": ("%", 1.0), "percentage points": ("points", 1.0),
    "dollars": ("USD", 1.0), "us dollars": ("USD", 1.0), "euros": ("EUR", 1.0), "pounds": ("GBP", 1.0),
    "km": ("km", 1.0), "kilometer": ("km", 1.0), "kilometers": ("km", 1.0), "kilometre": ("km", 1.0),
    "kilometres": ("km", 1.0), "miles": ("km", 1.609344), "nautical miles": ("km", 1.852), "tons": ("t", 1.0),
    "tonnes": ("t", 1.0), "metric tons": ("t", 1.0), "kg": ("t", 0.001), "barrels": ("barrels", 1.0),
    "feet": ("km", 0.0003048), "meters": ("km", 0.001), "metres": ("km", 0.001), "hectares": ("km2", 0.01),
    "acres": ("km2", 0.00404686), "litres": ("litres", 1.0),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a normalised text: ``text[start:end]`` with its hedge and unit.

    `low` to `high` is what the words allow (`high` may be infinite), `value` the number as told, None for "dozens".
    `unit`: '' for a bare count, else USD, EUR, GBP, JPY, %, points, km, km2, t, barrels, litres.
    """

    start: int
    end: int
    low: float
    high: float
    value: float | None
    unit: str = ""


def numbers(text: str) -> Iterator[Number]:
    """Every number in a normalised text that counts or measures something, in order; linear in its length."""
    at = 0
    while seed := _SEED.search(text, at):
        # Whatever belongs to a number before its first digit or word is shorter than this.
        found = _NUMBER.search(text, max(at, seed.start() - 40))
        if found is None:
            return
        number = _read(text, found)
        if number is not None:
            yield number
        at = found.end()


def _read(text: str, found: re.Match[str]) -> Number | None:
    begin = found.start("money") if found["money"] else min(
        found.start(name) for name in ("heap", "adigits", "ahalf", "awords") if found[name]
    )  # fmt: skip
    before, after = text[max(0, begin - 14) : begin], text[found.end() : found.end() + 14]
    if _DATED_BEFORE.search(before) or (_DATED_AFTER.match(after) and not found["unit"]):
        return None
    end = found.end()
    low = high = value = None
    if found["heap"]:
        low, high = _HEAPS[found["heap"].lower().removesuffix((found["heaped"] or "").lower())]
        if found["heaped"]:
            many = _SCALES[found["heaped"].strip().lower()]
            low, high = low * many, high * many
    else:
        value, other = _value(found, "a"), _value(found, "b")
        if value is None or value > LARGEST or (other or 0) > LARGEST or _year(found, value):
            return None
        if other is not None and (found["join"] != " and " or found["between"]):  # also: two or three
            if found["bscale"] and not found["ascale"] and found["adigits"] and value < other / 1000:
                value *= _SCALES[found["bscale"].strip(" -").lower()]  # 10 to 15 thousand
            if _year(found, other) or other < value:
                return None  # 2018 to 2023, or a score: 3-2
            low, high, value = value, other, None
        elif other is not None:
            return _alone(text, found)
    if low is None or high is None:
        assert value is not None
        slack = _rounding(value)
        low, high = value - slack, value + slack
    unit, factor = _unit(found)
    hedged = _hedge(found, low, high, value)
    return Number(found.start(), end, hedged[0] * factor, hedged[1] * factor, value, unit)


def _alone(text: str, found: re.Match[str]) -> Number | None:
    """The first of two numbers with 'and' between them that are no range; the second is not told apart."""
    again = _NUMBER.match(text, found.start(), found.start("join"))
    return _read(text, again) if again else None


def _hedge(found: re.Match[str], low: float, high: float, value: float | None) -> tuple[float, float]:
    said, after = (found["said"] or "").lower(), (found["after"] or "").strip().lower()
    if said in _LEAST or after in ("or more", "-plus", "+"):
        return (value if value is not None else low), inf
    if said in _MOST or after in ("or fewer", "or less"):
        return 0.0, (value if value is not None else high)
    if said in _NEARLY:
        return (value or low) * (1 - HEDGE), value or high
    if said in _ABOUT or after == "or so":
        return (value or low) * (1 - HEDGE), (value or high) * (1 + HEDGE)
    return low, high


def _rounding(value: float) -> float:
    """How far a round number may be from what was counted: 4,500 stands for 4,450 to 4,550."""
    if value < 100 or value != int(value):
        return 0.0
    place = 1
    while value % (place * 10) == 0 and place * 10 <= value:
        place *= 10
    return min(place / 2, ROUND * value) if place > 1 else 0.0


def _value(found: re.Match[str], which: str) -> float | None:
    if found[f"{which}digits"]:
        scale = (found[f"{which}scale"] or "").strip(" -").lower()
        digits = found[f"{which}digits"]
        return float(re.sub("[, ]", "", digits)) * _SCALES.get(scale, 1) if len(digits) <= _DIGITS else inf
    if found[f"{which}half"]:
        return 0.5 * _SCALES[found[f"{which}half"].split()[-1].lower()]
    return _in_words(found[f"{which}words"]) if found[f"{which}words"] else None


def _in_words(words: str) -> float | None:
    """Two hundred thousand, twenty-five, a dozen; None for what is no single number (one or two)."""
    total, current = 0.0, 0.0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in ("a", "an", "and"):
            continue
        if word == "half":
            current += 0.5
            continue
        if word in _UNITS or word in _TENS:
            small = _UNITS.get(word, _TENS.get(word, 0))
            if current % 100 and not (current % 10 == 0 and current % 100 >= 20 and small < 10):
                return None
            current += small
        elif word in ("hundred", "dozen", "score"):
            current = (current or 1) * _SCALES[word]
        else:
            total += (current or 1) * _SCALES[word]
            current = 0.0
    return total + current


def _year(found: re.Match[str], value: float) -> bool:
    plain = found["adigits"] and not re.search("[, ]", found["adigits"]) and not found["ascale"] and not found["money"]
    return bool(plain and value == floor(value) and 1800 <= value <= 2100 and log10(value) >= 3 and not found["unit"])


def _unit(found: re.Match[str]) -> tuple[str, float]:
    if found["money"]:
        return _CURRENCIES.get(found["money"].strip().lower(), found["money"].strip()), 1.0
    return _MEASURES.get((found["unit"] or "").strip().lower(), ("", 1.0))
