"""The backlog as facts and pure changes: items, verdicts, leverage, order, undo. The file is `tui.sources.backlog`."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, get_args

State = Literal["inbox", "build", "delegated", "later", "dropped", "done"]
Verdict = Literal["build", "delegate", "later", "drop"]
STATES: tuple[State, ...] = get_args(State)
ESTIMATES = (15, 30, 45, 60, 90, 120, 180, 240, 480)
"""The steps of `-` and `+`, in minutes."""


@dataclass(frozen=True, slots=True)
class Item:
    """One prototype idea. Text is raw: show it through `safe_text`."""

    id: str
    """Short, random, never reused; what every change and merge goes by."""
    title: str
    state: State = "inbox"
    why: str = ""
    estimate: int | None = None
    """Minutes to a first working version."""
    impact: int | None = None
    """1–5: what changes if it exists."""
    edge: int | None = None
    """1–5: how much it needs what only this person knows or can decide."""
    theme: str = ""
    repo: str = ""
    """Name or path of the repository it belongs in."""
    person: str = ""
    """Who it is delegated to."""
    until: date | None = None
    """Of `later`: the day it returns to the inbox."""
    reason: str = ""
    """Why it was dropped."""
    created: datetime | None = None
    decided: datetime | None = None
    done: datetime | None = None
    extra: tuple[tuple[str, object], ...] = ()
    """Keys this version does not know, kept as they were (a newer version's, or the person's own)."""


@dataclass(frozen=True, slots=True)
class Backlog:
    """All items, in the file's order."""

    items: tuple[Item, ...] = ()
    problem: str | None = None
    """Why the file could not be read or written, as a sentence with place and remedy; `items` are then the last
    good ones and nothing is written."""
    notes: tuple[str, ...] = ()
    """What was mended or merged while reading (doubled ids, clashes), a sentence each."""
    taken_at: datetime | None = field(default=None, compare=False)
