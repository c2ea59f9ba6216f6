"""The app's dealings with its first frame and its last. What stood there when it was left is kept, and stands there
again while the next start loads (`tui.last_frame`); the live frame takes its place once it has the backlog as well, and
then everything else is read.
"""

import gc
import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from textual import events, on

from tui import messages
from tui.domain.changes import History
from tui.domain.sharing import Sharing
from tui.engine import Engine
from tui.journal import Journal
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.screens.frame import frame_of
from widgets.formats import format_time

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.5
"""How long the live frame, and the keys, wait for the backlog."""
COLLECTIONS = (2_000, 10, 1_000)
"""When Python looks for cycles: the two young generations as they grow, the old one almost never by itself. That takes
20 ms with 500 repositories, so it is done while nobody types."""
KeepFrame = Callable[[str, tuple[int, int]], None]
"""Keeps a frame of so many columns and lines for the next start; an empty one takes the place of all."""


class FrameDesk(Part):
    """The part of the app that answers for frames; `tui.app` is the whole."""

    dashboard: Dashboard
    sharing: Sharing
    engine: Engine
    journal: Journal
    now: Callable[[], datetime]
    read_history: Callable[[], History]
    say_key_problems: Callable[[], None]
    offer_guide: Callable[[], None]
    read_styles: Callable[[], None]
    keep_frame: KeepFrame | None = None
    """None where no frame is kept."""
    _behind: ExitStack | None = None
    """Ends the wait, while the live frame waits behind the last one."""
    _is_ready = False
    """True where the live frame waits for nothing but the backlog."""
    _early: tuple[events.Event, ...] = ()
    """What was typed at the last frame."""

    def wait_behind(self) -> None:
        """The last frame is on the terminal: draw nothing until the backlog has come."""
        self._behind = ExitStack()
        self._behind.enter_context(self.batch_update())

    def on_mount(self) -> None:
        if self._behind is not None:
            self.start_backlog()

    async def on_ready(self) -> None:
        if self._behind is None:
            self.call_after_refresh(self.start_backlog)
            self.call_after_refresh(self.start_sources)
        elif self.dashboard.backlog.backlog is not None:
            await self.come_forward()
        else:
            self._is_ready = True
            self.set_timer(PATIENCE_SECONDS, self.come_forward)

    @on(messages.BacklogRefreshed)
    async def come_forward_with_backlog(self) -> None:
        if self._is_ready:
            await self.come_forward()

    async def come_forward(self) -> None:
        """Take the last frame's place, and do what was typed at it; the other sources are read behind that."""
        if self._behind is None:
            return
        self._behind.close()
        self._behind = None
        self.screen.refresh()
        getattr(self.screen, "_on_timer_update", self.screen.refresh)()  # now: it would wait for its period of 17 ms
        typed, self._early = self._early, ()
        for event in typed:
            await super().on_event(event)
        self.call_after_refresh(self.start_sources)

    async def on_event(self, event: events.Event) -> None:
        """See App; what is typed or clicked waits for the live frame."""
        if self._behind is not None and isinstance(event, events.InputEvent | events.Paste):
            self._early += (event,)
        else:
            await super().on_event(event)

    def start_backlog(self) -> None:
        """Begin to read the backlog, and what was done to it."""
        self.journal.recall(self.read_history())
        self.engine.start_backlog(self.post_message)

    def start_sources(self) -> None:
        """Begin to read the others, behind the first frame: only now does anything outside get looked at. What start-up
        made is never looked at again by the collector."""
        self.engine.start(self.post_message)
        self.read_styles()
        gc.freeze()
        gc.set_threshold(*COLLECTIONS)
        gc.enable()
        self.say_key_problems()
        self.offer_guide()

    def exit(self, *arguments: Any, **options: Any) -> None:
        """See App; what is on screen is kept. A signal calls this as well, from outside the app's own turn."""
        try:
            with self._context():
                self._keep()
        except Exception:  # whatever it is, it is no reason to stay
            log.warning("the last frame cannot be kept", exc_info=True)
        super().exit(*arguments, **options)

    def _keep(self) -> None:
        if self.keep_frame is not None and self._behind is None:
            frame = self._last_frame()
            if frame is not None:
                self.keep_frame(frame, (self.size.width, self.size.height))

    def _last_frame(self) -> str | None:
        """What may stand there at the next start, marked as of now: the panes with nothing over them. None where they
        are still reading, or it is something else: what was kept before stays. Empty where names are hidden, or to be
        hidden at times."""
        dashboard = self.dashboard
        if self.sharing.on or self.sharing.setting is not False:
            return ""
        known = (dashboard.repos.fleet, dashboard.agenda.agenda, dashboard.backlog.backlog)
        if not dashboard.is_attached or any(each is None for each in known):
            return None
        if self.screen is not dashboard:
            return None
        now = self.now()
        dashboard.clear_notice(float("inf"))
        dashboard.key_bar.alert = ""
        dashboard.key_bar.work = f"as of {now.day} {now:%b} {format_time(now)}"  # the place that has room at all sizes
        return frame_of(dashboard)
