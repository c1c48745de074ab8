"""Options that several commands share, each said once."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

RUN = "Running"
SHOWN = "What is shown"


def a_day(text: str) -> date:
    """A date in any of the words the evidence may use; the last day it allows."""
    from standoff.errors import EvidenceError
    from standoff.evidence.as_of import as_of_day

    try:
        return as_of_day(text)
    except EvidenceError as error:
        found = error.problems[0]
        raise typer.BadParameter(f"{found.found} is none. Write {found.expected}.") from None


def overrides(pairs: list[str] | None) -> dict[str, float | str]:
    """``["audience=0.3"]`` as a mapping; whether the parameter exists and the number is one is for the case."""
    found: dict[str, float | str] = {}
    for pair in pairs or []:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise typer.BadParameter(f"'{pair}' is not parameter=value, such as --set face=0.3.")
        found[name.strip()] = value.strip()
    return found


CaseName = Annotated[
    str, typer.Argument(metavar="CASE", help="A case folder, its case.yaml, or the name of a shipped case.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print plain data for scripts (docs/scripts.md), nothing else.")]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PARAMETER=VALUE", help="Fix a parameter at a number; may be repeated."),
]
AsOf = Annotated[
    Any,
    typer.Option(
        "--as-of",
        metavar="DATE",
        parser=a_day,
        help="Use only what was published by then; the last report if not said.",
    ),
]
Texts = Annotated[
    Path | None, typer.Option("--texts", metavar="FOLDER", help="Where the original reports are, to verify citations.")
]
Draws = Annotated[int | None, typer.Option("--draws", metavar="N", min=1, help="How many draws; 128 if not said.")]
Seed = Annotated[int | None, typer.Option("--seed", metavar="N", min=0, help="Seed of everything random.")]
Grid = Annotated[
    int | None,
    typer.Option(
        "--grid",
        metavar="N",
        min=1,
        max=2000,
        help="How finely beliefs are computed: steps from 0 to 1. Finer is slower; chosen for the case if not said.",
    ),
]
Processes = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", min=1, help="Processes; all cores if not said, 1 for this one only."),
]
Threads = Annotated[int | None, typer.Option("--workers", metavar="N", min=1, help="Threads; all cores if not said.")]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="Compute on the Dask scheduler at this address.")
]
Out = Annotated[
    Path | None,
    typer.Option("--out", metavar="FOLDER", help="Run folder. A run that was interrupted goes on where it was."),
]
Quick = Annotated[bool, typer.Option("--quick", help="Fewer draws on a coarser grid: a first look.")]
TimeLimit = Annotated[
    float | None, typer.Option("--time-limit", metavar="SECONDS", min=0.0, help="Give up a solve after so long.")
]
