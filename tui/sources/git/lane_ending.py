"""Ending a lane: its work tree is removed, and its branch, once a bundle is known to hold all of it.

Never by force, and only what the bundle holds goes. Whether a lane may end is `tui.domain.lanes.obstacles`; what is
kept before is `lane_bundle`.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

from tui.domain.lanes import obstacles
from tui.sources.git.gitdir import lexists
from tui.sources.git.lane_bundle import Kept, bundle_token, left_behind, prototype_content
from tui.sources.git.lane_ground import Reach, delete_ref
from tui.sources.git.lane_state import lane_at, lane_state
from tui.sources.git.run import GitError
from tui.sources.whole_file import WholeFileError, token_of, write_new


class Unsafe(GitError):  # noqa: N818 - the ending would say nothing more
    """The lane was not removed because something of it could be lost; `obstacles` has a sentence for each."""

    def __init__(self, found: Iterable[str]) -> None:
        self.obstacles = tuple(found)
        super().__init__("; ".join(self.obstacles))


class Ended(Struct, frozen=True):
    """A lane whose work tree has been removed."""

    branch: str
    """Short name."""
    tip: str
    problem: str | None = None
    """Why its branch is still there, as a sentence; None where it was deleted."""


def end_lane(path: Path, kept: Kept, reach: Reach, *, ignored_may_go: bool = False) -> Ended:
    """Remove the work tree at `path` and its branch, which `kept` holds.

    Raises Unsafe where anything could be lost (nothing is changed then), GitError where git cannot remove it. The
    branch is deleted only if it is still where it was kept; otherwise the answer says why it stays.
    """
    prepared = lane_at(path, reach)
    state = lane_state(path, reach, thorough=True)
    found = list(obstacles(state, kept.tip, ignored_may_go=ignored_may_go))
    if state.branch != kept.branch:
        found.append("it is on another branch than the one that was kept; keep a bundle again")
    elif not left_behind(prepared, kept.tip, reach) <= kept.left:
        found.append("commits were left behind in it since it was kept; keep a bundle again")
    if not _stands(kept, path):
        found.append(f"its bundle in `{kept.folder}` is gone or changed; keep a bundle again")
    loose = {name: prototype_content(path / name) for name in state.prototypes}
    for name, content in loose.items():
        if content is None or (name, token_of(content)) not in kept.prototypes:
            found.append(f"`{name}` is not as it was kept; keep a bundle again")
    if found:
        raise Unsafe(found)
    own = reach.own_place(prepared)
    reach.check_writable(prepared.layout)
    try:
        for name in loose:
            (path / name).unlink()
        reach.git(own, "worktree", "remove", "--", str(path))
    except (GitError, OSError) as error:
        _put_back(path, loose)
        said = error.strerror if isinstance(error, OSError) else str(error)
        raise GitError(f"it was not removed: {said}; look at `git status` there") from error
    short = kept.branch.removeprefix("refs/heads/")
    try:
        delete_ref(own, kept.branch, kept.tip, reach)
    except GitError as error:
        return Ended(short, kept.tip, f"the branch `{short}` was left, it may have moved meanwhile: {error}")
    return Ended(short, kept.tip)


def _stands(kept: Kept, lane: Path) -> bool:
    """Whether what was kept is still there, and not inside the lane itself."""
    try:
        if kept.bundle.resolve().is_relative_to(lane.resolve()) or bundle_token(kept.bundle) != kept.token:
            return False
        return all(token_of(prototype_content(kept.folder / name)) == token for name, token in kept.prototypes)
    except OSError:
        return False


def _put_back(path: Path, loose: dict[str, bytes | None]) -> None:
    for name, content in loose.items():
        if content is not None and path.is_dir() and not lexists(path / name):
            with contextlib.suppress(WholeFileError):  # a copy is with the bundle
                write_new(path / name, content)
