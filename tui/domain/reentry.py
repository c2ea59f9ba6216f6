"""What it costs to get back into a repository: minutes that grow with the days since this person last worked there.

Pure. The days are handed in: today they come from what git knows (`worked_at`), and whoever knows better (a ledger of
sessions) hands in its own. Taking the minutes off a gap is `tui.domain.fitting`.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tui.domain.repos import Repository

STEPS: tuple[tuple[int, str], ...] = ((1, "a day"), (7, "a week"), (30, "a month"))
"""Up to how many days each of the first minutes of the rule holds, and what that is called; the last is for later."""


class Reentry(Struct, frozen=True):
    """The rule, and the moment it is asked about."""

    minutes: tuple[int, ...]
    """Within a day, a week, a month, and beyond; empty takes nothing off anywhere."""
    at: datetime
    """When work would begin."""

    def cost(self, repository: Repository | None, worked: datetime | None) -> "Cost":
        """What getting into `repository` costs, where this person last worked in it at `worked`.

        Nothing where there is nothing to get into (no repository, or one without a commit), and where it is not
        known yet because the repository is still being read.
        """
        unread = worked is None and repository is not None and (repository.pending or repository.error is not None)
        if repository is None or repository.unborn or unread:
            return Cost(0)
        days = None if worked is None else (self.at.astimezone(UTC) - worked.astimezone(UTC)) // timedelta(days=1)
        return Cost(reentry_minutes(days, self.minutes), days)


class Cost(Struct, frozen=True):
    """Minutes of re-entry, and the days they follow from."""

    minutes: int
    days: int | None = None
    """Whole days since this person last worked there; None where nothing is known of that."""

    @property
    def reason(self) -> str:
        """In words, such as `re-entry 10 min: last here 12 days ago`; empty where it costs nothing."""
        if not self.minutes:
            return ""
        if self.days is None:
            return f"re-entry {self.minutes} min: no work of yours known here"
        ago = "yesterday" if self.days == 1 else f"{self.days} days ago" if self.days > 1 else "today"
        return f"re-entry {self.minutes} min: last here {ago}"


def reentry_minutes(days: int | None, minutes: tuple[int, ...]) -> int:
    """What the rule says for `days` (whole, since the last work there); None is never, or longer ago than is known."""
    if not minutes:
        return 0
    if days is not None:
        for (most, _), cost in zip(STEPS, minutes, strict=False):
            if days < most:
                return cost
    return minutes[-1]


def format_rule(minutes: tuple[int, ...]) -> str:
    """The rule as it is printed where its result is shown; empty where it takes nothing off."""
    if not any(minutes):
        return ""
    first, *within = (f"{cost} within {name}" for (_, name), cost in zip(STEPS, minutes, strict=False))
    return f"re-entry min: {first} of your last work there, {', '.join(within)}, else {minutes[-1]}"


class WorkedAt:
    """When this person last worked in each repository of a fleet, lanes counted with what they belong to."""

    def __init__(self, repositories: Iterable[Repository]) -> None:
        self._repositories = tuple(repositories)
        self._families: dict[Path, list[Repository]] | None = None

    def of(self, repository: Repository) -> datetime | None:
        """The latest of its own work and that in its lanes; None where git knows of none."""
        if self._families is None:
            self._families = {}
            for other in self._repositories:
                if other.kind == "linked" and other.parent is not None:
                    self._families.setdefault(other.parent, []).append(other)
        family = (repository, *self._families.get(repository.path, ()))
        return max(filter(None, map(worked_at, family)), default=None)


def worked_at(repository: Repository) -> datetime | None:
    """When this person last worked in `repository` itself, as far as git tells.

    The latest of: what they last did to HEAD on this machine (a commit, a switch, a rebase; no clone, no pull), the
    newest change that is not committed, and their newest commit among what moved (made on another machine, it may
    be).
    """
    moments = [repository.worked_at, repository.changed_at]
    moments += [moved.commit.when for moved in repository.moved if moved.by_me]
    return max(filter(None, moments), default=None)
