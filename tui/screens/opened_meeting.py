"""The meeting whose detail is on screen: what its invitation says, and when that is to be read (again).

It is asked for once the cursor has come to rest, and again when the agenda is another; answers that come late, of
another meeting, are kept for when it is opened again. What it looks like is `widgets.meeting_detail`.
"""

import time
from collections.abc import Callable

from textual.timer import Timer

from tui.domain.agenda import Meeting
from tui.domain.meeting_text import MeetingKey, MeetingText, key_of
from tui.screens.opened import LOST_SECONDS, REST_SECONDS

_KEPT = 32
"""Texts of meetings opened before, shown again until they are read anew."""


class OpenedMeeting:
    """At most one meeting is open. `ask` has it read; `later` calls something after some seconds."""

    def __init__(self, ask: Callable[[Meeting], object], later: Callable[[float, Callable[[], None]], Timer]) -> None:
        self.meeting: Meeting | None = None
        self._ask = ask
        self._later = later
        self._texts: dict[MeetingKey, MeetingText] = {}
        self._waiting: tuple[MeetingKey, float] | None = None
        """What an answer is waited for, and since when (monotonic)."""
        self._again = False
        self._timer: Timer | None = None

    @property
    def text(self) -> MeetingText | None:
        """What the invitation of the open meeting says; None before that is known."""
        return self._texts.get(key_of(self.meeting)) if self.meeting else None

    def show(self, meeting: Meeting | None, *, at_once: bool = False) -> None:
        """The detail is of `meeting` now; None where it is of none."""
        before, self.meeting = self.meeting, meeting
        same = before is not None and meeting is not None and key_of(before) == key_of(meeting)
        if same and not (at_once and self._timer is not None):
            return
        self._rest()
        self._again = False
        if meeting is not None:
            self._schedule(0 if at_once else REST_SECONDS)

    def again(self) -> None:
        """The agenda is another: have the open meeting read again."""
        if self.meeting is not None and self._timer is None:
            self._schedule(REST_SECONDS)

    def receive(self, text: MeetingText) -> bool:
        """Take in an answer; True where it changes what is shown."""
        if self._waiting is not None and self._waiting[0] == text.key:
            self._waiting = None
        changed = self._texts.pop(text.key, None) != text
        self._texts[text.key] = text
        while len(self._texts) > _KEPT:
            self._texts.pop(next(iter(self._texts)))
        if self.meeting is None or key_of(self.meeting) != text.key:
            return False
        if self._again:
            self._again = False
            self.again()
        return changed

    def _schedule(self, seconds: float) -> None:
        if seconds:
            self._timer = self._later(seconds, self._read)
        else:
            self._read()

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    def _read(self) -> None:
        self._timer = None
        if self.meeting is None:
            return
        key, now = key_of(self.meeting), time.monotonic()
        if self._waiting is not None and self._waiting[0] == key and now - self._waiting[1] < LOST_SECONDS:
            self._again = True  # one at a time: what changed meanwhile is read after it
            return
        self._waiting = key, now
        self._ask(self.meeting)
