"""The app's dealings with building: who else works where somebody is about to, what an agent is told."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from textual import on

from tui import messages
from tui.domain.backlog import Item
from tui.domain.brief import format_brief
from tui.domain.evidence import Trace
from tui.domain.launching import LaunchError
from tui.domain.repos import Repository
from tui.domain.toes import format_toes, since_when, toes_of
from tui.launch_desk import LaunchDesk
from tui.settings import Settings
from widgets.backlog import BacklogPane
from widgets.detail_rows import format_ago

PATIENCE_SECONDS = 4.0
"""So long building waits to hear of others' work."""


GoOn = Callable[[Repository, Sequence[str], str], object]
"""What follows: the repository, a line a branch others work on, and what is to be said."""


@dataclass(frozen=True, slots=True)
class Start:
    """Somebody wants to build in a repository."""

    repo: Repository
    go_on: GoOn


class BuildDesk(LaunchDesk):
    """The part of the app that begins to build; `tui.app` is the whole."""

    now: Callable[[], datetime]
    settings: Settings
    _starting: Start | None = None
    """What waits until it is known who else works there."""

    def open_item(self, item: Item) -> None:
        """Open the repository an item belongs in, once it is known whose toes are there."""
        self._look_first(item, lambda repo, _lines, said: self.build_in(repo, said))

    @on(BacklogPane.AgentRequested)
    def brief_agent(self, event: BacklogPane.AgentRequested) -> None:
        """Start the AI agent with a brief of the item, which is read first."""
        self._look_first(event.item, partial(self._show_brief, event.item))

    def build_in(self, repo: Repository, said: str = "") -> None:
        """Open `repo` in the editor; `said` is said when that is over."""
        self.launch("editor", repo.path, {"branch": repo.branch or ""}, repo.name)
        if said:
            self.say(said)

    def _look_first(self, item: Item, go_on: GoOn) -> None:
        """`go_on` with the repository of `item` once it is known who else works there, and the person knows it."""
        repo, days = self.dashboard.repos.named(item.repo), self.settings.toes_days
        if repo is None:
            self.notify(f"`{item.title}` names no repository found here; give it one with e", severity="warning")
        elif not days:
            go_on(repo, (), "")
        else:
            start = self._starting = Start(repo, go_on)
            self.say(f"looking who works in {repo.name} …")
            self.engine.trace({repo.path: since_when(self.now(), days)}, areas=True)
            self.set_timer(PATIENCE_SECONDS, partial(self._go_on_unknowing, start))

    @on(messages.TraceRead)
    async def show_toes(self, event: messages.TraceRead) -> None:
        start, trace = self._starting, event.trace
        if start is None or trace.areas is None or trace.path != start.repo.path:
            return
        self._starting = None
        found = toes_of(trace)
        lines = tuple(format_toes(toes, format_ago(toes.commits[0].when, self.now())) for toes in found)
        if self.screen is not self.dashboard:  # something else was opened meanwhile: keys are for that now
            if lines:
                self.notify(f"in `{start.repo.name}`: {lines[0]}; ask again", severity="warning", timeout=8)
        elif lines:
            from tui.screens.toes import ask_toes

            build = partial(start.go_on, start.repo, lines, "")
            await ask_toes(
                self, start.repo.name, lines, build=build, read=partial(self.dashboard.show_repository, start.repo.path)
            )
        else:
            start.go_on(start.repo, (), self._clear(start.repo, trace))

    def _show_brief(self, item: Item, repo: Repository, lines: Sequence[str], said: str) -> None:
        from tui.screens.brief import BriefScreen

        line = self.dashboard.now_bar.line
        until = line.until if line and line.situation == "in_gap" else None
        text = format_brief(item, repo, lines, self.now(), until=until)
        if said:
            self.say(said)
        self.push_screen(BriefScreen(text), partial(self._start_agent, item, repo, text))

    def _start_agent(self, item: Item, repo: Repository, text: str, wanted: bool | None) -> None:
        if not wanted:
            return
        try:
            brief = self.engine.write_brief(item.id, text)
        except LaunchError as problem:
            self.notify(str(problem), severity="error", timeout=8)
            return
        values = {"branch": repo.branch or "", "item": item.title, "brief": str(brief)}
        self.launch("agent", repo.path, values, repo.name)

    def _go_on_unknowing(self, start: Start) -> None:
        if self._starting is start:
            self._starting = None
            if self.screen is self.dashboard:
                start.go_on(start.repo, (), f"who else works in {start.repo.name} is not known: git took too long")

    def _clear(self, repo: Repository, trace: Trace) -> str:
        days = self.settings.toes_days
        if not trace.whole:
            return f"who else works in {repo.name} could not be read"
        return f"nobody else committed in {repo.name} within {days} days, as far as fetched"
