"""Full-text search: what is found, what may be typed, how it is cited, and how the index keeps itself."""

from __future__ import annotations

import os
import sqlite3
import threading
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evidence_kit import DIGEST, ORIGINAL, write_case
from standoff.errors import EvidenceError
from standoff.evidence import DateSpan, load_evidence
from standoff.evidence.anchors import find_anchor
from standoff.evidence.text import normalise
from standoff.reading.entries import Entry, entries
from standoff.reading.index import Answer, index_file, opened, search
from standoff.reading.query import parse

EVERY = frozenset(("report", "digest", "claim"))


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STANDOFF_CACHE", str(tmp_path / "cache"))
    return write_case(tmp_path / "case")


def found(answer: Answer) -> set[str]:
    return {f"{hit.kind}:{hit.id}" for hit in answer.hits}


def shelf(**texts: str) -> list[Entry]:
    return [
        Entry("report", name, name, f"Title {name}", "Sund Gazette", DateSpan.parse("2031-03-04"), normalise(text))
        for name, text in texts.items()
    ]


def ask(question: str, *, filed: list[Entry] | None = None, **texts: str) -> list[str]:
    with opened(None) as index:
        index.sync(filed or shelf(**texts))
        return sorted(hit.id for hit in index.find(parse(question), 10, EVERY)[0])


def test_reports_digests_and_claims_are_found_and_cited(case: Path) -> None:
    answer = search(case, "ferries")
    assert {"report:wire", "digest:wire", "report:broadcast"} <= found(answer)
    for hit in answer.hits:
        if hit.kind == "claim" or hit.anchor is None:
            continue
        text = normalise({"wire.txt": ORIGINAL, "reports/wire.md": DIGEST}.get(hit.file, ""))
        if text:
            assert text[hit.start : hit.end] == hit.passage
            assert find_anchor(text, hit.anchor).state == "held"
            assert hit.cite == ("anchor" if hit.kind == "report" else "digest_anchor")
        assert all("ferr" in hit.passage[a:b].lower() for a, b in hit.marks)
        assert hit.marks


def test_a_claim_is_found_by_what_it_says_and_by_what_it_cites(case: Path) -> None:
    evidence, _ = load_evidence(case)
    for name, claim in evidence.claims.items():
        (hit,) = [hit for hit in search(case, f'"{claim.says}"', kinds=["claim"]).hits if hit.id == name]
        passage = evidence.passage(name, original=True)
        assert hit.passage == passage
        assert hit.anchor is not None
        assert claim.anchor is not None
        assert (hit.anchor.start, hit.anchor.end, hit.anchor.sha256) == (
            claim.anchor.start, claim.anchor.end, claim.anchor.sha256
        )  # fmt: skip


def test_the_kinds_asked_for(case: Path) -> None:
    assert {hit.kind for hit in search(case, "troops", kinds=["claim"]).hits} == {"claim"}
    assert {hit.kind for hit in search(case, "troops", kinds=["report", "digest"]).hits} == {"report", "digest"}
    assert search(case, "troops", kinds=[]).total == 0


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("ferry", ["a", "b"]),  # in any form
        ("FERRIES sund", ["b"]),
        ('"quiet strait"', []),
        ('"strait was quiet"', ["a"]),
        ("ferr*", ["a", "b"]),
        ("fer", []),
        ("quiet OR cafe", ["a", "c"]),
        ("ferries NOT sund", ["a"]),
        ("ferries -sund", ["a"]),
        ("-sund ferries", ["a"]),
        ("ferries AND NOT sund", ["a"]),
        ("(quiet OR sund) ferries", ["a", "b"]),
        ("ferries NOT (sund OR café)", ["a"]),
        ("ferries OR (café NOT sund)", ["a", "b", "c"]),
        ("café", ["c"]),
        ("Café crème", ["c"]),
        ("title:c", ["c"]),
        ('outlet:"sund gazette" ferries', ["a", "b"]),
        ("outlet:nowhere ferries", []),
        ("after:2031-03-04 ferries", ["a", "b"]),
        ("after:2031-03-05 ferries", []),
        ("before:2031-03-04 ferries", []),
        ('before:"April 2031" ferries', ["a", "b"]),
        ("after:2031", ["a", "b", "c"]),
        ("and or not", []),  # words unless written large
        ("((ferries", ["a", "b"]),
        ("ferries))", ["a", "b"]),
        ("ferries AND", ["a", "b"]),
        ("OR ferries", ["a", "b"]),
        ("NEAR(ferries sund)", []),
        ("ferries ^ : + !", ["a", "b"]),
        ('"ferries', ["a", "b"]),
        ("it's", ["c"]),
    ],
)
def test_the_language_of_questions(question: str, names: list[str]) -> None:
    told = {"a": "The strait was quiet; the ferries lay.", "b": "A ferry left Sund.", "c": "It's a cafe with crème."}
    assert ask(question, **told) == names


