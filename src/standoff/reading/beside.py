"""New reports held against those of the case: shared wording, and figures at odds. Runs in a worker, as `describe`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from standoff.evidence.reprints import Reprint
from standoff.reading.figures import FigureText, Odds, figures_at_odds
from standoff.reading.shingles import Shelf, Story


@dataclass(frozen=True, slots=True)
class Question:
    """`there`: the reports of the case; `new`: those that came, in order; `texts`: all of them for their figures, None
    where figures are not asked for."""

    there: tuple[Story, ...]
    new: tuple[Story, ...]
    texts: tuple[FigureText, ...] | None


@dataclass(frozen=True, slots=True)
class Beside:
    """`alike`: id of a new report -> those of the case, or read before it, that share wording with it, most alike
    first; `odds`: figures at odds in which a new report has a part."""

    alike: Mapping[str, tuple[Reprint, ...]]
    odds: tuple[Odds, ...] | None


def beside(asked: Question) -> Beside:
    """Hold the new reports against the others and against each other."""
    shelf = Shelf()
    for story in asked.there:
        shelf.add(story)
    alike = {}
    for story in asked.new:
        alike[story.id] = tuple(shelf.like(story))
        if story.id not in shelf.stories:
            shelf.add(story)
    if asked.texts is None:
        return Beside(alike, None)
    odds = figures_at_odds(list(asked.texts))
    return Beside(alike, tuple(each for each in odds if any(side.report in alike for side in each.sides)))
