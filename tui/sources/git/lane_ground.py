"""What making, looking at and ending lanes share: a repository ready for git, its default branch, what may be run.

All that reads, and all that writes refs, goes through the shadow (`shadow`). Only `git worktree add` and `remove` must
see the real git folder, whose configuration then holds: `own_place` refuses one that could start a program in them.
"""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field
from msgspec.structs import replace

from tui.sources.git.environment import Place
from tui.sources.git.family import main_work_tree
from tui.sources.git.gitdir import Layout
from tui.sources.git.run import MAX_OUTPUT, Children, GitError, GitTimeout, run_git
from tui.sources.git.shadow import Prepared, Shadow, Shadows

GENTLY = 2.0
"""Seconds a git command that writes has to put its locks away when it is ended."""

_DEFAULTS = ("refs/remotes/origin/HEAD", "refs/heads/main", "refs/heads/master")
_VARIABLES = (("GIT_ALLOC_LIMIT", "1g"), ("GIT_LFS_SKIP_SMUDGE", "1"))
"""A file of some hundred megabytes may be checked out; git-lfs must not download what is not here."""
_SETTINGS = (
    ("checkout.workers", "1"),
    ("core.logAllRefUpdates", "false"),  # through the shadow git cannot make the folder of a log
    ("hook.post-checkout.enabled", "false"),
    ("hook.reference-transaction.enabled", "false"),
    ("status.showUntrackedFiles", "normal"),  # what `git worktree remove` looks for
)
_WRITTEN = (
    *("objects", "refs", "refs/heads", "refs/heads/proto", "packed-refs", "reftable", "worktrees"),
    *("logs", "logs/refs", "logs/refs/heads", "logs/refs/heads/proto"),
)


class Reach(Struct, frozen=True):
    """With what lanes are worked on: where shadows go, whether this repository is trusted, how long git may take."""

    shadows: Shadows
    trusted: bool = False
    """As `[repositories] trusted` says of this repository."""
    children: Children = field(default_factory=lambda: Children(GENTLY))
    seconds: float = 120.0
    """For one git command; a checkout or a bundle may be large."""

    def prepared(self, path: Path) -> Prepared:
        """The work tree at `path` ready for git. Raises GitError with why it is not."""
        path = Path(os.path.abspath(path))  # noqa: PTH100 - links must stay
        where = self.shadows.folder_for(path / ".git" / "lane")
        found = Shadow(path, where, trusted=self.trusted).prepare(self.seconds, self.children)
        place = replace(found.place, variables=_VARIABLES, settings=_SETTINGS)
        return replace(found, place=place)

    def git(self, place: Place, *arguments: str, accept: Sequence[int] = (0,), most: int = MAX_OUTPUT) -> bytes:
        """What `git <arguments>` prints in `place`, `most` bytes at most. Raises GitError as a sentence."""
        try:
            return run_git(arguments, place, seconds=self.seconds, children=self.children, accept=accept, most=most)
        except GitTimeout:
            raise
        except GitError as error:
            if "no space left on device" in error.complaint.lower():
                raise GitError("the disk is full; make room", error.code, error.complaint) from error
            raise

    def own_place(self, prepared: Prepared) -> Place:
        """The real git folder as a place, for the two commands that need it.

        Hooks, `core.fsmonitor` and their kin are off. Raises GitError where its configuration could start a
        program all the same and the person does not trust it.
        """
        if not self.trusted:
            keys = sorted({key for key, _ in prepared.configuration.entries if _starts_programs(key)})
            if keys:
                named = ", ".join(f"`{key[:60]}`" for key in keys[:3])
                raise GitError(
                    f"its own configuration could start programs ({named}); "
                    "add it to `[repositories] trusted` if you trust it"
                )
        common = prepared.layout.common_dir
        return Place(common, git_dir=common, own=self.trusted, variables=_VARIABLES, settings=_SETTINGS)

    def check_writable(self, layout: Layout) -> None:
        """Raise GitError where something written to for a lane is a link and would be written through."""
        if self.trusted:
            return
        for name in _WRITTEN:
            if (layout.common_dir / name).is_symlink():
                raise GitError(
                    f"`{name}` in its git folder is a link; add it to `[repositories] trusted` if you made it"
                )


def default_tip(prepared: Prepared, reach: Reach) -> str | None:
    """The commit of the default branch as it is known here, without asking any remote; None where there is none.

    `origin/HEAD`; where that is not known `main`, then `master`, then whatever the main work tree has checked out.
    """
    listed = reach.git(prepared.place, "for-each-ref", "--format=%(refname) %(objectname)", *_DEFAULTS)
    known = dict(line.split(" ", 1) for line in os.fsdecode(listed).splitlines())
    for name in _DEFAULTS:
        if name in known:
            return known[name]
    main = prepared
    if prepared.layout.linked:
        try:
            main = reach.prepared(main_work_tree(prepared.layout.common_dir))
        except GitError:
            return None  # it was moved or deleted: nothing is known to be on a default branch
    return commit_of(main, "HEAD", reach)


def commit_of(prepared: Prepared, name: str, reach: Reach) -> str | None:
    """The commit `name` (HEAD or a full ref) stands for; None where it stands for none."""
    arguments = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
    return os.fsdecode(reach.git(prepared.place, *arguments, accept=(0, 1))).strip() or None


def delete_ref(place: Place, ref: str, oid: str, reach: Reach) -> None:
    """Delete `ref` if it still stands at `oid`. Raises GitError where it moved."""
    reach.git(place, "update-ref", "--no-deref", "-d", ref, oid)


def _starts_programs(key: str) -> bool:
    section, _, rest = key.partition(".")
    last = rest.rpartition(".")[2]
    return (
        section in ("include", "includeif")
        or (section == "filter" and last in ("clean", "smudge", "process"))
        or (section == "hook" and last == "command")
        or (section == "lfs" and rest.startswith(("extension.", "customtransfer.")))
    )
