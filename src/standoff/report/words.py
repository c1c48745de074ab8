"""Words for probability, after ICD 203, always with their range in brackets.

    almost no chance | very unlikely | unlikely | roughly even chance | likely  | very likely | almost certain
         1-5 %       |    5-20 %     |  20-45 % |       45-55 %       | 55-80 % |   80-95 %   |    95-99 %

A band that touches several words is printed with both ends. Below 1 % and above 99 % the outer words go on,
with "under 1 %" and "over 99 %" for their range. Nothing here speaks of how sure the author is: a likelihood
and a confidence level never share a sentence.

Source: US Intelligence Community Directive 203, *Analytic Standards*, table of estimative language.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

NBSP = "\N{NO-BREAK SPACE}"
SCALE: tuple[tuple[float, float, str], ...] = (
    (0.01, 0.05, "almost no chance"),
    (0.05, 0.20, "very unlikely"),
    (0.20, 0.45, "unlikely"),
    (0.45, 0.55, "roughly even chance"),
    (0.55, 0.80, "likely"),
    (0.80, 0.95, "very likely"),
    (0.95, 0.99, "almost certain"),
)
NOUNS = frozenset({"almost no chance", "roughly even chance"})


def _step(probability: float) -> int:
    """Row of `SCALE` that holds this probability; a value on an edge belongs to the higher word."""
    for row, (_, high, _) in enumerate(SCALE):
        if probability < high:
            return row
    return len(SCALE) - 1


def word(probability: float) -> str:
    """The word alone, for places that print its range beside it. Raises ValueError outside [0, 1]."""
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability lies between 0 and 1, not {probability}")
    return SCALE[_step(probability)][2]


def _edges(low: float, high: float) -> str:
    under, over = low < SCALE[0][0], high > SCALE[-1][1]
    first = f"{SCALE[_step(low)][0] * 100:.0f}"
    last = f"{SCALE[_step(high)][1] * 100:.0f}"
    if under and over:
        return f"under 1{NBSP}% to over 99{NBSP}%"
    if under:
        return f"under {1 if high < SCALE[0][0] else last}{NBSP}%"
    if over:
        return f"over {99 if low > SCALE[-1][1] else first}{NBSP}%"
    return f"{first}–{last}{NBSP}%"


def estimate(low: float, high: float | None = None) -> str:
    """The word, or both end words, with the range they stand for: ``unlikely to likely (20–80 %)``.

    `low` and `high` are the ends of a band (probabilities); one value is a band of no width.
    Raises ValueError outside [0, 1] or when the ends are the wrong way round.
    """
    high = low if high is None else high
    first, last = word(low), word(high)
    if low > high:
        raise ValueError(f"a band runs from low to high, not from {low} to {high}")
    words = first if first == last else f"{first} to {last}"
    return f"{words} ({_edges(low, high)})"


def predicate(low: float, high: float | None = None) -> str:
    """What completes "The treaty ...": ``is likely (55–80 %)``, ``has a roughly even chance (45–55 %)``."""
    text = estimate(low, high)
    first = word(low)
    if high is not None and _step(high) - _step(low) > 1:
        return f"may be anything from {text}"
    if high is not None and word(high) != first:
        return f"is rated {text}"
    if first == "almost no chance":
        return f"has {text}"
    if first in NOUNS:
        return f"has a {text}"
    return f"is {text}"


def spoken_band(band: Mapping[str, Any]) -> tuple[float, float]:
    """The part of a band that words are chosen from: its middle half, widened to take in the mean."""
    mean = float(band["mean"])
    low = min(float(band.get("p25", mean)), mean)
    high = max(float(band.get("p75", mean)), mean)
    return max(0.0, low), min(1.0, high)


def spans_words(band: Mapping[str, Any]) -> bool:
    """Whether the spoken part of a band touches more than two words."""
    low, high = spoken_band(band)
    return _step(high) - _step(low) > 1


# Numbers ----------------------------------------------------------------------------------------------------


def _missing(value: Any) -> bool:
    return not isinstance(value, int | float) or not math.isfinite(value)


def percent(value: Any) -> str:
    """A probability as whole percent: ``34 %``, ``less than 1 %``, ``more than 99 %``; a dash if unknown."""
    if _missing(value):
        return "–"
    if value < 0.01:
        return f"less than 1{NBSP}%"
    if value > 0.99:
        return f"more than 99{NBSP}%"
    return f"{value * 100:.0f}{NBSP}%"


def short_percent(value: Any) -> str:
    """The same for tables: ``34 %``, ``<1 %``, ``>99 %``."""
    return percent(value).replace("less than ", "<").replace("more than ", ">")


def percent_range(low: Any, high: Any) -> str:
    """Two ends of a band: ``12–58 %``, ``<1–5 %``; one number when both round to the same."""
    if _missing(low) or _missing(high):
        return "–"
    first, last = short_percent(low), short_percent(high)
    if first == last:
        return first
    if (first, last) == (f"<1{NBSP}%", f"1{NBSP}%"):
        return f"≤{last}"
    if (first, last) == (f"99{NBSP}%", f">99{NBSP}%"):
        return f"≥{first}"
    return f"{first.removesuffix(NBSP + '%')}–{last}"


def points(change: Any) -> str:
    """A change of probability in points, signed: ``+12``, ``−3``, ``0``; the sign is a true minus."""
    if _missing(change):
        return "–"
    whole = round(change * 100)
    return "0" if whole == 0 else f"{'+' if whole > 0 else '−'}{abs(whole)}"


def shift(before: Any, after: Any) -> str:
    """Change between two chances as they are shown, so that the points agree with the printed percentages."""
    if _missing(before) or _missing(after):
        return "–"
    if percent(before) == percent(after):
        return "0"
    return points((round(after * 100) - round(before * 100)) / 100)


def in_points(change: str) -> str:
    """``+12 points``, ``−1 point``, ``unchanged`` for a change as `points` and `shift` print it."""
    return "unchanged" if change == "0" else f"{change}{NBSP}{'point' if change[1:] == '1' else 'points'}"


def number(value: Any, width: float = 0.0) -> str:
    """A quantity with no more digits than its band allows.

    `width` is the distance between the ends of its 90 % band, in the same unit; a tenth of it is the last
    digit shown. Without a width, four significant digits.
    """
    if _missing(value):
        return "–"
    if width <= 0 or not math.isfinite(width):
        text = f"{value:.4g}"
    else:
        decimals = math.ceil(-math.log10(width) + 1 - 1e-9)
        text = f"{value:.{decimals}f}" if decimals > 0 else f"{round(value, decimals):,.0f}"
        if decimals > 6:
            text = f"{value:.3g}"
    if "." in text and "e" not in text:
        text = text.rstrip("0").rstrip(".") if width <= 0 else text
    if text.lstrip("-").strip("0.") == "":
        text = text.lstrip("-")
    return text.replace("-", "−") if text.startswith("-") else text


def axis_number(value: float, span: float) -> str:
    """An end of an axis: as `number`, without zeros that say nothing."""
    text = number(value, span)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def number_range(band: Mapping[str, Any], low: str = "p05", high: str = "p95") -> str:
    """Two ends of a quantity's band: ``0.12 to 0.58``."""
    first, last = band.get(low), band.get(high)
    if _missing(first) or _missing(last):
        return "–"
    width = abs(float(band.get("p95", last)) - float(band.get("p05", first)))
    if width == 0:
        return number(first)
    return f"{number(first, width)} to {number(last, width)}"


