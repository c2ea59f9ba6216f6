"""The agenda as the dashboard's source: it is read in a process of its own, and this is the end that listens.

The process is started anew where it ends or falls silent (`aside`); a calendar it was reading then is left out until
the person asks for everything again. What is said is `orders`, the other end `tui.agendaworker`.
"""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from typing import Any

from msgspec.structs import replace

from tui.domain.agenda import Agenda, Meeting, in_zone
from tui.domain.meeting_text import MeetingText, key_of
from tui.domain.slide import Past, on_clock
from tui.sources.aside import Aside
from tui.sources.calendars.orders import Order, Tiding, Wanted
from tui.sources.wire import from_plain
from tui.sources.zone import zone_name

Stretch = tuple[datetime, datetime]

LONG_SECONDS = 10.0
"""How long one calendar may be read before that is said."""

PROGRAM = "tui.agendaworker"
"""The module whose `main` the process runs."""


class AgendaError(Exception):
    """The agenda could not be read as a whole; the message is a sentence."""


class RemoteAgenda:
    """The calendars of `wanted`, seen from `zone`. `read` is for one thread; the rest for any."""

    def __init__(self, wanted: Wanted, zone: tzinfo) -> None:
        self.notify: Callable[[], None] = _nobody
        """Called, on any thread, when there is something new to `read`."""
        self.opened: Callable[[MeetingText], object] = _nobody_asked
        """Called, on any thread, with each answer to `open_meeting`."""
        self.past_read: Callable[[Past], object] = _nobody_asked
        """Called, on any thread, with the past each time it was read and differs."""
        self._wanted = wanted
        self._zone = zone
        self._names = tuple(settings.label for settings in wanted.calendars)
        self._aside = Aside(
            PROGRAM,
            "the process that reads calendars",
            first=self._first,
            take=self._take,
            ring=self._ring,
            ended=self._learn_why,
        )
        self._lock = threading.Lock()
        self._stretch: Stretch | None = None
        self._parts: list[Agenda] = []
        self._past_parts: list[Past] = []
        self._fresh: Agenda | None = None
        self._failures: list[str] = []
        self._begun: tuple[int, float] | None = None
        """The number of the calendar the process was reading when it was heard last, and since when (monotonic)."""
        self._left_out: frozenset[int] = frozenset()
        self._behind = False
        """True while what the process was reading then was the past."""
        self._age_then = 0.0
        self._closed = False

    @property
    def process(self) -> int | None:
        """The number of the process that reads; None while there is none."""
        return self._aside.process

    def read(self, start: datetime, end: datetime) -> Iterator[Agenda]:
        """What was told since the last time, of [start, end) once the process knows that this is wanted. Never waits.

        Where these are times of another zone the person has come there: the process then begins anew, since times
        without a zone are read in the person's. Raises AgendaError where it ended or failed; it goes on by itself.
        """
        if start.tzinfo is not None and zone_name(start.tzinfo) != zone_name(self._zone):
            self._zone = start.tzinfo
            self._aside.restart()
        if self._stretch != (start, end):
            known, self._stretch = self._stretch, (start, end)
            if known is not None:
                self._aside.order(Order("show", start, end))
        self._aside.look_after()
        with self._lock:
            agenda, self._fresh = self._fresh, None
            failures, self._failures = self._failures, []
        if agenda is not None:
            yield agenda
        failures += self._aside.failures()
        if failures:
            raise AgendaError(failures[-1])

    def request(self) -> None:
        """Look at every calendar again, those left out too."""
        self._left_out = frozenset()
        self._aside.order(Order("request"))

    def look(self) -> None:
        """Something on disk is new: look at every calendar again, without asking the network."""
        self._aside.order(Order("look"))

    def open_meeting(self, meeting: Meeting) -> None:
        """Read what the invitation to a meeting says; `opened` is called with it."""
        self._aside.order(Order("open", meeting=key_of(meeting)))

    def pause(self, paused: bool) -> None:
        """Let no reading begin while `paused`; one follows when it ends."""
        self._aside.order(Order("pause", paused=paused))

    def age(self) -> float:
        """Seconds since all calendars were read last."""
        return self._age_then + self._aside.silent_for

    def overdue(self) -> str | None:
        """A sentence while one calendar takes long to read; None otherwise, and for the past: nobody waits for it."""
        begun = self._begun
        if begun is None or self._behind or time.monotonic() - begun[1] < LONG_SECONDS:
            return None
        number, since = begun
        name = self._names[number] if number < len(self._names) else "a calendar"
        return f"`{name}` has been read for {time.monotonic() - since:.0f} s and is not done"

    def close(self) -> None:
        """End the process; at once, or nearly."""
        self._closed = True
        self._aside.close()

    def _first(self) -> Wanted:
        with self._lock:
            self._parts.clear()
        self._past_parts.clear()
        start, end = self._stretch or (None, None)
        return replace(self._wanted, start=start, end=end, left_out=tuple(sorted(self._left_out)))

    def _take(self, plain: dict[str, Any], _first: bool) -> None:
        tiding = from_plain(plain, Tiding)
        if tiding.agenda is not None:
            self._parts.append(in_zone(tiding.agenda, self._zone))
            if not tiding.more:
                self._aside.settled()
                meetings = tuple(meeting for part in self._parts for meeting in part.meetings)
                with self._lock:
                    self._fresh = replace(self._parts[-1], meetings=meetings)
                self._parts.clear()
                self._ring()
        elif tiding.begun is not None:
            self._begun = (tiding.begun, time.monotonic()) if tiding.begun >= 0 else None
            self._behind = tiding.behind
        elif tiding.past is not None:
            self._take_past(tiding.past, more=tiding.more)
        elif tiding.text is not None:
            self.opened(tiding.text)
        elif tiding.age is not None:
            self._age_then = tiding.age
        elif tiding.error is not None:
            with self._lock:
                self._failures.append(tiding.error)
            self._ring()

    def _take_past(self, part: Past, *, more: bool) -> None:
        self._past_parts.append(part)
        if not more:
            meetings = tuple(meeting for one in self._past_parts for meeting in one.meetings)
            self._past_parts.clear()
            self.past_read(on_clock(replace(part, meetings=meetings), self._zone))

    def _learn_why(self) -> None:
        """The process ended: of what it was reading then the next one keeps away. Of the past altogether, where it was
        that: the day's agenda goes on with every calendar."""
        if self._begun is not None and self._behind:
            self._wanted = replace(self._wanted, past_days=0)
        elif self._begun is not None:
            self._left_out |= {self._begun[0]}
        self._begun = None

    def _ring(self) -> None:
        if not self._closed:
            self.notify()


def _nobody() -> None:
    """Stands for `notify` while nobody wants to be told."""


def _nobody_asked(_text: object) -> None:
    """Stands for `opened` while nobody asks."""
