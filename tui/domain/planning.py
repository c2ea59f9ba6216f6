"""Time to make: gaps between meetings, usable minutes, what fits. Pure functions of an agenda and `now`."""

from dataclasses import dataclass
from datetime import time

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_OFFICE = (time(9), time(18))


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """Begin and end of work for each weekday from Monday, local time; None is a day off."""

    days: tuple[tuple[time, time] | None, ...] = (_OFFICE,) * 5 + (None, None)


@dataclass(frozen=True, slots=True)
class PlanningRules:
    """What turns a stretch without meetings into usable minutes."""

    working_hours: WorkingHours = WorkingHours()
    """When you work, by weekday (`mon` to `sun`), such as `09:00-18:00`; empty is a day off."""
    buffer_minutes: int = 5
    """Kept free before and after each meeting."""
    wrap_up_minutes: int = 5
    """Kept at the end of a gap to leave the work in a good state."""
    minimum_gap_minutes: int = 15
    """Shorter stretches are no gap."""
    tentative_blocks: bool = True
    """True where a meeting you have not agreed to counts as busy."""
    focus_titles: tuple[str, ...] = ("focus time", "deep work", "maker time", "no meetings")
    """Titles (or parts of one) of blocks you hold for making: they are time to make, not meetings."""
