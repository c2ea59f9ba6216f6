"""The fleet as a source for the worker layer: found, read on threads of its own, handed on as answers arrive.

One repository that hangs or is broken is a row that says so; it never holds up or hides the others. What a
repository is, is `read`; when it is due, `schedule`; noticing changes, `watch`.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from tui.config import RepositoriesSettings
from tui.domain.detail import RepositoryDetail
from tui.domain.evidence import Trace
from tui.domain.repos import Fleet, Moved, Repository
from tui.sources.git.detail import read_detail
from tui.sources.git.fetches import Fetches
from tui.sources.git.marking import Marking
from tui.sources.git.read import Activities, Terms, Tips, read_repository
from tui.sources.git.readers import STUCK_SECONDS, Readers
from tui.sources.git.roster import Roster
from tui.sources.git.run import Children
from tui.sources.git.schedule import MOST_PASS_SECONDS, PASS_SECONDS, Entry, back_off, due, next_at
from tui.sources.git.seen import SeenMarks
from tui.sources.git.shadow import Shadows
from tui.sources.git.tracing import read_trace, untraced
from tui.sources.git.watching import Watching

PARTIAL_SECONDS = 0.4
"""Partial snapshots are at least this far apart."""
CROWDED_SECONDS = 1.0
"""The same while many answers arrive: each snapshot has the screen painted, which keys wait for."""
CROWD = 20
"""So many rows that changed are many."""
COLLECT_SECONDS = 0.1
"""How long answers are gathered before it is looked what else was asked for."""
_GRACE_SECONDS = 1.0
"""How long past its deadline a reading is waited for; then even ending git's processes did not help."""


