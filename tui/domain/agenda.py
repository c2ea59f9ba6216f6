"""Meetings as facts, and the rules on them: busy or not, conflicts, days. Reading is `tui.sources.calendars`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Status = Literal["confirmed", "tentative", "cancelled"]
Response = Literal["accepted", "declined", "tentative", "needs-action"]
Busy = Literal["busy", "tentative", "away", "free"]
CalendarKind = Literal["file", "folder", "url"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """One occurrence on the agenda, in the viewer's zone. Text is raw: show it through `safe_text`.

    An all-day meeting runs from local midnight of its first day to local midnight after its last (RFC 5545
    3.6.1: DTEND is not included), so `start.date()` and `end.date()` are the dates of the iCalendar text.
    """

    start: datetime
    end: datetime
    """Not before `start`; the end is not part of the meeting."""
    summary: str
    calendar: str
    """Name of the calendar it comes from."""
    uid: str = ""
    all_day: bool = False
    location: str = ""
    recurrence_id: str | None = None
    """ISO form of the instance's original start, for an instance of a series."""
    status: Status = "confirmed"
    response: Response | None = None
    """This person's answer, where an attendee has one of the configured addresses."""
    busy: Busy = "busy"
    join_url: str | None = None
    organizer: str = ""


@dataclass(frozen=True, slots=True)
class CalendarState:
    """How reading one configured calendar went."""

    name: str
    kind: CalendarKind
    fetched: datetime | None = None
    """When what is shown was read (a file: its modification time); None where nothing could be."""
    stale: bool = False
    """True when the last try failed and an older good copy is shown."""
    error: str | None = None
    """Why the last try failed, as a sentence."""
    unread: tuple[str, ...] = ()
    """A sentence for each meeting that could not be read; the others are shown."""


@dataclass(frozen=True, slots=True)
class Agenda:
    """What all calendars say about a stretch of days, sorted by start, end, summary."""

    start: datetime
    end: datetime
    time_zone: str
    meetings: tuple[Meeting, ...] = ()
    calendars: tuple[CalendarState, ...] = ()
    taken_at: datetime | None = field(default=None, compare=False)
