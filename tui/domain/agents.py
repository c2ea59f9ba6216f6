"""AI agents at work: where, on what, and how far; as far as that can be told honestly. Pure.

Looking at them and starting them is `tui.sources.agents` and its neighbours.
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

AgentState = Literal["working", "needs you", "done", "failed", "unknown"]
"""`unknown` wherever nothing better is known for certain."""

Origin = Literal["window", "background", "listed"]
"""A window this makerhour or another opened; one handed an item in the background; told of by the agent's own list."""


@dataclass(frozen=True, slots=True)
class AgentSession:
    """One agent at work, or done. Text is raw: show it through `safe_text`."""

    id: str
    agent: str
    """Its name in the launch table."""
    repository: Path
    """The work tree it works in."""
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


@dataclass(frozen=True, slots=True)
class Agents:
    """All agents known of, those that need this person first."""

    sessions: tuple[AgentSession, ...] = ()
    problem: str | None = None
    """Why some could not be looked at, as a sentence."""
    taken_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class HandOver:
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
