"""The application: what exists, and who answers which message. Rules are in `domain`, drawing in `widgets`."""

import gc
import logging
import sys
import time
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from textual import events, on
from textual.app import App
from textual.binding import Binding, BindingType
from textual.driver import Driver
from textual.notifications import SeverityLevel
from textual.screen import Screen

from tui import messages
from tui.agenda_desk import AgendaDesk
from tui.agents_desk import AgentsDesk
from tui.asked import AskedFetches
from tui.domain.agenda import Agenda, in_zone
from tui.domain.changes import History
from tui.domain.fitting import now_line
from tui.domain.repos import SEEN_STEPS, Fleet
from tui.engine import Engine
from tui.evidence_desk import EvidenceDesk, Gathered
from tui.frame_desk import FrameDesk
from tui.journal import Journal
from tui.keys_desk import KeysDesk
from tui.landing_desk import LandingDesk
from tui.look_desk import LookDesk, styles_for
from tui.palette_desk import PaletteDesk
from tui.screens.dashboard import Dashboard
from tui.seen_desk import SeenDesk
from tui.settings import Settings
from tui.settings_desk import SettingsDesk
from tui.share_desk import ShareDesk
from tui.sync_desk import SyncDesk
from tui.title import format_title
from tui.toasts import Toasts
from widgets.pane import Pane
from widgets.repos import ReposPane
from widgets.seen import seen

log = logging.getLogger(__name__)
NOTICE_SECONDS = 5
TICK_SECONDS = 1
COLLECT_SECONDS = 60.0
"""How far apart the old generation is collected, at the least."""
REST_SECONDS = 5.0
"""So long after the last key nobody types."""


