# ruff: noqa: E501 - a row of a table is one case
"""A person on the move: two zones on the day clocks change, an evening that ends tomorrow, a laptop that slept.

Clocks are handed in. What is asked is what a glance at the screen gives: countdown, gaps, the Now line, the pane.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.agenda_texts import calendar, event
from tests.fakes import FakeEngine, sample_backlog, sample_fleet
from tests.screens import text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.config import CalendarSettings
from tui.domain.agenda import Agenda, Meeting, day_bounds, in_zone, meetings_on
from tui.domain.backlog import Backlog
from tui.domain.fitting import NowLine, now_line
from tui.domain.planning import PlanningRules, current_and_next, gaps
from tui.settings import Settings
from tui.sources.calendars.source import AgendaSource

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
SUNDAY = date(2026, 11, 1)
"""Clocks go back in New York; in Berlin they did a week before."""
EVERY_DAY = PlanningRules()
RULES = PlanningRules(working_hours=type(EVERY_DAY.working_hours)((EVERY_DAY.working_hours.days[0],) * 7))

FLIGHT = event(
    "DTSTART;TZID=Europe/Berlin:20261101T100000", "DTEND;TZID=America/New_York:20261101T120000", uid="f", summary="Flight"
)  # fmt: skip
SYNC = event("DTSTART:20261101T190000Z", "DTEND:20261101T193000Z", uid="s", summary="Sync")
STANDUP = event(
    "DTSTART;TZID=Europe/Berlin:20261026T093000", "DURATION:PT15M", "RRULE:FREQ=DAILY", uid="d", summary="Standup"
)
DINNER = event(
    "DTSTART;TZID=America/New_York:20261101T213000", "DTEND;TZID=America/New_York:20261102T003000", uid="e", summary="Dinner"
)  # fmt: skip
HOLIDAY = event("DTSTART;VALUE=DATE:20261101", uid="h", summary="All Saints")
TEXT = calendar(FLIGHT, SYNC, STANDUP, DINNER, HOLIDAY)


def at(text: str, zone: ZoneInfo, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


def read(folder: Path, zone: ZoneInfo, text: str = TEXT, around: date = SUNDAY) -> Agenda:
    """The days around as a person in `zone` has them read."""
    file = folder / "work.ics"
    file.write_text(text)
    now = datetime(2026, 11, 1, tzinfo=UTC)
    source = AgendaSource([CalendarSettings(path=str(file))], (), zone, lambda: now)
    start = day_bounds(around - timedelta(days=2), zone)[0]
    return source.read_agenda(start, day_bounds(around + timedelta(days=8), zone)[1])


def line(agenda: Agenda, now: datetime) -> NowLine:
    return now_line(agenda, (), None, RULES, now)


def shown(agenda: Agenda, day: date) -> list[str]:
    return [f"{meeting.summary} {meeting.start:%d %H:%M}-{meeting.end:%H:%M}" for meeting in meetings_on(agenda, day)]


def free(agenda: Agenda, day: date, zone: ZoneInfo, now: datetime | None = None) -> list[str]:
    found = gaps(agenda.meetings, day, zone, RULES, now)
    return [f"{gap.start:%H:%M}-{gap.end:%H:%M} {gap.minutes}" for gap in found]


def test_the_day_as_it_looks_before_leaving_and_after_landing(tmp_path: Path) -> None:
    home, away = read(tmp_path, BERLIN), read(tmp_path, NEW_YORK)
    # Eight hours in the air: 10:00 in Berlin is 05:00 in New York while that has summer time no more.
    assert shown(home, SUNDAY) == [
        "All Saints 01 00:00-00:00",
        "Standup 01 09:30-09:45",
        "Flight 01 10:00-18:00",
        "Sync 01 20:00-20:30",
    ]
    assert shown(away, SUNDAY) == [
        "All Saints 01 00:00-00:00",
        "Standup 01 03:30-03:45",
        "Flight 01 04:00-12:00",
        "Sync 01 14:00-14:30",
        "Dinner 01 21:30-00:30",
    ]
    assert free(home, SUNDAY, BERLIN) == ["09:00-09:25 25"]
    assert free(away, SUNDAY, NEW_YORK) == ["12:05-13:55 110", "14:35-18:00 205"]
    # The day before, Berlin is five hours ahead of New York; from then on six.
    assert shown(away, SUNDAY - timedelta(days=1))[0] == "Standup 31 04:30-04:45"


@pytest.mark.parametrize(
    ("now", "current", "following", "minutes"),
    [
        (at("2026-11-01T09:50", BERLIN), None, "Flight", 10),
        (at("2026-11-01T10:00", BERLIN), "Flight", "Sync", 600),
        (at("2026-11-01T17:59", BERLIN), "Flight", "Sync", 121),
        (at("2026-11-01T11:59", NEW_YORK), "Flight", "Sync", 121),
        (at("2026-11-01T12:00", NEW_YORK), None, "Sync", 120),
        (at("2026-11-01T13:59:59", NEW_YORK), None, "Sync", 1),
        # the hour New York's clocks show twice: what is to come is an hour further in the first
        (at("2026-11-01T01:30", NEW_YORK), None, "Standup", 180),
        (at("2026-11-01T01:30", NEW_YORK, fold=1), None, "Standup", 120),
        # an evening that ends tomorrow
        (at("2026-11-01T23:59", NEW_YORK), "Dinner", "Standup", 211),
        (at("2026-11-02T00:10", NEW_YORK), "Dinner", "Standup", 200),
        (at("2026-11-02T00:30", NEW_YORK), None, "Standup", 180),
    ],
)
def test_the_countdown_is_the_minutes_that_pass(
    tmp_path: Path, now: datetime, current: str | None, following: str, minutes: int
) -> None:
    for zone in (BERLIN, NEW_YORK):  # whichever zone it was read in
        agenda = read(tmp_path, zone)
        under_way, next_one = current_and_next(agenda.meetings, now, RULES)
        assert (under_way.summary if under_way else None) == current
        assert next_one is not None
        found = line(agenda, now)
        assert (found.current, found.next_meeting, found.minutes_to_next) == (under_way, next_one, minutes)
        assert next_one.summary == following


def test_the_now_line_speaks_of_the_clock_where_the_person_is(tmp_path: Path) -> None:
    agenda = read(tmp_path, BERLIN)  # read before leaving
    in_air = line(agenda, at("2026-11-01T11:00", NEW_YORK))
    assert (in_air.situation, in_air.minutes_until) == ("in_meeting", 60)
    assert in_air.until == at("2026-11-01T12:00", NEW_YORK)
    assert f"{in_air.until:%H:%M}" == "12:00"
    landed = line(agenda, at("2026-11-01T12:20", NEW_YORK))
    assert (landed.situation, landed.minutes_until, landed.usable_minutes) == ("in_gap", 100, 90)
    assert landed.gap is not None
    assert f"{landed.gap.start:%H:%M}-{landed.gap.end:%H:%M}" == "12:20-13:55"
    evening = line(agenda, at("2026-11-01T22:00", NEW_YORK))
    assert (evening.situation, evening.minutes_until) == ("in_meeting", 150)
    assert evening.until == at("2026-11-02T00:30", NEW_YORK)
    # At night the gap ahead is the next working day's, and the countdown is to tomorrow's first meeting.
    night = line(agenda, at("2026-11-02T00:40", NEW_YORK))
    assert (night.situation, night.minutes_to_next) == ("short", 170)


def test_an_agenda_read_in_one_zone_is_right_in_the_other(tmp_path: Path) -> None:
    home, away = read(tmp_path, BERLIN), read(tmp_path, NEW_YORK)
    moved = in_zone(home, NEW_YORK)
    for day in (SUNDAY, SUNDAY + timedelta(days=1)):
        assert shown(moved, day) == shown(away, day)
    (holiday,) = (meeting for meeting in moved.meetings if meeting.all_day)
    assert (holiday.start.date(), holiday.end.date()) == (SUNDAY, SUNDAY + timedelta(days=1))
    assert holiday.start.tzinfo is NEW_YORK


def test_days_while_flying_over_the_date_line(tmp_path: Path) -> None:
    tokyo, hawaii = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")
    text = calendar(
        event(
            "DTSTART;TZID=Asia/Tokyo:20261101T200000", "DTEND;TZID=Pacific/Honolulu:20261101T080000", summary="Flight"
        )
    )
    away = read(tmp_path, hawaii, text)
    assert shown(away, SUNDAY) == ["Flight 01 01:00-08:00"]
    assert shown(read(tmp_path, tokyo, text), SUNDAY) == ["Flight 01 20:00-03:00"]
    assert free(away, SUNDAY, hawaii) == ["09:00-18:00 540"]


class Clock:
    """A clock that is set."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def flying(agenda: Agenda, clock: Callable[[], datetime]) -> MakerhourApp:
    engine = FakeEngine(sample_fleet(), agenda, Backlog(items=sample_backlog().items))
    return MakerhourApp(engine, clock, Settings(looked_in=("~/src",), planning=RULES, home=Path("/home/kim")))


