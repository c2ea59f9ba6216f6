"""What the agenda has details of: a meeting with what its invitation says, a gap with what fits it, days as a whole."""

from collections.abc import Sequence
from functools import lru_cache

from msgspec import Struct

from tui.domain.agenda import CalendarState, Meeting, Response
from tui.domain.fitting import Fit
from tui.domain.meeting_text import Attendee, MeetingText
from tui.domain.planning import Gap
from widgets.detail_rows import heading
from widgets.formats import facts, format_minutes, format_time, wrap
from widgets.rows import Row, Span
from widgets.seen import turns

MOST_LINES = 2000
"""Lines of a description that are shown."""
PIECE = 4000
"""Characters of one line of it that are wrapped at a time."""
MOST_FITS = 8

_ANSWERS: tuple[tuple[Response, str], ...] = (
    ("accepted", "coming"),
    ("tentative", "maybe"),
    ("needs-action", "no answer"),
    ("declined", "declined"),
)


class OpenMeeting(Struct, frozen=True):
    """A meeting, and what its invitation says once that has come."""

    meeting: Meeting
    conflicts: tuple[Meeting, ...] = ()
    text: MeetingText | None = None
    awaited: bool = True
    """True while what the invitation says may still come."""

    def rows(self, width: int) -> list[Row]:
        """Everything known of it: what the agenda knows, who was asked, the description."""
        rows = facts(self._pairs(), width)
        if self.text is None:
            return [*rows, *_said("reading …", width)] if self.awaited else rows
        if self.text.problem:
            return [*rows, *_said(f"what the invitation says cannot be read: {self.text.problem}", width)]
        if people := _people(self.text.attendees, self.text.more_attendees):
            rows += [_blank("who"), heading("who", "Who", width), *facts(people, width, "who")]
        if self.text.description:
            rows += [
                _blank("about"),
                heading("about", "About", width),
                *_described(self.text.description, width, turns()),
            ]
        return rows

    def _pairs(self) -> list[tuple[str, str]]:
        meeting = self.meeting
        span = "all day" if meeting.all_day else f"{format_time(meeting.start)} to {format_time(meeting.end)}"
        pairs = [("when", f"{meeting.start:%a} {meeting.start.day} {meeting.start:%b}, {span}")]
        if meeting.time_zone:
            pairs.append(("there", _own_time(meeting)))
        if not meeting.all_day:
            minutes = int((meeting.end - meeting.start).total_seconds() // 60)
            pairs.append(("length", format_minutes(minutes)))
        pairs += [("where", meeting.location)] if meeting.location else []
        pairs += [("join (o)", meeting.join_url)] if meeting.join_url else []
        pairs += [("organizer", meeting.organizer)] if meeting.organizer else []
        pairs.append(("calendar", meeting.calendar))
        given = "none yet" if meeting.response == "needs-action" else meeting.response or "none"
        answer = f"{meeting.status}, your answer: {given}"
        pairs.append(("status", f"{answer}; counts as {meeting.busy}"))
        pairs += [("conflicts with", f"{format_time(other.start)} {other.summary}") for other in self.conflicts]
        return pairs


class OpenGap(Struct, frozen=True):
    """A gap, and what fits it, best first."""

    gap: Gap
    fits: tuple[Fit, ...] = ()

    def rows(self, width: int) -> list[Row]:
        """Its times, and the items with their reasons."""
        gap = self.gap
        pairs = [
            (
                "when",
                f"{gap.start:%a} {gap.start.day} {gap.start:%b}, {format_time(gap.start)} to {format_time(gap.end)}",
            ),
            ("usable", f"{format_minutes(gap.usable_minutes)} of {format_minutes(gap.minutes)}"),
        ]
        rows = [*facts(pairs, width), _blank("fits"), heading("fits", "What fits (enter)", width)]
        if not self.fits:
            return [*rows, *_said("nothing to build fits; items need the verdict build and an estimate", width)]
        told = [
            (format_minutes(one.item.estimate or 0), f"{one.item.title} · {' · '.join(one.reasons)}")
            for one in self.fits[:MOST_FITS]
        ]
        return [*rows, *facts(told, width, "fit")]


class OpenAllDay(Struct, frozen=True):
    """The meetings that last all day."""

    meetings: tuple[Meeting, ...]

    def rows(self, width: int) -> list[Row]:
        """Their titles, by calendar."""
        return facts([(meeting.calendar, meeting.summary or "(no title)") for meeting in self.meetings], width)


class OpenCalendar(Struct, frozen=True):
    """A calendar that could not be read."""

    state: CalendarState

    def rows(self, width: int) -> list[Row]:
        """Why, in full, and what is shown of it all the same."""
        state = self.state
        shown = f"as it was at {format_time(state.fetched)}" if state.stale and state.fetched else "nothing of it"
        pairs = [("calendar", state.name), ("problem", state.error or ""), ("shown is", shown)]
        return facts(pairs, width, tones={"problem": "error"})


def _own_time(meeting: Meeting) -> str:
    """Its times on a clock in its own zone: `09:00 to 10:00 in Europe/Berlin`, with the day where that differs."""
    start, end = meeting.there(meeting.start), meeting.there(meeting.end)
    day = "" if start.date() == meeting.start.date() else f"{start:%a} {start.day} {start:%b}, "
    if meeting.all_day:
        return meeting.time_zone
    return f"{day}{format_time(start)} to {format_time(end)} in {meeting.time_zone}"


def _people(attendees: Sequence[Attendee], more: int) -> list[tuple[str, str]]:
    """Names by answer, each answer a line."""
    pairs = []
    for answer, word in _ANSWERS:
        named = [_name(one) for one in attendees if one.response == answer]
        pairs += [(word, ", ".join(named))] if named else []
    return [*pairs, ("", f"and {more} more")] if more else pairs


def _name(one: Attendee) -> str:
    return f"{one.name} (room)" if one.room else f"{one.name} (optional)" if one.optional else one.name


@lru_cache(maxsize=8)
def _described(text: str, width: int, _turns: int) -> tuple[Row, ...]:
    """A description in lines; made once for each width and each turn of share-safe, for a detail is laid out anew with
    every message."""
    lines: list[str] = []
    for line in text.split("\n"):
        for place in range(0, max(len(line), 1), PIECE):
            lines += wrap(line[place : place + PIECE], max(width - 2, 1), MOST_LINES) or [""]
        if len(lines) > MOST_LINES:
            break
    return tuple(
        Row(f"about-{number}", (Span(f" {said}"),), selectable=False) for number, said in enumerate(lines[:MOST_LINES])
    )


def _said(text: str, width: int) -> list[Row]:
    lines = wrap(text, max(width - 2, 1))
    return [Row(f"said-{number}", (Span(f" {line}", "muted"),), selectable=False) for number, line in enumerate(lines)]


def _blank(key: str) -> Row:
    return Row(f"blank-{key}", (), selectable=False)
