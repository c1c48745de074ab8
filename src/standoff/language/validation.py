"""From located data to a frozen record: what pydantic objects to, said in plain words with its place."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from typing import Annotated, Any, TypeVar, get_args, get_origin

from pydantic import BaseModel, ValidationError

from standoff.errors import Problem, did_you_mean
from standoff.language.located import Located, Path_
from standoff.language.printable import printable

Model = TypeVar("Model", bound=BaseModel)


def validate(model: type[Model], located: Located, prefix: Path_ = ()) -> tuple[Model | None, list[Problem]]:
    """The record `model` made of what stands at `prefix`, or None and every problem, with positions.

    `prefix` that does not exist reads as an empty mapping, so that missing keys are named one by one.
    """
    try:
        data = located.get(prefix)
    except LookupError:
        data = {}
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        problems = _problems(model, data, error)
    except RecursionError:
        problems = [Complaint((), "values nested too deeply", "a flatter file", "Make it flatter.")]
    placed = [problem.placed(located, prefix) for problem in problems]
    return None, sorted(placed, key=lambda problem: (problem.line, problem.column))


def with_known_keys(model: type[BaseModel], located: Located) -> Located | None:
    """The same with every misspelt key under the name it is near to, and other unknown keys left out, so that the
    rest can be looked at as well; None where more than keys is wrong, or where a whole section would be lost."""
    try:
        model.model_validate(located.data)
    except ValidationError as error:
        items = error.errors(include_url=False, include_input=False)
    except RecursionError:
        return None
    else:
        return located
    if any(item["type"] != "extra_forbidden" for item in items):
        return None
    data, moved = deepcopy(located.data), dict[Path_, Path_]()
    for item in items:
        path, _ = _data_path(data, item["loc"], item["type"])
        holder = data
        for part in path[:-1]:
            holder = holder[part]
        record = record_at(model, path[:-1])
        near = get_close_matches(str(path[-1]), keys_of(record) if record else [], n=1, cutoff=0.6)
        value = holder.pop(path[-1])
        if near and near[0] not in holder:
            holder[near[0]] = value
            moved[path] = (*path[:-1], near[0])
        elif len(path) == 1:
            return None
    spots = dict(located.spots)
    for old, new in moved.items():
        spots |= {(*new, *at[len(old) :]): spot for at, spot in located.spots.items() if at[: len(old)] == old}
    return replace(located, data=data, spots=spots)


class Complaint(typing.NamedTuple):
    """A problem before it is placed: `path` inside the validated data."""

    path: Path_
    found: str
    expected: str
    mend: str
    on_key: bool = False

    def placed(self, located: Located, prefix: Path_) -> Problem:
        """With file, line and column."""
        full = (*prefix, *self.path)
        line, column = located.where_key(full) if self.on_key else located.where(full)
        dotted = ".".join(str(part) for part in full)
        return Problem(self.found, self.expected, self.mend, located.file_at(full), line, column, dotted)


def _problems(model: type[BaseModel], data: Any, error: ValidationError) -> list[Complaint]:
    groups: dict[Path_, list[tuple[str, dict[str, Any], bool]]] = {}
    for item in error.errors(include_url=False, include_input=False):
        path, on_key = _data_path(data, item["loc"], item["type"])
        groups.setdefault(path, []).append((item["type"], item.get("ctx", {}) or {}, on_key))
    deeper = {path[:i] for path in groups for i in range(len(path))}
    made: list[Complaint] = []
    for path, items in groups.items():
        structural = [item for item in items if item[0] in ("missing", "extra_forbidden") or item[2]]
        if path in deeper and not structural:
            continue  # another reading of the same place got further in; its complaints say more
        made.append(_complaint(model, data, path, structural or items))
    return made


def _data_path(data: Any, loc: Iterable[int | str], kind: str) -> tuple[Path_, bool]:
    """Pydantic's location without the names of union members it passes through."""
    path: list[str | int] = []
    here = data
    parts = list(loc)
    on_key = bool(parts) and parts[-1] == "[key]"
    for i, part in enumerate(parts):
        inside = (isinstance(here, dict) and part in here) or (
            isinstance(here, list | tuple) and isinstance(part, int) and part < len(here)
        )
        if inside:
            here = here[part]
            path.append(part)
        elif kind == "missing" and i == len(parts) - 1:
            path.append(part)
    return tuple(path), on_key or kind == "extra_forbidden"