def band_number(band: Mapping[str, Any]) -> str:
    """The mean of a quantity's band with the digits its width allows."""
    width = 0.0
    if not _missing(band.get("p05")) and not _missing(band.get("p95")):
        width = abs(float(band["p95"]) - float(band["p05"]))
    return number(band.get("mean"), width)


# Dates and lists --------------------------------------------------------------------------------------------

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def day(text: Any, *, year: bool = True) -> str:
    """``2031-06-05`` as ``5 June 2031``; anything that is not an ISO date is returned as it stands."""
    from datetime import date

    try:
        value = date.fromisoformat(str(text)[:10])
    except ValueError:
        return "" if text is None else str(text)
    head = f"{value.day}{NBSP}{MONTHS[value.month - 1]}"
    return f"{head}{NBSP}{value.year}" if year else head


def span(first: Any, last: Any, *, year: bool = True) -> str:
    """``1–16 November 2025``, ``26 November to 7 December 2025``; one day when both are the same."""
    start, end = str(first)[:10], str(last or first)[:10]
    if start == end:
        return day(first, year=year)
    if start[:7] == end[:7]:
        return f"{day(start, year=False).split(NBSP)[0]}–{day(end, year=year)}"
    return f"{day(start, year=start[:4] != end[:4])} to {day(end, year=year or start[:4] != end[:4])}"


SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def small(number_of: int) -> str:
    """``two``; figures above ten."""
    return SMALL[number_of] if 0 <= number_of < len(SMALL) else f"{number_of:,}"


def ordinal(place: int) -> str:
    """``first`` for 1; ``11th`` above ten."""
    if 1 <= place <= len(ORDINALS):
        return ORDINALS[place - 1]
    tail = "th" if place % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(place % 10, "th")
    return f"{place}{tail}"


def pace(times: Any, per: str) -> str:
    """How often somebody decides: ``about every five weeks`` for 0.2 a week, ``about twice a week`` for 2; empty where
    it is no number."""
    if isinstance(times, bool) or _missing(times) or times <= 0:
        return ""
    if times >= 0.95:
        whole = round(times)
        often = {1: "once", 2: "twice"}.get(whole, f"{small(whole)} times")
        return f"about {often} a {per}"
    apart = 1 / times
    whole = round(apart)
    if apart < 1.75:
        return f"about {times:.2g} times a {per}"
    near = small(whole) if abs(apart - whole) < 0.26 or apart > 5 else f"{apart:.1f}"
    return f"about every {near} {per}s"


def when(first: Any, last: Any) -> str:
    """``on 26 November 2025``, ``between 26 November and 7 December 2025``."""
    start, end = str(first)[:10], str(last or first)[:10]
    if start == end:
        return f"on {day(first)}"
    if start[:7] == end[:7]:
        return f"between {day(start, year=False).split(NBSP)[0]} and {day(end)}"
    return f"between {day(start, year=start[:4] != end[:4])} and {day(end)}"


def listed(items: list[str], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} {last} {items[-1]}"


def gist(text: Any, most: int = 200) -> str:
    """The beginning of a text, on one line, ended with a mark where it is cut."""
    flat = " ".join(str("" if text is None else text).split())
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + "…"


def plain(name: Any) -> str:
    """A name from the case as words: ``safe_exit`` as ``safe exit``."""
    return str(name).replace("_", " ")


def mid_sentence(title: str) -> str:
    """``The garrison`` as ``the garrison``; proper names stay."""
    return f"the {title[4:]}" if title.startswith("The ") else title


def capital(text: str) -> str:
    """The first letter large, the rest as it stands."""
    return text[:1].upper() + text[1:]


def count(number_of: int, noun: str, plural: str | None = None) -> str:
    """``1 draw``, ``3 draws``, ``12,000 draws``."""
    return f"{number_of:,}{NBSP}{noun if number_of == 1 else plural or noun + 's'}"
