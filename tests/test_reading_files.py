"""Files into reports: kinds, encodings, hostile content, and filing in a case without writing over anything."""

from __future__ import annotations

import io
import json
import math
import os
import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from typer.testing import CliRunner

import standoff as so
from reading_kit import HERE, PARAGRAPH, TODAY, lines_of_pdf, page, pdf, published
from standoff.case.arrivals import read
from standoff.cli import app
from standoff.errors import CaseError, EvidenceError, Problem
from standoff.evidence import find_anchor, load_evidence, make_anchor
from standoff.evidence.dates import DateSpan
from standoff.evidence.text import normalise
from standoff.reading.arrive import Manner, arrive, read_all
from standoff.reading.arrived import Arrived
from standoff.reading.library import Library, name_of, written
from standoff.reading.plain import decoded, read_plain
from standoff.reading.worker import Worker
from test_cli_scripts import differences, shapes

STORY = """Boats leave Sund

Published: 2 March 2031

The ferry office of Sund said on Monday that twelve boats had left the harbour. Click here to read our guide.

“They carry flour,” the harbour master said.
"""


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as made:
        yield made


@pytest.fixture
def case(tmp_path: Path) -> Path:
    return so.new("my-case", tmp_path)


def story(folder: Path, text: str | bytes = STORY, name: str = "story.txt") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def refusal(path: Path | str, worker: Worker, manner: Manner = HERE) -> Problem:
    with pytest.raises(EvidenceError) as caught:
        arrive(path, worker, manner)
    (problem,) = caught.value.problems
    assert problem.mend
    assert problem.expected
    return problem


def check_clean(case: Path) -> None:
    known = ("no claim cites", "but have different origins")  # questions to the analyst, who has not been there yet
    said = [each for each in so.check(case) if not any(words in each.found for words in known)]
    assert not said, "\n".join(map(str, said))


# Kinds


def test_a_text_is_read(tmp_path: Path, worker: Worker) -> None:
    made = arrive(story(tmp_path), worker, HERE)
    assert (made.id, made.title, made.form) == ("boats-leave-sund", "Boats leave Sund", "text")
    assert (str(made.published), made.published_from) == ("2 March 2031", "byline")
    assert [made.normalised[mark.start : mark.end] for mark in made.filler] == ["Click here to read our guide."]
    assert 0 < made.filler_share < 0.2
    (day,) = (one for one in made.dates if one.words == "on Monday")
    assert str(day.span) == "24 February 2031"


def test_markdown_believes_its_own_front_matter(tmp_path: Path, worker: Worker) -> None:
    head = "---\ntitle: Boats\npublisher: Harbour Gazette\ndate: 2031-03-05\ntags: [a, b]\n---\n\n"
    made = arrive(story(tmp_path, head + "They left.", "story.md"), worker, HERE)
    assert (made.title, made.outlet, str(made.published)) == ("Boats", "Harbour Gazette", "5 March 2031")
    assert (made.published_from, made.form) == ("front matter", "Markdown")
    assert made.text == "They left."
    broken = arrive(story(tmp_path, "---\n: [\n---\nThey left.", "broken.md"), worker, HERE)
    assert "They left." in broken.text


def test_a_saved_page_is_read_and_what_stands_around_the_article_is_not(tmp_path: Path, worker: Worker) -> None:
    made = arrive(story(tmp_path, page(published("2031-03-02")), "2031-03-02-boats.html"), worker, HERE)
    assert "World" not in made.text
    assert made.text.count("boat number") == 8
    assert [one.where for one in made.candidates] == ["meta tag", "file name"]


def test_a_page_whose_head_names_another_encoding_than_it_has(tmp_path: Path, worker: Worker) -> None:
    html = page(article=f"<p>{PARAGRAPH.format(n=1)} Zwölf Männer.</p>" * 4)
    lies = html.replace("utf-8", "iso-8859-1").encode("utf-8")
    made = arrive(story(tmp_path, lies, "lies.html"), worker, HERE)
    assert "Zwölf Männer" in made.text
    assert any("but it is UTF-8" in remark for remark in made.remarks)
    true = html.replace("utf-8", "windows-1252").encode("cp1252")
    assert "Zwölf Männer" in arrive(story(tmp_path, true, "true.html"), worker, HERE).text
    wrong = html.encode("latin-1")  # and its head says UTF-8
    made = arrive(story(tmp_path, wrong, "wrong.html"), worker, HERE)
    assert "Zwölf Männer" in made.text
    assert any("declared as UTF-8, but it is not" in remark for remark in made.remarks)


