"""What the dashboard's first frame does not wait for."""

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Any


class Late:
    """What is made when something is first asked of it."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make

    @cached_property
    def _made(self) -> object:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def load_asyncio() -> None:
    """Load asyncio as it is where Python was built without OpenSSL, which takes 5 ms: what reads calendars behind
    addresses is a process of its own, and nothing in this one speaks to a network by asyncio."""
    if "asyncio" in sys.modules or "ssl" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment]  # to Python: a module that is not there
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]
