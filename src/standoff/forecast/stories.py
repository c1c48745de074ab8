"""A simulated path told in words: who was what in truth, what happened when, how it ended."""

from __future__ import annotations

from standoff.forecast.simulate import Happening, Story
from standoff.game.model import Game
from standoff.language.calendar import step_start
from standoff.language.document import CaseDocument


def told(document: CaseDocument, game: Game, story: Story) -> str:
    """One path as a few lines of text, with the titles of the case and the dates of its clock."""
    lines = []
    truths = []
    for i in game.secret:
        actor = document.actors[game.actors[i]]
        kind = game.types[i][story.types[i]]
        truths.append(f"{actor.title or game.actors[i]}: {actor.types[kind].title or kind.replace('_', ' ')}")
    if truths:
        lines.append("In truth, " + "; ".join(truths) + ".")
    for happened in story.happened:
        lines.append(f"  {step_start(document.clock, happened.step).isoformat()}  {_line(document, game, happened)}")
    name = game.outcomes[story.outcome]
    title = document.outcomes[name].title or name.replace("_", " ")
    when = step_start(document.clock, min(story.step, game.steps))
    lines.append(f"  {when.isoformat()}  It ends: {title}.")
    return "\n".join(lines)


def _line(document: CaseDocument, game: Game, happened: Happening) -> str:
    phase = game.phases[happened.phase]
    move = phase.moves[happened.move]
    if phase.choice:
        actor = document.actors[phase.label].title or phase.label
        what = document.moves[phase.label][move].title or move.replace("_", " ")
        return f"{actor}: {what}" + ("" if happened.seen else " (unseen)")
    return document.events[move].title or move.replace("_", " ")
