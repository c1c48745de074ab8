"""Full-text search over the reports and claims of a case, in one SQLite file (FTS5).

The index is nobody's work: it is made from the case and made again when it is lost, torn or of another version.
It holds the texts of originals, which belong to others, so it never lies in the case folder, which is handed on, but in
the user's cache: ``$STANDOFF_CACHE``, else ``$XDG_CACHE_HOME/standoff``, else ``~/.cache/standoff``, there under
``search/NAME-KEY.sqlite``, where KEY stands for the folder and where its texts were looked for. Where no such file can
be written, the index is made in memory for the one question.

Only what changed since the last question is indexed again. If no file of the case has changed, the case is not even
read. Several processes may ask and update at once: a write-ahead log lets readers go on while one of them writes.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from standoff.errors import EvidenceError, Problem
from standoff.evidence.anchors import Anchor, anchor_at
from standoff.evidence.body import Evidence
from standoff.evidence.dates import DateSpan
from standoff.evidence.digests import inside
from standoff.evidence.files import citable
from standoff.evidence.load import FILE, load_evidence
from standoff.evidence.originals import text_folders
from standoff.evidence.text import normalise
from standoff.reading.entries import Entry, Kind, entries
from standoff.reading.prose import Block, blocks, sentences
from standoff.reading.query import Query, parse

VERSION = 1
CACHE_VARIABLE = "STANDOFF_CACHE"
WAIT = 30.0  # seconds for another process to finish writing
_WEIGHTS = "4.0, 1.0, 0.5"  # of a word in the title or a claim's words, the text, the outlet
_OPEN, _SHUT = "\x02", "\x03"
_POINT = re.compile(r"(?<=[.!?\"'])-(?=[A-Z\"'\d])|(?<=[a-z])-(?=[A-Z][a-z]* [a-z])")
_FILE = re.compile(r"""\bfile["']?\s*:\s*(?:"([^"\n]{1,400})"|'([^'\n]{1,400})'|([^"'\s][^\n]{0,400}))""")
_T = TypeVar("_T")
Breaks = Callable[[str, str, str], Sequence[int]]  # (file, key of its anchors, normalised text) -> places
_RUN = 3  # sentences shown at most where no single one has every phrase

_SCHEMA = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE entry (
  number INTEGER PRIMARY KEY, key TEXT UNIQUE, stamp BLOB, kind TEXT, id TEXT, report TEXT, title TEXT, outlet TEXT,
  first TEXT, last TEXT, published TEXT, body TEXT, whole TEXT, filler TEXT, shift INTEGER, file TEXT, cite TEXT
);
CREATE VIRTUAL TABLE words USING fts5(
  title, body, outlet, content='entry', content_rowid='number', tokenize='porter unicode61 remove_diacritics 2'
);
CREATE TRIGGER entry_in AFTER INSERT ON entry BEGIN
  INSERT INTO words(rowid, title, body, outlet) VALUES (new.number, new.title, new.body, new.outlet);
END;
CREATE TRIGGER entry_out AFTER DELETE ON entry BEGIN
  INSERT INTO words(words, rowid, title, body, outlet) VALUES ('delete', old.number, old.title, old.body, old.outlet);
END;
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry that answers. `score` is BM25, larger is better. `passage` is the sentence that answers best, from
    `start` to `end` in the normalised text of `file`, with the words asked for at `marks` (offsets into the passage);
    `anchor` cites it, under the key `cite`. All are empty where only the title answers."""

    kind: Kind
    id: str
    report: str
    title: str
    outlet: str
    published: DateSpan
    score: float
    file: str = ""
    passage: str = ""
    start: int = 0
    end: int = 0
    marks: tuple[tuple[int, int], ...] = ()
    anchor: Anchor | None = None
    cite: str = "anchor"

    def to_json(self) -> dict[str, Any]:
        anchor = self.anchor
        return {
            "kind": self.kind,
            "id": self.id,
            "report": self.report,
            "title": self.title,
            "outlet": self.outlet,
            "published": str(self.published),
            "score": self.score,
            "file": self.file or None,
            "passage": self.passage or None,
            "marks": [{"start": start, "end": end} for start, end in self.marks],
            "cite": self.cite if anchor else None,
            "anchor": None
            if anchor is None
            else {
                "start": anchor.start, "end": anchor.end, "sha256": anchor.sha256, "before": anchor.before,
                "after": anchor.after,
            },
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """The best hits and how many entries answer in all; `entries` is how many there are, `index` where the index lies,
    '' in memory; `changed` how many entries were indexed or dropped for this question."""

    question: str
    hits: tuple[Hit, ...]
    total: int
    entries: int
    index: str = ""
    changed: int = 0
    not_held: int = 0

    def to_json(self) -> dict[str, Any]:
        return {
            "question": self.question,
            "total": self.total,
            "entries": self.entries,
            "texts_not_held": self.not_held,
            "index": self.index or None,
            "hits": [hit.to_json() for hit in self.hits],
        }


def search(
    folder: Path | str,
    question: str,
    *,
    evidence: Evidence | None = None,
    texts: Path | str | None = None,
    limit: int = 10,
    kinds: Iterable[Kind] = ("report", "digest", "claim"),
) -> Answer:
    """Answer a question (the language of `query`) from the reports and claims of a case folder, best first.

    `evidence`: what was read of the case before; read if not given and something changed. `texts`: where originals are,
    as for `load_evidence`. Raises `EvidenceError` for a question that asks for nothing and where SQLite has no
    full-text search; never for what is in the case.
    """
    asked = parse(question)
    where, texts = Path(folder), None if texts is None else Path(texts)
    path = index_file(where, texts)

    def answer(index: Index) -> Answer:
        changed = index.refresh(where, texts, evidence)
        hits, total = index.find(asked, limit, frozenset(kinds), partial(_breaks, where, texts))
        held = index.count("kind = 'report' AND body = ''")
        return Answer(question, tuple(hits), total, index.count(), index.file, changed, held)

    return with_index(path, answer)


def index_file(folder: Path, texts: Path | None) -> Path | None:
    """Where the index of a case lies; None where there is no home to put it in."""
    base = os.environ.get(CACHE_VARIABLE, "")
    try:
        if base:
            cache = Path(base)
        else:
            home = os.environ.get("XDG_CACHE_HOME", "")
            cache = (Path(home) if home else Path.home() / ".cache") / "standoff"
        places = [folder.resolve(), *(each.resolve() for each in text_folders(folder, texts))]
    except (OSError, RuntimeError):
        return None
    key = sha256("\0".join(map(str, places)).encode("utf-8", "surrogatepass")).hexdigest()[:12]
    name = re.sub(r"[^\w-]+", "-", places[0].name)[:40] or "case"
    return cache / "search" / f"{name}-{key}.sqlite"


def with_index(path: Path | None, use: Callable[[Index], _T]) -> _T:
    """`use` an index: that in the file, a new one where it is torn, one in memory where no file can be written."""
    if path is not None:
        for _ in range(2):
            try:
                with opened(path) as index:
                    return use(index)
            except sqlite3.OperationalError as error:
                if not _torn(error):
                    break  # read-only, no room, or locked for too long
                _drop(path)
            except sqlite3.DatabaseError:
                _drop(path)
            except OSError:
                break
    try:
        with opened(None) as index:
            return use(index)
    except sqlite3.OperationalError as error:
        if "no such module" not in str(error):
            raise
        raise EvidenceError(_NO_FTS5) from None


@contextmanager
def opened(path: Path | None) -> Iterator[Index]:
    """The index in a file, made if need be; with None, a new one in memory. Raises sqlite3.Error, OSError."""
    if path is not None:
        _own(path)
    database = sqlite3.connect(":memory:" if path is None else str(path), timeout=WAIT, isolation_level=None)
    try:
        if path is not None:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
        database.execute("PRAGMA temp_store = MEMORY")
        index = Index(database, "" if path is None else str(path))
        index.settle()
        yield index
    finally:
        database.close()


_NO_FTS5 = Problem(
    "a Python whose SQLite has no full-text search (FTS5)", f"SQLite with FTS5; this one is {sqlite3.sqlite_version}",
    "Use the Python of your system or of python.org, whose SQLite has it, or search the reports with another tool.",
)  # fmt: skip


def _own(path: Path) -> None:
    """Make the file of an index and its folders, for nobody but the user: it holds texts that belong to others.

    Folders that were there keep their mode, but for the one of the index itself. SQLite gives its log the mode of the
    file. Raises OSError.
    """
    for folder in reversed(path.parents):
        if not folder.exists():
            folder.mkdir(exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    for place, mode in ((path.parent, 0o700), (path, 0o600)):
        if place.stat().st_mode & 0o077:
            with suppress(OSError):
                place.chmod(mode)


class Index:
    """An open index. `file` is where it lies, '' in memory."""

    def __init__(self, database: sqlite3.Connection, file: str) -> None:
        self._db = database
        self.file = file

    def settle(self) -> None:
        """Make the tables if this is a new file or one of another version."""
        if self._version() == VERSION:
            return
        with self._writing():
            if self._version() == VERSION:
                return  # another process was quicker
            for (name,) in self._db.execute(
                "SELECT name FROM sqlite_master WHERE name IN ('words', 'entry', 'about')"
            ).fetchall():
                self._db.execute(f"DROP TABLE IF EXISTS {name}")
            for statement in re.split(r";\n(?!END)(?! )", _SCHEMA.strip()):
                if statement.strip():
                    self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {VERSION}")

    def refresh(self, folder: Path, texts: Path | None, evidence: Evidence | None = None) -> int:
        """Bring the index up to date with a case; gives how many entries were indexed or dropped."""
        stamp = files_stamp(folder, texts)
        if evidence is None:
            if stamp and stamp == self._told("files"):
                return 0
            evidence = load_evidence(folder, texts=texts, questions=False)[0]
        changed = self.sync(entries(evidence))
        if not _all_stamped(folder, evidence):
            stamp = ""  # some name that only YAML itself can read: then the case is read at every question
        if stamp == self._told("files"):
            return changed
        with suppress(sqlite3.OperationalError), self._writing():
            self._db.execute("INSERT OR REPLACE INTO about VALUES ('files', ?)", (stamp,))
        return changed

    def sync(self, wanted: Iterable[Entry]) -> int:
        """Make the index hold these entries and no others; what did not change is left as it is."""
        by_key = {entry.key: entry for entry in wanted}
        stamps = {key: entry.stamp for key, entry in by_key.items()}
        if dict(self._db.execute("SELECT key, stamp FROM entry")) == stamps:
            return 0
        with self._writing():
            there = dict(self._db.execute("SELECT key, stamp FROM entry"))
            gone = [key for key, stamp in there.items() if stamps.get(key) != stamp]
            new = [key for key, stamp in stamps.items() if there.get(key) != stamp]
            self._db.executemany("DELETE FROM entry WHERE key = ?", ((key,) for key in gone))
            self._db.executemany(
                "INSERT INTO entry VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (_row(by_key[key], stamps[key]) for key in new),
            )
        return len({*gone, *new})

    def find(
        self, asked: Query, limit: int, kinds: frozenset[str], breaks: Breaks = lambda *_: ()
    ) -> tuple[list[Hit], int]:
        """The best hits, and how many entries answer. `breaks` gives the places where the paragraphs of a text begin,
        for which its file is asked: only for what is shown."""
        marks = ", ".join("?" * len(kinds))
        where, values = [f"kind IN ({marks})"], [*sorted(kinds)]
        if asked.since is not None:
            where.append("last >= ?")
            values.append(asked.since.isoformat())
        if asked.until is not None:
            where.append("first < ?")
            values.append(asked.until.isoformat())
        if asked.match:
            source = "words JOIN entry ON entry.number = words.rowid WHERE words MATCH ? AND "
            shown = f"-bm25(words, {_WEIGHTS}), highlight(words, 1, '{_OPEN}', '{_SHUT}')"
            order, first = f"bm25(words, {_WEIGHTS}), key", [asked.match]
        else:
            source, shown, order, first = "entry WHERE ", "0.0, body", "last DESC, first DESC, key", []
        conditions = source + " AND ".join(where)
        total = int(self._db.execute(f"SELECT count(*) FROM {conditions}", [*first, *values]).fetchone()[0])
        rows = self._db.execute(
            "SELECT kind, id, report, entry.title, entry.outlet, first, last, published, whole, entry.body, filler, "
            f"shift, file, cite, {shown} FROM {conditions} ORDER BY {order} LIMIT ?",
            [*first, *values, limit],
        )
        return [_hit(row, breaks) for row in rows], total

    def count(self, condition: str = "1") -> int:
        """How many entries there are."""
        return int(self._db.execute(f"SELECT count(*) FROM entry WHERE {condition}").fetchone()[0])

    def _told(self, key: str) -> str:
        found = self._db.execute("SELECT value FROM about WHERE key = ?", (key,)).fetchone()
        return "" if found is None else str(found[0])

    def _version(self) -> int:
        return int(self._db.execute("PRAGMA user_version").fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def files_stamp(folder: Path, texts: Path | None) -> str:
    """Changes with the name, size or time of any file that the evidence of a case is read from: evidence.yaml, all
    below reports/, the folders of originals, and every file that evidence.yaml names, whether it is there or not."""
    seen = [_stamped(place) for place in (folder / FILE, *_named(folder))]
    seen += [_stamped(place) for place in _below(folder / "reports")]
    for place in text_folders(folder, texts):
        with suppress(OSError):
            seen += [_stamped(each) for each in sorted(place.iterdir())]
    return sha256("\n".join(seen).encode("utf-8", "surrogatepass")).hexdigest()


def _stamped(place: Path) -> str:
    try:
        told = place.stat()
    except (OSError, ValueError):
        return f"{place}\0-"
    return f"{place}\0{told.st_size}\0{told.st_mtime_ns}"


def _all_stamped(folder: Path, evidence: Evidence) -> bool:
    files = {folder / report.file for report in evidence.reports.values() if report.file}
    loose = {each for each in files if not each.is_relative_to(folder / "reports")}
    return loose <= set(_named(folder))


def _below(place: Path) -> Iterator[Path]:
    for at, folders, files in os.walk(place):
        folders.sort()
        yield from (Path(at) / name for name in sorted(files))


def _named(folder: Path) -> list[Path]:
    """Files of the case that evidence.yaml names as those of reports, and perhaps more: this only asks for changes."""
    try:
        written = (folder / FILE).read_text("utf-8", "replace")
    except OSError:
        return []
    names = set()
    for found in _FILE.finditer(written):
        plain = (found[3] or "").strip()
        names |= {name for name in (found[1], found[2], plain, re.split(r" #|[,}]", plain)[0].strip()) if name}
    return [folder / name for name in sorted(names) if "\0" not in name and inside(folder, name)]


def _row(entry: Entry, stamp: bytes) -> tuple[Any, ...]:
    body = entry.text
    for start, end in sorted(entry.filler, reverse=True):
        body = f"{body[:start]}{body[end:]}"
    body, whole = (_clean(each) for each in (body, entry.text))
    return (
        entry.key, stamp, entry.kind, entry.id, entry.report, _clean(entry.title), _clean(entry.outlet),
        entry.published.first.isoformat(), entry.published.last.isoformat(), entry.published.text, body,
        "" if body == whole else whole, json.dumps(sorted(entry.filler)), entry.offset, entry.file, entry.cite,
    )  # fmt: skip


def _clean(text: str) -> str:
    """The same length, without what SQLite cannot hold or what marks the words asked for."""
    return re.sub(r"[\0\x02\x03\ud800-\udfff]", " ", text)


def _hit(row: tuple[Any, ...], breaks: Breaks) -> Hit:
    kind, name, report, title, outlet, first, last, published, whole, body, filler, shift, file, cite, score, lit = row
    span = DateSpan(DateSpan.parse(first).first, DateSpan.parse(last).last, published)
    made = Hit(kind, name, report, title, outlet, span, score, file, cite=cite)
    text, cuts = whole or body, json.loads(filler)
    marks = [(_placed(begin, cuts), _placed(until - 1, cuts) + 1) for begin, until in _marks(lit)]
    if not body or not (marks or kind == "claim"):
        return made
    # A claim is shown with the passage that it cites.
    start, end = (0, len(text)) if kind == "claim" else _best(text, cuts, marks, breaks(file, cite, text))
    inside = tuple((begin - start, until - start) for begin, until in marks if start <= begin and until <= end)
    anchor = anchor_at(text, start, end)
    if kind == "claim":
        anchor = Anchor(start + shift, end + shift, anchor.sha256)
    return replace(made, passage=text[start:end], start=anchor.start, end=anchor.end, marks=inside, anchor=anchor)


def _marks(lit: str) -> list[tuple[int, int]]:
    """(start, end) in the body of what is highlighted."""
    found, at = [], 0
    for gone, mark in enumerate(re.finditer(f"[{_OPEN}{_SHUT}]", lit)):
        place = mark.start() - gone
        if mark[0] == _OPEN:
            at = place
        else:
            found.append((at, place))
    return found


def _pieces(text: str, cuts: list[list[int]]) -> Iterator[tuple[int, int]]:
    """What is left of a text between its filler, without the spaces at its ends."""
    at = 0
    for start, end in [*cuts, [len(text), len(text)]]:
        piece = text[at : max(at, start)]
        if piece.strip():
            yield at + len(piece) - len(piece.lstrip()), at + len(piece.rstrip())
        at = max(at, end)


def _placed(at: int, cuts: list[list[int]]) -> int:
    """A place in the body as a place in the whole text."""
    for start, end in cuts:
        if at < start:
            break
        at += end - start
    return at


def _best(text: str, cuts: list[list[int]], marks: list[tuple[int, int]], breaks: Sequence[int]) -> tuple[int, int]:
    """The sentence with most of the phrases asked for, then with most of the words, and of those the first. Where no
    sentence has all phrases, a few in a row that have; filler is never part of it, nor is another paragraph, unless a
    phrase goes on there."""
    pieces = [part for piece in _pieces(text, cuts) for part in _paragraphs(text, piece, breaks)]
    spans = [each for piece in pieces for each in _sentences(text, piece)]
    phrases = {_key(text, mark) for mark in marks if " " in text[slice(*mark)]}
    # A phrase that begins in one sentence and ends in the next makes them one.
    for begin, until in marks:
        if not any(a <= begin and until <= b for a, b in spans):
            cut = [(a, b) for a, b in spans if a < until and begin < b]
            whole = min([a for a, _ in cut], default=begin), max([b for _, b in cut], default=until)
            spans = sorted([each for each in spans if each not in cut] + [whole])
    best, score = (0, 0), (0, 0, 0)
    for length in range(1, (_RUN if len(phrases) > 1 else 1) + 1):
        for at in range(len(spans) - length + 1):
            start, end = spans[at][0], spans[at + length - 1][1]
            if length > 1 and not any(a <= start and end <= b for a, b in pieces):
                continue
            inside = [mark for mark in marks if start <= mark[0] and mark[1] <= end]
            told = {_key(text, mark) for mark in inside}
            # A longer run has to have more phrases; more words alone do not make it worth reading.
            made = len(told & phrases), len(told), len(inside)
            if made > score and (length == 1 or made[0] > score[0]):
                best, score = (start, end), made
    return best


def _key(text: str, mark: tuple[int, int]) -> tuple[str, ...]:
    """What is marked, whatever the endings of its words."""
    return tuple(word[:4] for word in text[slice(*mark)].casefold().split())


def _paragraphs(text: str, piece: tuple[int, int], breaks: Sequence[int]) -> Iterator[tuple[int, int]]:
    start, end = piece
    for at in [*(each for each in breaks if start < each < end), end]:
        part = text[start:at]
        if part.strip():
            yield start + len(part) - len(part.lstrip()), start + len(part.rstrip())
        start = at


def _breaks(folder: Path, texts: Path | None, file: str, cite: str, text: str) -> Sequence[int]:
    """Where the paragraphs of a report begin in its normalised text; none where its file is not the one indexed."""
    places = [folder / file] if cite == "digest_anchor" else [each / file for each in text_folders(folder, texts)]
    for place in [*places, folder / file]:
        try:
            raw = citable(place)
        except EvidenceError:
            continue
        if normalise(raw) == text:
            return [block.start for block in blocks(raw, text)]
    return ()


def _sentences(text: str, piece: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Sentences, and the points of a list, whose dashes normalising has drawn up to the words."""
    for start, end in sentences(text, Block(*piece)):
        at = start
        for point in _POINT.finditer(text, start, end):
            yield at, point.start()
            at = point.end()
        yield at, end


def _torn(error: sqlite3.OperationalError) -> bool:
    said = str(error)
    return "malformed" in said or "no such table" in said or "no such column" in said or "disk image" in said


def _drop(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        with suppress(OSError):
            Path(f"{path}{ending}").unlink()
