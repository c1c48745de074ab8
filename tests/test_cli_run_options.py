"""Records of options: laid out one by one for the command line, and put together again for the command."""

from __future__ import annotations

import inspect

import pytest

from standoff.cli import ask, compare, offramps, run, update
from standoff.cli.run_options import Effort, Pool, RunOptions, flat, gathered

SHARED = (
    "as_of", "out", "quick", "draws", "seed", "grid", "workers", "cluster", "time_limit", "set_", "texts", "json",
)  # fmt: skip


def names(command: object) -> list[str]:
    return list(inspect.signature(command).parameters)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("command", "own"),
    [
        (run.assess, ["case"]),
        (run.forecast, ["case"]),
        (update.update, ["case", "since"]),
        (update.brief, ["case", "since"]),
    ],
)
def test_a_command_has_its_own_options_and_then_the_shared_ones(command: object, own: list[str]) -> None:
    assert names(command) == [*own, *SHARED]


def test_a_record_stands_where_the_command_has_it() -> None:
    assert names(compare.compare) == [
        "a", "b", "from_", "as_of", "set_", "set_a",
        "quick", "draws", "seed", "grid", "workers", "cluster", "time_limit", "texts", "json",
    ]  # fmt: skip


def test_what_a_command_names_itself_is_not_given_twice() -> None:
    found = names(offramps.offramps)
    assert len(found) == len(set(found))
    assert set(SHARED) < set(found)
    assert found[-3:] == ["workers", "cluster", "json"]


def test_options_come_back_together_in_their_records() -> None:
    given = {one.name: one.default for one in flat(RunOptions)}
    assert RunOptions(**gathered(RunOptions, given)) == RunOptions()
    given |= {"case": "my-case", "draws": 7, "workers": 3, "json": True}
    assert gathered(ask.forecast_of, given) == {
        "case": "my-case",
        "asked": RunOptions(effort=Effort(draws=7, pool=Pool(workers=3)), json=True),
    }


def test_a_first_look_takes_fewer_draws_unless_their_number_is_said() -> None:
    from standoff.forecast.settings import DRAWS, QUICK_DRAWS

    assert Effort().as_settings().draws == DRAWS
    assert Effort(quick=True).as_settings().draws == QUICK_DRAWS
    assert Effort(quick=True, draws=99).as_settings().draws == 99
