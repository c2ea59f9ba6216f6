"""Where something is built: a work tree as far as building needs to know it. Values only."""

from pathlib import Path

from msgspec import Struct

from tui.domain.lane_work import Ground
from tui.domain.lanes import PREFIX
from tui.domain.repos import Repository


class Place(Struct, frozen=True):
    """A work tree. Text is raw."""

    path: Path
    name: str
    branch: str = ""
    """Short name; empty where none is checked out."""
    head: str = ""
    """The commit checked out; empty where there is none."""
    parent: Path | None = None
    """Of a lane: the main work tree."""

    @property
    def is_lane(self) -> bool:
        """True for a work tree of its own on a branch `proto/…`."""
        return self.parent is not None and self.branch.startswith(PREFIX)


def place_in(repo: Repository) -> Place:
    """The work tree `repo`."""
    parent = repo.parent if repo.kind == "linked" else None
    return Place(repo.path, repo.name, repo.branch or "", repo.head or "", parent)


def place_on(ground: Ground) -> Place:
    """A place that was just made, which the fleet need not know yet."""
    return Place(ground.path, ground.path.name, ground.branch, ground.head, ground.repository)
