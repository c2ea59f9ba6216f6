"""The part of the real engine that makes, looks at and ends lanes; `tui.live` is the whole.

The work is done in the process git is run from (`tui.sources.git.lane_wishes`); here it is asked for and answered.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.message import Message

from tui import messages
from tui.domain.lane_work import LaneWish, RepositoryWish
from tui.refresh import Worker
from tui.sources.git.lane_orders import LaneAnswer, LaneOrder

LEAVE_SECONDS = 2.0
"""How long leaving waits for work on lanes under way."""


class LiveLanes:
    """What `Engine` says of it."""

    _opened: dict[str, Any]
    _post: Callable[[Message], object]
    _source: Callable[[str], Any]
    _workers: dict[str, Worker]

    def make_lane(self, wish: LaneWish) -> None:
        """See `Engine.make_lane`."""
        self._ask(LaneOrder("lane", wish.repository, lane=wish))

    def make_repository(self, wish: RepositoryWish) -> None:
        """See `Engine.make_repository`."""
        self._ask(LaneOrder("repository", wish.folder, repository=wish))

    def look_at_lane(self, path: Path) -> None:
        """See `Engine.look_at_lane`."""
        self._ask(LaneOrder("look", path))

    def compare(self, path: Path, head: str) -> None:
        """See `Engine.compare`."""
        self._ask(LaneOrder("compare", path, text=head))

    def commit_lane(self, path: Path, message: str) -> None:
        """See `Engine.commit_lane`."""
        self._ask(LaneOrder("commit", path, text=message))

    def end_lane(self, path: Path, notes: str, *, ignored_may_go: bool = False) -> None:
        """See `Engine.end_lane`."""
        self._ask(LaneOrder("end", path, text=notes, ignored_may_go=ignored_may_go))

    def _ask(self, order: LaneOrder) -> None:
        if fleet := self._opened.get("repos"):
            fleet.lanes.ask(order)
        else:  # it is opened on its own thread
            self._workers["repos"].submit(lambda: self._ask_late(order))

    def _ask_late(self, order: LaneOrder) -> None:
        fleet = None
        try:
            fleet = self._source("repos")
        finally:
            if fleet is None:
                self._post(messages.WriteFailed("lane", "repositories cannot be read; look into the log"))
        fleet.lanes.ask(order)

    def _tell_of_lane(self, answer: LaneAnswer) -> None:
        """On any thread."""
        fact: Message
        if answer.ground is not None:
            fact = messages.GroundMade(answer.ground)
        elif answer.look is not None:
            fact = messages.LaneLooked(answer.look)
        elif answer.changes is not None:
            fact = messages.ChangesRead(answer.changes)
        elif answer.commit is not None:
            fact = messages.LaneCommitted(answer.commit)
        elif answer.ending is not None:
            fact = messages.LaneEnded(answer.ending)
        else:
            fact = messages.WriteFailed("lane", answer.error or "it was not done; try again")
        self._post(fact)

    def _finish_lanes(self) -> list[str]:
        """Before the end, wait for what is under way; a sentence where it is not done."""
        fleet = self._opened.get("repos")
        left = fleet.lanes.wait(LEAVE_SECONDS) if fleet else ""
        return [left] if left else []
