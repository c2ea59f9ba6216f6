"""The app's dealings with its first frame and its last. What stood there when it was left is kept, and stands there
again while the next start loads (`tui.last_frame`); the live frame takes its place once it has the backlog as well.
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from textual import events, on
from textual.app import App

from tui import messages
from tui.domain.sharing import Sharing
from tui.screens.dashboard import Dashboard
from tui.screens.frame import frame_of
from widgets.formats import format_time

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.5
"""How long the live frame, and the keys, wait for the backlog."""
KeepFrame = Callable[[str, tuple[int, int]], None]
"""Keeps a frame of so many columns and lines for the next start; an empty one takes the place of any."""


class FrameDesk(App[None]):
    """The part of the app that answers for frames; `tui.app` is the whole."""

    dashboard: Dashboard
    sharing: Sharing
    now: Callable[[], datetime]
    keep_frame: KeepFrame | None = None
    """None where no frame is kept."""
    _behind: ExitStack | None = None
    """Ends the wait, while the live frame waits behind the last one."""
    _early: tuple[events.Event, ...] = ()
    """What was typed at the last frame."""

    def wait_behind(self) -> None:
        """The last frame is on the terminal: draw nothing until the backlog has come."""
        self._behind = ExitStack()
        self._behind.enter_context(self.batch_update())

    def on_ready(self) -> None:
        if self._behind is not None:
            self.set_timer(PATIENCE_SECONDS, self.come_forward)

    @on(messages.BacklogRefreshed)
    async def come_forward(self) -> None:
        """Take the last frame's place, and do what was typed at it."""
        if self._behind is None:
            return
        self._behind.close()
        self._behind = None
        self.screen.refresh()
        typed, self._early = self._early, ()
        for event in typed:
            await super().on_event(event)

    async def on_event(self, event: events.Event) -> None:
        """See App; what is typed or clicked waits for the live frame."""
        if self._behind is not None and isinstance(event, events.InputEvent | events.Paste):
            self._early += (event,)
        else:
            await super().on_event(event)

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
        """What may stand there at the next start, marked as of now: the panes with nothing over them. Empty where it is
        something else, or names are hidden, or to be hidden at times; None while the panes are still reading."""
        dashboard = self.dashboard
        if self.sharing.on or self.sharing.setting is not False:
            return ""
        known = (dashboard.repos.fleet, dashboard.agenda.agenda, dashboard.backlog.backlog)
        if not dashboard.is_attached or any(each is None for each in known):
            return None
        if self.screen is not dashboard or dashboard.query("Toast"):
            return ""
        now = self.now()
        dashboard.clear_notice(float("inf"))
        dashboard.key_bar.alert = ""
        dashboard.key_bar.work = f"as of {now.day} {now:%b} {format_time(now)}"  # the place that has room at all sizes
        return frame_of(dashboard)
