"""The part of the real engine that keeps the ledger; `tui.live` is the whole."""

from tui.domain.sessions import Entry


class LiveLedger:
    """What `Engine` says of it."""

    def record(self, entries: tuple[Entry, ...]) -> None:
        """See `Engine.record`."""
        raise NotImplementedError

    def tend(self, session: str | None) -> None:
        """See `Engine.tend`."""
        raise NotImplementedError