class MakerhourApp(
    SettingsDesk,
    ShareDesk,
    SeenDesk,
    AgentsDesk,
    LandingDesk,
    AgendaDesk,
    SyncDesk,
    EvidenceDesk,
    KeysDesk,
    PaletteDesk,
    LookDesk,
    FrameDesk,
    App[None],
):
    """The dashboard: it shows what the engine's sources say and hands on what the person wants."""

    TITLE = "makerhour"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", "Quit", show=False, priority=True),
        Binding("ctrl+z", "suspend_process", "Suspend", show=False, priority=True),
    ]

    def __init__(
        self,
        engine: Engine,
        now: Callable[[], datetime],
        settings: Settings,
        driver_class: type[Driver] | None = None,
        *,
        fleet: Fleet | None = None,
        agenda: Agenda | None = None,
        history: Callable[[], History] = History,
    ) -> None:
        """`fleet` and `agenda` are those of an earlier run, to be shown until this one has read its own; `history` is
        what was done to the backlog then."""
        super().__init__(driver_class=driver_class, css_path=styles_for(settings))
        self._disable_tooltips = True  # nothing has one; each screen would mount a widget for them all the same
        self.engine = engine
        self.now = now
        self.settings = settings
        self.dashboard = Dashboard(settings)
        self.fleet = self.dashboard.repos.fleet = fleet
        self.agenda = self.dashboard.agenda.agenda = agenda
        self.dashboard.repos.now = now() if fleet else None
        self.dashboard.agenda.now = now() if agenda else None
        self.journal = Journal(engine, lambda: now().date())
        self.read_history = history
        self.gathered = Gathered(self.read_traces)
        self.asked = AskedFetches()
        self.following = deque()
        self.marked = deque(maxlen=SEEN_STEPS)
        self.ahead = deque()
        self.toasts = Toasts()
        self.typed_at = self._collected_at = time.monotonic()
        self._late: set[str] = set()
        self.crash = ""
        """Why the dashboard had to end, as a sentence."""
        self.begin_themes()

    def get_default_screen(self) -> Screen[Any]:
        self.dashboard.lay_out_for(self.size)
        return self.dashboard

    def on_mount(self) -> None:
        self.begin_look()
        self.set_keymap(self.settings.keymap)
        self.begin_sharing(self.now())
        self.show_now()  # the first frame says what was known last

    async def on_ready(self) -> None:
        self.tick()
        self.set_interval(TICK_SECONDS, self.tick)

    # What arrives from the sources.

    @on(messages.ReposRefreshed)
    def show_fleet(self, event: messages.ReposRefreshed) -> None:
        self.fleet = self.dashboard.repos.fleet = event.fleet
        self.place_agents()
        self.dashboard.show_fetching(event.fleet.fetching)
        if answer := self.asked.answer(event.fleet):
            self.say(answer[0]) if answer[1] else self.notify(answer[0], severity="warning", timeout=8)
        self.say_read("repos")

    @on(messages.AgendaRefreshed)
    def show_agenda(self, event: messages.AgendaRefreshed) -> None:
        self.agenda = self.dashboard.agenda.agenda = _on_clock(event.agenda, self.now())
        self.dashboard.invited.again()
        self.remind(self.now())
        self.say_read("agenda")

    @on(messages.RepositoryOpened)
    def show_detail(self, event: messages.RepositoryOpened) -> None:
        if self.dashboard.opened.receive(event.detail):
            self.dashboard.follow_selection()

    @on(messages.RefreshFailed)
    def say_failure(self, event: messages.RefreshFailed) -> None:
        self.say_failed(event.source, event.error)

    @on(messages.WriteFailed)
    def say_unwritten(self, event: messages.WriteFailed) -> None:
        if event.source == "backlog":
            self.take_back_unwritten()
        self.notify(event.error, severity="error", timeout=10)

    # What the person wants.

    @on(Dashboard.DetailRequested)
    def read_detail(self, event: Dashboard.DetailRequested) -> None:
        self.engine.open_repository(event.path)

    @on(ReposPane.RefreshRequested)
    def refresh_repository(self, event: ReposPane.RefreshRequested) -> None:
        self.engine.refresh_repositories((event.path,), heal=True)
        self.dashboard.opened.again()

    @on(ReposPane.ViewChanged)
    def remember_view(self, event: ReposPane.ViewChanged) -> None:
        self.engine.remember(event.view)

    @on(ReposPane.FetchRequested)
    def fetch(self, event: ReposPane.FetchRequested) -> None:
        self.engine.fetch(self.asked.ask(event.repositories))

    @on(Pane.Selected)
    def look_closer(self, event: Pane.Selected) -> None:
        if isinstance(event.pane, ReposPane) and event.pane.selected:
            self.engine.select_repository(event.pane.selected.path)

    @on(Pane.CopyRequested)
    def copy(self, event: Pane.CopyRequested) -> None:
        self.copy_to_clipboard(event.text.encode("utf-8", "replace").decode())
        self.say(f"copied: {event.text}")

    def forget_fetches(self) -> None:
        """Wait for no fetch that was asked for."""
        self.asked = AskedFetches()

    async def action_quit(self) -> None:
        """Leave, once what the keys before asked for has been handed over."""
        self.in_turn(self.leave)

    def action_refresh_all(self) -> None:
        """Read everything again."""
        self.engine.refresh()

    async def action_what_fits(self) -> None:
        """What fits into the time there is; the one chosen opens its repository in the editor."""
        await self.offer_fits(self.dashboard.now_bar.line)

    # How it is done.

    def on_resize(self, event: events.Resize) -> None:
        """Paint all of it where the size is what it was: the terminal was another size in between, too briefly to be
        laid out for, and has lost what did not fit (Textual 8 sees no change and paints nothing)."""
        if self.screen_stack and event.size == self.screen.outer_size:
            self.screen.refresh()

    def action_help_quit(self) -> None:
        """Ctrl+c copies elsewhere in a terminal's programs, so it does not end this one."""
        self.notify("press q to leave makerhour")

    async def on_event(self, event: events.Event) -> None:
        """Keys, pastes and clicks from before the return of a program were meant for that program."""
        if isinstance(event, events.InputEvent | events.Paste) and event.time < self.keys_from:
            return
        if isinstance(event, events.InputEvent):
            self.typed_at = time.monotonic()
        if isinstance(event, events.Key) and self.toasts.go_with_key(self.typed_at):
            self.clear_notifications()
        await super().on_event(event)

    def _fatal_error(self) -> None:
        """End with a sentence and a log entry: Textual's own report prints local variables, titles and all."""
        error = sys.exc_info()[1] or self._exception
        log.critical("the dashboard failed", exc_info=error)
        self.crash = self.crash or f"the dashboard failed: {seen(str(error)) or type(error).__name__}"
        self._close_messages_no_wait()

    def tick(self) -> None:
        """Let time pass: rows change with the minute, overdue sources are named, what was said is cleared."""
        if not self.screen_stack:
            return  # the dashboard is on its way out
        now, at = self.now(), time.monotonic()
        if at - self.typed_at > REST_SECONDS and at - self._collected_at > COLLECT_SECONDS:
            self._collected_at = at
            gc.collect()
        self.dashboard.clear_notice(at)
        self.dashboard.leave_detail()
        late = {failure.source: failure.error for failure in self.engine.overdue()}
        for source, error in late.items():
            self.say_failed(source, error)
        for source in self._late - late.keys():
            self.say_read(source)
        self._late = set(late)
        if self.agenda is not None and (moved := _on_clock(self.agenda, now)) is not self.agenda:
            self.agenda = self.dashboard.agenda.agenda = moved
        self.share_in_meetings(now)
        self.gather()
        self.land(now)
        if self.dashboard.show_time(now):
            self.remind(now)
            self.look_back(now)
            self.show_now()
            self.dashboard.key_bar.status = f"read {now - timedelta(seconds=self.engine.age()):%H:%M}"

    def show_now(self) -> None:
        """Join what the sources say into the Now bar."""
        self.show_session()
        if self.agenda is None:
            return
        now = self.now()
        shelves = self.backlog.shelves if self.backlog else None
        items = shelves.to_build if shelves else ()
        self.dashboard.agenda.items, self.dashboard.agenda.fleet = items, self.fleet
        line = now_line(self.agenda, items, self.fleet, self.settings.planning, now)
        self.dashboard.now_bar.line, self.dashboard.now_bar.clock = line, f"{now:%H:%M}"
        self.set_title(format_title(line, self.landing))

    def set_title(self, title: str) -> None:
        """Have the terminal's title say `title`, where its driver can; it is made safe there."""
        if set_title := getattr(self._driver, "set_title", None):
            set_title(self.hide_outside(title))

    def say_read(self, source: str) -> None:
        """A source is current: its pane and the last line say so, and what is joined from it is made anew."""
        self.dashboard.source_answered(source, self.now())
        self.show_now()

    def say_failed(self, source: str, error: str) -> None:
        """A source could not answer: its pane and the last line say so; a toast when it turns bad."""
        if self.dashboard.source_failed(source, error, self.now()):
            self.notify(f"{source}: {error}", severity="error")

    def say(self, text: str) -> None:
        """Say what was done, in the Now bar for a few seconds."""
        self.dashboard.show_notice(text, time.monotonic() + NOTICE_SECONDS)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = 5,
        markup: bool = False,
    ) -> None:
        """A toast; its text comes from outside more often than not, so it is never markup."""
        if any(seen(message) == standing.message for standing in self._notifications):
            return  # it stands there already
        seconds = self.NOTIFICATION_TIMEOUT if timeout is None else timeout
        self.toasts.show(time.monotonic(), seconds, grave=severity != "information")
        super().notify(seen(message), title=seen(title), severity=severity, timeout=timeout, markup=False)


def _on_clock(agenda: Agenda, now: datetime) -> Agenda:
    """`agenda` on the clock `now` is told by: a laptop that lands in another zone shows no hour of the one it left."""
    zone = now.tzinfo
    return agenda if zone is None or agenda.start.tzinfo is zone else in_zone(agenda, zone)
