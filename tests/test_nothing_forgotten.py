"""What has to be said in a second place when something new is added: see the recipes in CONTRIBUTING.md."""

from importlib import import_module
from pkgutil import iter_modules
from typing import get_args, get_type_hints

import widgets
from tui.calendar_settings import CalendarSettings
from tui.checking import LIMITS
from tui.checkup import KINDS_OF_CALENDARS
from tui.config import Config
from tui.domain.agenda import CalendarKind
from tui.screens.key_places import PANES
from widgets.pane import Pane


def test_every_kind_of_calendar_has_a_word() -> None:
    assert set(KINDS_OF_CALENDARS) == set(get_args(CalendarKind))


def test_the_keys_of_every_pane_are_told() -> None:
    found = {
        thing
        for module in iter_modules(widgets.__path__)
        for thing in vars(import_module(f"widgets.{module.name}")).values()
        if isinstance(thing, type) and issubclass(thing, Pane) and thing is not Pane
    }
    assert found == set(PANES)


def test_every_number_in_the_configuration_has_its_limits() -> None:
    sections = {**get_type_hints(Config), "calendars": CalendarSettings}
    numbers = {
        f"{name}.{field}"
        for name, section in sections.items()
        if hasattr(section, "__struct_fields__")
        for field, kind in get_type_hints(section).items()
        if kind is int or get_args(kind)[:1] == (int,)
    }
    assert len(numbers) > 15
    assert numbers <= LIMITS.keys()
