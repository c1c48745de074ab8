"""Text on a terminal: nothing in it is read as markup, nothing is broken inside a word.

`rich` is imported where it is used, so that help and version answer at once.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from standoff.case import Case


def command(*words: object) -> str:
    """A command of ours as it is to be typed where this one was: through `uv run`, or not."""
    return shlex.join([*_through(), "standoff", *map(str, words)])


def as_typed(text: str) -> str:
    """A text in which commands of ours stand in backticks, with each as it is to be typed here."""
    return text.replace("`standoff ", f"`{' '.join([*_through(), 'standoff'])} ")


def called(case: Case) -> str:
    """What to type for a case: its name if it ships with us, else its folder as seen from here."""
    from standoff.case.folder import shipped_cases

    folder = Path(case.folder).resolve()
    if folder in {shipped.resolve() for shipped in shipped_cases().values()}:
        return folder.name
    here = os.path.relpath(folder)
    return str(folder) if here.startswith("..") else here


def _through() -> list[str]:
    return ["uv", "run"] if os.environ.get("UV_RUN_RECURSION_DEPTH") else []


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


def fitted(
    console: Console,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    text: int = 0,
    most: int | None = None,
    bold: Sequence[int] = (),
    last: bool = False,
) -> None:
    """A table no wider than the console, in which nothing is cut: column `text` takes what the others leave and is
    folded between words, the columns after it stand flush right.

    most: the width that titles of these are folded to; bold: columns in bold type; last: the last row in bold type.
    """
    import textwrap

    def longest(c: int, whole: bool) -> int:
        cells = [len(row[c]) for row in rows]
        heading = len(heads[c]) if whole else max(map(len, heads[c].split(" ")))
        return max([heading, *cells])

    def folded(said: str, width: int) -> list[str]:
        return textwrap.wrap(clean(said), width) or [""]

    widths = []
    for c in range(len(heads)):
        wide = longest(c, most is None or c < text)
        cells = max([len(row[c]) for row in rows] or [0])
        widths.append(wide if most is None or c <= text else max(most, cells, min(longest(c, False), most + 4)))
    others = sum(width + 2 for c, width in enumerate(widths) if c != text)
    widths[text] = max(12, min(longest(text, True), console.width - others))
    table = columned(*["\n".join(folded(head, width)) for head, width in zip(heads, widths, strict=True)])
    for c, width in enumerate(widths):
        table.columns[c].width = width
        table.columns[c].no_wrap = True
        table.columns[c].justify = "right" if c > text else "left"
    for r, row in enumerate(rows):
        whole = last and r == len(rows) - 1
        cells_of = ["\n".join(folded(cell, width)) for cell, width in zip(row, widths, strict=True)]
        table.add_row(*(styled(cell, "bold" if whole or c in bold else "") for c, cell in enumerate(cells_of)))
    console.print(table)
