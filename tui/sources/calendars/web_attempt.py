"""One try to bring the copy of a calendar up to date, and what is known of it afterwards. When to try is `web`."""

from datetime import datetime, timedelta
from threading import Lock

from msgspec import Struct
from msgspec.structs import replace

from tui.sources.calendars.web_address import Address
from tui.sources.calendars.web_copy import KeptCopy, Record
from tui.sources.calendars.web_failure import FetchError
from tui.sources.calendars.web_fetch import Connections, Fetched, Known, Limits, fetch
from tui.sources.calendars.web_schedule import after_failure, after_success, parse_label, parse_ttl

MAX_LABEL = 1000
"""Characters kept of what a calendar calls itself."""


class Attempt(Struct, frozen=True):
    """A try at `now` (UTC)."""

    kept: KeptCopy
    record: Record
    """What was known before."""
    now: datetime
    refresh: timedelta
    chance: float
    """0 to 1, for the spread of times."""

    def asking(self, address: Address, asked: str) -> "Attempt":
        """The same try, once it is known what is asked: what was known of another address counts no more."""
        record = replace(self.record, host=address.host)
        if record.asked != asked:
            record = replace(record, asked=asked, etag="", last_modified="", failures=0, not_before=None)
        return replace(self, record=record)

    def fetched(
        self, address: Address, user_agent: str, limits: Limits, connections: Connections, reading: Lock
    ) -> Record:
        """Ask, and replace the copy where another text came; `reading` is held meanwhile.

        Raises FetchError, CopyError.
        """
        record = self.record
        known = Known(record.etag, record.last_modified)
        with self.kept.draft(self.now.timestamp()) as draft:
            got = fetch(address, draft.out, known, user_agent, self.now, limits, connections)
            if got is not None and (got.digest != record.digest or not self.kept.is_there()):
                with reading:
                    self.kept.take(draft)
        if got is not None:
            record = _as_got(record, got)
        return replace(
            record,
            tried=self.now,
            fetched=self.now,
            next_try=after_success(self.now, self.refresh, timedelta(seconds=record.ttl_seconds), self.chance),
            not_before=None,
            failures=0,
            error="",
            offline=False,
        )

    def failed(self, error: str, cause: FetchError | None = None) -> Record:
        """What is known after it failed with `error`, a sentence; `cause` where the network or the server did."""
        failures = self.record.failures + 1
        not_before = cause.not_before if cause else None
        return replace(
            self.record,
            tried=self.now,
            next_try=after_failure(self.now, failures, not_before, self.chance),
            not_before=not_before,
            failures=failures,
            error=error,
            offline=cause is not None and cause.offline,
        )


def _as_got(record: Record, got: Fetched) -> Record:
    return replace(
        record,
        label=parse_label(got.head)[:MAX_LABEL],
        ttl_seconds=int(parse_ttl(got.head).total_seconds()),
        digest=got.digest,
        etag=got.known.etag,
        last_modified=got.known.last_modified,
    )
