"""A model's proposal held against the report, before anybody sees it.

What does not hold is not mended and not shown as a proposal: it is counted, with the reason. All that is kept of a
passage is where it stands in the report; whatever is shown later comes from there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from standoff.drafting.answer import Doubled, Kind
from standoff.drafting.doubts import doubts, doubts_of_move, sentence_rest
from standoff.drafting.figures import twofold, unsupported
from standoff.drafting.ground import Ground
from standoff.drafting.tidy import tidy
from standoff.errors import EvidenceError
from standoff.evidence import Anchor, DateSpan
from standoff.evidence.anchors import anchor_at, overlaps
from standoff.evidence.dates import MONTHS
from standoff.evidence.history import EVENT
from standoff.evidence.text import cuts_word, nearest_passage, normalise

LEAST_LETTERS, LEAST_WORDS, MOST_LETTERS = 20, 4, 600
MOST_SAID, MOST_NAMED = 300, 120
AROUND = 200
WIDE = 31
REASONS: Mapping[str, str] = {
    "shape": "not of the shape that was asked for",
    "absent": "a passage that is not in the report",
    "ellipsis": "a passage with words left out",
    "part": "a passage that begins or ends inside a word",
    "places": "a passage that stands in several places",
    "short": "a passage too short to show anything",
    "long": "a passage too long to be one",
    "filler": "a passage out of filler, which is not the report",
    "number": "a number that the passage does not give",
    "date": "a date that does not read, or cannot be",
    "move": "an actor or move that the case does not have",
    "twice": "the same thing a second time",
}


@dataclass(frozen=True)
class Proposal:
    """A claim, or a history entry, whose passage stands in the report; a person decides about it.

    `passage`, `before` and `after` are the report's own words, normalised. `credibility` is the model's suggestion
    and nothing more. A history entry has `when`, `who` and `move`. `doubts` are for the reader; `cited` names claims
    of the case on the same words.
    """

    kind: Kind
    says: str
    passage: str
    anchor: Anchor
    before: str = ""
    after: str = ""
    attributed_to: str | None = None
    credibility: int | None = None
    when: DateSpan | None = None
    who: str = ""
    move: str = ""
    doubts: tuple[str, ...] = ()
    cited: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As `standoff draft --json` lists it; what a history entry does not need is null in a claim."""
        return {
            "kind": self.kind,
            "says": self.says,
            "passage": self.passage,
            "before": self.before,
            "after": self.after,
            "anchor": asdict(self.anchor),
            "attributed_to": self.attributed_to,
            "credibility_suggested": self.credibility,
            "date": self.when.text if self.when else None,
            "who": self.who or None,
            "move": self.move or None,
            "doubts": list(self.doubts),
            "cited_by": list(self.cited),
        }

    def to_entry(self) -> dict[str, Any]:
        """As a model would have had to write it, place included: what verification starts from when work goes on."""
        entry: dict[str, Any] = {"says": self.says, "passage": self.passage, "start": self.anchor.start}
        if self.kind == "history":
            entry |= {"date": self.when.text if self.when else "", "who": self.who, "move": self.move}
        else:
            entry |= {"attributed_to": self.attributed_to, "credibility": self.credibility}
        return entry


@dataclass(frozen=True)
class Rejected:
    """A proposal that does not hold: which of `REASONS`, more about it, and a piece of what was proposed."""

    reason: str
    detail: str
    given: str = field(default="")

    def to_json(self) -> dict[str, Any]:
        return {"reason": self.reason, "means": REASONS[self.reason], "detail": self.detail, "given": self.given}


class _DoesNotHoldError(Exception):
    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


def verify(kind: Kind, entry: Mapping[str, Any], ground: Ground, *, offer: bool = False) -> Proposal | Rejected:
    """The proposal, if it holds. `offer`: for a passage that is not there, name the nearest one (slow)."""
    try:
        if isinstance(entry, Doubled):
            raise _DoesNotHoldError("shape", "one of its keys stands there twice")
        anchor = _anchor(entry, ground, offer)
        if kind == "history":
            return _history(entry, anchor, ground)
        says = _text(entry, "says", MOST_SAID)
        attributed = _text(entry, "attributed_to", MOST_NAMED, needed=False) or None
        plain = Proposal(
            "claim", says, "", anchor, attributed_to=attributed, credibility=_credibility(entry.get("credibility"))
        )
        return checked(plain, ground)
    except _DoesNotHoldError as no:
        texts = [value for key in ("passage", "says", "move") if isinstance(value := entry.get(key), str) and value]
        return Rejected(no.reason, no.detail, tidy(texts[0], 3_000) if texts else "")


