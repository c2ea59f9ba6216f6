"""What the ledger and the backlog know of each lane: the item it is for, how old it is, the time made of its timebox.

Pure. A lane is known here once a session ran in it; what git says of it is `tui.domain.repos`. Text is raw.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tui.domain.backlog import Item
from tui.domain.sessions import Ledger, Session, last_next, made_on_item


class LaneFacts(Struct, frozen=True):
    """One lane, by its sessions. It changes with the minute while one is under way, else with the day."""

    title: str
    """The item's; as the session had it, where the item is gone from the backlog."""
    why: str
    """The item's: what changes if it exists."""
    started: datetime
    """When the first session on that item began in this lane."""
    days: int
    """Since then, by the calendar of `now`; 0 is today."""
    made: int
    """Whole minutes made on the item so far, wherever its sessions were."""
    timebox: int | None
    """Minutes it is to take; None where nobody said."""
    going_on: str
    """The last `next` line; empty where there is none."""

    @property
    def over(self) -> bool:
        """True where it has taken longer than it was to take."""
        return self.timebox is not None and self.made > self.timebox


def lane_facts(ledger: Ledger, items: Iterable[Item], now: datetime) -> dict[Path, LaneFacts]:
    """The facts of every work tree a session ran in, by its path; `now` is aware, in the zone of the screen.

    A work tree is for the item of its latest session.
    """
    by_id = {item.id: item for item in items}
    there: defaultdict[Path, list[Session]] = defaultdict(list)
    about: defaultdict[str, list[Session]] = defaultdict(list)
    for session in ledger.sessions:
        if session.repository is not None:
            there[session.repository].append(session)
        if session.item:
            about[session.item].append(session)
    return {path: _facts(sessions, about, by_id, now) for path, sessions in there.items()}


def _facts(
    there: Sequence[Session], about: dict[str, list[Session]], by_id: dict[str, Item], now: datetime
) -> LaneFacts:
    latest = max(there, key=lambda session: session.place)
    here = [session for session in there if session.item == latest.item]
    every = about[latest.item] if latest.item else here
    item = by_id.get(latest.item)
    made = made_on_item(every, latest.item, now)
    started = min(session.started for session in here).astimezone(now.tzinfo)
    note = last_next(every, latest.item)
    return LaneFacts(
        title=item.title if item else latest.title,
        why=item.why if item else "",
        started=started,
        days=max((now.date() - started.date()).days, 0),
        made=made // timedelta(minutes=1),
        timebox=item.estimate if item else None,
        going_on=note.text if note else "",
    )
