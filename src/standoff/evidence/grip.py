"""How claims hold on to their texts: every anchor checked against what is at hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Literal

from standoff.evidence.anchors import Anchor, Standing, find_anchor, overlaps
from standoff.evidence.claims import Claim
from standoff.evidence.complaints import Complaints
from standoff.evidence.reports import Report

Hold = Literal["held", "moved", "changed", "orphan", "cut", "filler", "not held", "none"]
HOLD_WORDS: dict[Hold, str] = {
    "held": "passage verified",
    "moved": "passage verified, but it has moved",
    "changed": "passage changed or gone",
    "orphan": "passage stands in several places",
    "cut": "anchor cuts a word",
    "filler": "anchor lies on filler",
    "not held": "text not held here",
    "none": "no anchor",
}


@dataclass(frozen=True, slots=True)
class Grip:
    """How a claim holds on to its text: in the original, and in our digest."""

    original: Hold = "none"
    digest: Hold = "none"

    @property
    def broken(self) -> bool:
        """Whether either passage is not what was cited."""
        return any(hold in ("changed", "orphan", "cut", "filler") for hold in (self.original, self.digest))


def anchor_command(complaints: Complaints, file: str, words: str = "passage") -> str:
    """The command that makes an anchor, for a file of the case that is being read, from where the user stands."""
    place = Path(complaints.located.file).parent / file
    if not place.exists():
        place = Path(file)  # an original, which lies where the user keeps such texts
    return f'`standoff anchor {quote(str(place))} "{words}"`'


def grip_of(claim: Claim, report: Report, resting: Sequence[str], complaints: Complaints) -> Grip:
    """Check both anchors of a claim. `resting`: key paths of what rests on it, named in every error."""
    return Grip(
        original=_original(claim, report, resting, complaints),
        digest=_digest(claim, report, resting, complaints),
    )


def _original(claim: Claim, report: Report, resting: Sequence[str], complaints: Complaints) -> Hold:
    anchor = claim.anchor
    if anchor is None:
        return "none"
    path = ("claims", claim.id, "anchor")
    if report.state == "not held":
        # Offsets are comparable even where the words are not at hand.
        return "filler" if _on_filler(anchor, report.filler, path, claim, complaints) else "not held"
    name = report.source.name if report.source else report.file
    standing = find_anchor(report.text, anchor)
    _judge(standing, claim, report.text, name, path, resting, complaints)
    return _off_filler(standing, claim, report, path, complaints)


def _digest(claim: Claim, report: Report, resting: Sequence[str], complaints: Complaints) -> Hold:
    anchor = claim.digest_anchor
    if anchor is None:
        return "none"
    path = ("claims", claim.id, "digest_anchor")
    if not report.digest_text:
        complaints.add(
            path,
            f"an anchor into a digest, but report '{report.id}' has none at hand",
            "a file with the digest",
            "Give the report a `file:`, or remove this anchor.",
        )
        return "not held"
    standing = find_anchor(report.digest_text, anchor)
    _judge(standing, claim, report.digest_text, report.file, path, resting, complaints)
    if report.source is None:  # the file is no digest of ours but the report itself, with its filler
        return _off_filler(standing, claim, report, path, complaints)
    return standing.state


def _off_filler(
    standing: Standing, claim: Claim, report: Report, path: tuple[str, ...], complaints: Complaints
) -> Hold:
    """How an anchor stands in the text of a report, once it is known whether it lies on what is not the report."""
    if standing.good:
        spans = [
            found.anchor for found in (find_anchor(report.text, span) for span in report.filler) if found.good
        ]
        if _on_filler(standing.anchor, spans, path, claim, complaints):
            return "filler"
    return standing.state


def _judge(
    standing: Standing,
    claim: Claim,
    text: str,
    name: str,
    path: tuple[str, ...],
    resting: Sequence[str],
    complaints: Complaints,
) -> None:
    """Say what is wrong with an anchor that does not simply hold."""
    on_it = f"; resting on it: {', '.join(resting)}" if resting else "; nothing rests on it yet"
    again = "Read the text again. If the claim still stands, anchor it anew with"
    tool = anchor_command(complaints, name)
    match standing.state:
        case "changed":
            there = text[standing.anchor.start : standing.anchor.end]
            shown = there if len(there) <= 90 else f"{there[:60]} ... {there[-25:]}"
            now = f" (in its place now: '{shown}')" if there else ""
            complaints.add(
                path,
                f"the passage of claim '{claim.id}' changed in {name}, or gone from it{now}{on_it}",
                "the passage as it was cited, to the letter",
                f"{again} {tool}; if it does not, change the claim and what rests on it.",
            )
        case "orphan":
            places = ", ".join(str(place) for place in standing.places)
            complaints.add(
                path,
                f"the passage of claim '{claim.id}' in {len(standing.places)} places of {name} (characters "
                f"{places}), none of them certain: the anchor is an orphan{on_it}",
                "one place that fits",
                f"{again} {tool}, quoting a few more words.",
            )
        case "cut":
            complaints.add(
                path,
                f"an anchor of claim '{claim.id}' that begins or ends inside a word of {name}{on_it}",
                "whole words: half a word may say the opposite",
                f"{again} {tool}.",
            )
        case "moved":
            complaints.warn(
                path,
                f"the passage of claim '{claim.id}', unchanged, at another place of {name}",
                "it at the place that the anchor gives",
                f"Write the new place: {path[-1]}: {standing.anchor.to_yaml()}",
            )


def _on_filler(
    anchor: Anchor, spans: Sequence[Anchor], path: tuple[str, ...], claim: Claim, complaints: Complaints
) -> bool:
    hit = next((span for span in spans if overlaps(anchor, span)), None)
    if hit is None:
        return False
    complaints.add(
        path,
        f"an anchor of claim '{claim.id}' that overlaps filler (characters {hit.start} to {hit.end})",
        "words of the report itself",
        "Anchor the words before or after it, or correct the filler span if it is report after all.",
    )
    return True
