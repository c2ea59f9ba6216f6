"""Every place keys work in, gathered from the bindings of the widgets and screens that stand there. This loads all
screens: import it where somebody asks for keys, never at the start."""

import re
from collections.abc import Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui import screens
from tui.domain.keymap import KeyAction, KeyPlace
from tui.screens.dashboard import Dashboard
from tui.screens.dialog import Dialog
from widgets.agenda import AgendaPane
from widgets.backlog import BacklogPane
from widgets.detail import DetailPane
from widgets.now_bar import NowBar
from widgets.pane import Pane
from widgets.repos import ReposPane
from widgets.row_list import RowList

PANES: tuple[type[Pane], ...] = (ReposPane, AgendaPane, BacklogPane, DetailPane)
OURS = ("tui.", "widgets.")
QUIT = KeyAction("", ("ctrl+q",), "Quit", "Leave (^z: until fg)")
PALETTE = KeyAction("", ("ctrl+p",), "Commands", "Every action by name")
SUSPEND = KeyAction("", ("ctrl+z",), "Suspend", QUIT.told)
ALWAYS = (QUIT, PALETTE, SUSPEND)
"""What has its key everywhere, whatever has the focus."""


def bindings_of(*owners: type[DOMNode]) -> list[Binding]:
    """The bindings `owners` declare or have from ours, one a key: of two the nearer one."""
    found: dict[str, Binding] = {}
    for owner in owners:
        for kind in owner.__mro__:
            if issubclass(kind, DOMNode) and f"{kind.__module__}.".startswith(OURS) and not issubclass(kind, App):
                for binding in Binding.make_bindings(vars(kind).get("BINDINGS", ())):
                    found.setdefault(binding.key, binding)
    return list(found.values())


def actions_of(bindings: Iterable[Binding]) -> tuple[KeyAction, ...]:
    """`bindings` as actions, each with all its keys."""
    keys: dict[str, list[Binding]] = {}
    for binding in bindings:
        keys.setdefault(binding.id or "", []).append(binding)
    return tuple(
        KeyAction(id, tuple(binding.key for binding in each), each[0].description, each[0].tooltip)
        for id, each in keys.items()
        if id
    )


def key_places() -> tuple[KeyPlace, ...]:
    """All places: the panes, the Now bar, then every screen that opens over them."""
    everywhere = actions_of(bindings_of(Dashboard))
    lists = actions_of(bindings_of(RowList))
    places = [KeyPlace(kind.TITLE, (ALWAYS, lists, actions_of(bindings_of(kind)), everywhere)) for kind in PANES]
    places.append(KeyPlace("Now", (ALWAYS, actions_of(bindings_of(NowBar)), everywhere)))
    for kind in opened_screens():
        places.append(KeyPlace(name_of(kind), (ALWAYS, *((lists,) if has_list(kind) else ()),
                                               actions_of(bindings_of(kind)))))  # fmt: skip
    return tuple(places)


def opened_screens() -> Iterator[type[Screen[object]]]:
    """The screens that open over the dashboard and have keys of their own, by the names of their modules."""
    for module in sorted(iter_modules(screens.__path__), key=lambda module: module.name):
        for kind in vars(import_module(f"{screens.__name__}.{module.name}")).values():
            own = isinstance(kind, type) and issubclass(kind, Screen) and kind.__module__.endswith(f".{module.name}")
            if own and kind not in (Dashboard, Dialog) and bindings_of(kind):
                yield kind


def has_list(kind: type[Screen[object]]) -> bool:
    """True for a screen whose rows have the focus."""
    return bool(getattr(kind, "MOVES", True))


def name_of(kind: type[Screen[object]]) -> str:
    """What a screen is called where its keys are told."""
    words = re.findall("[A-Z][a-z]*", kind.__name__.removesuffix("Screen"))
    return str(getattr(kind, "PLACE", "") or " ".join(words).capitalize())
