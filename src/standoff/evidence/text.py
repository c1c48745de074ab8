"""Texts in the form in which they are compared, and where words begin and end in them.

A text is normalised by

1. dropping characters that nobody sees (byte order mark, soft hyphen, zero-width space, word joiner),
2. writing every typographic quote as ' or " and every dash as -, without space around it,
3. Unicode NFC, and white space folded to single spaces.

Passages are cited in whole words: "likely" inside "unlikely", "500" inside "4,500" or "can" inside "can't"
would say something else than the text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256

_UNIFIED = str.maketrans(
    dict.fromkeys("‘’‚‛′‹›ʼ", "'")
    | dict.fromkeys("“”„‟″«»", '"')
    | dict.fromkeys("‐‑‒–—―−﹘﹣-", "-")
    | dict.fromkeys("\ufeff\u00ad\u200b\u2060", "")
)
_DASH = re.compile(r" ?-[ -]*")


def normalise(text: str) -> str:
    """The form in which passages are compared; idempotent."""
    unified = unicodedata.normalize("NFC", text.translate(_UNIFIED))
    return _DASH.sub("-", " ".join(unified.split()))


def digest(passage: str) -> str:
    """SHA-256 of a normalised passage, 64 hex digits."""
    return sha256(passage.encode("utf-8", "surrogatepass")).hexdigest()


def cuts_word(text: str, at: int) -> bool:
    """Whether a boundary before character `at` would fall inside a word or a number.

    Only scripts with capital letters, and digits, are held to this: they separate their words.
    """
    if not 0 < at < len(text):
        return False
    left, right = text[at - 1], text[at]
    if _wordy(left) and _wordy(right):
        return True
    if unicodedata.combining(right):
        return True
    before = text[at - 2] if at > 1 else ""
    after = text[at + 1 : at + 2]
    if right in ",.'" and _joins(right, left, after):
        return True
    return left in ",.'" and _joins(left, before, right)


@lru_cache(maxsize=8)
def word_edges(normalised: str) -> tuple[tuple[int, ...], frozenset[int]]:
    """Where passages may begin, in order, and where they may end; computed once a text."""
    length = len(normalised)
    edges = [at for at in range(length + 1) if not cuts_word(normalised, at)]
    starts = tuple(at for at in edges if at < length and normalised[at] != " ")
    return starts, frozenset(at for at in edges if at and normalised[at - 1] != " ")


def line_of(text: str, at: int) -> int:
    """The line (from 1) of the text as written that holds character `at` of the normalised text.

    Costs one normalisation for each halving of the number of lines.
    """
    lines = text.splitlines(keepends=True)
    reached = bisect_left(range(len(lines)), at + 1, key=lambda n: len(normalise("".join(lines[: n + 1]))))
    return min(reached + 1, max(len(lines), 1))


def nearest_passage(normalised: str, wanted: str) -> tuple[int, int, float]:
    """The place most like a passage that is not there: (start, end, similarity from 0 to 1).

    Windows of about as many words are ranked by the words they share; the best few are compared letter by
    letter. An empty text gives (0, 0, 0.0).
    """
    from difflib import SequenceMatcher

    words = [(found.start(), found.end()) for found in re.finditer(r"\S+", normalised)]
    size = min(len(wanted.split()), len(words))
    if not size:
        return 0, 0, 0.0
    tokens = [normalised[a:b].lower() for a, b in words]
    goal = Counter(wanted.lower().split())
    have: Counter[str] = Counter()
    shared = 0
    ranked: list[tuple[int, int]] = []
    for index, token in enumerate(tokens):
        shared += have[token] < goal[token]
        have[token] += 1
        if index >= size:
            gone = tokens[index - size]
            have[gone] -= 1
            shared -= have[gone] < goal[gone]
        if index >= size - 1:
            ranked.append((-shared, index - size + 1))
    best = (0, 0, -1.0)
    by_word = len(wanted) > 400  # comparing letters is quadratic in the length of the passage
    for _, first in sorted(ranked)[:8]:
        last = first + size
        for start, stop in ((first, last), (first, last + 1), (max(first - 1, 0), last)):
            begin, end = words[start][0], words[min(stop, len(words)) - 1][1]
            one, other = _comparable(normalised[begin:end], by_word), _comparable(wanted, by_word)
            ratio = SequenceMatcher(None, one, other, autojunk=False).ratio()
            if ratio > best[2]:
                best = (begin, end, ratio)
    return best


def _comparable(passage: str, by_word: bool) -> Sequence[str]:
    return passage.split() if by_word else passage


def _wordy(letter: str) -> bool:
    return letter.isdigit() or letter.lower() != letter.upper()


def _joins(mark: str, left: str, right: str) -> bool:
    """4,500 and 2.5 are one number, can't is one word; a full stop after a word ends it."""
    if mark == "'":
        return left.isalpha() and right.isalpha()
    return left.isdigit() and right.isdigit()
