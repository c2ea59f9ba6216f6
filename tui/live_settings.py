"""The part of the real engine that takes over settings while it runs, and writes a first configuration.

The file is looked at on a thread of its own. What depends on a setting is opened anew where it changed, on the thread
it is read by, and everything else goes on: a session, what is being written, agents, the other panes.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.message import Message

from tui import messages, paths
from tui.checking import ConfigError
from tui.config import Config
from tui.domain.beginning import Beginning, PlaceKind
from tui.domain.changes import History
from tui.engine import Suspend
from tui.launcher import LaunchResult
from tui.programs import Programs, installed_programs
from tui.refresh import Failure, Worker
from tui.reminders import Reminders
from tui.sources.calendars.hold import HoldPlace
from tui.sources.undo_file import UndoFile
from tui.tending import Tending

if TYPE_CHECKING:
    from tui.in_force import InForce, Turn

SETTINGS_SECONDS = 1.0
"""How often the configuration's file is looked at; it is read once it was found the same twice."""


class LiveSettings:
    """What `Engine` says of it."""

    _opened: dict[str, Any]
    _syncs: Worker
    _post: Callable[[Message], object]
    _say_failure: Callable[[Failure], None]
    _say_unreminded: Callable[[str], None]
    _reopen: Callable[[str], None]
    _open_reminders: Callable[[Config], Reminders]
    _look_at_agents: Callable[[Config], None]
    _programs: Programs
    _reminders: Reminders
    _tending: Tending
    _undo: UndoFile | None
    _hold_place: HoldPlace

    def list_settings(self) -> None:
        """See `Engine.list_settings`."""

        def tell() -> None:
            if self._force is not None:
                self._post(messages.SettingsListed(self._force.known()))

        self._settings_worker.submit(tell)

    def edit_settings(self, line: int, suspend: Suspend) -> LaunchResult:
        """See `Engine.edit_settings`."""
        path = self._force.path if self._force else paths.config_file({})
        result = self._programs.edit_file(path, line, suspend)
        self._settings_due = True
        return result

    def look_around(self) -> None:
        """See `Engine.look_around`."""

        def look() -> None:
            from tui.sources.surroundings import look_around

            if self._force is None:
                return
            path, roots = self._force.path, self._force.looked_in
            for found in look_around(path, roots, installed_programs, lambda: self._settings_left):
                self._post(messages.SurroundingsSeen(found))

        self._beginnings.submit(look)

    def examine_place(self, kind: PlaceKind, text: str) -> None:
        """See `Engine.examine_place`."""

        def examine() -> None:
            from tui.sources.examining import examine_place

            self._post(messages.PlaceExamined(examine_place(kind, text)))

        self._beginnings.submit(examine)

    def write_configuration(self, beginning: Beginning) -> None:
        """See `Engine.write_configuration`."""

        def write() -> None:
            from tui.sources.first_file import write_first_file

            if self._force is None:
                return
            write_first_file(self._force.path, beginning)
            self._post(messages.ConfigurationWritten(paths.display(self._force.path)))
            self._settings_due = True
            self._settings_worker.request()

        self._beginnings.submit(write)

    def _open_settings(self, force: "InForce | None") -> None:
        """Have all this needs; nothing is read before the workers start."""
        self._force = force
        self._settings_due = False
        """True where the file was written as a whole, and need not be looked at twice."""
        self._settings_left = False
        self._settings_worker = Worker(
            "settings", self._look_at_settings, lambda _: None, self._say_failure, every=SETTINGS_SECONDS
        )
        self._beginnings = Worker("configuration", lambda: (), lambda _: None, self._say_failure)
        """Where a first configuration is prepared and written: looking around may take seconds."""

    def _start_settings(self) -> None:
        self._settings_worker.start()
        self._beginnings.start()

    def _leave_settings(self) -> None:
        """Look around no more; the workers are to be waited for then."""
        self._settings_left = True
        self._settings_worker.end()
        self._beginnings.end()

    def _look_at_settings(self) -> Iterator[object]:
        if self._force is None:
            return
        due, self._settings_due = self._settings_due, False
        try:
            turn = self._force.read_again(at_once=due)
        except ConfigError as error:
            shown = str(error).replace(str(self._force.path), paths.display(self._force.path))
            self._post(messages.SettingsRefused(shown))
            return
        if turn is not None:
            self._take(turn, self._force)
        yield from ()

    def _take(self, turn: "Turn", force: "InForce") -> None:
        """Have everything follow the settings in force now, and say so."""
        from tui.settings_known import at_next_start, changed_names

        before, after = turn.before, turn.after
        self._programs.use(after)
        history = self._take_backlog(before, after, force)
        if turn.roots_moved or _of_fleet(before) != _of_fleet(after):
            self._reopen("repos")
        if _of_agenda(before) != _of_agenda(after):
            self._reopen("agenda")
        if before.agenda.hold_folder != after.agenda.hold_folder:
            self._hold_place = hold_place(after)
        if (before.launch.radar, before.repositories.trusted) != (after.launch.radar, after.repositories.trusted):
            self._look_at_agents(after)
        if before.planning != after.planning:
            self._tending.use(after.planning)
        if (before.planning, before.reminders) != (after.planning, after.reminders):
            self._replace_reminders(after)
        names = changed_names(before, after)
        self._post(messages.SettingsTaken(force.settings(), names, at_next_start(names, after), history))

    def _take_backlog(self, before: Config, after: Config, force: "InForce") -> History | None:
        """Another backlog: its file and what was done to it last."""
        moved = before.backlog.path != after.backlog.path
        if moved or before.repositories.trusted != after.repositories.trusted:
            self._syncs.submit(lambda: self._opened.pop("sync", None))
        if not moved:
            return None
        self._reopen("backlog")
        if self._undo is not None:
            self._undo.close()
        self._undo = force.open_undo()
        return self._undo.read()

    def _replace_reminders(self, config: Config) -> None:
        earlier, self._reminders = self._reminders, self._open_reminders(config)
        self._reminders.agenda = earlier.agenda
        earlier.stop()
        self._reminders.start()


def hold_place(config: Config) -> HoldPlace:
    """Where held gaps are written to."""
    folder = config.agenda.hold_folder
    return HoldPlace(Path(folder) if folder else paths.holds_folder(), synced=bool(folder))


def _of_fleet(config: Config) -> object:
    """What the process that reads repositories is told."""
    addresses = (config.agenda.me, *(calendar.me for calendar in config.calendars))
    return replace(config.repositories, toes_days=0), config.lanes, addresses


def _of_agenda(config: Config) -> object:
    """What the process that reads calendars is told."""
    agenda = config.agenda
    return config.calendars, agenda.me, agenda.time_zone, agenda.refresh_seconds
