"""One repository, read: from its shadow and git's answers to the domain's `Repository`.

How many git commands that takes is a promise: none where nothing changed, one (`status`) where HEAD is the same, one
more for a new HEAD whose commit is not known yet, one more (`log`) where branches moved. What is wrong with a
repository becomes its `error`; nothing is raised for it. When to read and on which thread is `fleet`.
"""

import os
import threading
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace

from tui.domain.repos import Commit, Moved, Repository
from tui.sources.git.commits import (
    Logged,
    clamped,
    last_arguments,
    moved_arguments,
    moved_of,
    parse_date,
    parse_log,
    people_of,
    short_branch,
)
from tui.sources.git.configuration import web_address
from tui.sources.git.control import Signature, refs_signature
from tui.sources.git.discovery import Found
from tui.sources.git.gitdir import read_operation
from tui.sources.git.pace import HEAL_SECONDS, Pace, heal, read_status
from tui.sources.git.run import Children, GitError, GitTimeout, run_git
from tui.sources.git.seen import Mark, SeenMarks
from tui.sources.git.shadow import Prepared, Shadow
from tui.sources.git.stashes import read_stashed_at
from tui.sources.git.status import Status
from tui.sources.git.tips import read_refs
from tui.sources.git.worked import read_worked_at

Look = Literal["full", "quiet", "heal"]
"""Ask git in any case; or only where control files changed; or first have it mend an index that makes it slow."""

UNMARKED_DAYS = 7
"""How far back `moved` goes where a repository was never marked seen."""


class Tips(Struct, frozen=True):
    """Where the branches of a repository were when what moved in it was read."""

    folder: Path
    """Holds its refs; its lanes have the same."""
    oids: tuple[str, ...]
    names: str | None = None
    """Branches and tags with their object ids (`tips.parse_names`); None where they are too many."""


class Activity(Struct):
    """The last log of one set of branches; the lanes of a repository share it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    key: object = None
    logged: tuple[Logged, ...] = ()
    moved: tuple[Moved, ...] = ()
    digest: str = ""
    """Stands for `key` from one run to the next."""
    tips: Tips | None = None
    """Where the branches were, no later than the log was read."""


class Activities(Struct):
    """The activity of each folder that holds refs."""

    saved: Mapping[str, tuple[Moved, ...]] = field(default_factory=dict)
    """What moved as an earlier run read it, by digest: good as long as branches, mark and day are what they were."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    known: dict[Path, Activity] = field(default_factory=dict)

    def of(self, folder: Path) -> Activity:
        """The activity of the repository whose refs are in `folder`."""
        with self.lock:
            return self.known.get(folder) or self.known.setdefault(folder, Activity())

    def to_save(self) -> dict[str, tuple[Moved, ...]]:
        """What moved, by digest, for the next run."""
        with self.lock:
            return {activity.digest: activity.moved for activity in self.known.values() if activity.digest}


class Terms(Struct, frozen=True):
    """What holds for every repository that is read."""

    me: frozenset[str] = frozenset()
    """The person's e-mail addresses, in lower case."""
    seconds: float = 10.0
    """How long one repository may take."""
    children: Children = field(default_factory=Children)
    marks: SeenMarks | None = None
    activities: Activities = field(default_factory=Activities)

    @property
    def overdue(self) -> str:
        """What the row of a repository says that gave no answer in time."""
        return f"no answer within {self.seconds:g} s"


class Memory(Struct):
    """What is kept of one repository between reads. One thread at a time."""

    shadow: Shadow
    last: Repository | None = None
    """The last answer, whatever it was."""
    control: Signature | None = None
    """Its control files and refs before the last status; None where there is no good status yet."""
    refs: Signature | None = None
    commit: Commit | None = None
    """The commit HEAD was at."""
    people: tuple[str, ...] = ()
    """Who was seen to commit there."""
    pace: Pace = field(default_factory=Pace)
    tips: Tips | None = None
    """What `moved` of the last answer that had any was made from; None before, and where there are no marks."""


