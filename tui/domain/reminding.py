"""Which meetings to remind of, and when. Pure: what was told already comes in and goes out with every question.

Telling is the app's (`tui.agenda_desk`: toast and bell) and that of the person's own command (`tui.reminders`).
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Meeting, merge_duplicates
from tui.domain.launching import Launcher, fill, parse_launcher
from tui.domain.planning import PlanningRules, current_and_next, is_focus
from tui.domain.text import safe_text

LONGEST = timedelta(days=1)
"""A meeting that began longer ago is not reminded of, however long it lasts."""
PLACEHOLDERS = ("title", "minutes", "start", "url")
"""The meeting's title, whole minutes until it begins (0 where it has begun), its begin as HH:MM, its join link."""

Key = tuple[datetime, str]


class ReminderRules(Struct, frozen=True):
    """When and how you are reminded of meetings."""

    minutes: tuple[int, ...] = (5,)
    """So many minutes before a meeting begins; several remind several times, none never."""
    bell: bool = True
    """Ring the terminal's bell too."""
    command: tuple[str, ...] = ()
    """A program of your own, started as well: `{title}`, `{minutes}`, `{start}`, `{url}` fill arguments of it."""


class Reminder(Struct, frozen=True):
    """A meeting to remind of now."""

    meeting: Meeting
    minutes: int
    """Whole minutes until it begins, rounded up; of one that has begun how long ago, negative."""


class Reminded(Struct, frozen=True):
    """What was told, so that nothing is told twice."""

    since: datetime
    """From when on the person is reminded: what began before is not told of."""
    told: tuple[tuple[Key, int], ...] = ()
    """Meetings by begin and identity, each with the fewest minutes it was told of before its begin."""


def due(
    meetings: Sequence[Meeting], reminded: Reminded, now: datetime, rules: ReminderRules, planning: PlanningRules
) -> tuple[tuple[Reminder, ...], Reminded]:
    """The reminders due at `now`, and what is told with them. `meetings` are in the order of their begin.

    Due is a meeting once `now` has come to one of its moments (so many minutes before its begin) that it was not told
    of yet; of several moments that have passed, as after a machine slept, only the last is told. One that has begun
    meanwhile is told late, one that has ended not at all. A meeting that moved, or appeared late, is told anew.
    Timed meetings that take this person's time only: none that is free, declined, cancelled, all day, or a focus
    block.
    """
    if not rules.minutes:
        return (), reminded
    moment = now.astimezone(UTC)
    told = dict(reminded.told)
    found = []
    for meeting in merge_duplicates(_near(meetings, reminded, moment, max(rules.minutes))):
        start = meeting.start.astimezone(UTC)
        if not _counts(meeting, planning) or meeting.end.astimezone(UTC) <= moment:
            continue
        passed = min(minutes for minutes in rules.minutes if start - timedelta(minutes=minutes) <= moment)
        key = (start, meeting.uid or meeting.summary)
        if passed < told.get(key, _NEVER):
            told[key] = passed
            found.append(Reminder(meeting, _minutes_until(start, moment)))
    if not found:
        return (), reminded
    kept = tuple((key, minutes) for key, minutes in told.items() if key[0] > moment - LONGEST)
    return tuple(found), Reminded(reminded.since, kept)


def to_join(
    meetings: Iterable[Meeting], now: datetime, rules: ReminderRules, planning: PlanningRules
) -> Meeting | None:
    """The meeting to join at `now`: the next one from its first reminder on, else the one under way, else the next;
    the first of them that has a link, and without a link the first."""
    current, following = current_and_next(meetings, now, planning)
    near = max((*rules.minutes, 5))
    soon = following is not None and _minutes_until(following.start, now) <= near
    wanted = [meeting for meeting in ((following, current) if soon else (current, following)) if meeting]
    return next((meeting for meeting in wanted if meeting.join_url), wanted[0] if wanted else None)


def format_reminder(reminder: Reminder) -> str:
    """A reminder as it is said, such as `Board prep in 5 min, at 11:00`; safe to show."""
    title = safe_text(reminder.meeting.summary.strip(), 80) or "(no title)"
    when = f"{reminder.meeting.start:%H:%M}"
    if reminder.minutes > 0:
        return f"{title} in {reminder.minutes} min, at {when}"
    return f"{title} started {-reminder.minutes} min ago" if reminder.minutes else f"{title} starts now"


def disguised(reminder: Reminder, told: Callable[[str, str], str]) -> Reminder:
    """`reminder` with the stand-in for its meeting's title that `told` gives; its link stays what it is."""
    meeting = reminder.meeting
    return replace(reminder, meeting=replace(meeting, summary=told("meeting", meeting.summary)))


def parse_command(command: tuple[str, ...]) -> Launcher | None:
    """The person's own command; None where there is none. Raises LaunchError for one that cannot be used."""
    if not command:
        return None
    return parse_launcher(command[0], "shell", list(command), terminal=False, known=PLACEHOLDERS)


def command_line(command: Launcher, reminder: Reminder) -> tuple[str, ...]:
    """Program and arguments of `command` for `reminder`; an argument with `{url}` is left out where there is none.

    Raises LaunchError for a title that would be read as an option.
    """
    meeting = reminder.meeting
    values = {
        "title": safe_text(meeting.summary.strip()) or "(no title)",
        "minutes": str(max(reminder.minutes, 0)),
        "start": f"{meeting.start:%H:%M}",
        "url": meeting.join_url or "",
    }
    return fill(command, values)


_NEVER = 1_000_000


def _near(meetings: Sequence[Meeting], reminded: Reminded, moment: datetime, most: int) -> Sequence[Meeting]:
    """Those that began since the person is reminded, or will within `most` minutes: few of many."""
    first = max(reminded.since.astimezone(UTC), moment - LONGEST)
    begin = bisect_left(meetings, first + timedelta(microseconds=1), key=_begin)
    end = bisect_left(meetings, moment + timedelta(minutes=most, microseconds=1), key=_begin)
    return meetings[begin:end]


def _begin(meeting: Meeting) -> datetime:
    return meeting.start.astimezone(UTC)


def _counts(meeting: Meeting, planning: PlanningRules) -> bool:
    if meeting.all_day or meeting.busy == "free" or meeting.status == "cancelled" or is_focus(meeting, planning):
        return False
    return meeting.start.astimezone(UTC) < meeting.end.astimezone(UTC)


def _minutes_until(start: datetime, moment: datetime) -> int:
    """Rounded up: 4 min 59 s before are 5, 3 min 59 s after are 3."""
    return -((moment.astimezone(UTC) - start.astimezone(UTC)) // timedelta(minutes=1))
