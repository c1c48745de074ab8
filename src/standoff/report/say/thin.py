"""An answer that is withheld for too few draws, on a terminal: what was asked, why there is no answer, what to do."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.report import words
from standoff.report.screen import say, styled

if TYPE_CHECKING:
    from rich.console import Console


def print_thin(head: str, found: Mapping[str, Any], thin: Mapping[str, Any], console: Console, *, name: str) -> None:
    """All that is printed then, whatever the command.

    head: what was asked; found: plain data with its date as ``as_of``; thin: plain data of `analysis.enough.Thin`;
    name: what the case is called in commands.
    """
    console.print(styled(f"{head}: {Path(name).resolve().name}, as of {words.day(found['as_of'])}", style="bold"))
    console.print()
    say(console, f"No numbers: {thin['say']}. {thin.get('mend', '')}".rstrip())