def read_repository(found: Found, memory: Memory, terms: Terms, now: datetime, look: Look = "full") -> Repository:
    """The repository at `found`, looked at as `look` says.

    Never raises for the repository: its `error` says what is wrong, and the counts are then those last known.
    """
    end = time.monotonic() + terms.seconds
    try:
        repository = _read(found, memory, terms, now, end, look)
    except GitTimeout:
        repository = _failed(found, memory, terms.overdue)
    except GitError as error:
        repository = _failed(found, memory, explained(error))
    except OSError as error:  # a folder that went or was closed while it was looked at
        repository = _failed(found, memory, unreadable(error))
    memory.last = repository
    return repository


def unreadable(error: OSError) -> str:
    """What the system said, as a sentence with what to do."""
    return f"cannot be read: {error.strerror or error}; check its permissions"


def explained(error: GitError) -> str:
    """What git or a check before it said, as a sentence with what to do."""
    said = str(error)
    if error.code is None:
        return said
    low = said.lower()
    if any(part in low for part in ("repository extension", "repo version", "ref storage", "hash algorithm")):
        return f"it needs a newer git ({said})"
    if "permission denied" in low:
        return f"cannot be read: {said}; check its permissions"
    if error.code < 0:
        return f"{said}; press refresh to try again"
    return f"damaged: {said}; try `git fsck` there"


def _read(found: Found, memory: Memory, terms: Terms, now: datetime, end: float, look: Look) -> Repository:
    prepared = memory.shadow.prepare(left(end, terms), terms.children)
    refs = refs_signature(prepared.layout)
    same = memory.control == prepared.control and memory.refs == refs
    if look == "quiet" and same and memory.last is not None and memory.last.error is None:
        found_moved = read_moved(memory, prepared, refs, terms, now, end)[0]
        same = found_moved is memory.last.moved and not memory.last.pending
        return memory.last if same else replace(memory.last, moved=found_moved, pending=False)
    memory.control = memory.refs = None
    if look == "heal" and memory.pace.took > HEAL_SECONDS:
        heal(prepared, left(end, terms), terms.children)
    if look == "heal":
        memory.pace = Pace()
    if prepared.bare:
        status = _bare_status(prepared, terms, end)
    else:
        status = read_status(memory.pace, prepared, refs, left(end, terms), terms.children)
    problem = None
    moved: tuple[Moved, ...] = ()
    logged: Sequence[Logged] = ()
    try:
        moved, logged = read_moved(memory, prepared, refs, terms, now, end)
        memory.commit = _last_commit(status.oid, memory, logged, prepared, terms, end)
    except GitTimeout:
        raise
    except GitError as error:  # the work tree's state is right all the same
        problem = explained(error)
    if problem is None:
        memory.control, memory.refs = prepared.control, refs
    return _composed(found, memory, prepared, status, moved, problem)


def _composed(
    found: Found,
    memory: Memory,
    prepared: Prepared,
    status: Status,
    moved: tuple[Moved, ...],
    problem: str | None,
) -> Repository:
    operation, step, rebased = read_operation(prepared.layout.git_dir) if prepared.under_way else (None, None, None)
    ref = prepared.head.ref
    branch = short_branch(ref) if ref else None
    if branch is None and rebased and rebased.startswith("refs/heads/"):
        branch = short_branch(rebased)
    unborn = status.oid is None
    return Repository(
        path=found.path,
        name=found.path.name or str(found.path),
        kind="bare" if prepared.bare else found.kind,
        parent=found.parent,
        branch=branch,
        detached=ref is None,
        unborn=unborn,
        head=status.oid,
        upstream=status.upstream,
        upstream_gone=status.upstream is not None and status.ahead is None and not (unborn or status.uncounted),
        uncounted=status.uncounted,
        ahead=status.ahead,
        behind=status.behind,
        staged=status.staged,
        unstaged=status.unstaged,
        untracked=status.untracked,
        conflicted=status.conflicted,
        stashes=status.stashes,
        stashed_at=read_stashed_at(prepared.layout.common_dir) if status.stashes else None,
        operation=operation,
        step=step,
        changed_at=_changed_at(found.path, status.names),
        worked_at=read_worked_at(prepared.layout.git_dir),
        remote=web_address(prepared.configuration.remote_of(branch)),
        last_commit=memory.commit if memory.commit and memory.commit.sha == status.oid else None,
        people=memory.people,
        moved=moved,
        error=problem,
        locked_at=_locked_at(prepared.layout.git_dir),
        notes=memory.pace.notes,
    )


