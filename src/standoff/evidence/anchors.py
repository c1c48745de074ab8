"""Anchors: citing a passage without copying it.

An anchor says where a passage stands in the *normalised* text (`text.normalise`) and carries digests of the
passage and of a few words on either side, never the words themselves.

A passage counts when it matches **exactly** and neither begins nor ends inside a word or a number. A similar
passage is offered, never accepted: one inserted "not" leaves two sentences nine tenths alike.

A passage that has moved is found again by its digest: every window of the same length that begins and ends
at the edge of a word is hashed, so the search costs about a twentieth of hashing every window, and is linear
in the length of the text. Where several places fit, the words on either side decide; where they do not, the
anchor is an orphan.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

from standoff.errors import EvidenceError, Problem
from standoff.evidence.text import cuts_word, digest, line_of, nearest_passage, normalise, word_edges

CONTEXT_WORDS = 5

State = Literal["held", "moved", "orphan", "changed", "cut"]


@dataclass(frozen=True, slots=True)
class Anchor:
    """A passage by place and digest.

    `start` and `end` are character offsets into the normalised text (end excluded), `sha256` the digest of
    the passage; `before` and `after` are the first 16 hex digits of the digest of up to five words on
    either side, empty where not given.
    """

    start: int
    end: int
    sha256: str
    before: str = ""
    after: str = ""

    def to_yaml(self) -> str:
        """One line to paste into evidence.yaml after ``anchor:``."""
        fields = {key: value for key, value in asdict(self).items() if value != ""}
        return "{" + ", ".join(f"{key}: {_quoted(value)}" for key, value in fields.items()) + "}"


def _quoted(value: object) -> str:
    # Sixteen hex digits may all be decimal, or read like 12e4: quotes keep YAML from making them numbers.
    return f'"{value}"' if isinstance(value, str) else str(value)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an anchor stands in a text.

    held     the passage is where the anchor says
    moved    it stands elsewhere, in one place only: `anchor` is the new one
    orphan   it stands in several places (`places`) and the words around it do not decide
    changed  it is nowhere
    cut      the anchor begins or ends inside a word or a number
    """

    state: State
    anchor: Anchor
    places: tuple[int, ...] = ()

    @property
    def good(self) -> bool:
        return self.state in ("held", "moved")


def anchor_at(normalised: str, start: int, end: int) -> Anchor:
    """The anchor of ``normalised[start:end]``; the caller vouches for the bounds."""
    return Anchor(start, end, digest(normalised[start:end]), *_context(normalised, start, end))


def make_anchor(text: str, passage: str, *, occurrence: int | None = None, skipped: int = 0) -> Anchor:
    """The anchor of a passage quoted word for word from a text (neither need be normalised).

    `occurrence` (from 1) picks one place where the passage stands in several; `skipped`: lines of the file before
    the text, for the numbers of lines in messages. Raises `EvidenceError` when the
    passage is empty, absent (the nearest passage is offered, with its similarity), cut out of a word, or
    ambiguous (all places are named).
    """
    body, wanted = normalise(text), normalise(passage)
    if not wanted:
        raise EvidenceError(Problem("an empty passage", "words of the text", "Quote the passage itself."))
    everywhere = _occurrences(body, wanted)
    places = [at for at in everywhere if not cuts_word(body, at) and not cuts_word(body, at + len(wanted))]
    if not places:
        raise EvidenceError(_cut(body, wanted, everywhere[0]) if everywhere else _absent(body, wanted))
    if occurrence is None and len(places) > 1:
        shown = ", ".join(f"character {at} (line {skipped + line_of(text, at)})" for at in places[:5])
        more = f" and {len(places) - 5} more" if len(places) > 5 else ""
        raise EvidenceError(
            Problem(
                found=f"the passage in {len(places)} places: {shown}{more}",
                expected="a passage that stands in one place only",
                mend="Quote a few more words on either side, or say which is meant: `--occurrence 2` for the second.",
            )
        )
    if not 1 <= (which := occurrence or 1) <= len(places):
        raise EvidenceError(
            Problem(f"occurrence {occurrence}", f"a number from 1 to {len(places)}", "Count from the top.")
        )
    return anchor_at(body, places[which - 1], places[which - 1] + len(wanted))


def find_anchor(normalised: str, anchor: Anchor) -> Standing:
    """Where the passage of an anchor stands in a text that is already normalised."""
    length = anchor.end - anchor.start
    inside = 0 <= anchor.start < anchor.end <= len(normalised)
    if inside and digest(normalised[anchor.start : anchor.end]) == anchor.sha256:
        cut = cuts_word(normalised, anchor.start) or cuts_word(normalised, anchor.end)
        return Standing("cut" if cut else "held", anchor)
    starts, ends = word_edges(normalised)
    windows = (at for at in starts if at + length in ends) if length > 0 else ()
    places = [at for at in windows if digest(normalised[at : at + length]) == anchor.sha256]
    if not places:
        return Standing("changed", anchor)
    best = places
    if len(places) > 1 and (anchor.before or anchor.after):
        fits = {at: _fit(normalised, at, at + length, anchor) for at in places}
        best = [at for at in places if fits[at] == max(fits.values())]
    if len(best) > 1:
        return Standing("orphan", anchor, tuple(places))
    return Standing("moved", anchor_at(normalised, best[0], best[0] + length), tuple(places))


def overlaps(one: Anchor, other: Anchor) -> bool:
    """Whether two passages of one text share a character."""
    return one.start < other.end and other.start < one.end


def _context(normalised: str, start: int, end: int) -> tuple[str, str]:
    # Only as much text as five words need is split: a slice wide enough for any real words.
    before = normalised[max(0, start - 400) : start].split()[-CONTEXT_WORDS:]
    after = normalised[end : end + 400].split()[:CONTEXT_WORDS]
    return digest(" ".join(before))[:16], digest(" ".join(after))[:16]


def _fit(normalised: str, start: int, end: int, anchor: Anchor) -> int:
    before, after = _context(normalised, start, end)
    return (before == anchor.before) + (after == anchor.after)


def _occurrences(body: str, wanted: str) -> list[int]:
    places, at = [], body.find(wanted)
    while at >= 0:
        places.append(at)
        at = body.find(wanted, at + 1)
    return places


def _cut(body: str, wanted: str, at: int) -> Problem:
    first, last = at, at + len(wanted)
    while cuts_word(body, first):
        first -= 1
    while cuts_word(body, last):
        last += 1
    return Problem(
        found=f"the passage only as a part of longer words: '{_short(body[first:last])}'",
        expected="a passage that begins and ends with whole words and whole numbers",
        mend="Quote the whole words: half a word may say the opposite.",
    )


def _absent(body: str, wanted: str) -> Problem:
    start, end, likeness = nearest_passage(body, wanted)
    if likeness < 0.5:
        mend = "Copy it word for word from the text; nothing in the text comes near it."
    else:
        mend = (
            f"The nearest passage is {likeness:.0%} alike and is not accepted for it: "
            f"'{_short(body[start:end])}' (character {start}). Quote that one if it is meant."
        )
    return Problem(
        found=f"no passage '{_short(wanted)}' in the text",
        expected="words that stand in the text exactly, quotes, dashes and white space aside",
        mend=mend,
    )


def _short(passage: str, limit: int = 160) -> str:
    return passage if len(passage) <= limit else f"{passage[: limit // 2]} ... {passage[-limit // 2 :]}"
