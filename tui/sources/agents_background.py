"""Agents that work in the background: started with an item, found again by the next start, ended on the person's wish.

Nothing is ended by itself, at a deadline or otherwise. What each was handed is in a folder of its own
(`agents_record`); that it lives is told by a lock its runner holds (`agents_run`).
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agents import AgentSession, AgentState, Diffstat, HandOver, question_in
from tui.sources.agents_record import (
    ENDED,
    RECORD,
    Record,
    forget,
    read_records,
    read_status,
    read_tail,
    write_record,
)
from tui.sources.agents_run import AgentsError, end_group, runner_of, start_runner
from tui.sources.agents_runner import OUTPUT
from tui.sources.whole_file import WholeFileError, read_whole

log = logging.getLogger(__name__)

KEPT_DAYS = 14
"""How long after its end an agent is still told of."""

WORKING_SECONDS, ENDED_SECONDS = 30.0, 600.0
"""How often it is looked what one at work has changed, and one that has ended (the person may go on there)."""

Diff = Callable[[Path, str], Diffstat]
"""How the work tree at a path differs from a commit."""

Command = Callable[[Path], Sequence[str]]
"""The command that is told of the brief in this file."""


class _Seen(Struct):
    """What was read of one agent, and what it was read from."""

    output: tuple[int, int] = (-1, -1)
    lines: tuple[str, ...] = ()
    state: str = ""
    stat: Diffstat | None = None
    stat_at: float = 0.0


class Background:
    """The agents in `folder`. Read by one thread, started and ended by one; they may differ."""

    def __init__(self, folder: Path, now: Callable[[], datetime], diff: Diff) -> None:
        self._folder = folder
        self._now = now
        self._diff = diff
        self._seen: dict[str, _Seen] = {}
        self._changes = threading.RLock()
        """Held while one is being started or forgotten, so that it is never seen half there."""

    def start(self, handover: HandOver, agent: str, command: Command, environ: Mapping[str, str]) -> None:
        """Start an agent on `handover`. Raises AgentsError; nothing of it stays then."""
        record = Record(
            os.urandom(6).hex(),
            agent,
            handover.item,
            handover.title,
            handover.repository,
            handover.branch,
            handover.head,
            handover.deadline,
            self._now(),
        )
        place = self._folder / record.id
        with self._changes:
            try:
                brief = read_whole(handover.brief)
                if brief is None:
                    raise AgentsError(f"the brief `{handover.brief}` is not there; hand the item over again")
                told = write_record(place, record, brief)
                start_runner(command(told), handover.repository, environ, place)
            except (WholeFileError, OSError) as error:
                self._drop(place)
                raise AgentsError(f"the agent could not be started: {error}") from error
            except BaseException:
                self._drop(place)
                raise
            self._forget_earlier(record)

    def end(self, id: str) -> None:
        """End the agent `id` with all it started; forget one that has ended already."""
        place = self._folder / id
        if not any(isinstance(one, Record) and one.id == id for one in read_records(self._folder)):
            return
        if runner_of(place) is None:
            self._drop(place)
            return
        if read_status(place) is None:
            (place / ENDED).touch(mode=0o600)
        end_group(place)

    def read(self) -> Iterator[AgentSession | str]:
        """Every agent, and a sentence for what cannot be read of one."""
        for record in read_records(self._folder):
            if isinstance(record, str):
                yield record
                continue
            with self._changes:
                seen = self._seen.setdefault(record.id, _Seen())
                session = self._session(record, seen)
            if session is not None:
                yield replace(session, diffstat=self._stat(record, seen, session.state))

    def _session(self, record: Record, seen: _Seen) -> AgentSession | None:
        place, now = self._folder / record.id, self._now()
        if not (place / RECORD).exists():  # forgotten a moment ago
            self._seen.pop(record.id, None)
            return None
        living = runner_of(place) is not None  # before its status, which is written while it lives
        status = read_status(place)
        self._look(place, seen)
        if status is not None:
            since = datetime.fromtimestamp(status[1], now.tzinfo)
            if not living and now - since > timedelta(days=KEPT_DAYS):
                self._drop(place)
                return None
            state, why = _ending(status[0], ended=(place / ENDED).exists())
        elif living:
            since, state, why = record.begun, "working", ""
        else:
            since, state, why = None, "unknown", "how it ended is not known; look into its lane"
            if (place / ENDED).exists():
                state, why = "failed", "you ended it"
            if now - record.begun > timedelta(days=KEPT_DAYS):
                self._drop(place)
                return None
        question = question_in(seen.lines) if state != "working" else ""
        if question and state == "done":
            state = "needs you"
        return AgentSession(
            id=record.id,
            agent=record.agent,
            repository=record.repository,
            state=state,
            origin="background",
            since=since,
            item=record.item,
            title=record.title,
            deadline=record.deadline,
            last_lines=seen.lines,
            question=question,
            branch=record.branch,
            head=record.head,
            why=why,
        )

    def _look(self, place: Path, seen: _Seen) -> None:
        """Read what it printed last, where it printed something since."""
        try:
            found = (place / OUTPUT).stat()
        except OSError:
            return
        if (found.st_size, found.st_mtime_ns) != seen.output:
            seen.output, seen.lines = (found.st_size, found.st_mtime_ns), read_tail(place)

    def _stat(self, record: Record, seen: _Seen, state: str) -> Diffstat | None:
        every = WORKING_SECONDS if state == "working" else ENDED_SECONDS
        if seen.stat is None or seen.state != state or time.monotonic() - seen.stat_at > every:
            seen.stat = self._diff(record.repository, record.head) if record.head else None
            seen.state, seen.stat_at = state, time.monotonic()
        return seen.stat

    def _forget_earlier(self, record: Record) -> None:
        """What was told of earlier agents with the same item is over, where they have ended."""
        for one in list(read_records(self._folder)):
            same = isinstance(one, Record) and one.item == record.item and one.id != record.id
            if same and isinstance(one, Record) and runner_of(self._folder / one.id) is None:
                self._drop(self._folder / one.id)

    def _drop(self, place: Path) -> None:
        with self._changes:
            self._seen.pop(place.name, None)
            try:
                forget(place)
            except OSError as error:
                log.debug("what is known of an agent stays: %s", error)


def _ending(status: int, *, ended: bool) -> tuple[AgentState, str]:
    if ended:
        return "failed", "you ended it"
    if status == 0:
        return "done", ""
    if status > 0:
        return "failed", f"ended with status {status}"
    try:
        name = signal.Signals(-status).name
    except ValueError:
        name = f"signal {-status}"
    return "failed", f"was ended by {name}"


def split(found: Iterator[AgentSession | str]) -> tuple[tuple[AgentSession, ...], tuple[str, ...]]:
    """Sessions, and what is to be said of the others."""
    both = tuple(found)
    return (
        tuple(one for one in both if isinstance(one, AgentSession)),
        tuple(one for one in both if isinstance(one, str)),
    )
