"""The language reference, written from the descriptions of the keys themselves.

``python -m standoff.case.reference docs`` writes docs/case-language.md and both JSON Schemas.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from standoff.case.checks.scene import MAX_PRODUCT
from standoff.case.new import TEMPLATE
from standoff.case.schema import evidence_schema, schema
from standoff.language.document import Grounded
from standoff.language.expressions import FUNCTIONS, MAX_EXPONENT
from standoff.language.grammar import MAX_DEPTH, MAX_LENGTH

_PAGE = Path(__file__).with_name("reference.md")
_SHARED = {name: field.description or "" for name, field in Grounded.model_fields.items()}
_MEANING = {
    "min": "the smallest of two or more",
    "max": "the largest of two or more",
    "clip": "the value, kept between a low and a high end: `clip(x, 0, 1)`",
    "logistic": "1 / (1 + exp(-x)): any number to one between 0 and 1",
    "abs": "the size without the sign",
    "exp": "the exponential",
    "log": "the natural logarithm",
    "sqrt": "the square root",
}


def pages() -> dict[str, str]:
    """File name -> content of everything that is generated for the docs of the language."""
    return {
        "case-language.md": page(),
        "case.schema.json": json.dumps(schema(), indent=1, ensure_ascii=False) + "\n",
        "evidence.schema.json": json.dumps(evidence_schema(), indent=1, ensure_ascii=False) + "\n",
    }


def page() -> str:
    """The language reference as Markdown."""
    case = schema()
    case["properties"]["mechanisms"]["items"] = {"$comment": "a mechanism: see [mechanisms](mechanisms.md)"}
    parts = {
        "starter": (TEMPLATE / "case.yaml").read_text("utf-8").rstrip(),
        "reasons": "\n".join(f"| `{key}` | {meaning} |" for key, meaning in _SHARED.items()),
        "functions": "\n".join(f"| `{name}(...)` | {_MEANING[name]} |" for name in FUNCTIONS),
        "case": _records(case, "case"),
        "evidence": _records(evidence_schema(), "evidence"),
        "length": f"{MAX_LENGTH:,}",
        "depth": str(MAX_DEPTH),
        "exponent": f"{MAX_EXPONENT:g}",
        "product": f"{MAX_PRODUCT:,}",
    }
    text = _PAGE.read_text("utf-8")
    for name, content in parts.items():
        text = text.replace("{{" + name + "}}", content)
    return text


def _records(whole: Mapping[str, Any], part: str) -> str:
    """A table for the top of the file and for every record in it, in the order they are met."""
    blocks = [_record("The file", whole, part, top=True)]
    for name in _met(whole):
        blocks.append(_record(name, whole["$defs"][name], part))
    return "\n\n".join(blocks)


def _record(name: str, shape: Mapping[str, Any], part: str, *, top: bool = False) -> str:
    title = f"{_words(name)} ({part}.yaml)" if top else f'<a id="{part}-{name.lower()}"></a>{_words(name)}'
    required = set(shape.get("required", ())).union(*(each.get("required", ()) for each in shape.get("anyOf", ())))
    required -= {"archetype"}
    rows = ["| key | what stands there | if left out | meaning |", "|---|---|---|---|"]
    fields = dict(shape.get("properties", {}))
    shared = {key for key in _SHARED if fields.get(key, {}).get("description") == _SHARED[key]}
    if len(shared) == len(_SHARED):
        fields = {key: field for key, field in fields.items() if key not in shared}
    for key, field in fields.items():
        left_out = "**required**" if key in required else _left_out(field)
        rows.append(f"| `{key}` | {_kind(field, part)} | {left_out} | {field.get('description', '')} |")
    extra = shape.get("additionalProperties")
    if isinstance(extra, dict):
        rows.append(f"| any other name | {_kind(extra, part)} | | |")
    blocks = [f"### {title}", shape.get("description", ""), "\n".join(rows)]
    if len(shared) == len(_SHARED):
        blocks.append("And " + ", ".join(f"`{key}`" for key in _SHARED) + ": see [reasons](#reasons).")
    return "\n\n".join(block for block in blocks if block)


def _met(whole: Mapping[str, Any]) -> list[str]:
    """Names of the records, in the order in which a reader meets them from the top."""
    found: list[str] = []
    waiting: list[Any] = [whole.get("properties", {})]
    while waiting:
        for name in _references(waiting.pop(0)):
            if name not in found and not name.startswith("mechanism_"):
                found.append(name)
                waiting.append(whole["$defs"][name])
    return found


def _references(shape: Any) -> list[str]:
    if isinstance(shape, list):
        return [name for item in shape for name in _references(item)]
    if not isinstance(shape, dict):
        return []
    here = [str(shape["$ref"]).rsplit("/", 1)[-1]] if "$ref" in shape else []
    return here + [name for item in shape.values() for name in _references(item)]


def _words(name: str) -> str:
    """``OrderEntry`` as ``Order entry``; ``ClaimRecord`` as ``Claim``."""
    name = name.removesuffix("Record")
    spaced = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name)
    return spaced.strip().capitalize()


def _left_out(field: Mapping[str, Any]) -> str:
    default = field.get("default")
    if default is None or default == "":
        return "nothing"
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    return f"`{default}`"


def _kind(shape: Mapping[str, Any], part: str) -> str:
    """What stands there, in words."""
    if "$comment" in shape:
        return str(shape["$comment"])
    if "$ref" in shape:
        name = str(shape["$ref"]).rsplit("/", 1)[-1]
        return f"[{_words(name).lower()}](#{part}-{name.lower()})"
    if "anyOf" in shape:
        kinds = [_kind(each, part) for each in shape["anyOf"] if each.get("type") != "null"]
        return " or ".join(dict.fromkeys(kinds))
    if "const" in shape:
        return f"`{shape['const']}`"
    if "enum" in shape:
        return ", ".join(f"`{value}`" for value in shape["enum"])
    kind = shape.get("type")
    if isinstance(kind, list):
        return "level or +n or -n" if "integer" in kind else "expression"
    if kind == "array":
        if "prefixItems" in shape:
            return "[" + ", ".join(_kind(each, part) for each in shape["prefixItems"]) + "]"
        return f"list of {_kind(shape.get('items', {}), part)}"
    if kind == "object":
        return _mapping(_kind(_values(shape), part)) if _values(shape) else "keys of its own"
    if kind == "string":
        return _string(shape)
    return {"number": "number", "integer": "whole number", "boolean": "`true` or `false`"}.get(
        str(kind), "anything"
    )


def _mapping(inner: str) -> str:
    return f"`name:` ({inner})" if " or " in inner else f"`name:` {inner}"


def _string(shape: Mapping[str, Any]) -> str:
    if shape.get("format") == "date":
        return "day"
    return "name" if "pattern" in shape else "text"


def _values(shape: Mapping[str, Any]) -> Mapping[str, Any]:
    patterns = shape.get("patternProperties")
    if patterns:
        return dict(next(iter(patterns.values())))
    extra = shape.get("additionalProperties")
    return extra if isinstance(extra, dict) else {}


def main(folder: str | Path = "docs") -> None:
    """Write the generated pages into a folder."""
    for name, content in pages().items():
        Path(folder, name).write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:2])
