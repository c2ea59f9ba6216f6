"""The keeper of the open session: what is to be written down of it by itself, whatever the screen is doing.

On the ledger's own thread (`tui.live_ledger`), which goes on while an editor has the terminal: that is when somebody
builds. Where the dashboard is not in front, tmux tells that it is time to land. What is due say `tui.domain.tending`
and `tui.domain.landing`.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from msgspec.structs import replace

from tui.domain.agenda import Agenda
from tui.domain.landing import LandingTold, disguised, due_step, format_step, landing_of
from tui.domain.launching import LaunchError
from tui.domain.planning import PlanningRules
from tui.domain.sessions import Entry, Ledger, Session
from tui.domain.spans import Span
from tui.domain.tending import Watch, left, looked_on, taken_by, tended
from tui.domain.windows import message_argv
from tui.launcher import start_briefly

DEADLINE_SECONDS = 10.0
"""How long tmux may take."""
Append = Callable[[Iterable[Entry]], object]


class Tending:
    """Keeps one session at a time. All but `agenda` and `paused` is for the ledger's thread."""

    def __init__(
        self,
        now: Callable[[], datetime],
        planning: PlanningRules,
        environ: Mapping[str, str],
        failed: Callable[[str], object],
    ) -> None:
        """`failed` gets a sentence, on any thread, once when writing or telling turns bad."""
        self.agenda: Agenda | None = None
        """What takes this person's time; set from any thread."""
        self.paused = False
        """True while another program has the terminal; set from any thread."""
        self.told: Callable[[str, str], str] | None = None
        """Makes a stand-in of a meeting's title, while those are hidden; set from any thread."""
        self._now = now
        self._planning = planning
        self._environ = environ
        self._failed = failed
        self._session: str | None = None
        self._watch = Watch(now())
        self._told = LandingTold(now())
        self._read: Agenda | None = None
        self._spans: tuple[Span, ...] | None = None
        self._problem = self._untold = ""

    def use(self, planning: PlanningRules) -> None:
        """Go by these rules from now on; on any thread."""
        self._planning = planning
        self._read = None

    def follow(self, session: str | None) -> None:
        """Keep the session with that id from now on; none for None."""
        if session != self._session:
            self._session = session
            self._watch = Watch(self._now())
            self._told = LandingTold(self._now())

    def look(self, ledger: Ledger, append: Append) -> bool:
        """Write what is due for the session, as `ledger` knows it, and tell of landing; True where it wrote."""
        session = self._kept(ledger)
        if session is None:
            return False
        now = self._now()
        entries, watch = tended(session, self._taken(), self._watch, now)
        if ledger.problem or not self._write(entries, append):
            self._watch = looked_on(self._watch, now)  # what is due is due again at the next look
            return False
        self._watch = watch
        if not entries and not session.away and session.standing == "open":
            self._tell_landing(session, now)
        return bool(entries)

    def leave(self, ledger: Ledger, append: Append) -> None:
        """The last look: all until now counts."""
        session = self._kept(ledger)
        if session is not None and not ledger.problem:
            self._write(left(session, self._now()), append)
        self._session = None

    def _kept(self, ledger: Ledger) -> Session | None:
        if self._session is None:
            return None
        return next((session for session in reversed(ledger.sessions) if session.id == self._session), None)

    def _taken(self) -> tuple[Span, ...] | None:
        """When meetings take time, gone through once an agenda: there are calendars of tens of thousands."""
        if self.agenda is not self._read:
            self._read = self.agenda
            self._spans = None if self._read is None else taken_by(self._read.meetings, self._planning)
        return self._spans

    def _write(self, entries: tuple[Entry, ...], append: Append) -> bool:
        from tui.sources.ledger import LedgerError

        try:
            if entries:
                append(entries)
        except LedgerError as error:
            if not self._problem:
                self._failed(f"the session's time: {error}")
            self._problem = str(error)
            return False
        if entries:
            self._problem = ""
        return True

    def _tell_landing(self, session: Session, now: datetime) -> None:
        """Tell a step of landing where tmux runs us and the dashboard is not seen; tmux knows which pane is."""
        if self.agenda is None:
            return
        told = replace(self._told, since=session.turned)
        step, self._told = due_step(landing_of(self.agenda.meetings, now, self._planning), told, now, self._planning)
        pane = self._environ.get("TMUX_PANE", "")
        if step is None or not pane or not self._environ.get("TMUX"):
            return
        try:
            line = message_argv(
                format_step(disguised(step, self.told) if self.told else step), pane, always=self.paused
            )
            start_briefly(line, self._environ, self._say_untold, DEADLINE_SECONDS)
        except LaunchError as problem:
            self._say_untold(str(problem))

    def _say_untold(self, problem: str) -> None:
        if not self._untold:
            self._failed(f"the message in tmux that it is time to land: {problem}")
        self._untold = problem
