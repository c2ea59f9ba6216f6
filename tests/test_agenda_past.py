"""The past of calendars, read behind the agenda: real files, and the process that reads them."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.agenda_texts import calendar, event
from tests.fleet import tick
from tui.config import CalendarSettings
from tui.domain.agenda import Agenda
from tui.domain.slide import PAST_DAYS, Past
from tui.refresh import Worker
from tui.sources.calendars import past as past_module
from tui.sources.calendars.orders import Wanted
from tui.sources.calendars.past import PastReader
from tui.sources.calendars.remote import RemoteAgenda
from tui.sources.calendars.source import AgendaSource

PATIENCE = 90.0
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 10, 11, 30, tzinfo=BERLIN)
DAYS = (datetime(2026, 3, 10, tzinfo=BERLIN), datetime(2026, 3, 12, tzinfo=BERLIN))
WEEKLY = event(
    "DTSTART;TZID=Europe/Berlin:20251201T100000", "DURATION:PT50M", "RRULE:FREQ=WEEKLY",
    uid="w", summary="Usage caps: sales",
)  # fmt: skip

pytestmark = pytest.mark.timeout(180)


def at(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def met(days: float, title: str, *lines: str, now: datetime = NOW, uid: str = "") -> str:
    """An hour's meeting that began `days` ago."""
    start = now - timedelta(days=days)
    times = (f"DTSTART:{at(start)}", f"DTEND:{at(start + timedelta(hours=1))}")
    return event(*times, *lines, uid=uid or f"{title}-{days}", summary=title)


def written(path: Path, *components: str) -> Path:
    tick(path.parent)
    path.write_text(calendar(*components))
    return path


def source_of(*paths: Path) -> AgendaSource:
    return AgendaSource([CalendarSettings(path=str(path)) for path in paths], ("me@example.com",), BERLIN, lambda: NOW)


def read_all(source: AgendaSource, reader: PastReader) -> Past:
    past = reader.read(source.read_agenda(*DAYS), lambda: False)
    assert past is not None
    return past


def titles(past: Past) -> list[str]:
    return [meeting.title for meeting in past.meetings]


def test_titles_of_ninety_days_come_with_their_times_once_each(tmp_path: Path) -> None:
    declined = "ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.com"
    work = written(
        tmp_path / "work.ics",
        WEEKLY,
        met(2, "Board prep", "ORGANIZER;CN=Ana:mailto:ana@example.com"),
        met(3, "Declined", declined),
        met(4, "Cancelled", "STATUS:CANCELLED"),
        met(5, "Free", "TRANSP:TRANSPARENT"),
        met(200, "Long ago"),
        met(-1, "Tomorrow"),
        met(0.01, "Under way"),
        event("DTSTART;VALUE=DATE:20260301", uid="day", summary="Release week"),
    )
    team = written(tmp_path / "team.ics", WEEKLY, met(2, "BOARD prep", uid="copy"))
    source = source_of(work, team)
    past = read_all(source, PastReader(source, PAST_DAYS, lambda: NOW))
    mondays = [datetime(2026, 3, 9, 10, tzinfo=BERLIN) - timedelta(weeks=number) for number in range(14)]
    counted = [meeting for meeting in past.meetings if meeting.title == "Usage caps: sales"]
    assert [meeting.start for meeting in counted] == mondays
    assert {meeting.minutes for meeting in counted} == {50}
    assert [title for title in titles(past) if title != "Usage caps: sales"] == ["Board prep"]
    assert [meeting.invited for meeting in past.meetings if meeting.title == "Board prep"] == [True]
    assert past.whole


def test_it_makes_way_and_goes_on_where_it_was(tmp_path: Path) -> None:
    source = source_of(written(tmp_path / "a.ics", WEEKLY), written(tmp_path / "b.ics", met(50, "Audit log viewer")))
    agenda = source.read_agenda(*DAYS)
    reader = PastReader(source, PAST_DAYS, lambda: NOW)
    begun: list[int] = []
    source.begun = begun.append
    times = 0
    past = None
    while past is None:
        seen = len(begun)
        past = reader.read(agenda, lambda seen=seen: len(begun) > seen)  # type: ignore[misc]
        assert begun[seen:] in ([0, -1], [1, -1]), "one calendar, one slice, and nothing is being read afterwards"
        times += 1
    assert times == len(begun) / 2 == 2 * (PAST_DAYS // past_module.SLICE_DAYS + 1)
    assert past == read_all(source, PastReader(source, PAST_DAYS, lambda: NOW))
    assert {"Usage caps: sales", "Audit log viewer"} == set(titles(past))


def test_it_is_read_again_only_after_a_while_or_a_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = written(tmp_path / "a.ics", met(2, "Usage caps"))
    source = source_of(file)
    reader = PastReader(source, PAST_DAYS, lambda: NOW)
    assert titles(read_all(source, reader)) == ["Usage caps"]
    assert reader.read(source.read_agenda(*DAYS), lambda: False) is None
    written(file, met(2, "Usage caps"), met(3, "Audit log"))
    assert reader.read(source.read_agenda(*DAYS), lambda: False) is None, "some calendars change every minute"
    monkeypatch.setattr(past_module, "CHANGED_SECONDS", 0.0)
    assert titles(read_all(source, reader)) == ["Usage caps", "Audit log"]
    assert reader.read(source.read_agenda(*DAYS), lambda: False) is None
    monkeypatch.setattr(past_module, "EVERY_SECONDS", 0.0)
    assert titles(read_all(source, reader)) == ["Usage caps", "Audit log"]


def test_a_calendar_that_cannot_be_read_keeps_no_other_away(tmp_path: Path) -> None:
    source = source_of(tmp_path / "none.ics", written(tmp_path / "a.ics", met(2, "Usage caps")))
    past = read_all(source, PastReader(source, PAST_DAYS, lambda: NOW))
    assert (titles(past), past.whole) == (["Usage caps"], False)


def test_a_slow_calendar_is_left_at_its_newest_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past_module, "SLOW_SECONDS", -1.0)
    source = source_of(written(tmp_path / "a.ics", met(0.1, "Usage caps"), met(50, "Long ago")))
    past = read_all(source, PastReader(source, PAST_DAYS, lambda: NOW))
    assert (titles(past), past.whole) == (["Usage caps"], False)


