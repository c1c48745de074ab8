"""Reports that come in: read, and filed in a case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from standoff.case.folder import own_folder
from standoff.errors import EvidenceError, Problem
from standoff.evidence.dates import DateSpan
from standoff.reading.arrive import Arrivals, Manner, read_all
from standoff.reading.library import Library


def read(
    *sources: str | Path,
    into: str | Path | None = None,
    dry_run: bool = False,
    published: date | str | None = None,
    allow_private: bool = False,
    max_size: float = 20.0,
    timeout: float = 30.0,
    progress: Callable[[int, int], None] | None = None,
) -> Arrivals:
    """Reports from files and addresses (HTML, PDF, text, Markdown), each into a file of a case's reports/.

    into: the case folder; nothing is written if not given, nor with `dry_run`.
    published: when they were published, where you know it and they do not say: a date, or words as in evidence.yaml.
    allow_private: also fetch from private networks and this machine, as far as `sources` name them. max_size: megabytes
    of one source, 20 if not given. timeout: seconds for fetching one source, again for taking it apart, and again for
    holding it against the other reports.
    progress: called as ``progress(sources done, sources)``.

    Gives an `Arrivals`: ``reports`` (`Arrived`: title, outlet, ``published``, ``dates``, ``filler``, ``text``,
    ``file``),
    ``alike`` (wording shared with other reports) and ``problems``, one for each source that could not be read. Raises
    CaseError for a folder that is no case of yours, EvidenceError for a date or a limit that is none.

        >>> read("wire.html", into="my-case").reports[0].published  # doctest: +SKIP
    """
    limits = (("timeout", timeout, 3600, "seconds"), ("max_size", max_size, 1000, "megabytes"))
    wrong = [
        Problem(f"{name}={value!r}", f"above 0, at most {most:,} {unit}", "Give a number, or leave it out.", path=name)
        for name, value, most, unit in limits
        if not (isinstance(value, int | float) and 0 < value <= most)
    ]
    if wrong:
        raise EvidenceError(wrong)
    folder = None if into is None else own_folder(into)
    said = None if published is None else DateSpan.parse(published)
    manner = Manner(timeout, int(max_size * 1_000_000), allow_private, said)
    return read_all(sources, Library(folder), manner, write=not dry_run and folder is not None, progress=progress)
