"""What an invitation says beside time and place, read when a meeting is opened: facts only.

Text is raw everywhere here: show it through `safe_text`. Reading is `tui.sources.calendars.meeting_text`.
"""

from datetime import UTC, datetime

from msgspec import Struct

from tui.domain.agenda import Meeting, Response


class MeetingKey(Struct, frozen=True):
    """What tells one occurrence from all others on the agenda."""

    calendar: str
    uid: str
    recurrence_id: str | None
    start: datetime
    """In UTC."""
    summary: str
    """Tells apart what has no UID."""


class Attendee(Struct, frozen=True):
    """A person or a room that was invited."""

    name: str
    """The name, else the address."""
    response: Response = "needs-action"
    optional: bool = False
    """True for one who need not come."""
    room: bool = False
    """True for a room or a device (CUTYPE, RFC 5545 3.2.3)."""


class MeetingText(Struct, frozen=True):
    """The text of one meeting and who was asked."""

    key: MeetingKey
    description: str = ""
    """Plain text in lines; empty where the invitation says nothing."""
    attendees: tuple[Attendee, ...] = ()
    more_attendees: int = 0
    """How many there are beside those."""
    problem: str | None = None
    """Why it could not be read, as a sentence."""


def key_of(meeting: Meeting) -> MeetingKey:
    """What `meeting` is asked for by."""
    start = meeting.start.astimezone(UTC)
    return MeetingKey(meeting.calendar, meeting.uid, meeting.recurrence_id, start, meeting.summary)
