"""Blocks and sentences of a text, placed in its normalised form.

Normalising folds line breaks, and with them what tells a heading, a menu or a list from a sentence. Here each line is
kept, hard-wrapped lines are joined again, and every piece knows where it stands in the normalised text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from standoff.evidence.text import normalise

_ABBREVIATION = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|Gen|Col|Lt|Capt|Adm|Sgt|Sen|Rep|Gov|Rev|Hon|St|Jr|Sr|vs|No|Nos|Art|Sec|Fig|cf|ca|approx|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|Inc|Ltd|Co|Corp|e\.g|i\.e|a\.m|p\.m)|(?:^|[\s(\"'.])[A-Z])\.$"
)
_INITIAL = re.compile(r"(?:^|[\s(\"'.])[A-Z]\.$")
_BEGINS = re.compile(
    r"[\"'(\[]*(?:The|They|This|That|These|Those|There|It|Its|He|His|She|Her|We|Our|You|In|On|At|As|An?|And|But|Or|So|For|From|By|"
    r"If|When|While|After|Before|Since|However|Yet|Still|Meanwhile|Their|Some|Many|Most|No|Not)\b"
)
_END = re.compile(r"[.!?…]+[\"')\]]*(?=\s+[\"'(\[]*[A-Z0-9])")
_TERMINAL = re.compile(r"[.!?…:;][\"')\]]*$")


@dataclass(frozen=True, slots=True)
class Block:
    """A line, or hard-wrapped lines that make one paragraph: ``normalised[start:end]``."""

    start: int
    end: int


def blocks(text: str, normalised: str) -> list[Block]:
    """The paragraphs, headings and menu lines of a text, in order; linear in its length.

    `normalised` is ``normalise(text)``. Lines are matched to it by counting the characters that normalising never
    adds, drops or merges: all but white space and dashes.
    """
    solid = [at for at, letter in enumerate(normalised) if letter not in " -"]
    lines = [normalise(line) for line in text.splitlines()]
    width = _page_width(lines)
    found: list[Block] = []
    seen, before = 0, ""
    for flat in lines:
        count = sum(letter not in " -" for letter in flat)
        if not count:
            before = ""
            continue
        start, end = solid[seen], solid[seen + count - 1] + 1
        seen += count
        if before and _runs_on(before, flat, width):
            found[-1] = Block(found[-1].start, end)
        else:
            found.append(Block(start, end))
        before = flat
    return found


def sentences(normalised: str, block: Block) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence in a block; a block without a full stop is one."""
    start = block.start
    for found in _END.finditer(normalised, block.start, block.end):
        if found[0] == "." and _goes_on(normalised, block.start, found.end(), block.end):
            continue
        yield start, found.end()
        start = found.end()
        while start < block.end and normalised[start] == " ":
            start += 1
    if start < block.end:
        yield start, block.end


def _goes_on(normalised: str, start: int, at: int, end: int) -> bool:
    """Whether a full stop before `at` ends a shortened word and no sentence: "Gen. Sund", "U.S. ships"."""
    before = normalised[max(start, at - 13) : at]
    if not _ABBREVIATION.search(before):
        return False
    return not (_INITIAL.search(before) and _BEGINS.match(normalised[at : min(at + 30, end)].lstrip()))


def _page_width(lines: list[str]) -> int:
    """The length at which lines were broken to fit a page; 0 where each paragraph is one line."""
    lengths = sorted(len(line) for line in lines if line)
    if len(lengths) < 3 or lengths[-1] > 130:
        return 0
    return lengths[-1] if lengths[len(lengths) // 2] >= 0.6 * lengths[-1] else 0


def _runs_on(line: str, following: str, width: int) -> bool:
    """Whether a line break was only the width of a page."""
    first = following[:1]
    if width and len(line) >= 0.75 * width:
        return first not in "-*•"
    return len(line) >= 45 and first.islower() and not _TERMINAL.search(line)
