"""HTML: the article out of a page (trafilatura), and what the page says of itself (its meta tags, htmldate).

The only file that imports trafilatura, htmldate and lxml. It runs in a worker with limits (`worker`): what a
page can do to a parser, it does to that.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from standoff.errors import EvidenceError, Problem
from standoff.evidence.dates import MONTHS, DateSpan
from standoff.language.printable import printable
from standoff.reading.arrived import Candidate
from standoff.reading.plain import Extract, as_candidates, clean, decoded, flat

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w:-]{2,40})", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:Article|Report|BlogPosting|NewsItem|LiveBlogPosting|SocialMediaPosting|Blog)$")
_OF_A_PAGE = frozenset(("WebPage", "ItemPage", "AboutPage", "CollectionPage", "CreativeWork", "VideoObject", ""))
_NOT_THE_REPORT = re.compile(r"comment|repl(?:y|ies)\b|related|recommend|teaser|promo|sidebar", re.IGNORECASE)
_NO_DAY = re.compile(r"\s*(\d{4}-\d\d-\d\d)(?=[T\s]|$)")
_PUBLISHED = frozenset(
    [
        "article:published_time",
        "og:published_time",
        "og:article:published_time",
        "article:published",
        "datepublished",
        "date",
        "pubdate",
        "publishdate",
        "publish-date",
        "publish_date",
        "publication_date",
        "parsely-pub-date",
        "sailthru.date",
        "dc.date",
        "dc.date.issued",
        "dcterms.date",
        "dcterms.issued",
        "dc.date.created",
        "dcterms.created",
        "citation_publication_date",
        "cxenseparse:recs:publishtime",
        "date.issued",
        "release_date",
        "created",
        "originalpublicationdate",
        "article.published",
        "timestamp",
        "datecreated",
    ]
)
_MODIFIED = frozenset(
    [
        "article:modified_time",
        "og:modified_time",
        "og:updated_time",
        "article:modified",
        "datemodified",
        "last-modified",
        "lastmod",
        "dcterms.modified",
        "dc.date.modified",
        "revised",
        "updated",
    ]
)
_BAR = re.compile(r"\s+[|·•]\s+")
_DASH = re.compile(r"\s+[-–—]\s+")
FEWEST = 200  # characters below which an article counts as not found


def read_page(raw: bytes, declared: str | None, source: str) -> Extract:
    """A page as text in paragraphs. Raises `EvidenceError` for one without text."""
    in_page = _CHARSET.search(raw[:4096])
    declared = declared or (in_page[1].decode("ascii") if in_page else None)
    html, remarks = decoded(raw, declared, source)
    import trafilatura

    tree = trafilatura.load_html(html)
    if tree is None:
        raise _empty(source)
    said = list(_metas(tree))
    told = _dates(html, said, tree, remarks)
    url = source if "://" in source else None
    document = trafilatura.bare_extraction(
        trafilatura.load_html(html), url=url, include_comments=False, include_tables=True, with_metadata=True
    )
    text = clean(getattr(document, "text", None) or "")
    if len(text) < FEWEST:
        whole = clean(trafilatura.html2txt(html) or "")
        if len(whole) > 2 * len(text):
            text = whole
            remarks.append("no article found in the page; all its text is taken, with menus and notices")
    if not text:
        raise _empty(source)
    facts = dict(reversed(said))  # of two the first
    title = flat(facts.get("og:title") or getattr(document, "title", "") or facts.get("title"))
    title, named = _title_and_outlet(title, facts.get("title", ""))
    outlet = flat(
        facts.get("og:site_name")
        or named
        or getattr(document, "sitename", "")
        or (urlsplit(url).hostname if url else "")
    )
    remarks += [
        f"changed on {one.span} by its meta tags: what stood there at first may have been less" for one in told[1]
    ]
    return Extract(text, title, outlet, tuple(told[0]), tuple(remarks))


def _title_and_outlet(title: str, tag: str) -> tuple[str, str]:
    """The title without the outlet that the title tag adds to it, and that outlet, '' where it adds none.

    A dash may as well belong to the headline: it counts only where the headline stands elsewhere without what is
    behind it. A bar counts by itself.
    """
    parts = _BAR.split(tag)
    if len(parts) == 1:
        parts = _DASH.split(tag)
        if title not in (parts[0], parts[-1]):
            return title, ""
    first, last = parts[0], parts[-1]
    if len(parts) == 1:
        return title, ""
    name, rest = (first, last) if title == last else (last, first)
    if not (name[:1].isupper() and len(name.split()) <= 6):
        return title, ""
    return (rest if title == tag else title), name


def _metas(tree: Any) -> Iterator[tuple[str, str]]:
    """(name in lower case, content) of what a page says of itself."""
    for number, meta in enumerate(tree.iter("meta", "time", "title")):
        if number > 2000:
            return
        if meta.tag != "title" and _of_another(meta):
            continue
        if meta.tag == "title":
            yield "title", flat(meta.text_content())
        elif meta.tag == "time" and ("pubdate" in meta.attrib or "published" in (meta.get("class") or "").lower()):
            yield "datepublished", flat(meta.get("datetime") or meta.text_content())
        elif meta.get("content"):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            yield name.strip().lower(), flat(meta.get("content"))


def _of_another(element: Any) -> bool:
    """Whether a tag in the body stands in a comment, or in a box about another article."""
    for number, around in enumerate(element.iterancestors()):
        if around.tag in ("body", "head", "html") or number > 40:
            return False
        marks = " ".join(around.get(name) or "" for name in ("itemprop", "itemtype", "class", "id"))
        if _NOT_THE_REPORT.search(marks[:400]):
            return True
    return False


def _linked(tree: Any) -> tuple[list[str], list[str]]:
    """(published, changed) as linked data say it of the article itself, not of its comments or of other articles.

    The scripts are taken out of the tree, so that nothing else reads them in another way.
    """
    things: list[dict[str, Any]] = []
    for script in list(tree.iter("script"))[:200]:
        if "ld+json" not in (script.get("type") or "").lower():
            continue
        try:
            data = json.loads((script.text or "")[:1_000_000], strict=False)
        except (ValueError, RecursionError):
            data = None
        script.text = None
        for top in data if isinstance(data, list) else [data]:
            graph = top.get("@graph") if isinstance(top, dict) else None
            members = [top, *graph] if isinstance(graph, list) else [top]
            members += [each.get("mainEntity") for each in members if isinstance(each, dict)]
            things += [each for each in members if isinstance(each, dict)]
    articles = [each for each in things if any(map(_ARTICLE.search, _kinds(each)))]
    # Of several articles the first is the page's own: what is listed after it is read next.
    for thing in [*articles[:1], *(each for each in things if not articles and set(_kinds(each)) & _OF_A_PAGE)]:
        day = thing.get("datePublished") or thing.get("dateCreated")
        if isinstance(day, str):
            changed = thing.get("dateModified")
            return [day], [changed] if isinstance(changed, str) else []
    return [], [each["dateModified"] for each in (articles or things)[:1] if isinstance(each.get("dateModified"), str)]


def _kinds(thing: dict[str, Any]) -> list[str]:
    kinds = thing.get("@type", "")
    return [each for each in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(each, str)]


def _dates(
    html: str, said: list[tuple[str, str]], tree: Any, remarks: list[str]
) -> tuple[list[Candidate], list[Candidate]]:
    """(when it was published, when it was changed later) by the page itself; a day that no calendar has goes to the
    remarks."""
    first_said, then_said = _linked(tree)
    values = [value for name, value in said if name in _PUBLISHED] + first_said
    published = as_candidates([(value, "meta tag") for value in values])
    changed = as_candidates([(value, "meta tag") for name, value in said if name in _MODIFIED])
    changed += as_candidates([(value, "meta tag") for value in then_said])
    none = [found[1] for value in values if (found := _NO_DAY.match(value)) and not as_candidates([(value, "")])]
    remarks += [f"meta tag says {day}: the calendar has no such day; not taken" for day in dict.fromkeys(none)]
    if not published and not none:
        published = _by_structure(html, tree)
    first = min((one.span.last for one in published), default=None)
    later = [one for one in changed if first is not None and one.span.first > first]
    if not published and changed:
        published = [Candidate(one.span, "meta tag (last changed)") for one in changed[:1]]
    return list(dict.fromkeys(published)), list(dict.fromkeys(later))[:1]


def _by_structure(html: str, tree: Any) -> list[Candidate]:
    """What htmldate finds in the page, as a day only where that day stands in it: it fills in the first of a month."""
    import htmldate

    try:
        found = htmldate.find_date(tree, extensive_search=False, original_date=True)
    except Exception:  # a third-party parser on hostile input: then it found nothing
        return []
    if not found:
        return []
    day = date.fromisoformat(found)
    month = f"(?:{MONTHS[day.month - 1]}|{MONTHS[day.month - 1][:3]}\\.?|0?{day.month})"
    stands = re.search(
        rf"{day.year}[-/. ]?{month}[-/. ]?0?{day.day}(?!\d)|(?<!\d)0?{day.day}(?:st|nd|rd|th)?[-/. "
        rf"]+{month}[-/., ]+{day.year}|"
        rf"{month}[-/. ]+0?{day.day}(?:st|nd|rd|th)?[-/., ]+{day.year}",
        html[:2_000_000],
        re.IGNORECASE,
    )
    span = DateSpan(day, day) if stands else DateSpan.parse(f"{day.year}-{day.month:02}")
    return [Candidate(span, "the page")]


def _empty(source: str) -> EvidenceError:
    return EvidenceError(
        Problem(
            "a page without text", "a report in the page itself",
            "It may be drawn by a script or stand behind a login: save the text from your browser and read that file.",
            file=printable(source, 200),
        )
    )  # fmt: skip
