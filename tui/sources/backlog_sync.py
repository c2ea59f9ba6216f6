"""The backlog's file and the branch it is shared on: fetched, merged item by item, committed, pushed.

Git does the work (`tui.sources.git.tracked`), the merge is that of the store (`tui.domain.changes`), and the file is
written by the store alone, whole and only where it is still the one that was merged. No lock is held while a remote
is waited for. Each step leaves a state from which the next sync goes on, wherever it breaks off.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.syncing import Synced, Unsent
from tui.sources.backlog import BacklogError, BacklogStore
from tui.sources.backlog_file import Contents, FormatError, format_contents, parse_contents
from tui.sources.backlog_merging import changed_items, clashes_of_others, merged_contents
from tui.sources.git.push import Outrun
from tui.sources.git.run import Children, GitError
from tui.sources.git.tracked import TrackedFile, Version, opened
from tui.sources.whole_file import WholeFileError, read_whole, real_place, token_of

ROUNDS = 3
"""How often it is tried again where others push at the same moment."""
_TRIES = 20
_COUNTED = 1_000_000
"""Bytes from which on items are not counted for the question whether anything is unsent: it must come at once."""
_PLAIN = "100644"
_BESIDE = (".bak", ".lock")
"""Endings of the store's own files: they are of this machine, even where somebody has committed them."""


class SyncError(Exception):
    """Not synced, or not to the end; nothing is lost. The message is a sentence with the remedy."""


class _Sides(Struct, frozen=True):
    """The commits and versions there are before a merge."""

    head: str | None
    theirs_at: str | None
    base_at: str | None
    mine: bytes | None
    """The file as it lies in the work tree; None where there is none."""
    mine_oid: str
    was: Version | None
    theirs: Version | None


class _Joined(Struct, frozen=True):
    """What comes of it."""

    content: bytes
    oid: str
    sent: int = 0
    received: int = 0
    clashes: tuple[str, ...] = ()


