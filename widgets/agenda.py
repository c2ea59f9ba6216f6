"""The agenda pane: a day as a timeline of meetings and gaps, with the now-line where now is."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.reactive import var

from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.backlog import Item
from tui.domain.fitting import Fit, fits
from tui.domain.planning import Gap, PlanningRules
from tui.domain.reentry import Reentry
from tui.domain.repos import Fleet
from tui.domain.text import safe_text
from widgets.agenda_rows import ALL_DAY, FAILED, DayView, day_rows, gap_key, home_of, key_of
from widgets.day_plan import DayPlan, Fitting, agenda_notes, fit_day, plan_day
from widgets.formats import cut, format_minutes, wrap
from widgets.pane import Pane, empty_rows
from widgets.posted import Posted
from widgets.rows import Row, key_shown
from widgets.seen import is_hiding, seen
from widgets.week_strip import WeekStrip


class AgendaPane(Pane):
    """One day's meetings and gaps."""

    TITLE = "Today"
    ABOUT_ROW = Pane.ABOUT_ROW | {"join"}

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket",
            "day(-1)",
            "Day before",
            id="agenda.before",
            key_display="[",
            show=False,
            tooltip="The day before, after",
        ),
        Binding(
            "right_square_bracket",
            "day(1)",
            "Next day",
            id="agenda.after",
            key_display="]",
            tooltip="The day before, after",
        ),
        Binding("t", "today", "Today", id="agenda.today", show=False, tooltip="Back to today"),
        Binding("o", "join", "Join", id="agenda.join", tooltip="Open the join link"),
        Binding("h", "hold", "Hold", id="agenda.hold", tooltip="Hold a gap for making"),
        Binding(
            "y",
            "copy",
            "Copy",
            id="agenda.copy",
            show=False,
            tooltip="Copy time, title, link",
        ),
    ]

    agenda: var[Agenda | None] = var[Agenda | None](None, init=False)
    rules: var[PlanningRules] = var(PlanningRules())
    day: var[date | None] = var[date | None](None, init=False)
    """The day shown; None follows today."""
    items: var[tuple[Item, ...]] = var[tuple[Item, ...]]((), init=False)
    """The backlog, and …"""
    fleet: var[Fleet | None] = var[Fleet | None](None, init=False)
    """… the repositories: what fits a gap is worked out from them."""
    unfolded: var[bool] = var(False, init=False)
    """True where all-day meetings have a row each, however many they are."""

    class DayRequested(Posted):
        """Posted when a day is to be shown that the snapshot may not hold."""

        day: date

    class JoinRequested(Posted):
        """Posted when a meeting's link is to be opened."""

        meeting: Meeting

    class HoldRequested(Posted):
        """Posted when a gap is to be held; None where the day shown has none left."""

        gap: Gap | None

    class FitsRequested(Posted):
        """Posted when all that fits a gap is wanted."""

        gap: Gap

    _known: DayPlan | None = None
    _fitting: Fitting | None = None

    def __init__(self, *, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self.strip = WeekStrip()

    def compose(self) -> ComposeResult:
        yield self.list
        yield self.strip

    def watch_agenda(self) -> None:
        self.refresh_rows()

    def watch_items(self) -> None:
        self._refit()

    def watch_fleet(self) -> None:
        self._refit()

    def watch_unfolded(self) -> None:
        self.refresh_rows()

    def watch_day(self) -> None:
        self.list.go_home()
        self.refresh_rows()

    @property
    def shown_day(self) -> date | None:
        """The day shown; None before the first tick."""
        return self.day or (self.now.date() if self.now else None)

    @property
    def is_read(self) -> bool:
        """See Pane."""
        return self.agenda is not None

    @property
    def selected(self) -> Meeting | None:
        """The meeting under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Meeting | None:
        """The meeting a row stands for."""
        return next((meeting for meeting in self._meetings() if key_of(meeting) == key), None)

    def gap_by_key(self, key: str | None) -> Gap | None:
        """The gap a row stands for."""
        return next((gap for gap in self._gaps() if gap_key(gap) == key), None)

    def all_day_by_key(self, key: str | None) -> tuple[Meeting, ...]:
        """The meetings the folded row stands for; none for any other row."""
        return tuple(meeting for meeting in self._meetings() if meeting.all_day) if key == ALL_DAY else ()

    def failed_by_key(self, key: str | None) -> CalendarState | None:
        """The calendar that could not be read, which a row stands for."""
        states = self.agenda.calendars if self.agenda else ()
        return next((state for state in states if state.error and f"{FAILED}{state.name}" == key), None)

    def conflicting(self, meeting: Meeting) -> tuple[Meeting, ...]:
        """The meetings of the day that overlap `meeting`."""
        plan = self._plan()
        return plan.conflicts.get(meeting, ()) if plan else ()

    def fitting(self, gap: Gap) -> tuple[Fit, ...]:
        """What fits `gap`, best first."""
        return fits(self.items, gap.usable_minutes, self.fleet, Reentry(self.rules.reentry_minutes, gap.start))

    def title_text(self) -> str:
        day, now = self.shown_day, self.now
        if day is None or now is None:
            return self.TITLE
        name = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get((day - now.date()).days, "")
        return f"{name}  {day:%a} {day.day} {day:%b}".strip()

    def count_text(self) -> str:
        if self.agenda is None or not self.agenda.calendars:
            return ""
        said, plan = agenda_notes(self.agenda, self.now), self._plan()
        if plan is not None and plan.known and plan.agenda.was_read:
            said.append(f"{format_minutes(sum(gap.usable_minutes for gap in plan.gaps))} usable")
        return " · ".join(said)

    def refresh_rows(self) -> None:
        """See Pane; the days ahead are shown where there is something to say of them."""
        plan = self._plan() if self.is_running else None
        self.strip.display = plan is not None and plan.agenda.was_read
        if plan is not None and self.strip.display:
            self.strip.show_days(plan.rooms, plan.day)
        super().refresh_rows()

    def build_rows(self, width: int) -> Sequence[Row]:
        day, now, height = self.shown_day, self.now, self.list.size.height
        if self.agenda is None or day is None or now is None:
            return empty_rows((("reading calendars …", "muted"),), width, height)
        if not self.agenda.calendars:
            return empty_rows(_no_calendar(key_shown(self, "app.guide")), width, height)
        if not self.agenda.was_read:
            return empty_rows(_unread(self.agenda.calendars, width), width, height)
        plan = self._plan()
        if plan is None or not plan.known:
            return empty_rows((("reading this day …", "muted"),), width, height)
        view = DayView(
            day,
            now,
            tuple(meeting for meeting in plan.meetings if self._matches(meeting)),
            plan.gaps,
            self._best(plan),
            plan.conflicts,
            plan.straight_on,
            self.agenda.calendars,
            filtered=bool(self.filter_text),
            unfolded=self.unfolded,
        )
        rows = day_rows(view, width, height)
        self.list.home = home_of(view, rows)
        return rows

    def _plan(self) -> DayPlan | None:
        """What the day shown comes to; None where nothing is known yet."""
        agenda, day, now, plan = self.agenda, self.shown_day, self.now, self._known
        if agenda is None or day is None or now is None or now.tzinfo is None:
            return None
        if plan is None or not plan.is_of(agenda, day, now, self.rules):
            self._known = plan = plan_day(agenda, day, now, now.tzinfo, self.rules)
        return plan

    def _meetings(self) -> tuple[Meeting, ...]:
        plan = self._plan()
        return plan.meetings if plan else ()

    def _gaps(self) -> tuple[Gap, ...]:
        plan = self._plan()
        return plan.gaps if plan else ()

    def _best(self, plan: DayPlan) -> tuple[Fit | None, ...]:
        """What fits each gap best."""
        known = self._fitting
        if known is None or not known.is_of(plan, self.items, self.fleet):
            self._fitting = known = fit_day(plan, self.items, self.fleet)
        return known.best

    def _refit(self) -> None:
        """Show what fits now, where that is something else: repositories change far more often than what fits."""
        plan, before = self._plan(), self._fitting
        if plan is not None and (before is None or before.plan is not plan or before.best != self._best(plan)):
            self.refresh_rows()

    def _matches(self, meeting: Meeting) -> bool:
        parts = (meeting.summary, meeting.location, meeting.calendar, meeting.organizer)
        text = " ".join(map(seen, parts) if is_hiding() else parts).casefold()
        return all(word in text for word in self.words)

    def open_row(self, key: str) -> None:
        """All about a meeting, all that fits a gap, or the all-day meetings one by one."""
        if key == ALL_DAY:
            self.unfolded = not self.unfolded
        elif gap := self.gap_by_key(key):
            self.post_message(self.FitsRequested(gap))
        else:
            super().open_row(key)

    @on(WeekStrip.DayChosen)
    def show_day(self, event: WeekStrip.DayChosen) -> None:
        event.stop()
        self.day = event.day
        self.post_message(self.DayRequested(event.day))

    def action_day(self, by: int) -> None:
        """Show the day `by` days from the one shown."""
        if self.shown_day is not None:
            self.day = self.shown_day + timedelta(days=by)
            self.post_message(self.DayRequested(self.day))

    def action_today(self) -> None:
        """Follow today again."""
        self.day = None
        if self.shown_day is not None:
            self.post_message(self.DayRequested(self.shown_day))

    def action_join(self) -> None:
        """Ask for the selected meeting's link to be opened."""
        if self.selected:
            self.post_message(self.JoinRequested(self.selected))

    def action_hold(self) -> None:
        """Ask for the selected gap to be held; on any other row for the next one of the day shown."""
        free = self._gaps()
        self.post_message(self.HoldRequested(self.gap_by_key(self.key) or (free[0] if free else None)))

    def action_copy(self) -> None:
        """Copy the selected meeting's time, title and link."""
        if self.selected:
            meeting = self.selected
            when = f"{meeting.start:%Y-%m-%d %H:%M}"
            parts = (when, safe_text(meeting.summary), meeting.join_url or "")
            self.post_message(self.CopyRequested(" ".join(part for part in parts if part)))


def _no_calendar(key: str) -> tuple[tuple[str, str], ...]:
    return (
        ("no calendar yet", "strong"),
        ("", "text"),
        (f"{key} finds yours, or takes", "accent"),
        ("an .ics file, a folder", "muted"),
        ("or an address", "muted"),
        ("", "text"),
        ("it is only read, and stays", "muted"),
        ("on this machine", "muted"),
        ("", "text"),
        ("[[calendars]] names it too", "muted"),
    )


def _unread(calendars: Sequence[CalendarState], width: int) -> list[tuple[str, str]]:
    """Why none of them says anything yet."""
    lines = [("no calendar could be read", "strong")]
    for calendar in calendars:
        lines += [("", "text"), (cut(seen(calendar.name), width - 2), "text")]
        lines += [(line, "warning") for line in wrap(seen(calendar.error or ""), width - 2, 6)]
    return lines
