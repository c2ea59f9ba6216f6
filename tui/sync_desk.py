"""The app's dealings with the backlog's upstream: syncing by key, and what is asked before leaving.

Nothing here waits: while a remote is asked everything works, and leaving a second time leaves at once.
"""

import time
from enum import Enum, auto
from typing import TYPE_CHECKING

from textual import on
from textual.timer import Timer

from tui import messages
from tui.domain.syncing import format_synced, format_unsent
from tui.engine import Engine
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.settings import Settings
from widgets.backlog import BacklogPane

if TYPE_CHECKING:
    from tui.screens.leaving import Answer

LOOK_SECONDS = 3.0
"""How long leaving waits to learn whether something is unsent; it is all in the file in any case."""
CLASH_SECONDS = 15.0
LONGEST_SECONDS = 300.0
"""How long it is said that a sync is under way, at the most; its deadlines are shorter."""
_SENDING = "sending the backlog's changes …; q leaves without waiting"


class Exit(Enum):
    """How far leaving has come."""

    NOT = auto()
    LOOKING = auto()
    ASKED = auto()
    SENDING = auto()
    GONE = auto()


class SyncDesk(Part):
    """The part of the app that answers for syncing; `tui.app` is the whole."""

    engine: Engine
    settings: Settings
    dashboard: Dashboard
    _leaving = Exit.NOT
    _syncing = False
    _patience: Timer | None = None
    """Runs while an answer is waited for before leaving."""

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    @on(BacklogPane.SyncRequested)
    def sync_backlog(self) -> None:
        """Sync, where that is wanted; one at a time."""
        if not self.settings.sync:
            told = "`[backlog] sync = true` shares the backlog through the git repository it lies in"
            self.notify(f"sync is off; {told}", severity="warning", timeout=8)
        elif self._syncing:
            self._say_under_way("still syncing the backlog …")
        else:
            self._start_sync("syncing the backlog …")

    @on(messages.BacklogSynced)
    def show_synced(self, event: messages.BacklogSynced) -> None:
        self._syncing = False
        self.say(format_synced(event.synced))
        for clash in event.synced.clashes:
            self.notify(clash, severity="warning", timeout=CLASH_SECONDS)
        if self._leaving is Exit.SENDING:
            if event.synced.clashes:
                self._leaving = Exit.NOT  # they should be read first
            else:
                self._go()

    @on(messages.WriteFailed)
    def stay_unsynced(self, event: messages.WriteFailed) -> None:
        if event.source == "sync":
            self._syncing = False
            self.say("the backlog is not synced")  # why not stands in a toast
            self._leaving = Exit.NOT if self._leaving is Exit.SENDING else self._leaving

    def leave(self) -> None:
        """Leave, asking first where the backlog has changes that are not sent. A second time leaves at once."""
        if not self.settings.sync or self._leaving is not Exit.NOT:
            self._go()
        elif self._syncing:
            self._leaving = Exit.SENDING
            self._say_under_way(_SENDING)
        else:
            self._leaving = Exit.LOOKING
            self._patience = self.set_timer(LOOK_SECONDS, self._go)
            self.engine.count_unsent()

    @on(messages.UnsentCounted)
    async def ask_before_leaving(self, event: messages.UnsentCounted) -> None:
        if self._leaving is not Exit.LOOKING:
            return
        if self._patience is not None:
            self._patience.stop()
            self._patience = None
        if event.unsent is None:
            self._go()
        else:
            self._leaving = Exit.ASKED
            from tui.screens.leaving import Leaving

            await self.push_screen(Leaving(format_unsent(event.unsent)), self._decide)

    def _decide(self, answer: "Answer | None") -> None:
        match answer:
            case "send":
                self._leaving = Exit.SENDING
                self._start_sync(_SENDING)
            case "leave":
                self._go()
            case None:
                self._leaving = Exit.NOT

    def _start_sync(self, said: str) -> None:
        self._syncing = True
        self._say_under_way(said)
        self.engine.sync_backlog()

    def _say_under_way(self, said: str) -> None:
        self.dashboard.show_notice(said, time.monotonic() + LONGEST_SECONDS)

    def _go(self) -> None:
        """Leave for good: a question that came now would never be answered, nor the end be reached."""
        self._leaving = Exit.GONE
        self.exit()
