"""Parameters fixed by hand, those that a mechanism assumes among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from case_kit import CASE, changed, written
from standoff.case import load
from standoff.errors import CaseError
from standoff.language.document import Prior

ENTRY = "mechanisms:\n  - audience_costs: {of: admiralty, on: withdraw, grows_with: cordon, judgement: x}\nlevers:\n"


def test_what_a_mechanism_assumes_can_be_fixed(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel", changed(CASE, ("levers:\n", ENTRY)))
    plain = load(folder)
    (assumed,) = set(plain.document.parameters) - set(plain.written.parameters)
    fixed = load(folder, overrides={assumed: "0.25", "face": 0.1})
    assert fixed.document.parameters[assumed].prior == Prior(fixed=0.25)
    assert fixed.document.parameters["face"].prior == Prior(fixed=0.1)
    assert dict(fixed.overrides) == {assumed: 0.25, "face": 0.1}
    assert fixed.hash != plain.hash
    assert fixed.document.moves == plain.document.moves


def test_every_wrong_override_is_named(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel", changed(CASE, ("levers:\n", ENTRY)))
    with pytest.raises(CaseError) as caught:
        load(folder, overrides={"fac": 1, "hardship": "much", "nothing_like_it": "nan"})
    said = [str(problem) for problem in caught.value.problems]
    assert len(said) == 3
    assert any("Did you mean 'face'?" in one for one in said)
    assert any("`much`; expected a number" in one for one in said)


def test_a_number_that_its_prior_rules_out_is_remarked_on(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel")
    for value in (0.05, 0.3, 0.1):  # the ends belong to it
        assert load(folder, overrides={"face": value}).warnings == ()
    (said,) = load(folder, overrides={"face": 2, "hardship": 0.05}).warnings
    assert (said.level, said.file, said.path) == ("warning", "--set face=2", "overrides")
    assert "which its prior, triangular(0.05, 0.15, 0.3), rules out" in said.found
    assert said.expected == "a number from 0.05 to 0.3"


@pytest.mark.parametrize(
    ("prior", "inside", "outside"),
    [
        ("{fixed: 0.1}", 0.4, None),  # nothing else can be meant
        ("{normal: [0.2, 0.1]}", 0.3, 0.9),
        ("{lognormal: [0.1, 2]}", 0.3, -0.1),
        ("{lognormal: [0.1, 2]}", 0.3, 5),
        ("{beta: [2, 5]}", 0.99, 1.1),
    ],
)
def test_what_a_prior_rules_out(prior: str, inside: float, outside: float | None, tmp_path: Path) -> None:
    folder = written(tmp_path / "sel", changed(CASE, ("{triangular: [0.05, 0.15, 0.3]}", prior)))

    def by_hand(value: float) -> list[str]:
        return [one.found for one in load(folder, overrides={"face": value}).warnings if one.path == "overrides"]

    assert by_hand(inside) == []
    if outside is not None:
        assert len(by_hand(outside)) == 1


def test_what_an_override_breaks_is_told_of_the_override(tmp_path: Path) -> None:
    folder = written(tmp_path / "sel")
    with pytest.raises(CaseError) as caught:
        load(folder, overrides={"landing_odds": 2})
    assert caught.value.problems
    for problem in caught.value.problems:
        assert problem.file == "--set landing_odds=2"
        assert "case.yaml:" in problem.found
        assert "prior" not in problem.mend
    broken = written(tmp_path / "broken", changed(CASE, ("when: cordon < blockade", "when: cordon < blocade")))
    with pytest.raises(CaseError) as caught:
        load(broken, overrides={"landing_odds": 0.5})
    assert all(problem.file.endswith("case.yaml") for problem in caught.value.problems)  # as it is without


def test_an_override_that_is_no_number_in_python(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="expected a number"):
        load(written(tmp_path / "sel"), overrides={"face": None})  # type: ignore[dict-item]


def test_what_history_says_of_it_goes_with_its_prior(tmp_path: Path) -> None:
    stated = "    prior: {triangular: [0.05, 0.15, 0.3]}\n"
    case = changed(CASE, (stated, stated + "    history: {beta: [4, 20]}\n"))
    folder = written(tmp_path / "sel", case)
    assert load(folder).document.parameters["face"].history is not None
    assert load(folder, overrides={"face": 0.1}).document.parameters["face"].history is None