@pytest.mark.parametrize("question", ["", "   ", "-sund", "NOT sund", '""', "***", "()", "a OR -b"[5:], "x" * 2000])
def test_a_question_that_asks_for_nothing_is_refused_in_words(question: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        parse(question)
    assert refused.value.problems[0].mend


@pytest.mark.parametrize("question", ["after:someday x", "before:2031-13 x", 'after:"the war" x'])
def test_a_date_that_is_none_is_refused_in_words(question: str) -> None:
    with pytest.raises(EvidenceError, match=r"found .* after `"):
        parse(question)


pieces = st.sampled_from(
    ['"', "'", "(", ")", "*", ":", "-", "^", "+", "AND", "OR", "NOT", "NEAR", "NEAR(a b, 2)", "title:", "outlet:",
     "body:", "after:", "before:", "2031", "ferry", "{", "}", "[", "\\", ";", "--", "%", "_", "\0", "é", "日本",
     "\ud800", " ", "\n", "words MATCH", "a*b", '""', '"a" "b"', "1e9", "."]
)  # fmt: skip


@given(st.one_of(st.lists(pieces, max_size=14).map(" ".join), st.lists(pieces, max_size=14).map("".join), st.text()))
@settings(max_examples=300, deadline=None)
@example('title:"')
@example("(" * 200 + "a")
@example("NOT " * 200 + "a")
def test_nothing_that_can_be_typed_raises_an_error_of_sqlite(question: str) -> None:
    with opened(None) as index:
        try:
            asked = parse(question)
        except EvidenceError:
            return
        index.find(asked, 5, EVERY)


def test_filler_is_neither_found_nor_cited() -> None:
    text = "The minister left Sund by the early boat. Buy cheap tickets today. The council met without him at noon."
    start = text.index("Buy")
    end = start + len("Buy cheap tickets today.")
    entry = Entry("report", "a", "a", "A title", "", DateSpan.parse("2031"), text, ((start, end),))
    assert ask("tickets", filed=[entry]) == []
    with opened(None) as index:
        index.sync([entry])
        (hit,) = index.find(parse("council"), 5, EVERY)[0]
    assert text[hit.start : hit.end] == hit.passage == "The council met without him at noon."
    assert hit.anchor is not None
    assert find_anchor(text, hit.anchor).state == "held"


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(1, 6)), max_size=4), st.integers(0, 39))
@settings(deadline=None, max_examples=60)
def test_places_are_those_of_the_whole_text_whatever_filler_is_cut_out(cuts: list[tuple[int, int]], at: int) -> None:
    words = [f"word{number}" for number in range(40)]
    text = " ".join(words)
    spans, reached = [], 0
    for first, length in sorted(cuts):
        if first >= reached and first + length <= 40 and not first <= at < first + length:
            begin = text.index(words[first])
            last = words[first + length - 1]
            spans.append((begin, text.index(last) + len(last)))
            reached = first + length + 1
    entry = Entry("report", "a", "a", "Title", "", DateSpan.parse("2031"), text, tuple(spans))
    with opened(None) as index:
        index.sync([entry])
        (hit,) = index.find(parse(words[at]), 5, EVERY)[0]
    assert [hit.passage[a:b] for a, b in hit.marks] == [words[at]]
    assert text[hit.start : hit.end] == hit.passage
    assert not any(start < hit.end and hit.start < end for start, end in spans)


