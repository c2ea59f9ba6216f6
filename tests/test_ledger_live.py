"""The ledger through the real engine: written, followed, kept while another program has the terminal, told when bad."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.waiting import until
from tui import messages, paths
from tui.config import CalendarSettings, Config
from tui.domain.sessions import Entry, Ledger, complaints, going, noting, open_sessions, starting
from tui.live import LiveEngine
from tui.sources.calendars.orders import Wanted
from tui.sources.calendars.remote import RemoteAgenda
from tui.sources.ledger import LedgerStore
from tui.sources.view_file import ViewFile

NOW = datetime(2026, 3, 10, 10, 55, tzinfo=UTC)
MEETING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Board prep\r\n"
    "DTSTART:20260310T110000Z\r\nDTEND:20260310T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


class Silent:
    """A source with nothing to say."""

    notify = opened = shown = None

    def read(self) -> tuple[()]:
        return ()

    def pause(self, paused: bool) -> None:
        """Rest."""

    def close(self) -> None:
        """End."""


class Desk:
    """A live engine on a home of its own, and what it says."""

    def __init__(self, folder: Path) -> None:
        self.said: list[Any] = []
        self.now = NOW
        (folder / "work").mkdir()
        (folder / "work" / "a.ics").write_text(MEETING)
        calendars = (CalendarSettings(path=str(folder / "work")),)
        self.engine = LiveEngine(
            Config(calendars=calendars),
            fleet=Silent,
            agenda=lambda: RemoteAgenda(Wanted(calendars, time_zone="UTC"), UTC),
            backlog=Silent,
            sync=Silent,
            views=ViewFile(folder / "view.json"),
            now=lambda: self.now,
        )
        self.engine.start(self.said.append)

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in list(self.said) if type(message) is kind]

    @property
    def ledger(self) -> Ledger:
        shown: Ledger = self.of(messages.LedgerRefreshed)[-1].ledger
        return shown

    def start(self) -> str:
        self.engine.record((starting(self.now, "x", "Caps", Path("/src/billing"), "main", "1"),))
        until(lambda: self.of(messages.LedgerWritten))
        (entry,) = self.of(messages.LedgerWritten)[0].entries
        written: Entry = entry
        return written.session


@pytest.fixture
def desk(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setenv("MAKERHOUR_HOME", str(home / "own"))
    made = Desk(tmp_path)
    until(lambda: made.of(messages.AgendaRefreshed))  # its process is there, to be ended
    yield made
    made.engine.stop()


def store() -> LedgerStore:
    return LedgerStore(paths.ledger_file(), lambda: NOW)


def test_each_call_is_answered_in_turn_by_a_ledger_that_knows_it(desk: Desk) -> None:
    id = desk.start()
    (session,) = desk.ledger.sessions
    assert (session.id, session.title, session.standing) == (id, "Caps", "open")
    for number in range(3):
        desk.engine.record((noting(session, desk.now, "next", f"line {number}", "2"),))
    until(lambda: len(desk.of(messages.LedgerWritten)) == 4)
    told = [message for message in desk.said if type(message) in (messages.LedgerRefreshed, messages.LedgerWritten)]
    for number in range(3):
        place = told.index(desk.of(messages.LedgerWritten)[1 + number])
        (entry,) = told[place].entries
        assert (entry.text, bool(entry.id)) == (f"line {number}", True)
        known = [message for message in told[:place] if isinstance(message, messages.LedgerRefreshed)][-1].ledger
        assert [note.text for note in known.sessions[0].notes][number] == f"line {number}"
    assert store().read().sessions == desk.ledger.sessions
    assert paths.ledger_file().stat().st_mode & 0o777 == 0o600


def test_what_another_makerhour_writes_arrives_by_itself_and_only_when_it_differs(desk: Desk) -> None:
    until(lambda: desk.of(messages.LedgerRefreshed))
    assert desk.ledger.sessions == ()
    store().append([starting(NOW, "y", "Fix", Path("/src/site"), "main", "1")])
    until(lambda: desk.ledger.sessions)
    before = len(desk.of(messages.LedgerRefreshed))
    desk.engine._ledger.request()
    until(lambda: desk.engine._ledger.busy_since is None and not desk.engine._ledger.asked())
    assert len(desk.of(messages.LedgerRefreshed)) == before == 2


def test_what_cannot_be_written_is_an_answer_with_the_remedy_and_nothing_is_lost(desk: Desk) -> None:
    id = desk.start()
    paths.ledger_file().chmod(0o400)
    (session,) = desk.ledger.sessions
    desk.engine.record((going(session, "parked", desk.now),))
    until(lambda: desk.of(messages.WriteFailed))
    (failed,) = desk.of(messages.WriteFailed)
    assert failed.source == "ledger"
    assert "nothing was written" in failed.error
    assert [message.entries[0].kind for message in desk.of(messages.LedgerWritten)] == ["started"]
    paths.ledger_file().chmod(0o600)
    desk.engine.record((going(session, "parked", desk.now),))
    until(lambda: len(desk.of(messages.LedgerWritten)) == 2)
    assert [session.standing for session in store().read().sessions if session.id == id] == ["parked"]


def test_a_session_is_kept_while_another_program_has_the_terminal(desk: Desk) -> None:
    id = desk.start()
    desk.engine.tend(id)
    desk.engine.pause(True)
    for seconds in range(0, 601, 20):
        desk.now = NOW + timedelta(seconds=seconds)
        desk.engine._ledger.request()
        until(lambda: not desk.engine._ledger.asked() and desk.engine._ledger.busy_since is None)
    (session,) = store().read().sessions
    assert (session.away, session.away_for, session.made) == (True, "a meeting", timedelta(minutes=5))
    desk.engine.pause(False)
    until(lambda: desk.ledger.sessions[0].away)


def test_what_is_noted_right_after_a_sleep_does_not_make_it_time(desk: Desk) -> None:
    desk.now = NOW + timedelta(hours=2)
    desk.engine.tend(desk.start())
    desk.engine._ledger.request()
    until(lambda: not desk.engine._ledger.asked() and desk.engine._ledger.busy_since is None)
    (session,) = desk.ledger.sessions
    gate = threading.Event()

    def hold_up() -> None:
        gate.wait(60)

    desk.engine._ledger.submit(hold_up)  # the key comes before the keeper looks
    desk.now += timedelta(hours=1)
    desk.engine.record((noting(session, desk.now, "next", "awake", "2"),))
    gate.set()
    until(lambda: len(desk.of(messages.LedgerWritten)) == 2)
    assert store().read().sessions[0].made == timedelta()


def test_leaving_writes_what_is_counted_and_the_session_is_found_again(desk: Desk) -> None:
    desk.engine.tend(desk.start())
    desk.now = NOW + timedelta(seconds=47)
    assert desk.engine.stop() == ""
    (session,) = open_sessions(store().read().sessions)
    assert session.made == timedelta(seconds=47)


def test_an_entry_handed_over_last_is_written_before_the_end_or_named_as_lost(desk: Desk) -> None:
    desk.start()
    (session,) = desk.ledger.sessions
    desk.engine.record((noting(session, desk.now, "next", "the last line", "2"),))
    assert desk.engine.stop() == ""
    assert [note.text for note in store().read().sessions[0].notes] == ["the last line"]


def test_an_entry_that_cannot_be_written_on_the_way_out_is_named(desk: Desk) -> None:
    desk.start()
    (session,) = desk.ledger.sessions
    paths.ledger_file().chmod(0o400)
    gate = threading.Event()

    def hold_up() -> None:
        gate.wait(60)

    desk.engine._ledger.submit(hold_up)
    desk.engine.record((noting(session, desk.now, "next", "the last line", "2"),))
    threading.Timer(0.2, gate.set).start()
    lost = desk.engine.stop()
    assert "what was changed last is not written: ledger: " in lost


def test_what_is_wrong_with_the_file_is_told_once_each() -> None:
    well, bad = Ledger(), Ledger(problem="it is a folder", remarks=("line 2 is torn",))
    assert complaints(None, well) == ()
    assert complaints(well, bad) == ("it is a folder", "line 2 is torn")
    assert complaints(bad, bad) == ()
    assert complaints(bad, Ledger(remarks=("line 2 is torn", "a line is newer"))) == ("a line is newer",)
    assert complaints(None, bad) == complaints(well, bad)
