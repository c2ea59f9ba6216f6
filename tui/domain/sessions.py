"""Sessions and notes: what the ledger holds, and what is asked of it.

A session is one stretch of building on an item in a repository, from start to landing; a note is one line written
during it. Pure. What follows from the entries is reckoned in `tui.domain.made`; the file is `tui.sources.ledger`.
Text is raw: show it through `safe_text`.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Literal, get_args

from msgspec import Struct

from tui.domain.spans import Span, day_span, length_within, union
from tui.domain.values import Snapshot

Kind = Literal["started", "noted", "away", "back", "parked", "resumed", "alive", "ended"]
NoteKind = Literal["technique", "trade-off", "dead-end", "next"]
Outcome = Literal["finished", "killed", "handed-over"]
Standing = Literal["open", "parked", "ended"]
KINDS: tuple[Kind, ...] = get_args(Kind)
NOTE_KINDS: tuple[NoteKind, ...] = get_args(NoteKind)
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)

LONGEST_LINE = 1_000
"""Characters of a note."""
ALIVE_EVERY = timedelta(minutes=5)
"""How often an `alive` entry is due while a session is open and this person is not away. A crash costs no more."""
LONGEST_SILENCE = timedelta(hours=4)
"""A stretch without a sign of life that is longer counts nothing: a machine that slept, a clock that was set."""


class NoteError(ValueError):
    """A line a note cannot be; the message is a sentence with the remedy."""


class Entry(Struct, frozen=True):
    """One line of the ledger: what happened to a session. Never changed and never removed once it is written."""

    kind: Kind
    session: str
    """The session's id; empty with `started` until it is written, which gives it one."""
    at: datetime
    """When it was written."""
    since: datetime | None = None
    """When it began, where that was before `at`: away since the meeting began, ended when last heard of. What had
    been counted since then is not."""
    id: str = ""
    """Random; empty until it is written. An entry that a copied file holds twice counts once by it."""
    item: str = ""
    """The item's id in the backlog."""
    title: str = ""
    """The item's title as it was then: an item may be gone from the backlog."""
    repository: Path | None = None
    """The work tree that is built in: a lane's own where it is one."""
    branch: str = ""
    head: str = ""
    """The commit checked out then; empty where there is none."""
    note: NoteKind | None = None
    """The kind of note of a `noted` entry."""
    text: str = ""
    """The note's line; of `away`, what for."""
    outcome: Outcome | None = None
    """Of `ended`: what became of the prototype, where that was decided with it."""
    extra: tuple[tuple[str, object], ...] = ()
    """Keys this version does not know, as they were."""


class Note(Struct, frozen=True):
    """One line written during a session, stamped with where the code stood."""

    kind: NoteKind
    text: str
    at: datetime
    session: str
    item: str
    repository: Path | None
    commit: str
    place: int
    """Which entry of the ledger it is: what orders notes, since clocks are set."""


class Session(Struct, frozen=True):
    """What the entries of one session come to."""

    id: str
    item: str
    title: str
    repository: Path | None
    branch: str
    standing: Standing
    away: bool
    """True between `away` and `back`; nothing counts then."""
    started: datetime
    heard: datetime
    """The last sign of life: the `at` of its last entry. An open session is counted up to it."""
    head_before: str
    """The commit checked out at the start."""
    head_after: str
    """The commit checked out when one was last written down."""
    outcome: Outcome | None
    stretches: tuple[Span, ...]
    """What was made, in UTC, in order and apart."""
    notes: tuple[Note, ...]
    """In the order they were written."""
    place: int
    """Which entry of the ledger its last one is: what tells the later of two sessions, since clocks are set."""
    turned: datetime
    """When it was started, resumed, away or back last: what a person decided then holds for meetings begun before."""
    away_for: str = ""
    """While away: what for, as its entry says."""

    @property
    def made(self) -> timedelta:
        """Time counted so far, up to the last sign of life."""
        return sum((end - start for start, end in self.stretches), timedelta())


class Ledger(Snapshot, frozen=True):
    """All sessions, in the order they began."""

    sessions: tuple[Session, ...] = ()
    problem: str | None = None
    """Why the file could not be read, as a sentence with place and remedy; `sessions` are then the last good ones."""
    remarks: tuple[str, ...] = ()
    """What was found in the file that is not an entry of this version, a sentence each."""
    taken_at: datetime | None = None