def test_a_pdf_is_read(tmp_path: Path, worker: Worker) -> None:
    lines = ("Boats leave Sund", "The ferry office said on 2 March 2031 that the boats car-", "ry flour.")
    made = arrive(story(tmp_path, pdf(lines_of_pdf(*lines)), "story.pdf"), worker, HERE)
    assert made.title == "Boats leave Sund"
    assert "the boats carry flour" in made.text
    assert [str(one.span) for one in made.dates] == ["2 March 2031"]
    assert made.published is None


# Encodings


@pytest.mark.parametrize(
    ("raw", "declared", "remark"),
    [
        ("Zwölf Boote – “bald”".encode(), None, ""),
        ("\ufeffZwölf Boote – “bald”".encode(), None, ""),
        ("Zwölf Boote – “bald”".encode("utf-16"), None, "utf-16-le"),
        ("Zwölf Boote – “bald”".encode("utf-16-be"), None, "utf-16-be"),
        ("Zwölf Boote – “bald”".encode("cp1252"), None, "read as cp1252"),
        ("Zwölf Boote – “bald”".encode("cp1252"), "iso-8859-1", "as declared"),
        ("Zwölf Boote – “bald”".encode("cp1252"), "utf-8", "declared as UTF-8, but it is not"),
        ("Zwölf Boote – “bald”".encode("cp1252"), "undefined", "read as cp1252"),
        ("Zwölf Boote – “bald”".encode(), "latin-1", "but it is UTF-8"),
        ("Zwölf Boote – “bald”".encode(), "no-such-code", ""),
    ],
)
def test_the_encoding_is_the_real_one(raw: bytes, declared: str | None, remark: str) -> None:
    text, remarks = decoded(raw, declared, "x")
    assert text == "Zwölf Boote – “bald”"
    assert (remark in " ".join(remarks)) if remark else not remarks


def test_a_declared_eastern_encoding_is_used() -> None:
    text, _ = decoded("Двенадцать лодок".encode("koi8-r"), "koi8-r", "x")
    assert text == "Двенадцать лодок"


@given(st.binary(max_size=400))
def test_any_bytes_are_a_text_or_refused(raw: bytes) -> None:
    try:
        text = read_plain(raw, None, "x").text
    except EvidenceError:
        return
    text.encode()
    assert not any(letter < " " and letter not in "\n\t" for letter in text)


# What is no report


def test_what_is_not_there_or_no_file(tmp_path: Path, worker: Worker) -> None:
    assert refusal(tmp_path, worker).found == "a folder where a report should be"
    assert refusal(tmp_path / "none.txt", worker).found == "no such file"
    assert "https://www.sund.example/a" in refusal("www.sund.example/a", worker).mend
    if os.path.exists("/dev/zero"):
        assert "device or a pipe" in refusal("/dev/zero", worker).found
    assert refusal("a\0b", worker).file == "a\\u0000b"
    assert refusal(story(tmp_path, b""), worker).found == "an empty file"
    assert refusal(story(tmp_path, b"\xef\xbb\xbf \n\t"), worker).found == "a file of nothing but blanks"
    assert refusal(story(tmp_path, b"... !!! ..."), worker).found == "a text without a word"


def test_a_file_of_200_mb_is_not_opened(tmp_path: Path, worker: Worker) -> None:
    path = tmp_path / "large.txt"
    with path.open("wb") as file:
        file.truncate(200_000_000)
    started = time.monotonic()
    problem = refusal(path, worker)
    assert problem.found == "a file of 200.0 MB"
    assert "--max-size" in problem.mend
    assert time.monotonic() - started < 1


