"""Feeds made to hang or to hide others: each is answered within its bounds, and the honest meeting shows."""

import os
import subprocess
import sys
import threading
from datetime import date, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.agenda_texts import GOOD, calendar, event, read_day, rows, utc
from tui.config import CalendarSettings
from tui.sources.calendars.read import MAX_MEETINGS_A_DAY
from tui.sources.calendars.source import AgendaSource, open_calendar

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
        ("DTSTART;TZID=America/New_York:99991231T235959", "RRULE:FREQ=DAILY"),
        (OLD, "DTEND:99991231T235959Z", "RRULE:FREQ=HOURLY"),
        ("DTSTART;VALUE=DATE:20260309", "DTEND;VALUE=DATE:99991231", "RRULE:FREQ=DAILY"),
        (OLD, "RDATE;VALUE=PERIOD:" + ",".join(f"{2000 + n % 26}0101T{n % 24:02}0000Z/PT{n}H" for n in range(25_000))),
        (OLD, "RRULE:FREQ=MINUTELY;INTERVAL=7;COUNT=999999;BYDAY=MO"),
        (OLD, "RRULE:FREQ=DAILY;INTERVAL=99999999999999999999"),
        (OLD, "DESCRIPTION:" + "https://x.webex.com/" * 40_000),
        ("DTSTART" + ";" * 900_000 + ":20260310T080000Z",),
        ("DTSTART;A=" + '"' * 900_001 + ":20260310T080000Z",),
        ("DTSTART" + ';A="x' * 200_000 + ":20260310T080000Z",),
        (OLD, *["BEGIN:VALARM"] * 50_000),
        (OLD, *(f"DTSTART:{n:04}0101T000000Z" for n in range(1, 9999))),
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


PART = ("BEGIN:STANDARD", "DTSTART:19700101T000000", "TZOFFSETFROM:+0100", "TZOFFSETTO:+0200")
WEEKDAYS = "BYDAY=MO,TU,WE,TH,FR,SA,SU"


@pytest.mark.parametrize(
    "lines",
    [
        (*PART, "RRULE:FREQ=SECONDLY", "END:STANDARD"),
        ("BEGIN:STANDARD",) * 40_000,
        (*PART, "END:STANDARD") * 5000,
        (*PART, f"RRULE:FREQ=YEARLY;{WEEKDAYS};COUNT=999999999", "END:STANDARD"),
        (*PART, f"RRULE:FREQ=YEARLY;{WEEKDAYS};BYHOUR={DAY};BYMINUTE={SIXTY}", "END:STANDARD"),
        (*PART, "RRULE:FREQ=YEARLY;INTERVAL=0", "END:STANDARD"),
        (*PART, *("RDATE:" + ",".join(["20260101T000000"] * 900) for _ in range(60)), "END:STANDARD"),
        ("BEGIN:STANDARD", "DTSTART:00010101T000000", "TZOFFSETFROM:+2500", "TZOFFSETTO:-9999", "END:STANDARD"),
        ("BEGIN:STANDARD", "DTSTART:99991231T000000", "TZOFFSETFROM:+1400", "TZOFFSETTO:-1200", "END:STANDARD"),
    ],
    ids=lambda lines: "|".join(lines)[90:160] + f" {len(lines)}",
)
def test_a_hostile_zone_keeps_no_meeting_away(tmp_path: Path, lines: tuple[str, ...]) -> None:
    zone = "\n".join(("BEGIN:VTIMEZONE", "TZID:Bad", *lines, "END:VTIMEZONE"))
    # Each in a year of its own, so that the clocks of each have to be worked out.
    old = (event(f"DTSTART;TZID=Bad:{1601 + n}0310T080000", "RRULE:FREQ=YEARLY", uid=f"{n}") for n in range(400))
    meetings, state = read_day(tmp_path, calendar(zone, *old, GOOD), "2026-03-09", days=3)
    assert "Good" in {meeting.summary for meeting in meetings}
    # Each of the others is shown, or said to be missing: none goes without a word.
    assert len(meetings) == 401 or state.unread


def test_many_names_of_zones_cost_no_more_than_one(tmp_path: Path) -> None:
    named = (event(f"DTSTART;TZID=europe/nowhere{n}:20260310T080000", uid=f"{n}") for n in range(1500))
    meetings, state = read_day(tmp_path, calendar(*named, GOOD))
    assert len(meetings) == 1501
    assert "1481 more" in state.unread[-1]


