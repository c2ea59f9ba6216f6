"""Holding a gap: the focus block that is offered for it, and how a person changes the offer. Pure.

Nothing is booked here: what a block is written to is `tui.sources.calendars.hold`, and only after a yes.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Meeting, overlaps
from tui.domain.planning import Gap, PlanningRules, is_focus
from tui.domain.text import safe_text

STEP = timedelta(minutes=15)
"""How far one key moves or lengthens a block."""
ROUND = timedelta(minutes=5)
LONGEST_TITLE = 200
ITEM = "{item}"
"""Stands for the title of the item that fits best, in the configured title."""


class HoldError(Exception):
    """The block cannot be written; the message is a sentence with the remedy."""


class Hold(Struct, frozen=True):
    """A focus block as it is offered, within its gap."""

    title: str
    start: datetime
    end: datetime
    gap: Gap
    uid: str
    """Of the meeting it becomes, and the name of its file: random, so that nothing else has it."""

    @property
    def minutes(self) -> int:
        """Whole minutes of it."""
        return int(_length(self.start, self.end) / timedelta(minutes=1))


class HoldDraft(Struct, frozen=True):
    """What would be written for a block, to be looked at first."""

    hold: Hold
    path: Path
    """The new file."""
    text: str
    """All of it, as it will be written; lines end as iCalendar wants (CRLF)."""
    synced: bool = False
    """True where it goes to the folder the person's own tool syncs; else it is a file to import."""
    problem: str = ""
    """Why it cannot be written there, as a sentence; else empty."""


def offer(gap: Gap, title: str, uid: str) -> Hold:
    """The block for all of `gap`, from its first full five minutes on where that leaves the most of it."""
    late = _seconds(gap.start) % ROUND.total_seconds()
    start = _later(gap.start, ROUND - timedelta(seconds=late)) if late else gap.start
    if _length(start, gap.end) < STEP:
        start = gap.start
    return Hold(title, start, gap.end, gap, uid)


def lengthened(hold: Hold, steps: int) -> Hold:
    """`hold` ending `steps` quarters of an hour later (earlier where negative): never beyond its gap, nor shorter
    than a quarter where the gap has that much."""
    latest = hold.gap.end
    earliest = min(_later(hold.start, STEP), latest, key=_seconds)  # of a block shorter than a quarter: its end
    end = _later(hold.end, steps * STEP)
    return replace(hold, end=_between(end, earliest, latest))


def shifted(hold: Hold, steps: int) -> Hold:
    """`hold` as long as it is, `steps` quarters of an hour later (earlier where negative), never beyond its gap."""
    length = _length(hold.start, hold.end)
    start = _between(_later(hold.start, steps * STEP), hold.gap.start, _later(hold.gap.end, -length))
    return replace(hold, start=start, end=_later(start, length))


def retitled(hold: Hold, title: str) -> Hold:
    """`hold` with another title; without one it stays as it is."""
    clean = clean_title(title)
    return replace(hold, title=clean) if clean else hold


def hold_title(pattern: str, item: str) -> str:
    """The title a block is offered with. `{item}` is the item that fits best; without one, what joined it goes too."""
    if item:
        return clean_title(pattern.replace(ITEM, item)) or "Focus time"
    return clean_title(pattern.replace(ITEM, "").strip(" :-–—·")) or "Focus time"


def clean_title(title: str) -> str:
    """`title` as one line that may stand in a calendar."""
    return " ".join(safe_text(title, LONGEST_TITLE).split())


def counts_as_focus(hold: Hold, rules: PlanningRules) -> bool:
    """True where the block will be seen as time to make, not as a meeting."""
    return is_focus(Meeting(hold.start, hold.end, hold.title, ""), rules)


def held_already(hold: Hold, meetings: Iterable[Meeting], rules: PlanningRules) -> Meeting | None:
    """The first focus block there is within the time of `hold`."""
    within = (m for m in meetings if not m.all_day and m.status != "cancelled" and overlaps(m, hold.start, hold.end))
    return next((meeting for meeting in within if is_focus(meeting, rules)), None)


def _between(moment: datetime, earliest: datetime, latest: datetime) -> datetime:
    return max(min(moment, latest, key=_seconds), earliest, key=_seconds)


def _later(moment: datetime, by: timedelta) -> datetime:
    """By what passes, not by the clock on the wall."""
    return (moment.astimezone(UTC) + by).astimezone(moment.tzinfo)


def _length(start: datetime, end: datetime) -> timedelta:
    return end.astimezone(UTC) - start.astimezone(UTC)


def _seconds(moment: datetime) -> float:
    return moment.timestamp()
