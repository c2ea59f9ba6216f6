"""The app's dealings with the palette: what is found in it, and what is done behind it."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.app import SystemCommand
from textual.binding import Binding
from textual.dom import DOMNode
from textual.screen import Screen

from tui.domain.agenda import Meeting
from tui.domain.backlog import Item
from tui.domain.keymap import display_key
from tui.domain.panes import HIDDEN
from tui.domain.repos import Repository
from tui.late import load_palette
from tui.screens.dashboard import Dashboard
from tui.settings import Settings
from tui.typing_desk import TypingDesk
from widgets.agenda_rows import key_of
from widgets.formats import format_day, format_minutes, format_time
from widgets.pane import Pane
from widgets.row_list import RowList

if TYPE_CHECKING:
    from textual.command import CommandPalette

    from tui.screens.palette import Entry, Shelf

TEXTUALS = ("Theme", "Screenshot")
"""What Textual's own commands add to ours."""
MOST_REMEMBERED = 20
REPOSITORY, ITEM, MEETING = "repository ", "item ", "meeting "
"""Begin what things are remembered by in the palette."""


class PaletteDesk(TypingDesk):
    """The part of the app that answers for the palette; `tui.app` is the whole."""

    settings: Settings
    dashboard: Dashboard
    now: Callable[[], datetime]

    async def on_palette_stayed(self) -> None:
        await self.enter_is_done()

    def on_command_palette_closed(self, event: "CommandPalette.Closed") -> None:
        """What was typed after enter comes behind what was chosen, which the palette asks for as it closes."""
        if event.option_selected:
            self.call_later(self.call_later, self.enter_is_done)
        else:
            self.enter_is_for_nothing()

    async def action_command_palette(self) -> None:  # type: ignore[override]  # keys that follow are meant for it
        """Every action by name."""
        load_palette()
        from tui.screens.palette import Palette

        if self.use_command_palette and not self.is_palette_open():
            await self.push_screen(Palette())

    def search_themes(self) -> None:
        """Choose a theme from all there are."""
        load_palette()
        from textual.theme import ThemeProvider

        from tui.screens.palette import Palette

        self.push_screen(Palette((ThemeProvider,), title="Themes", placeholder="a theme"))

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """What has no key that could be changed, and those of Textual's commands that none of ours does."""
        yield SystemCommand("Suspend", "To the shell, until fg there (ctrl+z)", self.action_suspend_process)
        yield from (command for command in super().get_system_commands(screen) if command.title in TEXTUALS)

    def shelves(self, screen: Screen[Any]) -> Sequence["Shelf"]:
        """What can be found from `screen`: actions, and on the dashboard what the panes hold."""
        from tui.screens.palette import Shelf

        actions = Shelf(tuple(self._actions(screen)), lambda entry: f"{entry.title} {entry.told}", lambda entry: entry)
        if screen is not self.dashboard:
            return (actions,)
        board = self.dashboard
        fleet, agenda, backlog = board.repos.fleet, board.agenda.agenda, board.backlog.backlog
        over = ("done", "dropped")
        items = sorted(backlog.items if backlog else (), key=lambda item: item.state in over)
        midnight = self.now().replace(hour=0, minute=0, second=0, microsecond=0)
        meetings = sorted(agenda.meetings if agenda else (), key=lambda one: (one.end <= midnight, one.start))
        return (
            actions,
            Shelf(
                fleet.repositories if fleet else (), lambda one: f"{one.name} {one.branch or ''}", self._to_repository
            ),
            Shelf(items, lambda item: f"{item.title} {item.repo} {item.theme}", self._to_item),
            Shelf(meetings, lambda meeting: meeting.summary, self._to_meeting),
        )

    def recent(self, screen: Screen[Any]) -> Iterator["Entry"]:
        """What was chosen last, as far as it can be chosen here."""
        actions = {entry.key: entry for entry in self._actions(screen)}
        for key in self.dashboard.repos.view.recent:
            entry = actions.get(key) or (self._thing(key) if screen is self.dashboard else None)
            if entry is not None:
                yield entry

    def chosen(self, entry: "Entry") -> Any:
        """Do what was chosen; it stands first the next time."""
        pane = self.dashboard.repos
        if entry.key.startswith(MEETING):  # it is over before long, and its title is nobody's business
            return entry.act()
        others = (key for key in pane.view.recent if key != entry.key)
        pane.view = replace(pane.view, recent=(entry.key, *others)[:MOST_REMEMBERED])
        return entry.act()

    def _actions(self, screen: Screen[Any]) -> Iterator["Entry"]:
        """Every action that has a key on `screen`, in some pane or everywhere; then Textual's own."""
        from tui.screens.key_places import bindings_of
        from tui.screens.palette import Entry

        for node, place in self._owners(screen):
            first: dict[str, Binding] = {}
            for binding in bindings_of(type(node)):
                first.setdefault(binding.id or "", binding)
            for binding in first.values():
                if binding.id and binding.action != "app.command_palette" and not self._is_hidden(binding):
                    title = f"{place}: {binding.description}" if place else binding.description
                    act = partial(self._run_on, node, binding.action)
                    yield Entry(binding.id, title, binding.tooltip, act, self._key_of(binding))
        for command in self.get_system_commands(screen):
            yield Entry(f"textual {command.title}", command.title, command.help, command.callback)

    def _owners(self, screen: Screen[Any]) -> Iterator[tuple[DOMNode, str]]:
        """What has keys on `screen`, and what it is called where there are several of its kind."""
        if screen is not self.dashboard:
            yield screen, ""
            yield from ((each, "List") for each in screen.query(RowList) if each.can_focus)
            return
        board = self.dashboard
        yield board.current, board.current.TITLE
        yield board, ""
        yield from ((pane, pane.TITLE) for pane in board.panes if pane is not board.current)
        yield board.now_bar, "Now"
        yield board.current.list, "List"

    async def _run_on(self, node: DOMNode, action: str) -> None:
        """Do the action of `node`, which has the focus then."""
        if isinstance(node, Pane) and node is not self.dashboard.current:
            self.dashboard.go_to(node)
        await self.run_action(action, node)

    def _is_hidden(self, binding: Binding) -> bool:
        return self.settings.keymap.get(binding.id or "", "").startswith(HIDDEN)

    def _key_of(self, binding: Binding) -> str:
        own = self.settings.keymap.get(binding.id or "")
        return display_key(own.split(",")[0]) if own else self.get_key_display(binding)

    def _thing(self, key: str) -> "Entry | None":
        """The entry of what is remembered as `key`; None where it is not there any more."""
        board = self.dashboard
        if key.startswith(REPOSITORY):
            repo = board.repos.by_key(key.removeprefix(REPOSITORY))
            return self._to_repository(repo) if repo else None
        if key.startswith(ITEM):
            item = board.backlog.by_key(key.removeprefix(ITEM))
            return self._to_item(item) if item else None
        return None

    def _to_repository(self, repo: Repository) -> "Entry":
        from tui.screens.going import go_to_repository
        from tui.screens.palette import Entry

        told = f"repository · {repo.branch}" if repo.branch else "repository"
        return Entry(f"{REPOSITORY}{repo.path}", repo.name, told, partial(go_to_repository, self.dashboard, repo.path))

    def _to_item(self, item: Item) -> "Entry":
        from tui.screens.going import go_to_item
        from tui.screens.palette import Entry

        told = [item.state, format_minutes(item.estimate) if item.estimate else "", item.repo]
        return Entry(f"{ITEM}{item.id}", item.title, "item · " + " · ".join(filter(None, told)),
                     partial(go_to_item, self.dashboard, item))  # fmt: skip

    def _to_meeting(self, meeting: Meeting) -> "Entry":
        from tui.screens.going import go_to_meeting
        from tui.screens.palette import Entry

        now = self.now()
        when = format_day(meeting.start.date(), now.date()) + (
            "" if meeting.all_day else f" {format_time(meeting.start)}"
        )
        return Entry(f"{MEETING}{key_of(meeting)}", meeting.summary or "(no title)", f"meeting · {when}",
                     partial(go_to_meeting, self.dashboard, meeting, now))  # fmt: skip
