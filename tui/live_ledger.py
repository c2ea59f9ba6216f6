"""The part of the real engine that keeps the ledger; `tui.live` is the whole.

A thread of its own that goes on while another program has the terminal: sessions are kept (`tui.tending`) then too.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from textual.message import Message

from tui import messages, paths
from tui.domain.planning import PlanningRules
from tui.domain.sessions import Entry, Ledger
from tui.refresh import Failure, Worker
from tui.tending import Tending

LEDGER_SECONDS = 2.0
"""How often it is looked what other makerhours wrote, and what is due: one look at the file's size and times."""


class LiveLedger:
    """What `Engine` says of it."""

    _post: Callable[[Message], object]
    _say_failure: Callable[[Failure], None]

    def _open_ledger(self, now: Callable[[], datetime], planning: PlanningRules, environ: Mapping[str, str]) -> None:
        """Have all this needs; nothing is read before the worker starts."""
        self._ledger_now = now
        self._tending = Tending(now, planning, environ, self._say_untended)
        self._tended: str | None = None
        self._ledger_store: Any = None
        self._ledger = Worker("ledger", self._read_ledger, self._show_ledger, self._say_failure, every=LEDGER_SECONDS)

    def record(self, entries: tuple[Entry, ...]) -> None:
        """See `Engine.record`."""

        def write() -> None:
            store = self._opened_store()
            self._tending.look(store.read(), store.append)  # a sleep that just ended is told before what follows it
            written = store.append(entries)
            self._show_ledger(store.read())
            self._post(messages.LedgerWritten(written))

        self._ledger.submit(write)

    def tend(self, session: str | None) -> None:
        """See `Engine.tend`."""
        self._tended = session
        self._ledger.submit(lambda: self._tending.follow(session))

    def _leave_ledger(self) -> None:
        """Have the last thing written that is due; the worker is to be ended then."""
        if self._tended is not None:
            self._ledger.submit(self._leave)

    def _leave(self) -> None:
        store = self._opened_store()
        self._tending.look(store.read(), store.append)
        self._tending.leave(store.read(), store.append)

    def _read_ledger(self) -> Iterator[Ledger]:
        store = self._opened_store()
        ledger = store.read()
        yield store.read() if self._tending.look(ledger, store.append) else ledger

    def _opened_store(self) -> Any:
        if self._ledger_store is None:
            from tui.sources.ledger import LedgerStore

            self._ledger_store = LedgerStore(paths.ledger_file(), self._ledger_now)
        return self._ledger_store

    def _show_ledger(self, ledger: Ledger) -> None:
        self._post(messages.LedgerRefreshed(ledger))

    def _say_untended(self, sentence: str) -> None:
        self._post(messages.WriteFailed("tending", sentence))
