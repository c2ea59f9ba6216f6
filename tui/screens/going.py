"""Going to what was found: its pane has the focus, its row the cursor, and what would hide it is taken away. Of a
pane that is not shown the row opens by itself."""

from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from tui.domain.agenda import Meeting
from tui.domain.backlog import Item
from tui.screens.dashboard import Dashboard
from widgets.agenda_rows import key_of
from widgets.pane import Pane


def go_to_repository(dashboard: Dashboard, path: Path) -> None:
    """Go to the repository at `path`; lanes put away are shown again where it is one of them."""
    pane = dashboard.repos
    repo = pane.by_key(str(path))
    if pane.filter_text and repo not in pane.matching():
        pane.action_clear_filter()
    top = pane.lineup.top_of(repo) if pane.lineup and repo else None
    if top is not None and top.path != path and top.path in pane.view.folded:
        pane.view = replace(pane.view, folded=pane.view.folded - {top.path})
    _go(dashboard, pane, str(path))


def go_to_item(dashboard: Dashboard, item: Item) -> None:
    """Go to `item`; one that shows only while something is filtered for is filtered for."""
    pane = dashboard.backlog

    def is_shown() -> bool:
        return any(one.id == item.id for section in pane.sections() for one in section.items)

    if pane.filter_text and not is_shown():
        pane.action_clear_filter()
    if not is_shown():
        pane.filter_text = item.title
    _go(dashboard, pane, item.id)


def go_to_meeting(dashboard: Dashboard, meeting: Meeting, now: datetime) -> None:
    """Go to `meeting`, on its day; all-day meetings that share a row have one each then."""
    pane = dashboard.agenda
    day = now.date() if meeting.start <= now < meeting.end else meeting.start.date()
    if pane.filter_text:
        pane.action_clear_filter()
    pane.unfolded = pane.unfolded or meeting.all_day
    if pane.shown_day != day:
        pane.day = None if day == now.date() else day
        pane.post_message(pane.DayRequested(day))
    _go(dashboard, pane, key_of(meeting))


def _go(dashboard: Dashboard, pane: Pane, key: str) -> None:
    if pane not in dashboard.shown:
        pane.open_row(key)
        return
    dashboard.go_to(pane)
    pane.list.await_row(key)