def test_a_text_longer_than_any_book_is_refused(tmp_path: Path, worker: Worker) -> None:
    assert "characters" in refusal(story(tmp_path, b"flour " * 600_000), worker).found


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"PK\x03\x04" + b"x" * 100, "zip archive"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "picture"),
        (b"\x1f\x8b\x08" + b"x" * 50, "gzip"),
        (random.Random(1).randbytes(5000), "no text in any encoding"),
    ],
)
def test_what_is_no_text_is_called_what_it_is(raw: bytes, said: str, tmp_path: Path, worker: Worker) -> None:
    assert said in refusal(story(tmp_path, raw, "story.txt"), worker).found


def test_odd_names_of_files(case: Path, worker: Worker) -> None:
    names = "ödland – Bericht (1).txt|con.txt|-rf.txt|a'b\"c.txt|....txt|new\nline.txt|😀.txt|" + "x" * 200
    library = Library(case)
    for number, name in enumerate(names.split("|")):
        made = library.add(arrive(story(case.parent, f"Boat {number} left.\n", name), worker, HERE))
        assert (case / made.file).is_file()
    check_clean(case)


def test_names_are_plain() -> None:
    assert name_of("Trümmer: Ørsted's «Straße» 2031!", "x.txt", "ab" * 32) == "trummer-orsteds-strasse-2031"
    assert name_of("Con", "nul.txt", "ab" * 32) == "report-abababab"
    assert name_of("他们走了", "/tmp/story.txt", "ab" * 32) == "story"
    assert len(name_of("very " * 40, "x", "ab" * 32)) <= 48


# Bombs


@pytest.mark.no_cover
def test_pages_that_are_bombs_end_in_time(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "ha" * 50}">' for n in range(12))
    bombs = {
        "deep": "<html><body>" + "<div>" * 30_000 + "hello" + "</div>" * 30_000,
        "wide": "<html><body><p " + 'a="' + "x" * 12_000_000 + '">hello</p>',
        "entities": f'<?xml version="1.0"?><!DOCTYPE html [{entities}]><html><body><p>&a11;</p>{page()}</body></html>',
        "tables": "<html><body>" + "<table><tr><td>" * 2000 + "x",
        "tags": "<html><body><p>" + "<span>word </span>" * 150_000,
    }
    with Worker(grace=0.1) as worker:
        arrive(story(tmp_path, page(), "good.html"), worker, HERE)  # what is imported once is not on the clock
        for name, html in bombs.items():
            path = story(tmp_path, html, f"{name}.html")
            started = time.monotonic()
            try:
                made = arrive(path, worker, Manner(seconds=0.8, read_on=TODAY))
            except EvidenceError:
                pass
            else:
                assert len(made.text) < 20_000
            assert time.monotonic() - started < 4
        assert arrive(story(tmp_path, page(), "good.html"), worker, HERE).text  # and the next one is read


def test_what_needs_all_memory_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    pytest.importorskip("resource")
    with Worker(memory=220_000_000) as worker:
        path = story(tmp_path, b"%PDF-1.4\n" + b" " * 60_000_000, "large.pdf")
        assert "memory set aside" in refusal(path, worker, replace(HERE, size=100_000_000)).found
        good = story(tmp_path, pdf(lines_of_pdf("The boats have left the harbour.")), "good.pdf")
        assert arrive(good, worker, HERE).text


def _pdf(pages: int, password: str = "") -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if password:
        writer.encrypt(password)
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("raw", "said", "mend"),
    [
        (_pdf(1, "geheim"), "asks for a password", "save it without"),
        (_pdf(3), "3 pages without text", "text recognition"),
        (_pdf(501), "501 pages", "Cut the pages"),
        (b"%PDF-1.7\n" + random.Random(2).randbytes(2000), "broken PDF", "print it to a new PDF"),
        (pdf(lines_of_pdf("The boats left.") * 3)[:-300], "PDF", ""),
        (b"%PDF-1.4", "broken PDF", ""),
        (pdf(b"BT " + b"(flour) Tj " * 9_000_000), "broken PDF", ""),
    ],
    ids=["locked", "scanned", "long", "noise", "cut", "bare", "bomb"],
)
def test_pdfs_that_are_none(raw: bytes, said: str, mend: str, tmp_path: Path, worker: Worker) -> None:
    problem = refusal(story(tmp_path, raw, "story.pdf"), worker)
    assert said in problem.found
    assert mend in problem.mend


