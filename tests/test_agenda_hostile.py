"""Feeds made to hang or to hide others: each is answered within its bounds, and the honest meeting shows."""

import os
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.agenda_texts import GOOD, calendar, event, read_day, utc
from tui.config import CalendarSettings
from tui.sources.calendars.read import MAX_MEETINGS_A_DAY
from tui.sources.calendars.source import open_calendar

OLD = "DTSTART:19700101T000000Z"
SIXTY, DAY = ",".join(map(str, range(60))), ",".join(map(str, range(24)))

pytestmark = pytest.mark.timeout(120)


@pytest.mark.parametrize(
    "lines",
    [
        (OLD, "RRULE:FREQ=SECONDLY"),
        (OLD, "RRULE:FREQ=MINUTELY;INTERVAL=7"),
        (OLD, "RRULE:FREQ=HOURLY"),
        ("DTSTART:00010101T000000Z", "RRULE:FREQ=HOURLY"),
        (OLD, "RRULE:FREQ=SECONDLY;COUNT=999999999"),
        (OLD, "RRULE:FREQ=SECONDLY;COUNT=999999999;BYSECOND=1"),
        (OLD, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"),
        (OLD, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
        (OLD, "RRULE:FREQ=YEARLY;COUNT=5;BYMONTH=2;BYMONTHDAY=30"),
        (OLD, "RRULE:FREQ=DAILY;INTERVAL=0"),
        (OLD, "RRULE:FREQ=DAILY", "EXRULE:FREQ=DAILY"),
        (OLD, f"RRULE:FREQ=YEARLY;BYHOUR={DAY};BYMINUTE={SIXTY};BYSECOND={SIXTY};BYDAY=MO,TU,WE;BYSETPOS=-1"),
        (OLD, f"RRULE:FREQ=DAILY;BYHOUR={DAY};BYMINUTE={SIXTY};BYSECOND={SIXTY}"),
        (OLD, "RDATE:" + ",".join(f"20260310T{n // 3600:02}{n // 60 % 60:02}{n % 60:02}Z" for n in range(40_000))),
        (OLD, "RRULE:FREQ=DAILY", *("EXDATE:20250101T000000Z" for _ in range(25_000))),
        (OLD, "DURATION:P14000W", "RRULE:FREQ=DAILY"),
        (OLD, "SUMMARY:" + "x" * 3_000_000),
        (OLD, "DESCRIPTION:" + "https://a.zoom.us/" * 100_000),
        (OLD, "ATTENDEE" + ';A="b"' * 50_000 + ":mailto:me@example.com"),
        (OLD, 'ATTENDEE;CN="' + "a;" * 100_000 + ":mailto:me@example.com"),
        ("DTSTART;TZID=" + "A" * 100_000 + ":20260310T000000",),
        ("DTSTART:99991231T235959Z", "RRULE:FREQ=DAILY"),
        *((f"DTSTART:20260310T{n:06}Z",) for n in (0,)),
    ],
    ids=lambda lines: "|".join(lines)[:70],
)
def test_a_hostile_meeting_does_not_keep_the_honest_one_away(tmp_path: Path, lines: tuple[str, ...]) -> None:
    meetings, state = read_day(tmp_path, calendar(event(*lines, summary="Bad"), GOOD), days=2)
    assert "Good" in {meeting.summary for meeting in meetings}
    assert state.error is None


def test_many_endless_series_do_not_keep_the_honest_meeting_away(tmp_path: Path) -> None:
    endless = (event(OLD, "RRULE:FREQ=SECONDLY", uid=f"{n}", summary="Bad") for n in range(50))
    meetings, state = read_day(tmp_path, calendar(*endless, GOOD))
    assert "Good" in {meeting.summary for meeting in meetings}
    assert len(meetings) <= 2 * MAX_MEETINGS_A_DAY
    assert any("only" in sentence for sentence in state.unread)


def test_a_calendar_has_only_so_much_time(tmp_path: Path) -> None:
    file = tmp_path / "many.ics"
    file.write_text(calendar(*(event("DTSTART:20260310T080000Z", uid=f"{n}") for n in range(500))))
    opened = open_calendar(CalendarSettings(path=str(file)), (), ZoneInfo("UTC"), patience=0.0)
    meetings, state = opened.meetings(utc("2026-03-10"), utc("2026-03-11"))
    assert len(meetings) < 500
    assert "missing" in state.unread[0]


def test_a_series_with_thousands_of_changes_is_read(tmp_path: Path) -> None:
    changes = (
        event(f"RECURRENCE-ID:{day:%Y%m%d}T000000Z", f"DTSTART:{day:%Y%m%d}T010000Z", summary="Late")
        for day in (date(2015, 1, 1) + timedelta(days=number) for number in range(4400))
    )
    meetings, _ = read_day(tmp_path, calendar(event("DTSTART:20150101T000000Z", "RRULE:FREQ=DAILY"), *changes, GOOD))
    assert [meeting.summary for meeting in meetings] == ["Late", "Good"]


def test_a_zone_that_changes_each_second_is_not_followed(tmp_path: Path) -> None:
    zone = "\n".join(
        ("BEGIN:VTIMEZONE", "TZID:Bad", "BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100",
         "TZOFFSETTO:+0200", "RRULE:FREQ=SECONDLY", "END:STANDARD", "END:VTIMEZONE")
    )  # fmt: skip
    meetings, state = read_day(tmp_path, calendar(zone, event("DTSTART;TZID=Bad:20260310T080000"), GOOD))
    assert [meeting.summary for meeting in meetings] == ["Asked", "Good"]
    assert "Bad" in state.unread[0]


@pytest.mark.parametrize("component", ["VALARM", "VEVENT", "VTIMEZONE", "VCALENDAR", "X-DEEP"])
def test_depth_costs_nothing(tmp_path: Path, component: str) -> None:
    meetings, state = read_day(tmp_path, calendar(*(f"BEGIN:{component}" for _ in range(20_000)), GOOD))
    assert [meeting.summary for meeting in meetings] == ["Good"]
    assert state.error is None


def test_who_cannot_be_named_is_counted(tmp_path: Path) -> None:
    broken = (event("DTSTART:soon", uid=f"{n}", summary=f"Bad {n}") for n in range(300))
    _, state = read_day(tmp_path, calendar(*broken, GOOD))
    assert len(state.unread) < 20
    assert "295 more" in state.unread[-1]
    faults = (event("DTSTART:20260310T080000Z", "EXDATE:x", uid=f"{n}", summary=f"Bad {n}") for n in range(300))
    _, state = read_day(tmp_path, calendar(*faults, GOOD))
    assert len(state.unread) == 20
    assert "281 more" in state.unread[-1]


def test_words_of_a_feed_cannot_steer_a_terminal(tmp_path: Path) -> None:
    _, state = read_day(tmp_path, calendar(event("DTSTART:x", summary="a\x1b]52;c;AAAA\x07[b]"), GOOD))
    assert "\x1b" not in state.unread[0]
    assert "\x07" not in state.unread[0]


def test_one_uid_in_two_calendars_hides_nothing(tmp_path: Path) -> None:
    honest = tmp_path / "honest.ics"
    honest.write_text(calendar(GOOD))
    clone = calendar(event("DTSTART:20990101T000000Z", "SEQUENCE:99", uid="good", summary="Clone"))
    read_day(tmp_path, clone)
    opened = open_calendar(CalendarSettings(path=str(honest)), (), ZoneInfo("UTC"))
    ((one,), _) = opened.meetings(utc("2026-03-10"), utc("2026-03-11"))
    assert one.summary == "Good"


def test_reading_works_on_any_thread(tmp_path: Path) -> None:
    found: list[int] = []

    def read() -> None:
        meetings, _ = read_day(tmp_path, calendar(event(OLD, "RRULE:FREQ=SECONDLY"), GOOD))
        found.append(len(meetings))

    thread = threading.Thread(target=read)
    thread.start()
    thread.join(100)
    assert found
    assert found[0] > 1


def test_nothing_is_written_to_the_terminal(tmp_path: Path) -> None:
    file = tmp_path / "odd.ics"
    odd = event("DTSTART;TZID=/x.org/1/Europe/Berlin:20260310T080000", "GEO:x", "RRULE:FREQ=DAILY;X=1", "ATTENDEE:")
    file.write_text(calendar("X-WR-TIMEZONE:Nowhere", odd, GOOD))
    program = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from zoneinfo import ZoneInfo\n"
        "from tui.config import CalendarSettings\n"
        "from tui.sources.calendars.source import open_calendar\n"
        "opened = open_calendar(CalendarSettings(path=sys.argv[1]), (), ZoneInfo('UTC'))\n"
        "found, _ = opened.meetings(datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))\n"
        "raise SystemExit(len(found) != 2)\n"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "always"}
    command = [sys.executable, "-c", program, str(file)]
    root = Path(__file__).parent.parent
    ended = subprocess.run(command, capture_output=True, timeout=100, env=environment, cwd=root, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
