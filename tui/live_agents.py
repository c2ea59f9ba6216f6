"""The part of the real engine that looks at AI agents and hands items to them; `tui.live` is the whole.

It has two workers: looking may take seconds, and what is to be started or ended does not wait for it. That agents
cannot be looked at is told with what is known of them: no pane is theirs.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from textual.message import Message

from tui import messages, paths
from tui.config import Config
from tui.domain.agents import Agents, Diffstat, HandOver
from tui.domain.launching import LaunchError, LaunchPlan, plan
from tui.launcher import clean_environment, find_program
from tui.programs import Programs
from tui.refresh import Failure, Worker
from tui.sources.agents import AgentSource
from tui.sources.agents_background import Background
from tui.sources.agents_listed import Listed
from tui.sources.agents_run import Asker
from tui.sources.agents_windows import Marked, Windows

DIFF_SECONDS = 10.0
"""How long git may take to tell what an agent changed."""
AGENTS_SECONDS = 5.0
"""How often agents are looked at, where there are any."""


class LiveAgents:
    """What `Engine` says of it."""

    _programs: Programs
    _post: Callable[[Message], object]
    _agents_worker: Worker
    _agents_writes: Worker
    _agents_source: AgentSource
    _agents_asker: Asker

    def hand_over(self, handover: HandOver) -> None:
        """See `Engine.hand_over`."""

        def start() -> None:
            launcher = self._programs.background()
            environ = clean_environment(os.environ)
            found = find_program(launcher.command[0], environ)
            if found is None:
                raise LaunchError(f"`{launcher.name}` is not installed or not on the PATH; set `[launch] background`")

            def command(brief: Path) -> Sequence[str]:
                values = {"brief": str(brief), "item": handover.title, "branch": handover.branch}
                return (found, *plan(launcher, handover.repository, values).argv[1:])

            self._agents_source.background.start(handover, launcher.name, command, environ)

        self._write_agents(start)

    def end_agent(self, id: str) -> None:
        """See `Engine.end_agent`."""

        self._write_agents(lambda: self._agents_source.background.end(id))

    def _write_agents(self, write: Callable[[], None]) -> None:
        """Do `write`, and look at agents once it is done."""

        def act() -> None:
            try:
                write()
            finally:
                self._agents_worker.request()

        self._agents_writes.submit(act)

    def _open_agents(self, config: Config, now: Callable[[], datetime]) -> None:
        """Make the source and its worker; nothing is looked at yet."""
        environ = clean_environment(os.environ)
        trusted = frozenset(os.path.realpath(path) for path in config.repositories.trusted)
        shadows, radar = paths.shadows_folder(), config.launch.radar

        def diff(path: Path, head: str) -> Diffstat:
            from tui.sources.git.lane_diff import read_diffstat  # git is looked at only where there is an agent
            from tui.sources.git.lane_ground import Reach
            from tui.sources.git.shadow import Shadows

            reach = Reach(Shadows(shadows), os.path.realpath(path) in trusted, seconds=DIFF_SECONDS)
            return read_diffstat(path, head, reach)

        def find(program: str) -> str | None:
            return find_program(program, environ)

        self._agents_asker = Asker(environ, find)
        self._agents_source = AgentSource(
            Background(paths.agents_folder(), now, diff),
            Windows(self._agents_asker) if radar else None,
            Listed(self._agents_asker) if radar else None,
            now,
        )

        def publish(agents: Agents) -> None:
            self._post(messages.AgentsRefreshed(agents))

        read, said = self._agents_source.read, self._say_of_agents
        self._agents_worker = Worker("agents", read, publish, said, every=AGENTS_SECONDS)
        self._agents_writes = Worker("agents", lambda: (), lambda _: None, said)

    def _start_agents(self) -> None:
        self._agents_worker.start()
        self._agents_writes.start()

    def _finish_agents(self) -> Sequence[str]:
        """Do what is left to be started or ended, look no more. A sentence where that was not done."""
        self._agents_worker.end()
        self._agents_writes.end()
        left = self._agents_writes.wait()
        self._agents_asker.stop()
        return (f"agents: {left}",) if left else ()

    def _say_of_agents(self, failure: Failure) -> None:
        if failure.write:
            self._post(messages.WriteFailed("agents", failure.error))
        else:
            self._post(messages.AgentsRefreshed(Agents(problem=f"agents cannot be looked at: {failure.error}")))

    def _mark_window(self, made: LaunchPlan, values: Mapping[str, str], window: str) -> None:
        """Have a window of tmux that an agent got be found again."""
        windows = self._agents_source.windows
        if made.kind == "agent" and made.host == "tmux" and window.startswith("%") and windows is not None:
            marked = Marked(made.name, made.folder, "", values.get("item", ""), values.get("branch", ""))
            self._write_agents(lambda: windows.mark(window, marked))
