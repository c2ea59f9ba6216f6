"""The app's dealings with sessions: begun, noted in, parked, resumed, ended; found again at the start.

What is counted is the ledger's business (`tui.domain.made`), where to build `tui.build_desk`.
"""

from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from textual import on

from tui import messages
from tui.build_desk import Tool
from tui.domain.backlog import Item, finish
from tui.domain.lane_facts import lane_facts
from tui.domain.places import Place, place_in
from tui.domain.repos import Repository
from tui.domain.session_line import format_note, session_line
from tui.domain.sessions import (
    ALIVE_EVERY,
    LONGEST_SILENCE,
    Entry,
    NoteKind,
    Outcome,
    Session,
    complaints,
    going,
    last_next,
    noting,
    open_sessions,
    parked_sessions,
    starting,
)
from tui.lane_desk import LaneDesk
from widgets.backlog import BacklogPane
from widgets.detail_rows import format_ago
from widgets.formats import count, format_minutes

FRESH = ALIVE_EVERY + timedelta(minutes=1)
"""An open session that was heard of within this time is under way: no question is asked."""
FRESH_NEXT = timedelta(minutes=15)
"""A `next` line that young need not be asked for again."""
MOST_PARKED = 7
Written = Callable[[tuple[Entry, ...]], object]


class SessionDesk(LaneDesk):
    """The part of the app that keeps sessions; `tui.app` is the whole."""

    following: deque[Written]
    """What follows each of the entries handed over, in their order."""
    _tended: str | None = None
    _found = False
    """True once it was looked which session was left open."""

    @property
    def session(self) -> Session | None:
        """The session under way."""
        return next((one for one in self.sessions if one.id == self._tended and one.standing == "open"), None)

    @property
    def sessions(self) -> tuple[Session, ...]:
        """All, in the order they began."""
        return self.ledger.sessions if self.ledger else ()

    @on(messages.LedgerRefreshed)
    async def take_ledger(self, event: messages.LedgerRefreshed) -> None:
        for sentence in complaints(self.ledger, event.ledger):
            self.notify(sentence, severity="warning", timeout=10)
        self.ledger = event.ledger
        self.say_read("ledger")
        if self._tended and self.session is None:  # parked or ended by another makerhour
            self.tend(None)
        if not self._tended:
            await self._find_open()
        self.show_session()

    @on(messages.LedgerWritten)
    def go_on_written(self, event: messages.LedgerWritten) -> None:
        if self.following:
            self.following.popleft()(event.entries)

    @on(messages.WriteFailed)
    def drop_unwritten(self, event: messages.WriteFailed) -> None:
        """What was to follow entries that were not written does not; the whole app says why."""
        if event.source == "ledger" and self.following:
            self.following.popleft()

    def record(self, *entries: Entry, then: Written = lambda _entries: None) -> None:
        """Have `entries` written to the ledger, and do `then` once they are."""
        self.following.append(then)
        self.engine.record(entries)

    def show_session(self) -> None:
        """Show the session under way in the Now bar."""
        session, now = self.session, self.now()
        item = self.item_with(session.item) if session else None
        if self.ledger:
            known = (self.item_with(id) for id in {one.item for one in self.sessions})
            self.dashboard.repos.lanes = lane_facts(self.ledger, filter(None, known), now)
        self.dashboard.now_bar.session = session_line(session, self.sessions, item, now) if session else None

    def tend(self, session: str | None) -> None:
        """Keep this open session alive, by its id; none for None."""
        self._tended = session
        self.engine.tend(session)

    async def _find_open(self) -> None:
        """A session that is open, from before or in another makerhour: go on with it, or ask."""
        found, first, self._found = open_sessions(self.sessions), not self._found, True
        if not found:
            return
        session, silent = found[0], self.now() - found[0].heard
        if silent <= FRESH:
            self.tend(session.id)
            if first:
                self.say(f"going on with {session.title}")
        elif first:
            await self._ask_found(session, silent)

    async def _ask_found(self, session: Session, silent: timedelta) -> None:
        from tui.screens.choices import Choice, ask_choice

        minutes = format_minutes(silent // timedelta(minutes=1))
        on_from_now = partial(self._resume_from_now, session)
        choices = [Choice("go on from now", on_from_now, "the time between was not spent on it")]
        if silent <= LONGEST_SILENCE and not session.away:
            choices.insert(
                0, Choice("go on", partial(self._go_on_counting, session), f"and count the {minutes} between")
            )
        choices += [
            Choice("park it", partial(self._close, session, "parked", session.heard)),
            Choice("end it", partial(self._close, session, "ended", session.heard)),
        ]
        lines = (
            f"{session.title}, in {session.repository}",
            f"last heard of {minutes} ago, {session.heard.astimezone():%a %H:%M}",
        )
        await ask_choice(self, "A session was left open", choices, lines=lines, left=on_from_now,
                         hint="enter chooses · esc goes on from now")  # fmt: skip

    def _go_on_counting(self, session: Session) -> None:
        self.record(going(session, "alive", self.now()), then=lambda _: self._take_up(session))

    def _resume_from_now(self, session: Session) -> None:
        now = self.now()
        entries = (going(session, "parked", now, since=session.heard), going(session, "resumed", now))
        self.record(*entries, then=lambda _: self._take_up(session))

    def _close(self, session: Session, kind: str, since: datetime | None = None) -> None:
        now = self.now()
        entry = going(session, "parked" if kind == "parked" else "ended", now, since=since)
        self.record(entry, then=lambda _: self.say(f"{kind}: {session.title}"))

    def _take_up(self, session: Session) -> None:
        self.tend(session.id)
        self.show_session()

    # Beginning.

    def open_item(self, item: Item, tool: Tool = "editor") -> None:
        """Build on `item`: go on with its session, else begin one where it belongs."""
        under_way = self.session
        if under_way and under_way.item == item.id:
            self._open(under_way, item, tool)
            return
        left = [*open_sessions(self.sessions), *parked_sessions(self.sessions)]
        parked = next((one for one in left if one.item == item.id and self._place_of(one)), None)
        go_on = partial(self._show_card, parked, item, tool) if parked else partial(self._begin, item, tool)
        if under_way:
            self.call_later(self._ask_switch, under_way, go_on)
        else:
            go_on()

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
        """Begin a session on `item` at `place` and open `tool` there; `lines` are of others' work, for the agent."""

        def begin() -> None:
            entry = starting(self.now(), item.id, item.title, place.path, place.branch, place.head)
            self.record(entry, then=started)

        def started(entries: tuple[Entry, ...]) -> None:
            self.tend(entries[0].session)
            self.show_session()
            self.start_tool(tool, item, place)
            if said:
                self.say(said)

        if tool == "agent":
            self.show_brief(item, place, lines, begin)
        else:
            begin()

    def _place_of(self, session: Session) -> Place | None:
        return place_in(repo) if (repo := self._repository(session)) else None

    def _repository(self, session: Session) -> Repository | None:
        return self.dashboard.repos.by_key(str(session.repository)) if session.repository else None

    def _open(self, session: Session, item: Item, tool: Tool) -> None:
        place = self._place_of(session)
        if place is None:
            self.notify(f"`{session.repository}` is not there any more; end the session with p", severity="warning")
        elif tool == "agent":
            self.show_brief(item, place, (), partial(self.start_tool, tool, item, place))
        else:
            self.start_tool(tool, item, place)

    async def _ask_switch(self, under_way: Session, then: Callable[[], object]) -> None:
        from tui.screens.choices import Choice, ask_choice

        park = partial(self._park, under_way, then)
        await ask_choice(self, f"{under_way.title} is under way", (Choice("park it and go on", park),))

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
                    "end it: handed over", partial(self._end, session, "handed-over"), "asks to whom; the code stays"
                ),
                Choice("end it: nothing decided", partial(self._end, session, None)),
            ]
        waiting = [one for one in (*open_sessions(self.sessions), *parked_sessions(self.sessions)) if one != session]
        for one in waiting[:MOST_PARKED]:
            ago = format_ago(one.heard, self.now())
            choices.append(Choice(f"resume {one.title}", partial(self._resume_chosen, one), f"left {ago}"))
        if choices:
            await ask_choice(self, session.title if session else "Sessions", choices)
        else:
            self.notify("no session is under way or parked; b on an item to build begins one", severity="warning")

    def commit_lane(self, session: Session, place: Place) -> None:
        """Commit the work in progress of a lane; the whole app does."""

    def _item_of(self, session: Session) -> Item:
        return self.item_with(session.item) or Item(session.item, session.title)

    def _resume_chosen(self, session: Session) -> None:
        show = partial(self._show_card, session, self._item_of(session), "editor")
        self.call_later(self._ask_switch, self.session, show) if self.session else show()

    async def _park(self, session: Session, then: Callable[[], object] = lambda: None) -> None:
        from tui.screens.prompt import Prompt

        latest, now = last_next(self.sessions, session.item), self.now()
        if latest and latest.session == session.id and now - latest.at <= FRESH_NEXT:
            self._parked(session, then, "")
            return
        prompt = Prompt("Park it: what comes next?", hint="in a line, for when you come back; empty says nothing")
        await self.push_screen(prompt, partial(self._parked, session, then))

    def _parked(self, session: Session, then: Callable[[], object], line: str | None) -> None:
        if line is None:
            return
        now, head = self.now(), self._head(session)
        noted = (noting(session, now, "next", line[:1000], head),) if line.strip() else ()

        def done(_entries: tuple[Entry, ...]) -> None:
            repo = self._repository(session)
            changed = f"; {count(repo.changed, 'change')} not committed, left as is" if repo and repo.changed else ""
            self.say(f"parked: {session.title}{changed}")
            then()

        self.tend(None)
        self.record(*noted, going(session, "parked", now, head=head), then=done)

    async def _end(self, session: Session, outcome: Outcome | None) -> None:
        self.tend(None)
        entry = going(session, "ended", self.now(), head=self._head(session), outcome=outcome)
        self.record(entry, then=lambda _: self.say(f"ended: {session.title}"))
        item = self.item_with(session.item)
        if item and outcome == "finished":
            self.journal.write((item, finish(item, self.now())))
        elif item and outcome == "handed-over":
            self.dashboard.backlog.post_message(BacklogPane.VerdictGiven((item,), "delegate"))
        self.show_items()

    def _show_card(self, session: Session, item: Item, tool: Tool) -> None:
        """Where it was left, before going on."""
        from tui.screens.choices import Choice, ask_choice

        place, now = self._place_of(session), self.now()
        if place is None:
            self._begin(item, tool)
            return
        repo, latest = self._repository(session), last_next(self.sessions, session.item)
        lines = [f"next: {latest.text}" if latest else "no next line was left"]
        lines += [format_note(note) for note in session.notes[::-1] if note.kind != "next"][:4]
        if repo:
            lines.append(f"{count(repo.changed, 'change')} not committed")
            lines += [
                f"{moved.commit.author}: {moved.commit.subject} on {moved.branch}, {format_ago(moved.commit.when, now)}"
                for moved in repo.moved
                if not moved.by_me and moved.commit.when > session.heard
            ][:4]
        resume = partial(self._resume, session, item, place, tool)
        lead = f"left {format_ago(session.heard, now)}, in {place.name} on {place.branch}"
        self.call_later(ask_choice, self, item.title, (Choice("go on", resume),), lines=(lead, *lines),
                        hint="enter goes on · esc leaves")  # fmt: skip

    def _resume(self, session: Session, item: Item, place: Place, tool: Tool) -> None:
        def resumed(_entries: tuple[Entry, ...]) -> None:
            self._take_up(session)
            self._open(session, item, tool)

        now = self.now()
        left = (going(session, "parked", now, since=session.heard),) if session.standing == "open" else ()
        self.record(*left, going(session, "resumed", now, head=place.head), then=resumed)
