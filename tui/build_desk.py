"""The app's dealings with building: before an item's repository is opened, who else works there."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from textual import on

from tui import messages
from tui.domain.backlog import Item
from tui.domain.evidence import Trace
from tui.domain.repos import Repository
from tui.domain.toes import Toes, format_toes, since_when, toes_of
from tui.launch_desk import LaunchDesk
from tui.settings import Settings
from widgets.detail_rows import format_ago

PATIENCE_SECONDS = 4.0
"""So long building waits to hear of others' work."""


class BuildDesk(LaunchDesk):
    """The part of the app that begins to build; `tui.app` is the whole."""

    now: Callable[[], datetime]
    settings: Settings
    _starting: Repository | None = None
    """Where somebody waits to build until it is known who else works there."""

    def open_item(self, item: Item) -> None:
        """Open the repository an item belongs in, once it is known whose toes are there."""
        repo = self.dashboard.repos.named(item.repo)
        if repo is None:
            self.notify(f"`{item.title}` names no repository found here; give it one with e", severity="warning")
        elif not self.settings.toes_days:
            self.build_in(repo)
        else:
            self._starting = repo
            self.say(f"looking who works in {repo.name} …")
            self.engine.trace({repo.path: since_when(self.now(), self.settings.toes_days)}, areas=True)
            self.set_timer(PATIENCE_SECONDS, partial(self._go_on_unknowing, repo))

    @on(messages.TraceRead)
    async def show_toes(self, event: messages.TraceRead) -> None:
        repo, trace = self._starting, event.trace
        if repo is None or trace.areas is None or trace.path != repo.path:
            return
        self._starting = None
        if found := toes_of(trace):
            await self._ask(repo, found)
        elif self.screen is self.dashboard:
            self.build_in(repo, self._clear(repo, trace))

    def build_in(self, repo: Repository, said: str = "") -> None:
        """Open `repo` in the editor; `said` is said when that is over."""
        self.launch("editor", repo.path, {"branch": repo.branch or ""}, repo.name)
        if said:
            self.say(said)

    async def _ask(self, repo: Repository, found: tuple[Toes, ...]) -> None:
        from tui.screens.toes import ask_toes

        lines = [format_toes(toes, format_ago(toes.commits[0].when, self.now())) for toes in found]
        if self.screen is not self.dashboard:  # something else was opened meanwhile: that is what keys are for now
            self.notify(f"in `{repo.name}`: {lines[0]}; f asks again", severity="warning", timeout=8)
            return
        await ask_toes(
            self, repo.name, lines, build=partial(self.build_in, repo), read=partial(self._read_theirs, repo.path)
        )

    def _read_theirs(self, path: Path) -> None:
        self.dashboard.show_repository(path)

    def _go_on_unknowing(self, repo: Repository) -> None:
        if self._starting is repo:
            self._starting = None
            if self.screen is self.dashboard:
                self.build_in(repo, f"who else works in {repo.name} is not known: git took too long")

    def _clear(self, repo: Repository, trace: Trace) -> str:
        days = self.settings.toes_days
        if not trace.whole:
            return f"who else works in {repo.name} could not be read"
        return f"nobody else committed in {repo.name} within {days} days, as far as fetched"