def _bare_status(prepared: Prepared, terms: Terms, end: float) -> Status:
    """A bare repository has no index to compare: only where HEAD is."""
    wanted = ["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]
    oid = run_git(wanted, prepared.place, seconds=left(end, terms), children=terms.children, accept=(0, 1))
    return Status(oid=oid.decode("ascii", "replace").strip() or None)


def read_moved(
    memory: Memory, prepared: Prepared, refs: Signature, terms: Terms, now: datetime, end: float
) -> tuple[tuple[Moved, ...], Sequence[Logged]]:
    """What moved since the mark, and the log it comes from; git is asked only where branches, mark or day changed."""
    folder = prepared.layout.common_dir
    mark: Mark | None = terms.marks.of(folder) if terms.marks else None
    day = None if mark else int((now - timedelta(days=UNMARKED_DAYS)).timestamp()) // 86_400 * 86_400
    activity = terms.activities.of(folder)
    with activity.lock:
        key = (refs, mark, day)
        if activity.key != key:
            activity.key = None
            digest = sha256(repr((key, sorted(terms.me))).encode("utf-8", "surrogateescape")).hexdigest()
            saved = terms.activities.saved.get(digest)
            tips = _tips(prepared, terms, end)  # before the log: a mark is never ahead of what is shown
            if saved is None:
                arguments = moved_arguments(since=day, tips=mark.tips if mark else ())
                answer = run_git(arguments, prepared.place, seconds=left(end, terms), children=terms.children)
                activity.logged = parse_log(answer)
                saved = moved_of(activity.logged, terms.me, None if day is None else parse_date(b"%d" % day))
            activity.moved, activity.tips = saved, tips
            activity.key, activity.digest = key, digest
        memory.tips = activity.tips
        return activity.moved, activity.logged


def _tips(prepared: Prepared, terms: Terms, end: float) -> Tips | None:
    """Where the branches are now; None where nothing can be marked."""
    if terms.marks is None:
        return None
    folder = prepared.layout.common_dir

    def ask(arguments: Sequence[str]) -> bytes:
        return run_git(arguments, prepared.place, seconds=left(end, terms), children=terms.children)

    refs = read_refs(folder, ask)
    return Tips(folder, refs.oids, refs.names)


def _last_commit(
    oid: str | None,
    memory: Memory,
    logged: Sequence[Logged],
    prepared: Prepared,
    terms: Terms,
    end: float,
) -> Commit | None:
    """HEAD's commit: the one known already, or from the log just read, or by one more command. Who made those read is
    noted."""
    known = memory.commit
    memory.people = people_of(logged, terms.me, memory.people)
    if oid is None or (known is not None and known.sha == oid):
        return known
    for one in logged:
        if one.commit.sha == oid:
            return one.commit
    answer = run_git(last_arguments(oid), prepared.place, seconds=left(end, terms), children=terms.children)
    found = parse_log(answer)
    memory.people = people_of(found, terms.me, memory.people)
    return next((one.commit for one in found), None)


def _locked_at(git_dir: Path) -> datetime | None:
    try:
        return clamped(os.lstat(f"{git_dir}/index.lock").st_mtime)
    except OSError:
        return None


def _changed_at(top: Path, names: Sequence[bytes]) -> datetime | None:
    """The newest modification time among `names`; of a deleted file the time of the folder it was in."""
    newest = None
    for name in names:
        path = os.path.join(os.fsencode(top), name)  # noqa: PTH118 - names are bytes, which pathlib has not
        try:
            found = os.lstat(path.rstrip(b"/"))
        except OSError:
            try:
                found = os.lstat(os.path.dirname(path))  # noqa: PTH120
            except OSError:
                continue
        newest = found.st_mtime if newest is None else max(newest, found.st_mtime)
    return None if newest is None else clamped(newest)


def _failed(found: Found, memory: Memory, error: str) -> Repository:
    """The last known values with `error`; where there are none, an empty row."""
    memory.control = memory.refs = None
    memory.shadow.forget()
    last = memory.last or Repository(
        path=found.path, name=found.path.name or str(found.path), kind=found.kind, parent=found.parent
    )
    return replace(last, error=error, pending=False)


def left(end: float, terms: Terms) -> float:
    """Seconds until the repository's deadline. Raises GitTimeout once it has passed."""
    left = end - time.monotonic()
    if left <= 0:
        raise GitTimeout(terms.overdue)
    return left
