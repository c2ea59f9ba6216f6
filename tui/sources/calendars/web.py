"""A calendar behind an address: its last good copy, read as any file is, and what keeps that copy current.

Reading never waits for the network where there is somebody to tell (`notify`): it answers from the copy, and a
thread of the calendar's own fetches. What one fetch may do is `web_fetch`, when it is time for one `web_schedule`.
"""

import logging
import os
import random
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from msgspec.structs import replace

from tui.calendar_settings import CalendarSettings
from tui.domain.agenda import CalendarState, Meeting
from tui.domain.meeting_text import MeetingKey, MeetingText
from tui.domain.text import safe_text
from tui.sources.calendars.web_address import Address, AddressError, read_address
from tui.sources.calendars.web_attempt import Attempt
from tui.sources.calendars.web_copy import Copies, CopyError, KeptCopy, Record, without_marks
from tui.sources.calendars.web_failure import FetchError
from tui.sources.calendars.web_fetch import Connections, Limits
from tui.sources.calendars.web_schedule import is_due

log = logging.getLogger(__name__)

LOOK_SECONDS = 60.0
"""How often the thread looks at the clock: a machine that slept has a clock that jumped."""
CLOSE_SECONDS = 0.2
"""How long the end waits for a thread that is busy with the disk; it is a daemon."""
MAX_LABEL = 80


