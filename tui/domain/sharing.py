"""When share-safe is on: by hand, and by itself while a meeting is under way. Pure.

What is hidden then, and by what, says `tui.domain.stand_ins`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Agenda, Meeting
from tui.domain.planning import PlanningRules, blocks

ShareSafe = Literal[True, False, "meeting"]
"""On from the start, off until it is asked for, or on by itself while a meeting is under way."""
MeetingKey = tuple[datetime, str]


class Sharing(Struct, frozen=True):
    """Whether share-safe is on, and why."""

    setting: ShareSafe = False
    on: bool = False
    by_hand: bool = False
    """True where the person turned it on: then only they turn it off."""
    among: frozenset[MeetingKey] | None = None
    """The meetings under way when it was looked last; None while that is not known."""


def beginning(setting: ShareSafe) -> Sharing:
    """How it is at the start. With `meeting` it is on until it is known that none is under way."""
    return Sharing(setting, on=setting is not False, by_hand=setting is True)


def set_to(sharing: Sharing, setting: ShareSafe) -> Sharing:
    """Another setting is in force. What was turned on by hand, and not by the setting before, stays on."""
    begun = beginning(setting)
    return replace(begun, on=True, by_hand=True) if sharing.by_hand and sharing.setting is not True else begun


def pressed(sharing: Sharing) -> Sharing:
    """The person turned it over. Turned off within a meeting it stays off until another one begins."""
    return replace(sharing, on=not sharing.on, by_hand=not sharing.on)


def looked(sharing: Sharing, under_way: frozenset[MeetingKey] | None) -> Sharing:
    """As of now, with the meetings under way; None where no calendar says which."""
    if sharing.setting != "meeting" or under_way is None or under_way == sharing.among:
        return sharing
    begun = under_way - (sharing.among or frozenset())
    on = sharing.by_hand or bool(begun) or (bool(under_way) and sharing.on)
    return replace(sharing, on=on, among=under_way)


def meetings_taking_time(agenda: Agenda | None, planning: PlanningRules) -> tuple[Meeting, ...] | None:
    """The meetings that take this person's time, by the rule sessions go by: those that block gaps, but none that is
    all day. None while no calendar was read; without a calendar there are none."""
    if agenda is None or (agenda.calendars and not agenda.was_read):
        return None
    return tuple(meeting for meeting in agenda.meetings if not meeting.all_day and blocks(meeting, planning))


def under_way(meetings: Iterable[Meeting], now: datetime) -> frozenset[MeetingKey]:
    """Those of `meetings` that have begun and not ended at `now`, by begin and identity."""
    moment = now.astimezone(UTC)
    spans = ((one.start.astimezone(UTC), one.end.astimezone(UTC), one.uid or one.summary) for one in meetings)
    return frozenset((start, name) for start, end, name in spans if start <= moment < end)
