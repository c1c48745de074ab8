"""A small commented case to start from, which runs at once; or one of an archetype, to be coded."""

from __future__ import annotations

import re
import shlex
import shutil
import tempfile
import textwrap
import unicodedata
from pathlib import Path
from typing import Any

from standoff.errors import CaseError, Problem, did_you_mean
from standoff.language.archetype import archetype as read_archetype
from standoff.language.archetype import archetypes
from standoff.language.printable import printable

# letters of which no accent can be taken
_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
TEMPLATE = Path(__file__).parent / "template"
_CODED = """\
# A case of the archetype `ARCHETYPE`: what is not here stands there. Any key of the case language may be added, and
# goes before the one of the archetype.
#
#   standoff check .       says which factors still have to be coded
#   standoff show .        says in words what comes of the coding
#   standoff assess .      works it out and writes a brief

standoff: 1
title: Who asks what of whom               # of the case; what the actors are called is said below
question: How does it end?

archetype: ARCHETYPE
clock: {start: 2031-03-01, step: day, steps: 40}   # the day of the demand; days or weeks as the rubric says

# Who they are: the titles stand in every sentence.

actors:
ACTORS

# The scene on the eve, where it is not the first of these levels (or the one after `start`). For one that is, write for
# example `factors: {FACTOR: {start: LEVEL}}`.
#
SCENE

# How it came out, once that is known; for scoring only. `standoff backtest` takes this folder by its path, beside the
# cases that ship: `standoff backtest THIS-FOLDER cuba-1962`.
#
#   ending: {date: 2031-03-20, outcome: OUTCOME, source: where that is reported}
#
OUTCOMES

# One level for every factor, as things stood on that day, and the facts that decide it: `because:` with claims of
# evidence.yaml, or `judgement:`.

coding:"""
_EVIDENCE = """\
# What happened, dated, as it could be seen: `actor: move`, or `event: name`. Reports and claims go here as well.
#
#   history:
#     - {date: 2031-03-02, ACTOR: MOVE, judgement: where that is told}
MOVES

history: []
"""


def new(name: str, folder: str | Path | None = None, *, archetype: str | None = None) -> Path:
    """Write the starter case into ``folder/name`` (the present folder if not said) and return that folder; with an
    `archetype`, a case to be coded by its rubric instead, which reads once every factor has its level.

    The case appears whole or not at all. Raises `CaseError` for a name that is no folder name, an archetype that does
    not ship, a folder that already holds something, and a disk that is full or may not be written.
    """
    files = None if archetype is None else skeleton(archetype)
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
            if files is None:
                shutil.copytree(TEMPLATE, Path(draft) / name, copy_function=shutil.copyfile)
            else:
                (Path(draft) / name / "reports").mkdir(parents=True)
                for file, text in files.items():
                    (Path(draft) / name / file).write_text(text, encoding="utf-8")
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


def skeleton(archetype: str) -> dict[str, str]:
    """File -> text of a case of an archetype that is still to be coded: the rubric stands in it as comments. Raises
    `CaseError` for an archetype that does not ship."""
    shipped = archetypes()
    if archetype not in shipped:
        wanted = "an archetype that ships"
        raise _refused(f"the archetype `{printable(archetype, 200)}`", wanted, did_you_mean(archetype, shipped), "")
    located, rubric = read_archetype(archetype)
    coding = []
    for name, factor in rubric.rubric.items():
        coding += ["", f"  # {factor.title}"]
        for level, one in factor.levels.items():
            coding += textwrap.wrap(f"{level}: {one.means}", 118, initial_indent="  #   ", subsequent_indent="  #     ")
        coding += [f"  {name}:", "    level: to_be_chosen", "    judgement: the facts that decide it"]
    case = _filled(_CODED, located.data, archetype) + "\n".join(coding) + "\n"
    return {"case.yaml": case, "evidence.yaml": _filled(_EVIDENCE, located.data, archetype)}


def _filled(text: str, base: dict[str, Any], archetype: str) -> str:
    """A text of ours with the names of an archetype in it, as comments."""
    actors, factors, moves = base["actors"], base.get("factors", {}), base.get("moves", {})
    factor, levels = next(((name, one["levels"]) for name, one in factors.items()), ("FACTOR", ["LEVEL"]))
    scene = [f"#   {name}: {', '.join(one['levels'])}{_first(one)}" for name, one in factors.items()]
    history = [line for actor, own in moves.items() for line in ["#", f"# {actor}:", *_listed(own)]]
    history += ["#", "# event:", *_listed(base["events"])] if base.get("events") else []
    actor = next(iter(moves), "ACTOR")
    filled = {
        "ARCHETYPE": archetype,
        "ACTORS": "\n".join(f"  {name}: {{title: {_plain(one, name)}}}" for name, one in actors.items()),
        "SCENE": "\n".join(scene),
        "OUTCOMES": "\n".join(_listed(base.get("outcomes", {}))),
        "MOVES": "\n".join(history),
        "FACTOR": factor,
        "LEVEL": str(levels[-1]),
        "OUTCOME": next(iter(base.get("outcomes", {})), "OUTCOME"),
        "ACTOR": actor,
        "MOVE": next((name for name in moves.get(actor, {}) if name != "hold"), "MOVE"),
    }
    return re.sub(r"\b[A-Z]{4,}\b", lambda found: filled.get(found[0], found[0]), text)


def _first(factor: dict[str, Any]) -> str:
    return f" (start: {factor['start']})" if "start" in factor else ""


def _listed(elements: dict[str, Any]) -> list[str]:
    """Names with their titles, as comments."""
    return [f"#   {name}: {_plain(one, name)}" for name, one in elements.items()]


def _plain(element: dict[str, Any] | None, name: str) -> str:
    """The title, in which an actor is called by its role."""
    return re.sub(r"\{(\w+)\}", r"the \1", (element or {}).get("title") or name.replace("_", " "))


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
