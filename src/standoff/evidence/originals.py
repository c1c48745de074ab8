"""Originals: press texts belong to others, so a case carries digests, and the texts stay with the user.

They are looked for by name, then by digest, in the folder the user names, in the folders of $STANDOFF_TEXTS
and in `reports/originals` of the case. Nothing is wrong when they are not there.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from standoff.evidence.files import MAX_BYTES, read_bytes
from standoff.evidence.reports import Source

ORIGINALS = Path("reports") / "originals"
TEXTS_VARIABLE = "STANDOFF_TEXTS"


def text_folders(case: Path, texts: Path | None) -> list[Path]:
    """Where originals are looked for: the folder named by the user, $STANDOFF_TEXTS, reports/originals."""
    named = [texts] if texts is not None else []
    variable = os.environ.get(TEXTS_VARIABLE, "")
    named += [Path(part).expanduser() for part in variable.split(os.pathsep) if part.strip()]
    return [*named, case / ORIGINALS]


def find_original(source: Source, folders: Sequence[Path]) -> tuple[Path, bytes, bool] | None:
    """The original of a report: (path, bytes, whether the bytes are the cited ones), or None.

    A file of the right name with other bytes is returned only when no file has the right digest. Raises
    `EvidenceError` when a file of that name is there and cannot be read.
    """
    edited: tuple[Path, bytes, bool] | None = None
    for folder in folders:
        path = folder / Path(source.name).name
        if path.is_file():
            raw = read_bytes(path)
            if sha256(raw).hexdigest() == source.sha256:
                return path, raw, True
            edited = edited or (path, raw, False)
    for folder in folders:
        for candidate in _files(folder):
            if _digest_of(candidate, *_stamp(candidate)) == source.sha256:
                return candidate, read_bytes(candidate), True
    return edited


def _files(folder: Path) -> list[Path]:
    try:
        inside = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return []
    return inside[:2000]


def _stamp(path: Path) -> tuple[int, int]:
    try:
        info = path.stat()
    except OSError:
        return 0, 0
    return info.st_size, info.st_mtime_ns


@lru_cache(maxsize=4096)
def _digest_of(path: Path, size: int, changed: int) -> str:
    if size > MAX_BYTES:
        return ""
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
