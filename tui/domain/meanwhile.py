"""What happened while this person was in a meeting: which repositories others moved, what agents came to. Pure.

Names and subjects, never how much anybody did.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from msgspec import Struct

from tui.domain.agenda import Meeting
from tui.domain.agents import AgentSession, in_order
from tui.domain.planning import PlanningRules, blocks
from tui.domain.repos import Commit, Fleet

BREAK = timedelta(minutes=5)
"""Meetings with no more than this between them are one absence."""

LATE = timedelta(minutes=30)
"""How long after a meeting's end it still has just ended: a machine may have slept through that."""

MOST_NAMED = 2


class MovedIn(Struct, frozen=True):
    """What others committed in one repository."""

    name: str
    path: Path
    commits: tuple[tuple[Commit, str], ...]
    """With the branch each is on, newest first."""


class Meanwhile(Struct, frozen=True):
    """What happened since a moment. Names are raw: show them through `safe_text`."""

    since: datetime
    moved: tuple[MovedIn, ...] = ()
    """The repository that moved last first."""
    agents: tuple[AgentSession, ...] = ()
    """Those this person has to look at first."""
    meeting: str = ""
    """The title of the meeting it was, where it was one."""


def away_until(meetings: Iterable[Meeting], now: datetime, rules: PlanningRules) -> datetime | None:
    """The end of the meeting under way, else of the next one today; None where there is none."""
    timed = [one for one in meetings if _takes(one, rules) and one.end > now]
    current = [one.end for one in timed if one.start <= now]
    if current:
        return max(current)
    later = [one for one in timed if one.start.astimezone(now.tzinfo).date() == now.date()]
    return min(later, key=lambda one: (one.start, one.end)).end if later else None


def last_absence(
    meetings: Iterable[Meeting], now: datetime, rules: PlanningRules
) -> tuple[datetime, datetime, Meeting] | None:
    """From when to when this person was away last today (until now, where a meeting is under way), and the last
    meeting of that; None where there was none."""
    begun = sorted(
        (one for one in meetings if _takes(one, rules) and one.start < now),
        key=lambda one: (one.start, one.end),
    )
    begun = [one for one in begun if one.end.astimezone(now.tzinfo).date() >= now.date()]
    if not begun:
        return None
    last = max(begun, key=lambda one: (one.end, one.start))
    start = last.start
    for one in sorted(begun, key=lambda one: one.end, reverse=True):
        if one.end + BREAK >= start:
            start = min(start, one.start)
    return start, min(last.end, now), last


def just_ended(meetings: Iterable[Meeting], before: datetime, now: datetime, rules: PlanningRules) -> Meeting | None:
    """The meeting that ended after `before` and by now, where none is under way now, nor begins at once."""
    timed = [one for one in meetings if _takes(one, rules)]
    if any(one.start <= now + BREAK and one.end > now for one in timed):
        return None
    ended = [one for one in timed if max(before, now - LATE) < one.end <= now]
    return max(ended, key=lambda one: (one.end, one.start)) if ended else None


def meanwhile(fleet: Fleet | None, sessions: Iterable[AgentSession], since: datetime, meeting: str = "") -> Meanwhile:
    """What others moved after `since`, as far as fetched, and what agents came to."""
    seen: set[str] = set()
    moved = []
    repos = sorted(
        fleet.repositories if fleet else (), key=lambda repo: repo.kind == "linked"
    )  # a lane's is its parent's
    for repo in repos:
        found = [
            (one.commit, one.branch)
            for one in repo.moved
            if not one.by_me and one.commit.when > since and one.commit.sha not in seen
        ]
        if found:
            seen.update(commit.sha for commit, _ in found)
            found.sort(key=lambda pair: pair[0].when, reverse=True)
            moved.append(MovedIn(repo.name, repo.path, tuple(found)))
    moved.sort(key=lambda one: one.commits[0][0].when, reverse=True)
    return Meanwhile(since, tuple(moved), in_order(sessions), meeting)


def format_short(found: Meanwhile) -> str:
    """In one line what is worth a look: `Ana moved billing, claude is done in voicebox-inbox`; empty where nothing is.

    Of agents those that ended since, and those that need this person.
    """
    said = []
    for one in found.moved[:MOST_NAMED]:
        who = tuple(dict.fromkeys(commit.author.split(" ")[0] for commit, _ in one.commits))
        said.append(f"{' and '.join(who[:MOST_NAMED])}{', …' if len(who) > MOST_NAMED else ''} moved {one.name}")
    if len(found.moved) > MOST_NAMED:
        said.append("others moved more")
    verbs = {"needs you": "needs you", "done": "is done", "failed": "failed"}
    told = [
        one
        for one in found.agents
        if one.state == "needs you"
        or (one.origin == "background" and one.state in verbs and one.since and one.since > found.since)
    ]
    said += [f"{one.agent} {verbs[one.state]} in {one.repository.name}" for one in told[:MOST_NAMED]]
    return ", ".join(said)


def _takes(meeting: Meeting, rules: PlanningRules) -> bool:
    return blocks(meeting, rules) and not meeting.all_day
