"""Calendars on disk: files and folders, what is kept when they break, and what is not read twice."""

import os
import socket
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.agenda_texts import GOOD, calendar, event, utc
from tests.fleet import tick
from tui.config import CalendarSettings
from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.sources.calendars.files import CalendarError, read_regular
from tui.sources.calendars.source import KEPT_STRETCHES, AgendaSource, open_calendar

BERLIN = ZoneInfo("Europe/Berlin")
DAY = (utc("2026-03-10"), utc("2026-03-11"))
NEXT = (utc("2026-03-11"), utc("2026-03-12"))
DAILY = calendar(event("DTSTART:20260301T090000Z", "RRULE:FREQ=DAILY", summary="Daily"))

Ask = Callable[[], tuple[tuple[Meeting, ...], CalendarState]]

pytestmark = pytest.mark.timeout(120)


def asking(path: Path | str, **settings: str) -> Ask:
    opened = open_calendar(CalendarSettings(path=str(path), **settings), (), BERLIN)  # type: ignore[arg-type]
    return lambda: opened.meetings(*DAY)


def titles(meetings: tuple[Meeting, ...]) -> list[str]:
    return [meeting.summary for meeting in meetings]


def written(path: Path, text: str) -> Path:
    tick(path.parent)
    path.write_text(text)
    return path


def test_a_file_is_a_calendar_named_after_it(tmp_path: Path) -> None:
    file = written(tmp_path / "team.ics", calendar(GOOD))
    os.utime(file, (1_700_000_000, 1_700_000_000))
    ((one,), state) = asking(file)()
    assert state == CalendarState("team", "file", fetched=datetime.fromtimestamp(1_700_000_000, BERLIN))
    assert one.calendar == "team"
    assert one.start == utc("2026-03-10T10:00")
    assert one.start.tzinfo is BERLIN
    ((one,), state) = asking(file, name="Ours", color="red")()
    assert (one.calendar, state.name, state.color) == ("Ours", "Ours", "red")


def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(tmp_path: Path) -> None:
    file = written(tmp_path / "team.ics", calendar(GOOD))
    ask = asking(file)
    first, _ = ask()
    again, _ = ask()
    assert again is first
    written(file, calendar(GOOD.replace("Good", "Else")))
    assert titles(ask()[0]) == ["Else"]
    other = written(tmp_path / "new", calendar(GOOD.replace("Good", "Once")))
    other.replace(file)
    assert titles(ask()[0]) == ["Once"]


def test_only_so_many_stretches_are_kept(tmp_path: Path) -> None:
    opened = open_calendar(CalendarSettings(path=str(written(tmp_path / "a.ics", DAILY))), (), BERLIN)
    first, _ = opened.meetings(*DAY)
    for number in range(1, KEPT_STRETCHES + 1):
        shift = timedelta(days=number)
        assert titles(opened.meetings(DAY[0] + shift, DAY[1] + shift)[0]) == ["Daily"]
    again, _ = opened.meetings(*DAY)
    assert again == first
    assert again is not first


@pytest.mark.parametrize("broken", ["", "<html>sign in</html>", "not a calendar"])
def test_a_file_that_breaks_keeps_what_it_had(tmp_path: Path, broken: str) -> None:
    file = written(tmp_path / "team.ics", DAILY)
    opened = open_calendar(CalendarSettings(path=str(file)), (), BERLIN)
    good, fresh = opened.meetings(*DAY)
    written(file, broken)
    kept, state = opened.meetings(*DAY)
    assert kept == good
    assert (state.stale, state.fetched) == (True, fresh.fetched)
    assert "team.ics" in (state.error or "")
    # days that were not asked for while it was well, too
    assert titles(opened.meetings(*NEXT)[0]) == ["Daily"]
    written(file, calendar(GOOD))
    kept, state = opened.meetings(*DAY)
    assert titles(kept) == ["Good"]
    assert (state.stale, state.error) == (False, None)


def test_a_file_that_goes_keeps_what_it_had_and_says_what_to_do(tmp_path: Path) -> None:
    file = written(tmp_path / "team.ics", DAILY)
    ask = asking(file)
    ask()
    file.unlink()
    meetings, state = ask()
    assert titles(meetings) == ["Daily"]
    assert state.stale
    assert "there is no" in (state.error or "")
    assert "`path`" in (state.error or "")


