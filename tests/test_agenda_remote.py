"""The process the agenda is read in, as the dashboard's source meets it: a real one, on real calendars."""

import os
import signal
import stat
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.agenda_texts import GOOD, calendar, event
from tests.fleet import tick
from tui.config import CalendarSettings
from tui.domain.agenda import Agenda, CalendarState, Meeting, in_order, in_zone
from tui.refresh import Worker
from tui.sources.calendars.orders import Wanted
from tui.sources.calendars.remote import RemoteAgenda
from tui.sources.calendars.saved import MOST_MEETINGS, SavedAgenda
from tui.sources.calendars.source import AgendaSource
from tui.sources.wire import from_plain, to_plain

PATIENCE = 90.0
BERLIN = ZoneInfo("Europe/Berlin")
DAYS = (datetime(2026, 3, 10, tzinfo=BERLIN), datetime(2026, 3, 12, tzinfo=BERLIN))
LATER = (datetime(2026, 3, 12, tzinfo=BERLIN), datetime(2026, 3, 13, tzinfo=BERLIN))
DAILY = event("DTSTART:20260301T090000Z", "DTEND:20260301T100000Z", "RRULE:FREQ=DAILY", uid="d", summary="Daily")

pytestmark = pytest.mark.timeout(180)


class Listener:
    """A remote agenda behind a worker, as the engine has it, and what came of it."""

    def __init__(self, wanted: Wanted) -> None:
        self.stretch = DAYS
        self.source = RemoteAgenda(wanted, BERLIN)
        self.agendas: list[Agenda] = []
        self.failures: list[str] = []
        self.worker = Worker(
            "agenda",
            lambda: self.source.read(*self.stretch),
            self.agendas.append,
            lambda failure: self.failures.append(failure.error),
            every=0.1,
        )
        self.source.notify = self.worker.request
        self.worker.start()

    def until(self, true: Callable[[Agenda], bool]) -> Agenda:
        """The first agenda from now on for which `true` holds."""
        until(lambda: self.agendas and true(self.agendas[-1]))
        return self.agendas[-1]

    def close(self) -> None:
        self.worker.end()
        self.source.close()


Open = Callable[..., Listener]


@pytest.fixture
def listen() -> Iterator[Open]:
    opened: list[Listener] = []

    def open_one(*paths: Path, saved: Path | None = None) -> Listener:
        calendars = tuple(CalendarSettings(path=str(path)) for path in paths)
        wanted = Wanted(calendars, time_zone="Europe/Berlin", refresh_seconds=3600, saved=saved)
        opened.append(Listener(wanted))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def titles(agenda: Agenda) -> list[str]:
    return [meeting.summary for meeting in agenda.meetings]


def written(path: Path, *components: str) -> Path:
    tick(path.parent)
    path.write_text(calendar(*components))
    return path


def test_it_says_what_reading_here_says(tmp_path: Path, listen: Open) -> None:
    file = written(tmp_path / "work.ics", DAILY, GOOD)
    agenda = listen(file).until(bool)
    here = AgendaSource((CalendarSettings(path=str(file)),), (), BERLIN, lambda: DAYS[0]).read_agenda(*DAYS)
    assert agenda == here
    assert {meeting.start.tzinfo for meeting in agenda.meetings} == {BERLIN}
    assert (agenda.start.tzinfo, agenda.calendars[0].fetched.tzinfo) == (BERLIN, BERLIN)  # type: ignore[union-attr]


def test_other_days_and_changes_are_read_when_asked_for(tmp_path: Path, listen: Open) -> None:
    file = written(tmp_path / "work.ics", DAILY)
    one = listen(file)
    assert titles(one.until(bool)) == ["Daily", "Daily"]
    one.stretch = LATER
    assert titles(one.until(lambda agenda: agenda.start == LATER[0])) == ["Daily"]
    written(file, DAILY.replace("Daily", "Else"))
    one.source.request()
    one.until(lambda agenda: titles(agenda) == ["Else"])
    assert one.failures == []


