"""Whose toes one would step on: what others committed in a repository of late, by branch and area. Pure.

Names and subjects, newest first; how many commits there are tells how busy a branch is, never who does most.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from tui.domain.detail import TOP
from tui.domain.evidence import Trace, Traced
from tui.domain.repos import Commit

MOST_NAMED = 3
"""People that are named of a branch."""
MOST_AREAS = 2


class Toes(Struct, frozen=True):
    """What others committed on one branch."""

    branch: str
    """Empty where it is the trunk, or the branch is not known for certain."""
    people: tuple[str, ...]
    """Who, the latest first."""
    commits: tuple[Commit, ...]
    """Newest first."""
    areas: tuple[str, ...]
    """The folders they touched below the top one, those of most commits first."""


def toes_of(trace: Trace) -> tuple[Toes, ...]:
    """What others committed, by branch, the branch that moved last first."""
    areas = dict(trace.areas or ())
    grouped: dict[str, list[Traced]] = {}
    for one in sorted(trace.commits, key=lambda one: one.commit.when, reverse=True):
        if not one.by_me:
            grouped.setdefault(one.branch, []).append(one)
    return tuple(
        Toes(
            branch,
            tuple(dict.fromkeys(one.commit.author for one in found)),
            tuple(one.commit for one in found),
            _most_touched(areas, found),
        )
        for branch, found in grouped.items()
    )


def since_when(now: datetime, days: int) -> datetime:
    """From when on commits count as late ones; the same all day, so that nothing is asked for twice."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=days)


def format_toes(toes: Toes, ago: str) -> str:
    """`Ana: 6 commits under billing/caps on feat/usage-caps, last 2 h ago`; `ago` says how long ago the last was."""
    names = ", ".join(toes.people[:MOST_NAMED]) + (", …" if len(toes.people) > MOST_NAMED else "")
    number = len(toes.commits)
    commits = f"{number} commits" if number > 1 else toes.commits[0].subject
    under = f" under {', '.join(toes.areas[:MOST_AREAS])}" if toes.areas else ""
    on = f" on {toes.branch}" if toes.branch else ""
    return f"{names}: {commits}{under}{on}, {'last ' if number > 1 else ''}{ago}"


def _most_touched(areas: Mapping[str, tuple[str, ...]], found: Iterable[Traced]) -> tuple[str, ...]:
    counted: dict[str, int] = {}
    for one in found:
        for area in areas.get(one.commit.sha, ()):
            counted[area] = counted.get(area, 0) + 1
    return tuple(sorted(counted.keys() - {TOP}, key=lambda area: (-counted[area], area)))