def test_a_file_that_never_was(tmp_path: Path) -> None:
    meetings, state = asking(tmp_path / "none.ics")()
    assert meetings == ()
    assert (state.name, state.stale, state.fetched) == ("none", False, None)
    assert "there is no" in (state.error or "")
    assert "there is no" in (asking("~nobody-like-this/x.ics")()[1].error or "")
    assert asking("a\0b.ics")()[1].error


def test_what_is_no_regular_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ics")
    (tmp_path / "loop.ics").symlink_to(tmp_path / "loop.ics")
    (tmp_path / "zero.ics").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(str(tmp_path / "s.ics"))
        for name in ("pipe.ics", "loop.ics", "zero.ics", "s.ics"):
            meetings, state = asking(tmp_path / name)()
            assert meetings == ()
            assert state.error


def test_a_file_may_be_a_link(tmp_path: Path) -> None:
    written(tmp_path / "real", calendar(GOOD))
    (tmp_path / "team.ics").symlink_to(tmp_path / "real")
    assert titles(asking(tmp_path / "team.ics")()[0]) == ["Good"]


def test_a_file_has_a_largest_size(tmp_path: Path) -> None:
    file = tmp_path / "huge.ics"
    with file.open("wb") as huge:
        huge.truncate(300 * 1024 * 1024)
    meetings, state = asking(file)()
    assert meetings == ()
    assert "larger" in (state.error or "")
    with pytest.raises(CalendarError, match="larger"):
        read_regular(written(tmp_path / "small.ics", "12345"), 4)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    file = written(tmp_path / "team.ics", calendar(GOOD))
    file.chmod(0)
    assert "Permission" in (asking(file)()[1].error or "")
    file.chmod(stat.S_IRUSR)
    assert asking(file)()[1].error is None


