"""The pins in pyproject.toml, requirements.lock and the dependencies say the same."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = (ROOT / "requirements.lock").read_text()


def pins() -> dict[str, Requirement]:
    """name -> the one pinned requirement in pyproject.toml."""
    found = [Requirement(line) for line in PROJECT["tool"]["uv"]["constraint-dependencies"]]
    named = {str(canonicalize_name(pin.name)): pin for pin in found}
    assert len(named) == len(found), "a package is pinned twice"
    return named


def locked() -> dict[str, tuple[Requirement, list[str]]]:
    """name -> (requirement, digests) in requirements.lock."""
    entries = [line for line in LOCK.replace("\\\n", " ").splitlines() if line and not line.startswith("#")]
    found: dict[str, tuple[Requirement, list[str]]] = {}
    for entry in entries:
        requirement, *digests = re.split(r"\s+--hash=", entry.strip())
        read = Requirement(requirement)
        found[canonicalize_name(read.name)] = (read, digests)
    return found


def direct() -> list[Requirement]:
    """What the project asks for by name: dependencies, extras, and the group for developers."""
    asked = list(PROJECT["project"]["dependencies"])
    for more in (PROJECT["project"]["optional-dependencies"], PROJECT["dependency-groups"]):
        for requirements in more.values():
            asked += requirements
    return [Requirement(line) for line in asked if isinstance(line, str)]  # a group that is named is listed itself


def test_both_lists_pin_the_same_versions() -> None:
    written = {name: str(pin) for name, pin in pins().items()}
    assert written == {name: str(pin) for name, (pin, _) in locked().items()}


def test_every_pin_is_one_exact_version() -> None:
    for name, pin in pins().items():
        assert [one.operator for one in pin.specifier] == ["=="], name


def test_every_locked_file_has_a_digest() -> None:
    for name, (_, digests) in locked().items():
        assert digests, name
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in digests), name


@pytest.mark.parametrize("asked", direct(), ids=lambda asked: asked.name)
def test_the_pin_is_a_version_that_is_asked_for(asked: Requirement) -> None:
    pin = pins()[canonicalize_name(asked.name)]
    (version,) = (one.version for one in pin.specifier)
    assert asked.specifier.contains(version)


def test_whatever_comes_along_is_pinned_too() -> None:
    waiting = [(asked.name, set(asked.extras)) for asked in direct()]
    seen: set[tuple[str, frozenset[str]]] = set()
    missing = set()
    while waiting:
        name, extras = waiting.pop()
        if (canonicalize_name(name), frozenset(extras)) in seen:
            continue
        seen.add((canonicalize_name(name), frozenset(extras)))
        if canonicalize_name(name) not in pins():
            missing.add(name)
            continue
        for line in metadata.requires(name) or ():
            needed = Requirement(line)
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
                waiting.append((needed.name, set(needed.extras)))
    assert not missing, "run scripts/lock.py"
    assert len(seen) > len(direct())


@pytest.mark.parametrize("file", ["pyproject.toml", "requirements.lock"])
def test_no_pin_names_where_it_comes_from(file: str) -> None:
    text = (ROOT / file).read_text()
    assert "://" not in text
    assert "index-url" not in text
