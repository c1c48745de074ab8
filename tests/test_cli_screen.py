"""What every command prints through."""

from __future__ import annotations

import json

import pytest

from standoff.cli.screen import print_json
from standoff.language.printable import obeyed


def test_json_escapes_what_a_terminal_would_obey(capsys: pytest.CaptureFixture[str]) -> None:
    data = {
        "a\x1bkey": "\x1b]0;t\x07 \x7f \x85 \x9b31m \u202eb\u2066 \ufeff \u200f \u2028 \ud800",
        "plain": "Łódź 家 \U0001f3e0\t\n",
    }
    print_json(data)
    out = capsys.readouterr().out
    assert obeyed(out) is None
    assert not set(out) & set("\u200f\u2028")
    assert json.loads(out) == data
    assert "Łódź 家 \U0001f3e0" in out
