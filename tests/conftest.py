"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# how long one example takes says nothing here: the first may compile, and machines are shared
settings.register_profile("standoff", deadline=None)
settings.load_profile("standoff")
