"""The dashboard: panes, their places, and the keys that work in all of them."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from tui.domain.agenda import Meeting
from tui.screens.dialog import SHARE_SAFE
from tui.screens.opened import Opened
from tui.screens.opened_meeting import OpenedMeeting
from tui.screens.places import PaneScreen
from tui.settings import Settings
from widgets.agenda import AgendaPane
from widgets.agenda_rows import all_day_heading, heading_of
from widgets.backlog import BacklogPane
from widgets.detail import Build, DetailPane, item_rows
from widgets.formats import format_time
from widgets.key_bar import KeyBar
from widgets.meeting_detail import OpenAllDay, OpenCalendar, OpenGap, OpenMeeting
from widgets.now_bar import NowBar
from widgets.pane import Pane
from widgets.posted import Posted
from widgets.repo_detail import OpenRepository
from widgets.repos import ReposPane

if TYPE_CHECKING:
    from tui.screens.detail import DetailScreen

_SETTINGS = "Settings, first steps"


class Dashboard(PaneScreen):
    """The app's default screen. What its panes ask for, the app decides."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f", "app.what_fits", "Fits", id="app.fits", tooltip="What fits the time left"),
        Binding("J", "app.join_next", "Join", id="app.join", show=False, tooltip="Join the meeting near"),
        Binding("n", "app.new_item", "New", id="app.new", tooltip="Write down an idea"),
        Binding("i", "app.triage", "Triage", id="app.triage", tooltip="Decide on ideas in turn"),
        Binding("W", "app.meanwhile", "Meanwhile", id="app.meanwhile", show=False, tooltip="What happened meanwhile"),
        Binding("full_stop", "app.note", "Note", id="app.note", key_display=".", show=False, tooltip="Note a line"),
        Binding("p", "app.session", "Session", id="app.session", show=False, tooltip="Sessions: park, end"),
        SHARE_SAFE,
        Binding("comma", "app.settings", "Settings", id="app.settings", key_display=",", show=False, tooltip=_SETTINGS),
        Binding("C", "app.guide", "First steps", id="app.guide", show=False, tooltip=_SETTINGS),
        Binding("u", "app.undo", "Undo", id="app.undo", show=False, tooltip="Undo, redo a change"),
        Binding("ctrl+r", "app.redo", "Redo", id="app.redo", show=False, tooltip="Undo, redo a change"),
        Binding("0", "now", "Now", id="app.now", show=False, tooltip="To the Now bar, a pane"),
        Binding(
            "1",
            "pane('repositories')",
            "Repositories",
            id="app.repositories",
            show=False,
            tooltip="To the Now bar, a pane",
        ),
        Binding("2", "pane('today')", "Today", id="app.agenda", show=False, tooltip="To the Now bar, a pane"),
        Binding("3", "pane('backlog')", "Backlog", id="app.backlog", show=False, tooltip="To the Now bar, a pane"),
        Binding("4", "pane('detail')", "Detail", id="app.detail", show=False, tooltip="To the Now bar, a pane"),
        Binding("tab", "next_pane(1)", "Next pane", id="app.next_pane", show=False, tooltip="The next pane, before"),
        Binding(
            "shift+tab",
            "next_pane(-1)",
            "Pane before",
            id="app.pane_before",
            show=False,
            tooltip="The next pane, before",
        ),
        Binding("z", "zoom", "Zoom", id="app.zoom", show=False, tooltip="This pane alone"),
        Binding("r", "app.refresh_all", "Refresh", id="app.refresh", show=False, tooltip="Read again: this, all"),
        Binding(
            "R", "app.refresh_all", "Refresh all", id="app.refresh_all", show=False, tooltip="Read again: this, all"
        ),
        Binding(
            "colon", "app.command_palette", "Commands", id="app.palette", show=False, tooltip="Every action by name"
        ),
        Binding("f1", "app.help", "Help", id="app.help_f1", show=False, tooltip="The keys that work here"),
        Binding("question_mark", "app.help", "Help", id="app.help", tooltip="The keys that work here"),
        Binding("q", "app.quit", "Quit", id="app.quit", tooltip="Leave (^z: until fg)"),
    ]

    class DetailRequested(Posted):
        """Posted when all about a repository is to be read."""

        path: Path

    class TextRequested(Posted):
        """Posted when what an invitation says is to be read."""

        meeting: Meeting

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings.panes)
        self.settings = settings
        self.opened = Opened(lambda path: self.post_message(self.DetailRequested(path)), self.set_timer)
        """The repository whose detail is shown, beside the panes or over them."""
        self.invited = OpenedMeeting(lambda meeting: self.post_message(self.TextRequested(meeting)), self.set_timer)
        """The meeting whose detail is shown."""
        self._open: OpenRepository | OpenMeeting | OpenGap | OpenAllDay | OpenCalendar | None = None
        self._subject: tuple[Pane, str | None] | None = None
        """Which row the detail is of."""
        self._over: DetailScreen | None = None
        self.now_bar, self.key_bar = NowBar(), KeyBar()
        self.repos.rules, self.repos.looked_in = settings.attention, settings.looked_in
        self.repos.groups, self.repos.home = settings.groups, settings.home
        self.repos.open_view(settings.view)
        self.agenda.rules = settings.planning
        self._failures: dict[str, str] = {}
        self._minute: datetime | None = None
        self._notice_until = 0.0

    def compose(self) -> ComposeResult:
        yield self.now_bar
        yield self.pane_container()
        yield self.key_bar

    def key_of(self, action: str) -> Binding:
        """The binding in force for the action with the id `action`, the person's own key where there is one."""
        return next(active.binding for active in self.active_bindings.values() if active.binding.id == action)

    def pane_of(self, source: str) -> Pane | None:
        """The pane that shows what a source reads; None where none does."""
        panes: dict[str, Pane] = {"repos": self.repos, "agenda": self.agenda, "backlog": self.backlog}
        return panes.get(source)

    def action_now(self) -> None:
        """Give the focus to the Now bar."""
        self.set_focus(self.now_bar)

    @on(NowBar.Left)
    def leave_now(self) -> None:
        """Give the keys back to the pane that had them."""
        self.go_to(self.current)

    def action_next_pane(self, by: int) -> None:
        """See PaneScreen; from the Now bar to the first pane, or the last."""
        if self.now_bar.has_focus:
            self.go_to(self.panes[0 if by > 0 else -1])
        else:
            super().action_next_pane(by)

    def show_time(self, now: datetime) -> bool:
        """Show ages and countdowns as of `now`; False where its minute is shown already."""
        minute = now.replace(second=0, microsecond=0)
        if minute == self._minute:
            return False
        self._minute = minute
        for pane in (self.repos, self.agenda, self.backlog):
            pane.now = now
        self.follow_selection()
        self.opened.again()
        return True

    def show_notice(self, text: str, until: float) -> None:
        """Say `text` in the Now bar until the monotonic time `until`."""
        self.now_bar.notice = text
        self._notice_until = until

    def clear_notice(self, moment: float) -> None:
        """Give the Now bar back where its notice has stood long enough."""
        if self.now_bar.notice and moment >= self._notice_until:
            self.now_bar.notice = ""

    def source_answered(self, source: str, now: datetime) -> None:
        """A source is current."""
        if self._failures.pop(source, None) is not None:
            if pane := self.pane_of(source):
                pane.stale = ""
            self._show_failures()
        self.key_bar.status = f"read {format_time(now)}"
        self.follow_selection()

    def show_fetching(self, fetching: tuple[int, int] | None) -> None:
        """Say in the last line how far a fetch under way has come: how many are done, and of how many."""
        self.key_bar.work = f"fetching {min(fetching[0] + 1, fetching[1])} of {fetching[1]}" if fetching else ""

    def source_failed(self, source: str, error: str, now: datetime) -> bool:
        """A source could not answer; True where it was current before."""
        turned = source not in self._failures
        if turned and (pane := self.pane_of(source)):
            pane.stale = f"stale since {format_time(now)}"
        self._failures[source] = error
        self._show_failures()
        return turned

    def _show_failures(self) -> None:
        self.key_bar.alert = " · ".join(f"{source}: {error}" for source, error in self._failures.items())

    def detail_of(self, pane: Pane, key: str | None, *, at_once: bool = False) -> tuple[str, Build] | None:
        """Heading and rows of what `key` stands for in `pane`; None where it stands for nothing.

        A repository or an invitation is read when the cursor has come to rest on it, or `at_once`.
        """
        if not isinstance(pane, ReposPane):
            self.opened.show(None)
        meeting = pane.by_key(key) if isinstance(pane, AgendaPane) else None
        self.invited.show(meeting, at_once=at_once)
        match pane:
            case ReposPane():
                return self._open_repository(pane, key, at_once=at_once)
            case AgendaPane() if meeting:
                found = OpenMeeting(meeting, pane.conflicting(meeting), self.invited.text)
                return meeting.summary or "(no title)", self._rows_of(found)
            case AgendaPane() if gap := pane.gap_by_key(key):
                return heading_of(gap), self._rows_of(OpenGap(gap, pane.fitting(gap)))
            case AgendaPane() if whole := pane.all_day_by_key(key):
                return all_day_heading(whole), self._rows_of(OpenAllDay(whole))
            case AgendaPane() if failed := pane.failed_by_key(key):
                return failed.name, self._rows_of(OpenCalendar(failed))
            case BacklogPane() if (item := pane.by_key(key)) and pane.now:
                return item.title, item_rows(item, pane.now, pane.debt_of(item), pane.evidence.get(item.id))
        return None

    def _open_repository(self, pane: ReposPane, key: str | None, *, at_once: bool) -> tuple[str, Build] | None:
        repo = pane.by_key(key) if pane.now else None
        self.opened.show(repo, at_once=at_once)
        if repo is None or pane.now is None or pane.fleet is None:
            return None
        lanes = tuple(
            other
            for other in pane.fleet.repositories
            if other.parent is not None and other.parent == repo.path and other.path != repo.path
        )
        found = OpenRepository(
            repo, pane.sentences(repo), lanes, self.opened.detail, pane.now, self.settings.home,
            {each.path: pane.lanes[each.path] for each in (repo, *lanes) if each.path in pane.lanes},
            pane.agents.get(repo.path, ()),
        )  # fmt: skip
        return repo.name, self._rows_of(found)

    def _rows_of(self, found: OpenRepository | OpenMeeting | OpenGap | OpenAllDay | OpenCalendar) -> Build:
        """What makes its rows: of the one before, where nothing differs, so that nothing is built anew."""
        if self._open is None or self._open != found:
            self._open = found
        return self._open.rows

    def follow_selection(self) -> None:
        """Keep the detail on what the current pane has selected, or on the row it was opened for."""
        if self._over is None and not self.detail_beside:
            self._subject = None
            self.opened.show(None)
            self.invited.show(None)
            return
        if self._over is None and not isinstance(self.current, DetailPane):
            self._subject = (self.current, self.current.key)
        found = self.detail_of(*self._subject) if self._subject else None
        if self.detail_beside:
            self.detail.show(*(found or ("", None)))
        if self._over is not None and found is not None:
            self._over.show(*found)

    def _place(self, width: int) -> None:
        super()._place(width)
        self.call_after_refresh(self.follow_selection)  # the detail may have got a place of its own

    def leave_detail(self) -> None:
        """Give the keys back to the panes where the detail has lost its place beside them."""
        if self.current is self.detail and not self.detail_beside:
            self.go_to(self.shown[0])

    @on(events.DescendantFocus)
    def mark_current(self, event: events.DescendantFocus) -> None:
        """The pane with the focus is the current one until another has it."""
        focused = next((node for node in event.widget.ancestors_with_self if isinstance(node, Pane)), None)
        if focused is not None:
            self.make_current(focused)
            self.follow_selection()

    @on(Pane.Selected)
    def tell_detail(self, event: Pane.Selected) -> None:
        if event.pane is self.current:
            self.follow_selection()

    def show_repository(self, path: Path) -> None:
        """Go to the repository at `path` and open all about it."""
        self.go_to(self.repos)
        if self.repos not in self.shown:
            self.repos.open_row(str(path))
        elif self.repos.list.select(str(path)):
            self.follow_selection()  # before the detail has the focus: it stays with what the pane had selected
            self.repos.open_row(str(path))

    def press(self, key: str | None) -> None:
        """Have `key` do what it does here, once this screen is on top again."""
        if key is not None:
            # On the app's own turn: a key sent by a screen would not bubble beyond that screen.
            self.app.call_later(self.app.simulate_key, key)

    @on(DetailPane.KeyPassed)
    def press_in_pane(self, event: DetailPane.KeyPassed) -> None:
        if self._subject is not None:
            self.go_to(self._subject[0])
            self.press(event.key)

    @on(Pane.OpenRequested)
    async def open_detail(self, event: Pane.OpenRequested) -> None:
        if self.app.screen is not self:  # typed ahead of what has opened since
            return
        if isinstance(event.pane, DetailPane):
            event.pane.action_open()
        elif (found := self.detail_of(event.pane, event.key, at_once=True)) is None:
            self.follow_selection()
        elif self.detail_beside and event.pane in self.shown:
            self.action_pane("detail")
        else:
            from tui.screens.detail import DetailScreen

            self._subject = (event.pane, event.key)
            self._over = DetailScreen(*found, tall=isinstance(event.pane, ReposPane))
            await self.app.push_screen(self._over, self.close_detail)

    def close_detail(self, key: str | None) -> None:
        """The detail over the panes was left, with a key that was meant for its row or without one."""
        self._over = None
        self.follow_selection()
        self.press(key)
