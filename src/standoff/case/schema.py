"""The published JSON Schemas: editors complete and underline with them."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from standoff.language.document import CaseDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """JSON Schema of case.yaml, plain data; the settings of every mechanism are part of it."""
    from standoff.mechanisms import MECHANISMS

    found = _published(CaseDocument, "A case of Standoff: case.yaml")
    names: dict[str, Any] = {}
    for name, mechanism in MECHANISMS.items():
        settings = _tidy(mechanism.settings.model_json_schema(by_alias=True))
        settings["properties"] = {key: _short_forms(shape) for key, shape in settings["properties"].items()}
        found["$defs"].update(settings.pop("$defs", {}))
        found["$defs"][f"mechanism_{name}"] = {**settings, "description": mechanism.card.claim}
        for known in (name, *(alias.name for alias in mechanism.card.aliases)):
            names[known] = {"$ref": f"#/$defs/mechanism_{name}"}
    # what an archetype gives need not stand in the case
    found["required"] = [key for key in found["required"] if key not in ("actors", "outcomes")]
    found["anyOf"] = [{"required": ["archetype"]}, {"required": ["actors", "outcomes"]}]
    entry = {"type": "object", "properties": names, "minProperties": 1, "maxProperties": 1}
    found["properties"]["mechanisms"]["items"] = {**entry, "additionalProperties": False}
    return found


def evidence_schema() -> dict[str, Any]:
    """JSON Schema of evidence.yaml, plain data."""
    from standoff.evidence import EvidenceDocument

    return _published(EvidenceDocument, "The evidence of a case: evidence.yaml")


def _published(model: type[BaseModel], title: str) -> dict[str, Any]:
    found = model.model_json_schema(by_alias=True)
    tidy: dict[str, Any] = _tidy(found)
    tidy["title"] = title
    return {"$schema": DIALECT, **tidy}


def _tidy(value: Any) -> Any:
    """Without pydantic's invented titles (`Is ` for the field ``is_``), and with empty records allowed:
    ``hold:`` with nothing after it is a record too."""
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    if not isinstance(value, dict):
        return value
    tidy: dict[str, Any] = {}
    for key, item in value.items():
        if key == "title" and isinstance(item, str):
            continue
        if key == "propertyNames" and set(item) <= {"description"}:
            continue  # the pattern stands in patternProperties
        if key == "patternProperties":
            tidy["additionalProperties"] = False
        if key == "properties":
            tidy[key] = {name: _tidy(shape) for name, shape in item.items()}
        elif key == "$defs":
            tidy[key] = {name: _nullable(_tidy(shape)) for name, shape in item.items()}
        else:
            tidy[key] = _tidy(item)
    return tidy


def _short_forms(shape: Any) -> Any:
    """Settings of mechanisms take one name, or a list of names, for a mapping of names to weights."""
    return {**shape, "type": ["object", "array", "string"]} if shape.get("type") == "object" else shape


def _nullable(shape: Any) -> Any:
    if shape.get("type") == "object" and not shape.get("required"):
        return {**shape, "type": ["object", "null"]}
    return shape
