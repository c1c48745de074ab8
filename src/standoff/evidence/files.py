"""Text files: reports, digests, and whatever a user quotes from.

Anchors count characters of what is *citable* in a file: all of it, or what follows the front matter of a
Markdown file.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from standoff.errors import EvidenceError, Problem
from standoff.evidence.anchors import Anchor, make_anchor

MAX_BYTES = 20_000_000


def read_text(path: Path | str) -> str:
    """The text of a file in UTF-8 (a byte order mark is dropped, line ends become newlines).

    Raises `EvidenceError` for a file that is missing, unreadable, not UTF-8 (offset and byte are named) or
    larger than 20 MB.
    """
    return decode(read_bytes(path), str(path))


def read_bytes(path: Path | str) -> bytes:
    """The bytes of a file, with every failure of the disk as an `EvidenceError`."""
    path = Path(path)
    try:
        if path.is_dir():
            raise _problem(path, "a folder where a text should be", "Name the file inside it.")
        size = path.stat().st_size
        if size > MAX_BYTES:
            mend = "Cut the report itself out of it; a report is rarely longer than a book."
            raise _problem(path, f"a file of {size:,} bytes", mend, f"at most {MAX_BYTES:,} bytes")
        return path.read_bytes()
    except FileNotFoundError:
        raise _problem(path, "no such file", "Check the path, or put the text there.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _problem(
            path, f"a file that cannot be read ({reason})", "Check path and permissions."
        ) from None


def decode(raw: bytes, file: str) -> str:
    """Bytes to text; raises `EvidenceError` naming the first byte that is not UTF-8."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        raise EvidenceError(
            Problem(
                found=f"the byte 0x{raw[error.start]:02x} at offset {error.start}, which is not UTF-8",
                expected="text in UTF-8",
                mend="Save it as UTF-8: an editor offers this under 'encoding', or "
                "`iconv -f WINDOWS-1252 -t UTF-8` if it came from an older system.",
                file=file,
                line=before.count(b"\n") + 1,
                column=len(before.rsplit(b"\n", 1)[-1].decode("utf-8", "replace")) + 1,
            )
        ) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def split_front_matter(text: str) -> tuple[str, str]:
    """A digest as (front matter, body); the front matter is empty where the first line is not ``---``.

    The front matter keeps an empty first line, so that its line numbers are those of the file.
    """
    lines = text.split("\n")
    if lines[0].strip() != "---":
        return "", text
    for number, line in enumerate(lines[1:], start=1):
        if line.strip() in ("---", "..."):
            return "\n" + "\n".join(lines[1:number]) + "\n", "\n".join(lines[number + 1 :])
    return "", text


def citable(path: Path | str) -> str:
    """The part of a file that anchors count in: all of it, or what follows the front matter of a .md file."""
    return citable_part(read_text(path), str(path))


def citable_part(text: str, name: str) -> str:
    """The same for text already read from a file of that name."""
    return split_front_matter(text)[1] if name.lower().endswith(".md") else text


def anchor_in_file(path: Path | str, passage: str, *, occurrence: int | None = None) -> Anchor:
    """The anchor of a passage quoted from a text file or a digest: `make_anchor` on what is citable in it.

    Raises `EvidenceError`, with the file in its problems.
    """
    whole = read_text(path)
    text = citable_part(whole, str(path))
    skipped = whole[: len(whole) - len(text)].count("\n")
    try:
        return make_anchor(text, passage, occurrence=occurrence, skipped=skipped)
    except EvidenceError as error:
        raise EvidenceError([replace(each, file=str(path)) for each in error.problems]) from None


def anchor_key(path: Path | str) -> str:
    """The key an anchor into this file goes under: `digest_anchor` for a digest, a Markdown file with a head that
    has an `id`; `anchor` for the text of a report itself."""
    head = split_front_matter(read_text(path))[0] if str(path).lower().endswith(".md") else ""
    return "digest_anchor" if re.search(r"^id\s*:", head, re.MULTILINE) else "anchor"


def _problem(path: Path, found: str, mend: str, expected: str = "a readable text file") -> EvidenceError:
    return EvidenceError(Problem(found=found, expected=expected, mend=mend, file=str(path)))
