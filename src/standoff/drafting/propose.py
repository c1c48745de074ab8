"""From a report to verified proposals: ask, take the answer apart, hold every piece against the report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from standoff.drafting.answer import MOST_ENTRIES, Entries, Kind, entries_of
from standoff.drafting.client import Endpoint, ask
from standoff.drafting.envelope import Answer
from standoff.drafting.ground import Ground
from standoff.drafting.prompt import messages
from standoff.drafting.tidy import excerpt, tidy, without
from standoff.drafting.verify import REASONS, Proposal, Rejected, verify
from standoff.errors import DraftError, Problem

NEAREST_OFFERED = 8


@dataclass(frozen=True)
class Draft:
    """What a model proposes for a report: `proposals` hold; `rejected` do not, and are only counted.

    Nothing of it is evidence until a person has accepted it.
    """

    ground: Ground = field(repr=False)
    proposals: tuple[Proposal, ...]
    rejected: tuple[Rejected, ...] = ()
    remarks: tuple[str, ...] = ()
    endpoint: str | None = None
    model: str | None = None

    def counted(self) -> dict[str, int]:
        """Reason -> how many, in the order of `REASONS`."""
        counts = Counter(each.reason for each in self.rejected)
        return {reason: counts[reason] for reason in REASONS if counts[reason]}

    def to_json(self) -> dict[str, Any]:
        """The shape that docs/scripts.md documents."""
        return {
            "case": self.ground.case.name,
            "report": self.ground.report.id,
            "published": str(self.ground.report.published),
            "grade": self.ground.report.grade,
            "anchor_key": self.ground.key,
            "endpoint": self.endpoint,
            "model": self.model,
            "proposals": [each.to_json() for each in self.proposals],
            "rejected": [each.to_json() for each in self.rejected],
            "remarks": list(self.remarks),
        }


def propose(ground: Ground, endpoint: Endpoint) -> Draft:
    """Ask once, and verify. Raises `DraftError` if no answer comes, or none that attempts what was asked."""
    answer = ask(endpoint, messages(ground))
    return read(answer, ground, endpoint=endpoint.shown, model=tidy(endpoint.model, 100), secret=endpoint.key)


def read(
    answer: Answer,
    ground: Ground,
    *,
    endpoint: str | None = None,
    model: str | None = None,
    secret: str | None = None,
) -> Draft:
    """A model's words as a draft; `secret` is what must not be in it, whatever the model sends back."""
    entries = entries_of(answer)
    if entries is None:
        said = excerpt(answer.text, 60, secret)
        raise DraftError(
            Problem(
                f'an answer with no proposals in it, which begins "{said}"',
                "a JSON object with `claims` and `history`",
                "Try again, or another model; nothing was used or written.",
                file=endpoint or "",
            )
        )
    proposals, rejected = held_against(entries.found, ground, secret)
    rejected += [Rejected("shape", "no object", excerpt(odd, 100, secret)) for odd in entries.odd]
    remarks = (*answer.remarks, *_remarks(answer, entries))
    return Draft(ground, tuple(proposals), tuple(rejected), remarks, endpoint, model)


def held_against(
    entries: Iterable[tuple[Kind, Mapping[str, Any]]], ground: Ground, secret: str | None = None
) -> tuple[list[Proposal], list[Rejected]]:
    """Which entries hold, in the order of the report, and which do not."""
    proposals: list[Proposal] = []
    rejected: list[Rejected] = []
    seen: set[tuple[object, ...]] = set()
    for kind, entry in entries:
        if any(_repeats(text, secret) for text in entry.values()):
            rejected.append(Rejected("shape", "it repeats the key"))
            continue
        offers = sum(each.reason == "absent" for each in rejected)
        found = verify(kind, entry, ground, offer=offers < NEAREST_OFFERED)
        if isinstance(found, Proposal):
            same = (kind, found.anchor.start, found.anchor.end, found.says.casefold(), found.who, found.move)
            if same in seen:
                found = Rejected("twice", "", found.says)
            seen.add(same)
        if isinstance(found, Proposal):
            proposals.append(found)
        else:
            rejected.append(
                replace(found, detail=without(found.detail, secret), given=excerpt(found.given, 160, secret))
            )
    proposals.sort(key=lambda each: (each.anchor.start, each.kind))
    return proposals, rejected


def _repeats(value: Any, secret: str | None) -> bool:
    text = tidy(value) if isinstance(value, str) else ""
    return without(text, secret) != text


def _remarks(answer: Answer, entries: Entries) -> list[str]:
    found = []
    if answer.cut:
        found.append("The answer broke off before its end; what was whole by then is used.")
    elif entries.salvaged:
        found.append("The answer was not clean JSON; the whole objects in it are used.")
    if entries.beyond:
        found.append(
            f"It proposes {MOST_ENTRIES + entries.beyond:,} things; only the first {MOST_ENTRIES} were looked at."
        )
    return found
