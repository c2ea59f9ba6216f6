"""What the dashboard's first frame does not wait for."""

import sys
from abc import ABC, ABCMeta
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


class StandIn(ModuleType):
    """A module that is to be loaded later: what is imported from it is an empty class that can be told by its name."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python asks of each module
            raise AttributeError(name)
        standing = ABCMeta(name, (ABC,), {"__module__": self.__name__})  # as providers are: their place can be taken
        setattr(self, name, standing)
        return standing


_palette = StandIn("textual.command")


def load_textual() -> None:
    """Load asyncio and Textual without what they load beside and no first frame uses: 17 ms of a start.

    Asyncio is as it is where Python was built without OpenSSL: what reads calendars behind addresses is a process of
    its own, and nothing in this one speaks to a network by asyncio. Textual's app wants one name of `textual.types`,
    which has it from `textual._types` and loads a tree, a select and their kind for others; who imports it later gets
    it whole. The palette is loaded by `load_palette`.
    """
    with _in_place_of("ssl", None):  # to Python: a module that is not there
        import asyncio  # noqa: F401
    import textual

    with suppress(ImportError, AttributeError):  # private to Textual: where that is otherwise, all of it is loaded
        from textual import _types

        with _in_place_of("textual.types", _types), _in_place_of("textual.command", _palette):
            import textual.app  # noqa: F401


def load_palette() -> None:
    """Load Textual's palette, and put it where `load_textual` has left its place to stand-ins. For whoever opens it."""
    from textual import command

    true = {standing: getattr(command, name) for name, standing in vars(_palette).items() if isinstance(standing, type)}
    vars(_palette).clear()
    for module in [module for name, module in sys.modules.items() if true and name.startswith("textual.")]:
        for name, thing in list(vars(module).items()):
            if not isinstance(thing, type):
                continue
            if thing in true:
                setattr(module, name, true[thing])
            elif not true.keys().isdisjoint(thing.__bases__):
                thing.__bases__ = tuple(true.get(base, base) for base in thing.__bases__)


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
