"""The agenda pane: a day as a timeline of meetings and gaps, with the now-line where now is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import var

from tui.domain.agenda import Agenda, Meeting, meetings_on
from tui.domain.planning import Gap, PlanningRules, clashes, gaps
from tui.domain.text import safe_text
from widgets.formats import count, fit, format_minutes, format_time
from widgets.pane import Pane, empty_rows
from widgets.row_list import Row, Span

BARS = {"busy": "▌", "away": "▌", "tentative": "▏", "free": "·", "gap": "░", "rule": "━"}
SHORTEST_TITLE = 16
"""Cells a title keeps before a row's note gives way to a mark."""


class AgendaPane(Pane):
    """One day's meetings and gaps."""

    TITLE = "Today"
    NUMBER = 2

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "left_square_bracket",
            "day(-1)",
            "Day before",
            id="agenda.before",
            key_display="[",
            show=False,
            tooltip="The day before",
        ),
        Binding(
            "right_square_bracket",
            "day(1)",
            "Next day",
            id="agenda.after",
            key_display="]",
            tooltip="The day after",
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

    @dataclass
    class DayRequested(Message):
        """Posted when a day is to be shown that the snapshot may not hold."""

        day: date

    @dataclass
    class JoinRequested(Message):
        """Posted when a meeting's link is to be opened."""

        meeting: Meeting

    @dataclass
    class HoldRequested(Message):
        """Posted when a gap is to be held; None where the day shown has none left."""

        gap: Gap | None

    _asked: tuple[Agenda | None, date | None] | None = None
    _found: tuple[Meeting, ...] = ()

    def watch_agenda(self) -> None:
        self.refresh_rows()

    def watch_day(self) -> None:
        self.refresh_rows()

    @property
    def shown_day(self) -> date | None:
        """The day shown; None before the first tick."""
        return self.day or (self.now.date() if self.now else None)

    @property
    def selected(self) -> Meeting | None:
        """The meeting under the cursor."""
        return self.by_key(self.key)

    def by_key(self, key: str | None) -> Meeting | None:
        """The meeting a row stands for."""
        return next((meeting for meeting in self._meetings() if _key_of(meeting) == key), None)

    def conflicting(self, meeting: Meeting) -> tuple[Meeting, ...]:
        """The meetings of the day that overlap `meeting`."""
        return clashes(self._meetings(), self.rules).get(meeting, ())

    def title_text(self) -> str:
        day, now = self.shown_day, self.now
        if day is None or now is None:
            return self.TITLE
        name = {0: "Today", 1: "Tomorrow", -1: "Yesterday"}.get((day - now.date()).days, "")
        return f"{name}  {day:%a} {day.day} {day:%b}".strip()

    def count_text(self) -> str:
        if self.agenda is None or not self.agenda.calendars:
            return ""
        broken = [calendar for calendar in self.agenda.calendars if calendar.error]
        unread = sum(len(calendar.unread) for calendar in self.agenda.calendars)
        said = [f"{count(len(broken), 'calendar')} not read"] if broken else []
        said += [f"{count(unread, 'meeting')} could not be read"] if unread else []
        if self.shown_day is None or not self._covers(self.shown_day):
            return " · ".join(said)
        return " · ".join([*said, f"{format_minutes(sum(gap.usable_minutes for gap in self._gaps()))} usable"])

    def build_rows(self, width: int) -> Sequence[Row]:
        day, now, height = self.shown_day, self.now, self.list.size.height
        if self.agenda is None or day is None or now is None:
            return empty_rows((("reading calendars …", "muted"),), width, height)
        if not self.agenda.calendars:
            return empty_rows(_NO_CALENDAR, width, height)
        if not self._covers(day):
            return empty_rows((("reading this day …", "muted"),), width, height)
        rows = [
            self._error_row(calendar.name, calendar.error, width)
            for calendar in self.agenda.calendars
            if calendar.error
        ]
        meetings = [meeting for meeting in self._meetings() if self._matches(meeting)]
        timed = [meeting for meeting in meetings if not meeting.all_day]
        clashing = clashes(self._meetings(), self.rules)
        rows += [self._all_day_row(meeting, width) for meeting in meetings if meeting.all_day]
        moments: list[tuple[datetime, int, Row]] = []
        for meeting in timed:
            moments.append((meeting.start, 2, self._meeting_row(meeting, bool(clashing.get(meeting)), now, width)))
        if not self.filter_text:
            moments += [(gap.start, 1, self._gap_row(gap, now, width)) for gap in self._gaps()]
        if day == now.date():
            moments.append((now.replace(second=0, microsecond=0), 0, self._now_row(now, width)))
        rows += [row for *_, row in sorted(moments, key=lambda moment: moment[:2])]
        if not meetings and not self.filter_text:
            rows.append(Row("none", (Span(" no meetings", "muted"),), selectable=False))
        return rows

    def _covers(self, day: date) -> bool:
        """True where the snapshot holds the whole of `day`."""
        return self.agenda is not None and self.agenda.start.date() <= day < self.agenda.end.date()

    def _meetings(self) -> tuple[Meeting, ...]:
        """The meetings of the day shown; looked for once for each snapshot and day."""
        asked = (self.agenda, self.shown_day)
        if self._asked is None or self._asked[0] is not asked[0] or self._asked[1] != asked[1]:
            agenda, day = asked
            self._asked, self._found = asked, meetings_on(agenda, day) if agenda and day else ()
        return self._found

    def _gaps(self) -> tuple[Gap, ...]:
        day, now = self.shown_day, self.now
        if self.agenda is None or day is None or now is None or now.tzinfo is None:
            return ()
        if day < now.date() or not self._covers(day):
            return ()
        return gaps(self.agenda.meetings, day, now.tzinfo, self.rules, now)

    def _matches(self, meeting: Meeting) -> bool:
        text = " ".join((meeting.summary, meeting.location, meeting.calendar, meeting.organizer)).casefold()
        return all(word in text for word in self.words)

    def _error_row(self, name: str, error: str | None, width: int) -> Row:
        return Row(f"error-{name}", (Span(" × ", "error"), Span(fit(f"{name}: {error}", width - 3), "error")))

    def _all_day_row(self, meeting: Meeting, width: int) -> Row:
        tone = "faint" if meeting.busy == "free" and meeting.response == "declined" else "muted"
        return Row(
            _key_of(meeting),
            (Span(" all day ", "muted"), Span(fit(meeting.summary or "(no title)", width - 9), tone)),
        )

    def _meeting_row(self, meeting: Meeting, clashes: bool, now: datetime, width: int) -> Row:
        off = meeting.status == "cancelled" or meeting.response == "declined"
        past = meeting.end <= now
        current = meeting.start <= now < meeting.end and not off
        tone = "faint" if off or past else "strong" if current else "text"
        note = _note(meeting, clashes, width - 9 - SHORTEST_TITLE)
        room = width - 9 - (len(note) + 1 if note else 0)
        bar_tone = "faint" if off or past else "error" if clashes else self._color_of(meeting)
        spans = [
            Span(f" {format_time(meeting.start)} ", "faint" if off or past else "muted"),
            Span(f"{BARS[meeting.busy]} ", bar_tone),
            Span(fit(meeting.summary or "(no title)", max(room, 4)), tone),
        ]
        if note:
            spans.append(Span(f" {note}", "error" if clashes and not past else "muted"))
        return Row(_key_of(meeting), tuple(spans))

    def _color_of(self, meeting: Meeting) -> str:
        """The tone of a meeting's bar: its calendar's colour, where it has one."""
        calendars = self.agenda.calendars if self.agenda else ()
        colors = (calendar.color for calendar in calendars if calendar.name == meeting.calendar)
        color = next(colors, "")
        return color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else "primary"

    def _gap_row(self, gap: Gap, now: datetime, width: int) -> Row:
        start = max(gap.start, now)
        until = f"→ {format_time(gap.end)}"
        text = f"{format_minutes(gap.usable_minutes)} usable"
        if len(text) + len(until) >= width - 9:
            text = format_minutes(gap.usable_minutes)
        return Row(
            f"gap-{gap.end.isoformat()}",
            (
                Span(f" {format_time(start)} ", "success"),
                Span(f"{BARS['gap']} ", "success"),
                Span(fit(text, max(width - 9 - len(until), 4)), "success"),
                Span(until, "success"),
            ),
        )

    def _now_row(self, now: datetime, width: int) -> Row:
        rule = BARS["rule"]
        text = f" {format_time(now)} {rule * 2} now "
        return Row("now", (Span(text + rule * max(width - len(text) - 1, 0), "accent"),), selectable=False)

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
        on_gap = (gap for gap in free if f"gap-{gap.end.isoformat()}" == self.key)
        self.post_message(self.HoldRequested(next(on_gap, free[0] if free else None)))

    def action_copy(self) -> None:
        """Copy the selected meeting's time, title and link."""
        if self.selected:
            meeting = self.selected
            when = f"{meeting.start:%Y-%m-%d %H:%M}"
            parts = (when, safe_text(meeting.summary), meeting.join_url or "")
            self.post_message(self.CopyRequested(" ".join(part for part in parts if part)))


_NO_CALENDAR = (
    ("no calendar yet", "strong"),
    ("", "text"),
    ("name an .ics file or folder", "muted"),
    ("under [[calendars]] in", "muted"),
    ("config.toml, or run", "muted"),
    ("makerhour init", "accent"),
    ("", "text"),
    ("it is only read, and stays", "muted"),
    ("on this machine", "muted"),
)


def _note(meeting: Meeting, clashes: bool, room: int) -> str:
    """What is special about a meeting, in as many words as `room` cells take; a mark where none fits."""
    declined = meeting.response == "declined" and meeting.status != "cancelled"
    marks = (
        (meeting.status == "cancelled", "cancelled", ""),
        (declined, "declined", ""),
        (clashes, "conflict", "!"),
        (meeting.busy == "away", "away", ""),
        (meeting.busy == "tentative", "tentative", "?"),
    )
    note = ""
    for true, word, mark in marks:
        if not true:
            continue
        for text in (word, mark):
            longer = f"{note} {text}".strip()
            if text and len(longer) <= max(room, 3):
                note = longer
                break
    return note


def _key_of(meeting: Meeting) -> str:
    return f"{meeting.calendar}\n{meeting.uid}\n{meeting.start.isoformat()}\n{meeting.summary}"