def test_many_meetings_come_in_parts_and_whole(tmp_path: Path, listen: Open) -> None:
    events = [
        event(f"DTSTART:20260310T{number // 60:02}{number % 60:02}00Z", uid=f"{number}", summary=f"{number}")
        for number in range(20 * 60)
    ]
    one = listen(written(tmp_path / "work.ics", *events))
    agenda = one.until(bool)
    assert titles(agenda) == [f"{number}" for number in range(1200)]
    assert len(one.agendas) == 1


def test_a_process_that_is_killed_is_started_again_and_that_is_said(tmp_path: Path, listen: Open) -> None:
    file = written(tmp_path / "work.ics", DAILY)
    one = listen(file)
    one.until(bool)
    first = one.source.process
    assert first
    written(file, DAILY.replace("Daily", "Else"))
    os.kill(first, signal.SIGKILL)
    one.until(lambda agenda: titles(agenda)[0] == "Else")
    assert [failure for failure in one.failures if "started again" in failure]
    assert one.source.process not in (None, first)


def test_it_ends_with_the_dashboard(tmp_path: Path, listen: Open) -> None:
    one = listen(written(tmp_path / "work.ics", DAILY))
    one.until(bool)
    process = one.source.process
    assert process
    one.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)


@pytest.mark.parametrize("name", ["stuck", "fatal"])
def test_a_calendar_that_never_ends_or_ends_the_process_is_left_out(
    tmp_path: Path, listen: Open, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("tui.sources.calendars.remote.PROGRAM", "tests.odd_agenda")
    monkeypatch.setattr("tui.sources.calendars.remote.LONG_SECONDS", 0.1)
    odd = written(tmp_path / f"{name}.ics", GOOD)
    one = listen(odd, written(tmp_path / "work.ics", DAILY))
    if name == "stuck":
        until(one.source.overdue)
        assert (one.source.overdue() or "").startswith("`stuck` has been read for ")
    agenda = one.until(bool)
    assert one.source.overdue() is None
    assert titles(agenda) == ["Daily", "Daily"]
    states = {state.name: state.error for state in agenda.calendars}
    assert "left out until you refresh all" in (states[name] or "")
    assert states["work"] is None
    assert any("started again" in failure for failure in one.failures)
    process = one.source.process
    one.source.request()  # R gives it another chance, which it does not use: left out once more, and nothing else lost
    until(lambda: one.source.process not in (None, process))
    process = one.source.process
    one.until(lambda agenda: agenda.calendars[0].error is not None)
    assert titles(one.agendas[-1]) == ["Daily", "Daily"]


def test_a_calendar_that_wants_more_memory_than_there_is_says_so(
    tmp_path: Path, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sources.calendars.remote.PROGRAM", "tests.odd_agenda")
    one = listen(written(tmp_path / "greedy.ics", GOOD), written(tmp_path / "work.ics", DAILY))
    agenda = one.until(bool)
    assert titles(agenda) == ["Daily", "Daily"]
    assert "more memory" in (agenda.calendars[0].error or "")
    assert one.failures == []


def test_a_person_who_comes_to_another_zone_has_floating_times_read_there(
    tmp_path: Path, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    file = written(tmp_path / "work.ics", event("DTSTART:20260310T090000", "DURATION:PT1H", summary="Floating"))
    one = listen(file)
    one.source._wanted = replace(one.source._wanted, time_zone="")
    first = one.until(lambda agenda: bool(agenda.meetings))
    assert first.meetings[0].start == DAYS[0].replace(hour=9)
    process = one.source.process
    monkeypatch.setenv("TZ", "America/New_York")
    new_york = ZoneInfo("America/New_York")
    one.stretch = (datetime(2026, 3, 10, tzinfo=new_york), datetime(2026, 3, 12, tzinfo=new_york))
    agenda = one.until(lambda agenda: agenda.start == one.stretch[0])
    assert agenda.meetings[0].start == datetime(2026, 3, 10, 9, tzinfo=new_york)
    assert agenda.meetings[0].start.tzinfo == new_york
    assert one.source.process != process
    assert one.failures == []


# What is kept from one run to the next.


def saved_in(folder: Path, *names: str) -> SavedAgenda:
    return SavedAgenda(folder / "agenda.json", [CalendarSettings(path=name) for name in names], BERLIN)


def agenda_of(*meetings: Meeting, error: str | None = None) -> Agenda:
    start, end = DAYS[0] - timedelta(days=1), DAYS[0] + timedelta(days=9)
    states = (CalendarState("work", "file", fetched=DAYS[0], error=error),)
    return Agenda(start, end, "Europe/Berlin", in_order(meetings), states, taken_at=DAYS[0])


MEETING = Meeting(DAYS[0].replace(hour=9), DAYS[0].replace(hour=10), "Staff \u202e meeting", "work", uid="u")


def test_the_process_keeps_the_agenda_for_the_next_start(tmp_path: Path, listen: Open) -> None:
    file = tmp_path / "cache" / "agenda.json"
    one = listen(written(tmp_path / "work.ics", DAILY), saved=file)
    today = datetime.now(BERLIN).replace(hour=0, minute=0, second=0, microsecond=0)
    one.stretch = (today - timedelta(days=1), today + timedelta(days=3))
    agenda = one.until(lambda agenda: agenda.start == one.stretch[0])
    until(file.exists)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    kept = SavedAgenda(file, [CalendarSettings(path=str(tmp_path / "work.ics"))], BERLIN).read(datetime.now(BERLIN))
    assert kept == replace(agenda, remembered=True)


def test_only_what_is_about_today_and_these_calendars_is_shown_again(tmp_path: Path) -> None:
    agenda = agenda_of(MEETING)
    saved_in(tmp_path, "work.ics").keep(agenda, DAYS[0])
    assert saved_in(tmp_path, "work.ics").read(DAYS[0]) == replace(agenda, remembered=True)
    assert saved_in(tmp_path, "other.ics").read(DAYS[0]) is None
    assert saved_in(tmp_path, "work.ics").read(DAYS[0] + timedelta(days=9)) is None
    assert saved_in(tmp_path, "work.ics").read(DAYS[0] - timedelta(days=9)) is None
    for content in (b"", b"{}", b"nonsense", (tmp_path / "agenda.json").read_bytes()[:-40]):
        (tmp_path / "agenda.json").write_bytes(content)
        assert saved_in(tmp_path, "work.ics").read(DAYS[0]) is None


def test_an_agenda_with_a_calendar_missing_replaces_no_good_one(tmp_path: Path) -> None:
    saved = saved_in(tmp_path, "work.ics")
    saved.keep(agenda_of(MEETING), DAYS[0])
    saved.keep(agenda_of(error="it is gone"), DAYS[0])
    assert titles(saved.read(DAYS[0]) or agenda_of()) == [MEETING.summary]


def test_of_very_many_meetings_whole_days_are_kept(tmp_path: Path) -> None:
    first = DAYS[0].replace(hour=0)
    many = [
        replace(MEETING, uid=f"{n}", start=first + timedelta(minutes=n), end=first + timedelta(minutes=n + 1))
        for n in range(MOST_MEETINGS + 500)
    ]
    saved = saved_in(tmp_path, "work.ics")
    saved.keep(agenda_of(*many), DAYS[0])
    kept = saved.read(DAYS[0])
    assert kept is None or kept.end <= kept.meetings[-1].start


def test_the_address_of_a_calendar_is_not_in_the_file(tmp_path: Path) -> None:
    saved_in(tmp_path, "https://example.com/secret-token/basic.ics").keep(agenda_of(MEETING), DAYS[0])
    assert b"secret-token" not in (tmp_path / "agenda.json").read_bytes()


@given(
    st.datetimes(*(datetime(year, 1, 1) for year in (2020, 2030))),  # noqa: DTZ001
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
)
def test_instants_and_zone_survive_the_way_through_the_pipe(wall: datetime, name: str) -> None:
    zone = ZoneInfo(name)
    start = wall.replace(tzinfo=UTC, microsecond=0).astimezone(zone)
    meeting = replace(MEETING, start=start, end=start + timedelta(minutes=30))
    agenda = replace(agenda_of(meeting), start=start, end=start + timedelta(days=1))
    again = in_zone(from_plain(to_plain(agenda), Agenda), zone)
    assert again.meetings[0].start.timestamp() == start.timestamp()
    assert (again.meetings[0].start.fold, again.meetings[0].start.tzinfo) == (start.fold, zone)