def test_only_what_changed_is_indexed_again(case: Path) -> None:
    first = search(case, "ferries")
    assert first.changed == first.entries > 0
    assert search(case, "ferries").changed == 0
    broadcast = case / "reports" / "broadcast.md"
    broadcast.write_text(broadcast.read_text(encoding="utf-8").replace("tonight", "at dawn"), encoding="utf-8")
    again = search(case, "dawn")
    assert 1 <= again.changed < again.entries
    assert "report:broadcast" in found(again)
    broadcast.unlink()
    assert "report:broadcast" not in found(search(case, "ferries"))


def test_a_case_that_did_not_change_is_not_read_again(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = search(case, "ferries")
    monkeypatch.setattr("standoff.reading.index.load_evidence", lambda *_, **__: pytest.fail("read again"))
    assert found(search(case, "ferries")) == found(before)


def test_a_torn_index_is_made_again(case: Path) -> None:
    before = found(search(case, "ferries"))
    path = index_file(case, None)
    assert path is not None
    assert path.is_file()
    for spoilt in (b"", b"no database at all" * 100, path.read_bytes()[:5000] + b"\xff" * 60_000):
        path.write_bytes(spoilt)
        for ending in ("-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        assert found(search(case, "ferries")) == before


def test_an_index_of_another_version_is_made_again(case: Path) -> None:
    before = found(search(case, "ferries"))
    path = index_file(case, None)
    assert path is not None
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 99")
        database.execute("DROP TABLE entry")
    database.close()
    assert found(search(case, "ferries")) == before


def test_where_nothing_can_be_written_the_index_is_made_in_memory(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = search(case, "ferries")
    assert before.index
    (case / "a-file").write_text("", encoding="utf-8")
    monkeypatch.setenv("STANDOFF_CACHE", str(case / "a-file"))
    answer = search(case, "ferries")
    assert answer.index == ""
    assert found(answer) == found(before)


def test_nothing_is_written_into_the_case(case: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*")}
    search(case, "ferries")
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*")} == before


def test_the_index_lies_in_the_user_s_cache(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STANDOFF_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    path = index_file(case, None)
    assert path is not None
    assert path.parent == tmp_path / "xdg" / "standoff" / "search"
    assert path != index_file(case, tmp_path)  # other texts, another index
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    path = index_file(case, None)
    assert path is not None
    assert path.is_relative_to(tmp_path / "home" / ".cache")


def test_many_may_ask_and_change_at_once(case: Path) -> None:
    answers: list[set[str]] = []
    failed: list[BaseException] = []

    def work(number: int) -> None:
        try:
            for turn in range(4):
                if number == 0:
                    (case / "reports" / f"extra-{turn}.md").write_text(
                        f"---\nid: extra-{turn}\ntitle: Extra\npublished: 2031-01-01\n---\nMore ferries.\n",
                        encoding="utf-8",
                    )
                answers.append(found(search(case, "ferries", limit=100)))
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert all("report:broadcast" in answer for answer in answers)
    assert {f"report:extra-{turn}" for turn in range(4)} <= found(search(case, "ferries", limit=100))


def test_dates_that_are_spans_may_lie_on_either_side(case: Path) -> None:
    entry = Entry("report", "a", "a", "T", "", DateSpan(date(2031, 3, 1), date(2031, 3, 10)), "ferries")
    assert ask("ferries after:2031-03-10", filed=[entry]) == ["a"]
    assert ask("ferries after:2031-03-11", filed=[entry]) == []
    assert ask("ferries before:2031-03-02", filed=[entry]) == ["a"]
    assert ask("ferries before:2031-03-01", filed=[entry]) == []


def test_what_names_the_words_more_often_comes_first() -> None:
    long = "nothing of this " * 60
    with opened(None) as index:
        index.sync(shelf(a=f"{long} ferries", b=f"Ferries and ferries. {long}", c=long))
        hits, total = index.find(parse("ferries"), 1, EVERY)
    assert total == 2
    assert [hit.id for hit in hits] == ["b"]
    assert hits[0].score > 0


def test_every_entry_has_a_name_of_its_own(case: Path) -> None:
    keys = [entry.key for entry in entries(load_evidence(case)[0])]
    assert len(keys) == len(set(keys))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="who may do everything may write everywhere")
def test_a_cache_that_cannot_be_written_to(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    monkeypatch.setenv("STANDOFF_CACHE", str(locked))
    assert search(case, "ferries").index == ""


def test_a_report_that_lies_deeper_is_read_anew_when_it_changes(case: Path) -> None:
    evidence = case / "evidence.yaml"
    evidence.write_text("reports:\n" + evidence.read_text())
    for file in ("reports/deep/y.md", "notes/x, too.md"):
        path = case / file
        path.parent.mkdir(parents=True)
        path.write_text("The lighthouse was dark.\n")
        text = evidence.read_text()
        entry = f"  r-{path.stem[0]}: {{title: Deep, published: 2031-03-04, file: '{file}'}}\n"
        evidence.write_text(text.replace("reports:\n", f"reports:\n{entry}", 1))
        assert search(case, "lighthouse").total == 1
        path.write_text("The windmill was dark, they said.\n")
        assert search(case, "lighthouse").total == 0
        path.unlink()
        assert search(case, "windmill").total == 0
        path.write_text("Nothing.\n")


def test_a_sqlite_without_full_text_search_is_told_with_a_mend(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from standoff.reading import index

    monkeypatch.setattr(index, "_SCHEMA", index._SCHEMA.replace("fts5(", "fts5_absent("))
    with pytest.raises(EvidenceError) as caught:
        search(case, "ferry")
    (problem,) = caught.value.problems
    assert "FTS5" in problem.found
    assert problem.mend


@pytest.mark.skipif(os.name == "nt", reason="modes of POSIX")
def test_the_index_is_for_nobody_but_the_user(case: Path) -> None:
    path = index_file(case, None)
    assert path is not None
    before = os.umask(0)
    try:
        search(case, "ferry")
    finally:
        os.umask(before)
    modes = [place.stat().st_mode & 0o777 for place in (path, path.parent, path.parent.parent)]
    assert modes == [0o600, 0o700, 0o700]
    path.chmod(0o644)
    search(case, "ferry")
    assert path.stat().st_mode & 0o777 == 0o600


def passage(question: str, text: str, breaks: tuple[int, ...] = ()) -> str:
    with opened(None) as index:
        index.sync(shelf(a=text))
        (hit,) = index.find(parse(question), 5, EVERY, lambda *_: breaks)[0]
    return hit.passage


def test_the_passage_has_the_phrase_asked_for() -> None:
    text = "Prices: one price, two prices, a priced list. They count 40 days of gas in store. No price is told."
    assert passage('"gas in store" price', text) == "They count 40 days of gas in store."
    assert passage("price", text).startswith("Prices")
    two = "A price here. Lamp oil is dear, he said. The northern harbour is shut. A price and oil in a harbour."
    assert (
        passage('"lamp oil" "northern harbour" price', two)
        == "Lamp oil is dear, he said. The northern harbour is shut."
    )
    assert passage('"oil is dear" OR "gas in store"', two) == "Lamp oil is dear, he said."
    assert passage('"is shut a price"', two) == "The northern harbour is shut. A price and oil in a harbour."
    far = "Lamp oil is dear. " + "They left. " * 9 + "The northern harbour is shut. So the northern harbour is."
    assert passage('"lamp oil" "northern harbour"', far) == "Lamp oil is dear."


def test_a_headline_and_a_byline_do_not_run_into_the_sentence(case: Path) -> None:
    head = "---\nid: gas\ntitle: Gas runs low\npublished: 2031-03-10\n---\n\n"
    text = "# Gas runs low\n\nCoast Wire, 10 March 2031\n\nThere are 45 days of gas in store, they say. More is due.\n"
    (case / "reports" / "gas.md").write_text(head + text, encoding="utf-8")
    (hit,) = search(case, '"gas in store"').hits
    assert hit.passage == "There are 45 days of gas in store, they say."
    assert hit.anchor is not None
    assert find_anchor(normalise(text), hit.anchor).state == "held"
    assert search(case, '"coast wire"').hits[0].passage == "Coast Wire, 10 March 2031"
