"""The whole of what is done with one source: its text out of the bytes, its date, what in it is not the report.

It runs in a worker with limits (`worker`): a text may be as hostile as a page.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from hashlib import sha256

from standoff.errors import EvidenceError, Problem
from standoff.evidence.dates import DateSpan
from standoff.reading.addresses import shown, without_secrets
from standoff.reading.arrived import Arrived
from standoff.reading.filler import find_filler
from standoff.reading.head import own_filler, own_head
from standoff.reading.library import name_of
from standoff.reading.plain import LONGEST, Extract, read_plain
from standoff.reading.published import candidates, decide, on_a_line, outlet_on_a_line, resolved, wire

_FORMS = {"page": "HTML", "pdf": "PDF", "plain": "text", "markdown": "Markdown"}


def describe(form: str, raw: bytes, charset: str | None, where: str, said: DateSpan | None, read_on: date) -> Arrived:
    """A report out of bytes. `form` is 'page', 'pdf', 'plain' or 'markdown', `where` the file or address they came
    from. Raises `EvidenceError`."""
    extract = _extract(form, raw, charset, where)
    if len(extract.text) > LONGEST:
        found = f"a text of {len(extract.text):,} characters"
        raise _problem(where, found, f"at most {LONGEST:,}", "Cut the report itself out of it.")
    if not re.search(r"\w", extract.text):
        raise _problem(where, "a text without a word", "the text of a report", "Look at what was saved.")
    key, named = sha256(raw).hexdigest(), without_secrets(where)
    title = extract.title or f"Untitled ({shown(named).rstrip('/').rsplit('/', 1)[-1]})"
    kept, left = own_head(extract.head, extract.used)
    made = Arrived(
        id=kept.get("id", "") or name_of(extract.title, named, key), title=title,
        outlet=extract.outlet or outlet_on_a_line(extract.text), published=None, published_from="",
        filed_as=DateSpan(read_on, read_on), text=extract.text, source=shown(named), sha256=key, form=_FORMS[form],
        filler=find_filler(extract.text), remarks=(*extract.remarks, *left), read_on=read_on, head=kept,
    )  # fmt: skip
    body = made.normalised
    filler, unfit = own_filler(extract.head, body, made.filler)
    found_dates = candidates(body, where, (*extract.told, *on_a_line(extract.text)), said)
    published, why, filed_as, remarks = decide(found_dates, body, read_on)
    return replace(
        made, published=published, published_from=why, filed_as=filed_as,
        origin=kept.get("origin") or wire(body), candidates=found_dates,
        dates=resolved(body, published), remarks=(*made.remarks, *unfit, *remarks), filler=filler,
    )  # fmt: skip


def _extract(form: str, raw: bytes, charset: str | None, where: str) -> Extract:
    if form == "pdf":
        from standoff.reading.pdf import read_pdf

        return read_pdf(raw, where)
    if form == "page":
        from standoff.reading.page import read_page

        return read_page(raw, charset, where)
    return read_plain(raw, charset, where)


def _problem(where: str, found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found, expected, mend, file=shown(where)))
