"""Numbers in a sentence, in digits or in English words, so that a claim can be held against its passage."""

from __future__ import annotations

import re
from itertools import pairwise

_UNITS = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90
}  # fmt: skip
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12, "bn": 1e9}
_GROUPS = {"dozen": 12.0, "hundred": 100.0}
NUMBER_WORDS = {*_UNITS, *_TENS, *_SCALES, *_GROUPS} - {"bn"}
_TOKEN = re.compile(rf"\d+(?:[.,']\d+)*(?:[ -]?(?:{'|'.join(_SCALES)})\b)?|[a-z]+", re.IGNORECASE)
_THOUSANDS = re.compile(r"\d{1,3}(?:[.,']\d{3})+")


def figures(text: str) -> list[tuple[str, frozenset[float]]]:
    """Each number of a text: as it stands, and all it may mean (4.500 is 4,500 to some; 4,500 is never 4.5).

    "One" by itself is no number here: it is a pronoun as often. Number words are known in English only.
    """
    found: list[tuple[str, frozenset[float]]] = []
    run: list[re.Match[str]] = []
    for token in _TOKEN.finditer(text):
        word = token[0].lower()
        if word == "and" and run and run[-1][0].lower() == "hundred":
            continue
        if run and not _follows(text[run[-1].end() : token.start()], run[-1][0].lower(), word):
            found += _spelled(run)
            run = []
        if word[0].isdigit():
            found += _digits(token[0])
        elif word in NUMBER_WORDS:
            run.append(token)
    return found + _spelled(run)


def unsupported(says: str, passage: str) -> list[str]:
    """Numbers of `says` that the passage does not give.

    A number of the claim is what its own form says in English, unless the passage writes it in the same form.
    """
    given = figures(passage)
    return [shown for shown, meanings in figures(says) if not _supports(given, shown, meanings)]


def twofold(says: str, passage: str) -> list[str]:
    """Numbers of the passage with two readings, on one of which a number of `says`, written otherwise, rests."""
    given = figures(passage)
    sure = [each for each in given if len(each[1]) == 1]
    resting = [
        _own(meanings)
        for shown, meanings in figures(says)
        if all(shown != other for other, _ in given) and not _supports(sure, shown, meanings)
    ]
    return [shown for shown, meanings in given if len(meanings) > 1 and any(own & meanings for own in resting)]


def _supports(given: list[tuple[str, frozenset[float]]], shown: str, meanings: frozenset[float]) -> bool:
    own = _own(meanings)
    return any(own & each or (shown == other and meanings & each) for other, each in given)


def _own(meanings: frozenset[float]) -> frozenset[float]:
    """4.500 in a claim, which is in English, is 4.5."""
    return frozenset([min(meanings)]) if len(meanings) > 1 else meanings


def _follows(between: str, last: str, word: str) -> bool:
    """Whether a word goes on with the number before it: "four hundred", "twenty-five", "a hundred and six"."""
    joined = between.strip().lower() in ("", "-") or (last == "hundred" and between.strip().lower() == "and")
    return joined and word in NUMBER_WORDS


def _spelled(run: list[re.Match[str]]) -> list[tuple[str, frozenset[float]]]:
    words = [token[0].lower() for token in run]
    if not words or words == ["one"]:
        return []
    total = part = 0.0
    for word in words:
        if word in _GROUPS:
            part = max(part, 1.0) * _GROUPS[word]
        elif word in _SCALES:
            total += max(part, 1.0) * _SCALES[word]
            part = 0.0
        else:
            part += _UNITS.get(word) or _TENS[word]
    return [(" ".join(words), frozenset({total + part}))]


def _digits(token: str) -> list[tuple[str, frozenset[float]]]:
    split = re.fullmatch(r"([\d.,']+)[ -]?([A-Za-z]*)", token)
    assert split is not None  # the token was found by the wider pattern
    number, scale = split[1], _SCALES.get(split[2].lower(), 1.0)
    marks = re.findall(r"[.,']", number)
    if len(number) > 40:
        return [(token[:40], frozenset())]  # no number anybody writes; it supports nothing
    meanings: set[float] = set()
    thousands = _THOUSANDS.fullmatch(number) is not None and number[0] != "0"
    if not marks or thousands:
        meanings.add(float(re.sub(r"[.,']", "", number)))
    if marks == ["."] or (marks == [","] and not thousands):
        meanings.add(float(number.replace(",", ".")))
    if len(marks) > 1 and len(set(marks)) == 2 and all(a == b for a, b in pairwise(marks[:-1])):
        whole, _, rest = number.rpartition(marks[-1])  # 4,500.5
        meanings.add(float(re.sub(r"[.,']", "", whole) + "." + rest))
    if not meanings:  # 18.11.2025: each part is a number
        return [each for part in re.split(r"[.,']", number) for each in _digits(part)]
    return [(token, frozenset(round(each * scale, 6) for each in meanings))]
