"""Calendar texts for the agenda's tests, and a short way to ask for the meetings in one."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from tui.config import CalendarSettings
from tui.domain.agenda import CalendarState, Meeting, day_bounds
from tui.sources.calendars.source import open_calendar

ICS = Path(__file__).parent / "data" / "ics"
ME = "me@example.com"
BUSY_MACHINE_SECONDS = 60.0
"""What is bounded is the steps a text may take; the seconds these take are the machine's."""


def event(*lines: str, uid: str = "u", summary: str = "Asked") -> str:
    """A VEVENT with `lines` in it."""
    return "\n".join(("BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{summary}", *lines, "END:VEVENT"))


def calendar(*components: str) -> str:
    """A VCALENDAR around `components`."""
    return "\n".join(("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:test", *components, "END:VCALENDAR", ""))


GOOD = event("DTSTART:20260310T100000Z", "DTEND:20260310T110000Z", uid="good", summary="Good")
"""An honest meeting, on the day that is asked for unless another is named."""


def read_day(
    folder: Path,
    text: str | bytes,
    day: str = "2026-03-10",
    zone: str = "UTC",
    *,
    days: int = 1,
    me: Sequence[str] = (ME,),
    busy: bool = True,
) -> tuple[tuple[Meeting, ...], CalendarState]:
    """The meetings of `day` (and the `days - 1` after it) in `text`, and how reading it went."""
    file = folder / "calendar.ics"
    file.write_bytes(text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode())
    first = date.fromisoformat(day)
    viewer = ZoneInfo(zone)
    start, end = day_bounds(first, viewer)[0], day_bounds(first + timedelta(days=days - 1), viewer)[1]
    settings = CalendarSettings(path=str(file), busy=busy)
    return open_calendar(settings, me, viewer, patience=BUSY_MACHINE_SECONDS).meetings(start, end)


def rows(meetings: Sequence[Meeting]) -> list[str]:
    """`meetings` as short lines: `Title 03-09T10:00-11:00` in UTC, `Title 03-10..03-11` for whole days."""
    return [row(meeting) for meeting in meetings]


def row(meeting: Meeting) -> str:
    """One of `rows`."""
    title = meeting.summary.strip()
    if meeting.all_day:
        return f"{title} {meeting.start:%m-%d}..{meeting.end:%m-%d}"
    start, end = meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)
    return f"{title} {start:%m-%dT%H:%M}-{end:%H:%M}"


def utc(text: str) -> datetime:
    """`2026-03-10T10:00` as a datetime in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
