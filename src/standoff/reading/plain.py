"""Text and Markdown: bytes to characters when nobody can be sure of the encoding, and what stands in the head."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from standoff.errors import CaseError, EvidenceError, Problem
from standoff.evidence.dates import DateSpan
from standoff.evidence.files import split_front_matter
from standoff.language.printable import printable
from standoff.language.read import parse_yaml
from standoff.reading.arrived import Candidate

LONGEST = 3_000_000  # characters of a report: more than any book
HEAP = 30  # marks over one letter, as the Stream-Safe Text Format of Unicode (UAX 15) allows
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_BINARY = {
    b"PK\x03\x04": "a zip archive, as .docx and .odt are", b"\x1f\x8b": "a gzip archive", b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture", b"GIF8": "a picture", b"\x7fELF": "a program", b"MZ\x90": "a program",
    b"\xd0\xcf\x11\xe0": "an old office document", b"{\\rtf": "a rich text document", b"ID3": "a sound",
    b"OggS": "a sound",
    b"7z\xbc\xaf": "an archive", b"Rar!": "an archive", b"RIFF": "a sound or picture", b"BZh": "an archive",
    b"\xfd7zXZ": "an archive", b"\x28\xb5\x2f\xfd": "an archive",
}  # fmt: skip
_CONTROL = {code: None for code in range(32) if chr(code) not in "\n\t"} | {0x7F: None, 0xFEFF: None}
_HEAPED = re.compile(rf"[^\x00-\u02ff]{{{HEAP + 1},}}")
_CONTROL |= dict.fromkeys(range(0x80, 0xA0)) | {0x0B: "\n", 0x0C: "\n", 0x85: "\n", 0x2028: "\n", 0x2029: "\n"}


@dataclass(frozen=True, slots=True)
class Extract:
    """What one file or page holds: its text in paragraphs, and what it says of itself. `head` is the front matter as it
    stands, `used` the keys of it that title, outlet and date were taken from."""

    text: str
    title: str = ""
    outlet: str = ""
    told: tuple[Candidate, ...] = ()
    remarks: tuple[str, ...] = field(default=())
    head: Mapping[str, Any] = field(default_factory=dict)
    used: frozenset[str] = frozenset()


def decoded(raw: bytes, declared: str | None, source: str) -> tuple[str, list[str]]:
    """The characters of a file, and a remark where the encoding was not what was declared, or had to be guessed.

    A byte order mark is believed first, then UTF-8 where the bytes are valid UTF-8 (chance would not make them
    so), then what was declared. Line ends become newlines, control characters go. Raises `EvidenceError` for
    what is no text.
    """
    for start, what in _BINARY.items():
        if raw.startswith(start):
            raise not_text(source, what)
    text, remarks = _characters(raw, declared, source)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    odd = sum((letter < " " and letter not in "\n\t\f\v\x1b") or letter == "\ufffd" for letter in text[:200_000])
    if odd > 0.02 * min(len(text), 200_000) + 2:
        raise not_text(source, "bytes that are no text in any encoding known here")
    return clean(text), remarks


def clean(text: str) -> str:
    """Without what no text needs: control characters, halves of characters, white space at the ends of lines, more
    marks over one letter than any script has. Linear in the length of the text."""
    whole = text.translate(_CONTROL).encode("utf-8", "ignore").decode("utf-8")
    lines = "\n".join(line.rstrip(" \t") for line in _HEAPED.sub(_thinned, whole).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip("\n ")


def _thinned(run: re.Match[str]) -> str:
    """At most `HEAP` combining marks after one another: to put more into their order takes the square of them."""
    kept, height = [], 0
    for letter in run[0]:
        height = height + 1 if unicodedata.combining(letter) else 0
        if height <= HEAP:
            kept.append(letter)
    return "".join(kept)


def _characters(raw: bytes, declared: str | None, source: str) -> tuple[str, list[str]]:
    for mark, name in _MARKS:
        if raw.startswith(mark):
            try:
                text = raw[len(mark) :].decode(name)
            except UnicodeDecodeError:
                return raw[len(mark) :].decode(name, "replace"), [f"broken {name}: some letters could not be read"]
            return text, [] if name == "utf-8" else [f"read as {name}, by its byte order mark"]
    wide = _wide(raw)
    if wide:
        return raw.decode(wide, "replace"), [f"read as {wide}: it has no byte order mark, but every other byte is 0"]
    asked = _known(declared)
    try:
        text = raw.decode("utf-8")
        other = asked not in ("", "utf-8", "ascii") and not text.isascii() and not asked.startswith("utf")
        return text, [f"declared as {declared}, but it is UTF-8"] if other else []
    except UnicodeDecodeError:
        pass
    if asked and asked not in ("utf-8", "ascii"):
        name = "cp1252" if asked == "iso8859-1" else asked
        try:
            return raw.decode(name), [f"read as {name}, as declared"]
        except (UnicodeError, LookupError):
            pass
    name = _guess(raw)
    nor = f", nor {printable(declared)} as declared" if declared else ""
    remark = f"not UTF-8{nor}; read as {name}"
    if declared and asked == "utf-8":
        remark = f"declared as UTF-8, but it is not; read as {name}"
    return raw.decode(name, "replace"), [f"{remark}: look at letters with accents"]


def _known(declared: str | None) -> str:
    try:
        return codecs.lookup((declared or "").strip()).name if declared else ""
    except (LookupError, ValueError):
        return ""


def _wide(raw: bytes) -> str:
    """utf-16 without a mark: nearly every second byte of Western text is 0."""
    head = raw[:4000]
    if len(head) < 4 or len(raw) % 2:
        return ""
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        other = head[0::2] if name.endswith("le") else head[1::2]
        if zeros.count(0) > 0.7 * len(zeros) and other.count(0) < 0.05 * len(other):
            return name
    return ""


def _guess(raw: bytes) -> str:
    high = sum(byte > 127 for byte in raw[:100_000])
    if high > 0.3 * min(len(raw), 100_000):
        from charset_normalizer import from_bytes

        best = from_bytes(raw[:100_000]).best()
        if best is not None:
            return best.encoding
    try:
        raw.decode("cp1252")
    except UnicodeDecodeError:
        return "latin-1"
    return "cp1252"


def read_plain(raw: bytes, declared: str | None, source: str) -> Extract:
    """A text or Markdown file. Front matter is taken off; its title, outlet and date are believed."""
    text, remarks = decoded(raw, declared, source)
    head, body = split_front_matter(text)
    data: Any = None
    if head:
        try:
            data = parse_yaml(head, source).data
        except CaseError:
            data = None
    if not isinstance(data, dict):
        return Extract((text if head else body).strip("\n"), heading(text if head else body), remarks=tuple(remarks))
    named = next((key for key in ("outlet", "publisher", "site", "source") if _word(data.get(key))), "")
    dated = next((key for key in ("published", "date", "publishDate", "pubdate") if data.get(key)), "")
    told = as_candidates([(data.get(dated), "front matter")])
    return Extract(
        body.strip("\n"), flat(data.get("title")) or heading(body), flat(data.get(named)), tuple(told), tuple(remarks),
        data, frozenset((named, dated) if told else (named,)),
    )  # fmt: skip


def as_candidates(sayings: list[tuple[object, str]]) -> list[Candidate]:
    """(what was written, where) as dates; whatever does not read as one is left out."""
    found = []
    for said, where in sayings:
        value = said
        if isinstance(value, str):
            day = re.match(r"\s*(\d{4}-\d\d-\d\d)(?=[T\s]|$)", value)
            value = day[1] if day else value
        if not isinstance(value, (date, str)):
            continue
        try:
            found.append(Candidate(DateSpan.parse(value), where))
        except EvidenceError:
            continue
    return found


def heading(text: str) -> str:
    """The title that a text begins with: its first line, or the first words of it."""
    for line in text.splitlines():
        words = flat(re.sub(r"^[#>*\s]+|[*_#]+\s*$", "", line[:2000])).strip("\"“”'‘’ ")
        if words:
            return words if len(words) <= 140 else f"{words[:90].rsplit(' ', 1)[0]} ..."
    return ""


def flat(value: object, limit: int = 300) -> str:
    """A value as one line of printable text; '' for what is none."""
    if not isinstance(value, (str, int, float, date)):
        return ""
    words = " ".join("".join(letter if letter.isprintable() else " " for letter in str(value)[: limit * 4]).split())
    return words if len(words) <= limit else f"{words[:limit].rsplit(' ', 1)[0]} ..."


def _word(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def not_text(source: str, what: str) -> EvidenceError:
    """What to say of a file that is of no kind known here."""
    return EvidenceError(
        Problem(
            what, "HTML, PDF, text or Markdown", "Save it as text or PDF in the program it comes from.",
            file=printable(source, 200),
        )
    )  # fmt: skip
