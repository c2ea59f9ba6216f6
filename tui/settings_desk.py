"""The app's dealings with its settings: the guided start, the list of them, and what is taken over while it runs."""

import re
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on
from textual.constants import TEXTUAL_ANIMATIONS

from tui import messages
from tui.domain.known_settings import KnownSettings
from tui.domain.sharing import ShareSafe
from tui.evidence_desk import Gathered
from tui.journal import Journal
from tui.launch_desk import LaunchDesk
from tui.settings import Settings
from widgets.pane import Pane
from widgets.row_list import RowList
from widgets.rows import ASCII_CLASS

if TYPE_CHECKING:
    from tui.screens.guide import GuideScreen
    from tui.screens.settings import SettingsScreen

OFFER_SECONDS = 8.0
_FOLDERS = r"`[^`]*/([^`/]+)`"
_FLEET = ("repositories.", "lanes.", "agenda.me", "calendars")
"""What the names of settings begin with for whose change the repositories are opened anew."""


class SettingsDesk(LaunchDesk):
    """The part of the app that answers for settings; `tui.app` is the whole."""

    now: Callable[[], datetime]
    settings: Settings
    journal: Journal
    gathered: Gathered
    match_past: Callable[[], None]
    """Match items with the past anew; the whole app does."""
    say_key_problems: Callable[[], None]
    """Say what is wrong with the person's own keys; the whole app does."""
    share_by: Callable[[ShareSafe], None]
    """Go by another setting of share-safe; the whole app does."""
    show_theme: Callable[[str], None]
    """Show everything in the theme of this name; the whole app does."""
    _guide: "GuideScreen | None" = None
    _listing: "SettingsScreen | None" = None

    def show_now(self) -> None:
        """Make anew what is joined from the sources; the whole app does."""

    def forget_fetches(self) -> None:
        """Wait for no fetch that was asked for; the whole app does."""

    # The guided start.

    def offer_guide(self) -> None:
        """Say once that there is one, where nothing is configured: the dashboard works without."""
        if not self.settings.configured:
            key = self.get_key_display(self.dashboard.key_of("app.guide"))
            told = "finds your repositories, calendars and editor, and shows what it would write"
            self.notify(f"nothing is configured yet: {key} {told}", timeout=OFFER_SECONDS)

    async def action_guide(self) -> None:
        """The guided start: what is found here, and a configuration from it."""
        from tui.screens.guide import GuideScreen, Guiding

        if self._guide is not None or self.screen is not self.dashboard:
            return
        self.clear_notifications()
        engine = self.engine
        guiding = Guiding(engine.examine_place, engine.write_configuration, self.copy_text, partial(self.edit_at, 1))
        self._guide = GuideScreen(guiding)
        await self.push_screen(self._guide, self._leave_guide)
        self.engine.look_around()

    def _leave_guide(self, _nothing: None) -> None:
        self._guide = None

    def copy_text(self, text: str) -> None:
        """Have `text` on the clipboard."""
        self.copy_to_clipboard(text.encode("utf-8", "replace").decode())

    @on(messages.SurroundingsSeen)
    def show_surroundings(self, event: messages.SurroundingsSeen) -> None:
        if self._guide is not None:
            self._guide.show(event.found)

    @on(messages.PlaceExamined)
    def show_examined(self, event: messages.PlaceExamined) -> None:
        if self._guide is not None:
            self._guide.take_examined(event.examined)

    @on(messages.ConfigurationWritten)
    def end_guide(self, event: messages.ConfigurationWritten) -> None:
        if self._guide is not None:
            self._guide.answer(None)
        key = self.get_key_display(self.dashboard.key_of("app.settings"))
        self.notify(f"wrote {event.path}. Press {key} for every setting; what you save there is taken over", timeout=8)

    @on(messages.WriteFailed)
    def stay_unwritten(self, event: messages.WriteFailed) -> None:
        if event.source == "configuration" and self._guide is not None:
            self._guide.take_refusal(event.error)
        if event.source == "settings" and self._listing is not None:
            self._listing.show(KnownSettings(problem=event.error))

    # The list of settings.

    async def action_settings(self) -> None:
        """Every setting, its value, and where it comes from."""
        from tui.screens.settings import SettingsScreen

        if self._listing is not None or self.screen is not self.dashboard:
            return
        self._listing = SettingsScreen(self.edit_at)
        await self.push_screen(self._listing, self._leave_listing)
        self.engine.list_settings()

    def _leave_listing(self, _nothing: None) -> None:
        self._listing = None

    @on(messages.SettingsListed)
    def show_listed(self, event: messages.SettingsListed) -> None:
        if self._listing is not None:
            self._listing.show(event.known)

    def edit_at(self, line: int) -> None:
        """Open the configuration in the editor, where there is one."""
        if self._listing is not None and not self._listing.known.there:
            key = self.get_key_display(self.dashboard.key_of("app.guide"))
            self.notify(f"there is no configuration yet; {key} on the dashboard makes one", severity="warning")
            return
        self.step_aside(partial(self.engine.edit_settings, line, self.suspend), "the settings")

    # What is taken over.

    @on(messages.SettingsTaken)
    def take_settings(self, event: messages.SettingsTaken) -> None:
        before, self.settings = self.settings, replace(event.settings, view=self.settings.view)
        if event.history is not None:
            self.journal.recall(event.history)
        if any(name.startswith(_FLEET) for name in event.names):
            self.forget_fetches()
            self.gathered.ask_again()
        self._show_settings(before)
        self.dashboard.source_answered("settings", self.now())
        now = [name for name in event.names if name not in event.later]
        said = ", ".join(now[:4]) + (f" and {len(now) - 4} more" if len(now) > 4 else "")
        if said or not event.later:
            self.say(f"settings taken over: {said}" if said else "the settings are as they were")
        if event.later:
            self.notify(f"at the next start: {', '.join(event.later)}")
        if self._listing is not None:
            self.engine.list_settings()

    @on(messages.SettingsRefused)
    def refuse_settings(self, event: messages.SettingsRefused) -> None:
        short = re.sub(_FOLDERS, r"`\1`", event.problem, count=1)
        if not self.dashboard.source_failed("settings", short, self.now()):
            self.clear_notifications()  # what was wrong a moment ago
        self.notify(f"{event.problem}; the settings read before stay in force", severity="error", timeout=12)
        if self._listing is not None:
            self.engine.list_settings()

    def _show_settings(self, before: Settings) -> None:
        """Show everything by the settings in force; cursor and filter stay."""
        settings, board = self.settings, self.dashboard
        board.settings = settings
        board.repos.rules, board.repos.looked_in = settings.attention, settings.looked_in
        board.repos.groups, board.repos.home = settings.groups, settings.home
        board.repos.mend_view()
        board.agenda.rules = settings.planning
        if settings.theme in self.available_themes and settings.theme != before.theme:
            self.show_theme(settings.theme)
        if settings.planning.focus_titles != before.planning.focus_titles:
            self.match_past()
        if settings.ascii_marks != before.ascii_marks:
            self.set_class(settings.ascii_marks, ASCII_CLASS)
            for rows in board.query(RowList):
                rows.notify_style_update()
            board.refresh(layout=True)
        if settings.keys != before.keys:
            self.set_keymap(settings.keymap)
            board.refresh_bindings()
        if (settings.keys, settings.key_problems) != (before.keys, before.key_problems):
            self.say_key_problems()
        if settings.motion != before.motion:
            self.animation_level = TEXTUAL_ANIMATIONS if settings.motion else "none"
        self.share_by(settings.share_safe)
        for pane in board.query(Pane):
            pane.set_reactive(Pane.now, self.now())  # in another zone the same moment is shown as another
            pane.refresh_rows()
        board.opened.again()
        board.follow_selection()
        self.show_now()
        for part in (board.now_bar, board.key_bar):
            part.refresh()
