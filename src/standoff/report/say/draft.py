"""What `standoff draft` prints: how many proposals hold, each with its passage, and what did not hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from standoff.evidence.grades import CREDIBILITY, RELIABILITY
from standoff.report import words
from standoff.report.screen import say, styled

if TYPE_CHECKING:
    from rich.console import Console

_LABEL = 12


def print_draft(draft: Mapping[str, Any], console: Console, *, rejected: bool = False) -> None:
    """Counts and remarks; with `rejected`, everything that did not hold."""
    held, lost = draft["proposals"], draft["rejected"]
    for remark in draft["remarks"]:
        say(console, remark)
    head = f"{words.count(len(held), 'proposal')} for {draft['report']}, each with its passage found in the report."
    say(console, head if held else f"No proposal for {draft['report']} holds.", style="bold")
    if lost:
        counts: dict[str, int] = {}
        for each in lost:
            counts[each["means"]] = counts.get(each["means"], 0) + 1
        told = "; ".join(f"{means} ({n})" for means, n in counts.items())
        say(console, f"{len(lost)} more not shown: {told}.{'' if rejected else ' --rejected lists them.'}")
    for each in lost if rejected else []:
        console.print()
        _line(console, "not shown", f"{each['means']}{': ' + each['detail'] if each['detail'] else ''}")
        if each["given"]:
            _line(console, "proposed", each["given"], style="dim")


def print_proposal(proposal: Mapping[str, Any], draft: Mapping[str, Any], number: int, console: Console) -> None:
    """One proposal as a person needs it to decide: the report's words in their surroundings first."""
    console.print()
    kind = "claim" if proposal["kind"] == "claim" else "history"
    source = f"{draft['report']}, {draft['published']}, grade {draft['grade']} ({RELIABILITY[draft['grade']]})"
    console.print(
        styled(f"{number} of {len(draft['proposals'])}  {kind}", style="bold").append(f"  {source}", style="dim")
    )
    if proposal["before"]:
        _line(console, "", f"... {proposal['before']}", style="dim")
    _line(console, "the report", f"«{proposal['passage']}»", style="bold")
    if proposal["after"]:
        _line(console, "", f"{proposal['after'].strip()} ...", style="dim")
    if kind == "history":
        _line(console, "proposed", f"{proposal['who']}: {proposal['move']}, {proposal['date']}")
    _line(console, "says", proposal["says"])
    if proposal["attributed_to"]:
        _line(console, "said by", proposal["attributed_to"])
    if (grade := proposal["credibility_suggested"]) is not None:
        _line(console, "suggested", f"credibility {grade} ({CREDIBILITY[grade]}); yours is asked for")
    for doubt in proposal["doubts"]:
        _line(console, "look at", doubt, style="yellow")
    if proposal["cited_by"]:
        cited = words.listed(proposal["cited_by"])
        _line(console, "look at", f"these words are cited already, by {cited}", style="yellow")


def _line(console: Console, label: str, text: str, style: str = "") -> None:
    say(console, f"{label:<{_LABEL}}{text}", indent=2, hang=_LABEL, style=style)
