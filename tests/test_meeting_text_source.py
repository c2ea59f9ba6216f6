"""What an invitation says, read from real calendar files when a meeting is opened, here and through the process."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agenda_texts import GOOD, ICS, calendar, event, read_day
from tests.fleet import tick
from tests.test_agenda_remote import DAYS, until
from tests.test_agenda_remote import listen as listen  # noqa: PLC0414 - the fixture
from tui.config import CalendarSettings
from tui.domain.agenda import Agenda, Meeting
from tui.domain.meeting_text import Attendee, MeetingText, key_of
from tui.sources.calendars.meeting_text import MAX_ATTENDEES, MAX_DESCRIPTION, plain_of
from tui.sources.calendars.source import AgendaSource

BERLIN = ZoneInfo("Europe/Berlin")
WEEK = (datetime(2026, 3, 9, tzinfo=BERLIN), datetime(2026, 3, 16, tzinfo=BERLIN))
AT = ("DTSTART:20260310T100000Z", "DTEND:20260310T110000Z")

pytestmark = pytest.mark.timeout(180)


class Shelf:
    """A source on one file, and the meetings it gives."""

    def __init__(self, file: Path, *components: str, encoding: str = "utf-8") -> None:
        self.file = file
        self.write(*components, encoding=encoding)
        self.source = AgendaSource((CalendarSettings(path=str(file)),), (), BERLIN, lambda: WEEK[0])

    def write(self, *components: str, encoding: str = "utf-8") -> None:
        tick(self.file.parent)
        self.file.write_bytes(calendar(*components).replace("\n", "\r\n").encode(encoding))

    @property
    def agenda(self) -> Agenda:
        return self.source.read_agenda(*WEEK)

    def text(self, meeting: Meeting) -> MeetingText:
        return self.source.description(key_of(meeting))

    def said(self) -> list[str]:
        """`start description` of each meeting, in order."""
        return [f"{m.start:%a %H:%M} {self.text(m).description}" for m in self.agenda.meetings]


@pytest.fixture
def shelf(tmp_path: Path) -> Any:
    return lambda *components, **more: Shelf(tmp_path / "work.ics", *components, **more)


def test_a_description_comes_as_the_text_it_stands_for(shelf: Any) -> None:
    lines = (*AT, "DESCRIPTION:Agenda:\\n1\\, what moved\\n\\n\\n\\n2\\; a \\\\ b\\n", " and folded")
    one = shelf(event(*lines), GOOD)
    first, second = one.agenda.meetings
    assert one.text(first) == MeetingText(key_of(first), "Agenda:\n1, what moved\n\n2; a \\ b\nand folded")
    assert one.text(second) == MeetingText(key_of(second))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1252"])
def test_whatever_the_file_is_written_in(shelf: Any, encoding: str) -> None:
    assert shelf(event(*AT, "DESCRIPTION:Über Größe"), encoding=encoding).said() == ["Tue 11:00 Über Größe"]


def test_an_alarm_has_a_description_of_its_own(shelf: Any) -> None:
    alarm = ("BEGIN:VALARM", "ACTION:DISPLAY", "DESCRIPTION:Reminder", "END:VALARM")
    assert shelf(event(*AT, *alarm)).said() == ["Tue 11:00 "]
    assert shelf(event(*AT, *alarm, "DESCRIPTION:Mine")).said() == ["Tue 11:00 Mine"]


def test_each_instance_of_a_series_has_the_text_that_is_meant_for_it(shelf: Any) -> None:
    zoned = "TZID=America/New_York:202603"
    series = event(f"DTSTART;{zoned}09T090000", "DURATION:PT30M", "RRULE:FREQ=DAILY", "DESCRIPTION:usual")
    old = event(f"RECURRENCE-ID;{zoned}10T090000", f"DTSTART;{zoned}10T100000", "DURATION:PT30M", "SEQUENCE:1",
                "DESCRIPTION:older change")  # fmt: skip
    moved = event("RECURRENCE-ID:20260310T130000Z", f"DTSTART;{zoned}10T103000", "DURATION:PT30M", "SEQUENCE:2",
                  "DESCRIPTION:changed")  # fmt: skip
    onward = event(f"RECURRENCE-ID;RANGE=THISANDFUTURE;{zoned}13T090000", f"DTSTART;{zoned}13T091500",
                   "DURATION:PT30M", "DESCRIPTION:from now on")  # fmt: skip
    said = shelf(series, old, moved, onward).said()
    assert said == ["Mon 14:00 usual", "Tue 15:30 changed", "Wed 14:00 usual", "Thu 14:00 usual",
                    "Fri 14:15 from now on", "Sat 14:15 from now on", "Sun 14:15 from now on"]  # fmt: skip


def test_whole_days_and_what_has_no_series_or_no_uid(shelf: Any) -> None:
    days = event("DTSTART;VALUE=DATE:20260309", "RRULE:FREQ=DAILY;COUNT=2", "DESCRIPTION:both", uid="days")
    change = event("RECURRENCE-ID;VALUE=DATE:20260310", "DTSTART;VALUE=DATE:20260311", "DESCRIPTION:moved", uid="days")
    orphan = event("RECURRENCE-ID:20260312T080000Z", "DTSTART:20260312T090000Z", "DESCRIPTION:alone", uid="orphan")
    bare = [
        event("DTSTART:20260313T080000Z", f"DESCRIPTION:of {name}", summary=name).replace("UID:u\n", "")
        for name in "AB"
    ]
    again = event("DTSTART:20260306T080000Z", "RRULE:FREQ=WEEKLY;COUNT=2", "DESCRIPTION:weekly", summary="C")
    one = shelf(days, change, orphan, *bare, again.replace("UID:u\n", ""))
    assert [one.text(meeting).description for meeting in one.agenda.meetings] == [
        "both", "moved", "alone", "of A", "of B", "weekly"]  # fmt: skip


def test_of_two_of_one_uid_the_newer_one_is_meant(shelf: Any) -> None:
    newer = event(*AT, "SEQUENCE:3", "DESCRIPTION:newer")
    assert shelf(newer, event(*AT, "SEQUENCE:2", "DESCRIPTION:older")).said() == ["Tue 11:00 newer"]


def test_a_file_that_changed_meanwhile_is_read_again_and_one_that_is_gone_says_so(shelf: Any) -> None:
    one = shelf(event(*AT, "DESCRIPTION:before"))
    (meeting,) = one.agenda.meetings
    one.write(GOOD, event(*AT, "DESCRIPTION:after"))
    one.agenda  # noqa: B018 - it is read, which the text follows
    assert one.text(meeting).description == "after"
    one.write(GOOD)
    one.agenda  # noqa: B018
    assert one.text(meeting) == MeetingText(key_of(meeting), problem="it is not in its calendar any more")


def test_a_large_file_is_read_where_the_meeting_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.sources.calendars.files.KEPT_BYTES", 10)
    one = Shelf(tmp_path / "work.ics", GOOD, event(*AT, "DESCRIPTION:found"))
    meeting = next(meeting for meeting in one.agenda.meetings if meeting.summary == "Asked")
    assert one.text(meeting).description == "found"
    one.write(GOOD, GOOD.replace("good", "more"), event(*AT, "DESCRIPTION:longer than it was"))
    assert one.text(meeting).description == "longer than it was"
    one.file.unlink()
    assert "put the calendar" in (one.text(meeting).problem or "")


def test_attendees_with_their_answers(shelf: Any) -> None:
    invited = (
        "ATTENDEE;CN=Ana Sousa;PARTSTAT=ACCEPTED:mailto:ana@example.com",
        'ATTENDEE;CN="Lee, Kim";ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE:mailto:kim@example.com',
        "ATTENDEE;PARTSTAT=DECLINED:mailto:Jo@Example.com",
        "ATTENDEE;CUTYPE=ROOM;CN=Fjord;PARTSTAT=x-odd:mailto:fjord@example.com",
    )
    one = shelf(event(*AT, *invited))
    (meeting,) = one.agenda.meetings
    assert one.text(meeting).attendees == (
        Attendee("Ana Sousa", "accepted"),
        Attendee("Lee, Kim", "tentative", optional=True),
        Attendee("jo@example.com", "declined"),
        Attendee("Fjord", "needs-action", room=True),
    )
    many = [f"ATTENDEE;CN=P{number}:mailto:p{number}@example.com" for number in range(62)]
    one = shelf(event(*AT, *many))
    found = one.text(one.agenda.meetings[0])
    assert (len(found.attendees), found.more_attendees) == (MAX_ATTENDEES, 12)


@pytest.mark.parametrize(
    ("marked", "plain"),
    [
        ("<p>One <b>two</b></p><p>three</p>", "One two\n\nthree"),
        ("Topics:<br><ul><li>caps</li><li>a &lt; b &amp; c</li></ul>", "Topics:\n\n- caps\n\n- a < b & c"),
        (
            'see <a href="https://example.com/x?a=1&amp;b=2">the plan</a>',
            "see the plan (https://example.com/x?a=1&b=2)",
        ),
        ('<a href="https://example.com/x">https://example.com/x</a>', "https://example.com/x"),
        ('<a href="javascript:alert(1)">click</a>', "click"),
        ("<html><head><title>T</title><style>p {}</style></head><body>Body<!-- <p>no --></body></html>", "Body"),
        ("<div>a</div>\n\n   <div>b", "a\n\nb"),
    ],
)
def test_html_becomes_text(shelf: Any, marked: str, plain: str) -> None:
    escaped = marked.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")
    assert shelf(event(*AT, f"DESCRIPTION:{escaped}")).said() == [f"Tue 11:00 {plain}"]
    assert shelf(event(*AT, f"X-ALT-DESC;FMTTYPE=text/html:{escaped}")).said() == [f"Tue 11:00 {plain}"]


def test_text_that_is_no_html_keeps_its_signs(shelf: Any) -> None:
    text = "if a < b and c > d: x<y>z, <ana@example.com>, <https://example.com>"
    assert shelf(event(*AT, "DESCRIPTION:" + text.replace(",", "\\,"))).said() == [f"Tue 11:00 {text}"]


def test_what_google_and_teams_draw_around_their_part_is_left_out(shelf: Any) -> None:
    drawn = "-::~:~::~:~:~:~:~:~:~::~:~::-"
    text = f"Mine\\n\\n{drawn}\\nJoin\\n{drawn}\\n" + "_" * 60 + "\\nMicrosoft Teams"
    assert shelf(event(*AT, "DESCRIPTION:" + text)).said() == ["Tue 11:00 Mine\n\nJoin\n\nMicrosoft Teams"]


@pytest.mark.parametrize("piece", ["<", "<p", "<!--", "<a href=", "<b>x", "&#", "&lt;", "<style>", "\\n", "- ", "é"])
def test_long_and_hostile_text_is_cut(shelf: Any, piece: str) -> None:
    one = shelf(event(*AT, "DESCRIPTION:<p>" + piece * 60_000, uid="x"), GOOD)
    found = one.text(next(meeting for meeting in one.agenda.meetings if meeting.uid == "x"))
    assert found.problem is None
    assert len(found.description) <= MAX_DESCRIPTION


@given(st.text(alphabet="<>/ab \n&;!-=\"'", max_size=200))
def test_no_html_is_too_odd(marked: str) -> None:
    assert isinstance(plain_of(marked), str)


@pytest.mark.parametrize("name", ["google", "outlook", "icloud"])
def test_every_meeting_of_the_exports_has_its_text(name: str) -> None:
    source = AgendaSource((CalendarSettings(path=str(ICS / f"{name}.ics")),), (), BERLIN, lambda: WEEK[0])
    start = datetime(2026, 1, 1, tzinfo=BERLIN)
    meetings = source.read_agenda(start, start + timedelta(days=200)).meetings
    assert meetings
    assert {source.description(key_of(meeting)).problem for meeting in meetings} == {None}


def test_two_calendars_of_one_name_are_both_looked_into(tmp_path: Path) -> None:
    files = [tmp_path / folder / "work.ics" for folder in "ab"]
    for file, text in zip(files, (GOOD, event(*AT, "DESCRIPTION:second")), strict=True):
        file.parent.mkdir()
        file.write_text(calendar(text))
    source = AgendaSource([CalendarSettings(path=str(file)) for file in files], (), BERLIN, lambda: WEEK[0])
    meeting = next(meeting for meeting in source.read_agenda(*WEEK).meetings if meeting.summary == "Asked")
    assert source.description(key_of(meeting)).description == "second"
    assert source.description(key_of(Meeting(*WEEK, "Asked", "elsewhere"))).problem


def test_it_comes_through_the_process(tmp_path: Path, listen: Any) -> None:
    file = tmp_path / "work.ics"
    file.write_text(calendar(event(*AT, "DESCRIPTION:through \\; the pipe", "ATTENDEE;CN=Ana:mailto:ana@example.com")))
    one = listen(file)
    texts: list[MeetingText] = []
    one.source.opened = texts.append
    (meeting,) = one.until(bool).meetings
    one.source.open_meeting(meeting)
    until(lambda: texts)
    assert texts == [MeetingText(key_of(meeting), "through ; the pipe", (Attendee("Ana"),))]
    assert (DAYS[0], one.failures) == (one.stretch[0], [])


@pytest.fixture
def zoned(tmp_path: Path) -> Any:
    return lambda *lines, zone="Europe/Berlin": read_day(tmp_path, calendar(event(*lines)), zone=zone)[0][0]


def test_a_meeting_of_another_zone_knows_its_own_time(zoned: Any) -> None:
    one = zoned("DTSTART;TZID=America/New_York:20260310T090000", "DURATION:PT1H")
    assert (one.time_zone, f"{one.start:%H:%M}", f"{one.there(one.start):%H:%M}") == (
        "America/New_York",
        "14:00",
        "09:00",
    )
    same = zoned("DTSTART;TZID=Europe/Paris:20260310T090000", "DURATION:PT1H")
    assert (same.time_zone, same.there(same.start)) == ("", same.start)
    assert zoned("DTSTART:20260310T090000Z").time_zone == ""
    assert zoned("DTSTART:20260310T090000").time_zone == ""
    windows = zoned("DTSTART;TZID=Pacific Standard Time:20260310T090000", "DURATION:PT1H")
    assert (windows.time_zone, f"{windows.there(windows.end):%H:%M}") == ("America/Los_Angeles", "10:00")


def test_the_own_zone_is_that_of_the_moment_and_of_the_change(tmp_path: Path) -> None:
    series = event("DTSTART;TZID=America/Phoenix:20260301T090000", "DURATION:PT1H", "RRULE:FREQ=DAILY")
    for day, wanted in (("2026-03-07", "America/Phoenix"), ("2026-03-08", "")):  # Los Angeles springs forward
        (one,), _ = read_day(tmp_path, calendar(series), day, "America/Los_Angeles")
        assert one.time_zone == wanted
    change = event("RECURRENCE-ID;TZID=America/Phoenix:20260310T090000", "DTSTART;TZID=Asia/Tokyo:20260311T010000",
                   "DURATION:PT1H")  # fmt: skip
    (one,), _ = read_day(tmp_path, calendar(series, change), "2026-03-10", "Europe/Berlin")
    assert (one.time_zone, f"{one.there(one.start):%H:%M}") == ("Asia/Tokyo", "01:00")