class BacklogSync:
    """Sync of the file of `store`, which nobody else uses. One thread; `cancel` is for any.

    `trusted` says which repositories the person vouches for.
    """

    def __init__(self, store: BacklogStore, now: Callable[[], datetime], trusted: Callable[[Path], bool]) -> None:
        self._store = store
        self._now = now
        self._trusted = trusted
        self._children = Children(gently=0.5)
        self._cancelled = False

    def standing(self) -> str:
        """What the file would be synced with, without asking anybody. Raises SyncError with what stands in its way."""
        with self._opened() as tracked:
            self._sides(tracked)
            return f"through `{tracked.upstream}` at {tracked.remote.host or 'a folder'}"

    def unsent(self) -> Unsent | None:
        """What is not sent yet by what is known here; None where nothing is. Asks no remote. Raises SyncError."""
        with self._opened() as tracked:
            sides = self._sides(tracked)
            if sides.mine is None or sides.mine_oid in {side.oid for side in (sides.was, sides.theirs) if side}:
                return None
            others = tracked.others_between(sides.theirs_at, sides.head) if sides.head else 0
            if len(sides.mine) > _COUNTED:
                return Unsent(others=others)
            items = changed_items(self._parsed(sides.was).items, self._own(tracked, sides.mine).items)
            return Unsent(items, others)

    def sync(self) -> Synced:
        """Bring both sides together. Raises SyncError with what was not done; what was changed here is in the file."""
        done = Synced()
        with self._opened() as tracked:
            for _ in range(ROUNDS):
                self._go_on()
                tracked.fetch()
                done, ahead = self._merge(tracked, done)
                if not ahead:
                    return done
                try:
                    self._go_on()
                    tracked.push(*ahead)
                except Outrun:
                    continue
                except GitError as error:
                    got = f"{done.received} received, " if done.received else ""
                    raise SyncError(f"the backlog is merged ({got}nothing sent): {error}") from error
                return done
        raise SyncError("the backlog is merged but not sent: others pushed all the time; try again")

    def cancel(self) -> None:
        """End what waits for a remote, now and in future; the dashboard is being left."""
        self._cancelled = True
        self._children.end_all()

    def _go_on(self) -> None:
        if self._cancelled:
            raise GitError("makerhour is being left")

    @contextmanager
    def _opened(self) -> Iterator[TrackedFile]:
        try:
            place = real_place(self._store.path)
            with opened(place, self._trusted, self._children, beside=_BESIDE) as tracked:
                yield tracked
        except (GitError, WholeFileError, BacklogError) as error:
            raise SyncError(f"the backlog is not synced: {error}") from error

    def _merge(self, tracked: TrackedFile, done: Synced) -> tuple[Synced, tuple[str, str | None] | None]:
        """Join both sides here. What has been done by now, and the commit to push with what it is made upon."""
        for _ in range(_TRIES):
            problem = self._store.read().problem
            if problem:
                raise BacklogError(problem)
            sides = self._sides(tracked)
            joined = self._join(tracked, sides)
            mode = next((side.mode for side in (sides.theirs, sides.was) if side), _PLAIN)
            new = self._committed(tracked, sides, joined, mode)
            if not self._moved(tracked, sides, joined, new, mode):
                continue
            ahead = None if new == sides.theirs_at else (new, sides.theirs_at)
            others = tracked.others_between(sides.theirs_at, new) if ahead else 0
            done = replace(done, sent=joined.sent, received=done.received + joined.received, others=others,
                           clashes=tuple(dict.fromkeys((*done.clashes, *joined.clashes))))  # fmt: skip
            return done, ahead
        raise BacklogError(f"`{self._store.path}` is being changed by another program all the time; try again")

    def _sides(self, tracked: TrackedFile) -> _Sides:
        head, theirs_at = tracked.head(), tracked.theirs()
        base_at = tracked.fork_point(head, theirs_at) if head and theirs_at else None
        if head and theirs_at and base_at is None:
            raise GitError(
                f"`{tracked.branch}` has nothing in common with `{tracked.upstream}`; join them with git first"
            )
        was, theirs = tracked.version(base_at), tracked.version(theirs_at)
        if was and not theirs:
            raise GitError(
                f"`{tracked.upstream}` has no `{tracked.name}` any more; put it back there, or name its new place"
            )
        if was and theirs and theirs.oid != was.oid and not theirs.content.strip() and was.content.strip():
            raise GitError(f"`{tracked.name}` is empty in `{tracked.upstream}`; put an earlier version back there")
        place = tracked.root / tracked.name
        mine = read_whole(place)
        if mine is None and tracked.version(head):
            raise GitError(f"`{place}` is gone; `git restore` brings it back")
        if mine is None and theirs is None:
            raise GitError(f"there is no `{place}` yet; write an idea down first")
        if mine is not None and not theirs and not tracked.version(head) and tracked.ignored():
            raise GitError(f"git is told to ignore `{place}`; take it out of `.gitignore`")
        return _Sides(head, theirs_at, base_at, mine, tracked.object_of(mine) if mine is not None else "", was, theirs)

    def _join(self, tracked: TrackedFile, sides: _Sides) -> _Joined:
        mine, was, theirs = sides.mine, sides.was, sides.theirs
        own = self._own(tracked, mine or b"")
        if theirs is None or (was and theirs.oid == was.oid):
            sent = changed_items(self._parsed(was).items, own.items) if not was or was.oid != sides.mine_oid else 0
            return _Joined(mine or b"", sides.mine_oid, sent=sent)
        try:
            others = parse_contents(theirs.content, self._now().tzinfo or UTC)
        except FormatError as error:
            raise GitError(f"`{tracked.name}` in `{tracked.upstream}` {error}, and push that") from error
        told = clashes_of_others(own, others)
        if mine is None or (was and was.oid == sides.mine_oid) or theirs.oid == sides.mine_oid:
            return _Joined(theirs.content, theirs.oid, received=changed_items(own.items, others.items), clashes=told)
        merged, clashes = merged_contents(self._parsed(was), own, others)
        clashes = (*clashes, *told)
        received = changed_items(own.items, merged.items)
        if merged is others:
            return _Joined(theirs.content, theirs.oid, received=received, clashes=clashes)
        content = mine if merged is own else _formatted(merged, tracked)
        sent = changed_items(others.items, merged.items)
        return _Joined(content, tracked.object_of(content), sent, received, clashes)

    def _committed(self, tracked: TrackedFile, sides: _Sides, joined: _Joined, mode: str) -> str:
        """The commit both sides come to: one that is there, or a new one upon the newer side or upon both."""
        head, theirs_at, base_at = sides.head, sides.theirs_at, sides.base_at
        newest = head if base_at == theirs_at else theirs_at  # also where only one of them is there
        items = "item" if joined.sent == 1 else "items"
        subject = f"backlog: {joined.sent or 'no'} {items} changed"
        if head and theirs_at and base_at not in (head, theirs_at):
            tree = tracked.joined_tree(head, theirs_at)
            return tracked.commit(
                tree, (head, theirs_at), joined.oid, mode, f"{subject}, merged with {tracked.upstream}"
            )
        found = tracked.version(newest)
        if newest and found and found.oid == joined.oid:
            return newest
        return tracked.commit(newest, (newest,) if newest else (), joined.oid, mode, subject)

    def _moved(self, tracked: TrackedFile, sides: _Sides, joined: _Joined, new: str, mode: str) -> bool:
        def write() -> bool:
            if joined.content == sides.mine:
                return True
            return self._store.replace_all(joined.content, token_of(sides.mine))

        if new == sides.head:
            return write()
        return tracked.move(sides.head, new, joined.oid, mode, write)

    def _own(self, tracked: TrackedFile, content: bytes) -> Contents:
        try:
            return parse_contents(content, self._now().tzinfo or UTC)
        except FormatError as error:
            raise BacklogError(f"`{tracked.root / tracked.name}` {error}") from error

    def _parsed(self, version: Version | None) -> Contents:
        """What both sides come from; a version that cannot be read is as none: then each side's items count as new."""
        try:
            return parse_contents(version.content if version else b"", self._now().tzinfo or UTC)
        except FormatError:
            return Contents()


def _formatted(contents: Contents, tracked: TrackedFile) -> bytes:
    try:
        return format_contents(contents)
    except FormatError as error:
        raise BacklogError(f"`{tracked.name}` {error}") from error
