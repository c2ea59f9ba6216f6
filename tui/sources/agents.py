"""AI agents as a source: those in windows, those in the background, those an agent's own list tells of.

Where there is nothing to look at, looking costs nothing: windows are asked for only where one was opened or found, an
agent's list only where that agent is installed and the person has not switched it off.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from tui.domain.agents import Agents, AgentSession, joined
from tui.sources.agents_background import Background, split
from tui.sources.agents_listed import Listed
from tui.sources.agents_windows import Windows

AGAIN_SECONDS = 60.0
"""How often windows are looked for where none is known: another makerhour may have opened one."""


class AgentSource:
    """All three. For one thread. `windows` and `listed` are None where they are switched off."""

    def __init__(
        self, background: Background, windows: Windows | None, listed: Listed | None, now: Callable[[], datetime]
    ) -> None:
        self.background = background
        self.windows = windows
        self._listed = listed
        self._now = now
        self._look_at = 0.0

    def switch(self, windows: Windows | None, listed: Listed | None) -> None:
        """Look at these from the next `read` on; on any thread."""
        self.windows, self._listed = windows, listed

    def read(self) -> Iterator[Agents]:
        """What they are doing now; where an agent's list is to be looked at, which takes seconds, first without."""
        now = self._now()
        background, problems = split(self.background.read())
        windows: tuple[AgentSession, ...] = ()
        in_windows, listed = self.windows, self._listed
        if in_windows is not None and (in_windows.open or time.monotonic() >= self._look_at):
            self._look_at = time.monotonic() + AGAIN_SECONDS
            windows = in_windows.read(now)
        problem = problems[0] if problems else None
        if listed is None:
            yield Agents(joined(windows, background, ()), problem, now)
            return
        if listed.due:
            yield Agents(joined(windows, background, listed.known), problem, now)
        yield Agents(joined(windows, background, listed.read()), problem, now)