# Into a case


def test_what_is_filed_is_accepted_and_reads_back(case: Path, tmp_path: Path, worker: Worker) -> None:
    before = {path: path.read_bytes() for path in case.rglob("*") if path.is_file()}
    made = Library(case).add(arrive(story(tmp_path), worker, HERE))
    check_clean(case)
    report = load_evidence(case)[0].reports[made.id]
    assert (report.title, report.published, report.state) == (made.title, made.published, "held")
    assert report.text == made.normalised
    assert [(each.start, each.end) for each in report.filler] == [(each.start, each.end) for each in made.filler]
    assert all(find_anchor(report.text, each).state == "held" for each in report.filler)
    after = {path: path.read_bytes() for path in case.rglob("*") if path.is_file()}
    assert set(after) - set(before) == {case / made.file}
    assert all(after[path] == content for path, content in before.items())
    assert str(tmp_path) not in (case / made.file).read_text()


def test_a_claim_that_cites_filler_is_told_so(case: Path, tmp_path: Path, worker: Worker) -> None:
    made = Library(case).add(arrive(story(tmp_path), worker, HERE))
    spot = make_anchor(made.text, "Click here to read our guide.").to_yaml()
    evidence = case / "evidence.yaml"
    claim = f"  guided: {{says: There is a guide., report: {made.id}, digest_anchor: {spot}}}\n"
    evidence.write_text(evidence.read_text().replace("claims:\n", f"claims:\n{claim}", 1))
    assert any("filler" in each.found for each in so.check(case))


def test_the_same_again_is_there_already_and_another_of_the_name_gets_a_number(
    case: Path, tmp_path: Path, worker: Worker
) -> None:
    first = arrive(story(tmp_path), worker, HERE)
    other = arrive(story(tmp_path, STORY.replace("twelve", "eleven")), worker, HERE)
    library = Library(case)
    assert [library.add(each).filing for each in (first, first)] == ["new", "already there"]
    content = (case / "reports" / "boats-leave-sund.md").read_bytes()
    second = Library(case).add(other)
    assert (second.id, second.filing) == ("boats-leave-sund-2", "new")
    assert Library(case).add(other).id == "boats-leave-sund-2"
    respaced = STORY.replace("\n\n", "\n\n\n").replace("“", '"').replace("”", '"')
    assert Library(case).add(arrive(story(tmp_path, respaced), worker, HERE)).id == "boats-leave-sund"
    assert (case / "reports" / "boats-leave-sund.md").read_bytes() == content
    check_clean(case)


def test_a_name_taken_in_the_meantime_is_not_written_over(case: Path, tmp_path: Path, worker: Worker) -> None:
    library = Library(case)
    taken = case / "reports" / "boats-leave-sund.md"
    taken.write_text("mine")
    made = library.add(arrive(story(tmp_path), worker, HERE))
    assert taken.read_text() == "mine"
    assert made.id == "boats-leave-sund-2"
    assert not [path for path in (case / "reports").iterdir() if path.name.startswith(".")]


def test_a_shelf_that_cannot_be_written_to(case: Path, tmp_path: Path, worker: Worker) -> None:
    for path in (case / "reports").iterdir():
        path.unlink()
    (case / "reports").rmdir()
    (case / "reports").write_text("a file")
    with pytest.raises(EvidenceError, match="reports"):
        Library(case).add(arrive(story(tmp_path), worker, HERE))


def test_an_undated_report_is_known_from_the_day_of_reading(case: Path, tmp_path: Path, worker: Worker) -> None:
    text = "The boats left.\n\nIn 2029 they had stayed; in May 2030 three left."
    made = Library(case).add(arrive(story(tmp_path, text), worker, HERE))
    assert made.published is None
    assert (made.filed_as.first, made.filed_as.last) == (date(2030, 5, 1), TODAY)
    check_clean(case)
    report = load_evidence(case)[0].reports[made.id]
    assert report.known == TODAY
    assert "nothing says when it was published" in (report.precision or "")
    said = arrive(story(tmp_path, text), worker, replace(HERE, said=DateSpan.parse("late May 2031")))
    assert (str(said.published), said.published.precision if said.published else "") == ("late May 2031", "late month")