def lines_of(app: MakerhourApp) -> list[str]:
    return text_of(app).splitlines()


async def test_a_laptop_that_slept_two_hours_wakes_to_the_minute(tmp_path: Path) -> None:
    clock = Clock(at("2026-11-01T12:20", NEW_YORK))
    app = flying(read(tmp_path, NEW_YORK), clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "1h40 free until 14:00 Sync" in text_of(app))
        clock.now = at("2026-11-01T14:20", NEW_YORK)
        app.tick()
        await wait_for(pilot, lambda: "14:20" in lines_of(app)[0] + lines_of(app)[1])
        assert "Sync" in lines_of(app)[0] + lines_of(app)[1]
        assert "free until 14:00" not in text_of(app)
        assert "14:20 ━━ now" in text_of(app)
        assert "→ 18:00" in text_of(app)
        # Shut at night, opened in the morning: another day, and no count that was right yesterday.
        clock.now = at("2026-11-02T08:00", NEW_YORK)
        app.tick()
        await wait_for(pilot, lambda: "Mon 2 Nov" in text_of(app))
        assert "08:00 ━━ now" in text_of(app)
        assert "Sync" not in text_of(app)


async def test_the_screen_follows_its_clock_to_another_zone(tmp_path: Path) -> None:
    clock = Clock(at("2026-11-01T09:50", BERLIN))
    home = read(tmp_path, BERLIN)
    app = flying(home, clock)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: " 10:00 ▌ Flight" in text_of(app))
        assert " 20:00 ▌ Sync" in text_of(app)
        clock.now = at("2026-11-01T12:20", NEW_YORK)
        app.tick()
        await wait_for(pilot, lambda: "1h40 free until 14:00 Sync" in text_of(app))
        assert "12:20 ━━ now" in text_of(app)
        for shown in (" 04:00 ▌ Flight", " 14:00 ▌ Sync", " 21:30 ▌ Dinner", "all day All Saints"):
            assert shown in text_of(app)
        # What is still read in the zone that was left stands on the clock of the one that was reached.
        app.post_message(messages.AgendaRefreshed(home))
        await pilot.pause()
        assert " 14:00 ▌ Sync" in text_of(app)
        assert " 20:00 ▌ Sync" not in text_of(app)


def test_a_clock_set_back_shows_no_time_that_is_gone(tmp_path: Path) -> None:
    agenda = read(tmp_path, NEW_YORK)
    first = free(agenda, SUNDAY, NEW_YORK, at("2026-11-01T15:00", NEW_YORK))
    again = free(agenda, SUNDAY, NEW_YORK, at("2026-11-01T14:45", NEW_YORK))
    assert (first, again) == (["15:00-18:00 180"], ["14:45-18:00 195"])


def meeting_of(agenda: Agenda, title: str) -> Meeting:
    return next(meeting for meeting in agenda.meetings if meeting.summary == title)


def test_the_flight_is_as_long_as_it_is(tmp_path: Path) -> None:
    for zone in (BERLIN, NEW_YORK):
        flight = meeting_of(read(tmp_path, zone), "Flight")
        assert flight.end.astimezone(UTC) - flight.start.astimezone(UTC) == timedelta(hours=8)
