"""What the dashboard and the process git is run from say to each other of lanes and new repositories. Values only."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from tui.domain.lane_work import Ground, LaneChanges, LaneCommit, LaneEnding, LaneLook, LaneWish, RepositoryWish

Deed = Literal["lane", "repository", "look", "compare", "commit", "end"]


class LaneOrder(Struct, frozen=True):
    """One wish. Which fields count depends on `do`."""

    do: Deed
    path: Path
    """The lane it is about; for `lane` the repository it is made of, for `repository` the new folder."""
    lane: LaneWish | None = None
    repository: RepositoryWish | None = None
    text: str = ""
    """For `commit` the message, for `end` the notes (Markdown), for `compare` the commit it is compared with."""
    ignored_may_go: bool = False
    number: int = 0
    """The number its answer carries."""


class LaneAnswer(Struct, frozen=True):
    """What came of a wish; one field beside the number is set."""

    number: int
    ground: Ground | None = None
    look: LaneLook | None = None
    changes: LaneChanges | None = None
    commit: LaneCommit | None = None
    ending: LaneEnding | None = None
    error: str | None = None
    """Why it was not done, as a sentence."""
