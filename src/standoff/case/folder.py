"""Where a case lies: a folder, its case.yaml, or the name of one that ships with the package."""

from __future__ import annotations

from pathlib import Path

from standoff.errors import CaseError, Problem, did_you_mean
from standoff.language.printable import printable

FILE = "case.yaml"
_SHIPPED = Path(__file__).parent.parent / "cases"


def shipped_cases() -> dict[str, Path]:
    """Name -> folder of the cases that ship with the package, in order of name."""
    if not _SHIPPED.is_dir():
        return {}
    return {folder.name: folder for folder in sorted(_SHIPPED.iterdir()) if (folder / FILE).is_file()}


def find_case(where: str | Path) -> Path:
    """The case file meant by `where`: a folder, a YAML file, or the name of a shipped case.

    A folder in sight goes before a shipped case of the same name. Raises `CaseError`.
    """
    path = Path(where)
    try:
        if path.is_dir():
            if (path / FILE).is_file():
                return path / FILE
            raise CaseError(_no_case(path))
        if path.name == "evidence.yaml":
            folder = str(path.parent)
            raise CaseError(
                Problem(
                    found="the evidence of a case, which is read with it",
                    expected="the folder of the case, or its case.yaml",
                    mend=f"Name the folder: `{folder}`.",
                    file=str(path),
                )
            )
        if path.is_file():
            return path
    except (OSError, ValueError):
        pass  # not a path at all; it may still be a name
    shipped = shipped_cases()
    if str(where) in shipped:
        return shipped[str(where)] / FILE
    raise CaseError(
        Problem(
            found=f"`{printable(str(where), 200)}`, which is neither a folder here nor a shipped case",
            expected="a folder with case.yaml, or the name of a shipped case",
            mend=f"{did_you_mean(str(where), shipped)} `standoff new NAME` makes a case to start from.",
            file=printable(str(where), 200),
        )
    )


def own_folder(where: str | Path) -> Path:
    """The folder of a case that may be written into: the user's, not one that ships. Raises `CaseError`."""
    folder = find_case(where).parent
    if folder.resolve().parent == _SHIPPED.resolve():
        raise CaseError(
            Problem(
                found=f"`{printable(str(where), 200)}`, a case that ships with the package",
                expected="a case of yours, in a folder here",
                mend=f"Copy the folder first: `cp -r {folder} {folder.name}`.",
                file=printable(str(where), 200),
            )
        )
    return folder


def _no_case(folder: Path) -> Problem:
    inside = sorted(folder.glob("*/" + FILE))
    mend = (
        f"Did you mean `{inside[0].parent}`?"
        if inside
        else "Check the path, or make a case with `standoff new NAME`."
    )
    return Problem(
        found="a folder without case.yaml",
        expected="a folder that holds case.yaml",
        mend=mend,
        file=str(folder),
    )
