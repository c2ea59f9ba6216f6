"""What a running session lands for, and which step of landing is due. Pure: what was told comes in and goes out.

Telling is the app's, and where the dashboard is not in front, tmux's (`tui.tending`).
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.agenda import Meeting
from tui.domain.planning import PlanningRules, blocks
from tui.domain.text import safe_text

HORIZON = timedelta(hours=12)
"""Nobody lands for a meeting that begins later."""
Step = Literal["next", "commit"]
STEPS: tuple[Step, ...] = ("next", "commit")
"""The steps of landing, the earlier first; `landing_minutes` has as many."""


class Landing(Struct, frozen=True):
    """The meeting to land for."""

    meeting: Meeting
    start: datetime
    """Its begin, in UTC."""
    minutes: int
    """Whole minutes until then, rounded up."""


class LandingStep(Struct, frozen=True):
    """A step of landing that is due now."""

    step: Step
    """`next`: ask where to go on. `commit`: offer to commit the work in progress."""
    asks_next: bool
    """True where the `next` line is to be asked for: with `next`, and with a `commit` that came without it, as after an
    editor that had the terminal meanwhile, or where the session began so late."""
    landing: Landing


class LandingTold(Struct, frozen=True):
    """What was told, so that nothing is told twice."""

    since: datetime
    """From when on there is something to land: the session's `turned`. What was due before is not told of."""
    told: tuple[tuple[datetime, Step], ...] = ()
    """Begins of meetings (UTC) and steps."""


def landing_of(meetings: Sequence[Meeting], now: datetime, planning: PlanningRules) -> Landing | None:
    """The next meeting to begin that blocks, within HORIZON; of several that begin together the firm one, then the
    longest. None where there is none; timed ones only. `meetings` are in the order of their begin."""
    moment = now.astimezone(UTC)
    best: tuple[tuple[datetime, bool, float, str], Meeting] | None = None
    for meeting in islice(meetings, bisect_right(meetings, moment, key=_begin), None):
        start = _begin(meeting)
        if start > (best[0][0] if best else moment + HORIZON):
            break
        if meeting.all_day or not blocks(meeting, planning):
            continue
        order = (start, meeting.busy == "tentative", -meeting.end.timestamp(), meeting.summary)
        if best is None or order < best[0]:
            best = (order, meeting)
    if best is None:
        return None
    start = best[0][0]
    return Landing(best[1], start, -((moment - start) // timedelta(minutes=1)))


def due_step(
    landing: Landing | None, told: LandingTold, now: datetime, planning: PlanningRules
) -> tuple[LandingStep | None, LandingTold]:
    """The step due at `now`, and what is told with it. For a session whose person is not away.

    Each step is due once for a begin, from so many minutes before it on (`landing_minutes`) until it: a meeting that
    moves is landed for anew, at its new minutes. Of both steps passed at once only `commit` is told, which then asks
    for `next` too. A step whose moment had passed when the session began is not told.
    """
    moment = now.astimezone(UTC)
    if landing is None or landing.start <= moment or not planning.landing_minutes:
        return None, told
    known = dict.fromkeys(told.told)
    at = {
        step: landing.start - timedelta(minutes=before)
        for step, before in zip(STEPS, planning.landing_minutes, strict=True)
    }
    since = told.since.astimezone(UTC)
    passed = [step for step in STEPS if since < at[step] <= moment]
    if not passed or (landing.start, passed[-1]) in known:
        return None, told
    asks_next = (landing.start, "next") not in known
    known |= dict.fromkeys((landing.start, step) for step in STEPS[: STEPS.index(passed[-1]) + 1])
    kept = tuple(one for one in known if one[0] > moment - HORIZON)
    return LandingStep(passed[-1], asks_next, landing), replace(told, told=kept)


def format_countdown(landing: Landing) -> str:
    """The time left to land, such as `land in 17 min for Board prep`; safe to show."""
    title = safe_text(landing.meeting.summary.strip(), 80) or "(no title)"
    return f"land now: {title}" if landing.minutes <= 1 else f"land in {_minutes(landing.minutes)} for {title}"


def format_step(step: LandingStep) -> str:
    """A step as it is said where the dashboard is not in front; safe to show."""
    if step.step == "next":
        return f"{format_countdown(step.landing)} · write down what is next"
    more = ", and write down what is next" if step.asks_next else ""
    return f"{format_countdown(step.landing)} · commit the work in progress{more}"


def disguised(step: LandingStep, told: Callable[[str, str], str]) -> LandingStep:
    """`step` with the stand-in for the meeting's title that `told` gives."""
    meeting = step.landing.meeting
    hidden = replace(meeting, summary=told("meeting", meeting.summary))
    return replace(step, landing=replace(step.landing, meeting=hidden))


def format_left(landing: Landing) -> str:
    """The time left without the name, for places others may see: `land in 17 min`."""
    return "land now" if landing.minutes <= 1 else f"land in {_minutes(landing.minutes)}"


def _begin(meeting: Meeting) -> datetime:
    return meeting.start.astimezone(UTC)


def _minutes(minutes: int) -> str:
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60:02}"
