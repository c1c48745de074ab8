"""A small commented case to start from, which runs at once."""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path

from standoff.errors import CaseError, Problem
from standoff.language.printable import printable

TEMPLATE = Path(__file__).parent / "template"


def new(name: str, folder: str | Path | None = None) -> Path:
    """Write the starter case into ``folder/name`` (the present folder if not said) and return that folder.

    The case appears whole or not at all. Raises `CaseError` for a name that is no folder name, a folder
    that already holds something, and a disk that is full or may not be written.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", name):
        raise _refused(
            f"the name `{printable(name, 200)}`",
            "letters, digits, - and _",
            f"Try `{_better(name)}`; the title inside the case may say anything.",
            name,
        )
    parent = Path(folder) if folder is not None else Path()
    target = parent / name
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise _refused(
                "something there already",
                "a new or an empty folder",
                "Choose another name; nothing was changed.",
                str(target),
            )
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{name}-", dir=parent) as draft:
            shutil.copytree(TEMPLATE, Path(draft) / name, copy_function=shutil.copyfile)
            if target.is_dir():
                target.rmdir()
            (Path(draft) / name).rename(target)
    except OSError as error:
        raise _refused(
            f"a folder that cannot be written ({error.strerror or error})",
            "a folder with room, in which you may write",
            "Free some space, or choose another folder; nothing was left behind.",
            str(target),
        ) from None
    return target


def _refused(found: str, expected: str, mend: str, file: str) -> CaseError:
    return CaseError(Problem(found=found, expected=expected, mend=mend, file=printable(file, 200)))


def _better(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-").lower()[:40] or "my-case"
