"""The generated pages: current, complete, and the schemas accept what the reader accepts."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from case_kit import CASE, EVIDENCE, changed
from standoff.case import reference, shipped_cases
from standoff.case.schema import evidence_schema, schema
from standoff.language.expressions import FUNCTIONS
from standoff.language.read import parse_yaml, read_yaml

DOCS = Path(__file__).parents[1] / "docs"


def plain(value: Any) -> Any:
    """As JSON would have it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def complaints(shape: dict[str, Any], data: Any) -> list[str]:
    return [error.message for error in jsonschema.Draft202012Validator(shape).iter_errors(plain(data))]


@pytest.mark.parametrize("name", ["case-language.md", "case.schema.json", "evidence.schema.json"])
def test_pages_are_current(name: str) -> None:
    written = (DOCS / name).read_text("utf-8")
    assert written == reference.pages()[name], "run: python -m standoff.case.reference docs"


def test_pages_are_written_where_asked(tmp_path: Path) -> None:
    reference.main(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(reference.pages())


@pytest.mark.parametrize("shape", [schema(), evidence_schema()], ids=["case", "evidence"])
def test_every_key_is_described_and_documented(shape: dict[str, Any]) -> None:
    page = reference.page()
    records = {name: record for name, record in shape["$defs"].items() if not name.startswith("mechanism_")}
    for name, record in [("the file", shape), *records.items()]:
        assert record.get("description"), name
        for key, field in record.get("properties", {}).items():
            assert field.get("description"), f"{name}.{key}"
            assert f"| `{key}` |" in page, f"{name}.{key}"


def test_every_function_is_documented() -> None:
    for name in FUNCTIONS:
        assert f"| `{name}(...)` |" in reference.page()


def test_no_placeholder_is_left() -> None:
    assert "{{" not in reference.page()
    assert "None" not in reference.page()


def test_links_inside_the_page_lead_somewhere() -> None:
    import re

    page = reference.page()
    for target in re.findall(r"\]\(#([^)]*)\)", page):
        assert f'<a id="{target}"></a>' in page


def test_schemas_are_schemas() -> None:
    for shape in (schema(), evidence_schema()):
        jsonschema.Draft202012Validator.check_schema(shape)
        json.dumps(shape)


def test_schemas_accept_the_cases() -> None:
    assert complaints(schema(), parse_yaml(CASE).data) == []
    assert complaints(evidence_schema(), parse_yaml(EVIDENCE).data) == []
    for folder in shipped_cases().values():
        assert complaints(schema(), read_yaml(folder / "case.yaml").data) == []
        assert complaints(evidence_schema(), read_yaml(folder / "evidence.yaml").data) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("when: cordon is blockade\n", "wen: cordon is blockade\n"),
        ("  cordon:\n    title", "  Cordon:\n    title"),
        ("costs: face * cordon", "costs: [face]"),
        ("then: {cordon: +1}", "then: {cordon: [1]}"),
        ("step: day,", "step: fortnight,"),
        ("steps: 84", "steps: 0"),
        ("title: The Sel bank\n", ""),
        ("levers:\n", "mechanisms:\n  - audience_cost: {}\n\nlevers:\n"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old: str, new: str) -> None:
    assert complaints(schema(), parse_yaml(changed(CASE, (old, new))).data) != []


def test_short_forms_are_in_the_schema() -> None:
    text = changed(CASE, ("because: [boats-sent]", "because: boats-sent"), ("    hold: {}\n", "    hold:\n"))
    assert complaints(schema(), parse_yaml(text).data) == []
