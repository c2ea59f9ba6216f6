"""The meetings of the last months, read behind what the agenda shows: a slice at a time, so that nothing waits for it.

A slice is as long as the days the agenda shows, and of one calendar: whoever asks for another day meanwhile waits for
no more than that. Titles are kept in memory only. What counts of them is `tui.domain.slide`.
"""

import time
from collections import deque
from collections.abc import Callable
from datetime import date, datetime

from tui.domain.agenda import Agenda, Meeting, day_bounds
from tui.domain.slide import Past, past_meetings
from tui.sources.calendars.source import AgendaSource

SLICE_DAYS = 10
"""Slices begin on every tenth day, whatever today is: what a calendar remembers of them is good for days."""
EVERY_SECONDS = 1800.0
"""How often the past is read again: meetings come to an end."""
CHANGED_SECONDS = 300.0
"""How soon at the earliest where a calendar changed: some are synced every minute."""

SLOW_SECONDS = 3.0
"""A calendar whose slice takes longer is left at that: whoever asks for another day would wait as long again."""


class PastReader:
    """The past `days` of the calendars of `source`. One thread at a time, the one that reads the agenda."""

    def __init__(self, source: AgendaSource, days: int, now: Callable[[], datetime]) -> None:
        self._source = source
        self._days = days
        self._now = now
        self._slices: deque[tuple[int, date]] = deque()
        """What is still to be read: the number of a calendar, and the first day."""
        self._found: list[Meeting] = []
        self._whole = True
        self._begun_at: float | None = None
        """When reading began last (monotonic)."""
        self._states: object = None
        """What the calendars were then."""

    def read(self, agenda: Agenda, make_way: Callable[[], bool]) -> Past | None:
        """The past, where it is due and read to its end; None otherwise. `agenda` says whether calendars changed.

        Ends early once `make_way` holds; the next call goes on from there. Never raises for bad input.
        """
        if not self._slices and not self._begin(agenda):
            return None
        while self._slices:
            if make_way():
                return None
            number, first = self._slices.popleft()
            zone = agenda.start.tzinfo
            if zone is None:
                raise ValueError("an agenda has aware datetimes")
            start, end = (
                day_bounds(first, zone)[0],
                day_bounds(date.fromordinal(first.toordinal() + SLICE_DAYS), zone)[0],
            )
            began = time.monotonic()
            meetings, state = self._source.read_alone(number, start, end)
            # What can never count is not kept: of a hostile calendar that may be tens of thousands.
            self._found += [meeting for meeting in meetings if meeting.busy == "busy" and not meeting.all_day]
            self._whole = self._whole and state.error is None
            if time.monotonic() - began > SLOW_SECONDS:
                self._slices = deque(one for one in self._slices if one[0] != number)
                self._whole = False
        found, self._found = self._found, []
        return Past(past_meetings(found, self._now()), self._whole)

    def _begin(self, agenda: Agenda) -> bool:
        """Note what there is to read, where it is due."""
        at = time.monotonic()
        states = tuple((calendar.name, calendar.fetched, calendar.error) for calendar in agenda.calendars)
        if self._begun_at is not None:
            apart = EVERY_SECONDS if states == self._states else CHANGED_SECONDS
            if at - self._begun_at < apart:
                return False
        self._begun_at, self._states, self._whole = at, states, True
        today = self._now().date().toordinal()
        firsts = range((today - self._days) // SLICE_DAYS * SLICE_DAYS, today + 1, SLICE_DAYS)
        self._slices.extend(
            (number, date.fromordinal(first)) for first in reversed(firsts) for number in self._source.numbers
        )
        return bool(self._slices)
