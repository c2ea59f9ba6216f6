"""What the keeper of an open session writes down by itself: signs of life, away, and back.

Pure: a look comes in; entries, and what is to be remembered, go out. Looking and writing is `tui.tending`. Any number
of makerhours keep the same session: each looks at what the others wrote first, and what two of them write at the same
moment counts as if one had.
"""

from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Meeting
from tui.domain.planning import PlanningRules, blocks
from tui.domain.sessions import ALIVE_EVERY, LONGEST_SILENCE, Entry, Session, going
from tui.domain.spans import Span, union

LATE = timedelta(seconds=60)
"""Looks are seconds apart; so far apart the machine slept, or the process stood still."""
IN_MEETING = "a meeting"
"""What an `away` says it is for; whoever keeps the session ends these two, and the person any other."""
ASLEEP = "asleep"


class Watch(Struct, frozen=True):
    """What one keeper remembers of a session from look to look."""

    began: datetime
    """Since when it keeps the session."""
    looked: datetime | None = None
    """Its last look; None before the first."""
    caught_up: bool = False
    """True once it has told what it missed before it began."""
    explained: bool = False
    """True where it knows the meeting that the person is away for."""


def tended(
    session: Session, taken: Collection[Span] | None, watch: Watch, now: datetime
) -> tuple[tuple[Entry, ...], Watch]:
    """The entries due for `session`, as the ledger has it at this moment, and what to remember with them.

    `taken` is when meetings take this person's time (`taken_by`); None while the agenda is not read. The person is away
    from the begin of such a meeting until none is under way, and while a machine sleeps. A meeting that had begun when
    they started, resumed or came back is one they are not in. Where the session was open and no makerhour ran, the
    time counts, but none of it from the begin of a meeting on, which nobody was seen to come back from; a silence
    longer than LONGEST_SILENCE never counts. Nothing is due for a session that is parked or ended.
    """
    now = now.astimezone(UTC)
    looked = replace(watch, looked=now)
    if session.standing != "open":
        return (), looked
    known, taken = taken is not None, taken or ()
    under_way = any(start <= now < end for start, end in taken)
    if session.away:
        return _while_away(session, taken, watch, now, under_way=under_way, known=known)
    if not known and not watch.caught_up and now - watch.began < LATE and not _slept(session, watch, now):
        return (), looked  # what was missed is told once it is known what there was to miss
    looked = replace(looked, caught_up=True, explained=under_way)
    heard = session.heard.astimezone(UTC)
    silence, asleep = now - heard, _slept(session, watch, now)
    missed = _missed(session, taken, now)
    if missed or asleep:
        begun = [start for start, _ in missed] if asleep or silence <= LONGEST_SILENCE else [heard]
        since = min(begun + ([asleep] if asleep else []))
        away = going(session, "away", now, since=since, text=IN_MEETING if missed else ASLEEP)
        stays = any(now < end for _, end in missed)
        return (away,) if stays else (away, going(session, "back", now)), looked
    if silence >= ALIVE_EVERY or silence < -LATE:  # a clock that was set back: it counts on from here
        return (going(session, "alive", now),), looked
    return (), looked


def taken_by(meetings: Iterable[Meeting], planning: PlanningRules) -> tuple[Span, ...]:
    """When meetings take this person's time, in UTC: those that block gaps, but none that is all day."""
    return tuple(
        (meeting.start.astimezone(UTC), meeting.end.astimezone(UTC))
        for meeting in meetings
        if not meeting.all_day and blocks(meeting, planning)
    )


def looked_on(watch: Watch, now: datetime) -> Watch:
    """`watch` after a look at which nothing could be read or written: it was no sleep."""
    now = now.astimezone(UTC)
    return replace(watch, looked=now) if watch.looked and now - watch.looked <= LATE else watch


def left(session: Session, now: datetime) -> tuple[Entry, ...]:
    """The entry due where `session` is kept no longer: all until now counts, where the person is there."""
    counts = session.standing == "open" and not session.away and session.heard.astimezone(UTC) < now.astimezone(UTC)
    return (going(session, "alive", now.astimezone(UTC)),) if counts else ()


def _while_away(
    session: Session, taken: Collection[Span], watch: Watch, now: datetime, *, under_way: bool, known: bool
) -> tuple[tuple[Entry, ...], Watch]:
    """Back once no meeting is under way. The end of a meeting that was seen to end is when they came back; else it is
    now. Of a meeting that only another keeper knows so far, it is waited a while that this one hears of it too."""
    turned = session.turned.astimezone(UTC)
    explained = watch.explained or under_way or any(start <= turned < end for start, end in union(taken))
    after = replace(watch, looked=now, caught_up=True, explained=explained)
    patient = timedelta() <= now - max(turned, watch.began.astimezone(UTC)) < ALIVE_EVERY
    unsure = session.away_for == IN_MEETING and patient and not (known and explained)
    if under_way or unsure or session.away_for not in (IN_MEETING, ASLEEP):
        return (), after
    at = now
    if watch.looked is not None and now - watch.looked <= LATE:
        at = max((end for _, end in taken if watch.looked < end <= now), default=now)
    return (going(session, "back", at),), replace(after, explained=False)


def _missed(session: Session, taken: Iterable[Span], now: datetime) -> tuple[Span, ...]:
    """The meetings that the person is away for and the ledger knows nothing of."""
    heard = session.heard.astimezone(UTC)
    turned = min(session.turned.astimezone(UTC), heard)  # later than heard: the clock was set back meanwhile
    return tuple((start, end) for start, end in taken if turned <= start <= now and min(heard, now) < end)


def _slept(session: Session, watch: Watch, now: datetime) -> datetime | None:
    """Since when nobody looked, where that is long; None where it is not, or another keeper looked meanwhile."""
    if watch.looked is None or now - watch.looked <= LATE:
        return None
    heard = session.heard.astimezone(UTC)
    since = max(watch.looked, heard)
    return since if heard - watch.looked <= LATE < now - since else None
