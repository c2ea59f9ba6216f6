"""The app's dealings with keys: help, what the Now bar's keys do, and what is wrong with the person's own."""

from collections.abc import Callable, Container, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual import on
from textual.binding import Binding
from textual.screen import Screen

from tui.domain.backlog import Item
from tui.domain.key_lines import KeyLine, lines_of
from tui.domain.keymap import clashes, display_key
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.settings import Settings
from widgets.now_bar import NowBar

if TYPE_CHECKING:
    from tui.screens.help import KeyHelp

MOST_TOLD = 3
"""So many problems with keys are told at the start."""


class KeysDesk(Part):
    """The part of the app that answers for keys; `tui.app` is the whole."""

    settings: Settings
    dashboard: Dashboard
    now: Callable[[], datetime]

    def open_item(self, item: Item) -> None:
        """Build on an item; the whole app does."""

    async def action_what_fits(self) -> None:
        """What fits; the whole app knows."""

    async def action_session(self) -> None:
        """What can be done with sessions; the whole app knows."""

    def get_key_display(self, binding: Binding) -> str:
        """A key as it is shown, the same everywhere."""
        return binding.key_display or display_key(binding.key)

    def say_key_problems(self) -> None:
        """Say what is wrong with the person's own keys; they do what they can."""
        problems = list(self.settings.key_problems)
        if self.settings.keys:
            from tui.screens.key_places import key_places

            problems += clashes(key_places(), self.settings.keymap)
        more = len(problems) - MOST_TOLD
        if more > 0:
            problems[MOST_TOLD:] = [f"{more} more of your keys are wrong; `makerhour check` names them all"]
        for problem in problems:
            self.notify(problem, severity="warning", timeout=15)

    # The Now bar.

    @on(NowBar.StartRequested)
    async def do_now(self, event: NowBar.StartRequested) -> None:
        """Build on what fits best; while a session is under way, show what can be done with it."""
        if self.screen is not self.dashboard:
            return
        if self.dashboard.now_bar.session is not None:
            await self.action_session()
        elif event.item is not None:
            self.open_item(event.item)
        else:
            await self.action_what_fits()

    # Help.

    async def action_help(self) -> None:
        """The keys that work here."""
        from tui.screens.help import HelpScreen, keys_in_force

        screen = self.screen
        keys = keys_in_force(screen, self.get_key_display)
        place, beside = self._help_title(screen), str(getattr(screen, "BESIDE", "Everywhere"))
        if passed := self._passed(screen, {key.text for key in keys}):
            keys, beside = [*(replace(key, here=True) for key in keys), *passed], self.dashboard.current.TITLE
        await self.push_screen(HelpScreen(place, keys, beside=beside, elsewhere=self.keys_elsewhere))

    def keys_elsewhere(self) -> Iterator[KeyLine]:
        """The keys of every place there is."""
        from tui.screens.help import KEYS_WIDTH
        from tui.screens.key_places import key_places

        return lines_of(key_places(), self.settings.keymap, KEYS_WIDTH)

    def _help_title(self, screen: Screen[Any]) -> str:
        from tui.screens.key_places import name_of

        if screen is not self.dashboard:
            return name_of(type(screen))
        return "Now" if self.dashboard.now_bar.has_focus else self.dashboard.current.TITLE

    def _passed(self, screen: Screen[Any], known: Container[str]) -> list["KeyHelp"]:
        """The keys a detail over the panes hands on to the row it is of: what is typed and not `known` to itself."""
        from tui.screens.detail import DetailScreen
        from tui.screens.help import keys_in_force

        if not isinstance(screen, DetailScreen):
            return []
        keys = (key for key in keys_in_force(self.dashboard, self.get_key_display) if key.here)
        typed = (key for key in keys if any(len(one) == 1 or one == "space" for one in key.keys.split()))
        return [replace(key, here=False) for key in typed if key.text not in known]
