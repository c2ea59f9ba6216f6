"""The app's dealings with the agenda: other days, meetings opened and joined, what fits a gap, holding one, reminding
by toast and bell."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from textual import on

from tui import messages
from tui.domain.agenda import Agenda, Meeting
from tui.domain.backlog import Backlog, Item
from tui.domain.fitting import NowLine, best_fit, fits, reentry_of
from tui.domain.reentry import Reentry, format_rule
from tui.domain.reminding import Reminded, due, format_reminder, to_join
from tui.domain.repos import Fleet
from tui.domain.spare import Spare, is_short, spare
from tui.engine import Engine
from tui.evidence_desk import Gathered
from tui.part import Part
from tui.screens.dashboard import Dashboard
from tui.settings import Settings
from widgets.agenda import AgendaPane
from widgets.backlog import BacklogPane
from widgets.formats import format_time

REMINDER_SECONDS = 30
"""How long a reminder stays."""


class AgendaDesk(Part):
    """The part of the app that answers for the agenda; `tui.app` is the whole."""

    engine: Engine
    now: Callable[[], datetime]
    settings: Settings
    dashboard: Dashboard
    agenda: Agenda | None
    fleet: Fleet | None
    gathered: Gathered
    _reminded: Reminded | None = None

    def say(self, text: str) -> None:
        """Say what was done; the whole app does."""

    def launch(self, kind: str, folder: Path, values: dict[str, str], name: str) -> None:
        """Start a program; the whole app does."""

    def open_item(self, item: Item) -> None:
        """Open the repository an item belongs in; the whole app does."""

    @property
    def backlog(self) -> Backlog | None:
        """What is in the backlog; the whole app knows."""
        return None

    @on(AgendaPane.DayRequested)
    def read_day(self, event: AgendaPane.DayRequested) -> None:
        self.engine.show_day(event.day)

    @on(Dashboard.TextRequested)
    def read_text(self, event: Dashboard.TextRequested) -> None:
        self.engine.open_meeting(event.meeting)

    @on(messages.MeetingOpened)
    def show_text(self, event: messages.MeetingOpened) -> None:
        if self.dashboard.invited.receive(event.text):
            self.dashboard.follow_selection()

    @on(AgendaPane.FitsRequested)
    async def fit_gap(self, event: AgendaPane.FitsRequested) -> None:
        if self.screen is self.dashboard:  # not typed ahead of what has opened since
            await self.offer_fits(NowLine("in_gap", gap=event.gap, usable_minutes=event.gap.usable_minutes))

    async def offer_fits(self, line: NowLine | None) -> None:
        """What fits the gap of `line`; the one chosen opens its repository in the editor."""
        from tui.screens.fitting import ask_fit

        items = self.backlog.items if self.backlog else ()
        planning = self.settings.planning
        reentry = reentry_of(line, planning) if line else None
        found = fits(items, line.usable_minutes, self.fleet, reentry, self.gathered.debts) if line else ()
        instead = (
            spare(items, self.fleet, self.now().date(), self.dashboard.repos.agents) if line and is_short(line) else ()
        )
        rule = format_rule(planning.reentry_minutes)
        await ask_fit(self, line, found, self.open_item, rule=rule, instead=instead, spend=self.spend)

    @on(AgendaPane.JoinRequested)
    def join_meeting(self, event: AgendaPane.JoinRequested) -> None:
        self.join(event.meeting)

    def action_join_next(self) -> None:
        """Join the meeting that is next, or under way."""
        meetings = self.agenda.meetings if self.agenda else ()
        found = to_join(meetings, self.now(), self.settings.reminders, self.settings.planning)
        if found is None:
            self.notify("no meeting is under way or near", severity="warning")
        else:
            self.join(found)

    def spend(self, spare: Spare) -> None:
        """Use a few minutes for what was chosen."""
        if spare.path is not None:
            self.dashboard.show_repository(spare.path)
        else:
            self.dashboard.backlog.post_message(BacklogPane.TriageRequested(spare.items))

    def join(self, meeting: Meeting) -> None:
        """Open the link of `meeting`."""
        if meeting.join_url:
            self.launch("browser", Path.home(), {"url": meeting.join_url}, meeting.summary)
        else:
            self.notify(f"`{meeting.summary}` has no join link", severity="warning")

    # Reminders.

    def remind(self, now: datetime) -> None:
        """Tell of the meetings that are due. While another program has the terminal the app stands still and nothing
        is written; what was due meanwhile is told once it is back."""
        if self._reminded is None:
            self._reminded = Reminded(now)
        if self.agenda is None:
            return
        rules = self.settings.reminders
        reminders, self._reminded = due(self.agenda.meetings, self._reminded, now, rules, self.settings.planning)
        for reminder in reminders:
            key = self.get_key_display(self.dashboard.key_of("app.join"))
            link = f" · {key} joins" if reminder.meeting.join_url else ""
            self.notify(format_reminder(reminder) + link, severity="warning", timeout=REMINDER_SECONDS)
        if reminders and rules.bell:
            self.bell()

    # Holding a gap.

    @on(AgendaPane.HoldRequested)
    async def offer_hold(self, event: AgendaPane.HoldRequested) -> None:
        from tui.screens.hold import ask_hold

        gap = event.gap
        if self.agenda is None or not self.agenda.was_read:
            self.notify("no calendar was read: what time is free is not known", severity="warning")
        elif gap is None:
            self.notify("no gap is left on this day; ] shows the next", severity="warning")
        elif self.screen is self.dashboard:  # not typed ahead of what has opened since
            reentry = Reentry(self.settings.planning.reentry_minutes, gap.start)
            items = self.backlog.items if self.backlog else ()
            best = best_fit(items, gap.usable_minutes, self.fleet, reentry)
            meetings = self.agenda.meetings
            await ask_hold(self, gap, best.item.title if best else "", str(uuid4()), meetings, self.settings,
                           draft=self.engine.draft_hold, done=self.engine.hold)  # fmt: skip

    @on(messages.HoldDrafted)
    def show_hold(self, event: messages.HoldDrafted) -> None:
        from tui.screens.hold import HoldScreen

        for screen in self.screen_stack:
            if isinstance(screen, HoldScreen):
                screen.show(event.draft)

    @on(messages.HoldWritten)
    def say_held(self, event: messages.HoldWritten) -> None:
        draft = event.draft
        held = f"held {format_time(draft.hold.start)} to {format_time(draft.hold.end)}"
        if draft.synced:
            self.say(f"{held}: {draft.hold.title}")
        else:
            self.notify(f"{held}; import `{draft.path}` into your calendar", timeout=REMINDER_SECONDS)
