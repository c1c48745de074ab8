"""Text on a terminal: nothing in it is read as markup, nothing is broken inside a word.

`rich` is imported where it is used, so that help and version answer at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text


def styled(text: Any = "", style: str = "") -> Text:
    """Text as it stands, cleaned."""
    from rich.text import Text

    return Text(clean(text), style=style)


def clean(text: Any) -> str:
    """Text without control characters, which a terminal would obey rather than print."""
    return "".join(c if c.isprintable() or c in "\n\N{NO-BREAK SPACE}" else " " for c in str(text))


def say(console: Console, text: str, indent: int = 0, hang: int = 0, style: str = "") -> None:
    """A paragraph on one indent, folded between words; a no-break space is never folded at."""
    import textwrap

    from rich.text import Text

    first, rest = " " * indent, " " * (indent + hang)
    flat = " ".join(clean(text).split("\n"))
    width = max(24, console.width)
    for line in textwrap.wrap(flat, width, initial_indent=first, subsequent_indent=rest) or [""]:
        console.print(Text(line, style=style, no_wrap=True, overflow="fold"), soft_wrap=True)


def columned(*columns: str, right: Sequence[str] = ()) -> Table:
    """An empty table with these columns and no lines; those in `right` stand flush right."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in columns:
        justify: Any = "right" if name in right else "left"
        table.add_column(name, justify=justify, overflow="fold")
    return table