ODD = st.sampled_from("\"'\\:#-{}[]&*!|>%@`\n\t\x00\x07\x85\u2028\ufeff\U0001f600—“”é")
NASTY = st.text(alphabet=st.one_of(ODD, st.characters()))


@given(title=NASTY, outlet=NASTY, text=NASTY)
def test_whatever_stands_in_a_report_its_head_reads_back(title: str, outlet: str, text: str) -> None:
    from standoff.evidence.document import FrontMatter
    from standoff.evidence.files import split_front_matter
    from standoff.language.read import parse_yaml
    from standoff.language.validation import validate
    from standoff.reading.filler import find_filler
    from standoff.reading.plain import clean, flat

    body = clean(text)
    made = Arrived(
        "x", flat(title) or "none", flat(outlet), None, "nowhere", DateSpan.parse("2031-03-02"), body, "x.txt",
        "ab" * 32,
        filler=find_filler(body), read_on=TODAY,
    )  # fmt: skip
    whole = written(made)
    assert whole.encode()
    head, rest = split_front_matter(whole)
    record, problems = validate(FrontMatter, parse_yaml(head, "x"))
    assert not problems
    assert record is not None
    assert record.title == made.title
    assert normalise(rest) == made.normalised


HEAD = """---
id: wire-one
title: Boats
outlet: Harbour Gazette
published: 2031-03-10
grade: {grade}
grade_because: "its own reporters: at the quay"
origin: Sund Radio
derived_from: {whence}
digest: in our own words
tags: [a, b]
---

They left on 3 March. {filler}
"""


def test_what_a_head_says_in_the_terms_of_a_case_is_kept(case: Path, tmp_path: Path, worker: Worker) -> None:
    text = HEAD.format(grade="B", whence="harbour-gazette", filler="")
    made = Library(case).add(arrive(story(tmp_path, text, "wire.md"), worker, HERE))
    check_clean(case)
    report = load_evidence(case)[0].reports["wire-one"]
    assert (report.grade, report.grade_because) == ("B", "its own reporters: at the quay")
    assert (report.origin, report.derived_from) == ("Sund Radio", "harbour-gazette")
    assert 'digest: "in our own words; read on' in (case / made.file).read_text()
    assert list(made.remarks) == ["of its head not taken: `tags` (no field of a report)"]
    other = Library(case).add(arrive(story(tmp_path, text.replace("left", "sailed"), "other.md"), worker, HERE))
    assert other.id == "wire-one-2"
    assert "the id `wire-one` of its head is taken" in other.remarks


def test_what_is_not_taken_of_a_head_is_said(case: Path, tmp_path: Path, worker: Worker) -> None:
    text = HEAD.format(grade="Z", whence="nobody", filler="").replace("id: wire-one", "id: Wire One")
    made = Library(case).add(arrive(story(tmp_path, text, "wire.md"), worker, HERE))
    check_clean(case)
    assert (made.id, made.head.get("grade")) == ("boats", None)
    assert list(made.remarks) == [
        "of its head not taken: `id: Wire One` (lower case, digits, - and _); `grade: Z` (a letter from A to F); "
        "`tags` (no field of a report)",
        "of its head not taken: `derived_from: nobody` (no report of this case)",
    ]


def test_filler_that_a_head_marks_stays_marked(case: Path, tmp_path: Path, worker: Worker) -> None:
    body = "They left on 3 March. Lovely lamps are sold here."
    spot = make_anchor(body, "Lovely lamps are sold here.").to_yaml()
    gone = make_anchor("They stayed at home.", "They stayed at home.").to_yaml()
    text = f"---\nid: wire-one\ntitle: Boats\npublished: 2031-03-10\nfiller:\n  - {spot}\n  - {gone}\n---\n\n{body}\n"
    made = Library(case).add(arrive(story(tmp_path, text, "wire.md"), worker, HERE))
    check_clean(case)
    assert [made.normalised[mark.start : mark.end] for mark in made.filler] == ["Lovely lamps are sold here."]
    assert made.remarks == ("1 of the marks of filler in its head do not fit the text: not taken",)


# The verb and the command


