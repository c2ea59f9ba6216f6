"""How long toasts stand: what was told goes with the next key, once there was time to read it; what is wrong stays for
its whole time. A toast lies over rows, and over the lower half of a dialog."""

READ_SECONDS = 2.0
"""So long it takes to read one."""


class Toasts:
    """What stands at the moment. Times are those of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._told_at: float | None = None
        """When the last one was shown that only tells; None where none stands."""
        self._grave_until = 0.0

    def show(self, at: float, timeout: float, *, grave: bool) -> None:
        """One is shown at `at`, for `timeout` seconds. It is `grave` where something is wrong."""
        if grave:
            self._grave_until = max(self._grave_until, at + timeout)
        else:
            self._told_at = at

    def go_with_key(self, at: float) -> bool:
        """True where the key typed at `at` is to put away what stands."""
        read = self._told_at is not None and at - self._told_at >= READ_SECONDS and at >= self._grave_until
        if read:
            self._told_at = None
        return read