def test_a_folder_is_a_calendar(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    (folder / "sub.ics").mkdir(parents=True)
    written(folder / "one.ics", calendar(GOOD))
    written(folder / "TWO.ICS", calendar(event("DTSTART:20260310T120000Z", uid="2", summary="Two")))
    written(folder / ".hidden.ics", calendar(event("DTSTART:20260310T120000Z", uid="3", summary="Hidden")))
    written(folder / "four.ics.tmp", calendar(event("DTSTART:20260310T120000Z", uid="4", summary="Partial")))
    written(folder / "broken.ics", "garbage")
    os.mkfifo(folder / "pipe.ics")
    (folder / "gone.ics").symlink_to(tmp_path / "nowhere")
    (folder / "zero.ics").symlink_to("/dev/zero")
    meetings, state = asking(folder)()
    assert titles(meetings) == ["Good", "Two"]
    assert (state.name, state.kind, state.error, state.stale) == ("work", "folder", None, False)
    assert len(state.unread) == 1
    assert "broken.ics" in state.unread[0]


def test_a_folder_names_and_colours_itself(tmp_path: Path) -> None:
    written(tmp_path / "displayname", "Ana's\x1b[31m calendar\n")
    written(tmp_path / "color", "#CC73E1FF\n")
    written(tmp_path / "one.ics", calendar(GOOD))
    ((one,), state) = asking(tmp_path)()
    assert one.calendar == state.name
    assert state.name.startswith("Ana's")
    assert "\x1b" not in state.name
    assert state.color == "#cc73e1"
    ((one,), state) = asking(tmp_path, name="Mine", color="blue")()
    assert (one.calendar, state.name, state.color) == ("Mine", "Mine", "blue")
    written(tmp_path / "color", "red; rm -rf")
    assert asking(tmp_path)()[1].color == ""


def test_of_a_folder_only_changed_files_are_read(tmp_path: Path) -> None:
    for number in range(30):
        day = event(f"DTSTART:20260310T10{number:02}00Z", uid=f"{number}", summary=f"{number:02}")
        written(tmp_path / f"{number}.ics", calendar(day))
    opened = open_calendar(CalendarSettings(path=str(tmp_path)), (), BERLIN)
    first, _ = opened.meetings(*DAY)
    assert len(first) == 30
    written(tmp_path / "7.ics", calendar(event("DTSTART:20260310T230000Z", uid="7", summary="last")))
    (tmp_path / "8.ics").unlink()
    written(tmp_path / "new.ics", calendar(GOOD))
    again, state = opened.meetings(*DAY)
    assert titles(again)[-1] == "last"
    assert (len(again), state.error, state.unread) == (30, None, ())
    written(tmp_path / "9.ics", "half writ")
    kept, state = opened.meetings(*DAY)
    assert kept == again
    assert "9.ics" in state.unread[0]


def test_a_series_and_its_changes_may_lie_in_two_files(tmp_path: Path) -> None:
    written(tmp_path / "a.ics", DAILY)
    change = event("RECURRENCE-ID:20260310T090000Z", "DTSTART:20260310T150000Z", summary="Moved")
    written(tmp_path / "b.ics", calendar(change))
    assert titles(asking(tmp_path)()[0]) == ["Moved"]


def test_a_folder_that_goes_keeps_what_it_had(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    folder.mkdir()
    written(folder / "one.ics", DAILY)
    ask = asking(folder)
    ask()
    folder.rename(tmp_path / "away")
    meetings, state = ask()
    assert titles(meetings) == ["Daily"]
    assert state.stale
    (tmp_path / "away").rename(folder)
    assert ask()[1].error is None


def test_an_empty_folder_is_no_error(tmp_path: Path) -> None:
    assert asking(tmp_path)() == ((), CalendarState(tmp_path.name, "folder"))


def agenda_of(*settings: CalendarSettings) -> Agenda:
    return AgendaSource(settings, ["ME@example.com "], BERLIN, lambda: utc("2026-03-10T08:00")).read_agenda(*DAY)


def test_calendars_make_one_agenda_and_a_broken_one_harms_no_other(tmp_path: Path) -> None:
    late = written(tmp_path / "late.ics", calendar(event("DTSTART:20260310T220000Z", uid="l", summary="Late")))
    good = written(tmp_path / "good.ics", calendar(GOOD))
    page = written(tmp_path / "page.ics", "<html>")
    agenda = agenda_of(*(CalendarSettings(path=str(path)) for path in (late, page, good)))
    assert titles(agenda.meetings) == ["Good", "Late"]
    assert [(state.name, state.error is None) for state in agenda.calendars] == [
        ("late", True),
        ("page", False),
        ("good", True),
    ]
    assert (agenda.time_zone, agenda.start, agenda.end) == ("Europe/Berlin", *DAY)
    assert agenda.start.tzinfo is BERLIN
    assert agenda.taken_at == utc("2026-03-10T08:00")


def test_addresses_of_the_person_and_of_the_calendar_both_count(tmp_path: Path) -> None:
    declined = calendar(event("DTSTART:20260310T080000Z", "ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.com"))
    other = calendar(event("DTSTART:20260310T090000Z", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:i@other.org"))
    mine = CalendarSettings(path=str(written(tmp_path / "a.ics", declined)))
    theirs = CalendarSettings(path=str(written(tmp_path / "b.ics", other)), me=("I@Other.org",))
    assert [meeting.response for meeting in agenda_of(mine, theirs).meetings] == ["declined", "accepted"]


def test_without_calendars_there_is_an_empty_agenda() -> None:
    agenda = agenda_of()
    assert (agenda.meetings, agenda.calendars) == ((), ())


def test_equal_readings_are_equal(tmp_path: Path) -> None:
    settings = CalendarSettings(path=str(written(tmp_path / "a.ics", DAILY)))
    moments = iter((datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC)))
    source = AgendaSource([settings], (), BERLIN, lambda: next(moments))
    assert source.read_agenda(*DAY) == source.read_agenda(*DAY)


def test_nothing_is_looked_for_in_far_years(tmp_path: Path) -> None:
    opened = open_calendar(CalendarSettings(path=str(written(tmp_path / "a.ics", DAILY))), (), BERLIN)
    assert opened.meetings(utc("2300-01-01"), utc("2300-01-02"))[0] == ()
    assert len(opened.meetings(utc("2199-12-30"), utc("2201-01-01"))[0]) == 2
    assert opened.meetings(utc("1800-01-01"), utc("1900-01-02"))[0] == ()
