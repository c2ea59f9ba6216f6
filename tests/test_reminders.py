"""The person's own reminder command: started for real, with whole arguments, ended where it does not end itself."""

import os
import sys
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.waiting import until
from tui.config import AgendaSettings, CalendarSettings, Config
from tui.domain.agenda import Agenda, Meeting
from tui.domain.holding import Hold
from tui.domain.planning import Gap, PlanningRules
from tui.domain.reminding import ReminderRules
from tui.live import LiveEngine
from tui.messages import AgendaRefreshed, HoldDrafted, HoldWritten, WriteFailed
from tui.reminders import Reminders
from tui.sources.calendars.orders import Wanted
from tui.sources.calendars.remote import RemoteAgenda
from tui.sources.view_file import ViewFile

NOW = datetime(2026, 3, 10, 10, 55, tzinfo=UTC)
PREP = Meeting(NOW + timedelta(minutes=5), NOW + timedelta(hours=1), "Board prep", "Work", "u",
               join_url="https://meet.example.com/abc")  # fmt: skip

RECORD = """\
import os, pathlib, sys
seen = [os.getcwd(), str(os.getsid(0) == os.getpid()), str(os.fstat(0).st_rdev == os.stat(os.devnull).st_rdev),
        str(os.isatty(1) or os.isatty(2)), str("MAKERHOUR_HOME" in os.environ), *sys.argv[1:]]
place = pathlib.Path(os.environ["RECORD"])
place.with_suffix(".part").write_text("\\0".join(seen))
place.with_suffix(".part").replace(place)
"""


def reminders(
    *command: str, environ: dict[str, str] | None = None, deadline: float = 60, now: datetime = NOW
) -> tuple[Reminders, list[str]]:
    """Reminders that began to look an hour before `now`, and what they complain of."""
    problems: list[str] = []
    times = [now - timedelta(hours=1)]
    found = Reminders(ReminderRules(command=command), PlanningRules(), lambda: times[-1],
                      {**os.environ, **(environ or {})}, problems.append, deadline=deadline)  # fmt: skip
    found.start()
    times.append(now)
    return found, problems


def agenda(*meetings: Meeting) -> Agenda:
    return Agenda(NOW - timedelta(days=1), NOW + timedelta(days=8), "UTC", meetings)


def test_the_command_gets_whole_arguments_and_nothing_of_the_terminal(tmp_path: Path, home: Path) -> None:
    record = tmp_path / "record"
    title = "a 'b' $(touch x) {url} \x1b[31m"
    environ = {"RECORD": str(record), "MAKERHOUR_HOME": str(tmp_path)}
    found, problems = reminders(sys.executable, "-c", RECORD, "{title}", "in {minutes}", "{start}", "{url}",
                                environ=environ)  # fmt: skip
    found.agenda = agenda(replace(PREP, summary=title))
    until(record.exists)
    assert record.read_text().split("\0") == [
        str(home), "True", "True", "False", "False",
        "a 'b' $(touch x) {url} ␛[31m", "in 5", "11:00", "https://meet.example.com/abc",
    ]  # fmt: skip
    assert problems == []
    found.stop()
    record.unlink()
    found.look()  # told already
    assert not record.exists()


def test_the_command_gets_a_stand_in_while_titles_are_hidden(tmp_path: Path) -> None:
    record = tmp_path / "record"
    found, problems = reminders(sys.executable, "-c", RECORD, "{title}", "{url}", environ={"RECORD": str(record)})
    found.told = lambda kind, name: f"{kind} {len(name)}"
    found.agenda = agenda(PREP)
    until(record.exists)
    assert record.read_text().split("\0")[-2:] == ["meeting 10", "https://meet.example.com/abc"]
    assert problems == []
    found.stop()