def checked(proposal: Proposal, ground: Ground) -> Proposal | Rejected:
    """A proposal with its passage, surroundings and doubts as they stand in the report; also after an edit by hand."""
    at = proposal.anchor
    passage = ground.text[at.start : at.end]
    says = proposal.says
    if len(says) < 10 or not re.search(r"[^\W\d_]{2}", says):
        return Rejected("shape", "a claim without words", says)
    if proposal.kind == "claim" and (missing := unsupported(says, passage)):
        return Rejected("number", f"{', '.join(missing[:5])} in the claim, not in the passage", says)
    rest = sentence_rest(ground.text, at.start, at.end)
    if proposal.kind == "claim":
        found = doubts(says, passage, proposal.attributed_to, ground.text, rest)
        found += tuple(f"{each} in the passage can be read as two numbers" for each in twofold(says, passage))
    else:
        found = tuple(doubts_of_move(passage, rest))
    if proposal.when is not None:
        found = (*found, *_date_doubts(proposal.when, passage, ground), *_told_already(proposal, ground))
    before, after = max(0, at.start - AROUND), at.end + AROUND
    return replace(
        proposal,
        passage=passage,
        before=ground.text[before : at.start].partition(" ")[2] if before else ground.text[: at.start],
        after=ground.text[at.end : after].rpartition(" ")[0] if after < len(ground.text) else ground.text[at.end :],
        doubts=found,
        cited=tuple(name for name, other in ground.cited.items() if overlaps(at, other)),
    )


def _anchor(entry: Mapping[str, Any], ground: Ground, offer: bool) -> Anchor:
    """Where the passage stands, if it stands there word for word, whole, once, and is neither scrap nor chapter."""
    written = entry.get("passage")
    if not isinstance(written, str) or not written.strip():
        raise _DoesNotHoldError("shape", "no passage")
    if len(written) > 8 * MOST_LETTERS:
        raise _DoesNotHoldError("long", f"{len(written):,} characters")
    wanted, text = normalise(written), ground.text
    if len(wanted) > MOST_LETTERS:
        raise _DoesNotHoldError("long", f"{len(wanted)} characters, at most {MOST_LETTERS}")
    letters, words = _size(wanted)
    if letters < LEAST_LETTERS or words < LEAST_WORDS:
        raise _DoesNotHoldError("short", f"at least {LEAST_WORDS} words and {LEAST_LETTERS} characters are needed")
    everywhere = [found.start() for found in re.finditer(f"(?={re.escape(wanted)})", text)]
    places = [at for at in everywhere if not cuts_word(text, at) and not cuts_word(text, at + len(wanted))]
    if not everywhere:
        cut = "..." in wanted or "\u2026" in wanted
        raise _DoesNotHoldError("ellipsis" if cut else "absent", _nearest(wanted, text) if offer and not cut else "")
    if not places:
        raise _DoesNotHoldError("part", "whole words only: half a word may say the opposite")
    start = _which(entry, places)
    anchor = anchor_at(text, start, start + len(wanted))
    if any(overlaps(anchor, span) for span in ground.filler):
        raise _DoesNotHoldError("filler", f"character {start}")
    return anchor


def _which(entry: Mapping[str, Any], places: list[int]) -> int:
    start, occurrence = entry.get("start"), entry.get("occurrence")
    if type(start) is int and start in places:
        return start
    if type(occurrence) is int and 1 <= occurrence <= len(places):
        return places[occurrence - 1]
    if len(places) > 1:
        raise _DoesNotHoldError("places", f"{len(places)} places, and it is not said which")
    return places[0]


