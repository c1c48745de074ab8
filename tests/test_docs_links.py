"""Every link inside README and docs leads somewhere, and every page is reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
NAMES = [page.relative_to(ROOT).as_posix() for page in PAGES]


def prose(page: Path) -> str:
    """A page without its code."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    return re.sub(r"`[^`\n]*`", "`code`", text)


def places(page: Path) -> set[str]:
    """What ``#...`` may name on a page: its headings as GitHub slugs them, and anchors written out."""
    text = re.sub(r"(?ms)^```.*?^```", "", page.read_text(encoding="utf-8"))
    found = set(re.findall(r'<a id="([^"]+)"', text))
    for heading in re.findall(r"(?m)^#+\s+(.*)$", text):
        plain = re.sub(r"<[^>]+>|\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        found.add(re.sub(r"[^\w\- ]", "", plain.strip().lower()).replace(" ", "-"))
    return found


def links(page: Path) -> list[str]:
    """Targets of the links that stay inside the project."""
    return [target for target in LINK.findall(prose(page)) if not re.match(r"[a-z]+:", target)]


@pytest.mark.parametrize("page", PAGES, ids=NAMES)
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for target in links(page):
        path, _, place = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        if not there.exists() or (place and there.suffix == ".md" and place not in places(there)):
            broken.append(target)
    assert not broken


def test_every_page_of_the_docs_is_reached_from_the_readme() -> None:
    seen: set[Path] = set()
    waiting = [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md" or not page.exists():
            continue
        seen.add(page)
        for target in links(page):
            path = target.partition("#")[0]
            there = (page.parent / path).resolve()
            waiting.append(there / "README.md" if there.is_dir() else there)
    assert not {page for page in PAGES if page.is_relative_to(ROOT / "docs")} - seen


def test_pictures_say_what_they_show() -> None:
    nameless = [
        (name, picture)
        for page, name in zip(PAGES, NAMES, strict=True)
        for alt, picture in re.findall(r"!\[([^\]]*)\]\(([^)\s]+)\)", prose(page))
        if len(alt) < 20
    ]
    assert not nameless
