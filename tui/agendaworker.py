"""The process the agenda is read in, away from the screen: a large calendar costs seconds of Python.

The dashboard starts it (`tui.sources.calendars.remote`), tells it what is wanted on its standard input and reads what
it found from its standard output (`tui.sources.calendars.orders`). It ends when its input does, and by itself where one
calendar takes too long: that one is then left out by the next. A door to the clock beside `tui.__main__`.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import BinaryIO, TypeVar

from msgspec.structs import replace

from tui.domain.agenda import Agenda
from tui.domain.slide import Past
from tui.refresh import Failure, Worker
from tui.sources.calendars.kept import KeptShelves
from tui.sources.calendars.orders import Order, Tiding, Wanted
from tui.sources.calendars.past import PastReader
from tui.sources.calendars.saved import SavedAgenda
from tui.sources.calendars.source import AgendaSource
from tui.sources.wire import MAX_LINE, WireError, read_line
from tui.sources.zone import read_zone
from tui.voice import Voice, begin, leave

Fact = TypeVar("Fact")

BEAT_SECONDS = 2.0

CALENDAR_SECONDS = 60.0
"""How long one calendar may take, whatever is in it."""

MEMORY_BYTES = 2 * 1024**3
"""Of address space; a calendar that needs more is one that says so."""

PART = 200
"""Meetings in one line: whoever takes in a line holds up the dashboard's keys for that long."""

STUCK = 3
"""The exit code where a calendar took too long."""


class AgendaWorker:
    """The calendars, the orders about them and the tidings."""

    def __init__(self, wanted: Wanted, voice: Voice) -> None:
        self._voice = voice
        self._zone = read_zone(wanted.time_zone)
        self._stretch = (wanted.start, wanted.end)
        self._ended = threading.Event()
        self._begun: tuple[int, float] | None = None
        """The calendar being read, and since when (monotonic)."""
        self._saved = SavedAgenda(wanted.saved, wanted.calendars, self._zone) if wanted.saved else None
        kept = KeptShelves(wanted.indexes) if wanted.indexes else None
        self._source = AgendaSource(wanted.calendars, wanted.me, self._zone, self._now, kept=kept)
        self._source.left_out = frozenset(wanted.left_out)
        self._source.begun = self._begin
        self._source.notify = self._look
        self._past = PastReader(self._source, wanted.past_days, self._now) if wanted.past_days else None
        self._behind = False
        """True while the past is being read."""
        self._told: Past | None = None
        self._worker = Worker("agenda", self._read, self._tell, self._say_failure, every=float(wanted.refresh_seconds))

    def run(self, orders: BinaryIO) -> None:
        """Read the agenda and carry out `orders` until they end."""
        self._worker.start()
        threading.Thread(target=self._beat, name="sign-of-life", daemon=True).start()
        while line := orders.readline(MAX_LINE):
            self._carry_out(read_line(line, Order))
        self._ended.set()
        self._worker.end()
        self._source.close()

    def _carry_out(self, order: Order) -> None:
        match order.do:
            case "show":
                self._stretch = (order.start, order.end)
                self._worker.request()
            case "look":
                self._worker.request()
            case "request":
                self._source.left_out = frozenset()
                self._source.request()
                self._worker.request()
            case "open":
                if (key := order.meeting) is not None:
                    # On the thread that reads: two of them in one calendar would be in each other's way.
                    self._worker.submit(lambda: self._voice.say(Tiding(text=self._source.description(key))))
            case "pause":
                self._worker.pause(order.paused)
            case unknown:
                raise WireError(f"no order is called `{unknown}`")

    def _read(self) -> Iterator[Agenda]:
        start, end = self._stretch
        if start is not None and end is not None:
            agenda = self._source.read_agenda(start, end)
            yield agenda
            # It was handed on: only now there is time for what nobody waits for.
            self._read_past(agenda)

    def _read_past(self, agenda: Agenda) -> None:
        if self._past is None:
            return
        self._behind = True
        try:
            past = self._past.read(agenda, self._worker.asked)
        finally:
            self._behind = False
        if past is not None and past != self._told:
            self._told = past
            for part, more in _parts(past.meetings):
                self._voice.say(Tiding(past=replace(past, meetings=part), more=more))

    def _look(self) -> None:
        """A calendar was fetched; on a thread of its own."""
        self._worker.request()

    def _begin(self, number: int) -> None:
        self._begun = (number, time.monotonic()) if number >= 0 else None
        self._voice.say(Tiding(begun=number, behind=self._behind))

    def _tell(self, agenda: Agenda) -> None:
        for part, more in _parts(agenda.meetings):
            self._voice.say(Tiding(agenda=replace(agenda, meetings=part), more=more))
        if self._saved:
            self._saved.keep(agenda, self._now())

    def _say_failure(self, failure: Failure) -> None:
        self._voice.say(Tiding(error=failure.error))

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            begun = self._begun
            if begun is not None and time.monotonic() - begun[1] > CALENDAR_SECONDS:
                sys.stderr.write(f"a calendar took longer than {CALENDAR_SECONDS:g} s to read\n")
                leave(STUCK)
            self._voice.say(Tiding(age=self._worker.age()))

    def _now(self) -> datetime:
        return datetime.now(self._zone)


def _parts(meetings: tuple[Fact, ...]) -> Iterator[tuple[tuple[Fact, ...], bool]]:
    """`meetings` in parts that fit into a line each, at least one; and whether more follow."""
    for place in range(0, max(len(meetings), 1), PART):
        yield meetings[place : place + PART], place + PART < len(meetings)


def main() -> None:
    """Read the first order from standard input, then serve until the input ends."""
    wanted, orders, voice = begin(Wanted)
    _limit_memory()
    AgendaWorker(wanted, voice).run(orders)
    leave()


def _limit_memory() -> None:
    """Where the system has such a limit and the person has not set a lower one."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_AS)
        if most == resource.RLIM_INFINITY or most > MEMORY_BYTES:
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, most))
