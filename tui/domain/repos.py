"""Repositories as facts. What deserves attention is `attention`, in which order they stand `arranging`.

Reading them is `tui.sources.git`.
"""

from datetime import datetime
from pathlib import Path, PurePath
from typing import Literal

from msgspec import Struct

from tui.domain.values import Snapshot

Kind = Literal["worktree", "linked", "bare", "submodule"]
Operation = Literal["merge", "rebase", "cherry-pick", "revert", "bisect", "am"]


SEEN_STEPS = 20
"""So often what was marked seen can be taken back."""


class Commit(Struct, frozen=True):
    """One commit, as `git log` tells it (author through the mailmap)."""

    sha: str
    author: str
    when: datetime
    """Commit date, aware."""
    subject: str


class Moved(Struct, frozen=True):
    """A commit that arrived on a local or remote branch since the repository was last marked seen."""

    commit: Commit
    branch: str
    """Short name of one branch that holds it (`main`, `origin/main`)."""
    by_me: bool


class Repository(Struct, frozen=True):
    """One work tree (or named bare repository) and its state. Text is raw: show it through `safe_text`."""

    path: Path
    name: str
    kind: Kind = "worktree"
    parent: Path | None = None
    """Main work tree of a linked one; superproject of a submodule; else None."""
    branch: str | None = None
    """Short branch name; of a rebase under way the branch being rebased; None when detached."""
    detached: bool = False
    unborn: bool = False
    head: str | None = None
    """Full object id of HEAD; None when unborn or unreadable."""
    upstream: str | None = None
    upstream_gone: bool = False
    ahead: int | None = None
    """Commits on the branch that its upstream has not; None without an upstream (or when it is gone)."""
    behind: int | None = None
    uncounted: bool = False
    """True where branch and upstream differ by so much that `ahead` and `behind` are not counted yet (both None)."""
    staged: int = 0
    unstaged: int = 0
    untracked: int = 0
    """Paths as `git status --untracked-files=normal` counts them: a wholly untracked folder is one."""
    conflicted: int = 0
    stashes: int = 0
    stashed_at: datetime | None = None
    """When the oldest stash was made, where there is one and its log says so."""
    operation: Operation | None = None
    step: tuple[int, int] | None = None
    """Of a rebase or am under way: which step it stands at, and of how many."""
    last_commit: Commit | None = None
    people: tuple[str, ...] = ()
    """Who else was seen to commit there, the last first; a few."""
    moved: tuple[Moved, ...] = ()
    """Newest first."""
    changed_at: datetime | None = None
    """Newest modification time among changed files, where there are any."""
    worked_at: datetime | None = None
    """When HEAD was last moved on this machine other than by a clone or a pull; None where git's log tells of none."""
    remote: str | None = None
    """Web address of the forge (https, without user or token), where the first remote has one."""
    error: str | None = None
    """Why it could not be read, as a sentence; counts are then those last known or zero."""
    locked_at: datetime | None = None
    """From when its `index.lock` is; None where there is none. It stays behind where a git command was killed."""
    notes: tuple[str, ...] = ()
    """How it is read otherwise than others because it is slow, a sentence each."""
    pending: bool = False
    """True while its first or an overdue answer is awaited."""
    fetched_at: datetime | None = None
    """When its remote was last fetched from by makerhour; None where it never was."""
    fetch_error: str | None = None
    """Why the last fetch failed, as a sentence; None where it did not."""
    fetch_tried_at: datetime | None = None
    """When the last fetch ended, whichever way; None where none did in this run."""

    @property
    def changed(self) -> int:
        """Changed paths of every kind; a path staged and edited again counts in both."""
        return self.staged + self.unstaged + self.untracked + self.conflicted


class Fleet(Snapshot, frozen=True):
    """All repositories under the roots, in path order."""

    repositories: tuple[Repository, ...] = ()
    roots: tuple[Path, ...] = ()
    problems: tuple[str, ...] = ()
    """Roots that could not be walked and limits that were hit, a sentence each."""
    complete: bool = True
    """False while repositories of this pass still wait for their answer."""
    watched: bool = False
    """True where changes arrive by watching, not by polling."""
    remembered: bool = False
    """True for the last good fleet of an earlier run, shown until the first answers arrive; `taken_at` is its age."""
    fetching: tuple[int, int] | None = None
    """Of a fetch under way: how many repositories are done, and of how many."""
    taken_at: datetime | None = None


class Names:
    """The repositories of one fleet by what items call them; for many look-ups in the same fleet."""

    def __init__(self, fleet: Fleet) -> None:
        self._repositories = fleet.repositories
        self._by_name: dict[str, list[int]] = {}
        self._by_folder: dict[str, list[int]] = {}
        for number, repo in enumerate(fleet.repositories):
            self._by_name.setdefault(repo.name.casefold(), []).append(number)
            self._by_folder.setdefault("".join(repo.path.parts[-1:]), []).append(number)
        self._found: dict[str, Repository | None] = {}

    def find(self, named: str) -> Repository | None:
        """The repository with that name, or whose path ends as `named` does; work trees before lanes."""
        if named not in self._found:
            self._found[named] = self._look_up(named.strip())
        return self._found[named]

    def _look_up(self, named: str) -> Repository | None:
        tail = tuple(part for part in PurePath(named).parts if part != "~")
        if not tail:
            return None
        found = list(self._by_name.get(named.casefold(), ()))
        for number in self._by_folder.get(tail[-1], ()):
            if self._repositories[number].path.parts[-len(tail) :] == tail:
                found.append(number)
        best = min(found, key=lambda number: (self._repositories[number].kind != "worktree", number), default=None)
        return None if best is None else self._repositories[best]


def newest_of_others(repo: Repository) -> Commit | None:
    """The newest commit by somebody else of what moved in `repo`."""
    others = (moved.commit for moved in repo.moved if not moved.by_me)
    return max(others, key=lambda commit: commit.when, default=None)


def find_named(fleet: Fleet, named: str) -> Repository | None:
    """The repository an item calls `named`: see `Names.find`, which is for more than one item."""
    return Names(fleet).find(named)
