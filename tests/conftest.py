"""What holds for all tests."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

# A suite started in the background by a shell inherits an ignored Ctrl-C, which some tests send to themselves.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# Nor does what is printed depend on the suite being started by `uv run`.
os.environ.pop("UV_RUN_RECURSION_DEPTH", None)


# how long one example takes says nothing here: the first may compile, and machines are shared
settings.register_profile("standoff", deadline=None)
settings.load_profile("standoff")
