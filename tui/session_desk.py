"""The app's dealings with sessions: begun, noted in, parked, resumed from a card, ended.

Where to build is `tui.build_desk`, what the ledger says `tui.ledger_desk`.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial

from msgspec import Struct
from textual import on

from tui import messages
from tui.build_desk import Tool
from tui.domain.agents import format_diffstat
from tui.domain.backlog import Item, finish
from tui.domain.places import Place, place_in
from tui.domain.session_line import format_note
from tui.domain.sessions import (
    Entry,
    NoteKind,
    Outcome,
    Session,
    going,
    last_next,
    line_problem,
    noting,
    open_sessions,
    parked_sessions,
    starting,
)
from tui.ledger_desk import LedgerDesk
from widgets.backlog import BacklogPane
from widgets.detail_rows import format_ago
from widgets.formats import count

FRESH_NEXT = timedelta(minutes=15)
"""A `next` line that young need not be asked for again."""
MOST_PARKED = 7
CARD_SECONDS = 2.0
"""So long the re-entry card waits to hear what was changed."""


class _Card(Struct, frozen=True):
    """What is to be gone on with, once the person has read where it was left."""

    session: Session
    item: Item
    tool: Tool
    place: Place


class SessionDesk(LedgerDesk):
    """The part of the app that keeps sessions; `tui.app` is the whole."""

    _card: _Card | None = None
    """What waits until it is known what was changed."""

    def open_item(self, item: Item, tool: Tool = "editor") -> None:
        """Build on `item`: go on with its session, else begin one where it belongs."""
        under_way = self.session
        if under_way and under_way.item == item.id:
            self._open(under_way, item, tool)
            return
        left = [*open_sessions(self.sessions), *parked_sessions(self.sessions)]
        parked = next((one for one in left if one.item == item.id and self._place_of(one)), None)
        go_on = partial(self._show_card, parked, item, tool) if parked else partial(self._begin, item, tool)
        self._switch(go_on)

    @on(BacklogPane.AgentRequested)
    def brief_agent(self, event: BacklogPane.AgentRequested) -> None:
        """Start the AI agent with a brief of the item, which is read first."""
        self.open_item(self.journal.latest(event.item), "agent")

    def _begin(self, item: Item, tool: Tool) -> None:
        known = (self._place_of(one) for one in reversed(self.sessions) if one.item == item.id)
        lane = next((place for place in known if place and place.is_lane), None)
        if lane:
            self.start_session(item, tool, lane, (), f"in its lane {lane.name}")
        else:
            self.look_first(item, partial(self.start_session, item, tool))

    def start_session(self, item: Item, tool: Tool, place: Place, lines: Sequence[str], said: str) -> None:
        """Begin a session on `item` at `place` and open `tool` there; `lines` are of others' work, for the agent. One
        under way on the same item moves there with it, one on another is parked first."""
        under_way = self.session
        if under_way and under_way.item != item.id:
            self._switch(partial(self.start_session, item, tool, place, lines, said))
            return

        def begin(brief: str = "") -> None:
            def started(entries: tuple[Entry, ...]) -> None:
                self.tend(entries[-1].session)
                self.show_session()
                self.start_tool(tool, item, place, brief)
                if said:
                    self.say(said)

            now, before = self.now(), self.session
            moved = (going(before, "parked", now, head=self._head(before)),) if before else ()
            begun = starting(now, item.id, item.title, place.path, place.branch, place.head)
            self.record(*moved, begun, then=started)

        if tool == "agent":
            self.show_brief(item, place, lines, begin)
        else:
            begin()

    def _open(self, session: Session, item: Item, tool: Tool) -> None:
        repo = self._repository(session)
        if repo is None:
            self.notify(f"`{session.repository}` is not there any more; end the session with p", severity="warning")
        elif tool == "agent":

            def brief(place: Place, lines: Sequence[str], _said: str) -> None:
                self.show_brief(item, place, lines, partial(self.start_tool, tool, item, place))

            self.look_who_works(item, repo, brief, asks=False)
        else:
            self.start_tool(tool, item, place_in(repo))

    def _switch(self, then: Callable[[], object]) -> None:
        """Do `then`; where a session is under way, once the person has parked it."""
        from tui.screens.choices import Choice, ask_choice

        if (under_way := self.session) is None:
            then()
        else:
            park = Choice("park it and go on", partial(self._park, under_way, then))
            self.call_later(ask_choice, self, f"{under_way.title} is under way", (park,))

    # The keys.

    async def action_note(self) -> None:
        """Note a line in the session under way."""
        if (session := self.session) is None:
            self.notify("no session is under way; b on an item to build begins one", severity="warning")
        else:
            await self._ask_note(session, "Note")

    async def _ask_note(self, session: Session, title: str, kind: NoteKind = "technique") -> None:
        from tui.screens.note import NoteScreen

        await self.push_screen(NoteScreen(title, kind), partial(self._note, session))

    def _note(self, session: Session, noted: tuple[NoteKind, str] | None) -> None:
        if noted:
            entry = noting(session, self.now(), *noted, self._head(session))
            self.record(entry, then=lambda _: self.say(f"noted, {noted[0]}: {noted[1]}"))

    def _head(self, session: Session) -> str:
        repo = self._repository(session)
        return (repo.head if repo else None) or session.head_after

    async def action_session(self) -> None:
        """What can be done with the session under way, and with those that wait."""
        from tui.screens.choices import Choice, ask_choice

        session, choices = self.session, []
        if session:
            item = self._item_of(session)
            place, repo = self._place_of(session), self._repository(session)
            commit = []
            if repo and place and place.is_lane and repo.changed:
                commit = [Choice(f"commit {count(repo.changed, 'change')}", partial(self.commit_lane, session, place))]
            choices += [
                Choice("go on in the editor", partial(self._open, session, item, "editor")),
                Choice("go on with the agent", partial(self._open, session, item, "agent")),
                Choice("note a line", partial(self._ask_note, session, "Note")),
                Choice("park it", partial(self._park, session)),
                *commit,
                Choice("end it: finished", partial(self._end, session, "finished"), "the item is done; the code stays"),
                Choice(
                    "end it: handed over", partial(self._hand_over_session, session), "asks to whom; the code stays"
                ),
                Choice("end it: nothing decided", partial(self._end, session, None)),
            ]
        waiting = [one for one in (*open_sessions(self.sessions), *parked_sessions(self.sessions)) if one != session]
        for one in waiting[:MOST_PARKED]:
            left = f"left {format_ago(one.heard, self.now())}" + (
                f", in {one.repository.name}" if one.repository else ""
            )
            choices.append(Choice(f"resume {one.title}", partial(self._resume_chosen, one), left))
        if choices:
            await ask_choice(self, session.title if session else "Sessions", choices)
        else:
            self.notify("no session is under way or parked; b on an item to build begins one", severity="warning")

    def commit_lane(self, session: Session, place: Place) -> None:
        """Commit the work in progress of a lane; the whole app does."""

    def _item_of(self, session: Session) -> Item:
        return self.item_with(session.item) or Item(session.item, session.title)

    def _resume_chosen(self, session: Session) -> None:
        self._switch(partial(self._show_card, session, self._item_of(session), "editor"))

    async def _park(self, session: Session, then: Callable[[], object] = lambda: None) -> None:
        from tui.screens.prompt import Prompt

        latest, now = last_next(self.sessions, session.item), self.now()
        if latest and latest.session == session.id and now - latest.at <= FRESH_NEXT:
            self._parked(session, then, "")
            return
        hint = "in a line, for when you come back; empty says nothing"
        prompt = Prompt("Park it: what comes next?", hint=hint, check=line_problem)
        await self.push_screen(prompt, partial(self._parked, session, then))

    def _parked(self, session: Session, then: Callable[[], object], line: str | None) -> None:
        if line is None:
            return
        now, head = self.now(), self._head(session)
        noted = (noting(session, now, "next", line, head),) if line.strip() else ()

        def done(_entries: tuple[Entry, ...]) -> None:
            repo = self._repository(session)
            changed = f"; {count(repo.changed, 'change')} not committed, left as is" if repo and repo.changed else ""
            self.say(f"parked: {session.title}{changed}")
            then()

        self.record(*noted, going(session, "parked", now, head=head), then=done)

    def _end(self, session: Session, outcome: Outcome | None) -> None:
        entry = going(session, "ended", self.now(), head=self._head(session), outcome=outcome)
        self.record(entry, then=lambda _: self.say(f"ended: {session.title}"))
        item = self.item_with(session.item)
        if item and outcome == "finished":
            self.write(item, finish(item, self.now()))

    async def _hand_over_session(self, session: Session) -> None:
        """End `session` as handed over, once it was said to whom."""
        from tui.screens import asking

        item = self.item_with(session.item)
        if item is None:
            self._end(session, "handed-over")
            return

        def decided(decision: asking.Decision) -> None:
            self._end(session, "handed-over")
            self.write(item, decision(item))

        await asking.ask_verdict(self, item, "delegate", self.now(), self.likely_people(item), decided)

    def _show_card(self, session: Session, item: Item, tool: Tool) -> None:
        """Where it was left, before going on; it is looked first what was changed."""
        place = self._place_of(session)
        if place is None:
            self._begin(item, tool)
            return
        card = self._card = _Card(session, item, tool, place)
        if session.head_before:
            self.engine.compare(place.path, session.head_before)
            self.set_timer(CARD_SECONDS, partial(self._open_card, card, ""))
        else:
            self._open_card(card, "")

    @on(messages.ChangesRead)
    def show_changes(self, event: messages.ChangesRead) -> None:
        card, found = self._card, event.changes
        if card and (found.path, found.head) == (card.place.path, card.session.head_before):
            self._open_card(card, format_diffstat(found.stat))

    def _open_card(self, card: _Card, changed: str) -> None:
        from tui.screens.choices import Choice, ask_choice

        if card is not self._card:
            return
        self._card = None
        if self.screen is not self.dashboard:  # something else was opened meanwhile: keys are for that now
            return
        session, place, now = card.session, card.place, self.now()
        repo, latest = self._repository(session), last_next(self.sessions, session.item)
        lines = [f"next: {latest.text}" if latest else "no next line was left"]
        lines += [format_note(note) for note in session.notes[::-1] if note.kind != "next"][:4]
        if changed:
            lines.append(f"since it began: {changed}")
        if repo:
            if repo.changed:
                lines.append(f"{count(repo.changed, 'change')} not committed")
            lines += [
                f"{moved.commit.author}: {moved.commit.subject} on {moved.branch}, {format_ago(moved.commit.when, now)}"
                for moved in repo.moved
                if not moved.by_me and moved.commit.when > session.heard
            ][:4]
        go_on = partial(self._open, session, card.item, card.tool)
        resume = partial(self._resume_from_now, session, place.head, go_on)
        lead = f"left {format_ago(session.heard, now)}, in {place.name} on {place.branch}"
        self.call_later(ask_choice, self, card.item.title, (Choice("go on", resume),), lines=(lead, *lines),
                        hint="enter goes on · esc leaves")  # fmt: skip
