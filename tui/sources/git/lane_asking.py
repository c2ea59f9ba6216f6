"""Wishes for lanes as the dashboard has them: sent to the process git is run from, each answered exactly once.

Also where that process ends meanwhile: then a wish it may have begun is answered with a sentence and never carried
out later, so that what the person was told holds. Carrying them out is `lane_wishes`.
"""

import threading
from collections.abc import Callable

from msgspec.structs import replace

from tui.domain.agents import Diffstat
from tui.domain.lane_work import LaneChanges
from tui.sources.git.lane_orders import Deed, LaneAnswer, LaneOrder

UNDONE: dict[Deed, str] = {
    "lane": "no lane was made of",
    "repository": "no repository was made at",
    "look": "it could not be looked at the lane",
    "compare": "what was changed is not known in",
    "commit": "nothing was committed in the lane",
    "end": "it was not ended, the lane",
}
"""How the sentence begins that says why a wish was not carried out, before the name it is about."""

_READING: tuple[Deed, ...] = ("look", "compare")
"""What changes nothing: it may be given up at any time."""

_LEFT: dict[Deed, str] = {
    "lane": "look at `git worktree list` there whether it is made, then try again",
    "repository": "look whether the folder is there, then try again",
    "look": "try again",
    "compare": "try again",
    "commit": "no file was touched; look at `git log` there, then try again",
    "end": "nothing of it is lost; look whether it is still there, then try again",
}


def undone(order: LaneOrder, why: str) -> LaneAnswer:
    """The answer that `order` was not carried out, and why. A comparison that failed is one that found a problem."""
    said = f"{UNDONE[order.do]} `{order.path.name or order.path}`: {why}"
    if order.do == "compare":
        return LaneAnswer(order.number, changes=LaneChanges(order.path, order.text, Diffstat(problem=said)))
    return LaneAnswer(order.number, error=said)


class LaneAsking:
    """The wishes under way. Any thread may call it."""

    def __init__(self, send: Callable[[LaneOrder], None]) -> None:
        self.answered: Callable[[LaneAnswer], object] = lambda _answer: None
        """Called, on any thread, with the answer to each wish."""
        self._send = send
        self._changed = threading.Condition()
        self._under_way: dict[int, LaneOrder] = {}
        self._number = 0
        self._void = 0

    @property
    def void(self) -> int:
        """Wishes up to this number were answered already: a process that begins must not carry them out."""
        return self._void

    def ask(self, order: LaneOrder) -> None:
        """Have `order` carried out; `answered` is called with what came of it."""
        with self._changed:
            self._number += 1
            order = replace(order, number=self._number)
            self._under_way[order.number] = order
        self._send(order)

    def take(self, answer: LaneAnswer) -> None:
        """The process answered; passed over where the wish was given up already."""
        with self._changed:
            known = self._under_way.pop(answer.number, None)
        if known is not None:
            self._say(answer)

    def lose(self) -> None:
        """The process ended: whatever it was asked and has not answered is given up."""
        with self._changed:
            lost = tuple(self._under_way.values())
            self._under_way.clear()
            self._void = self._number
        for order in lost:
            self._say(undone(order, f"the process that works on lanes ended meanwhile; {_LEFT[order.do]}"))

    def wait(self, patience: float) -> str:
        """Before the process is ended, wait until all that makes or changes something is answered, at most `patience`
        seconds; a sentence where it is not."""

        def left() -> LaneOrder | None:
            return next((order for order in self._under_way.values() if order.do not in _READING), None)

        with self._changed:
            self._changed.wait_for(lambda: left() is None, patience)
            last = left()
        return "" if last is None else f"`{last.path.name or last.path}` is still being worked on"

    def _say(self, answer: LaneAnswer) -> None:
        self.answered(answer)
        with self._changed:
            self._changed.notify_all()