def test_without_calendars_there_is_no_past() -> None:
    source = source_of()
    assert PastReader(source, PAST_DAYS, lambda: NOW).read(source.read_agenda(*DAYS), lambda: False) is None


class Listener:
    """A remote agenda behind a worker, as the engine has it, and what came of it, in order."""

    def __init__(self, *paths: Path, days: int = PAST_DAYS) -> None:
        now = datetime.now(BERLIN)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        calendars = tuple(CalendarSettings(path=str(path)) for path in paths)
        wanted = Wanted(calendars, time_zone="Europe/Berlin", refresh_seconds=3600, past_days=days)
        self.stretch = (midnight, midnight + timedelta(days=2))
        self.source = RemoteAgenda(wanted, BERLIN)
        self.told: list[Agenda | Past] = []
        self.source.past_read = self.told.append
        self.failures: list[str] = []
        self.worker = Worker(
            "agenda",
            lambda: self.source.read(*self.stretch),
            self.told.append,
            lambda failure: self.failures.append(failure.error),
            every=0.1,
        )
        self.source.notify = self.worker.request
        self.worker.start()

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + PATIENCE
        while not true():
            assert time.monotonic() < end, (self.told, self.failures)
            time.sleep(0.01)

    @property
    def pasts(self) -> list[Past]:
        return [one for one in self.told if isinstance(one, Past)]

    @property
    def agendas(self) -> list[Agenda]:
        return [one for one in self.told if isinstance(one, Agenda)]

    def close(self) -> None:
        self.worker.end()
        self.source.close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def open_one(*paths: Path, days: int = PAST_DAYS) -> Listener:
        opened.append(Listener(*paths, days=days))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def test_the_agenda_comes_first_and_the_past_whole_after_it(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    now = datetime.now(BERLIN)
    many = [met(1 + number / 24, f"Usage caps {number}", now=now) for number in range(450)]
    one = listen(written(tmp_path / "work.ics", *many))
    one.until(lambda: one.pasts)
    assert isinstance(one.told[0], Agenda)
    (past,) = one.pasts
    assert titles(past) == [f"Usage caps {number}" for number in range(450)]
    assert {meeting.start.tzinfo for meeting in past.meetings} == {BERLIN}
    assert one.failures == []


def test_hostile_titles_come_as_they_are(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    now = datetime.now(BERLIN)
    title = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e caps" + "x" * 5000
    one = listen(written(tmp_path / "work.ics", met(1, title, now=now), met(2, "", now=now)))
    one.until(lambda: one.pasts)
    assert [met.title for met in one.pasts[0].meetings] == [title[:200], ""]


def test_where_nobody_wants_it_no_past_is_read(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    file = written(tmp_path / "work.ics", met(1, "Usage caps", now=datetime.now(BERLIN)))
    one = listen(file, days=0)
    one.until(lambda: one.agendas)
    one.stretch = (one.stretch[0] - timedelta(days=2), one.stretch[1])
    one.until(lambda: one.agendas[-1].start == one.stretch[0])
    assert one.pasts == []


def test_a_past_that_never_ends_costs_the_day_nothing(
    tmp_path: Path, listen: Callable[..., Listener], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sources.calendars.remote.PROGRAM", "tests.odd_agenda")
    now = datetime.now(BERLIN)
    one = listen(written(tmp_path / "old.ics", met(-0.05, "Soon", now=now), met(60, "Usage caps", now=now)))
    one.until(lambda: one.agendas)
    first = one.source.process
    one.until(lambda: one.source.process not in (None, first))
    one.until(lambda: one.failures)
    one.stretch = (one.stretch[0] - timedelta(days=1), one.stretch[1])
    one.until(lambda: one.agendas[-1].start == one.stretch[0])
    assert [meeting.summary for meeting in one.agendas[-1].meetings] == ["Soon"]
    assert one.agendas[-1].calendars[0].error is None, "it is not left out: the day can be read"
    assert one.source.overdue() is None
    assert one.pasts == []
