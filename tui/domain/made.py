"""From entries to sessions: where each stands, and the time that was made in it, counted honestly.

Pure. Time counts from one sign of life to the next while the session is open and its person not away. Nothing counts
where the clock went back in between, nor over a silence longer than LONGEST_SILENCE, nor after the last sign of life.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field

from tui.domain.sessions import LONGEST_SILENCE, Entry, Note, Outcome, Session, Standing
from tui.domain.spans import Span, union, without


class Reckoning:
    """The sessions that follow from entries, which come in the ledger's order and in pieces of any size.

    A piece costs what it is long and the sessions it is about, not what came before.
    """

    def __init__(self) -> None:
        self._count = 0
        self._open: dict[str, _Course] = {}
        self._reckoned: dict[str, Session] = {}

    def add(self, entries: Iterable[Entry]) -> None:
        """Take in the entries that follow those known. An entry that a session has already is left out."""
        touched: dict[str, _Course] = {}
        for entry in entries:
            course = self._open.get(entry.session)
            if course is None:
                course = self._open[entry.session] = _Course(entry.session, entry.at)
            if course.take(entry, self._count):
                touched[entry.session] = course
            self._count += 1
        for id, course in touched.items():
            self._reckoned[id] = course.session()

    def sessions(self) -> tuple[Session, ...]:
        """All of them, in the order they began."""
        return tuple(self._reckoned.values())


def sessions_of(entries: Iterable[Entry]) -> tuple[Session, ...]:
    """The sessions that follow from all `entries` of a ledger, in its order."""
    reckoning = Reckoning()
    reckoning.add(entries)
    return reckoning.sessions()


class _Course(Struct):
    """One session as far as its entries are known."""

    id: str
    started: datetime
    item: str = ""
    title: str = ""
    repository: Path | None = None
    branch: str = ""
    standing: Standing = "open"
    away: bool = False
    away_for: str = ""
    turned: datetime | None = None
    heard: datetime | None = None
    head_before: str = ""
    head_after: str = ""
    outcome: Outcome | None = None
    place: int = 0
    counted: list[Span] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    known: set[str] = field(default_factory=set)

    def take(self, entry: Entry, place: int) -> bool:
        """Go on with `entry`; False where it is known already."""
        if entry.id and entry.id in self.known:
            return False
        self.known.add(entry.id)
        self.place = place
        self._learn(entry)
        self._count(entry)
        self.heard = entry.at
        self._move(entry)
        if entry.kind == "noted" and entry.note is not None:
            where, item = entry.repository or self.repository, entry.item or self.item
            commit = entry.head or self.head_after
            self.notes.append(Note(entry.note, entry.text, entry.at, self.id, item, where, commit, place))
        return True

    def _learn(self, entry: Entry) -> None:
        """What stays as the first entry that knows it says; only the commit moves on."""
        self.item = self.item or entry.item
        self.title = self.title or entry.title
        self.repository = self.repository or entry.repository
        self.branch = self.branch or entry.branch
        self.head_before = self.head_before or entry.head
        self.head_after = entry.head or self.head_after

    def _count(self, entry: Entry) -> None:
        at = entry.at.astimezone(UTC)
        since = entry.since.astimezone(UTC) if entry.since and entry.kind in ("away", "parked", "ended") else at
        if self.heard is not None and self.standing == "open" and not self.away:
            heard = self.heard.astimezone(UTC)
            until = min(since, at)
            if heard < until <= heard + LONGEST_SILENCE:
                self.counted.append((heard, until))
        if since < at:
            self.counted = [part for span in union(self.counted) for part in without(span, [(since, at)])]

    def _move(self, entry: Entry) -> None:
        if entry.kind in ("started", "resumed", "away", "back"):
            self.turned = entry.at
        match entry.kind:
            case "away":
                self.away = self.standing == "open"
            case "back":
                self.away = False
            case "started" | "resumed":
                self.standing, self.away, self.outcome = "open", False, None
            case "parked":
                self.standing, self.away = "parked", False
            case "ended":
                self.standing, self.away, self.outcome = "ended", False, entry.outcome or self.outcome
        self.away_for = "" if not self.away else entry.text if entry.kind == "away" else self.away_for

    def session(self) -> Session:
        return Session(
            self.id, self.item, self.title, self.repository, self.branch, self.standing, self.away, self.started,
            self.heard or self.started, self.head_before, self.head_after, self.outcome, tuple(union(self.counted)),
            tuple(self.notes), self.place, self.turned or self.started, self.away_for,
        )  # fmt: skip