class FleetSource:
    """All repositories under `roots`. `read` is for one thread; `request` and `close` are for any."""

    def __init__(
        self,
        settings: RepositoriesSettings,
        roots: tuple[Path, ...],
        me: Iterable[str],
        seen_path: Path | None,
        now: Callable[[], datetime],
        *,
        shadows: Path | None = None,
        saved: Fleet | None = None,
        moved: Mapping[str, tuple[Moved, ...]] | None = None,
    ) -> None:
        """`saved`, `moved`: what an earlier run knew (`moved_to_save`), which spares reading it again."""
        self.offered: Mapping[Path, Tips] = {}
        """Where branches were in the snapshot being handed on now. For whoever takes it, on the same thread."""
        self.notify: Callable[[], None] = _nobody
        """Called, on any thread, when another pass is due: set it to the worker's `request`."""
        self.children = Children()
        self._settings = settings
        self._roots = roots
        self._now = now
        self._terms = Terms(
            me=frozenset(address.lower() for address in me),
            seconds=settings.deadline_seconds,
            children=self.children,
            marks=SeenMarks(seen_path) if seen_path else None,
            activities=Activities(moved or {}),
        )
        self._shadows = Shadows(shadows)
        self._roster = Roster(settings, roots, self._shadows, saved, self._ring)
        self.look_for = self._roster.look_for
        """See `Roster.look_for`; for any thread."""
        self._marking = Marking(self._terms.marks, self._roster, now)
        self._fetches = Fetches(settings.fetch_minutes, now, self._fetched)
        self._awaited: set[Path] = set()
        """The repositories being read that a pass waits for."""
        self._shown: Mapping[Path, Tips] = {}
        self._closed = False
        self._alarm: threading.Timer | None = None
        self._readers = Readers(self._read_path)
        self._watching = Watching(self._noticed, self._ring) if settings.watch else None

    @property
    def processes(self) -> int:
        """git commands started since the beginning."""
        return self.children.started

    def read(self) -> Iterator[Fleet]:
        """One pass: what is due is read; snapshots follow as answers arrive, the last one `complete`.

        The first one comes before any answer where there is something new: its rows are `pending`.
        """
        self._roster.look(whole=self.notify is _nobody)  # nobody to tell when more is found: wait for it
        self._awaited &= self._roster.entries.keys()
        self._collect(0)  # what came late, of repositories that nothing waits for any more
        self._submit_due()
        if any(entry.shown.pending for entry in self._roster.entries.values()):
            yield from self._hand_on()
        shown_at = time.monotonic()
        changed = 0
        while self._waited_for() and not self._closed:
            changed += self._collect(COLLECT_SECONDS) + self._mark_overdue()
            self._submit_due(only_asked=True)
            apart = PARTIAL_SECONDS if changed < CROWD else CROWDED_SECONDS
            if changed and time.monotonic() - shown_at >= apart and self._waited_for():
                yield from self._hand_on()
                shown_at, changed = time.monotonic(), 0
        if self._closed:
            return
        if self._watching is not None:
            self._watching.cover(self._roster.entries.keys())
        if self.notify is not _nobody:
            self._fetches.tend(self._roster.entries.values())
            self._set_alarm()
        yield from self._hand_on()

    def request(self, paths: Iterable[Path] | None = None, *, heal: bool = False) -> None:
        """Have the next pass (or the one under way) read `paths` whatever is known of them; all for None.

        All includes looking for repositories that are new. `heal`, where the person asked for just these, mends an
        index that makes git slow, which writes to it.
        """
        self._roster.ask(paths, "heal" if heal else "full")

    def select(self, path: Path) -> None:
        """The person is looking at `path`: where it is not watched, look for changes in it as often as anywhere."""
        self._roster.selected = path

    def moved_to_save(self) -> dict[str, tuple[Moved, ...]]:
        """What moved in each repository, for the next run."""
        return self._terms.activities.to_save()

    def fetch(self, paths: Iterable[Path] | None) -> None:
        """Ask the remotes of `paths` what is new, of all for None; the rows say when it was done or why not."""
        known = self._roster.entries
        chosen = list(known.values()) if paths is None else [known[path] for path in paths if path in known]
        self._fetches.request(chosen, alone=paths is not None and len(chosen) == 1)

    def detail(self, path: Path) -> RepositoryDetail:
        """All about the repository at `path`, read on the calling thread, which may be any.

        Never raises for the repository: the detail's `problems` say what could not be read.
        """
        entry, terms = self._roster.of(path), self._terms
        detail = entry.alone(terms.seconds, lambda: read_detail(entry.found, entry.memory, terms, self._now()))
        return detail or RepositoryDetail(path, (terms.overdue,))

    def trace(self, path: Path, since: datetime, *, areas: bool = False) -> Trace:
        """What was committed in the repository at `path` from `since` on; like `detail`."""
        entry, terms = self._roster.of(path), self._terms
        trace = entry.alone(
            terms.seconds, lambda: read_trace(entry.found, entry.memory, terms, since, self._now(), areas=areas)
        )
        return trace or untraced(path, since, areas=areas)

    @property
    def shown(self) -> Mapping[Path, Tips]:
        """Where branches were in the snapshot that was handed on last. For any thread; it is never changed."""
        return self._shown

    def mark_seen(self, paths: Iterable[Path], shown: Mapping[Path, Tips] | None = None) -> None:
        """Remember `paths` as they were in `shown`, else in the last snapshot: what arrived since is what moved.

        Give what `shown` was when the person said so where snapshots may follow before this is called. No git
        command is run: this works after `close` too. Raises GitError naming the repositories that could not be
        marked (the others are), or OSError where the marks cannot be written.
        """
        self._marking.mark(paths, self._shown if shown is None else shown)

    def unmark_seen(self) -> None:
        """Take back what was marked last. Raises GitError where nothing was, OSError as `mark_seen` does."""
        self._marking.take_back()

    def close(self, patience: float = 0.3) -> None:
        """End every git command under way, the watch and the threads; take at most about `patience` seconds."""
        self._closed = True
        if self._alarm is not None:
            self._alarm.cancel()
        self._fetches.close()
        self.children.end_all()
        self._roster.close()
        if self._watching is not None:
            self._watching.stop()
        self._readers.close(patience)
        self._shadows.close()

    def _submit_due(self, *, only_asked: bool = False) -> None:
        at = time.monotonic()
        hot = frozenset() if only_asked else self._roster.hottest()
        with self._roster.lock:
            for path, entry in self._roster.entries.items():
                if only_asked and not (entry.asked or entry.noticed):
                    continue
                watched = self._watched_since(path, entry)
                look = due(entry, at, every=self._settings.refresh_seconds, watched=watched, hot=path in hot)
                if look is None:
                    continue
                entry.asked, entry.noticed = None, False
                entry.look, entry.busy, entry.given_up, entry.looked_at = look, True, False, at
                self._awaited.add(path)
                self._readers.submit(path)

    def _watched_since(self, path: Path, entry: Entry) -> bool:
        """Whether every change since the last reading of `entry` would have been reported."""
        since = self._watching.since(path) if self._watching is not None else None
        return since is not None and entry.read_at is not None and entry.read_at >= since

    def _read_path(self, path: Path) -> Repository:
        """On a reader's thread."""
        entry = self._roster.entries[path]
        began = time.monotonic()
        with entry.lock:
            repository = read_repository(entry.found, entry.memory, self._terms, self._now(), entry.look)
            entry.answered = entry.memory.tips
        if entry.look != "quiet":
            entry.read_at, entry.cost = began, time.monotonic() - began
        return repository

    def _collect(self, patience: float) -> int:
        """Take in the answers that are there after `patience` seconds, or sooner all; how many rows changed."""
        self._readers.wait(patience)
        changed = 0
        with suppress(queue.Empty):
            while True:
                changed += self._take(*self._readers.answers.get_nowait())
        return changed

    def _take(self, path: Path, answer: Repository | str) -> bool:
        entry = self._roster.entries.get(path)
        if entry is None:
            return False
        if isinstance(answer, str):
            answer = replace(entry.shown, error=answer, pending=False)
        entry.busy = False
        self._awaited.discard(path)
        if answer.error is not None and answer.error == self._terms.overdue:
            back_off(entry, time.monotonic())
        else:
            entry.hung, entry.retry_at = 0, 0.0
        entry.tips = entry.answered
        if entry.shown == answer:  # the value that was handed on stays, so that others know it by its identity
            return False
        entry.shown = answer
        return True

    def _mark_overdue(self) -> bool:
        """Say of rows that hang that they do; True where one changed."""
        changed = False
        for path, seconds in self._readers.tend().items():
            entry = self._roster.entries.get(path)
            if entry is None or not entry.busy or entry.given_up or seconds < STUCK_SECONDS:
                continue
            if seconds > self._terms.seconds + _GRACE_SECONDS:
                entry.given_up = True
                self._awaited.discard(path)
                back_off(entry, time.monotonic())
                entry.shown = replace(entry.shown, error=self._terms.overdue, pending=False)
                changed = True
            elif not entry.shown.pending and entry.shown.error is None:
                entry.shown = replace(entry.shown, pending=True)
                changed = True
        return changed

    def _waited_for(self) -> bool:
        return bool(self._awaited)

    def _noticed(self, paths: set[Path]) -> None:
        """On the watch's thread."""
        self._roster.notice(paths)
        self._ring()

    def _fetched(self, paths: set[Path]) -> None:
        """On a thread of the fetches."""
        self._roster.ask(paths, "quiet")
        self._ring()

    def _set_alarm(self) -> None:
        """Have a pass follow when something is due again: passes come by themselves as far as `notify` is set."""
        at = time.monotonic()
        every = self._settings.refresh_seconds
        hot = self._roster.hottest()
        soonest = at + MOST_PASS_SECONDS
        for path, entry in self._roster.entries.items():
            if entry.busy:
                continue
            watched = self._watched_since(path, entry)
            next_due = next_at(entry, every=every, watched=watched, hot=path in hot)
            if not watched and entry.retry_at <= at:
                next_due = at  # every pass looks at the control files of what is not watched
            soonest = min(soonest, next_due if entry.noticed else max(next_due, at + PASS_SECONDS))
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = threading.Timer(max(soonest - at, 0.05), self._ring)
        self._alarm.daemon = True
        self._alarm.start()

    def _ring(self) -> None:
        if not self._closed:
            self.notify()

    def _hand_on(self) -> Iterator[Fleet]:
        """A snapshot; it counts as shown when more is asked for, not where the reader leaves it at that."""
        self.offered = tips = {path: entry.tips for path, entry in self._roster.entries.items() if entry.tips}
        yield self._fleet()
        self._shown = tips

    def _fleet(self) -> Fleet:
        problems = list(self._roster.problems)
        if self._terms.marks is not None and self._terms.marks.problem:
            problems.append(self._terms.marks.problem)
        watching = self._watching
        if watching is not None and watching.problem:
            problems.append(watching.problem)
        return Fleet(
            repositories=tuple(self._fetches.told(self._roster.entries[path]) for path in self._roster.order),
            roots=self._roots,
            problems=tuple(problems),
            complete=not (self._waited_for() or self._roster.searching),
            watched=watching is not None and watching.covers(self._roster.entries.keys()),
            fetching=self._fetches.progress,
            taken_at=self._now(),
        )


def _nobody() -> None:
    """Stands for `notify` while nobody wants to be told."""


def read_fleet(
    settings: RepositoriesSettings,
    roots: tuple[Path, ...],
    me: Iterable[str],
    seen_path: Path | None,
    now: Callable[[], datetime],
    *,
    shadows: Path | None = None,
) -> Fleet:
    """The fleet after one whole pass, for a command: nothing is watched and nothing stays behind."""
    source = FleetSource(replace(settings, watch=False), roots, me, seen_path, now, shadows=shadows)
    fleet = Fleet(roots=roots)
    try:
        for snapshot in source.read():
            fleet = snapshot
    finally:
        source.close(patience=1.0)
    return fleet
