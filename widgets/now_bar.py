"""The Now bar: the time there is, and what fits it best. One sentence, most important first."""

from collections.abc import Sequence
from typing import ClassVar, Literal

from rich.cells import cell_len
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from tui.domain.backlog import Item
from tui.domain.fitting import Fit, NowLine
from tui.domain.session_line import SessionLine, format_made
from widgets.formats import ELLIPSIS, cut, format_minutes, format_time
from widgets.posted import Posted
from widgets.rows import key_shown, shown
from widgets.seen import seen

LAST_MINUTES = 5
"""From here on the end of a gap is near and the countdown says so."""

KEY_WORDS = {"f": " what fits", "enter": " start"}
"""What the key does, where there is room to say so."""
KEYS_FROM = 90
"""Cells from which the keys of a session stand beside it: its title comes first, and the last line has them too."""
SHORTEST_FIT = 22
"""Cells from which it can be said what fits best."""

LEAST_TITLE = 8
"""Cells an item's title has at the least."""

_FINDS = " finds one, and with it the next gap"
Part = tuple[str, str]
Words = Literal["all", "fewer", "fewest"]
"""How much is said of the time."""
SEPARATOR: Part = ("  │  ", "$text-disabled")
HERE: Part = ("▸ ", "$text-accent bold")
"""The keys are for the bar."""


class NowBar(Widget, can_focus=True):
    """Clock, meeting or gap with countdown, usable minutes, best item; or what happened last, for a while."""

    DEFAULT_CSS = """
    NowBar {
        height: 1;
        padding: 0 1;
        background: $background;
        border-title-color: $text-muted;
        border-title-background: $background;
        &:focus {
            background: $panel;
            border-title-color: $text-accent;
            border-title-style: bold;
        }
        &:focus:ansi { background: $background; }
    }
    """
    BORDER_TITLE: ClassVar[str] = "0 Now"

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "act", "Start", id="now.act", key_display="enter", tooltip="Start it, session menu"),
        Binding("escape", "leave", "Back", id="now.leave", show=False, tooltip="Back to the panes"),
    ]

    line: reactive[NowLine | None] = reactive[NowLine | None](None, layout=False)
    clock: reactive[str] = reactive("", layout=False)
    session: reactive[SessionLine | None] = reactive[SessionLine | None](None, layout=False)
    """The session under way; takes the place of what fits."""
    _fresh = False
    """True from the focus to the first key or click: a click that brings the focus does nothing else."""
    notice: reactive[str] = reactive("", layout=False)
    """What just came back or was done; takes the bar's place while it is set."""

    class StartRequested(Posted):
        """Posted when the person wants to do what the bar offers: to build on the item that fits best, where one does,
        or to see what can be done instead."""

        item: Item | None

    class Left(Message):
        """Posted when the keys are to go back to the panes."""

    def action_act(self) -> None:
        """Do what the bar offers."""
        best = self.line.best if self.line and self.session is None else None
        self.post_message(self.StartRequested(best.item if best else None))

    def action_leave(self) -> None:
        """Give the keys back to the panes."""
        self.post_message(self.Left())

    def on_focus(self) -> None:
        self._fresh = True

    def on_key(self) -> None:
        self._fresh = False

    def on_click(self) -> None:
        fresh, self._fresh = self._fresh, False
        if not fresh:
            self.action_act()

    def render(self) -> Content:
        width = self.content_size.width
        parts: list[Part] = [HERE] if self.has_focus else []
        if self.notice:
            return self._content([*parts, (cut(self.notice, width), "")], width)
        clock: list[Part] = [(f"{self.clock}  ", "$text-disabled")] if self.clock else []
        room = width - _cells(parts)
        if self.session is not None:
            return self._content([*parts, *clock, *format_session(self.session, room - _cells(clock))], width)
        if self.line is None:
            return self._content([*parts, *clock, ("reading …", "$text-muted")], width)
        parts += format_now(self.line, room, clock, "enter" if self.has_focus else "f")
        if self.line.situation == "no_calendar" and not self.line.stale_note:
            parts += [(f"  {key_shown(self, 'app.guide')}", "$text-accent bold"), (_FINDS, "$text-muted")]
        return self._content(parts, width)

    def _content(self, parts: list[Part], width: int) -> Content:
        content = Content.assemble(*((shown(self, text), style) for text, style in parts))
        if content.cell_length <= width:
            return content
        return content.truncate(width - 1) + shown(self, ELLIPSIS)


def format_now(line: NowLine, width: int, clock: Sequence[Part] = (), key: str = "f") -> list[Part]:
    """The facts of `line` as styled text; of what the best item has to say, as much as `width` leaves room for.

    Names of meetings give way to it, then the clock. `key` is what starts it.
    """
    parts: list[Part] = []
    for words in ("all", "fewer", "fewest"):
        parts = [*(clock if words != "fewest" else ()), *_time_part(line, words)]
        if line.stale_note:
            parts.append((f"  ({seen(line.stale_note)})", "$text-warning"))
        room = width - _cells(parts) - (_cells([SEPARATOR]) if line.best else 0)
        if room >= (SHORTEST_FIT if line.best else 0):
            break
    if line.best is None or room < SHORTEST_FIT:
        return parts
    return [*parts, SEPARATOR, *_fit_part(line.best, room, key)]


