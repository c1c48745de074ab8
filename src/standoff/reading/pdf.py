"""PDF: the text of its pages (pypdf), hyphens at line ends undone, running heads left out.

The only file that imports pypdf; it runs in a worker with limits (`worker`).
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from io import BytesIO
from typing import Any

from standoff.errors import EvidenceError, Problem
from standoff.evidence.dates import DateSpan
from standoff.language.printable import printable
from standoff.reading.arrived import Candidate
from standoff.reading.plain import LONGEST, Extract, clean, flat, heading

MOST_PAGES = 500


def read_pdf(raw: bytes, source: str) -> Extract:
    """The text of a PDF. Raises `EvidenceError` for one that is broken, locked, too long, or has no text."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(BytesIO(raw))
        if reader.is_encrypted and not reader.decrypt(""):
            raise _problem(
                source, "a PDF that asks for a password", "one that opens without", "Open it and save it without."
            )
        count = len(reader.pages)
        if count > MOST_PAGES:
            raise _problem(
                source,
                f"a PDF of {count:,} pages",
                f"at most {MOST_PAGES} pages",
                "Cut the pages that matter out of it.",
            )
        pages = _texts(reader)
        facts: Any = reader.metadata or {}
        title, made = flat(facts.get("/Title")), _day(reader)
    except EvidenceError:
        raise
    except MemoryError:
        raise
    except (PyPdfError, RecursionError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError) as error:
        raise _broken(source, error) from None
    except Exception as error:  # a third-party parser on hostile input: whatever it throws is a broken file
        raise _broken(source, error) from None
    text = clean(_joined(pages))
    if len(re.findall(r"\w", text)) < 20:
        raise _problem(
            source, f"a PDF of {count} page{'s' * (count != 1)} without text: pictures of pages",
            "text that can be selected",
            "Run it through text recognition first (`ocrmypdf in.pdf out.pdf`), and read its result with care.",
        )  # fmt: skip
    few = (
        [f"{sum(not page.strip() for page in pages)} of {count} pages without text"]
        if not all(map(str.strip, pages))
        else []
    )
    good = (
        title
        if len(title) > 8 and not re.search(r"\.(?:docx?|indd|pdf|qxd)$|^microsoft word|untitled", title, re.I)
        else ""
    )
    return Extract(text, good or heading(text), "", tuple(made), tuple(few))


def _texts(reader: Any) -> list[str]:
    pages, size = [], 0
    for page in reader.pages:
        text = str(page.extract_text() or "")
        size += len(text)
        pages.append(text)
        if size > LONGEST:
            break  # whoever asked says that it is too long
    return pages


def _joined(pages: list[str]) -> str:
    """Pages as one text: lines that stand at the head or foot of most pages go, and broken words are mended."""
    ends: Counter[str] = Counter()
    for page in pages:
        lines = [line for line in page.splitlines() if line.strip()]
        ends.update({_numberless(line) for line in [*lines[:2], *lines[-2:]]})
    running = {line for line, times in ends.items() if len(pages) >= 3 and times > 0.6 * len(pages)}
    kept = []
    for page in pages:
        lines = [line for line in page.splitlines() if line.strip()]
        edge = {*range(2), len(lines) - 1, len(lines) - 2}
        kept += [line for at, line in enumerate(lines) if not (at in edge and _numberless(line) in running)]
    return re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", "\n".join(kept))


def _numberless(line: str) -> str:
    return re.sub(r"\d+", "#", line.strip())


def _day(reader: Any) -> list[Candidate]:
    try:
        made = reader.metadata.creation_date if reader.metadata else None
    except Exception:  # a date that does not read
        return []
    if not isinstance(made, datetime):
        return []
    return [Candidate(DateSpan(made.date(), made.date()), "file properties (when the PDF was made)")]


def _broken(source: str, error: Exception) -> EvidenceError:
    what = printable(f"{type(error).__name__}: {error}".splitlines()[0], 120)
    return _problem(
        source, f"a broken PDF ({what})", "one that opens", "Open it in a viewer and print it to a new PDF."
    )


def _problem(source: str, found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found, expected, mend, file=printable(source, 200)))
