"""The app's dealings with other programs: an editor, an agent, a pager, a browser; the dashboard steps aside."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import cast

from textual import on

from tui.domain.backlog import Item
from tui.domain.launching import LaunchError, LaunchKind
from tui.engine import Edited, Engine
from tui.launcher import LaunchResult
from tui.lent_terminal import is_job, stop_group
from tui.part import Part
from tui.screens.dashboard import Dashboard
from widgets.detail import DetailPane
from widgets.formats import format_minutes
from widgets.repos import ReposPane


class LaunchDesk(Part):
    """The part of the app that starts programs; `tui.app` is the whole."""

    engine: Engine
    dashboard: Dashboard
    keys_from: float = 0.0
    """Keys typed before this moment (monotonic) were meant for the program that had the terminal."""
    _chosen_agent: str = ""
    """The AI agent that was chosen last."""

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def action_suspend_process(self) -> None:
        """Give the terminal back to the shell until `fg` there. What this was started by, such as make, stops with it:
        that is what the shell waits for. Not before the terminal is as it was: only who has it can see to that."""
        if self._driver is None or not self._driver.can_suspend or not is_job():
            self.notify("no shell to go back to: makerhour is all that runs here")
            return
        with self._at_rest(), self.suspend():
            stop_group()

    @on(ReposPane.LaunchRequested)
    def launch_there(self, event: ReposPane.LaunchRequested) -> None:
        repo = event.repository
        if event.kind == "browser" and not repo.remote:
            self.notify(f"`{repo.name}` has no remote with a web page", severity="warning")
        else:
            self.launch(event.kind, repo.path, {"branch": repo.branch or "", "url": repo.remote or ""}, repo.name)

    @on(DetailPane.RowChosen)
    def show_difference(self, event: DetailPane.RowChosen) -> None:
        """What changed in a file, in the pager; a new one has nothing to be compared with: the editor shows it."""
        repo, file = self.dashboard.opened.repository, self.dashboard.opened.file(event.key)
        if repo is None or file is None:
            return
        if file.path.endswith("/"):
            self.notify(f"`{file.path}` is new, with nothing to compare it to; e opens the editor", severity="warning")
        else:
            kind = "editor" if file.untracked or repo.head is None else "diff"
            self.launch(kind, repo.path, {"file": file.path}, repo.name)

    def launch(self, kind: str, folder: Path, values: dict[str, str], name: str) -> None:
        """Start a program; where there are several AI agents, the one the person chooses."""
        agents = self.engine.agents_to_choose() if kind == "agent" else ()
        if len(agents) < 2:
            self._launch(kind, folder, values, name)
            return
        from tui.screens.choices import Choice, ask_choice

        def choose(agent: str) -> None:
            self._chosen_agent = agent
            self._launch(kind, folder, values, name, agent)

        latest_first = sorted(agents, key=lambda agent: agent != self._chosen_agent)
        choices = [Choice(agent, partial(choose, agent)) for agent in latest_first]
        self.call_later(ask_choice, self, f"Which agent, in {name}?", choices)

    def _launch(self, kind: str, folder: Path, values: dict[str, str], name: str, program: str = "") -> None:
        """Start a program; the dashboard steps aside for one of this terminal, and reads that repository after it."""
        if kind == "browser" and self.is_web:
            self.open_url(values["url"])  # in the browser the person looks at
            return
        start = partial(self.engine.launch, cast("LaunchKind", kind), folder, values, self.suspend, program)
        result = self.step_aside(start, name)
        if result is not None:
            self.engine.refresh_repositories((folder,))
            self.dashboard.opened.again()

    def step_aside(self, start: Callable[[], LaunchResult], name: str) -> LaunchResult | None:
        """Rest while what `start` starts has the terminal; None where it could not be started, which is said."""
        try:
            with self._at_rest():
                result = start()
        except LaunchError as problem:
            self.notify(str(problem), severity="error", timeout=8)
            return None
        self.keys_from = result.resumed_at if result.seconds else 0.0
        if result.message:
            self.notify(result.message, severity="warning", timeout=8)
        elif result.seconds >= 60:
            self.say(f"back from {name} after {format_minutes(int(result.seconds // 60))}")
        return result

    @contextmanager
    def _at_rest(self) -> Iterator[None]:
        """Nothing is read meanwhile: nobody would see it."""
        self.engine.pause(True)
        try:
            yield
        finally:
            self.engine.pause(False)

    def edit_outside(self, item: Item | None) -> Item | None:
        """Have an item edited in the editor; without one the backlog's file, where it is broken. The item as edited."""
        edited: list[Edited] = []

        def start() -> LaunchResult:
            edited.append(self.engine.edit_outside(item, self.suspend))
            return edited[0].result

        if self.step_aside(start, item.title if item else "the backlog") is None:
            return None
        for problem in edited[0].problems:
            self.notify(problem, severity="warning", timeout=10)
        return edited[0].item
