"""What the dashboard and the process the agenda is read in say to each other, a line of JSON each (`wire`).

Orders go down: what to do. Tidings come up: what was read, and that the process is alive. Values only.
"""

from datetime import datetime
from pathlib import Path

from msgspec import Struct

from tui.config import CalendarSettings
from tui.domain.agenda import Agenda
from tui.domain.meeting_text import MeetingKey, MeetingText
from tui.domain.slide import Past


class Wanted(Struct, frozen=True):
    """The first order: what is to be read, and how."""

    calendars: tuple[CalendarSettings, ...]
    me: tuple[str, ...] = ()
    """The person's e-mail addresses."""
    time_zone: str = ""
    """The viewer's, as configured; empty means this machine's."""
    refresh_seconds: int = 60
    """How often the calendars are looked at again."""
    start: datetime | None = None
    """What is shown first, from here …"""
    end: datetime | None = None
    """… to here."""
    left_out: tuple[int, ...] = ()
    """Numbers of calendars that are not to be read: they ended a process before."""
    saved: Path | None = None
    """The file that keeps the last good agenda."""
    indexes: Path | None = None
    """The folder that keeps where the meetings of large calendars are."""
    past_days: int = 0
    """How many days of the past are read, behind what is shown; 0 for none."""


class Order(Struct, frozen=True):
    """One thing to do. Which fields count depends on `do`."""

    do: str
    """`show`, `look`, `request`, `open` or `pause`."""
    start: datetime | None = None
    """For `show`: the stretch whose meetings are wanted."""
    end: datetime | None = None
    paused: bool = False
    meeting: MeetingKey | None = None
    """For `open`: the meeting whose text is wanted."""


class Tiding(Struct, frozen=True):
    """One line upwards; the first field that is not None says what it is about."""

    agenda: Agenda | None = None
    """What was read; a long one in several lines, each with some of the meetings."""
    more: bool = False
    """True where `agenda` (or `past`) goes on in the next line."""
    begun: int | None = None
    """The number of the calendar that is read from now on; -1 for none."""
    behind: bool = False
    """True where what has `begun` is a reading of the past: nothing that is shown depends on it."""
    text: MeetingText | None = None
    """What an invitation says, as it was asked for."""
    past: Past | None = None
    """The past as it was read; in several lines like `agenda`, with `more`."""
    age: float | None = None
    """A sign of life: seconds since all calendars were read last."""
    error: str | None = None
    """Why reading failed as a whole: a sentence."""
