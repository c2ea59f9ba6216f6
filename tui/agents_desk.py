"""The app's dealings with AI agents: what they do shows on repositories, items are handed to them, and what they and
others did while this person was away is told on coming back."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec.structs import replace
from textual import on

from tui import messages
from tui.build_desk import BuildDesk
from tui.domain.agenda import Agenda
from tui.domain.agents import Agents, HandOver, at_work_on, by_work_tree
from tui.domain.backlog import Item
from tui.domain.lanes import PREFIX, slug_of
from tui.domain.launching import LaunchError
from tui.domain.meanwhile import Meanwhile, away_until, format_short, just_ended, last_absence, meanwhile
from tui.domain.places import Place
from tui.domain.repos import Fleet
from tui.domain.sessions import notes_of
from widgets.backlog import BacklogPane
from widgets.formats import format_time
from widgets.meanwhile_rows import AGENT, REPOSITORY, meanwhile_rows
from widgets.rows import Row

if TYPE_CHECKING:
    from tui.screens.meanwhile import MeanwhileScreen

BACK_SECONDS = 20
"""How long it stays on the screen what happened meanwhile."""


class AgentsDesk(BuildDesk):
    """The part of the app that deals with AI agents; `tui.app` is the whole."""

    agenda: Agenda | None
    fleet: Fleet | None
    agents: Agents = Agents()
    _looked_at: datetime | None = None
    """When it was looked last what happened meanwhile."""
    _there_at: datetime | None = None
    """Until when it is known that no meeting has ended."""
    _back: "MeanwhileScreen | None" = None

    # On repositories.

    @on(messages.AgentsRefreshed)
    def show_agents(self, event: messages.AgentsRefreshed) -> None:
        before, self.agents = self.agents, event.agents
        self.place_agents()
        self._say_ended(before)
        if self._back is not None:
            self._back.show()

    def place_agents(self) -> None:
        """Have the repositories show the agents in them."""
        sessions = self.agents.sessions
        if not sessions and not self.dashboard.repos.agents:
            return
        known = {repo.path for repo in self.fleet.repositories} if self.fleet else set()
        found = by_work_tree(sessions, known)
        if found != self.dashboard.repos.agents:
            self.dashboard.repos.agents = found
            self.dashboard.follow_selection()

    def _say_ended(self, before: Agents) -> None:
        """Say of agents in the background that they have ended, where they were seen at work."""
        worked = {one.id for one in before.sessions if one.state == "working"}
        for one in self.agents.sessions:
            if one.id in worked and one.origin == "background" and one.state != "working":
                asked = f": {one.question}" if one.question else f": {one.why}" if one.why else ""
                state = "has ended" if one.state == "unknown" else one.state if one.state != "done" else "is done"
                self.notify(f"{one.agent} {state} with `{one.title}`{asked}", timeout=10)

    # Handing an item over.

    @on(BacklogPane.HandOverRequested)
    def hand_over_item(self, event: BacklogPane.HandOverRequested) -> None:
        """Hand an item to an agent that works by itself in a lane of its own, once its brief was read."""
        item = event.item
        one = at_work_on(self.agents.sessions, item.id)
        if one is not None:
            key = self.get_key_display(self.dashboard.key_of("app.meanwhile"))
            self.notify(f"{one.agent} works on `{item.title}` already; {key} shows how far it is", severity="warning")
        else:
            self.look_first(item, partial(self._show_brief_alone, item), alone=True)

    def _show_brief_alone(self, item: Item, place: Place, lines: Sequence[str], said: str) -> None:
        """Have its brief read, then hand it over in a new lane: never in a work tree that was there before."""
        from tui.screens.brief import BriefScreen

        repo = self.dashboard.repos.named(item.repo)
        if repo is None:
            return
        if said:
            self.say(said)
        branches = (one.branch for one in (self.fleet.repositories if self.fleet else ()) if one.branch)
        taken = {branch.removeprefix(PREFIX) for branch in branches if branch.startswith(PREFIX)}
        lane = replace(place, branch=f"{PREFIX}{slug_of(item.title, taken)}")

        def chosen(wanted: bool | None) -> None:
            if wanted:
                self.build_in_lane(item, repo, partial(self._hand_over, item, lines))

        self.push_screen(BriefScreen(self._brief_alone(item, lines, lane)), chosen)

    def _hand_over(self, item: Item, lines: Sequence[str], lane: Place) -> None:
        try:
            brief = self.engine.write_brief(item.id, self._brief_alone(item, lines, lane))
        except LaunchError as problem:
            self.notify(str(problem), severity="error", timeout=8)
            return
        deadline = self._deadline()
        self.engine.hand_over(HandOver(item.id, item.title, lane.path, lane.branch, lane.head, brief, deadline))
        until = f" until {format_time(deadline)}" if deadline else ""
        self.say(f"handed over{until}: {item.title}")

    def _brief_alone(self, item: Item, lines: Sequence[str], lane: Place) -> str:
        from tui.domain.brief import format_brief

        known = notes_of(self.ledger.sessions if self.ledger else (), item.id)
        now, deadline = self.now(), self._deadline()
        return format_brief(item, lane, lines, now, notes=known, alone=True, deadline=deadline)

    def _deadline(self) -> datetime | None:
        meetings = self.agenda.meetings if self.agenda else ()
        return away_until(meetings, self.now(), self.settings.planning)

    # Coming back.

    def look_back(self, now: datetime) -> None:
        """Tell, once a meeting has ended, what happened meanwhile; where nothing did, nothing."""
        before, self._there_at = self._there_at, now
        if before is None or self.agenda is None:
            return
        ended = just_ended(self.agenda.meetings, before, now, self.settings.planning)
        if ended is None:
            return
        said = format_short(self._meanwhile(now))
        if said:
            key = self.get_key_display(self.dashboard.key_of("app.meanwhile"))
            self.notify(f"while you were in {ended.summary or 'there'}: {said} · {key} shows it", timeout=BACK_SECONDS)

    async def action_meanwhile(self) -> None:
        """What happened since the last meeting began, or since it was looked last."""
        from tui.screens.meanwhile import MeanwhileScreen

        if self.screen is not self.dashboard:
            return
        now = self.now()
        found = self._meanwhile(now)
        heading = f"While you were in {found.meeting}" if found.meeting else "Meanwhile"

        def build(width: int) -> Sequence[Row]:
            told = replace(found, agents=self.agents.sessions)
            return meanwhile_rows(told, self.agents.problem or "", self.now(), width)

        self._back = MeanwhileScreen(heading, build, self._end_agent)
        self._looked_at = now
        await self.push_screen(self._back, self._leave_meanwhile)

    def _meanwhile(self, now: datetime) -> Meanwhile:
        absence = last_absence(self.agenda.meetings if self.agenda else (), now, self.settings.planning)
        since = now.replace(hour=0, minute=0, second=0, microsecond=0)
        meeting = ""
        if absence is not None:
            since, meeting = absence[0], absence[2].summary
        if self._looked_at is not None and self._looked_at > (absence[1] if absence else since):
            since, meeting = self._looked_at, ""
        return meanwhile(self.fleet, self.agents.sessions, since, meeting)

    def _end_agent(self, id: str, asked: bool) -> str:
        one = next((one for one in self.agents.sessions if one.id == id), None)
        if one is None:
            return ""
        if one.origin != "background":
            return "it has a window of its own: end it there"
        if one.state == "working" and not asked:
            return "x again ends it; what it made stays in its lane"
        self.engine.end_agent(id)
        return ""

    def _leave_meanwhile(self, key: str | None) -> None:
        self._back = None
        place: Path | None = None
        if key is not None and key.startswith(REPOSITORY):
            place = Path(key.removeprefix(REPOSITORY))
        elif key is not None and key.startswith(AGENT):
            id = key.removeprefix(AGENT)
            found = self.dashboard.repos.agents.items()
            place = next((path for path, sessions in found if any(one.id == id for one in sessions)), None)
            if place is None:
                self.notify("its folder is under none of the roots", severity="warning")
        if place is not None:
            self.dashboard.show_repository(place)
