"""A small commented case to start from, which runs at once."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import unicodedata
from pathlib import Path

from standoff.errors import CaseError, Problem
from standoff.language.printable import printable

# letters of which no accent can be taken
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
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
            _mend(name, folder),
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


def _mend(name: str, folder: str | Path | None) -> str:
    """A name that will do, in the folder that a path instead of a name may have meant."""
    *above, last = name.replace("\\", "/").rstrip("/").rpartition("/")
    parent = "".join(above).rstrip("/") or "/" if "/" in above else ""
    if parent and not printable(parent, 200).endswith("..."):
        inside = Path(folder, parent) if folder is not None else Path(parent)
        command = shlex.join(["standoff", "new", _better(last), "--out", printable(str(inside), 200)])
        return f"A name is one folder; say apart where it goes: `{command}`."
    return f"Try `{_better(name)}`; the title inside the case may say anything."


def _better(name: str) -> str:
    """The name in the letters that are allowed, as near as they come."""
    plain = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in plain.casefold() if not unicodedata.combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "my-case"
