"""The app's dealings with where and with what to build: whose toes are there, a lane or not, what an agent is told."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import Literal

from msgspec import Struct
from textual import on

from tui import messages
from tui.domain.backlog import Item
from tui.domain.evidence import Trace
from tui.domain.lane_work import LaneWish
from tui.domain.lanes import Prototype
from tui.domain.launching import LaunchError
from tui.domain.places import Place, place_in, place_on
from tui.domain.repos import Repository
from tui.domain.session_line import format_note
from tui.domain.sessions import Ledger, notes_of
from tui.domain.toes import format_toes, since_when, toes_of
from tui.ground_desk import GroundDesk
from tui.launch_desk import LaunchDesk
from tui.settings import Settings
from widgets.detail_rows import format_ago

PATIENCE_SECONDS = 4.0
"""So long building waits to hear of others' work."""

Tool = Literal["editor", "agent"]
GoOn = Callable[[Place, Sequence[str], str], object]
"""What follows: where, a line a branch others work on, and what is to be said."""


class Start(Struct, frozen=True):
    """Somebody wants to build on an item in a repository."""

    item: Item
    repo: Repository
    go_on: GoOn
    asks: bool
    """True where the person is to say, once others work there, whether to go on."""
    alone: bool
    """True where an agent goes on by itself: only ever in a lane."""


class BuildDesk(GroundDesk, LaunchDesk):
    """The part of the app that begins to build; `tui.app` is the whole."""

    now: Callable[[], datetime]
    settings: Settings
    ledger: Ledger | None = None
    """All sessions; None until they were read."""
    _starting: Start | None = None
    """What waits until it is known who else works there."""

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def look_first(self, item: Item, go_on: GoOn, *, alone: bool = False) -> None:
        """`go_on` with where `item` is built, once it is known who else works there, and the person knows it."""
        repo = self.dashboard.repos.named(item.repo)
        if repo is None:
            self.notify(f"`{item.title}` names no repository found here; give it one with e", severity="warning")
        else:
            self.look_who_works(item, repo, go_on, alone=alone)

    def look_who_works(
        self, item: Item, repo: Repository, go_on: GoOn, *, asks: bool = True, alone: bool = False
    ) -> None:
        """`go_on` with `repo`, once it is known who else works there; where `asks`, once the person knows it too."""
        days = self.settings.toes_days
        if not days:
            go_on(place_in(repo), (), "")
        else:
            start = self._starting = Start(item, repo, go_on, asks, alone)
            self.say(f"looking who works in {repo.name} …")
            self.engine.trace({repo.path: since_when(self.now(), days)}, areas=True)
            self.set_timer(PATIENCE_SECONDS, partial(self._go_on_unknowing, start))

    @on(messages.TraceRead)
    async def show_toes(self, event: messages.TraceRead) -> None:
        start, trace = self._starting, event.trace
        if start is None or trace.areas is None or trace.path != start.repo.path:
            return
        self._starting = None
        self.say("")  # that it is looked
        found = toes_of(trace)
        lines = tuple(format_toes(toes, format_ago(toes.commits[0].when, self.now())) for toes in found)
        if self.screen is not self.dashboard:  # something else was opened meanwhile: keys are for that now
            if lines:
                self.notify(f"in `{start.repo.name}`: {lines[0]}; ask again", severity="warning", timeout=8)
        elif lines and not start.asks:
            start.go_on(place_in(start.repo), lines, "")
        elif lines:
            from tui.screens.choices import Choice
            from tui.screens.toes import ask_toes

            place = place_in(start.repo)
            lane = partial(self.build_in_lane, start.item, start.repo, lambda made: start.go_on(made, lines, ""))
            go_on, own = partial(start.go_on, place, lines, ""), "a work tree and a branch of its own"
            if start.alone:
                ways = [Choice("hand it over all the same", go_on, own)]
            else:
                ways = [] if place.is_lane else [Choice("build in a lane", lane, own)]
                ways.append(Choice("build here all the same", go_on))
            read = Choice("read what they did", partial(self.dashboard.show_repository, start.repo.path))
            await ask_toes(self, start.repo.name, lines, [*ways, read])
        else:
            start.go_on(place_in(start.repo), (), self._clear(start.repo, trace))

    def build_in_lane(self, item: Item, repo: Repository, then: Callable[[Place], object], ends: str = "") -> None:
        """Have a lane of `repo` made for `item`, and do `then` with it; `ends` is what would end the prototype."""
        self.make_ground(LaneWish(repo.path, self.prototype_of(item, ends)), lambda ground: then(place_on(ground)))

    def prototype_of(self, item: Item, ends: str = "") -> Prototype:
        """What the PROTOTYPE.md of `item` says."""
        known = notes_of(self.ledger.sessions if self.ledger else (), item.id)
        return Prototype(item.title, item.estimate, ends, item.why, tuple(map(format_note, known)))

    def start_tool(self, tool: Tool, item: Item, place: Place, brief: str = "") -> None:
        """Open the editor at `place`, or the agent with the file `brief` of what it is told."""
        values = {"branch": place.branch, "item": item.title}
        if brief:
            values["brief"] = brief
        self.launch(tool, place.path, values, place.name)

    def show_brief(self, item: Item, place: Place, lines: Sequence[str], then: Callable[[str], object]) -> None:
        """Have the person read what the agent will be told; `then` with its file once it is written and wanted."""
        from tui.domain.brief import format_brief
        from tui.screens.brief import BriefScreen

        line = self.dashboard.now_bar.line
        until = line.until if line and line.situation == "in_gap" else None
        known = notes_of(self.ledger.sessions if self.ledger else (), item.id)
        text = format_brief(item, place, lines, self.now(), until=until, notes=known)

        def chosen(wanted: bool | None) -> None:
            if not wanted:
                return
            try:
                brief = str(self.engine.write_brief(item.id, text))
            except LaunchError as problem:
                self.notify(str(problem), severity="error", timeout=8)
                return
            then(brief)

        self.push_screen(BriefScreen(text), chosen)

    def _go_on_unknowing(self, start: Start) -> None:
        if self._starting is start:
            self._starting = None
            if self.screen is self.dashboard:
                said = f"who else works in {start.repo.name} is not known: git took too long"
                start.go_on(place_in(start.repo), (), said)

    def _clear(self, repo: Repository, trace: Trace) -> str:
        days = self.settings.toes_days
        if not trace.whole:
            return f"who else works in {repo.name} could not be read"
        return f"nobody else committed in {repo.name} within {days} days, as far as fetched"
