"""Who cites a claim: every `because` in plain data, wherever it is nested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from standoff.language.located import Path_


def citations(document: Any) -> dict[str, list[str]]:
    """Claim -> the key paths of whatever names it under `because`, in the order of the document.

    `document` is plain data (mappings, lists, scalars) of any depth, for instance case.yaml as read. The path
    is that of the thing that rests on the claim: ``parameters.audience``, ``moves.washington.raid``.
    """
    found: dict[str, list[str]] = {}
    for path, claim in _because(document):
        paths = found.setdefault(claim, [])
        if path not in paths:
            paths.append(path)
    return found


def rests_on(document: Any, claim: str) -> list[str]:
    """The key paths of everything in `document` that names `claim` under `because`."""
    return citations(document).get(claim, [])


def _because(document: Any) -> Iterator[tuple[str, str]]:
    waiting: list[tuple[Path_, Any]] = [((), document)]
    while waiting:
        path, here = waiting.pop()
        inside: list[tuple[Path_, Any]] = []
        if isinstance(here, Mapping):
            cited = here.get("because")
            names = [cited] if isinstance(cited, str) else cited
            if isinstance(names, list | tuple):
                for name in names:
                    if isinstance(name, str):
                        yield ".".join(str(part) for part in path), name
            inside = [((*path, key), value) for key, value in here.items() if key != "because"]
        elif isinstance(here, list | tuple):
            inside = [((*path, index), value) for index, value in enumerate(here)]
        waiting.extend(reversed(inside))