def _complaint(
    model: type[BaseModel], data: Any, path: Path_, items: list[tuple[str, dict[str, Any], bool]]
) -> Complaint:
    kind, context, on_key = items[0]
    name = str(path[-1]) if path else "the file"
    about = describe(model, path)
    if kind == "missing" and path and isinstance(path[-1], int):
        return Complaint(path[:-1], f"only {name} of the numbers", about or "all of them", "Write them all.")
    if kind == "missing":
        return Complaint(path, f"no `{name}`", about or "this key", f"Add `{name}: ...`.")
    if kind == "extra_forbidden":
        record = record_at(model, path[:-1])
        known = keys_of(record) if record else []
        return Complaint(
            path,
            f"the key `{printable(name)}`",
            "one of the keys that belong here",
            did_you_mean(name, known),
            True,
        )
    if on_key:
        return Complaint(
            path, f"the name `{printable(name)}`", "lower case, digits and _", _rename(name), True
        )
    value = _lookup(data, path)
    kinds = [item[0] for item in items]
    if {"string_type", "float_type"} <= set(kinds):
        wanted = "a number or an expression"
    else:
        wanted = _join(_wanted(kind, context) for kind, context, _ in items)
    return Complaint(path, plain(value), wanted, _mend(kinds, context, value, path, about, wanted))


_WANTED = {
    "string_type": "text",
    "string_pattern_mismatch": "a name in lower case, digits and _",
    "float_type": "a number",
    "float_parsing": "a number",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "finite_number": "a finite number",
    "dict_type": "a mapping (`name: value` lines)",
    "list_type": "a list",
    "tuple_type": "a list of numbers",
    "model_type": "a mapping (`key: value` lines)",
    "model_attributes_type": "a mapping (`key: value` lines)",
    "date_type": "a day such as 2025-11-28",
    "date_parsing": "a day such as 2025-11-28",
    "date_from_datetime_parsing": "a day such as 2025-11-28",
    "date_from_datetime_inexact": "a day such as 2025-11-28",
}


def _wanted(kind: str, context: dict[str, Any]) -> str:
    match kind:
        case "greater_than":
            return f"more than {context['gt']:g}"
        case "greater_than_equal":
            return f"at least {context['ge']:g}"
        case "less_than":
            return f"less than {context['lt']:g}"
        case "less_than_equal":
            return f"at most {context['le']:g}"
        case "literal_error":
            return str(context["expected"])
        case "too_short":
            return f"at least {context['min_length']} of them"
        case "too_long":
            return f"at most {context['max_length']} of them"
        case "string_too_short":
            return f"at least {context['min_length']} characters"
        case "value_error" | "assertion_error":
            return str(context.get("error") or "another value")
    return _WANTED.get(kind, "another kind of value")


def _mend(
    kinds: list[str], context: dict[str, Any], value: Any, path: Path_, about: str, wanted: str
) -> str:
    name = next((part for part in reversed(path) if isinstance(part, str)), "")
    said = f"`{name}`: {about}." if about else f"Write {wanted} for `{name}`."
    if kinds[0] == "literal_error" and isinstance(value, str):
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return did_you_mean(value, choices)
    if kinds[0] == "string_pattern_mismatch" and isinstance(value, str):
        return _rename(value)
    if value is None:
        return f"Write a value after the colon, or remove the key. {said}"
    if isinstance(value, date) and "string_type" in kinds and len(kinds) > 1:
        return f"To use the calendar in a formula write `date >= {value.isoformat()}`. {said}"
    if set(kinds) == {"string_type"} and not isinstance(value, dict | list):
        return f"Put it in quotation marks. {said}"
    return said


