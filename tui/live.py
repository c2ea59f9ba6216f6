"""The real engine: a worker for each source, and the launcher. What the app may ask of it is `tui.engine`."""

import os
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace
from textual.message import Message

from tui import messages
from tui.config import Config
from tui.domain.agenda import Agenda, Meeting, day_bounds
from tui.domain.arranging import View
from tui.domain.backlog import Backlog, Item
from tui.domain.changes import Change, History
from tui.domain.days import days_to_read
from tui.domain.holding import Hold, HoldDraft
from tui.domain.launching import LaunchKind
from tui.domain.repos import Fleet
from tui.domain.shelves import Shelves
from tui.engine import Edited, Suspend
from tui.launcher import LaunchResult
from tui.live_agents import LiveAgents
from tui.live_lanes import LiveLanes
from tui.live_ledger import LiveLedger
from tui.live_settings import LiveSettings, hold_place
from tui.live_sources import ASIDE, LiveSources
from tui.programs import Programs
from tui.refresh import Failure, Worker
from tui.reminders import Reminders
from tui.sources.calendars.hold import draft_hold, write_hold
from tui.sources.undo_file import UndoFile
from tui.sources.view_file import ViewFile

if TYPE_CHECKING:
    from tui.in_force import InForce

LOOK_SECONDS = 2.0
"""How often it is looked whether a process that reads for us is alive; what it tells comes by itself."""
BACKLOG_SECONDS = 1.0
"""How often the backlog's file is looked at for changes from outside."""


