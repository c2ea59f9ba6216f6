"""AI agents at work: where, on what, and how far; as far as that can be told honestly. Pure.

Looking at them and starting them is `tui.sources.agents` and its neighbours.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.values import Snapshot

AgentState = Literal["working", "needs you", "done", "failed", "unknown"]
"""`unknown` wherever nothing better is known for certain."""

Origin = Literal["window", "background", "listed"]
"""A window this makerhour or another opened; one handed an item in the background; told of by the agent's own list."""

FOREMOST: tuple[AgentState, ...] = ("needs you", "failed", "working", "unknown", "done")
"""What is told first where there is room for one."""

QUESTION = "QUESTION:"
"""How the line begins in which an agent in the background asks something; its brief says so."""

LATE_LINES = 6
"""Lines of what an agent printed that are kept."""


class FileDiff(Struct, frozen=True):
    """How one file differs from where an agent began."""

    path: str
    added: int | None
    """Lines; None for a file that is not text."""
    removed: int | None


class Diffstat(Struct, frozen=True):
    """How a work tree differs from where an agent began, committed or not."""

    commits: int = 0
    files: tuple[FileDiff, ...] = ()
    untracked: int = 0
    """New files that are not committed; a new folder is one."""
    problem: str = ""
    """Why it could not be read, as a sentence."""


class AgentSession(Struct, frozen=True):
    """One agent at work, or done. Text is raw: show it through `safe_text`."""

    id: str
    agent: str
    """Its name in the launch table."""
    repository: Path
    """The work tree it works in, or a folder in it."""
    state: AgentState
    origin: Origin
    since: datetime | None = None
    """Since when it is in that state; None where that is not known."""
    item: str = ""
    """The id of the item it was handed."""
    title: str = ""
    deadline: datetime | None = None
    """Until when it was asked to be done."""
    last_lines: tuple[str, ...] = ()
    """The end of what it printed."""
    question: str = ""
    """What it asks, where it asks something."""
    branch: str = ""
    """Short name of the branch it was started on."""
    head: str = ""
    """The commit that was checked out when it was started."""
    why: str = ""
    """What is to be said of its state: how it ended, why it is not known."""
    diffstat: Diffstat | None = None
    """What came of it so far; None where that was not looked at."""

    @property
    def at_work(self) -> bool:
        """True where it may still do something: not done, not failed, and not ended with a question."""
        return self.state in ("working", "unknown") or (self.state == "needs you" and self.origin != "background")


class Agents(Snapshot, frozen=True):
    """All agents known of, those that need this person first."""

    sessions: tuple[AgentSession, ...] = ()
    problem: str | None = None
    """Why some could not be looked at, as a sentence."""
    taken_at: datetime | None = None


class HandOver(Struct, frozen=True):
    """An item to be handed to an agent in the background."""

    item: str
    title: str
    repository: Path
    """The work tree it works in: a lane of its own."""
    branch: str
    head: str
    brief: Path
    deadline: datetime | None
    """The end of the meeting this person goes to; None where there is none."""


def in_order(sessions: Iterable[AgentSession]) -> tuple[AgentSession, ...]:
    """Those that need this person first, then as FOREMOST has them, then by where they work."""
    return tuple(sorted(sessions, key=lambda one: (FOREMOST.index(one.state), str(one.repository), one.id)))


def joined(
    windows: Iterable[AgentSession], background: Iterable[AgentSession], listed: Iterable[AgentSession]
) -> tuple[AgentSession, ...]:
    """All of them, each once: what an agent's own list tells of a folder with a window is that window's state, and what
    is known of one in the background is known for certain."""
    own = [*background, *windows]
    at = {(one.agent, one.repository): place for place, one in reversed(list(enumerate(own)))}
    rest: list[AgentSession] = []
    for one in listed:
        place = at.get((one.agent, one.repository))
        if place is None:
            rest.append(one)
        elif own[place].origin == "window" and one.state in ("working", "needs you"):
            known = own[place]
            own[place] = replace(known, state=one.state, since=None, question=one.question or known.question)
    return in_order((*own, *rest))


def by_work_tree(sessions: Iterable[AgentSession], known: Collection[Path]) -> Mapping[Path, tuple[AgentSession, ...]]:
    """The sessions in each of the `known` work trees, foremost first; one in a folder of it is the work tree's."""
    found: dict[Path, tuple[AgentSession, ...]] = {}
    for one in in_order(sessions):
        place = next((path for path in (one.repository, *one.repository.parents) if path in known), None)
        if place is not None:
            found[place] = (*found.get(place, ()), one)
    return found


def at_work_on(sessions: Iterable[AgentSession], item: str) -> AgentSession | None:
    """The session that works on the item with the id `item`, where one does."""
    return next((one for one in sessions if item and one.item == item and one.at_work), None)


def question_in(lines: Iterable[str]) -> str:
    """What is asked in the last of `lines` that says QUESTION; empty where none does."""
    asked = [line.strip().strip("*_# ") for line in lines]
    found = [line.removeprefix(QUESTION).strip("*_ ") for line in asked if line.startswith(QUESTION)]
    return found[-1] if found else ""


def format_state(one: AgentSession, now: datetime) -> str:
    """The state in words: `working`, `needs you`, `done`, `failed`, `quiet 4 min`, `not known`."""
    if one.state != "unknown":
        return one.state
    return f"quiet {format_minutes(one.since, now)}" if one.since is not None and now > one.since else "not known"


def format_calls(one: AgentSession) -> str:
    """That an agent needs this person, and for what: `claude needs you: may I run the tests?`."""
    said = one.question or one.why
    return f"{one.agent} needs you" + (f": {said}" if said else "")


def format_minutes(since: datetime, now: datetime) -> str:
    """How long since a moment: `4 min`, `3 h`, `2 d`."""
    minutes = max(int((now - since).total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 24 * 60 else f"{minutes // (24 * 60)} d"


def format_diffstat(stat: Diffstat) -> str:
    """`2 commits, 3 files +40 -2, 1 new file`; what is zero is left out."""
    if stat.problem:
        return stat.problem
    parts = []
    if stat.commits:
        parts.append(f"{stat.commits} commit{'s' if stat.commits > 1 else ''}")
    if stat.files:
        added = sum(one.added or 0 for one in stat.files)
        removed = sum(one.removed or 0 for one in stat.files)
        parts.append(f"{len(stat.files)} file{'s' if len(stat.files) > 1 else ''} +{added} -{removed}")
    if stat.untracked:
        parts.append(f"{stat.untracked} new, not committed")
    return ", ".join(parts) or "nothing changed yet"
