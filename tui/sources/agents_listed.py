"""Agents as Claude Code lists them: `claude agents --json`, from its version 2.1.145 on.

Its documentation and what people report of it have an array of objects with `pid`, `cwd`, `kind`, `startedAt`, and
where set `sessionId`, `name`, `status` (`busy`, `waiting`, `idle`) with `waitingFor`, and `state` (`working`,
`blocked`, `done`, `stopped` …), a set that is not promised. It is read accordingly: what is not understood is an
unknown state, never an error. `blocked` was reported of sessions that are merely idle: it counts only with what is
waited for.
"""

import json
import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tui.domain.agents import AgentSession, AgentState
from tui.sources.agents_run import AgentsError, Asker

log = logging.getLogger(__name__)

SECONDS = 5.0
EVERY, AFTER_FAILURE = 30.0, 600.0
"""Seconds between two looks: it is a large program; and after one that told nothing that is understood."""
MOST = 200


class Listed:
    """What `claude` tells of its sessions. For one thread."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self.known: tuple[AgentSession, ...] = ()
        """Its sessions, as of the last look."""
        self._next = 0.0

    @property
    def due(self) -> bool:
        """True where the next `read` looks, which may take SECONDS."""
        return time.monotonic() >= self._next

    def read(self) -> tuple[AgentSession, ...]:
        """Its sessions, looked at where that is due; none where it is not installed or cannot tell."""
        if not self.due:
            return self.known
        self._next = time.monotonic() + EVERY
        if not self._asker.has("claude"):
            self.known = ()
            return ()
        try:
            listed = parse_listed(self._asker.ask("claude", "agents", "--json", seconds=SECONDS))
        except AgentsError as error:
            log.info("the sessions of claude are not known: %s", error)
            listed = None
        if listed is None:
            self._next += AFTER_FAILURE - EVERY
        self.known = listed or ()
        return self.known


def parse_listed(answer: bytes) -> tuple[AgentSession, ...] | None:
    """The sessions in `answer`; None where it is no list of any."""
    try:
        plain: Any = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if isinstance(plain, dict):
        plain = next((plain[key] for key in ("sessions", "agents") if isinstance(plain.get(key), list)), None)
    if not isinstance(plain, list):
        return None
    sessions = (_session(place, one) for place, one in enumerate(plain[:MOST]) if isinstance(one, dict))
    return tuple(one for one in sessions if one is not None)


def _session(place: int, one: Mapping[str, Any]) -> AgentSession | None:
    where = _text(one, "cwd")
    if not where.startswith("/") or "\0" in where:
        return None
    state, why = _state(one)
    waiting = _text(one, "waitingFor") or _text(one, "waiting_for")
    name = _text(one, "sessionId") or _text(one, "id") or str(one.get("pid", place))
    return AgentSession(
        id=f"claude-{name[:64]}",
        agent="claude",
        repository=Path(where),
        state=state,
        origin="listed",
        title=_text(one, "name")[:200],
        question=waiting[:400] if state == "needs you" else "",
        why=why,
    )


def _state(one: Mapping[str, Any]) -> tuple[AgentState, str]:
    status, state = _text(one, "status"), _text(one, "state")
    waiting = _text(one, "waitingFor") or _text(one, "waiting_for")
    if status == "waiting" or (state == "blocked" and waiting):
        return "needs you", ""
    if status == "busy" or (state == "working" and status != "idle"):
        return "working", ""
    if state in ("done", "completed"):
        return "done", ""
    if state == "failed":
        return "failed", ""
    said = status or state
    return "unknown", f"it says it is {said[:40]}" if said else ""


def _text(one: Mapping[str, Any], key: str) -> str:
    value = one.get(key)
    return value.strip() if isinstance(value, str) else ""
