"""What arrives from the worker layer: facts, in the past tense. Wishes of a pane are nested in the pane."""

from collections.abc import Callable

from textual.message import Message

from tui.domain.agenda import Agenda
from tui.domain.agents import Agents
from tui.domain.backlog import Backlog
from tui.domain.beginning import Examined, Surroundings
from tui.domain.changes import History
from tui.domain.detail import RepositoryDetail
from tui.domain.evidence import Trace
from tui.domain.holding import HoldDraft
from tui.domain.known_settings import KnownSettings
from tui.domain.lane_work import Ground, LaneChanges, LaneCommit, LaneEnding, LaneLook
from tui.domain.meeting_text import MeetingText
from tui.domain.repos import Fleet
from tui.domain.sessions import Entry, Ledger
from tui.domain.slide import Past
from tui.domain.syncing import Synced, Unsent
from tui.settings import Settings
from widgets.posted import Posted


class Refreshed(Posted):
    """A source has a newer snapshot; only the latest of a kind waits in the queue."""

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, type(self))


class ReposRefreshed(Refreshed):
    """The fleet was read, wholly or in part."""

    fleet: Fleet


class AgendaRefreshed(Refreshed):
    """The calendars were read."""

    agenda: Agenda


class PastRead(Refreshed):
    """The meetings of the last months were read, or are others than before."""

    past: Past


class TraceRead(Posted):
    """What was committed in a repository since a moment, as it was asked for."""

    trace: Trace


class InTurn(Posted):
    """What a key asked of the app itself, sent the way of what panes ask for, so that neither overtakes the other."""

    act: Callable[[], object]


class BacklogRefreshed(Refreshed):
    """The backlog was read or written."""

    backlog: Backlog


class RepositoryOpened(Posted):
    """All about one repository, as it was asked for."""

    detail: RepositoryDetail


class MeetingOpened(Posted):
    """What the invitation to a meeting says, as it was asked for."""

    text: MeetingText


class HoldDrafted(Posted):
    """What would be written for a focus block, as it was asked for. Nothing is written yet."""

    draft: HoldDraft


class HoldWritten(Posted):
    """A focus block is in its file."""

    draft: HoldDraft


class RefreshFailed(Posted):
    """A source could not answer; its last good snapshot stays."""

    source: str
    error: str
    """A sentence."""


class BacklogWritten(Message):
    """One step that was handed over is in the file; they are written in the order they came."""


class BacklogSynced(Posted):
    """The backlog and its upstream are equal."""

    synced: Synced


class UnsentCounted(Posted):
    """What of the backlog is not sent yet, as it was asked for."""

    unsent: Unsent | None
    """None where nothing is, or where it cannot be told."""


class LedgerRefreshed(Refreshed):
    """The ledger was read, or written to."""

    ledger: Ledger


class LedgerWritten(Posted):
    """Entries that were handed over are in the ledger; they are written in the order they came."""

    entries: tuple[Entry, ...]
    """With their ids, and with `started` the id of the session."""


class GroundMade(Posted):
    """A lane or a new repository is there, as it was asked for."""

    ground: Ground


class LaneLooked(Posted):
    """What a lane holds, as it was asked for."""

    look: LaneLook


class ChangesRead(Posted):
    """How a work tree differs from a commit, as it was asked for."""

    changes: LaneChanges


class LaneCommitted(Posted):
    """The work in progress of a lane was committed, as it was asked for."""

    commit: LaneCommit


class LaneEnded(Posted):
    """A lane is kept and removed, as it was asked for."""

    ending: LaneEnding


class AgentsRefreshed(Refreshed):
    """It was looked what AI agents are doing."""

    agents: Agents


class SettingsTaken(Posted):
    """The configuration was read again, and is in force."""

    settings: Settings
    """What the screen needs to know of it; how the repositories are looked at is not in it."""
    names: tuple[str, ...] = ()
    """The settings that differ from before; none where only a mistake was mended."""
    later: tuple[str, ...] = ()
    """Those of them that are taken over at the next start."""
    history: History | None = None
    """What was done last to another backlog that is shown from now on; None where it is the same one."""


class SettingsRefused(Posted):
    """What stands in the configuration now cannot be used; the settings read last stay in force."""

    problem: str
    """A sentence with the file, the line and the setting."""


class SettingsListed(Refreshed):
    """Every setting, as it was asked for."""

    known: KnownSettings


class SurroundingsSeen(Refreshed):
    """What a first configuration can name, as far as it was looked for."""

    found: Surroundings


class PlaceExamined(Posted):
    """A place the person typed was looked at."""

    examined: Examined


class ConfigurationWritten(Posted):
    """A first configuration is in its file; `SettingsTaken` follows."""

    path: str
    """As it may be shown."""


class WriteFailed(Posted):
    """Something the person asked to be written was not; nothing was changed."""

    source: str
    """The source that was written to; `hold` for a focus block; `sync` for the backlog's upstream; `lane` for a lane or
    a new repository; `agents` for an item that was to be handed over; `configuration` for a
    first one; `launch` and `reminders` for a program that
    failed beside the dashboard; `tending` for what is written of a session by itself, `ledger` only answers."""
    error: str
    """A sentence with the remedy."""
