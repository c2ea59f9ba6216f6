"""What a few minutes are good for when nothing can be built in them. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tui.domain.agents import AgentSession
from tui.domain.backlog import Item
from tui.domain.fitting import NowLine
from tui.domain.repos import Fleet, newest_of_others
from tui.domain.shelves import ordered

SHORT_MINUTES = 10
"""Below this many usable minutes nothing is built."""
MOST_IDEAS = 3
MOST_REPOSITORIES = 3
MOST_AGENTS = 3


class Spare(Struct, frozen=True):
    """One thing that can be done in five minutes."""

    kind: Literal["agent", "triage", "moved"]
    text: str
    """What to do and why, in words; names as they came."""
    items: tuple[Item, ...] = ()
    """Of `triage`: the ideas to decide on."""
    path: Path | None = None
    """Of `moved`: the repository to read in; of `agent`: the one it works in."""


def is_short(line: NowLine) -> bool:
    """True where the time there is now is too short to build in."""
    return line.situation == "short" or (line.situation == "in_gap" and line.usable_minutes < SHORT_MINUTES)


def spare(
    items: Iterable[Item], fleet: Fleet | None, today: date, agents: Mapping[Path, Sequence[AgentSession]] | None = None
) -> tuple[Spare, ...]:
    """What five minutes are enough for: an agent that waits, a few ideas of the inbox, what others moved in a
    repository. `agents` are those in each work tree."""
    return (*_waiting(agents or {}), *_ideas(items, today), *_moved(fleet))


def _waiting(agents: Mapping[Path, Sequence[AgentSession]]) -> Iterator[Spare]:
    found = [(path, one) for path, sessions in agents.items() for one in sessions if one.state == "needs you"]
    for path, one in found[:MOST_AGENTS]:
        asked = f": {one.question}" if one.question else ""
        yield Spare("agent", f"answer {one.agent} in {path.name}, which waits for you{asked}", path=path)


def _ideas(items: Iterable[Item], today: date) -> Iterator[Spare]:
    inbox = [item for section in ordered(items, today) if section.state == "inbox" for item in section.items]
    if inbox:
        some = tuple(inbox[:MOST_IDEAS])
        number = {1: "one idea", 2: "two ideas"}.get(len(some), "three ideas")
        yield Spare("triage", f"decide on {number}: {some[0].title}" + (", …" if len(some) > 1 else ""), some)


def _moved(fleet: Fleet | None) -> Iterator[Spare]:
    found = []
    for repo in fleet.repositories if fleet else ():
        if newest := newest_of_others(repo):
            found.append((newest, repo))
    for commit, repo in sorted(found, key=lambda pair: pair[0].when, reverse=True)[:MOST_REPOSITORIES]:
        yield Spare("moved", f"read what moved in {repo.name}: {commit.author}, {commit.subject}", path=repo.path)
