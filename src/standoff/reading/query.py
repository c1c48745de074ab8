"""What somebody types into a search, as a question that SQLite's full-text index can answer.

    norwick ferries             both words, in any form (ferry, ferries)
    "northern harbour"          these words in a row
    ferr*                       words that begin so
    troops OR soldiers          either; AND is understood between words
    harbour NOT fish, -fish     without
    (a OR b) c                  brackets
    title:ferries outlet:"Sund Gazette"      a word alone is looked for in titles and texts
    after:2031-03 before:2031-04-05

Every word is quoted before it reaches SQLite, so nothing that is typed is read as its syntax: what makes no sense as an
operator is a word, a bracket that does not match is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from standoff.errors import EvidenceError, Problem
from standoff.evidence.dates import DateSpan

LONGEST = 1_000
MOST_WORDS = 64
DEEPEST = 20

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<open>\()|(?P<close>\))|(?P<minus>[-−](?=[\w\"(]))?"
    r"(?:(?P<field>title|outlet|after|before)\s*:\s*(?=[^\s)]))?(?:\"(?P<phrase>[^\"]*)(?:\"|$)|(?P<word>[^\s()\"]+))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Query:
    """`match` for FTS5, '' where only dates are asked for; publication `since` a day, and `until` before another."""

    match: str
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class _Bit:
    """A token: a word or phrase as FTS5 takes it, an operator, or a bracket."""

    kind: str
    said: str = ""


def parse(text: str) -> Query:
    """Raises `EvidenceError` for nothing to look for, for only what to leave out, and for a date that is none."""
    text = text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ")
    if len(text) > LONGEST:
        raise _problem(f"a question of {len(text):,} characters", f"at most {LONGEST:,}", "Ask for its rarest words.")
    dates: dict[str, date] = {}
    bits = list(_bits(text, dates))
    if sum(bit.kind == "word" for bit in bits) > MOST_WORDS:
        raise _problem(f"more than {MOST_WORDS} words", f"at most {MOST_WORDS}", "Ask for the rarest of them.")
    wanted, unwanted = _Parser(bits).whole()
    if not wanted and (unwanted or not dates):
        if unwanted:
            raise _problem("only what to leave out", "a word to look for", "Add a word that should be there.")
        raise _problem("no word to look for", "a word, or a date as in after:2031-03", "Type a word of the report.")
    return Query(wanted, dates.get("after"), dates.get("before"))


def _bits(text: str, dates: dict[str, date]) -> Iterator[_Bit]:
    for found in _TOKEN.finditer(text):
        if found["space"]:
            continue
        if found["open"] or found["close"]:
            yield _Bit(found[0])
            continue
        field = (found["field"] or "").lower()
        word = found["phrase"] if found["phrase"] is not None else found["word"]
        if field in ("after", "before"):
            try:
                dates[field] = DateSpan.parse(word).first
            except EvidenceError as error:
                said = error.problems[0]
                mend = f'{said.mend} For instance {field}:2031-03 or {field}:"March 2031".'
                raise _problem(f"'{word}' after `{field}:`", said.expected, mend) from None
            continue
        if found["minus"]:
            yield _Bit("NOT")
        if found["phrase"] is None and not field and word in ("AND", "OR", "NOT"):
            yield _Bit(word)
            continue
        begins = found["phrase"] is None and word.endswith("*")
        if not re.search(r"\w", word):
            continue
        plain = word.replace('"', "")
        quoted = f'"{plain.rstrip("*")}"' + ("*" if begins else "")
        yield _Bit("word", f"{{{field or 'title body'}}} : {quoted}")


class _Parser:
    """Brackets and operators, forgiving: every group is (what must match, what must not), '' for nothing."""

    def __init__(self, bits: list[_Bit]) -> None:
        self._bits = bits
        self._at = 0

    def whole(self) -> tuple[str, str]:
        wanted, unwanted = "", ""
        while self._at < len(self._bits):
            more, less = self._either(0)
            wanted, unwanted = _both(wanted, more), _any(unwanted, less)
            self._at += 1  # a bracket that was never opened
        if wanted and unwanted:
            return f"({wanted}) NOT ({unwanted})", ""
        return wanted, unwanted

    def _either(self, depth: int) -> tuple[str, str]:
        wanted, unwanted = self._all(depth)
        while self._peek() == "OR":
            self._at += 1
            more, less = self._all(depth)
            wanted, unwanted = _any(_settled(wanted, unwanted), _settled(more, less)), ""
            if not wanted:
                unwanted = less
        return wanted, unwanted

    def _all(self, depth: int) -> tuple[str, str]:
        wanted, unwanted = "", ""
        while (kind := self._peek()) not in ("", "OR", ")"):
            self._at += 1
            if kind == "AND":
                continue
            away = False
            while kind == "NOT":
                away, kind = not away, self._peek()
                if kind in ("", "OR", ")", "AND"):
                    return wanted, unwanted
                self._at += 1
            if kind == "(":
                if depth >= DEEPEST:
                    continue
                more, less = self._either(depth + 1)
                if self._peek() == ")":
                    self._at += 1
            else:
                more, less = self._bits[self._at - 1].said, ""
            if away:
                more, less = less, more
            wanted, unwanted = _both(wanted, more), _any(unwanted, less)
        return wanted, unwanted

    def _peek(self) -> str:
        return self._bits[self._at].kind if self._at < len(self._bits) else ""


def _both(one: str, other: str) -> str:
    return f"({one}) AND ({other})" if one and other else one or other


def _any(one: str, other: str) -> str:
    return f"({one}) OR ({other})" if one and other else one or other


def _settled(wanted: str, unwanted: str) -> str:
    return f"({wanted}) NOT ({unwanted})" if wanted and unwanted else wanted


def _problem(found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found=found, expected=expected, mend=mend))
