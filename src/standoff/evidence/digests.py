"""Digests: files of the case folder that hold a report in our own words, or its text itself.

A digest is Markdown with front matter between two lines ``---``. Front matter that has an `id` describes the
report; any other is left alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from standoff.errors import CaseError, EvidenceError, Problem
from standoff.evidence.anchors import Anchor, find_anchor, overlaps
from standoff.evidence.document import FrontMatter
from standoff.evidence.files import citable_part, read_text, split_front_matter
from standoff.evidence.text import normalise
from standoff.language.located import Located
from standoff.language.read import parse_yaml
from standoff.language.validation import validate


@dataclass(frozen=True)
class Digest:
    """A text file of the case: `file` relative to the folder, `body` normalised, and what its head says.

    `unread`: the id of a report whose head is there and could not be read; what is wrong with it has been said."""

    file: str
    body: str
    front: FrontMatter | None = None
    located: Located | None = None
    unread: str = ""


def read_digest(folder: Path, file: str) -> tuple[Digest | None, list[Problem]]:
    """One file of the case; None where it is no text at all."""
    path = folder / file
    try:
        text = read_text(path)
    except EvidenceError as error:
        return None, list(error.problems)
    front, _ = split_front_matter(text) if file.lower().endswith(".md") else ("", "")
    body = normalise(citable_part(text, file))
    try:
        located = parse_yaml(front, str(path)) if front.strip() else None
    except CaseError as error:
        return Digest(file, body, unread=path.stem), list(error.problems)
    if located is None or not isinstance(located.data, dict) or "id" not in located.data:
        return Digest(file, body), []
    record, problems = validate(FrontMatter, located)
    if record is None:
        return Digest(file, body, unread=str(located.data["id"])), problems
    return Digest(file, body, record, located), problems


def read_digests(folder: Path, named: set[str]) -> tuple[dict[str, Digest], list[Problem]]:
    """File -> digest, for every ``reports/*.md`` and every file in `named` that exists in the folder."""
    shelf = folder / "reports"
    files = {path.relative_to(folder).as_posix() for path in shelf.glob("*.md")} if shelf.is_dir() else set()
    found: dict[str, Digest] = {}
    problems: list[Problem] = []
    for file in sorted(files | {each for each in named if inside(folder, each) and (folder / each).exists()}):
        digest, said = read_digest(folder, file)
        problems += said
        if digest is not None:
            found[file] = digest
    return found, problems


def marked_as_filler(path: Path | str, anchor: Anchor) -> str:
    """The passage that an anchor into this file touches and that the head of the file marks as filler; '' if none."""
    path = Path(path)
    digest, _ = read_digest(path.parent, path.name)
    if digest is None or digest.front is None:
        return ""
    for mark in digest.front.filler:
        standing = find_anchor(digest.body, Anchor(mark.start, mark.end, mark.sha256, mark.before, mark.after))
        if standing.good and overlaps(standing.anchor, anchor):
            return digest.body[standing.anchor.start : standing.anchor.end]
    return ""


def inside(folder: Path, file: str) -> bool:
    """Whether a file named in the case lies in the case folder, links followed."""
    try:
        return (folder / file).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError, RuntimeError):
        return False
