"""How much work a calendar may cause, counted where the work is done; works on any thread, needs no signal."""

import time


class OverBudgetError(ValueError):
    """A meeting asked for more work than any honest one does: what it says is as good as unreadable."""


class Budget:
    """Steps one series may take, and the moment by which the whole calendar must be done."""

    def __init__(self, seconds: float, steps: int = 100_000) -> None:
        self._steps = steps
        self._left = steps
        self._deadline = time.monotonic() + seconds

    def next_series(self) -> None:
        """A new series has all its steps. Raises OverBudgetError where the time for the calendar is over."""
        self._left = self._steps
        if self.late:
            raise OverBudgetError("the time for reading the calendar is over")

    def spend(self, steps: int) -> None:
        """Take `steps`. Raises OverBudgetError where none are left or time is over."""
        self._left -= steps
        if self._left < 0:
            raise OverBudgetError("its rule takes too many steps to work out")
        if not self._left & 1023 and self.late:
            raise OverBudgetError("the time for reading the calendar is over")

    @property
    def late(self) -> bool:
        """True past the deadline."""
        return time.monotonic() > self._deadline
