"""makerhour by a clock that a test moves on: `python -m tests.moved_clock FILE [argument …]`. No tests here.

FILE holds how many seconds the clock is ahead of the machine's. Where a larger number is written there, it runs to it,
and no keeper of a session sleeps meanwhile: with each look at the clock by the thread that keeps the ledger it moves
STEP on, and that thread looks without a rest.
"""

import sys
import threading
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from tui import __main__, live_ledger, session_desk
from tui.screens import choices

STEP = 5.0
"""Seconds; some looks at the clock together are still far from what counts as sleep."""


class MovedClock:
    """The clock of `tui.__main__`, ahead of it."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._ahead = 0.0
        self._read = __main__.clock
        self._changes = threading.Lock()

    def __call__(self, zone: tzinfo) -> datetime:
        with self._changes:
            if threading.current_thread().name == "source-ledger":
                self._ahead = min(float(self._file.read_text()), self._ahead + STEP)
            return self._read(zone) + timedelta(seconds=self._ahead)


if __name__ == "__main__":
    live_ledger.LEDGER_SECONDS = 0.02
    session_desk.CARD_SECONDS = 60.0
    choices.UNASKED_SECONDS = 0.0
    __main__.clock = MovedClock(Path(sys.argv[1]))
    sys.exit(__main__.main(sys.argv[2:]))