def test_the_verb_reads_what_can_be_read(case: Path, tmp_path: Path) -> None:
    found = so.read(story(tmp_path), tmp_path / "none.txt", into=case)
    assert [report.filing for report in found.reports] == ["new"]
    assert [problem.found for problem in found.problems] == ["no such file"]
    again = read(story(tmp_path, STORY + "\nMore.", "longer.txt"), into=case, dry_run=True)
    assert again.dry
    assert not (case / "reports" / "boats-leave-sund-2.md").exists()
    (pair,) = again.alike["boats-leave-sund-2"]
    assert pair.other == "boats-leave-sund"
    with pytest.raises(CaseError, match="ships with the package"):
        so.read(story(tmp_path), into="venezuela-2025")
    with pytest.raises(EvidenceError, match="as a date"):
        so.read(story(tmp_path), published="soon")


@pytest.mark.parametrize("value", [math.inf, math.nan, 0, -1, "10"])
@pytest.mark.parametrize("name", ["timeout", "max_size"])
def test_a_limit_that_is_none_is_refused(name: str, value: Any, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=name):
        so.read(story(tmp_path), **{name: value})


def test_two_copies_in_one_go_are_one(case: Path, tmp_path: Path) -> None:
    paths = [story(tmp_path), story(tmp_path, name="copy.txt")]
    assert [one.filing for one in so.read(*paths, into=case).reports] == ["new", "already there"]
    assert [one.filing for one in read_all(paths, Library(), HERE, write=False).reports] == ["new", "already there"]


def test_the_documented_shape(case: Path, tmp_path: Path) -> None:
    text = STORY.replace("2031", "2020") + "\nThe office counted 40 boats at the mole.\n"
    paths = [story(tmp_path, text, "a.txt"), story(tmp_path, text.replace("40 boats", "500 boats"), "b.txt")]
    real = so.read(*paths, tmp_path / "none.txt", into=case).to_json()
    (shape,) = shapes("Arrivals")
    assert differences(shape, json.loads(json.dumps(real))) == []
    assert real["reports"][0]["dates"]
    assert real["reports"][1]["reprints"]


def test_the_command(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    story(tmp_path)

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["read", *words], env={"COLUMNS": "100"})
        return done.exit_code, done.stdout

    code, said = run("story.txt", "--published", "2031-03-02")
    assert code == 0
    assert "with --into CASE it would be reports/boats-leave-sund.md" in said
    assert "Nothing was written." in said
    code, said = run("story.txt", "--into", "my-case", "--dry-run")
    assert (code, "would be reports/boats-leave-sund.md" in said) == (0, True)
    assert not (case / "reports" / "boats-leave-sund.md").exists()
    code, said = run("story.txt", "--into", "my-case")
    assert (code, (case / "reports" / "boats-leave-sund.md").exists()) == (0, True)
    assert "standoff check my-case" in said
    assert '"Click here to read our guide.": call to action' in said
    code, said = run("story.txt", "none.txt", "--into", "my-case", "--json")
    assert code == 1
    data = json.loads(said)
    assert [one["filing"] for one in data["reports"]] == ["already there"]
    assert [one["found"] for one in data["problems"]] == ["no such file"]
    assert data["reports"][0]["filler"][0]["passage"] == "Click here to read our guide."


def test_what_is_printed_of_several_reports(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    story(tmp_path)
    story(tmp_path, "Gas runs low\nCoast Wire, 10 March 2099\n\nThe council must decide by 1 April.", "gas.txt")

    def run(*words: str) -> str:
        done = CliRunner().invoke(app, ["read", *words], env={"COLUMNS": "80"})
        assert done.exit_code == 0, done.output
        return done.stdout

    said = run("story.txt", "gas.txt", "--into", "my-case")
    assert max(map(len, said.splitlines())) <= 80
    assert "standoff anchor my-case/reports/ID.md PASSAGE" in said
    assert '"1 April": 1 April 2099 (the year is not said)' in said
    assert "outlet     Coast Wire" in said
    assert ": taken as said" in said
    said = run("gas.txt", "--published", "early March 2031")
    assert "published  early March 2031, as you said" in said
    said = run("my-case/reports/harbour-gazette.md")
    assert "published  4 March 2031 (day), from its front matter" in said
    assert "grade      B (a local paper" in said
