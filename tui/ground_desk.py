"""The app's dealings with lanes and new repositories: one thing is asked at a time, the rest follows its answer."""

from collections.abc import Callable

from textual import on

from tui import messages
from tui.domain.lane_work import Ground, LaneCommit, LaneEnding, LaneLook, LaneWish, RepositoryWish
from tui.engine import Engine
from tui.part import Part


class GroundDesk(Part):
    """The part of the app that has ground made and lanes ended; `tui.app` is the whole."""

    engine: Engine
    _awaited: Callable[[Ground | LaneLook | LaneCommit | LaneEnding], object] | None = None
    """What follows the answer that is awaited; None where none is."""

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def make_ground(self, wish: LaneWish | RepositoryWish, then: Callable[[Ground], object]) -> None:
        """Have a lane or a repository made, and do `then` with it; where it cannot be made, that is said."""

        def made(answer: object) -> None:
            if isinstance(answer, Ground):
                then(answer)

        if self.await_answer(made):
            self.say("making a lane …" if isinstance(wish, LaneWish) else "making a repository …")
            if isinstance(wish, LaneWish):
                self.engine.make_lane(wish)
            else:
                self.engine.make_repository(wish)

    def await_answer(self, then: Callable[[object], object]) -> bool:
        """Have `then` called with the next answer about lanes; False where another is still awaited, which is said."""
        if self._awaited is not None:
            self.notify("git is still at work for what was asked before; wait for that", severity="warning")
            return False
        self._awaited = then
        return True

    @on(messages.GroundMade)
    def take_ground(self, event: messages.GroundMade) -> None:
        self._answered(event.ground)

    @on(messages.LaneLooked)
    def take_look(self, event: messages.LaneLooked) -> None:
        self._answered(event.look)

    @on(messages.LaneCommitted)
    def take_commit(self, event: messages.LaneCommitted) -> None:
        self._answered(event.commit)

    @on(messages.LaneEnded)
    def take_ending(self, event: messages.LaneEnded) -> None:
        self._answered(event.ending)

    @on(messages.WriteFailed)
    def give_up(self, event: messages.WriteFailed) -> None:
        """Nothing follows what failed; the whole app says why."""
        if event.source == "lane":
            self._awaited = None
            self.say("")  # that it is under way

    def _answered(self, answer: Ground | LaneLook | LaneCommit | LaneEnding) -> None:
        then, self._awaited = self._awaited, None
        if then is not None:
            then(answer)
