"""Settings taken over while the real engine runs: what depends on one is opened anew, everything else goes on."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import fleet
from tui import messages, paths
from tui.config import read_config
from tui.domain.backlog import Item
from tui.domain.beginning import Beginning, FoundCalendar
from tui.domain.changes import Change, History
from tui.in_force import InForce
from tui.live import LiveEngine
from tui.sources.backlog import BacklogStore
from tui.sources.view_file import ViewFile

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
MEETING = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nBEGIN:VEVENT\r\nUID:{0}\r\nSUMMARY:{0}\r\n"
    "DTSTART:20260310T150000Z\r\nDTEND:20260310T160000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


def until(true: Callable[[], object], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        threading.Event().wait(0.01)


class Desk:
    """A live engine on a configuration of its own, and what it says."""

    def __init__(self, folder: Path, text: str | None) -> None:
        self.folder, self.path = folder, folder / "config.toml"
        if text is not None:
            self.save(text)
        config = read_config(self.path, required=False)
        self.force = InForce(config, (), NOW.astimezone)
        undo = self.force.open_undo()
        self.engine = LiveEngine(
            config,
            fleet=self.force.open_fleet,
            agenda=self.force.open_agenda,
            backlog=self.force.open_backlog,
            sync=self.force.open_sync,
            views=ViewFile(paths.view_file()),
            undo=undo,
            now=self.force.now,
            force=self.force,
        )
        self.said: list[Any] = []
        self.engine.start(self.said.append)

    def save(self, text: str) -> None:
        """As editors do: another file in its place."""
        (self.folder / "config.new").write_text(text)
        (self.folder / "config.new").replace(self.path)

    def of(self, kind: type[Any]) -> list[Any]:
        return [message for message in list(self.said) if type(message) is kind]

    def last(self, kind: type[Any]) -> Any:
        found = self.of(kind)
        return found[-1] if found else None

    def repositories(self) -> set[str]:
        told = self.last(messages.ReposRefreshed)
        return {repo.name for repo in told.fleet.repositories} if told and told.fleet.complete else set()

    def meetings(self) -> set[str]:
        told = self.last(messages.AgendaRefreshed)
        return {meeting.summary for meeting in told.agenda.meetings} if told else set()

    def process(self, name: str) -> int | None:
        source = self.engine._opened.get(name)
        number: int | None = source.process if source else None
        return number


def text(folder: Path, *, root: str = "code", calendar: str = "one.ics", more: str = "") -> str:
    return (
        f"[repositories]\nroots = ['{folder / root}']\n[agenda]\ntime_zone = 'UTC'\n"
        f"[[calendars]]\npath = '{folder / calendar}'\n{more}"
    )


@pytest.fixture
def folder(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MAKERHOUR_HOME", str(home / "own"))
    monkeypatch.setenv("MAKERHOUR_CONFIG", str(tmp_path / "config.toml"))
    monkeypatch.chdir(home)
    fleet.make(tmp_path / "code" / "billing")
    fleet.make(tmp_path / "more" / "intake")
    for name in ("one", "two"):
        (tmp_path / f"{name}.ics").write_text(MEETING.format(name))
    return tmp_path


@pytest.fixture
def desk(folder: Path) -> Iterator[Desk]:
    made = Desk(folder, text(folder))
    until(lambda: made.repositories() == {"billing"} and made.meetings() == {"one"})
    yield made
    assert made.engine.stop() == ""


def test_another_calendar_is_read_and_the_repositories_go_on(desk: Desk) -> None:
    before = desk.process("repos")
    calendars = desk.process("agenda")
    desk.save(text(desk.folder, calendar="two.ics"))
    until(lambda: desk.meetings() == {"two"})
    taken = desk.last(messages.SettingsTaken)
    assert (taken.names, taken.later, taken.history) == (("calendars",), (), None)
    assert desk.process("repos") == before
    until(lambda: not Path(f"/proc/{calendars}").exists())


def test_other_folders_are_looked_in_and_the_calendars_go_on(desk: Desk) -> None:
    before = desk.process("agenda")
    desk.save(text(desk.folder, root="more"))
    until(lambda: desk.repositories() == {"intake"})
    taken = desk.last(messages.SettingsTaken)
    assert taken.names == ("repositories.roots",)
    assert taken.settings.looked_in == (str(desk.folder / "more"),)
    assert desk.process("agenda") == before


def test_what_is_only_shown_opens_nothing_anew(desk: Desk) -> None:
    before = desk.process("repos"), desk.process("agenda")
    more = "[attention]\nstale_days = 5\n[look]\ntheme = 'nord'\ntitle = false\n[keys]\n'app.quit' = 'x'\n"
    desk.save(text(desk.folder, more=more))
    until(lambda: desk.of(messages.SettingsTaken))
    taken = desk.last(messages.SettingsTaken)
    assert taken.names == ("attention.stale_days", "look.theme", "look.title", "keys")
    assert taken.later == ("look.title",)
    assert (taken.settings.theme, taken.settings.attention.stale_days) == ("nord", 5)
    assert (desk.process("repos"), desk.process("agenda")) == before


def test_a_mistake_is_said_once_and_what_was_in_force_stays(desk: Desk) -> None:
    desk.save(text(desk.folder, root="more", more="[planning]\nbufer_minutes = 3\n"))
    until(lambda: desk.of(messages.SettingsRefused))
    for _ in range(3):
        desk.engine._settings_worker.request()
    said = [message.problem for message in desk.of(messages.SettingsRefused)]
    assert len(said) == 1
    assert f"`{desk.path}`, line 8: unknown setting `planning.bufer_minutes`; did you mean `buffer_minutes`?" == said[0]
    assert desk.repositories() == {"billing"}
    assert not desk.of(messages.SettingsTaken)
    desk.engine.list_settings()
    until(lambda: desk.of(messages.SettingsListed))
    assert "bufer_minutes" in desk.last(messages.SettingsListed).known.problem
    desk.save(text(desk.folder))
    until(lambda: desk.of(messages.SettingsTaken))
    assert desk.last(messages.SettingsTaken).names == ()


def test_another_backlog_is_shown_and_what_was_on_its_way_is_in_the_old_one(desk: Desk) -> None:
    until(lambda: desk.of(messages.BacklogRefreshed))
    other = desk.folder / "other.toml"
    BacklogStore(other, lambda: NOW).add([Item("", "Theirs")])
    old = paths.backlog_file()
    desk.engine.change_backlog((Change(None, Item("one", "Mine")),))
    desk.save(text(desk.folder, more=f"[backlog]\npath = '{other}'\n"))
    until(lambda: [item.title for item in desk.last(messages.BacklogRefreshed).backlog.items] == ["Theirs"])
    assert [item.title for item in BacklogStore(old, lambda: NOW).read().items] == ["Mine"]
    until(lambda: desk.of(messages.SettingsTaken))
    assert desk.last(messages.SettingsTaken).history == History()
    desk.engine.change_backlog((Change(None, Item("two", "Next")),))
    until(lambda: len(desk.of(messages.BacklogWritten)) == 2)
    assert {item.title for item in BacklogStore(other, lambda: NOW).read().items} == {"Theirs", "Next"}


def test_other_programs_and_reminders_are_used(desk: Desk) -> None:
    earlier = desk.engine._reminders
    desk.save(
        text(desk.folder, more="[reminders]\ncommand = ['true']\n[launch]\neditor = 'vi {path}'\nradar = false\n")
    )
    until(lambda: desk.of(messages.SettingsTaken))
    assert desk.engine._reminders is not earlier
    assert desk.engine._reminders.active
    assert desk.engine._programs._config.launch.editor == "vi {path}"
    assert desk.engine._agents_source.windows is None


def test_from_nothing_to_a_configuration(folder: Path, home: Path) -> None:
    fleet.make(home / "code" / "wallet")
    (home / "calendar.ics").write_text(MEETING.format("one"))
    made = Desk(folder, None)
    try:
        made.engine.look_around()
        until(lambda: (last := made.last(messages.SurroundingsSeen)) and last.found.complete)
        found = made.last(messages.SurroundingsSeen).found
        assert [(root.path, root.repositories) for root in found.roots] == [("~/code", 1)]
        assert [calendar.shown for calendar in found.calendars] == ["~/calendar.ics"]
        made.engine.examine_place("root", str(folder / "more"))
        until(lambda: made.of(messages.PlaceExamined))
        assert made.last(messages.PlaceExamined).examined.root.repositories == 1
        beginning = Beginning((str(folder / "more"),), (FoundCalendar(str(folder / "two.ics")),), ("kim@example.com",))
        made.engine.write_configuration(beginning)
        until(lambda: made.repositories() == {"intake"} and made.meetings() == {"two"})
        told = [type(message) for message in made.said]
        assert told.index(messages.ConfigurationWritten) < told.index(messages.SettingsTaken)
        assert made.last(messages.SettingsTaken).settings.configured
        made.engine.write_configuration(Beginning())
        until(lambda: made.of(messages.WriteFailed))
        assert "there is a configuration already" in made.last(messages.WriteFailed).error
    finally:
        assert made.engine.stop() == ""


def test_the_editor_gets_the_file_at_the_line(desk: Desk) -> None:
    editor = desk.folder / "editor"
    editor.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > {desk.folder}/asked\n")
    editor.chmod(0o755)
    own = f"[launchers.own]\ncommand = '{editor} +{{line}} {{file}}'\nterminal = false\n[launch]\neditor = 'own'\n"
    desk.save(text(desk.folder, more=own))
    until(lambda: desk.of(messages.SettingsTaken))
    desk.engine.edit_settings(4, lambda: pytest.fail("it needs no terminal"))
    asked = desk.folder / "asked"
    until(lambda: asked.exists() and asked.read_text().count("\n") == 2)
    assert asked.read_text().split() == ["+4", str(desk.path)]
