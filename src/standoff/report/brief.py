"""The brief: findings as one self-contained HTML page, or as Markdown.

The page asks the network for nothing, runs no script, prints, and follows the reader's light or dark scheme.
Every link inside it has its target. Text from the case is escaped wherever it goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.language.printable import visible
from standoff.report import charts, view, words
from standoff.report.phrases import Piece
from standoff.report.references import Reference

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

TEMPLATES = Path(__file__).parent / "templates"


def render_html(findings: Mapping[str, Any]) -> str:
    """The brief as one HTML page, UTF-8, without a byte from elsewhere.

    `findings` is the plain data of a run; parts that are missing are left out of the page. Drawing takes a
    few seconds. Raises KeyError when `outcomes` rows hold no mean.
    """
    page = _environment(html=True).get_template("brief.html.j2").render(view.build(findings))
    return re.sub(r"\n\s*\n+", "\n", page)


def render_markdown(findings: Mapping[str, Any]) -> str:
    """The same brief as Markdown (CommonMark with tables), with the same anchors and no pictures."""
    text = _environment(html=False).get_template("brief.md.j2").render(view.build(findings, pictures=False))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


@lru_cache(maxsize=2)
def _environment(*, html: bool) -> Environment:
    from jinja2 import ChainableUndefined, Environment, FileSystemLoader

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=html,
        finalize=_finalized,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(colours=_colours(), NBSP=words.NBSP)
    environment.filters.update(
        inline=inline,
        prose=prose,
        cap=words.capital,
        day=words.day,
        percent=words.percent,
        listed=words.listed,
        plain=words.plain,
        in_points=words.in_points,
        md=markdown_text,
        cell=markdown_cell,
        mdpieces=_markdown_pieces,
        mdrefs=_markdown_refs,
        gist=words.gist,
        stop=_stop,
    )
    return environment


def _finalized(value: Any) -> Any:
    """Whatever a template prints, with characters that a page or a terminal would obey written out."""
    if not isinstance(value, str):
        return value
    return type(value)(visible(value))  # what is escaped stays known as escaped


def _colours() -> list[tuple[str, str]]:
    """Colours that stand in the pictures, and the page's variable that replaces each."""
    from standoff.report.diagram import GROUND

    return [
        (charts.INK, "ink"),
        (charts.SOFT, "soft"),
        (charts.RULE, "rule"),
        (charts.PAPER, "paper"),
        (charts.PEACE, "peace"),
        (charts.FORCE, "force"),
        (charts.MIND, "mind"),
        (charts.OPEN, "open"),
        (GROUND, "ground"),
    ]


def inline(svg: str) -> Markup:
    """An SVG for use inside HTML, where its namespaces are known without being named."""
    from markupsafe import Markup

    bare = re.sub(r'\s+xmlns(?::\w+)?="[^"]*"', "", svg).replace("xlink:href", "href")
    return Markup(bare)


def prose(text: Any) -> Markup:
    """Escaped text in which a range such as ``20–45 %`` never breaks across lines."""
    from markupsafe import Markup, escape

    safe = str(escape(str(text)))
    return Markup(re.sub(r"(?:&[lg]t;)?\d+–\d+\xa0%", r"<span class=nb>\g<0></span>", safe))


def _stop(text: Any) -> str:
    """Text that ends with one full stop, or with the mark it has."""
    flat = str(text).strip()
    return flat if flat.endswith((".", "?", "!")) else f"{flat}."


# Markdown ---------------------------------------------------------------------------------------------------


def markdown_text(text: Any) -> str:
    """Text with everything that Markdown or HTML would read as markup made harmless, on one line."""
    flat = " ".join(visible(str("" if text is None else text)).split())
    parts = re.split(r"(`\w[\w .:=/+-]*`)", flat)  # a name between backticks holds nothing that could be markup
    return "".join(part if place % 2 else _harmless(part) for place, part in enumerate(parts))


def _harmless(text: str) -> str:
    escaped = re.sub(r"([\\`*_\[\]{}#|~])", r"\\\1", text)
    return escaped.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def markdown_cell(text: Any) -> str:
    """The same, never empty, for a table."""
    return markdown_text(text) or "–"


def _markdown_pieces(pieces: Sequence[Piece]) -> str:
    return "".join(f"[{markdown_text(p.text)}]({p.href})" if p.href else _spaced(p.text) for p in pieces)


def _spaced(text: str) -> str:
    """Escaped, with the blanks at both ends kept."""
    head = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() and text.strip() else ""
    return f"{head}{markdown_text(text)}{tail}"


def _markdown_refs(references: Sequence[Reference]) -> str:
    found = []
    for ref in references:
        label = (
            f"\\[{ref.label}\\]" if ref.kind == "claim" and ref.label.isdigit() else markdown_text(ref.label)
        )
        found.append(f"[{label}]({ref.href})" if ref.href else label)
    return " ".join(found) if all(r.kind == "claim" for r in references) else ", ".join(found)
