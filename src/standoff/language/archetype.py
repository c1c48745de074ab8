"""An archetype and its rubric: what many cases have in common, and how a situation is coded into its numbers.

    archetypes/NAME.yaml      an ordinary case document, and `rubric:` factor -> level -> {parameter: prior}
    case.yaml                 archetype: NAME, coding: {factor: {level: ..., judgement: ...}}, and keys of its own

The case is laid over the archetype key by key: mappings are merged, all else is replaced. The prior of a parameter,
what a move changes and how it ends are one thing each, said in several parts or ways, and are replaced as a whole. What
the coding sets lies between the two: a case may overrule its own coding by a prior of its own. `{actor}` in a title is
the title that the case gives this actor.

An archetype ships, or lies in `archetypes/` beside case.yaml, which goes first: the copy of a case in a run folder has
the one that it was made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import Field

from standoff.errors import CaseError, Problem, did_you_mean
from standoff.language.document import Coded, Name, Prior, Record, Step
from standoff.language.located import Located, Path_, Spot
from standoff.language.printable import printable
from standoff.language.read import read_yaml, validate

FOLDER = Path(__file__).parent.parent / "archetypes"
BESIDE = "archetypes"
_WHOLE = {  # attributes of an element that are one thing, in several parts: who says one of these says all of it
    "parameters": ("prior", "history", "regress"),
    "actors": ("tempo", "discount", "history"),
    "moves": ("then", "ends", "costs"),
    "events": ("then", "ends", "costs"),
    "levers": ("sets", "costs"),
}
_TOLD = ("title", "ask", "judgement")  # texts of an archetype that may name an actor
_ACTOR = re.compile(r"\{(\w+)\}")
_INSTEAD = {  # keys that say one thing in several ways: who says one of them says none of the others
    "parameters": (("prior",), ("is",), ("regress",)),
    "events": (("rate", "per"), ("chance",)),
}


class RubricLevel(Record):
    """One level of a coding factor: the facts that define it, and what it sets."""

    means: str = Field(description="the facts of the situation before the demand that define the level")
    sets: dict[Name, Prior] = Field(min_length=1, description="parameter: its prior under this level")
    why: str = Field(description="why these numbers, and not others")
    step: Step | None = Field(None, description="how the clock has to be cut under this level, if that matters")


class RubricFactor(Record):
    """One question to be put to every situation."""

    title: str = Field(description="what is asked")
    levels: dict[Name, RubricLevel] = Field(min_length=2, description="the answers that are allowed")


class Rubric(Record):
    """Everything that has to be coded."""

    rubric: dict[Name, RubricFactor] = Field(min_length=1, description="factor: its levels")


class _Written(Rubric):
    """What has to be sound in an archetype before a case can be laid over it; the rest is checked in the case."""

    actors: dict[str, dict[str, Any]] = Field(default_factory=dict, description="actor: what it is")
    parameters: dict[str, dict[str, Any]] = Field(default_factory=dict, description="parameter: what it is")


def archetypes(folder: Path | None = None) -> dict[str, Path]:
    """Name -> file of the archetypes that ship with the package and of those that a case folder brings along, which
    go first; in order of name."""
    found = {file.stem: file for file in FOLDER.glob("*.yaml")}
    if folder is not None:
        found |= {file.stem: file for file in (folder / BESIDE).glob("*.yaml")}
    return dict(sorted(found.items()))


def archetype(name: str, folder: Path | None = None) -> tuple[Located, Rubric]:
    """An archetype as it is written, and its rubric. Raises `CaseError` where it does not read, and `LookupError`
    where there is none of the name. Shared between callers: never change its data."""
    file = archetypes(folder)[name]
    return _read(file, file.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(file: Path, _changed: int) -> tuple[Located, Rubric]:
    located = read_yaml(file)
    data = located.data
    if isinstance(data, dict):
        data = {key: data[key] for key in _Written.model_fields if key in data}
    rubric, problems = validate(_Written, replace(located, data=data))
    if rubric is None:
        raise CaseError(problems)
    return located, rubric


def laid_over(case: Located) -> tuple[Located, list[Problem]]:
    """The case laid over its archetype, with what its coding sets; itself where it names none.

    Problems: an unknown archetype, factor or level, a factor left uncoded, a coding that cannot be read, a title that
    names an actor there is not. Every path that stands in the case keeps its place there; the
    others are placed in the archetype.
    """
    data = case.data
    if not isinstance(data, dict) or not {"archetype", "coding"} & data.keys():
        return case, []
    name, folder = data.get("archetype"), Path(case.file).parent
    if not isinstance(name, str) or name not in archetypes(folder):
        return case, [_unknown_archetype(case, name)]
    base, rubric = archetype(name, folder)
    bare = {key: value for key, value in base.data.items() if key != "rubric"}
    problems: list[Problem] = []
    titles = _titles(bare, data)
    data = _named(data, titles, (), case, problems)
    case = replace(case, data=data)
    coded, miscoded = _coding(case, rubric)
    problems += miscoded
    merged = _named(bare, titles, (), base, problems)
    below = {path: spot for path, spot in base.spots.items() if path[:1] != ("rubric",)}
    above = dict(case.spots)
    own_numbers = data.get("parameters")
    overruled = {
        parameter
        for parameter, said in (own_numbers.items() if isinstance(own_numbers, dict) else ())
        if isinstance(said, dict) and {"prior", "is", "regress"} & said.keys()
    }  # the coding is no reason for a number that it did not set
    for factor, code in coded.items():
        reason = coded_words(factor, code.level) + (f": {code.judgement}" if code.judgement else "")
        at: Path_ = ("coding", factor, "judgement" if code.judgement else "level")
        for parameter in rubric.rubric[factor].levels[code.level].sets:
            source: Path_ = ("rubric", factor, "levels", code.level, "sets", parameter)
            own = merged.setdefault("parameters", {}).setdefault(parameter, {})
            if parameter in overruled:
                continue
            own |= {"prior": deepcopy(base.get(source)), "judgement": reason}
            if code.because:
                own["because"] = list(code.because)
            below |= dict(_moved(base.spots, source, ("parameters", parameter, "prior")))
            above |= {("parameters", parameter, "judgement"): case.spots[at]} if at in case.spots else {}
            above |= dict(_moved(case.spots, ("coding", factor, "because"), ("parameters", parameter, "because")))
    gone: list[Path_] = []
    merged = _merged(merged, data, (), gone)
    below = {path: spot for path, spot in below.items() if not any(path[: len(each)] == each for each in gone)}
    return replace(case, data=merged, spots=above, base=replace(base, spots=below)), problems


def coded_words(factor: str, level: str) -> str:
    """How the judgement of a number begins that a coding set."""
    return f"{factor} coded {level}".replace("_", " ")


def _titles(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, str]:
    """Actor -> what the case calls it, or else the archetype."""
    found = {}
    written, own = base.get("actors", {}), over.get("actors")
    own = own if isinstance(own, dict) else {}
    for name in written | own:
        said = [one.get("title") for one in (own.get(name), written.get(name)) if isinstance(one, dict)]
        found[name] = next((title for title in said if isinstance(title, str)), name.replace("_", " "))
    return found


def _named(value: Any, titles: Mapping[str, str], path: Path_, base: Located, problems: list[Problem]) -> Any:
    """A copy of `value`, which stands at `path` of `base`, with the actors named in its titles."""
    if isinstance(value, dict):
        return {key: _named(part, titles, (*path, key), base, problems) for key, part in value.items()}
    if isinstance(value, list):
        return [_named(part, titles, (*path, index), base, problems) for index, part in enumerate(value)]
    if not isinstance(value, str) or path[-1] not in _TOLD:
        return value

    def title(found: re.Match[str]) -> str:
        said = titles.get(found[1])
        if said is None:
            mend = did_you_mean(found[1], titles)
            problems.append(_problem(base, path, f"`{found[0]}`", "an actor", mend))
            return found[0]
        return "the " + said[4:] if found.start() and said.startswith("The ") else said

    return _ACTOR.sub(title, value)


def _coding(case: Located, rubric: Rubric) -> tuple[dict[str, Coded], list[Problem]]:
    """The factors that are coded as they should be, and what is wrong with the others."""
    written = case.data.get("coding") or {}
    if not isinstance(written, dict):
        return {}, [_problem(case, ("coding",), "something else than a mapping", "factor: {level: ...}", "Code it.")]
    found: dict[str, Coded] = {}
    problems = []
    for factor, shape in rubric.rubric.items():
        if factor not in written:
            levels = ", ".join(shape.levels)
            mend = f"Add `{factor}: {{level: ..., judgement: ...}}` with one of {levels}: {shape.title}"
            problems.append(_problem(case, ("coding",), f"no coding of `{factor}`", "every factor coded", mend))
    for factor in written:
        path: Path_ = ("coding", str(factor))
        if factor not in rubric.rubric:
            said = f"the factor `{printable(str(factor))}`"
            mend = did_you_mean(str(factor), rubric.rubric)
            problems.append(_problem(case, path, said, "a factor of the rubric", mend, on_key=True))
            continue
        code, _ = validate(Coded, case, path)
        if code is None:
            continue  # the case as a whole will say so
        if code.level not in rubric.rubric[factor].levels:
            mend = did_you_mean(code.level, rubric.rubric[factor].levels)
            said = f"the level `{printable(code.level)}` of `{factor}`"
            problems.append(_problem(case, (*path, "level"), said, "a level of the rubric", mend))
            continue
        found[factor] = code
        problems += _miscut(case, factor, code.level, rubric.rubric[factor].levels[code.level].step)
        if not code.because and not code.judgement:
            said, wanted = "a coding that rests on nothing", "`because:` or `judgement:`, so that it can be disputed"
            weak = _problem(case, path, said, wanted, "Say which facts decide the level.")
            problems.append(replace(weak, level="warning"))
    return found, problems


def _miscut(case: Located, factor: str, level: str, step: str | None) -> list[Problem]:
    """What to say of a clock that is not cut as the level wants it."""
    clock = case.data.get("clock")
    cut = clock.get("step", "week") if isinstance(clock, dict) else None
    if step is None or not isinstance(cut, str) or cut == step:
        return []
    said = f"`step: {printable(cut)}` where `{factor}` is coded `{level}`"
    wanted = f"`step: {step}`, as the rubric says"
    mend = f"Write `step: {step}`, or mend the coding."
    return [replace(_problem(case, ("clock", "step"), said, wanted, mend), level="warning")]


def _merged(base: dict[str, Any], over: dict[str, Any], path: Path_, gone: list[Path_]) -> dict[str, Any]:
    """`over` laid over `base`, which is changed; `gone` takes the paths of `base` that no longer hold."""
    if len(path) == 2:
        for ways in (_INSTEAD.get(str(path[0]), ()),):
            for way in ways:
                if not any(key in over for key in way):
                    continue
                for key in (key for other in ways if other != way for key in other if key in base):
                    del base[key]
                    gone.append((*path, key))
    for key, value in over.items():
        here: Path_ = (*path, key)
        old = base.get(key)
        whole = len(here) == (4 if here[0] == "moves" else 3) and key in _WHOLE.get(str(here[0]), ())
        if isinstance(old, dict) and isinstance(value, dict) and not whole:
            base[key] = _merged(old, value, here, gone)
        elif value is None and isinstance(old, dict):
            continue  # `hold:` with nothing after it says nothing new
        else:
            if key in base:
                gone.append(here)
            base[key] = deepcopy(value)
    return base


def _moved(spots: Any, source: Path_, target: Path_) -> Iterator[tuple[Path_, Spot]]:
    for path, spot in spots.items():
        if path[: len(source)] == source:
            yield (*target, *path[len(source) :]), spot


def _unknown_archetype(case: Located, name: Any) -> Problem:
    if name is None:
        mend = f"Add `archetype: NAME`. {did_you_mean('', archetypes())}"
        return _problem(case, ("coding",), "a coding without an archetype", "the archetype whose rubric it uses", mend)
    mend = did_you_mean(str(name), archetypes(Path(case.file).parent))
    return _problem(case, ("archetype",), f"the archetype `{printable(str(name))}`", "an archetype that ships", mend)


def _problem(case: Located, path: Path_, found: str, expected: str, mend: str, *, on_key: bool = False) -> Problem:
    line, column = case.where_key(path) if on_key else case.where(path)
    return Problem(found, expected, mend, case.file, line, column, ".".join(str(part) for part in path))
