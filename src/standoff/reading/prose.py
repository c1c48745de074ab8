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
    found: list[Block] = []
    seen, begun, wrapped = 0, -1, ""
    for line in text.splitlines():
        flat = normalise(line)
        count = sum(letter not in " -" for letter in flat)
        if not count:
            begun, wrapped = -1, "" if not flat else wrapped
            continue
        start, end = solid[seen], solid[seen + count - 1] + 1
        seen += count
        if begun >= 0 and _runs_on(wrapped, flat):
            found[-1] = Block(found[-1].start, end)
        else:
            found.append(Block(start, end))
            begun = start
        wrapped = flat
    return found


def sentences(normalised: str, block: Block) -> Iterator[tuple[int, int]]:
    """(start, end) of each sentence in a block; a block without a full stop is one."""
    start = block.start
    for found in _END.finditer(normalised, block.start, block.end):
        if found[0].startswith(".") and not found[0].startswith("..") and _ABBREVIATION.search(
            normalised[max(block.start, found.start() - 12) : found.start() + 1]
        ):  # fmt: skip
            continue
        yield start, found.end()
        start = found.end()
        while start < block.end and normalised[start] == " ":
            start += 1
    if start < block.end:
        yield start, block.end


def _runs_on(line: str, following: str) -> bool:
    """Whether a line break was only the width of a page."""
    if len(line) < 45 or _TERMINAL.search(line):
        return len(line) >= 45 and following[:1].islower()
    return following[:1].islower() or following[:1].isdigit() or len(line) >= 60
