"""Reading evidence: what is good is read, what is broken is named with its place and a mend."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest

from evidence_kit import DIGEST, ORIGINAL, anchor, evidence_yaml, write_case
from standoff.errors import Problem
from standoff.evidence import EvidenceDocument, load_evidence
from standoff.evidence.document import Sections


def problems_of(folder: Path, text: str, **more: object) -> list[Problem]:
    case = write_case(folder, evidence=text)
    return load_evidence(case, **more)[1]  # type: ignore[arg-type]


def test_good_evidence_has_no_problems(tmp_path: Path) -> None:
    evidence, problems = load_evidence(write_case(tmp_path))
    assert [str(problem) for problem in problems] == []
    assert set(evidence.reports) == {"wire", "broadcast"}
    assert evidence.reports["wire"].state == "held"
    assert evidence.reports["wire"].grade == "B"
    assert evidence.reports["broadcast"].known == date(2025, 10, 10)
    assert evidence.grips["troops-boarded"].original == evidence.grips["troops-boarded"].digest == "held"
    assert evidence.passage("troops-boarded") == "Norwick has put 4,500 troops on its ferries"
    assert evidence.passage("troops-boarded", original=True) == (
        "Officials in Norwick said that 4,500 troops had boarded the ferries"
    )
    assert evidence.claims["no-bluff"].bears_on.where == (("storm_cost > 0.5", 1.5),)
    assert evidence.origins == {
        "troops-boarded": "wire",
        "no-bluff": "ministry",
        "troops-on-air": "broadcast",
    }
    assert [entry.who for entry in evidence.history] == ["norwick", "event", "norwick"]
    assert evidence.gaps[0].who == ("norwick",)
    assert evidence.conflicts[0].explanation is not None
    assert evidence.readable
    assert not evidence.unread


def test_without_the_original_the_claim_stands_on_the_digest(tmp_path: Path) -> None:
    evidence, problems = load_evidence(write_case(tmp_path, held=False))
    assert problems == []
    assert evidence.reports["wire"].state == "not held"
    assert evidence.grips["troops-boarded"].original == "not held"
    assert evidence.grips["troops-boarded"].digest == "held"
    assert evidence.passage("troops-boarded", original=True) is None


def test_a_folder_without_evidence_has_none(tmp_path: Path) -> None:
    evidence, problems = load_evidence(tmp_path)
    assert problems == []
    assert not evidence.claims
    assert not evidence.history


def test_sections_and_document_have_the_same_keys() -> None:
    assert list(Sections.model_fields) == list(EvidenceDocument.model_fields)


def test_the_whole_document_reads_what_the_parts_read(tmp_path: Path) -> None:
    from standoff.language.read import read_yaml
    from standoff.language.validation import validate

    case = write_case(tmp_path)
    document, problems = validate(EvidenceDocument, read_yaml(case / "evidence.yaml"))
    assert problems == []
    assert document is not None
    assert len(document.history) == 4


# a passage that no longer holds

CASE = {
    "parameters": {"resolve": {"because": ["troops-boarded"]}, "other": {"because": "no-bluff"}},
    "moves": {"norwick": {"board": {"because": ["no-bluff", "troops-boarded"]}}},
}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "path"),
    [
        ("reports/originals/wire.txt", "4,500", "4,600", "claims.troops-boarded.anchor"),
        ("reports/wire.md", "4,500", "4,600", "claims.troops-boarded.digest_anchor"),
        ("reports/wire.md", "has put", "has not put", "claims.troops-boarded.digest_anchor"),
    ],
)
def test_one_changed_character_fails_and_names_all_that_rests_on_it(
    tmp_path: Path, file: str, old: str, new: str, path: str
) -> None:
    case = write_case(tmp_path)
    change(case / file, old, new)
    evidence, problems = load_evidence(case, case=CASE)
    (error,) = (problem for problem in problems if problem.level == "error")
    assert error.path == path
    assert error.line > 0
    for named in (
        "'troops-boarded'",
        "parameters.resolve",
        "moves.norwick.board",
        "history.0",
        "types of norwick",
    ):
        assert named in error.found
    assert "parameters.other" not in error.found
    assert "standoff anchor" in error.mend
    assert evidence.grips["troops-boarded"].broken


def test_a_moved_passage_is_a_warning_with_the_new_anchor(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    change(case / "reports" / "wire.md", "# The strait", "A word before.\n\n# The strait")
    evidence, problems = load_evidence(case)
    (warning,) = problems
    assert warning.level == "warning"
    new = anchor("Norwick has put 4,500 troops on its ferries", "A word before.\n\n" + DIGEST)
    assert warning.mend.endswith(f"digest_anchor: {new}")
    assert evidence.grips["troops-boarded"].digest == "moved"
    assert not evidence.grips["troops-boarded"].broken


def test_an_edited_original_is_said_and_its_anchors_are_still_checked(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    change(case / "reports" / "originals" / "wire.txt", "on Monday", "on Tuesday")
    evidence, problems = load_evidence(case)
    assert evidence.reports["wire"].state == "edited"
    assert {problem.level for problem in problems} == {"warning"}
    assert any("byte for byte" in problem.found for problem in problems)


def test_an_anchor_on_filler_is_an_error_with_and_without_the_text(tmp_path: Path) -> None:
    filler = anchor("Buy cheap ferry tickets here today")
    text = evidence_yaml().replace("\nclaims:", f"\nreports:\n  wire: {{filler: [{filler}]}}\nclaims:")
    on_it = anchor("cheap ferry tickets here today. The harbour master")
    text = text.replace(anchor("“We are not bluffing,”"), on_it)
    for number, held in enumerate((True, False)):
        case = write_case(tmp_path / str(number), evidence=text, held=held)
        evidence, problems = load_evidence(case)
        (error,) = problems
        assert error.level == "error"
        assert error.path == "claims.no-bluff.anchor"
        assert "filler" in error.found
        assert evidence.grips["no-bluff"].original == "filler"


def test_filler_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    filler = anchor("zebra zebra", "zebra zebra")
    text = evidence_yaml().replace("\nclaims:", f"\nreports:\n  wire: {{filler: [{filler}]}}\nclaims:")
    (warning,) = problems_of(tmp_path, text)
    assert warning.path == "reports.wire.filler.0"


# broken entries: (what is replaced, by what, key path, level, words in found/expected/mend)

AIR, BOARDED, REPORTS = "claims.troops-on-air", "claims.troops-boarded", "\nclaims:"
BROKEN = [
    ("report: broadcast", "report: brodcast", AIR + ".report", "Did you mean 'broadcast'?"),
    ("credibility: 3", "credibility: 7", AIR + ".credibility", "at most 6"),
    ("credibility: 3", "credibilty: 3", AIR + ".credibilty", "Did you mean 'credibility'?"),
    ("    says: The radio counts 6,000 troops.\n", "", AIR + ".says", "no `says`"),
    ("bluff: 0.5, attack: 2", "bluff: 0, attack: 2", BOARDED + ".bears_on.norwick.bluff", "more than 0"),
    ("bluff: 0.5, attack: 2", "bluff: .nan", BOARDED + ".bears_on.norwick.bluff", "number"),
    ("ratio: 1.5", "ratio: -1", "claims.no-bluff.bears_on.where.0.ratio", "more than 0"),
    ("because: troops-on-air", "because: troops-on-aire", "history.1.because", "'troops-on-air'?"),
    ("early October 2025", "early Octobre 2025", "history.1.date", "Did you mean 'October'?"),
    ("sail: 0.25", "sail: 0.75, wait: 0.5", "history.1.norwick", "sum to 1.25"),
    ("sail: 0.25", "sail: 1.5", "history.1.norwick.sail", "at most 1"),
    ("norwick: board", "norwick: board, sund: wait", "history.0", "one entry for each"),
    ("norwick: board, because", "because", "history.0", "Say who did what"),
    ("because: [troops-boarded]}", "becuase: [troops-boarded]}", "history.0.becuase", "'because'?"),
    ("event: storm", "event: [storm]", "history.2.event", "mapping"),
    ("to: 2025-09-30", "to: 2025-08-30", "history.3.to", "before it begins"),
    ("unreported: [norwick]", "unreported: []", "history.3.unreported", "at least 1"),
    ("from: 2025-09-04, ", "", "history.3.from", "no `from`"),
    ("reliability: {A: 1,", "reliability: {A: 2,", "discount.reliability.A", "at most 1"),
    ("reliability: {A: 1,", "reliability: {G: 1,", "discount.reliability.G", ""),
    ("explained:", "explaned:", "conflicts_declared.0.explaned", "Did you mean 'explained'?"),
    ("claims:\n", "claim:\n", "claim", "Did you mean 'claims'?"),
    ("  no-bluff:", "  No Bluff:", "claims.No Bluff", "lower case"),
    ("origin: ministry", "derived_from: nobody", "claims.no-bluff.derived_from", "no claim 'nobody'"),
    ("origin: ministry", "confirmed_by: [nobody]", "claims.no-bluff.confirmed_by", "no claim 'nobody'"),
    ("origin: ministry", "derived_from: no-bluff", "claims.no-bluff.derived_from", "no-bluff from no-bluff"),
    (REPORTS, "wire: {file: ../out.md}", "reports.wire.file", "outside the case folder"),
    (REPORTS, "wire: {file: reports/wir.md}", "reports.wire.file", "reports/wire.md"),
    (REPORTS, "wire: {published: someday}", "reports.wire.published", "early December"),
    (REPORTS, "extra: {grade: B}", "reports.extra.title", "no title"),
    (REPORTS, "extra: {title: x}", "reports.extra.published", "no date"),
    (REPORTS, "wire: {grade: G}", "reports.wire.grade", "'A'"),
    (REPORTS, "wire: {derived_from: x}", "reports.wire.derived_from", "no report 'x'"),
    (REPORTS, "wire: {source: {name: a, sha256: abc}}", "reports.wire.source.sha256",
     "64 digits"),
    ("\ndiscount:", "\nreports: 3\ndiscount:", "reports", "mapping"),
    ("history:\n", "history: none\nx:\n", "history", "a list"),
]  # fmt: skip


def broken(old: str, new: str) -> str:
    text = evidence_yaml()
    assert old in text
    if old == REPORTS:
        new = f"\nreports:\n  {new}\nclaims:"
    return text.replace(old, new, 1)


@pytest.mark.parametrize(("old", "new", "path", "words"), BROKEN, ids=[f"{row[2]}" for row in BROKEN])
def test_what_is_broken_is_named_with_its_place_and_a_mend(
    tmp_path: Path, old: str, new: str, path: str, words: str
) -> None:
    problems = problems_of(tmp_path, broken(old, new))
    here = [problem for problem in problems if problem.path == path and problem.level == "error"]
    assert here, [str(problem) for problem in problems]
    assert any(words in f"{problem.found} {problem.expected} {problem.mend}" for problem in here)
    for problem in problems:
        assert problem.file.endswith(("evidence.yaml", ".md", ".txt"))
        assert problem.found
        assert problem.expected
        assert problem.mend


def test_one_broken_claim_is_one_problem_and_not_unknown(tmp_path: Path) -> None:
    case = write_case(tmp_path, evidence=evidence_yaml().replace("credibility: 2", "credibility: two"))
    evidence, problems = load_evidence(case)
    assert [problem.path for problem in problems] == ["claims.troops-boarded.credibility"]
    assert evidence.unread == {"troops-boarded"}
    assert set(evidence.claims) == {"no-bluff", "troops-on-air"}


def test_all_problems_come_at_once_and_in_order(tmp_path: Path) -> None:
    text = evidence_yaml()
    for old, new in (
        ("credibility: 2", "credibility: 9"),
        ("sail: 0.25", "sail: 3"),
        ("report: broadcast", "report: x"),
    ):
        text = text.replace(old, new, 1)
    problems = problems_of(tmp_path, text)
    assert len({problem.path for problem in problems}) >= 3
    assert [problem.line for problem in problems] == sorted(problem.line for problem in problems)


@pytest.mark.parametrize(
    "text", ["", "- 1\n", "just words\n", "claims: [\n", "a: 1\na: 2\n", "claims: &a [*a]\n", "\x00"]
)
def test_text_that_is_no_evidence_is_a_problem(tmp_path: Path, text: str) -> None:
    assert any(problem.level == "error" for problem in problems_of(tmp_path, text))


def test_a_file_that_cannot_be_read_as_a_whole_is_marked(tmp_path: Path) -> None:
    evidence, problems = load_evidence(write_case(tmp_path, evidence="claims: [\n"))
    assert not evidence.readable
    assert len([problem for problem in problems if problem.level == "error"]) == 1


@pytest.mark.parametrize("file", ["evidence.yaml", "reports/wire.md", "reports/originals/wire.txt"])
def test_bytes_that_are_not_utf8_are_named(tmp_path: Path, file: str) -> None:
    case = write_case(tmp_path)
    path = case / file
    path.write_bytes(path.read_bytes().replace(b"troops", b"tr\xe9ops", 1))
    problems = load_evidence(case)[1]
    said = [problem for problem in problems if problem.level == "error" and "0xe9" in problem.found]
    assert len(said) == 1
    assert said[0].line > 0
    assert "UTF-8" in said[0].mend


def test_a_folder_in_place_of_a_report_and_of_the_evidence(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    (case / "reports" / "wire.md").unlink()
    (case / "reports" / "wire.md").mkdir()
    problems = load_evidence(case)[1]
    assert any("folder" in problem.found for problem in problems)
    (case / "evidence.yaml").unlink()
    (case / "evidence.yaml").mkdir()
    assert any("folder" in problem.found for problem in load_evidence(case)[1])


def test_two_digests_with_one_id(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    copy = (case / "reports" / "wire.md").read_text(encoding="utf-8")
    (case / "reports" / "wire2.md").write_text(copy, encoding="utf-8")
    (problem,) = load_evidence(case)[1]
    assert problem.file.endswith("wire2.md")
    assert problem.line == 2
    assert "second digest" in problem.found


def test_what_both_places_say_differently_is_a_warning_and_evidence_yaml_wins(tmp_path: Path) -> None:
    text = evidence_yaml().replace(
        "\nclaims:", "\nreports:\n  wire: {grade: D, outlet: Sund Gazette}\nclaims:"
    )
    evidence, problems = load_evidence(write_case(tmp_path, evidence=text))
    assert evidence.reports["wire"].grade == "D"
    (warning,) = problems
    assert warning.path == "reports.wire.grade"
    assert warning.level == "warning"


def test_broken_front_matter_is_placed_in_the_digest(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    change(case / "reports" / "broadcast.md", "grade: C", "grade: Z")
    problems = load_evidence(case)[1]
    said = next(problem for problem in problems if problem.path == "grade")
    assert said.file.endswith("broadcast.md")
    assert said.line == 6


def test_types_may_be_spelled_out(tmp_path: Path) -> None:
    text = evidence_yaml().replace("bears_on: {norwick: {bluff: 0.5", "bears_on: {norwick.types: {bluff: 0.5")
    evidence, problems = load_evidence(write_case(tmp_path, evidence=text))
    assert problems == []
    assert evidence.claims["troops-boarded"].bears_on.types == {"norwick": {"bluff": 0.5, "attack": 2.0}}


def test_a_report_without_any_text_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "evidence.yaml").write_text(
        "reports: {talk: {title: A talk, published: May 2025}}\nclaims: {heard: {says: so, report: talk}}\n"
    )
    evidence, problems = load_evidence(tmp_path)
    assert problems == []
    assert evidence.reports["talk"].state == "not held"
    assert evidence.grips["heard"].original == "none"


# questions of an editor

LINTS = [
    ("credibility: 2", "credibility: 1", "claims.troops-boarded.credibility", "one origin only"),
    ("F: 0.5", "F: 0.1", "discount.reliability.F", "not that it is bad"),
    ("6: 0.5", "6: 0", "discount.credibility.6", "not that it is bad"),
    ("C: 0.6", "C: 0.9", "discount.reliability.C", "worth more"),
    ("B: 0.8, ", "", "discount.reliability", "not counted: troops-boarded, no-bluff"),
    ("4: 0.25, ", "", "discount.credibility", "not counted: no-bluff"),
    ("2025-09-01, norwick", "2025-09-20, norwick", "history.0.date", "published by 2025-09-03"),
    (", judgement: the storms come every year", "", "history.2", "rests on nothing"),
    (", judgement: no paper appeared", "", "history.3", "rests on nothing"),
    ("a month lies between them", "a month lies between them", "", ""),
    ("  - {about: troops on the ferries", "  - {about: ships", "conflicts_declared.0", "not at odds"),
    ("  - {about: troops on the ferries", "  - {about: ships", AIR + ".figures", "figures at odds"),
]


@pytest.mark.parametrize(
    ("old", "new", "path", "words"), LINTS, ids=[f"{row[2]}-{row[3][:9]}" for row in LINTS]
)
def test_an_editor_would_ask(tmp_path: Path, old: str, new: str, path: str, words: str) -> None:
    problems = problems_of(tmp_path, evidence_yaml().replace(old, new, 1))
    assert {problem.level for problem in problems} <= {"warning"}
    if not path:
        assert problems == []
        return
    here = [problem for problem in problems if problem.path == path]
    assert any(words in f"{problem.found} {problem.expected}" for problem in here), [
        str(each) for each in problems
    ]


def test_no_discount_table_is_one_question_and_nothing_is_counted(tmp_path: Path) -> None:
    text = "claims:" + evidence_yaml().split("\nclaims:")[1]
    (warning,) = problems_of(tmp_path, text)
    assert warning.path == "discount"
    assert "none of 2 claims" in warning.found


def test_confirmed_by_another_origin_or_by_an_equal_figure_is_enough(tmp_path: Path) -> None:
    text = evidence_yaml().replace("credibility: 2", "credibility: 1")
    same_origin = text.replace("credibility: 1\n", "credibility: 1\n    confirmed_by: [troops-boarded]\n", 1)
    other = text.replace("credibility: 1\n", "credibility: 1\n    confirmed_by: [troops-on-air]\n", 1)
    figure = text.replace("value: 6000", "value: [4000, 6000]").split("conflicts_declared")[0]
    assert len(problems_of(tmp_path / "a", same_origin)) == 1
    assert problems_of(tmp_path / "b", other) == []
    assert problems_of(tmp_path / "c", figure) == []


def test_one_voice_with_several_origins_is_a_hint(tmp_path: Path) -> None:
    text = evidence_yaml().replace(
        "    credibility: 2\n", "    credibility: 2\n    attributed_to: A ministry  Spokesman\n"
    )
    (warning,) = problems_of(tmp_path, text)
    assert warning.level == "warning"
    assert "no-bluff, troops-boarded" in warning.found


def test_what_does_not_count_beside_its_origin_is_said(tmp_path: Path) -> None:
    text = evidence_yaml().replace("    origin: ministry\n", "")
    text = text.replace("    attributed_to: a ministry spokesman\n", "")
    (warning,) = problems_of(tmp_path / "a", text)
    assert (warning.path, warning.level) == ("claims.no-bluff.bears_on", "warning")
    assert "'no-bluff', not counted on the types of norwick" in warning.found
    assert "beside 'troops-boarded': same origin (wire)" in warning.found
    assert "give each its own `origin:`" in warning.mend
    equal = text.replace("credibility: 4", "credibility: 2")
    (warning,) = problems_of(tmp_path / "b", equal)
    assert "'no-bluff' and 'troops-boarded', counted as one on the types of norwick" in warning.found
    noted = equal.replace("    credibility: 2\n", "    credibility: 2\n    note: one voice with no-bluff\n", 1)
    assert problems_of(tmp_path / "c", noted) == []


def test_a_claim_without_an_anchor_is_asked_about(tmp_path: Path) -> None:
    line = next(row for row in evidence_yaml().splitlines() if "anchor" in row and "digest" not in row)
    text = evidence_yaml().replace(line + "\n", "")
    digest_line = next(row for row in text.splitlines() if "digest_anchor" in row)
    assert problems_of(tmp_path / "a", text) == []
    (warning,) = problems_of(tmp_path / "b", text.replace(digest_line + "\n", ""))
    assert warning.path == "claims.troops-boarded"


def test_a_report_nobody_cites_is_asked_about(tmp_path: Path) -> None:
    text = evidence_yaml().split("  troops-on-air:")[0]
    (warning,) = problems_of(tmp_path, text)
    assert warning.file.endswith("broadcast.md")
    assert "report: broadcast" in warning.mend
    assert warning.level == "warning"


# hostile text


def test_random_changes_of_the_file_never_raise(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    good = evidence_yaml()
    dice = random.Random(7)
    pieces = [
        "{",
        "}",
        "[",
        "]",
        ":",
        "- ",
        "\n",
        "\t",
        "'",
        '"',
        "&a",
        "*a",
        "!!x",
        "0",
        "null",
        "é",
        "\x07",
        "<<: ",
        "  ",
    ]
    failed = 0
    for _ in range(150):
        text = good
        for _ in range(dice.randint(1, 3)):
            at = dice.randrange(len(text))
            end = min(len(text), at + dice.choice([0, 1, 1, 5, 40]))
            text = text[:at] + dice.choice(pieces) + text[end:]
        (case / "evidence.yaml").write_text(text, encoding="utf-8")
        _, problems = load_evidence(case)
        failed += any(problem.level == "error" for problem in problems)
    assert failed > 75  # the changes do break it, and it always says so


def test_the_text_of_problems_never_shows_python(tmp_path: Path) -> None:
    for number, (old, new, _, _) in enumerate(BROKEN):
        for problem in problems_of(tmp_path / str(number), broken(old, new)):
            assert "Traceback" not in str(problem)
            assert "pydantic" not in str(problem)
            assert "<class" not in str(problem)


# the rarer ends of an anchor


def test_a_passage_that_now_stands_twice_is_an_orphan(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    passage = "Norwick has put 4,500 troops on its ferries"
    (case / "reports" / "wire.md").write_text(
        f"---\nid: wire\ntitle: x\npublished: 2025-09-03\n---\nNews: {passage}! {passage}?\n",
        encoding="utf-8",
    )
    evidence, problems = load_evidence(case)
    error = next(problem for problem in problems if problem.path.endswith("digest_anchor"))
    assert error.level == "error"
    assert "2 places" in error.found
    assert "orphan" in error.found
    assert evidence.grips["troops-boarded"].digest == "orphan"


def test_a_hand_made_anchor_that_cuts_a_word_is_an_error(tmp_path: Path) -> None:
    from standoff.evidence.anchors import anchor_at
    from standoff.evidence.text import normalise

    body = normalise(ORIGINAL)
    start = body.index("likely to change")
    cut = anchor_at(body, start, start + len("likely to change")).to_yaml()
    (error,) = problems_of(tmp_path, evidence_yaml().replace(anchor("“We are not bluffing,”"), cut))
    assert error.path == "claims.no-bluff.anchor"
    assert "inside a word" in error.found


@pytest.mark.parametrize(
    ("anchor_written", "words"),
    [
        ("{start: 9, end: 4, sha256: " + "c" * 64 + "}", "end after its start"),
        ("{start: 0, end: 4, sha256: " + "a" * 64 + "}", "changed in"),
        ("{start: 10, end: 99999, sha256: " + "b" * 64 + "}", "changed in"),
        ("{start: 0, end: 4, sha256: xyz}", "64 digits"),
        ("{start: -1, end: 4, sha256: " + "a" * 64 + "}", "at least 0"),
    ],
)
def test_an_anchor_that_means_nothing(tmp_path: Path, anchor_written: str, words: str) -> None:
    text = evidence_yaml().replace(anchor("“We are not bluffing,”"), anchor_written)
    errors = [problem for problem in problems_of(tmp_path, text) if problem.level == "error"]
    assert errors
    assert all(problem.path.startswith("claims.no-bluff.anchor") for problem in errors)
    assert any(words in f"{problem.found} {problem.expected}" for problem in errors)


def test_an_anchor_into_a_digest_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "evidence.yaml").write_text(
        "reports: {talk: {title: A talk, published: May 2025}}\n"
        f"claims: {{heard: {{says: so, report: talk, digest_anchor: {anchor('eleven ships')}}}}}\n"
    )
    (error,) = load_evidence(tmp_path)[1]
    assert error.path == "claims.heard.digest_anchor"


def test_front_matter_without_an_id_is_left_alone(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    (case / "reports" / "notes.md").write_text("---\ntags: [draft]\n---\nMy notes.\n", encoding="utf-8")
    evidence, problems = load_evidence(case)
    assert problems == []
    assert set(evidence.reports) == {"wire", "broadcast"}


def test_one_actor_spelled_both_ways_is_an_error(tmp_path: Path) -> None:
    text = evidence_yaml().replace(
        "norwick: {bluff: 0.5, attack: 2}", "norwick: {bluff: 0.5}, norwick.types: {attack: 2}"
    )
    (error,) = problems_of(tmp_path, text)
    assert "second time" in error.found


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [("outlet:", "outlett:", "outlett"), ("grade: C", "grade: G", "G"), ("grade: C", "grade: [C", "not closed")],
)
def test_one_bad_key_in_a_head_is_one_error(tmp_path: Path, old: str, new: str, said: str) -> None:
    case = write_case(tmp_path)
    change(case / "reports" / "broadcast.md", old, new)
    (problem,) = load_evidence(case)[1]
    assert said in problem.found
    assert problem.file.endswith("broadcast.md")


def test_the_command_that_mends_an_anchor_works_from_where_one_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_case(tmp_path / "ferries")
    monkeypatch.chdir(tmp_path)
    change(Path("ferries/reports/wire.md"), "4,500 troops on its", "4,600 troops on its")
    problems = load_evidence("ferries")[1]
    assert any('`standoff anchor ferries/reports/wire.md "passage"`' in problem.mend for problem in problems)


def test_the_command_for_an_original_names_the_text(tmp_path: Path) -> None:
    case = write_case(tmp_path)
    change(case / "reports" / "originals" / "wire.txt", "4,500", "4,600")
    assert any('`standoff anchor wire.txt "passage"`' in problem.mend for problem in load_evidence(case)[1])