def format_session(line: SessionLine, width: int) -> list[Part]:
    """The session under way: what, where, how long, and until when, as much as `width` leaves room for."""
    tight = width < 60
    said = "away from " if line.away else "" if tight else "building "
    made = (
        f"  {format_made(line)}{', over' if line.over else ''}",
        "$text-warning" if line.over else "$text-secondary",
    )
    left = line.minutes_left
    near = left is not None and left <= LAST_MINUTES
    landing: list[Part] = [
        SEPARATOR,
        (
            seen(line.landing if width >= 110 else line.landing_short),
            "$text-accent bold" if near else "$foreground",
        ),
    ]
    keys: list[Part] = []
    if width >= KEYS_FROM:
        keys += [("  .", "$text-accent bold"), (" note", "$text-muted"), ("  p", "$text-accent bold")]
        keys.append((" park", "$text-muted"))
    tail = [made, *(landing if line.landing else ()), *keys]
    title = cut(line.title, max(width - _cells([(said, ""), *tail]), 12))
    where = f" in {line.where}" if line.where else ""
    room = width - _cells([(said, ""), (title, ""), *tail])
    between: list[Part] = [(seen(where), "$text-muted")] if where and cell_len(seen(where)) <= room else []
    return [(said, "$text-muted"), (title, "$foreground bold"), *between, *tail]


def _time_part(line: NowLine, words: Words) -> list[Part]:
    name_width = {"all": 32, "fewer": 16, "fewest": 10}[words]
    match line.situation:
        case "no_calendar" if line.stale_note:
            return [("free time is not known", "$foreground bold")]
        case "no_calendar":
            return [("no calendar yet", "$foreground bold")]
        case "in_gap":
            return _free(line, words)
        case "in_meeting":
            name = cut(line.current.summary if line.current else "a meeting", name_width)
            until = f" until {format_time(line.until)}" if line.until else ""
            return [
                ("in ", "$text-muted"),
                (name, "$foreground bold"),
                (until, "$text-muted"),
                *_next_gap(line),
            ]
        case "short":
            return [*_next_meeting(line, name_width), *_next_gap(line)]
        case "day_over":
            return [
                ("no gap left today", "$foreground bold"),
                *_next_gap(line),
                *_next_meeting(line, name_width, lead="  "),
            ]


def _free(line: NowLine, words: Words) -> list[Part]:
    left = line.minutes_until or 0
    style = "$text-accent bold" if left <= LAST_MINUTES else "$text-success bold"
    text = f"{left} min left" if left <= LAST_MINUTES else f"{format_minutes(left)} free"
    meeting = line.next_meeting if line.next_meeting and line.until and line.next_meeting.start == line.until else None
    until = f" until {format_time(line.until)}" if line.until else ""
    name = f" {cut(meeting.summary, 32)}" if meeting and words == "all" else ""
    return [
        (text, style),
        (until, "$foreground"),
        (name, "$foreground"),
        (f"  {line.usable_minutes} usable" if words != "fewest" else "", "$text-muted"),
    ]


def _next_gap(line: NowLine) -> list[Part]:
    if line.gap is None:
        return []
    today = line.until.date() if line.until else line.gap.start.date()
    day = "" if line.situation != "day_over" and line.gap.start.date() == today else f"{line.gap.start:%a} "
    when = f"{day}{format_time(line.gap.start)}, {format_minutes(line.gap.usable_minutes)}"
    return [("  next gap ", "$text-muted"), (when, "$text-success bold")]


def _next_meeting(line: NowLine, width: int, lead: str = "") -> list[Part]:
    meeting = line.next_meeting
    if meeting is None or line.minutes_to_next is None:
        return []
    name = cut(meeting.summary, width)
    if line.minutes_to_next < 100:
        return [(f"{lead}{line.minutes_to_next} min", "$foreground bold"), (f" until {name}", "$foreground")]
    when = f"{meeting.start:%a} {format_time(meeting.start)}"
    return [(f"{lead}{when} ", "$foreground"), (name, "$text-muted")]


def _fit_part(best: Fit, room: int, key: str) -> list[Part]:
    item = best.item
    lead: list[Part] = [("best fit " if room >= 60 else "fits ", "$text-muted")]
    tail: list[Part] = [
        (f" {format_minutes(item.estimate or 0)}", "$text-secondary"),
        (f"  {key}", "$text-accent bold"),
    ]
    if room < _cells([*lead, *tail]) + LEAST_TITLE:
        tail[1] = ("", "")
    elif room >= 60:
        tail.append((KEY_WORDS[key], "$text-muted"))
    left = max(room - _cells([*lead, *tail]), LEAST_TITLE)
    title = cut(item.title, left)
    left -= cell_len(title) + 2
    reasons = ""
    for reason in best.reasons[1:]:  # the first says what the minutes beside it say
        longer = seen(f"{reasons} · {reason}" if reasons else reason)
        if cell_len(longer) > left:
            break
        reasons = longer
    between: list[Part] = [(f"  {reasons}", "$text-muted")] if reasons else []
    return [*lead, (title, "$foreground bold"), tail[0], *between, *tail[1:]]


def _cells(parts: Sequence[Part]) -> int:
    return sum(cell_len(text) for text, _ in parts)
