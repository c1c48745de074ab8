"""What holds for all tests."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import settings

# A suite started in the background by a shell inherits an ignored Ctrl-C, which some tests send to themselves.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nor does what is printed depend on the suite being started by `uv run`.
os.environ.pop("UV_RUN_RECURSION_DEPTH", None)


@pytest.fixture(scope="session", autouse=True)
def _one_process() -> Iterator[None]:
    """The workers of the suite fill all cores: a command that does not say how many processes it wants gets this one,
    for another would only be started and wait. No digit depends on it (test_forecast_runs.py)."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "cpu_count", lambda: 1)
        yield


# how long one example takes says nothing here: the first may compile, and machines are shared
settings.register_profile("standoff", deadline=None)
settings.load_profile("standoff")
