"""The app's dealings with what joins the backlog to calendars and git: slide debt, evidence of delegated items.

Both are gathered behind what is shown, a little with every tick; no key waits for them.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path

from textual import on

from tui import messages
from tui.domain.agenda import Agenda
from tui.domain.backlog import Backlog, Item
from tui.domain.evidence import Evidence, Trace, Witness, delegated, to_trace
from tui.domain.repos import Fleet
from tui.domain.slide import Past, SlideDebts, debt_line
from tui.engine import Engine
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.settings import Settings

AT_ONCE = 300
"""Items looked up in the past with one tick: some 10 ms."""


class Gathered:
    """What is known so far. `trace` has commits read since a moment, by repository."""

    def __init__(self, trace: Callable[[Mapping[Path, datetime]], object]) -> None:
        self.debts: SlideDebts | None = None
        """The meetings items were explained in; None until the past was read."""
        self.evidence: dict[str, Evidence] = {}
        """Of delegated items, by id."""
        self._trace = trace
        self._traces: dict[Path, Trace] = {}
        self._asked: Mapping[Path, object] = {}
        """How each repository was when its commits were asked for last."""
        self._backlog: Backlog | None = None
        self._delegated: tuple[Item, ...] = ()
        self._unlearned: Iterator[Item] = iter(())
        self._known: object = None
        """What evidence was made from last."""

    def take_past(self, debts: SlideDebts) -> None:
        """The past was read."""
        self.debts = debts
        self._unlearned = iter(self._backlog.items if self._backlog else ())

    def ask_again(self) -> None:
        """Ask for commits again: who was asked is not there any more."""
        self._asked, self._known = {}, None

    def take_trace(self, trace: Trace) -> None:
        """The commits of a repository were read."""
        self._traces[trace.path] = trace
        self._known = None

    def go_on(self, backlog: Backlog | None, fleet: Fleet | None, agenda: Agenda | None, now: datetime) -> None:
        """Look a few more items up in the past, ask for commits where a repository moved, and make the evidence anew
        where what it is made from changed."""
        if backlog is not self._backlog:
            self._backlog = backlog
            items = backlog.items if backlog else ()
            self._delegated = delegated(items)
            self._unlearned = iter(items)
        if self.debts is not None:
            for item in islice(self._unlearned, AT_ONCE):
                self.debts.of(item)
        known = (self._delegated, fleet, agenda, now.replace(second=0, microsecond=0))
        if known != self._known:
            self._known = known
            if fleet is not None:
                self._ask(fleet, now)
            witness = Witness(fleet, agenda, self._traces.values(), now)
            found = {item.id: witness.of(item) for item in self._delegated}
            self.evidence = {id: evidence for id, evidence in found.items() if evidence}

    def _ask(self, fleet: Fleet, now: datetime) -> None:
        wanted = to_trace(self._delegated, fleet, now)
        states = {repo.path: (since, repo.head, repo.moved, repo.fetched_at) for repo, since in wanted}
        due = {repo.path: since for repo, since in wanted if self._asked.get(repo.path) != states[repo.path]}
        self._asked = states
        for path in self._traces.keys() - states.keys():
            del self._traces[path]
        if due:
            self._trace(due)


class EvidenceDesk(Part):
    """The part of the app that answers for evidence; `tui.app` is the whole."""

    engine: Engine
    now: Callable[[], datetime]
    settings: Settings
    dashboard: Dashboard
    agenda: Agenda | None
    fleet: Fleet | None
    gathered: Gathered
    _past: Past | None = None

    @property
    def backlog(self) -> Backlog | None:
        """What is in the backlog; the whole app knows."""
        return None

    def read_traces(self, since: Mapping[Path, datetime]) -> None:
        """Have it be read what was committed in repositories since a moment each."""
        self.engine.trace(since)

    def debt_text(self, item: Item) -> str:
        """What a card says of an item's slide debt: `explained in 4 meetings, 3 h 20 · estimate 90 min`; or empty."""
        debts = self.gathered.debts
        return debt_line(item, debts.of(item)) if debts else ""

    @on(messages.PastRead)
    def take_past(self, event: messages.PastRead) -> None:
        self._past = event.past
        self.match_past()

    def match_past(self) -> None:
        """Match items with the past anew."""
        if self._past is None:
            return
        self.gathered.take_past(SlideDebts(self._past, self.settings.planning.focus_titles))
        self.dashboard.backlog.debts = self.gathered.debts
        self.dashboard.follow_selection()

    @on(messages.TraceRead)
    def take_trace(self, event: messages.TraceRead) -> None:
        if event.trace.areas is None:  # the others are of whoever is about to build
            self.gathered.take_trace(event.trace)
            self.gather()

    def gather(self) -> None:
        """Go on gathering, and show what is new."""
        self.gathered.go_on(self.backlog, self.fleet, self.agenda, self.now())
        if self.dashboard.backlog.evidence != self.gathered.evidence:
            self.dashboard.backlog.evidence = self.gathered.evidence
            self.dashboard.follow_selection()