class LocalCopy(Protocol):
    """What reads a copy: a calendar on disk."""

    def meetings(self, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """See `source.Calendar`."""

    def text(self, key: MeetingKey) -> MeetingText | None:
        """See `source.Calendar`."""


class Web(Struct, frozen=True):
    """What all calendars behind addresses share."""

    copies: Path
    """The folder of their last good copies."""
    key: Path
    """The file of the key the copies' names are made with."""
    now: Callable[[], datetime]
    limits: Limits = Limits()
    chance: Callable[[], float] = random.SystemRandom().random
    """0 to 1, for the spread of times."""


class WebCalendar:
    """One calendar behind an address.

    `notify` is called from its thread when there is something to read again. Without it `meetings` itself waits for a
    fetch that is due, as long as one may take.
    """

    def __init__(
        self, settings: CalendarSettings, zone: tzinfo, web: Web, read: Callable[[CalendarSettings], LocalCopy]
    ) -> None:
        """`read` opens the copy as the calendar on disk that it is."""
        self.notify: Callable[[], None] | None = None
        self._settings = settings
        self._zone = zone
        self._web = web
        self._open_local = read
        self._copies = Copies(web.copies, web.key)
        self._refresh = timedelta(minutes=settings.refresh_minutes)
        self._reading = threading.Lock()
        """Held while the copy is read or replaced."""
        self._local: tuple[str, LocalCopy] | None = None
        """The copy as a calendar on disk, and the name it was opened under."""
        self._changed = threading.Condition()
        """Guards all below."""
        self._kept: KeptCopy | None = None
        self._record = Record()
        self._problem = ""
        """Why there is no copy to look at, not even an old one."""
        self._address: Address | None = None
        self._damaged = ""
        """The digest of a copy that could not be read: it is fetched as a whole once more, and only once."""
        self._wanted_since: float | None = None
        """`time.monotonic()` of when the fetch that is wanted or under way was asked for."""
        self._connections = Connections()
        self._forced = False
        self._closed = False
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Have it fetched where that is due or was asked for; returns at once."""
        with self._changed:
            self._look()
            forced, self._forced = self._forced, False
            wish = self._record.not_before
            allowed = wish is None or wish <= self._now()
            if self._kept is not None and (self._is_due() or (forced and allowed)):
                self._want()

    def request(self) -> None:
        """With the next reading it is fetched whatever the schedule; only what the server itself wished for counts."""
        self._forced = True  # no lock and no disk: a key is waiting

    def close(self) -> None:
        """End the fetch under way, and have none follow; returns at once."""
        self._closed = True
        self._connections.cut()
        if self._changed.acquire(timeout=CLOSE_SECONDS):
            self._changed.notify_all()
            self._changed.release()

    def meetings(self, start: datetime, end: datetime) -> tuple[tuple[Meeting, ...], CalendarState]:
        """See `source.Calendar`. Where the last try failed: what the copy holds, with the reason and `stale`."""
        self.begin()
        if self.notify is None:
            self._wait()
        with self._changed:
            record, kept, awaited = self._record, self._kept, self._wanted_since is not None
        name = self._name(record)
        if kept is None or (self._local is None and not kept.is_there()):
            return (), CalendarState(
                name,
                "url",
                error=self._problem or record.error or _never_read(awaited, waited=self.notify is None),
                color=self._settings.color,
                next_try=self._local_time(record.next_try),
            )
        found, local = self._read(kept, name, start, end)
        fetched = self._local_time(record.fetched) or local.fetched
        error = self._since(fetched, record) if record.error else self._problem or None
        if local.error and kept.is_there():
            error = error or f"its copy cannot be read: {local.error}"
            self._replace_damaged()
        return found, replace(
            local,
            kind="url",
            fetched=fetched,
            stale=error is not None,
            error=error,
            next_try=self._local_time(record.next_try),
            offline=bool(record.error) and record.offline,
        )

    def text(self, key: MeetingKey) -> MeetingText | None:
        """See `source.Calendar`: from the copy, never from the network."""
        with self._reading:
            return self._local[1].text(key) if self._local else None

    def _read(
        self, kept: KeptCopy, name: str, start: datetime, end: datetime
    ) -> tuple[tuple[Meeting, ...], CalendarState]:
        """What the copy holds, under `name`."""
        with self._reading:
            if self._local is None or self._local[0] != name:
                settings = replace(self._settings, path=str(kept.path), url_command=(), url_variable="", name=name)
                self._local = name, self._open_local(settings)
            return self._local[1].meetings(start, end)

    # What is told.

    def _name(self, record: Record) -> str:
        label = "" if "://" in record.label else safe_text(record.label, MAX_LABEL).strip()
        return self._settings.name or label or safe_text(record.host, MAX_LABEL) or "calendar at an address"

    def _since(self, fetched: datetime | None, record: Record) -> str:
        """Why the last try failed, and from when the copy is."""
        if fetched is None:
            return record.error
        now = self._now().astimezone(self._zone)
        when = f"{fetched:%H:%M}" if fetched.date() == now.date() else f"{fetched:%Y-%m-%d %H:%M}"
        return f"as of {when}{', offline' if record.offline else ''}: {record.error}"

    def _local_time(self, when: datetime | None) -> datetime | None:
        return when.astimezone(self._zone) if when else None

    def _now(self) -> datetime:
        return self._web.now().astimezone(UTC)

    # When to fetch. All with `_changed` held.

    def _look(self) -> None:
        """Bring what is known of the copy up to date: another process may have fetched it."""
        try:
            if self._kept is None:
                identity = self._identity()
                self._kept = self._copies.open(identity, self._now().timestamp())
            self._problem = ""
        except (AddressError, CopyError) as error:
            self._problem = str(error)
            return
        saved = self._kept.read()
        if saved.tried and (self._record.tried is None or saved.tried > self._record.tried):
            self._record = saved
        if self._address is not None and not self._record.host:
            self._record = replace(self._record, host=self._address.host)
        self._record = self._kept.checked(self._record)

    def _identity(self) -> str:
        """What tells this calendar from others without asking anything: its address, or the command that tells it."""
        if self._settings.url_command:
            return "\0".join(("command", *self._settings.url_command))
        self._address = read_address(self._settings, os.environ)
        return self._address.identity

    def _is_due(self) -> bool:
        asked = self._asked(self._address) if self._address else ""
        if asked and self._record.asked not in ("", asked):
            return True  # the person set it to be asked otherwise
        return is_due(self._now(), self._record.next_try, self._refresh)

    def _asked(self, address: Address) -> str:
        return self._copies.hash(f"{address.identity}\0{self._settings.user_agent}")

    def _replace_damaged(self) -> None:
        with self._changed:
            if self._record.digest not in ("", self._damaged):
                self._damaged = self._record.digest
                self._record = without_marks(self._record)
                self._changed.notify_all()

    def _want(self) -> None:
        if self._closed or self._wanted_since is not None:
            return
        self._wanted_since = time.monotonic()
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="calendar-fetch", daemon=True)
            self._thread.start()
        self._changed.notify_all()

    def _wait(self) -> None:
        """Wait for the fetch under way, as long as one may take."""
        with self._changed:
            if self._wanted_since is not None:
                left = self._wanted_since + self._web.limits.total_seconds - time.monotonic()
                self._changed.wait_for(lambda: self._wanted_since is None or self._closed, max(left, 0))

    # On the thread.

    def _work(self) -> None:
        while (wanted := self._next_wanted()) is not None:
            kept, record = wanted
            outcome = self._outcome(kept, record)
            with self._changed:
                self._wanted_since = None
                if not self._closed:  # what was cut by closing says nothing of the server
                    self._record = self._saved(kept, outcome)
                self._changed.notify_all()
            if self.notify is not None and not self._closed:
                self.notify()

    def _next_wanted(self) -> tuple[KeptCopy, Record] | None:
        """What is to be fetched next, once it is time to; None at the end."""
        with self._changed:
            while self._wanted_since is None and not self._closed:
                self._changed.wait(self._seconds_left())
                self._look()
                if self._is_due():
                    self._want()
            return None if self._kept is None or self._closed else (self._kept, self._record)

    def _seconds_left(self) -> float:
        until = self._record.next_try
        left = (until - self._now()).total_seconds() if until else 0.0
        return min(max(left, 1.0), LOOK_SECONDS)

    def _outcome(self, kept: KeptCopy, record: Record) -> Record:
        """Try once; what is known afterwards."""
        attempt = Attempt(kept, record, self._now(), self._refresh, self._web.chance())
        try:
            address = self._address or read_address(self._settings, os.environ)
            attempt = attempt.asking(address, self._asked(address))
            with self._changed:
                self._address, self._connections = address, (connections := Connections())
                if self._closed:
                    connections.cut()
            return attempt.fetched(address, self._settings.user_agent, self._web.limits, connections, self._reading)
        except FetchError as error:
            if error.refused and self._settings.url_command:
                self._address = None  # what it tells may be another one by now
            outcome = attempt.failed(str(error), error)
        except (AddressError, CopyError) as error:
            outcome = attempt.failed(str(error))
        except Exception as error:  # noqa: BLE001 - whatever a library says, its words and its frames hold the address
            outcome = attempt.failed(f"it cannot be fetched: unexpected {type(error).__name__}")
        log.info("calendar `%s`: %s", self._name(outcome), outcome.error)
        return outcome

    def _saved(self, kept: KeptCopy, record: Record) -> Record:
        """`record` as it is kept; where it cannot be, it counts for this process alone, and says so."""
        try:
            return kept.save(record)
        except CopyError as error:
            return replace(record, error=record.error or str(error))


def _never_read(awaited: bool, *, waited: bool) -> str:
    if not awaited:
        return "it was not read yet"
    return "no answer yet; ask again in a moment" if waited else "being fetched for the first time"
