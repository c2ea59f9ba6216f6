"""How long toasts stand: what was told goes with the next key, once there was time to read it; what is wrong stays for
its whole time. A toast lies over rows, and over the lower half of a dialog."""

READ_SECONDS = 2.0
"""So long it takes to read one."""
LASTING_SECONDS = 8.0
"""What is to stand longer than this came by itself, or names a place somebody has to go to: it stays as well."""


class Toasts:
    """What stands at the moment. Times are those of one monotonic clock, in seconds."""

    def __init__(self) -> None:
        self._told_at: float | None = None
        """When the last one was shown that only tells; None where none stands."""
        self._lasting_until = 0.0

    def show(self, at: float, timeout: float, *, grave: bool) -> None:
        """One is shown at `at`, for `timeout` seconds. It is `grave` where something is wrong."""
        if grave or timeout > LASTING_SECONDS:
            self._lasting_until = max(self._lasting_until, at + timeout)
        else:
            self._told_at = at

    def go_with_key(self, at: float) -> bool:
        """True where the key typed at `at` is to put away what stands."""
        read = self._told_at is not None and at - self._told_at >= READ_SECONDS and at >= self._lasting_until
        if read:
            self._told_at = None
        return read