def open_sessions(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Those neither parked nor ended, the one heard of last first: what runs, or ran when makerhour quit."""
    return _latest_first(session for session in sessions if session.standing == "open")


def parked_sessions(sessions: Iterable[Session]) -> tuple[Session, ...]:
    """Those that wait to be resumed, the one heard of last first."""
    return _latest_first(session for session in sessions if session.standing == "parked")


def notes_of(sessions: Iterable[Session], item: str) -> tuple[Note, ...]:
    """The notes about the item with the id `item`, newest first."""
    notes = (note for session in sessions for note in session.notes if note.item == item)
    return tuple(sorted(notes, key=lambda note: note.place, reverse=True))


def last_next(sessions: Iterable[Session], item: str) -> Note | None:
    """The last `next` line of the item with the id `item`: where to go on."""
    return next((note for note in notes_of(sessions, item) if note.kind == "next"), None)


def stretches_made(sessions: Iterable[Session]) -> tuple[Span, ...]:
    """When this person was making something, in UTC, in order and apart: two sessions at once are one stretch."""
    return tuple(union(span for session in sessions for span in session.stretches))


def made_between(sessions: Iterable[Session], start: datetime, end: datetime) -> timedelta:
    """Time made from `start` to `end` (aware); two sessions at once count once."""
    spans = (span for session in sessions for span in session.stretches)
    return length_within((start.astimezone(UTC), end.astimezone(UTC)), spans)


def made_on(sessions: Iterable[Session], day: date, zone: tzinfo) -> timedelta:
    """Time made on `day` by the clock of `zone`; two sessions at once count once."""
    return made_between(sessions, *day_span(day, zone))


def complaints(before: Ledger | None, after: Ledger) -> tuple[str, ...]:
    """The sentences about its file that `after` has and `before` had not: each is told once."""
    known = set() if before is None else {before.problem, *before.remarks}
    found = (*((after.problem,) if after.problem else ()), *after.remarks)
    return tuple(sentence for sentence in found if sentence not in known)


def counted_to(session: Session, now: datetime) -> timedelta:
    """Time made in `session` up to `now`: since its last sign of life too, where it is open and not away."""
    running = now.astimezone(UTC) - session.heard.astimezone(UTC)
    counts = session.standing == "open" and not session.away and timedelta() < running <= LONGEST_SILENCE
    if not counts:
        return session.made
    span = (session.heard.astimezone(UTC), now.astimezone(UTC))
    return sum((end - start for start, end in union((*session.stretches, span))), timedelta())


def made_on_item(sessions: Iterable[Session], item: str, now: datetime) -> timedelta:
    """Time made on the item with the id `item`, in all its `sessions`, up to `now`."""
    return sum((counted_to(one, now) for one in sessions if one.item == item), timedelta())


def note_line(text: str) -> str:
    """`text` as the line of a note: white space as single spaces. Raises NoteError where it is empty or too long."""
    line = " ".join(text.split())
    if not line:
        raise NoteError("a note needs a line; write what is to be remembered")
    if len(line) > LONGEST_LINE:
        raise NoteError(f"the note is {len(line)} characters long; {LONGEST_LINE} is the most")
    return line


def line_problem(text: str) -> str:
    """Why `text` cannot be the line of a note, where it says anything at all; else empty."""
    try:
        note_line(text or "nothing")
    except NoteError as problem:
        return str(problem) if text.strip() else ""
    return ""


def starting(at: datetime, item: str, title: str, repository: Path, branch: str, head: str) -> Entry:
    """The entry that starts a session; it gets its id when it is written."""
    return Entry("started", "", at, item=item, title=title, repository=repository, branch=branch, head=head)


def noting(session: Session, at: datetime, kind: NoteKind, text: str, head: str) -> Entry:
    """The entry that notes a line. It names item and repository itself, to outlive a start that was lost.

    Raises NoteError where `text` cannot be one.
    """
    return Entry(
        "noted", session.id, at, item=session.item, title=session.title, repository=session.repository,
        branch=session.branch, head=head, note=kind, text=note_line(text),
    )  # fmt: skip


def going(
    session: Session,
    kind: Literal["away", "back", "parked", "resumed", "alive", "ended"],
    at: datetime,
    *,
    since: datetime | None = None,
    head: str = "",
    text: str = "",
    outcome: Outcome | None = None,
) -> Entry:
    """The entry for anything else that happens to `session`. `since` is for `away`, `parked` and `ended`: what is
    told later than it happened, such as `session.heard` for a session that was left open overnight.
    """
    return Entry(kind, session.id, at, since, item=session.item, head=head, text=text, outcome=outcome)


def _latest_first(sessions: Iterable[Session]) -> tuple[Session, ...]:
    return tuple(sorted(sessions, key=lambda session: session.place, reverse=True))