class LiveEngine(LiveSources, LiveLedger, LiveLanes, LiveAgents, LiveSettings):
    """Sources on threads of their own. A source is opened on its thread, when it is first read."""

    def __init__(
        self,
        config: Config,
        *,
        fleet: Callable[[], Any],
        agenda: Callable[[], Any],
        backlog: Callable[[], Any],
        sync: Callable[[], Any],
        views: ViewFile,
        undo: UndoFile | None = None,
        now: Callable[[], datetime],
        force: "InForce | None" = None,
    ) -> None:
        """`force` reads the configuration again, and follows the machine to other zones; without it, what `config` and
        `now` say stays."""
        self._now = now
        self._views = views
        self._undo = undo
        self._holds = Worker("hold", lambda: (), lambda _: None, self._say_failure)
        """Focus blocks are drafted and written here: a slow calendar holds neither up."""
        self._syncs = Worker("sync", lambda: (), lambda _: None, self._say_failure)
        """The backlog is synced here: a slow network holds up neither reading nor writing it."""
        self._hold_place = hold_place(config)
        self._open = {"repos": fleet, "agenda": agenda, "backlog": backlog, "sync": sync}
        self._opened: dict[str, Any] = {}
        self._programs = Programs(config, now, self._say_unstarted, self._mark_window)
        self._open_agents(config, now)
        self._backlog_problem: str | None = None
        self._day: date | None = None
        self._shelves: Shelves | None = None
        self._post: Callable[[Message], object] = lambda _message: None
        self._open_ledger(now, config.planning, os.environ)
        self._reminders = self._open_reminders(config)
        self._open_settings(force)
        self._workers = {
            "backlog": self._worker("backlog", self._read_backlog, messages.BacklogRefreshed, every=BACKLOG_SECONDS),
            "agenda": self._worker("agenda", self._read_agenda, messages.AgendaRefreshed, every=LOOK_SECONDS),
            "repos": self._worker("repos", self._read_repos, messages.ReposRefreshed, every=LOOK_SECONDS),
        }

    def start_backlog(self, post: Callable[[Message], object]) -> None:
        """See `Engine.start_backlog`."""
        self._post = post
        self._workers["backlog"].start()

    def start(self, post: Callable[[Message], object]) -> None:
        """See `Engine.start`."""
        self._post = post
        for worker in (*self._workers.values(), self._holds, self._syncs, self._ledger):
            worker.start()
        self._start_agents()
        self._start_settings()
        self._reminders.start()

    def stop(self) -> str:
        """See `Engine.stop`."""
        self._reminders.stop()
        workers = {**self._workers, "hold": self._holds, "ledger": self._ledger, "configuration": self._beginnings}
        self._leave_ledger()
        self._leave_settings()
        for worker in workers.values():
            worker.end()
        self._syncs.end()
        if sync := self._opened.get("sync"):
            sync.cancel()  # what was changed is in the file, which is all that matters
            self._syncs.wait()
        lost = [f"{name}: {problem}" for name, worker in workers.items() if (problem := worker.wait())]
        lost += self._finish_lanes()
        lost += self._finish_agents()
        for name in ASIDE:
            if source := self._opened.get(name):
                source.close()
        self._views.close()
        if self._undo is not None:
            self._undo.close()
        return f"what was changed last is not written: {'; '.join(lost)}" if lost else ""

    def disguise(self, told: Callable[[str, str], str] | None) -> None:
        """See `Engine.disguise`."""
        self._reminders.told = self._tending.told = self._programs.told = told

    def pause(self, paused: bool) -> None:
        """See `Engine.pause`."""
        self._tending.paused = paused
        for name, worker in self._workers.items():
            if name == "agenda" and (self._reminders.active or self._tended is not None):
                continue  # whom a command reminds, it reminds rightly; who builds is away when a meeting is
            if name in ASIDE and (source := self._opened.get(name)):
                source.pause(paused)
            worker.pause(paused)
        self._agents_worker.pause(paused)
        self._settings_worker.pause(paused)

    def refresh(self) -> None:
        """See `Engine.refresh`."""
        for name in ASIDE:
            if source := self._opened.get(name):
                source.request()
        for worker in (*self._workers.values(), self._agents_worker):
            worker.request()

    def refresh_repositories(self, paths: tuple[Path, ...], *, heal: bool = False) -> None:
        """See `Engine.refresh_repositories`."""
        if fleet := self._opened.get("repos"):
            fleet.request(paths, heal=heal)

    def select_repository(self, path: Path) -> None:
        """See `Engine.select_repository`."""
        if fleet := self._opened.get("repos"):
            fleet.select(path)

    def open_repository(self, path: Path) -> None:
        """See `Engine.open_repository`."""
        if fleet := self._opened.get("repos"):
            fleet.open_repository(path)

    def trace(self, since: Mapping[Path, datetime], *, areas: bool = False) -> None:
        """See `Engine.trace`."""
        if fleet := self._opened.get("repos"):
            fleet.trace(since, areas=areas)

    def fetch(self, paths: tuple[Path, ...]) -> None:
        """See `Engine.fetch`."""
        if fleet := self._opened.get("repos"):
            fleet.fetch(paths)

    def mark_seen(self, paths: tuple[Path, ...]) -> None:
        """See `Engine.mark_seen`."""
        fleet = self._opened.get("repos")
        shown = fleet.shown if fleet else None  # what is on screen now, whatever a pass under way brings
        self._write("repos", lambda fleet: fleet.mark_seen(paths, shown))

    def unmark_seen(self) -> None:
        """See `Engine.unmark_seen`."""
        self._write("repos", lambda fleet: fleet.unmark_seen())

    def remember(self, view: View) -> None:
        """See `Engine.remember`."""
        self._views.remember(view)

    def show_day(self, day: date) -> None:
        """See `Engine.show_day`."""
        self._day = day
        self._workers["agenda"].request()

    def open_meeting(self, meeting: Meeting) -> None:
        """See `Engine.open_meeting`."""
        if agenda := self._opened.get("agenda"):
            agenda.open_meeting(meeting)

    def draft_hold(self, hold: Hold) -> None:
        """See `Engine.draft_hold`."""

        def tell() -> None:
            self._post(messages.HoldDrafted(draft_hold(hold, self._hold_place, self._now())))

        self._holds.submit(tell)

    def hold(self, draft: HoldDraft) -> None:
        """See `Engine.hold`."""

        def write() -> None:
            write_hold(draft, self._hold_place)
            self._post(messages.HoldWritten(draft))
            if agenda := self._opened.get("agenda"):
                agenda.look()

        self._holds.submit(write)

    def change_backlog(self, changes: tuple[Change, ...]) -> None:
        """See `Engine.change_backlog`."""

        def write(store: Any) -> None:
            store.change(changes)
            self._post(messages.BacklogWritten())

        self._write("backlog", write)

    def sync_backlog(self) -> None:
        """See `Engine.sync_backlog`."""

        def sync() -> None:
            synced = self._source("sync").sync()
            self._workers["backlog"].request()
            self._post(messages.BacklogSynced(synced))

        self._after_writes(sync)

    def count_unsent(self) -> None:
        """See `Engine.count_unsent`."""

        def look() -> None:
            unsent = None
            try:
                unsent = self._source("sync").unsent()
            finally:
                self._post(messages.UnsentCounted(unsent))

        self._after_writes(look)

    def _after_writes(self, act: Callable[[], None]) -> None:
        """Do `act` where the backlog is synced, once what was handed over to be written is in the file."""
        self._workers["backlog"].submit(lambda: self._syncs.submit(act))

    def new_id(self) -> str:
        """See `Engine.new_id`."""
        from tui.sources.backlog import random_id

        return random_id()

    def age(self) -> float:
        """See `Engine.age`."""
        return max(
            self._opened[name].age() if name in ASIDE and name in self._opened else worker.age()
            for name, worker in self._workers.items()
        )

    def overdue(self) -> tuple[Failure, ...]:
        """See `Engine.overdue`."""
        workers = (*self._workers.values(), self._ledger)
        late = [failure for worker in workers if (failure := worker.overdue())]
        agenda = self._opened.get("agenda")
        if agenda is not None and (sentence := agenda.overdue()):
            late.append(Failure("agenda", sentence))
        return tuple(late)

    def agents_to_choose(self) -> tuple[str, ...]:
        """See `Engine.agents_to_choose`."""
        return self._programs.agents_to_choose()

    def launch(
        self, kind: LaunchKind, folder: Path, values: Mapping[str, str], suspend: Suspend, program: str = ""
    ) -> LaunchResult:
        """See `Engine.launch`."""
        return self._programs.launch(kind, folder, values, suspend, program)

    def write_brief(self, item_id: str, text: str) -> Path:
        """See `Engine.write_brief`."""
        return self._programs.write_brief(item_id, text)

    def edit_outside(self, item: Item | None, suspend: Suspend) -> Edited:
        """See `Engine.edit_outside`."""
        return self._programs.edit_outside(item, self._backlog_problem, suspend)

    def remember_history(self, history: History) -> None:
        """See `Engine.remember_history`."""
        if self._undo is not None:
            self._undo.remember(history)

    def _worker(
        self,
        name: str,
        read: Callable[[], Iterator[Any]],
        fact: Callable[[Any], Message],
        *,
        every: float,
    ) -> Worker:
        def publish(snapshot: object) -> None:
            self._post(fact(snapshot))

        return Worker(name, read, publish, self._say_failure, every=every)

    def _say_failure(self, failure: Failure) -> None:
        if failure.write:
            self._post(messages.WriteFailed(failure.source, failure.error))
        else:
            self._post(messages.RefreshFailed(failure.source, failure.error))

    def _say_unstarted(self, sentence: str) -> None:
        self._post(messages.WriteFailed("launch", sentence))

    def _say_unreminded(self, sentence: str) -> None:
        self._post(messages.WriteFailed("reminders", sentence))

    def _open_reminders(self, config: Config) -> Reminders:
        return Reminders(config.reminders, config.planning, self._now, os.environ, self._say_unreminded)

    def _write(self, name: str, change: Callable[[Any], None]) -> None:
        self._workers[name].submit(lambda: change(self._source(name)))

    def _read_repos(self) -> Iterator[Fleet]:
        yield from self._source("repos").read()

    def _read_agenda(self) -> Iterator[Agenda]:
        if self._force is not None:
            self._force.follow()
        now = self._now()
        zone, today = now.tzinfo, now.date()
        first, last = days_to_read(self._day or today, today)
        if zone is None:
            raise ValueError("the clock gives no zone")
        bounds = day_bounds(first, zone)[0], day_bounds(last, zone)[1]
        for agenda in self._source("agenda").read(*bounds):
            self._reminders.agenda = self._tending.agenda = agenda
            yield agenda

    def _read_backlog(self) -> Iterator[Backlog]:
        backlog: Backlog = self._source("backlog").read()
        self._backlog_problem = backlog.problem
        today = self._now().date()
        known = self._shelves
        self._shelves = known.followed(backlog.items, today) if known else Shelves.of(backlog.items, today)
        yield replace(backlog, shelves=self._shelves)
