"""What a user installs is whole: cases, templates, types."""

from __future__ import annotations

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder

from standoff.case import shipped_cases

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "standoff"


def packed() -> set[str]:
    """Paths inside the wheel, as ``standoff/...``."""
    return {file.distribution_path for file in WheelBuilder(str(ROOT)).recurse_included_files()}


def test_the_wheel_holds_every_file_of_the_package() -> None:
    found = packed()
    there = {
        path.relative_to(SOURCE.parent).as_posix()
        for path in SOURCE.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert found == there


def test_the_wheel_holds_cases_templates_and_types() -> None:
    found = packed()
    assert "standoff/py.typed" in found
    assert "standoff/case/template/case.yaml" in found
    assert "standoff/report/templates/brief.html.j2" in found
    for name in shipped_cases():
        assert {f"standoff/cases/{name}/{file}" for file in ("case.yaml", "evidence.yaml")} <= found
