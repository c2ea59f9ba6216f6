"""Agents in windows of tmux: each is marked when it is opened, so that any makerhour on that server finds it.

What is told: a pane that is gone is told of no more; a dead one (`remain-on-exit`) ended as its status says; one whose
window rang the bell while nobody looked needs the person; one that printed a moment ago is working; of any other it
is only known since when it is quiet. The mark is hexadecimal: tmux reads formats in options, and runs what stands in
`#(…)`. Panes of zellij, wezterm and kitty cannot be asked and are not told of.
"""

import json
import logging
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from msgspec import Struct

from tui.domain.agents import AgentSession, AgentState
from tui.sources.agents_record import late_lines
from tui.sources.agents_run import AgentsError, Asker

log = logging.getLogger(__name__)

MARK = "@makerhour"
"""The option of a pane that says it is an agent's."""

SECONDS = 3.0
ACTIVE = timedelta(seconds=10)
"""An agent that printed within this time is at work: those of the terminal show that they are by moving."""

FORMAT = "#{pane_id} #{pane_dead} #{pane_dead_status} #{window_bell_flag} #{window_activity} #{" + MARK + "}"
_LONGEST = 12_000


class Marked(Struct, frozen=True):
    """What is known of a pane an agent was started in."""

    agent: str
    repository: Path
    item: str = ""
    title: str = ""
    branch: str = ""


class Pane(Struct, frozen=True):
    """One marked pane as tmux has it."""

    id: str
    dead: bool
    status: int | None
    rang: bool
    active_at: float
    """Seconds since 1970."""
    marked: Marked


def format_mark(marked: Marked) -> str:
    """`marked` as it stands in the option."""
    plain = {"agent": marked.agent, "repository": str(marked.repository), "item": marked.item[:64]}
    plain |= {"title": marked.title[:200], "branch": marked.branch[:200]}
    return json.dumps(plain).encode().hex()


def parse_mark(text: str) -> Marked | None:
    """What stands in the option; None for anything else."""
    try:
        plain: Any = json.loads(bytes.fromhex(text[:_LONGEST]))
        texts = {key: str(plain[key]) for key in ("agent", "item", "title", "branch")}
        repository = Path(str(plain["repository"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return Marked(repository=repository, **texts) if repository.is_absolute() else None


def parse_panes(answer: str) -> tuple[Pane, ...]:
    """The marked panes in what tmux lists by FORMAT; lines that are not understood are left out."""
    found = []
    for line in answer.splitlines():
        parts = line.split(" ")
        if len(parts) != 6 or not parts[5] or not parts[0].startswith("%"):
            continue
        marked = parse_mark(parts[5])
        if marked is not None and parts[4].isdigit():
            status = int(parts[2]) if parts[2].isdigit() else None
            found.append(Pane(parts[0], parts[1] == "1", status, parts[3] == "1", float(parts[4]), marked))
    return tuple(found)


def session_of(pane: Pane, lines: tuple[str, ...], now: datetime) -> AgentSession:
    """What can be told of the agent in `pane`."""
    active = min(datetime.fromtimestamp(pane.active_at, now.tzinfo), now)
    state: AgentState
    since: datetime | None = active
    why = ""
    if pane.dead and pane.status is None:  # killed, or tmux has not heard of its end yet
        state, why = "unknown", "it has ended, and tmux does not say how"
    elif pane.dead:
        state = "failed" if pane.status else "done"
        why = f"ended with status {pane.status}" if pane.status else ""
    elif pane.rang:
        state, why = "needs you", "its window rang the bell"
    elif now - active <= ACTIVE:
        state, since = "working", None
    else:
        state = "unknown"
    marked = pane.marked
    return AgentSession(
        id=f"tmux{pane.id}",
        agent=marked.agent,
        repository=marked.repository,
        state=state,
        origin="window",
        since=since,
        item=marked.item,
        title=marked.title,
        branch=marked.branch,
        last_lines=lines,
        why=why,
    )


class Windows:
    """The marked panes of the tmux this runs in. For one thread; `mark` may be called from another."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._lines: dict[str, tuple[float, tuple[str, ...]]] = {}
        self.open = False
        """True where a marked pane was there when it was looked last."""

    def mark(self, pane: str, marked: Marked) -> None:
        """Say of `pane` that it is an agent's. A tmux before 3.0 has no options for panes: then nothing is told."""
        try:
            self._tmux("set-option", "-p", "-t", pane, MARK, format_mark(marked))
            self.open = True
        except AgentsError as error:
            log.info("an agent's window is not marked: %s", error)

    def read(self, now: datetime) -> tuple[AgentSession, ...]:
        """The agents in windows; none outside tmux."""
        if not self._asker.environ.get("TMUX"):
            return ()
        try:
            panes = parse_panes(self._tmux("list-panes", "-a", "-F", FORMAT))
        except AgentsError as error:
            log.debug("windows are not looked at: %s", error)
            panes = ()
        self.open = bool(panes)
        self._lines = {pane.id: self._lines[pane.id] for pane in panes if pane.id in self._lines}
        return tuple(session_of(pane, self._lines_of(pane), now) for pane in panes)

    def _lines_of(self, pane: Pane) -> tuple[str, ...]:
        """What stands at its end; looked at again only where something was printed since."""
        known = self._lines.get(pane.id)
        if known is None or known[0] != pane.active_at or not known[1]:
            try:
                lines = late_lines(self._tmux("capture-pane", "-p", "-t", pane.id))
            except AgentsError:
                lines = ()
            known = self._lines[pane.id] = (pane.active_at, lines)
        return known[1]

    def _tmux(self, *argv: str) -> str:
        return self._asker.ask("tmux", *argv, seconds=SECONDS).decode("utf-8", "replace")
