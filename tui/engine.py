"""What the app may ask of the outside. `tui.bootstrap` gives the real one; tests give a fake one.

Nothing here blocks: what is read arrives as a message (`tui.messages`), what is written is done on the thread of
its source.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

from msgspec import Struct
from textual.message import Message

from tui.domain.agenda import Meeting
from tui.domain.agents import HandOver
from tui.domain.arranging import View
from tui.domain.backlog import Item
from tui.domain.beginning import Beginning, PlaceKind
from tui.domain.changes import Change, History
from tui.domain.holding import Hold, HoldDraft
from tui.domain.lane_work import LaneWish, RepositoryWish
from tui.domain.launching import LaunchKind
from tui.domain.sessions import Entry
from tui.launcher import LaunchResult
from tui.refresh import Failure

Suspend = Callable[[], AbstractContextManager[None]]


class Edited(Struct, frozen=True):
    """What came of editing an item in the editor."""

    result: LaunchResult
    item: Item | None = None
    """The item as edited; None where that is not known, or nothing changed."""
    problems: tuple[str, ...] = ()
    """A sentence for what could not be taken over."""


class Engine(Protocol):
    """The sources and the launcher, as the app sees them."""

    def start_backlog(self, post: Callable[[Message], object]) -> None:
        """Start the backlog alone, ahead of the others; what it says goes to `post`, called from its thread."""

    def start(self, post: Callable[[Message], object]) -> None:
        """Start every source not started yet; what they say goes to `post`, which is called from their threads."""

    def stop(self) -> str:
        """End every source, waiting only where a write is pending; a sentence where one was lost, else empty."""

    def disguise(self, told: Callable[[str, str], str] | None) -> None:
        """Have `told` make a stand-in, of a kind, from each name that is told beside the screen: to the person's
        reminder command, in tmux's messages, as the name of a window. None tells names as they are. `told` is called on
        any thread."""

    def pause(self, paused: bool) -> None:
        """Rest while another program owns the terminal; read again afterwards."""

    def refresh(self) -> None:
        """Read everything again."""

    def refresh_repositories(self, paths: tuple[Path, ...], *, heal: bool = False) -> None:
        """Read these repositories again, before any other. `heal`, where the person asked for just these, also mends
        an index that makes git slow, which writes to it."""

    def select_repository(self, path: Path) -> None:
        """The person is looking at this one: where changes are not reported, look for them here more often."""

    def open_repository(self, path: Path) -> None:
        """Read all about one repository; a `RepositoryOpened` answers, its `problems` say what could not be read."""

    def trace(self, since: Mapping[Path, datetime], *, areas: bool = False) -> None:
        """Read what was committed in each repository since its moment; with `areas`, also the folders others touched. A
        `TraceRead` answers for each."""

    def fetch(self, paths: tuple[Path, ...]) -> None:
        """Ask the remotes of these repositories what is new; progress and failures come with the fleet."""

    def mark_seen(self, paths: tuple[Path, ...]) -> None:
        """What moved in these repositories is seen."""

    def unmark_seen(self) -> None:
        """What was marked seen last is not seen after all."""

    def remember(self, view: View) -> None:
        """Keep how the repositories are looked at for the next start; that it cannot be kept is nobody's problem."""

    def show_day(self, day: date) -> None:
        """Read the days around `day`."""

    def open_meeting(self, meeting: Meeting) -> None:
        """Read what the invitation to this meeting says; a `MeetingOpened` answers, its `problem` why it could not
        be."""

    def draft_hold(self, hold: Hold) -> None:
        """Say what would be written for this focus block: a `HoldDrafted` or `WriteFailed` answers; writes nothing."""

    def hold(self, draft: HoldDraft) -> None:
        """Write the new file of this draft, then read the agenda; a `HoldWritten` or `WriteFailed` answers."""

    def change_backlog(self, changes: tuple[Change, ...]) -> None:
        """Write these changes, merged with whatever else was written since; a `BacklogWritten` or `WriteFailed` of
        the source `backlog` answers each call, in their order."""

    def write_brief(self, item_id: str, text: str) -> Path:
        """The file with `text`, what an AI agent is told of an item. Raises LaunchError where it cannot be written."""

    def record(self, entries: tuple[Entry, ...]) -> None:
        """Add `entries` to the ledger, all or none; a `LedgerWritten` or a `WriteFailed` of the source `ledger` answers
        each call, in their order, and before it a `LedgerRefreshed` that knows them."""

    def tend(self, session: str | None) -> None:
        """Keep the open session with that id alive in the ledger from now on, and none for None: signs of life, away
        while a meeting takes this person's time or the machine sleeps, whatever the screen is doing."""

    def make_lane(self, wish: LaneWish) -> None:
        """Make a lane; a `GroundMade` or a `WriteFailed` of the source `lane` answers."""

    def make_repository(self, wish: RepositoryWish) -> None:
        """Make a new repository; a `GroundMade` or a `WriteFailed` of the source `lane` answers."""

    def look_at_lane(self, path: Path) -> None:
        """Look thoroughly what the lane at `path` holds; a `LaneLooked` or a `WriteFailed` of the source `lane`
        answers."""

    def compare(self, path: Path, head: str) -> None:
        """Read how the work tree at `path` differs from the commit `head`; a `ChangesRead` answers, which says where it
        could not be read."""

    def commit_lane(self, path: Path, message: str) -> None:
        """Commit the work in progress of the lane at `path`, on its own branch and nowhere else; a `LaneCommitted` or a
        `WriteFailed` of the source `lane` answers."""

    def end_lane(self, path: Path, notes: str, *, ignored_may_go: bool = False) -> None:
        """Keep the lane at `path` as a bundle with `notes` (Markdown), then remove it where nothing of it can be lost;
        a `LaneEnded` or a `WriteFailed` of the source `lane` answers. What was kept stays in either case."""

    def hand_over(self, handover: HandOver) -> None:
        """Start an AI agent on an item in the background; an `AgentsRefreshed` that knows it, or a `WriteFailed` of the
        source `agents`, answers."""

    def end_agent(self, id: str) -> None:
        """End an agent that works in the background, with all it started; an `AgentsRefreshed` follows."""

    def remember_history(self, history: History) -> None:
        """Keep what was done to the backlog for the next start; that it cannot be kept is nobody's problem."""

    def edit_outside(self, item: Item | None, suspend: Suspend) -> "Edited":
        """Have the person edit `item` in their editor; without one the backlog's file, at the place that is broken.

        Blocks for an editor of this terminal. One with a window of its own gets the backlog's file, at the item: what
        is saved there arrives as any change from outside. Raises LaunchError before anything is suspended.
        """

    def sync_backlog(self) -> None:
        """Bring the backlog and its upstream together, what was changed before included; a `BacklogSynced` or a
        `WriteFailed` of the source `sync` answers."""

    def count_unsent(self) -> None:
        """Look what of the backlog is not sent, asking no remote; an `UnsentCounted` answers, unless a sync under way
        takes longer than anybody waits."""

    def new_id(self) -> str:
        """An id no item has."""

    def age(self) -> float:
        """Seconds since every source had answered."""

    def overdue(self) -> tuple[Failure, ...]:
        """Sources that have not answered for longer than their deadline."""

    def agents_to_choose(self) -> tuple[str, ...]:
        """Names of the AI agents that are installed, where the configuration leaves open which is meant."""

    def launch(
        self, kind: LaunchKind, folder: Path, values: Mapping[str, str], suspend: Suspend, program: str = ""
    ) -> LaunchResult:
        """Start the program configured for `kind`, or the one of the launch table that is named, in `folder`; blocks
        for one that takes the terminal.

        Raises LaunchError before anything is suspended where it cannot be started.
        """

    def list_settings(self) -> None:
        """Say what every setting is and where it comes from; a `SettingsListed` answers."""

    def edit_settings(self, line: int, suspend: Suspend) -> LaunchResult:
        """Have the person edit the configuration's file, at `line`; blocks for an editor of this terminal. What is
        saved is read by itself: a `SettingsTaken` or a `SettingsRefused` follows where it differs. Raises LaunchError
        before anything is suspended."""

    def look_around(self) -> None:
        """Look for what a first configuration can name; `SurroundingsSeen` answer until one is complete."""

    def examine_place(self, kind: PlaceKind, text: str) -> None:
        """Look whether `text` can be taken into a first configuration; a `PlaceExamined` answers."""

    def write_configuration(self, beginning: Beginning) -> None:
        """Write a first configuration, never over one that is there; a `ConfigurationWritten` or a `WriteFailed` of the
        source `configuration` answers."""
