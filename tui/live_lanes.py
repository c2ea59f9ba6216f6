"""The part of the real engine that makes, looks at and ends lanes; `tui.live` is the whole."""

from pathlib import Path

from tui.domain.lane_work import LaneWish, RepositoryWish


class LiveLanes:
    """What `Engine` says of it."""

    def make_lane(self, wish: LaneWish) -> None:
        """See `Engine.make_lane`."""
        raise NotImplementedError

    def make_repository(self, wish: RepositoryWish) -> None:
        """See `Engine.make_repository`."""
        raise NotImplementedError

    def look_at_lane(self, path: Path) -> None:
        """See `Engine.look_at_lane`."""
        raise NotImplementedError

    def commit_lane(self, path: Path, message: str) -> None:
        """See `Engine.commit_lane`."""
        raise NotImplementedError

    def end_lane(self, path: Path, notes: str, *, ignored_may_go: bool = False) -> None:
        """See `Engine.end_lane`."""
        raise NotImplementedError
