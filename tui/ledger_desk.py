"""The app's dealings with the ledger: what is under way by it, entries handed over, a session found again at the start.

What is counted is the ledger's own business (`tui.domain.made`); beginning, parking and ending `tui.session_desk`.
"""

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Literal

from textual import on

from tui import messages
from tui.domain.lane_facts import lane_facts
from tui.domain.places import Place, place_in
from tui.domain.planning import whole_minute
from tui.domain.repos import Repository
from tui.domain.session_line import session_line
from tui.domain.sessions import ALIVE_EVERY, LONGEST_SILENCE, Entry, Session, complaints, going, open_sessions
from tui.lane_desk import LaneDesk
from widgets.formats import format_minutes

FRESH = ALIVE_EVERY + timedelta(minutes=1)
"""An open session that was heard of within this time is under way: no question is asked."""
SESSION_KEYS = ("app.note", "app.session")
"""What is wanted most while a session is under way."""
Written = Callable[[tuple[Entry, ...]], object]


class LedgerDesk(LaneDesk):
    """The part of the app that follows the ledger; `tui.app` is the whole."""

    following: deque[Written]
    """What follows each of the entries handed over, in their order."""
    _tended: str | None = None
    _lanes_of: object = None
    """What is told of lanes was made from this."""
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
        if self._tended and self.session is None:  # parked or ended by another makerhour
            self.tend(None)
        if not self._tended:
            await self._find_open()
        self.say_read("ledger")

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
        """Show the session under way in the Now bar, and on their rows what sessions tell of lanes."""
        session, now = self.session, self.now()
        item = self.item_with(session.item) if session else None
        of = (self.ledger, self.backlog, whole_minute(now))
        if self.ledger and of != self._lanes_of:
            known = (self.item_with(id) for id in {one.item for one in self.sessions})
            self.dashboard.repos.lanes = lane_facts(self.ledger, filter(None, known), now)
            self._lanes_of = of
        self.dashboard.now_bar.session = session_line(session, self.sessions, item, now) if session else None
        self.dashboard.key_bar.foremost = SESSION_KEYS if session else ()

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
            Choice("park it", partial(self._close, session, "parked")),
            Choice("end it", partial(self._close, session, "ended")),
        ]
        lines = (
            f"{session.title}, in {session.repository}",
            f"last heard of {minutes} ago, {session.heard.astimezone():%a %H:%M}",
        )
        await ask_choice(self, "A session was left open", choices, lines=lines, left=on_from_now,
                         hint="enter chooses · esc goes on from now", unasked=True)  # fmt: skip

    def _go_on_counting(self, session: Session) -> None:
        self.record(going(session, "alive", self.now()), then=lambda _: self._take_up(session))

    def _resume_from_now(self, session: Session, head: str = "", then: Callable[[], object] = lambda: None) -> None:
        """Go on with `session`, then do `then`; where it was left open, nothing counts since it was last heard of."""

        def resumed(_entries: tuple[Entry, ...]) -> None:
            self._take_up(session)
            then()

        now = self.now()
        left = (going(session, "parked", now, since=session.heard),) if session.standing == "open" else ()
        self.record(*left, going(session, "resumed", now, head=head), then=resumed)

    def _close(self, session: Session, kind: Literal["parked", "ended"]) -> None:
        """Close `session`, which was left open, as of when it was last heard of."""
        entry = going(session, kind, self.now(), since=session.heard)
        self.record(entry, then=lambda _: self.say(f"{kind}: {session.title}"))

    def _take_up(self, session: Session) -> None:
        self.tend(session.id)
        self.show_session()

    def _place_of(self, session: Session) -> Place | None:
        return place_in(repo) if (repo := self._repository(session)) else None

    def _repository(self, session: Session) -> Repository | None:
        return self.dashboard.repos.by_key(str(session.repository)) if session.repository else None