def _rename(name: str) -> str:
    better = re.sub(r"[^a-z0-9_]+", "_", name.lower()).strip("_")
    better = re.sub(r"^[0-9]+", "", better).strip("_")
    return f"Write `{better}`; put the full wording under `title:`." if better else "Start with a letter."


def _lookup(data: Any, path: Path_) -> Any:
    for part in path:
        try:
            data = data[part]
        except (LookupError, TypeError):
            return None
    return data


def _join(parts: Iterable[str]) -> str:
    unique = list(dict.fromkeys(parts))
    return unique[0] if len(unique) == 1 else ", ".join(unique[:-1]) + " or " + unique[-1]


def plain(value: Any) -> str:
    """A value in words, short enough for a message."""
    match value:
        case None:
            return "nothing"
        case bool():
            return f"`{str(value).lower()}`"
        case int() | float():
            return (
                f"the number {value:g}"
                if isinstance(value, float)
                else f"the number {printable(_digits(value))}"
            )
        case date():
            return f"the day {value.isoformat()}"
        case str():
            return f"the text `{printable(value)}`" if value else "empty text"
        case list() | tuple():
            return f"a list of {len(value)}"
        case dict():
            names = ", ".join(f"`{printable(str(key), 20)}`" for key in list(value)[:4])
            more = ", ..." if len(value) > 4 else ""
            return f"a mapping with {names}{more}" if names else "an empty mapping"
    return "something else"


def _digits(value: int) -> str:
    return str(value) if abs(value) < 10**30 else f"of {value.bit_length()} bits"


# walking the shape of a record


def keys_of(model: type[BaseModel]) -> list[str]:
    """The keys of a record as they are written in YAML."""
    return [field.alias or name for name, field in model.model_fields.items()]


def record_at(model: type[BaseModel], path: Path_) -> type[BaseModel] | None:
    """The record that stands at `path` inside `model`, if one does."""
    found = [shape for shape in _shapes_at(model, path) if _is_record(shape)]
    return found[0] if found else None


def describe(model: type[BaseModel], path: Path_) -> str:
    """The written description of the field at `path`, or '' where none is given."""
    for end in range(len(path), 0, -1):
        record = record_at(model, path[: end - 1])
        if record is None:
            continue
        for name, field in record.model_fields.items():
            if path[end - 1] in (field.alias, name):
                return field.description or ""
        inner = record.__annotations__.get("__pydantic_extra__")
        if inner is not None and end < len(path):
            return _described(typing.get_type_hints(record, include_extras=True)["__pydantic_extra__"])
        if end < len(path):
            break
    return ""


def _described(shape: Any) -> str:
    """The description that the innermost values of a mapping carry."""
    while get_origin(shape) is dict:
        shape = get_args(shape)[1]
    if get_origin(shape) is Annotated:
        return next((each.description for each in get_args(shape)[1:] if getattr(each, "description", None)), "")
    return ""


def _is_record(shape: Any) -> bool:
    return isinstance(shape, type) and issubclass(shape, BaseModel)


def _shapes_at(shape: Any, path: Path_) -> list[Any]:
    shapes = _members(shape)
    for part in path:
        inner: list[Any] = []
        for each in shapes:
            inner.extend(_step(each, part))
        shapes = [member for each in inner for member in _members(each)]
    return shapes


def _members(shape: Any) -> list[Any]:
    """The alternatives of a union, annotations and None taken away."""
    origin = get_origin(shape)
    if origin is Annotated:
        return _members(get_args(shape)[0])
    if origin in (typing.Union, types.UnionType):
        return [member for part in get_args(shape) for member in _members(part)]
    return [] if shape is type(None) else [shape]


def _step(shape: Any, part: str | int) -> list[Any]:
    if _is_record(shape):
        fields = shape.model_fields.items()
        return [field.annotation for name, field in fields if part in (field.alias, name)]
    origin, arguments = get_origin(shape), get_args(shape)
    if origin is dict and len(arguments) == 2:
        return [arguments[1]]
    if origin in (list, tuple) and arguments and isinstance(part, int):
        return [arguments[min(part, len(arguments) - 1) if origin is tuple else 0]]
    return []