@pytest.mark.parametrize(
    "lines",
    [
        ("EXDATE:99991231T235959Z",),
        ("EXDATE;TZID=America/New_York:99991231T235959,00010101T000000",),
        ("RDATE:99991231T235959Z,00010101T000000Z",),
        ("RRULE:FREQ=DAILY;UNTIL=99991231T235959Z",),
        ("DTEND;TZID=America/New_York:99991231T235959",),
        ("DURATION:P99999D",),
    ],
)
def test_the_end_of_time_costs_no_meeting(tmp_path: Path, lines: tuple[str, ...]) -> None:
    text = calendar(event("DTSTART;TZID=Europe/Berlin:20260310T090000", *lines), GOOD)
    for zone in ("UTC", "Pacific/Kiritimati", "America/Los_Angeles"):
        meetings, state = read_day(tmp_path, text, "2026-03-10", zone, days=2)
        assert {"Asked", "Good"} <= {meeting.summary for meeting in meetings}
        assert state.unread == ()


def test_a_change_at_the_end_of_time_keeps_the_series(tmp_path: Path) -> None:
    series = event("DTSTART:20260301T080000Z", "RRULE:FREQ=DAILY")
    for which in ("RECURRENCE-ID:99991231T235959Z", "RECURRENCE-ID;RANGE=THISANDFUTURE:20260401T080000Z"):
        change = event(which, "DTSTART;TZID=America/New_York:99991231T235959", summary="Far")
        meetings, _ = read_day(tmp_path, calendar(series, change, GOOD))
        assert [meeting.summary for meeting in meetings] == ["Asked", "Good"]


def test_cut_at_every_byte_it_says_so_and_shows_what_it_holds(tmp_path: Path) -> None:
    raw = calendar(GOOD, event("DTSTART:20260310T080000Z", "RRULE:FREQ=DAILY;COUNT=2", uid="later")).encode()
    first = raw.index(b"END:VEVENT")
    for cut in range(len(raw) - 1):
        meetings, state = read_day(tmp_path, raw[:cut])
        assert state.error or state.unread or cut >= raw.rindex(b"R") + 1
        if cut > first:
            assert "Good" in {meeting.summary for meeting in meetings}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_half_a_surrogate_pair_is_no_reason_to_fail(tmp_path: Path, encoding: str) -> None:
    text = calendar(event("DTSTART:20260310T080000Z", "LOCATION:\ud800", summary="a\udfff"), GOOD)
    meetings, state = read_day(tmp_path, text.encode(encoding, "surrogatepass"))
    assert len(meetings) == 2
    for meeting in meetings:
        assert (meeting.summary + meeting.location).encode()
    assert state.error is None


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


def test_a_hostile_calendar_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    bad, honest = tmp_path / "bad.ics", tmp_path / "honest.ics"
    endless = (event(OLD, "RRULE:FREQ=SECONDLY", uid="good", summary="Bad") for _ in range(3))
    bad.write_text(calendar("X-WR-TIMEZONE:Asia/Tokyo", *endless))
    local = event("DTSTART:20260310T120000", uid="local", summary="Local")
    honest.write_text(calendar(GOOD, local))
    settings = [CalendarSettings(path=str(file)) for file in (bad, honest, tmp_path / "missing.ics")]
    source = AgendaSource(settings, (), ZoneInfo("UTC"), lambda: utc("2026-03-10"))
    agenda = source.read_agenda(utc("2026-03-10"), utc("2026-03-11"))
    named = [meeting for meeting in agenda.meetings if meeting.calendar == "honest"]
    assert rows(named) == ["Good 03-10T10:00-11:00", "Local 03-10T12:00-12:00"]
    assert [bool(state.error) for state in agenda.calendars] == [False, False, True]
    assert agenda.calendars[1].unread == ()


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
        "from tui.sources.calendars.source import AgendaSource, open_calendar\n"
        "opened = open_calendar(CalendarSettings(path=sys.argv[1]), (), ZoneInfo('UTC'))\n"
        "found, _ = opened.meetings(datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))\n"
        "raise SystemExit(len(found) != 2)\n"
    )
    environment = {**os.environ, "PYTHONWARNINGS": "always"}
    command = [sys.executable, "-c", program, str(file)]
    root = Path(__file__).parent.parent
    ended = subprocess.run(command, capture_output=True, timeout=100, env=environment, cwd=root, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"", b"")
