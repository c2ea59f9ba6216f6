"""The day asked for, in any zone: read day by day no meeting is lost, none stands twice, none is an instant longer."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.agenda_texts import calendar, event
from tui.domain.agenda import Meeting, day_bounds
from tui.sources.calendars.files import Blocks, Document, Shelf
from tui.sources.calendars.index import KEY_BYTES, index_text
from tui.sources.calendars.lines import plain_bytes
from tui.sources.calendars.read import Reader, meetings_between
from tui.sources.calendars.rows import Rows

pytestmark = pytest.mark.timeout(120)

# Days on which a clock does what few do: half an hour, two hours, a day left out, midnight left out or doubled,
# summer time put off for Ramadan, changes announced late.
ODD_DAYS = [
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Pacific/Apia", "2011-12-31"),
    ("Africa/Casablanca", "2026-02-15"),
    ("Africa/Casablanca", "2026-03-22"),
    ("Antarctica/Troll", "2026-03-29"),
    ("Antarctica/Troll", "2026-10-25"),
    ("Pacific/Kwajalein", "1993-08-21"),
    ("America/Sao_Paulo", "2018-11-04"),
    ("America/Sao_Paulo", "2018-02-17"),
    ("Asia/Beirut", "2023-03-26"),
    ("Asia/Beirut", "2023-10-28"),
    ("Africa/Cairo", "2026-04-24"),
    ("Africa/Cairo", "2026-10-29"),
    ("America/Havana", "2026-11-01"),
    ("Asia/Gaza", "2025-04-12"),
    ("Europe/Dublin", "2026-10-25"),
    ("America/St_Johns", "2006-10-29"),
    ("Asia/Kathmandu", "2026-03-10"),
    ("Pacific/Kiritimati", "2026-03-10"),
    ("Pacific/Chatham", "2026-04-05"),
    ("Europe/Berlin", "2026-03-29"),
    ("America/New_York", "2026-11-01"),
]
ZONES = sorted({zone for zone, _ in ODD_DAYS} | {"UTC", "Asia/Tokyo", "America/Los_Angeles"})


def read(text: str, start: datetime, end: datetime, zone: ZoneInfo) -> tuple[Meeting, ...]:
    plain, rows = plain_bytes(text.encode()), Rows()
    index = index_text(plain, rows, 0, b"k" * KEY_BYTES)
    document = Document(Path("c.ics"), (0, 0, 0, 0, 0), index, 0, len(rows), in_parts=False, kept=plain)
    shelf = Shelf((document,), rows)
    meetings, problems = meetings_between(Blocks(shelf), start, end, Reader("c", zone, patience=60.0))
    assert problems == ()
    return meetings


@st.composite
def calendars(draw: st.DrawFn, day: date) -> str:
    """Meetings, series and changed instances around `day`, in zones of their own."""
    events = []
    for number in range(draw(st.integers(1, 5))):
        zone = draw(st.sampled_from(ZONES))
        begin = datetime.combine(day, datetime.min.time()) + timedelta(minutes=draw(st.integers(-3000, 4400)))

        def at(name: str, wall: datetime, zone: str = zone) -> str:
            return f"{name};TZID={zone}:{wall:%Y%m%dT%H%M%S}"

        if draw(st.integers(0, 4)) == 0:
            length = draw(st.integers(1, 3))
            lines = [f"DTSTART;VALUE=DATE:{begin:%Y%m%d}", f"DURATION:P{length}D"]
            if draw(st.booleans()):
                lines.append(f"RRULE:FREQ=DAILY;INTERVAL={draw(st.integers(1, 3))};COUNT={draw(st.integers(1, 5))}")
            events.append(event(*lines, uid=f"{number}", summary=f"{number}"))
            continue
        lines = [at("DTSTART", begin), f"DURATION:PT{draw(st.sampled_from((0, 1, 30, 90, 600, 1500, 3000)))}M"]
        recurs = draw(st.sampled_from(("", "FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,SA,SU", "FREQ=HOURLY;INTERVAL=5")))
        if recurs:
            lines.append(f"RRULE:{recurs};COUNT={draw(st.integers(1, 40))}")
        events.append(event(*lines, uid=f"{number}", summary=f"{number}"))
        if recurs == "FREQ=DAILY" and draw(st.booleans()):
            moved = begin + timedelta(minutes=draw(st.integers(-4000, 4000)))
            change = (at("RECURRENCE-ID", begin), at("DTSTART", moved), "DURATION:PT45M")
            events.append(event(*change, uid=f"{number}", summary=f"{number} moved"))
    return calendar(*events)


@settings(max_examples=100, deadline=None)
@given(odd=st.sampled_from(ODD_DAYS), data=st.data())
def test_day_by_day_is_what_the_whole_is(odd: tuple[str, str], data: st.DataObject) -> None:
    zone, day = ZoneInfo(odd[0]), date.fromisoformat(odd[1])
    text = data.draw(calendars(day))
    days = [day + timedelta(days=number) for number in range(-2, 4)]
    whole = read(text, day_bounds(days[0], zone)[0], day_bounds(days[-1], zone)[1], zone)
    by_day = {one: read(text, *day_bounds(one, zone), zone) for one in days}
    assert {meeting for meetings in by_day.values() for meeting in meetings} == set(whole)
    for meetings in (whole, *by_day.values()):
        keys = [(meeting.uid, meeting.recurrence_id, meeting.start) for meeting in meetings]
        assert len(keys) == len(set(keys))
    for one, meetings in by_day.items():
        begins, ends = (bound.astimezone(UTC) for bound in day_bounds(one, zone))
        for meeting in whole:
            start, end = meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)
            stands = begins <= start < ends if start == end else start < ends and begins < end and begins < ends
            assert (meeting in meetings) == stands
    for meeting in whole:
        if meeting.all_day:
            # A date is that date for everybody, on whichever clock; a day that was left out has no length.
            assert (meeting.start, meeting.end) == (
                day_bounds(meeting.start.date(), zone)[0],
                day_bounds(meeting.end.date(), zone)[0],
            )


@settings(max_examples=80, deadline=None)
@given(odd=st.sampled_from(ODD_DAYS), minutes=st.integers(-1500, 3000), length=st.integers(0, 2000), data=st.data())
def test_a_meeting_is_the_same_instants_for_every_viewer(
    odd: tuple[str, str], minutes: int, length: int, data: st.DataObject
) -> None:
    viewer = ZoneInfo(odd[0])
    noon = datetime.combine(date.fromisoformat(odd[1]), datetime.min.time(), UTC)
    start = noon + timedelta(minutes=minutes)
    end = start + timedelta(minutes=length)
    writer = ZoneInfo(data.draw(st.sampled_from(ZONES)))
    wall = start.astimezone(writer)
    if wall.fold:  # iCalendar can name only the first of two
        return
    text = calendar(event(f"DTSTART;TZID={writer.key}:{wall:%Y%m%dT%H%M%S}", f"DTEND:{end:%Y%m%dT%H%M%S}Z"))
    (meeting,) = read(text, start - timedelta(days=3), end + timedelta(days=3), viewer)
    assert (meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)) == (start, end)
    assert meeting.start.tzinfo is viewer