def test_what_goes_wrong_with_it_is_a_sentence(tmp_path: Path) -> None:
    for command, said in (
        (("no-such-program", "--", "{title}"), "`no-such-program` is not installed or not on the PATH"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "ended with status 3"),
        ((sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"), "was ended by SIGKILL"),
        ((sys.executable, "-c", "pass", "{title}"), "would be read as an option; put `--` before `{title}`"),
    ):
        found, problems = reminders(*command)
        found.agenda = agenda(replace(PREP, summary="-rf"))
        until(lambda problems=problems: problems)  # type: ignore[misc]
        assert problems[0].startswith("`[reminders] command`: ")
        assert said in problems[0]
        found.stop()


def test_a_command_that_does_not_end_is_ended_with_what_it_started(tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    script = (
        "import os, pathlib, subprocess, sys; child = subprocess.Popen(['sleep', '600']);"
        "place = pathlib.Path(sys.argv[1]);"
        "place.with_suffix('.part').write_text(str(os.getpid()) + ' ' + str(child.pid));"
        "place.with_suffix('.part').replace(place); child.wait()"
    )
    for seconds in (1, 4, 30):  # a busy machine may take longer than its time to come so far
        found, problems = reminders(sys.executable, "-c", script, str(pids), deadline=seconds)
        found.agenda = agenda(PREP)
        until(lambda problems=problems: problems)  # type: ignore[misc]
        found.stop()
        assert f"ran for longer than {seconds} s and was ended" in problems[0]
        if pids.exists():
            break
    until(lambda: not any(alive(int(pid)) for pid in pids.read_text().split()))


def alive(pid: int) -> bool:
    """True where `pid` runs; what was killed and waits for its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_without_a_command_or_minutes_there_is_no_thread() -> None:
    for rules in (ReminderRules(), ReminderRules(minutes=(), command=("x",))):
        found = Reminders(rules, PlanningRules(), lambda: NOW, {}, print)
        assert not found.active
        before = threading.active_count()
        found.start()
        assert threading.active_count() == before
        found.stop()


class Desk:
    """A live engine on real files, and what it says."""

    def __init__(self, folder: Path, *, hold_folder: Path | None, rules: ReminderRules | None = None) -> None:
        self.said: list[object] = []
        self.now = NOW - timedelta(hours=1)
        calendars = (CalendarSettings(path=str(hold_folder or folder)),)
        config = Config(
            agenda=AgendaSettings(hold_folder=str(hold_folder or "")),
            calendars=calendars,
            reminders=rules or ReminderRules(),
        )
        self.engine = LiveEngine(
            config,
            fleet=Silent,
            agenda=lambda: RemoteAgenda(Wanted(calendars, time_zone="UTC"), UTC),
            backlog=Silent,
            sync=Silent,
            views=ViewFile(folder / "view.json"),
            now=lambda: self.now,
        )
        self.engine.start(self.said.append)

    def of(self, kind: type) -> list[object]:
        return [message for message in list(self.said) if type(message) is kind]


class Silent:
    """A source with nothing to say."""

    notify = opened = None
    shown = None

    def read(self) -> tuple[()]:
        return ()

    def pause(self, paused: bool) -> None:
        """Rest."""

    def close(self) -> None:
        """End."""


@pytest.mark.parametrize("synced", [True, False])
def test_a_hold_is_drafted_written_and_read_back_through_the_engine(
    tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch, *, synced: bool
) -> None:
    monkeypatch.setenv("MAKERHOUR_HOME", str(home / "own"))
    folder = tmp_path / "focus"
    folder.mkdir()
    desk = Desk(tmp_path, hold_folder=folder if synced else None)
    end = NOW + timedelta(minutes=40)
    block = Hold("Focus time", NOW, end, Gap(NOW, end, 40, 35), "uid")
    desk.engine.draft_hold(block)
    until(lambda: desk.of(HoldDrafted))
    (drafted,) = desk.of(HoldDrafted)
    assert isinstance(drafted, HoldDrafted)
    draft = drafted.draft
    assert draft.path.parent == (folder if synced else home / "own" / "data" / "holds")
    assert not draft.path.exists()
    desk.engine.hold(draft)
    until(lambda: desk.of(HoldWritten))
    assert draft.path.read_bytes() == draft.text.encode()
    if synced:

        def read_back() -> bool:
            read = [message for message in desk.of(AgendaRefreshed) if isinstance(message, AgendaRefreshed)]
            return any(meeting.uid == "uid" for message in read for meeting in message.agenda.meetings)

        until(read_back)
    desk.engine.hold(draft)
    until(lambda: desk.of(WriteFailed))
    failed = [message for message in desk.of(WriteFailed) if isinstance(message, WriteFailed)]
    assert failed[0].source == "hold"
    assert "is there already; nothing was written" in failed[0].error
    assert desk.engine.overdue() == ()
    assert "hold" not in desk.engine.stop()


def test_the_command_runs_while_another_program_has_the_terminal(tmp_path: Path) -> None:
    record = tmp_path / "record"
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Board prep\r\n"
        "DTSTART:20260310T110000Z\r\nDTEND:20260310T120000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    script = "import os, sys; open(sys.argv[1], 'w').close()"
    desk = Desk(tmp_path, hold_folder=folder, rules=ReminderRules(command=(sys.executable, "-c", script, str(record))))
    until(lambda: desk.of(AgendaRefreshed))
    desk.engine.pause(True)
    desk.now = NOW
    until(record.exists)
    desk.engine.pause(False)
    desk.engine.stop()
