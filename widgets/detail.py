"""The detail of what is selected: facts in rows. It stands beside the panes where there is room, else over them."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.reactive import var

from tui.domain.backlog import Item, leverage, leverage_assumed
from tui.domain.changes import CONFLICT
from tui.domain.evidence import Evidence
from tui.domain.slide import PastMeeting, SlideDebt, debt_line
from widgets.formats import facts, format_day, format_minutes, format_time
from widgets.pane import Pane, empty_rows
from widgets.posted import Posted
from widgets.rows import Row

Build = Callable[[int], Sequence[Row]]
NOTHING = "all about the row the cursor is on stands here"


class DetailPane(Pane):
    """Pane 4: whatever is selected in the pane that was last in use."""

    TITLE = "Detail"

    heading: var[str] = var("", init=False)
    build: var[Build | None] = var[Build | None](None, init=False)
    """Makes the rows for a width."""

    BINDINGS: ClassVar = []

    class RowChosen(Posted):
        """Posted when the person wants what a row of a detail stands for, beside the panes or over them."""

        key: str

    class KeyPassed(Posted):
        """Posted when a key means nothing here: it was meant for the row this is the detail of."""

        key: str

    def on_mount(self) -> None:
        super().on_mount()
        self.list.can_focus = True

    def on_key(self, event: events.Key) -> None:
        if event.is_printable and event.key not in self.screen.active_bindings:
            event.stop()
            self.post_message(self.KeyPassed(event.key))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to filter here: the key is passed to the pane whose row this is the detail of."""
        return action not in ("filter", "clear_filter") and super().check_action(action, parameters)

    def action_open(self) -> None:
        """Ask for what the selected row stands for."""
        if self.key is not None:
            self.post_message(self.RowChosen(self.key))

    def show_anew(self) -> None:
        """See Pane."""
        self.list.show_anew()
        self.refresh_rows()

    def show(self, heading: str, build: Build | None) -> None:
        """Show what `build` makes under `heading`; nothing is done where both are shown already."""
        if (heading, build) == (self.heading, self.build):
            return
        self.set_reactive(DetailPane.heading, heading)
        self.set_reactive(DetailPane.build, build)
        self.refresh_rows()

    def title_text(self) -> str:
        return self.heading or self.TITLE

    def build_rows(self, width: int) -> Sequence[Row]:
        return self.build(width) if self.build else empty_rows(((NOTHING, "muted"),), width, self.size.height)


def item_rows(item: Item, now: datetime, debt: SlideDebt | None = None, evidence: Evidence | None = None) -> Build:
    """Everything the backlog says about an item, and for one in the inbox what speaks for a verdict.

    `debt`: the meetings it was explained in; `evidence`: what is known of one that is delegated.
    """

    def build(width: int) -> list[Row]:
        from tui.domain.triage import format_answers, suggest

        assumed = ", unset ones assumed" if leverage_assumed(item) else ""
        pairs = [("title", item.title), ("state", item.state)]
        pairs += [("why", item.why)] if item.why else []
        suggestion = suggest(item, now) if item.state == "inbox" else None
        pairs += [("suggested", f"{suggestion[0]}: {suggestion[1]}")] if suggestion else []
        pairs.append(("estimate", format_minutes(item.estimate) if item.estimate else "not estimated"))
        pairs.append(("impact, edge", f"{item.impact or '?'} of 5, {item.edge or '?'} of 5"))
        pairs.append(("leverage", f"{leverage(item):.0f} (impact × edge per hour{assumed})"))
        pairs += [("answers", answers)] if (answers := format_answers(item)) else []
        if debt:
            pairs.append(("slide debt", debt_line(item, debt)))
            pairs += [("", _named(meeting, now)) for meeting in debt.meetings]
        for label, value in (("theme", item.theme), ("repository", item.repo), ("delegated to", item.person)):
            pairs += [(label, value)] if value else []
        pairs += [("since then", evidence.text)] if evidence else []
        pairs += [("returns", f"{item.until:%a} {item.until.day} {item.until:%b}")] if item.until else []
        pairs += [("dropped because", item.reason)] if item.reason else []
        elsewhere = ((name, str(other)) for name, other in item.extra if name.startswith(CONFLICT))
        pairs += [(f"elsewhere, {name.removeprefix(CONFLICT)}", other) for name, other in elsewhere]
        pairs += (
            [("captured", f"{item.created:%a} {item.created.day} {item.created:%b} {item.created:%H:%M}")]
            if item.created
            else []
        )
        return facts(pairs, width, tones={"since then": "warning" if evidence and evidence.quiet else "muted"})

    return build


def _named(meeting: PastMeeting, now: datetime) -> str:
    """A meeting an item was explained in, so that whoever doubts it can look."""
    return f"{format_day(meeting.start.date(), now.date())} {format_time(meeting.start)} {meeting.title}"
