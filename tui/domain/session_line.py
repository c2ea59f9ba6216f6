"""What the Now bar says of the session under way, and the page its notes make. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tui.domain.backlog import Item
from tui.domain.markdown import plain
from tui.domain.sessions import Note, Session, made_on_item


class SessionLine(Struct, frozen=True):
    """The session under way. It changes with the minute, not with the second. Text is raw."""

    title: str
    where: str
    """The work tree it is in, by its folder's name."""
    made: int
    """Whole minutes made so far, in this and earlier sessions on the same item."""
    timebox: int | None = None
    """Minutes it is to take; None where nobody said."""
    away: bool = False
    landing: str = ""
    """The countdown in words; empty where no meeting is near."""
    landing_short: str = ""
    """The same without the meeting's name."""
    minutes_left: int | None = None
    """Until that meeting."""

    @property
    def over(self) -> bool:
        """True where it has taken longer than it was to take."""
        return self.timebox is not None and self.made > self.timebox


def session_line(session: Session, sessions: Iterable[Session], item: Item | None, now: datetime) -> SessionLine:
    """The line for `session`, without the landing; `sessions` are all, for what was made on its item before."""
    made = made_on_item(sessions if session.item else (session,), session.item, now)
    where = session.repository.name if session.repository else ""
    return SessionLine(
        item.title if item else session.title,
        where,
        made // timedelta(minutes=1),
        item.estimate if item else None,
        session.away,
    )


def format_made(line: SessionLine) -> str:
    """`23 of 45 min`; `23 min` where there is no timebox."""
    return f"{line.made} of {line.timebox} min" if line.timebox else f"{line.made} min"


def format_notes(title: str, sessions: Sequence[Session]) -> str:
    """The notes of `sessions` as a Markdown page, oldest first; empty where there are none."""
    notes = sorted((note for session in sessions for note in session.notes), key=lambda note: note.place)
    if not notes:
        return ""
    return "\n".join((f"# {plain(title) or 'Notes'}", "", *(f"- {_noted(note)}" for note in notes))) + "\n"


def format_note(note: Note) -> str:
    """A note in one line, such as `dead-end: polling the mailbox is too slow`; raw."""
    return f"{note.kind}: {note.text}"


def _noted(note: Note) -> str:
    commit = f" (at {note.commit[:10]})" if note.commit else ""
    return f"{note.at:%Y-%m-%d %H:%M} {note.kind}: {plain(note.text)}{commit}"