def _size(passage: str) -> tuple[int, int]:
    """Letters and words; a letter of a script that writes a word in a letter or two counts as a word of three."""
    dense = sum(letter.isalpha() and ord(letter) >= 0x2E80 and not 0xAC00 <= ord(letter) < 0xD7B0 for letter in passage)
    return len(passage) + 2 * dense, len(re.findall(r"\w+", passage)) + dense


def _nearest(wanted: str, text: str) -> str:
    start, end, likeness = nearest_passage(text, wanted)
    if likeness < 0.6:
        return "nothing in the report comes near it"
    return f"{likeness:.0%} like, and not the same as: '{tidy(text[start:end], 200)}'"


def _history(entry: Mapping[str, Any], anchor: Anchor, ground: Ground) -> Proposal | Rejected:
    who, move = _text(entry, "who", 100), _text(entry, "move", 100)
    when = _when(entry.get("date"))
    plain = Proposal("history", "", "", anchor, when=when, who=who, move=move)
    problem = fits(plain, ground)
    if problem is not None:
        raise _DoesNotHoldError(problem.reason, problem.detail)
    return checked(replace(plain, says=told(plain, ground)), ground)


def told(proposal: Proposal, ground: Ground) -> str:
    """What a history entry says, in the case's own words."""
    title = ground.moves[proposal.who][proposal.move]
    if proposal.who == EVENT:
        return f"It happened: {title} ({proposal.when})."
    actor = ground.case.document.actors[proposal.who]
    return f"{getattr(actor, 'title', None) or proposal.who}: {title} ({proposal.when})."


def fits(proposal: Proposal, ground: Ground) -> Rejected | None:
    """What is wrong with who did what when, if anything."""
    who, move, when = proposal.who, proposal.move, proposal.when
    if who not in ground.moves:
        return Rejected("move", f"'{tidy(who, 40)}' is no actor of the case")
    if move not in ground.moves[who]:
        return Rejected("move", f"'{tidy(move, 40)}' is {'no event' if who == EVENT else f'no move of {who}'}")
    if (who, move) in ground.covert:
        return Rejected("move", f"'{move}' is covert: no report can have seen it")
    if when is None:
        return Rejected("date", "no date")
    if when.first > ground.report.published.last:
        return Rejected("date", f"{when}, after the report was published ({ground.report.published})")
    if when.last < ground.first or when.first > ground.last:
        return Rejected("date", f"{when}, outside the clock of the case ({ground.first} to {ground.last})")
    return None


def _when(written: Any) -> DateSpan:
    if not isinstance(written, str) or not written.strip() or len(written) > 100:
        raise _DoesNotHoldError("date", "no date in words")
    try:
        return DateSpan.parse(tidy(written, 100))
    except EvidenceError as error:
        raise _DoesNotHoldError("date", error.problems[0].found) from None


def _date_doubts(when: DateSpan, passage: str, ground: Ground) -> list[str]:
    found = []
    low = passage.lower()
    months = {MONTHS[each.month - 1] for each in (when.first, when.last)}
    if not any(month.lower()[:3] in low for month in months) and when.text not in passage:
        found.append(f"the passage does not give this date ({when.text}): is it said elsewhere in the report?")
    if when.days > WIDE:
        found.append(f"the date leaves {when.days} days open")
    if when.last > ground.report.published.last:
        found.append(f"the date reaches past the day of publication ({ground.report.published})")
    return found


def _told_already(proposal: Proposal, ground: Ground) -> list[str]:
    """Entries of the case's history with this move about this time."""
    when = proposal.when
    return [
        f"history has this move already ({entry.when})"
        for entry in ground.case.evidence.history
        if when and entry.who == proposal.who and proposal.move in entry.moves
        if entry.when.first <= when.last and when.first <= entry.when.last
    ]


def _text(entry: Mapping[str, Any], key: str, most: int, *, needed: bool = True) -> str:
    value = entry.get(key)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise _DoesNotHoldError("shape", f"no `{key}`" if value is None else f"`{key}` is no text")
    text = tidy(value)
    if len(text) > most or (needed and not text):
        raise _DoesNotHoldError("shape", f"`{key}` of {len(text)} characters, 1 to {most} are allowed")
    return text


def _credibility(value: Any) -> int | None:
    return value if type(value) is int and 1 <= value <= 6 else None
