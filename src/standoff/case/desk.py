"""The desk of a case: search it, see who copied whom, and which figures are at odds. None of it needs case.yaml to be
right: only the evidence is read."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from standoff.case.asked import Where
from standoff.case.folder import find_case
from standoff.case.model import Case
from standoff.evidence.as_of import as_of_day
from standoff.evidence.body import Evidence
from standoff.evidence.load import load_evidence
from standoff.reading.desk import Copies, Figures
from standoff.reading.entries import Kind
from standoff.reading.index import Answer


def search(
    where: Where,
    question: str,
    *,
    texts: str | Path | None = None,
    limit: int = 10,
    claims: bool = True,
    reports: bool = True,
) -> Answer:
    """Full-text search over reports and claims, best first.

    where: a case folder, its case.yaml, the name of a shipped case, or a `Case`.
    question: words, "words in a row", beginnings*, AND, OR, NOT, -without, brackets, title:, outlet:, after:, before:.
    texts: a folder with original reports, as for `load`; looked into before $STANDOFF_TEXTS.
    limit: how many hits at most. claims, reports: whether to look in them.

    Gives an `Answer`: ``hits`` with the sentence that answers best and an anchor that cites it, ``total``. The index is
    kept in the user's cache and brought up to date first. Raises CaseError, and EvidenceError for a question that asks
    for nothing.

        >>> search("my-case", '"no troops" OR ferries after:2031-03').hits[0].passage  # doctest: +SKIP
    """
    from standoff.reading.index import search as run

    kinds: list[Kind] = []
    kinds += ["report", "digest"] if reports else []
    kinds += ["claim"] if claims else []
    read = where.evidence if isinstance(where, Case) else None
    return run(_folder(where), question, evidence=read, texts=texts, limit=max(0, limit), kinds=kinds)


def reprints(where: Where, *, texts: str | Path | None = None, as_of: date | str | None = None) -> Copies:
    """Who copied whom: reprints, excerpts and shared quotations with their passages, and chains of copies.

    where, texts: as in `search`. as_of: only what was published by then.

    Gives `Copies`: ``pairs``, ``chains``, ``voices`` (outlets that several reports name as their source). Only
    originals that are at hand are compared; ``not_held`` names the others. Raises CaseError, and EvidenceError for a
    date that is none.

        >>> reprints("my-case").chains  # doctest: +SKIP
    """
    from standoff.reading.desk import copies

    return copies(_evidence(where, texts), None if as_of is None else as_of_day(as_of))


def figures(where: Where, *, texts: str | Path | None = None, as_of: date | str | None = None) -> Figures:
    """Figures in the reports, and those at odds about the same thing, each with its sentence.

    where, texts, as_of: as in `reprints`. Where an original is not at hand our digest is read.

    Gives `Figures`: ``odds`` and ``found``. Raises CaseError, EvidenceError for a date that is none.

        >>> figures("my-case").odds[0].about  # doctest: +SKIP
    """
    from standoff.reading.desk import figures as run

    return run(_evidence(where, texts), None if as_of is None else as_of_day(as_of))


def _folder(where: Where) -> Path:
    return where.folder if isinstance(where, Case) else find_case(where).parent


def _evidence(where: Where, texts: str | Path | None) -> Evidence:
    return where.evidence if isinstance(where, Case) else load_evidence(_folder(where), texts=texts, questions=False)[0]
