"""What arrives from the worker layer: facts, in the past tense. Wishes of a pane are nested in the pane."""

from collections.abc import Callable
from dataclasses import dataclass

from textual.message import Message

from tui.domain.agenda import Agenda
from tui.domain.agents import Agents
from tui.domain.backlog import Backlog
from tui.domain.detail import RepositoryDetail
from tui.domain.evidence import Trace
from tui.domain.holding import HoldDraft
from tui.domain.lane_work import Ground, LaneChanges, LaneCommit, LaneEnding, LaneLook
from tui.domain.meeting_text import MeetingText
from tui.domain.repos import Fleet
from tui.domain.sessions import Entry, Ledger
from tui.domain.slide import Past
from tui.domain.syncing import Synced, Unsent


class Refreshed(Message):
    """A source has a newer snapshot; only the latest of a kind waits in the queue."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, type(self))


@dataclass
class ReposRefreshed(Refreshed):
    """The fleet was read, wholly or in part."""

    fleet: Fleet


@dataclass
class AgendaRefreshed(Refreshed):
    """The calendars were read."""

    agenda: Agenda


@dataclass
class PastRead(Refreshed):
    """The meetings of the last months were read, or are others than before."""

    past: Past


@dataclass
class TraceRead(Message):
    """What was committed in a repository since a moment, as it was asked for."""

    trace: Trace


@dataclass
class InTurn(Message):
    """What a key asked of the app itself, sent the way of what panes ask for, so that neither overtakes the other."""

    act: Callable[[], object]


@dataclass
class BacklogRefreshed(Refreshed):
    """The backlog was read or written."""

    backlog: Backlog


@dataclass
class RepositoryOpened(Message):
    """All about one repository, as it was asked for."""

    detail: RepositoryDetail


@dataclass
class MeetingOpened(Message):
    """What the invitation to a meeting says, as it was asked for."""

    text: MeetingText


@dataclass
class HoldDrafted(Message):
    """What would be written for a focus block, as it was asked for. Nothing is written yet."""

    draft: HoldDraft


@dataclass
class HoldWritten(Message):
    """A focus block is in its file."""

    draft: HoldDraft


@dataclass
class RefreshFailed(Message):
    """A source could not answer; its last good snapshot stays."""

    source: str
    error: str
    """A sentence."""


class BacklogWritten(Message):
    """One step that was handed over is in the file; they are written in the order they came."""


@dataclass
class BacklogSynced(Message):
    """The backlog and its upstream are equal."""

    synced: Synced


@dataclass
class UnsentCounted(Message):
    """What of the backlog is not sent yet, as it was asked for."""

    unsent: Unsent | None
    """None where nothing is, or where it cannot be told."""


@dataclass
class LedgerRefreshed(Refreshed):
    """The ledger was read, or written to."""

    ledger: Ledger


@dataclass
class LedgerWritten(Message):
    """Entries that were handed over are in the ledger; they are written in the order they came."""

    entries: tuple[Entry, ...]
    """With their ids, and with `started` the id of the session."""


@dataclass
class GroundMade(Message):
    """A lane or a new repository is there, as it was asked for."""

    ground: Ground


@dataclass
class LaneLooked(Message):
    """What a lane holds, as it was asked for."""

    look: LaneLook


@dataclass
class ChangesRead(Message):
    """How a work tree differs from a commit, as it was asked for."""

    changes: LaneChanges


@dataclass
class LaneCommitted(Message):
    """The work in progress of a lane was committed, as it was asked for."""

    commit: LaneCommit


@dataclass
class LaneEnded(Message):
    """A lane is kept and removed, as it was asked for."""

    ending: LaneEnding


@dataclass
class AgentsRefreshed(Refreshed):
    """It was looked what AI agents are doing."""

    agents: Agents


@dataclass
class WriteFailed(Message):
    """Something the person asked to be written was not; nothing was changed."""

    source: str
    """The source that was written to; `hold` for a focus block; `sync` for the backlog's upstream; `lane` for a lane or
    a new repository; `agents` for an item that was to be handed over; `launch` and `reminders` for a program that
    failed beside the dashboard; `tending` for what is written of a session by itself, `ledger` only answers."""
    error: str
    """A sentence with the remedy."""
