"""What about a repository deserves attention: the rules with their thresholds, a sentence for each that applies.

Two weights: a concern that *needs* the person puts its row on top and counts as "needs you"; a remark (stale, old
stashes, a failed fetch, a clock ahead) is said and no more, so that neither a fleet of old clones nor a train
without network puts every row on top.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from tui.domain.repos import Repository

LOCK_MINUTES = 10
"""How old an `index.lock` is before it is said: git commands hold one for moments."""
CLOCK_MINUTES = 10
"""How far ahead a commit may be dated before it is said: clocks of two machines differ by less."""


class AttentionRules(Struct, frozen=True):
    """From which age or number a state deserves attention. A rule that is 0 is off."""

    unpushed_days: int = 2
    """Days that commits may wait to be pushed."""
    uncommitted_days: int = 3
    """Days that changes may wait to be committed."""
    diverged_commits: int = 1
    """Commits the upstream is ahead by from which a branch with commits of its own has diverged."""
    behind_commits: int = 0
    """Commits the upstream is ahead by from which a branch without any of its own needs the person."""
    stash_days: int = 30
    """Days from which a stash is called old. A remark."""
    stale_days: int = 60
    """Days without a commit from which a repository is stale. A remark."""


class Concern(Struct, frozen=True):
    """One thing about a repository."""

    sentence: str
    needs: bool = True
    """False for a remark."""


def attention(repo: Repository, rules: AttentionRules, now: datetime) -> tuple[str, ...]:
    """What about `repo` deserves attention, a short sentence each, gravest first, remarks last."""
    return tuple(concern.sentence for concern in concerns(repo, rules, now))


def needs_person(repo: Repository, rules: AttentionRules, now: datetime) -> bool:
    """True where something about `repo` needs the person: what sorts to the top and is counted."""
    return any(concern.needs for concern in concerns(repo, rules, now))


def concerns(repo: Repository, rules: AttentionRules, now: datetime) -> Iterator[Concern]:
    """Everything the rules say about `repo`, gravest first, remarks last."""
    if repo.error:
        yield Concern(f"cannot be read: {repo.error}")
    if repo.conflicted:
        yield Concern(f"{_count(repo.conflicted, 'file')} in conflict")
    if repo.operation:
        step = f", {repo.step[0]} of {repo.step[1]}" if repo.step else ""
        yield Concern(f"{repo.operation} under way{step}")
    yield from _upstream_concerns(repo, rules, now)
    if repo.changed and repo.changed_at and _older(repo.changed_at, rules.uncommitted_days, now):
        yield Concern(f"{_count(repo.changed, 'change')} not committed since {since_text(repo.changed_at, now)}")
    if repo.upstream_gone:
        yield Concern(f"upstream {repo.upstream} is gone")
    yield from _remarks(repo, rules, now)


def is_stale(repo: Repository, rules: AttentionRules, now: datetime) -> bool:
    """True where nothing has happened in `repo` for long: no commit, no change, nothing under way or to push."""
    at_it = repo.changed or repo.operation or repo.ahead or repo.error
    return not at_it and _older(_last_when(repo), rules.stale_days, now)


def since_text(when: datetime, now: datetime) -> str:
    """When something began, as it is said: `09:12`, `yesterday`, `Tuesday`, `3 Feb`, `3 Feb 2024`."""
    local = when.astimezone(now.tzinfo)
    days = (now.date() - local.date()).days
    if days <= 0:
        return f"{local:%H:%M}" if days == 0 else f"{local.day} {local:%b} {local:%H:%M}"
    if days == 1:
        return "yesterday"
    if days < 7:
        return f"{local:%A}"
    return f"{local.day} {local:%b}" if local.year == now.year else f"{local.day} {local:%b} {local.year}"


def _upstream_concerns(repo: Repository, rules: AttentionRules, now: datetime) -> Iterator[Concern]:
    ahead, behind = repo.ahead or 0, repo.behind or 0
    last = _last_when(repo)
    if ahead and rules.diverged_commits and behind >= rules.diverged_commits:
        yield Concern(f"diverged: {ahead} to push, {behind} to pull")
    elif ahead and last and _older(last, rules.unpushed_days, now):
        yield Concern(f"{_count(ahead, 'commit')} not pushed since {since_text(last, now)}")
    elif not ahead and rules.behind_commits and behind >= rules.behind_commits:
        yield Concern(f"{_count(behind, 'commit')} to pull")


def _remarks(repo: Repository, rules: AttentionRules, now: datetime) -> Iterator[Concern]:
    last = _last_when(repo)
    if repo.locked_at and now - repo.locked_at >= timedelta(minutes=LOCK_MINUTES):
        since = since_text(repo.locked_at, now)
        yield Concern(f"`index.lock` since {since}: a git command is at work or was killed", needs=False)
    if repo.fetch_error:
        since = f"not fetched since {since_text(repo.fetched_at, now)}" if repo.fetched_at else "never fetched"
        yield Concern(f"{since}: {repo.fetch_error}", needs=False)
    if repo.stashes and repo.stashed_at and _older(repo.stashed_at, rules.stash_days, now):
        oldest = "" if repo.stashes == 1 else ", the oldest"
        since = since_text(repo.stashed_at, now)
        yield Concern(f"{_count(repo.stashes, 'stash', 'stashes')}{oldest} since {since}", needs=False)
    if last and last - now > timedelta(minutes=CLOCK_MINUTES):
        local = last.astimezone(now.tzinfo)
        dated = f"{local.day} {local:%b} {local.year} {local:%H:%M}"
        yield Concern(f"last commit is dated ahead, {dated}: a clock is wrong", needs=False)
    if last and is_stale(repo, rules, now):
        yield Concern(f"stale: no commit since {since_text(last, now)}", needs=False)


def _last_when(repo: Repository) -> datetime | None:
    return repo.last_commit.when if repo.last_commit else None


def _older(when: datetime | None, days: int, now: datetime) -> bool:
    return when is not None and days > 0 and now - when >= timedelta(days=days)


def _count(number: int, noun: str, plural: str = "") -> str:
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
