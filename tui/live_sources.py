"""The part of the real engine that opens sources; `tui.live` is the whole.

A source is opened on the thread it is read by, when it is first needed, and again where settings it depends on changed.
"""

from collections.abc import Callable
from typing import Any

from textual.message import Message

from tui import messages
from tui.refresh import Worker
from tui.sources.git.lane_orders import LaneAnswer

ASIDE = ("repos", "agenda")
"""The sources that are read in a process of their own."""
LANES_SECONDS = 2.0
"""How long closing the repositories waits for work on lanes under way."""


class LiveSources:
    """What the other parts take sources from."""

    _open: dict[str, Callable[[], Any]]
    """What opens each, by the settings in force."""
    _opened: dict[str, Any]
    _workers: dict[str, Worker]
    _post: Callable[[Message], object]
    _tell_of_lane: Callable[[LaneAnswer], None]

    def _source(self, name: str) -> Any:
        """The source, opened on its own thread the first time it is needed."""
        return self._opened[name] if name in self._opened else self._open_source(name)

    def _open_source(self, name: str) -> Any:
        """The source, opened anew, in place of the one there was."""
        source = self._open[name]()
        if name in ASIDE:
            source.notify = self._workers[name].request
        if name == "repos":
            source.opened = lambda detail: self._post(messages.RepositoryOpened(detail))
            source.lanes.answered = self._tell_of_lane
            source.traced = lambda trace: self._post(messages.TraceRead(trace))
        if name == "agenda":
            source.opened = lambda text: self._post(messages.MeetingOpened(text))
            source.past_read = lambda past: self._post(messages.PastRead(past))
        self._opened[name] = source
        return source

    def _reopen(self, name: str) -> None:
        """Have a source opened anew, on its own thread, after what was to be written before; the old one is closed."""

        def reopen() -> None:
            earlier = self._opened.get(name)
            if earlier is None:
                return  # it is opened by the settings in force when it is first read
            if name == "repos":
                earlier.lanes.wait(LANES_SECONDS)
            self._open_source(name)
            if close := getattr(earlier, "close", None):
                close()

        self._workers[name].submit(reopen)
