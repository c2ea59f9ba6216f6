"""What the dashboard's first frame does not wait for."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from types import ModuleType
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


def load_textual() -> None:
    """Load asyncio and Textual without what they load beside and nothing here uses: 12 ms of a start.

    Asyncio is as it is where Python was built without OpenSSL: what reads calendars behind addresses is a process of
    its own, and nothing in this one speaks to a network by asyncio. Textual's app wants one name of `textual.types`,
    which has it from `textual._types` and loads a tree, a select and their kind for others; who imports it later gets
    it whole.
    """
    with _in_place_of("ssl", None):  # to Python: a module that is not there
        import asyncio  # noqa: F401
    import textual

    with suppress(ImportError):  # private to Textual: where that is otherwise, all of it is loaded
        from textual import _types

        with _in_place_of("textual.types", _types):
            import textual.app  # noqa: F401


@contextmanager
def _in_place_of(name: str, module: ModuleType | None) -> Iterator[None]:
    """Have `module` imported as `name`, where nothing is as yet."""
    if name in sys.modules:
        yield
        return
    sys.modules[name] = module  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules[name]
