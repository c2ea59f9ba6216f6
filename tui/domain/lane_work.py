"""What is asked of lanes and new repositories, and what is answered. Values only; the work is `tui.sources.git`."""

from pathlib import Path

from msgspec import Struct

from tui.domain.agents import Diffstat
from tui.domain.lanes import LaneState, Prototype


class LaneWish(Struct, frozen=True):
    """A lane that is wanted. Its slug follows from the question, and differs from those the repository has."""

    repository: Path
    """Any work tree of the repository."""
    prototype: Prototype
    """What its PROTOTYPE.md is to say."""
    place: Path | None = None
    """The new folder it is to be; None where `[lanes] folder` says, else beside the repository."""


class RepositoryWish(Struct, frozen=True):
    """A new repository that is wanted."""

    folder: Path
    """The new folder it is to be; absolute."""
    prototype: Prototype
    """What its PROTOTYPE.md is to say."""
    template: Path | None = None
    """The folder whose files it begins with; None: it begins with PROTOTYPE.md alone."""


class Ground(Struct, frozen=True):
    """A place to build in that was made: a lane, or a new repository."""

    path: Path
    branch: str
    """Short name."""
    head: str
    """The commit it starts from."""
    prototype: Path
    """Its PROTOTYPE.md; another name where the repository has one of its own."""
    repository: Path | None = None
    """Of a lane: the work tree it was asked for in."""


class LaneLook(Struct, frozen=True):
    """What a lane holds that could be lost, looked at thoroughly."""

    path: Path
    state: LaneState
    obstacles: tuple[str, ...]
    """Why it must not be removed, a sentence each, taken that a bundle is kept first. Ignored files count."""


class LaneChanges(Struct, frozen=True):
    """How a work tree, a lane or not, differs from a commit."""

    path: Path
    head: str
    """The commit it was compared with."""
    stat: Diffstat


class LaneCommit(Struct, frozen=True):
    """What a work-in-progress commit came to."""

    path: Path
    branch: str
    """Short name."""
    sha: str
    """The new commit; empty where there was nothing to commit."""
    files: int
    """How many paths it changes."""
    left: tuple[str, ...] = ()
    """What was left out and why, a sentence each."""


class LaneEnding(Struct, frozen=True):
    """A lane that was removed, and where it is kept."""

    path: Path
    branch: str
    """Short name."""
    tip: str
    folder: Path
    """Has the bundle, PROTOTYPE.md and the notes."""
    problem: str | None = None
    """Why its branch is still there, as a sentence; None where it was deleted."""
