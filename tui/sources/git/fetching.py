"""The queue of fetches: one at a time a host, four hosts at once, each on a daemon thread of its own.

A remote that hangs holds up no other host, and nobody waits for a thread here, neither a key nor the exit. What a
fetch does is `fetch`; which repositories are due, and what is kept of the answers, is `fetches`.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from pathlib import Path

from msgspec import Struct

from tui.sources.git.complaints import Unreachable
from tui.sources.git.fetch import FETCH_SECONDS, PLAN_SECONDS
from tui.sources.git.run import GitError, GitTimeout
from tui.sources.git.transports import Remote

HOSTS = 4
"""How many hosts are fetched from at once."""

PLANNERS = 2
"""How many repositories are looked at at once for what is to be fetched."""

GRACE_SECONDS = 30.0
"""How long past its deadline a thread is waited for: making ready and ending git take time too."""

MOST_LOST = 12
"""How many threads may be lost to drives that do not answer before no more is started."""

MOST_TIMEOUTS = 2
"""After so many fetches in a row without an answer, what else waits for that host is not tried."""

_UNEXPECTED = (
    *(ArithmeticError, AttributeError, ImportError, LookupError, MemoryError, OSError),
    *(RuntimeError, TypeError, ValueError),
)


class Outcome(Struct, frozen=True):
    """How the fetch of one repository ended."""

    error: str | None = None
    """A sentence; None where nothing failed."""
    fetched: bool = False
    """False where it has no remote, or where it failed."""


class _Job(Struct):
    """One repository that waits or is being fetched."""

    left: int = 0
    """Remotes still to be fetched; 0 also while it is not known which."""
    fetched: bool = False
    error: str | None = None


class _Task(Struct, frozen=True):
    """What one thread does: look what is to be fetched (no remote), or fetch."""

    path: Path
    remote: Remote | None
    since: float


class Fetcher:
    """Fetches repositories. `plan` says which remotes one has and `run` fetches one; both raise GitError.

    `finished` is told how each ended, `changed` that `progress` did; both on any thread, never with a lock held.
    """

    def __init__(
        self,
        plan: Callable[[Path], tuple[Remote, ...]],
        run: Callable[[Path, Remote], None],
        finished: Callable[[Path, Outcome], None],
        changed: Callable[[], None],
    ) -> None:
        self._plan = plan
        self._run = run
        self._finished = finished
        self._changed = changed
        self._lock = threading.Lock()
        self._jobs: dict[Path, _Job] = {}
        self._unplanned: deque[Path] = deque()
        self._waiting: dict[str, deque[tuple[Path, Remote]]] = {}
        self._running: dict[int, _Task] = {}
        self._timeouts: dict[str, int] = {}
        self._tokens = 0
        self._lost = 0
        self._done = self._of = 0
        self._closed = False

    @property
    def progress(self) -> tuple[int, int] | None:
        """How many repositories are done, and of how many; None at rest."""
        with self._lock:
            return (self._done, self._of) if self._jobs else None

    def request(self, paths: Iterable[Path], *, first: bool = False) -> None:
        """Fetch the repositories at `paths`, before all others for `first`; one that waits already is not doubled."""
        with self._lock:
            if self._closed:
                return
            for path in paths:
                known = path in self._jobs
                if not known:
                    self._jobs[path] = _Job()
                    self._of += 1
                if first:
                    self._bring_forward(path)
                if not known:
                    self._unplanned.insert(0 if first else len(self._unplanned), path)
            self._staff()
        self._changed()

    def is_open(self, path: Path) -> bool:
        """True while the repository at `path` waits or is fetched."""
        with self._lock:
            return path in self._jobs

    def tend(self) -> None:
        """Give up threads that are far past their deadline; call it now and then."""
        with self._lock:
            at = time.monotonic()
            overdue = [token for token, task in self._running.items() if at - task.since > _allowed(task)]
            ended: list[tuple[Path, Outcome]] = []
            for token in overdue:
                task = self._running.pop(token)
                self._lost += 1
                ended += self._take_in(task, (), GitTimeout("no answer, not even to being ended"))
            self._staff()
        self._tell(ended)

    def close(self) -> None:
        """Start nothing any more and tell nobody; what is under way is ended by whoever runs it."""
        with self._lock:
            self._closed = True
            self._unplanned.clear()
            self._waiting.clear()
            self._jobs.clear()

    def _bring_forward(self, path: Path) -> None:
        if path in self._unplanned:
            self._unplanned.remove(path)
            self._unplanned.appendleft(path)
        for waiting in self._waiting.values():
            mine = [entry for entry in waiting if entry[0] == path]
            for entry in mine:
                waiting.remove(entry)
            waiting.extendleft(mine)

    def _staff(self) -> None:
        """Start what can be started; called with the lock held."""
        if self._closed or self._lost > MOST_LOST:
            return
        planning = sum(task.remote is None for task in self._running.values())
        while self._unplanned and planning < PLANNERS:
            planning += 1
            self._start(self._unplanned.popleft(), None)
        busy = {task.remote.host for task in self._running.values() if task.remote is not None}
        for host in list(self._waiting):
            if len(busy) >= HOSTS:
                return
            if host in busy:
                continue
            waiting = self._waiting.pop(host)
            path, remote = waiting.popleft()
            if waiting:
                self._waiting[host] = waiting  # behind the other hosts
            busy.add(host)
            self._start(path, remote)

    def _start(self, path: Path, remote: Remote | None) -> None:
        self._tokens += 1
        task = _Task(path, remote, time.monotonic())
        self._running[self._tokens] = task
        threading.Thread(target=self._work, args=(self._tokens, task), name="fetch", daemon=True).start()

    def _work(self, token: int, task: _Task) -> None:
        remotes: tuple[Remote, ...] = ()
        problem: GitError | None = None
        try:
            if task.remote is None:
                remotes = self._plan(task.path)
            else:
                self._run(task.path, task.remote)
        except GitError as error:
            problem = error
        except _UNEXPECTED as error:  # a sentence in its row; the others go on
            problem = GitError(f"cannot be fetched ({type(error).__name__}: {error}); please report this")
        with self._lock:
            if self._running.pop(token, None) is None:  # given up before: it was told already
                self._lost -= 1
                ended = []
            else:
                ended = self._take_in(task, remotes, problem)
            self._staff()
        self._tell(ended)

    def _take_in(
        self, task: _Task, remotes: tuple[Remote, ...], problem: GitError | None
    ) -> list[tuple[Path, Outcome]]:
        """What one thread brought; the repositories that are finished by it. Called with the lock held."""
        job = self._jobs.get(task.path)
        if job is None:
            return []
        if task.remote is None and problem is None and remotes:
            job.left = len(remotes)
            for remote in remotes:
                self._waiting.setdefault(remote.host, deque()).append((task.path, remote))
            return []
        if task.remote is None:
            job.error = str(problem) if problem else None
            return self._end(task.path)
        ended = self._end_one(task.path, problem)
        host = task.remote.host
        timeouts = self._timeouts.get(host, 0) + 1 if isinstance(problem, GitTimeout) else 0
        self._timeouts[host] = timeouts
        if problem is not None and host and (isinstance(problem, Unreachable) or timeouts >= MOST_TIMEOUTS):
            for path, _ in self._waiting.pop(host, ()):
                ended += self._end_one(path, problem)
        return ended

    def _end_one(self, path: Path, problem: GitError | None) -> list[tuple[Path, Outcome]]:
        """One remote of a repository is done with."""
        job = self._jobs[path]
        job.left -= 1
        job.fetched |= problem is None
        job.error = job.error or (str(problem) if problem else None)
        return self._end(path) if job.left <= 0 else []

    def _end(self, path: Path) -> list[tuple[Path, Outcome]]:
        job = self._jobs.pop(path)
        self._done += 1
        if not self._jobs:
            self._done = self._of = 0
        return [(path, Outcome(job.error, job.fetched and job.error is None))]

    def _tell(self, ended: list[tuple[Path, Outcome]]) -> None:
        for path, outcome in ended:
            if not self._closed:
                self._finished(path, outcome)
        if ended and not self._closed:
            self._changed()


def _allowed(task: _Task) -> float:
    """Seconds after which a thread counts as lost."""
    return GRACE_SECONDS + (PLAN_SECONDS if task.remote is None else FETCH_SECONDS)
