"""The app's dealings with `P`: a lane or a new repository for a prototype, asked for and begun in."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from textual import on

from tui.build_desk import BuildDesk, Tool
from tui.desk import BacklogDesk
from tui.domain.backlog import Item, ItemError, give_verdict, new_item
from tui.domain.lane_work import Ground, RepositoryWish
from tui.domain.lanes import slug_of
from tui.domain.places import Place, place_on
from tui.domain.repos import Repository
from widgets.backlog import BacklogPane
from widgets.repos import ReposPane


class LaneDesk(BuildDesk, BacklogDesk):
    """The part of the app that opens lanes and new repositories; `tui.app` is the whole."""

    def start_session(self, item: Item, tool: Tool, place: Place, lines: Sequence[str], said: str) -> None:
        """Begin a session; the whole app does."""

    @on(BacklogPane.LaneRequested)
    async def open_ground(self, event: BacklogPane.LaneRequested) -> None:
        """Ask where an item is to be prototyped: in a lane, or in a new repository."""
        from tui.screens.choices import Choice, ask_choice

        item = self.journal.latest(event.item)
        repo, choices = self.dashboard.repos.named(item.repo), []
        if repo is not None:
            text = f"a lane of {repo.name}"
            choices.append(Choice(text, partial(self._ask_ends, item, repo), "a work tree and branch of its own"))
        if self.settings.new_in is not None:
            folder = self.settings.new_in / slug_of(item.title)
            for template in (None, *self.settings.templates):
                text = f"a new repository from {template.name}" if template else "a new repository"
                choices.append(Choice(text, partial(self._make_repository, item, template), str(folder)))
        await ask_choice(self, f"Prototype: {item.title}", choices)

    @on(ReposPane.LaneRequested)
    async def open_lane(self, event: ReposPane.LaneRequested) -> None:
        """Ask what a lane of this repository is to find out; the question becomes an item to build."""
        from tui.screens.prompt import Prompt

        chosen, id = event.repository, self.engine.new_id()
        repo = (chosen.parent and self.dashboard.repos.by_key(str(chosen.parent))) or chosen  # a lane's question too
        if repo.unborn:
            self.notify(f"`{repo.name}` has no commit yet; a lane begins at one", severity="warning")
            return

        def asked_about(question: str) -> Item:
            item = new_item(question, self.now(), id=id, repo=repo.name)
            return give_verdict(item, "build", self.now())

        def wrong(question: str) -> str:
            try:
                asked_about(question)
            except ItemError as problem:
                return str(problem)
            return ""

        async def asked(question: str | None) -> None:
            if question is not None:
                await self._ask_ends(asked_about(question), repo, new=True)

        hint = "in a line; it becomes an item to build in your backlog"
        await self.push_screen(Prompt(f"A lane of {repo.name}: what is the question?", hint=hint, check=wrong), asked)

    async def _ask_ends(self, item: Item, repo: Repository, *, new: bool = False) -> None:
        from tui.screens.prompt import Prompt

        def asked(ends: str | None) -> None:
            if ends is not None:
                if new:
                    self.write(None, item)
                self.build_in_lane(item, repo, lambda place: self.start_session(item, "editor", place, (), ""), ends)

        await self.push_screen(Prompt("What would end it?", hint="in a line; empty says nothing yet"), asked)

    def _make_repository(self, item: Item, template: Path | None) -> None:
        if self.settings.new_in is None:
            return
        wish = RepositoryWish(self.settings.new_in / slug_of(item.title), self.prototype_of(item), template)

        def made(ground: Ground) -> None:
            if not self.settings.new_in_shown:
                told = f"`{ground.path.parent}` is under none of your roots; add it to `[repositories] roots` to see it"
                self.notify(told, severity="warning", timeout=20)
            self.start_session(item, "editor", place_on(ground), (), "")

        self.make_ground(wish, made)
