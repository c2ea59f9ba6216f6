"""What stands in for the outside at the one seam the app has for it: the engine. And snapshots to show."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from msgspec.structs import replace
from textual.message import Message

from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import Agenda, CalendarState, Meeting
from tui.domain.agents import Agents, Diffstat, HandOver
from tui.domain.arranging import Group, View
from tui.domain.backlog import Backlog, Item
from tui.domain.beginning import Beginning, Examined, PlaceKind, Surroundings
from tui.domain.changes import Change, History, apply
from tui.domain.evidence import Trace
from tui.domain.holding import Hold, HoldDraft
from tui.domain.known_settings import KnownSettings
from tui.domain.lane_work import Ground, LaneChanges, LaneCommit, LaneEnding, LaneLook, LaneWish, RepositoryWish
from tui.domain.lanes import default_place, slug_of
from tui.domain.launching import LaunchError, LaunchKind
from tui.domain.made import sessions_of
from tui.domain.meeting_text import MeetingText, key_of
from tui.domain.panes import PANES, PaneName
from tui.domain.repos import Commit, Fleet, Moved, Repository
from tui.domain.sessions import Entry, Ledger
from tui.domain.slide import Past
from tui.domain.syncing import Synced, Unsent
from tui.engine import Edited, Suspend
from tui.launcher import LaunchResult
from tui.refresh import Failure
from tui.settings import Settings

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)  # a Tuesday


class FakeEngine:
    """An engine whose snapshots are given, and which remembers what was asked of it."""

    def __init__(self, fleet: Fleet, agenda: Agenda, backlog: Backlog) -> None:
        self.fleet, self.agenda, self.backlog = fleet, agenda, backlog
        self.launched: list[tuple[str, Path, dict[str, str]]] = []
        self.launch_error = ""
        self.told: Callable[[str, str], str] | None = None
        self.seen: list[tuple[Path, ...]] = []
        self.healed: tuple[Path, ...] = ()
        self.selected: Path | None = None
        self.opened: list[Path] = []
        self.fetched: list[tuple[Path, ...]] = []
        self.refreshed: list[tuple[Path, ...]] = []
        self.days: list[date] = []
        self.views: list[View] = []
        self.late: tuple[Failure, ...] = ()
        self.meetings_opened: list[Meeting] = []
        self.texts: dict[str, MeetingText] = {}
        """What invitations say, by the title of the meeting; of one that is not here nothing arrives."""
        self.drafted: list[Hold] = []
        self.drafts_answered = True
        self.hold_problem = ""
        self.held: list[HoldDraft] = []
        self.briefs: list[str] = []
        self.histories: list[History] = []
        self.edited: list[Item | None] = []
        self.edit: Callable[[Item], Item | None] = lambda _item: None
        """What the editor makes of an item."""
        self.edit_problems: tuple[str, ...] = ()
        self.syncs = 0
        """How often a sync was asked for."""
        self.sync_answer: Synced | str | None = Synced()
        """What a sync answers: what it did, why it failed, or nothing yet."""
        self.unsent: Unsent | None = None
        self.unsent_answered = True
        self._ids = 0
        self.past: Past | None = None
        """What is told of the past at the start, where anything is."""
        self.traced: list[dict[Path, datetime]] = []
        self.traces: dict[Path, Trace] = {}
        self.toes_asked: list[dict[Path, datetime]] = []
        self.toes: dict[Path, Trace] = {}
        """What is known of others' work, by repository; nobody works in one that is not here."""
        self.toes_answered = True
        self.entries: list[Entry] = []
        """The ledger."""
        self.ledger_error = ""
        self.tended: list[str | None] = []
        self.wishes: list[LaneWish | RepositoryWish] = []
        self.lane_error = ""
        """Why whatever is asked of lanes fails."""
        self.looks: dict[Path, LaneLook] = {}
        self.compared: list[tuple[Path, str]] = []
        self.changes = Diffstat()
        """How every work tree differs from every commit."""
        self.lane_commits: list[tuple[Path, str]] = []
        self.commit_left: tuple[str, ...] = ()
        self.lanes_ended: list[tuple[Path, str, bool]] = []
        self.agents = Agents()
        self.agent_names: tuple[str, ...] = ()
        self.programs: list[str] = []
        """The names that launches came with."""
        self.handed_over: list[HandOver] = []
        self.agents_ended: list[str] = []
        self.known = KnownSettings()
        """The settings, as they are told."""
        self.settings_edited: list[int] = []
        self.surroundings: tuple[Surroundings, ...] = ()
        """What is found around, one after another."""
        self.examined: dict[str, Examined] = {}
        """What becomes of places, by what was typed; of one that is not here nothing arrives."""
        self.beginnings: list[Beginning] = []
        self.configuration_error = ""

    def start_backlog(self, post: Callable[[Message], object]) -> None:
        self.post = post
        post(messages.BacklogRefreshed(self.backlog))

    def start(self, post: Callable[[Message], object]) -> None:
        self.post = post
        post(messages.ReposRefreshed(self.fleet))
        post(messages.AgendaRefreshed(self.agenda))
        post(messages.LedgerRefreshed(Ledger(sessions_of(self.entries))))
        if self.past is not None:
            post(messages.PastRead(self.past))

    def stop(self) -> str:
        return ""

    def disguise(self, told: Callable[[str, str], str] | None) -> None:
        self.told = told

    def pause(self, paused: bool) -> None:
        self.paused = paused

    def refresh(self) -> None:
        self.refreshed.append(())

    def refresh_repositories(self, paths: tuple[Path, ...], *, heal: bool = False) -> None:
        self.refreshed.append(paths)
        self.healed += paths if heal else ()

    def select_repository(self, path: Path) -> None:
        self.selected = path

    def open_repository(self, path: Path) -> None:
        self.opened.append(path)

    def trace(self, since: Mapping[Path, datetime], *, areas: bool = False) -> None:
        if areas:
            self.toes_asked.append(dict(since))
            for path in since if self.toes_answered else ():
                nobody = Trace(path, NOW - timedelta(days=14), areas=())
                self.post(messages.TraceRead(self.toes.get(path, nobody)))
            return
        self.traced.append(dict(since))
        for path in since:
            if path in self.traces:
                self.post(messages.TraceRead(self.traces[path]))

    def fetch(self, paths: tuple[Path, ...]) -> None:
        self.fetched.append(paths)

    def mark_seen(self, paths: tuple[Path, ...]) -> None:
        self.seen.append(paths)

    def unmark_seen(self) -> None:
        self.seen.pop()

    def remember(self, view: View) -> None:
        self.views.append(view)

    def show_day(self, day: date) -> None:
        self.days.append(day)

    def open_meeting(self, meeting: Meeting) -> None:
        self.meetings_opened.append(meeting)
        if text := self.texts.get(meeting.summary):
            self.post(messages.MeetingOpened(replace(text, key=key_of(meeting))))

    def change_backlog(self, changes: tuple[Change, ...]) -> None:
        items, notes = apply(self.backlog.items, changes)
        self.backlog = Backlog(items, notes=notes)
        self.post(messages.BacklogWritten())
        self.post(messages.BacklogRefreshed(self.backlog))

    def draft_hold(self, hold: Hold) -> None:
        self.drafted.append(hold)
        lines = ("BEGIN:VEVENT", f"SUMMARY:{hold.title}", f"DTSTART:{hold.start:%H:%M}", f"DTEND:{hold.end:%H:%M}")
        path = Path("/home/kim/calendars/focus") / f"{hold.uid}.ics"
        draft = HoldDraft(hold, path, "\r\n".join(lines) + "\r\n", synced=True, problem=self.hold_problem)
        if self.drafts_answered:
            self.post(messages.HoldDrafted(draft))

    def hold(self, draft: HoldDraft) -> None:
        self.held.append(draft)
        self.post(messages.HoldWritten(draft))

    def sync_backlog(self) -> None:
        self.syncs += 1
        if isinstance(self.sync_answer, str):
            self.post(messages.WriteFailed("sync", self.sync_answer))
        elif self.sync_answer is not None:
            self.post(messages.BacklogSynced(self.sync_answer))

    def count_unsent(self) -> None:
        if self.unsent_answered:
            self.post(messages.UnsentCounted(self.unsent))

    def age(self) -> float:
        return 0.0

    def new_id(self) -> str:
        self._ids += 1
        return f"new{self._ids}"

    def overdue(self) -> tuple[Failure, ...]:
        return self.late

    def write_brief(self, item_id: str, text: str) -> Path:
        self.briefs.append(text)
        return Path("/home/kim/.local/state/makerhour/briefs") / f"{item_id}.md"

    def record(self, entries: tuple[Entry, ...]) -> None:
        if self.ledger_error:
            self.post(messages.WriteFailed("ledger", self.ledger_error))
            return
        new = tuple(
            replace(entry, id=f"e{len(self.entries) + place}", session=entry.session or f"s{len(self.entries) + place}")
            for place, entry in enumerate(entries)
        )
        self.entries += new
        self.post(messages.LedgerRefreshed(Ledger(sessions_of(self.entries))))
        self.post(messages.LedgerWritten(new))

    def tend(self, session: str | None) -> None:
        self.tended.append(session)

    def make_lane(self, wish: LaneWish) -> None:
        slug = slug_of(wish.prototype.question)
        place = wish.place or Path(default_place(wish.repository, slug))
        self._answer_lane(wish, Ground(place, f"proto/{slug}", "9" * 40, place / "PROTOTYPE.md", wish.repository))

    def make_repository(self, wish: RepositoryWish) -> None:
        self._answer_lane(wish, Ground(wish.folder, "main", "8" * 40, wish.folder / "PROTOTYPE.md"))

    def _answer_lane(self, wish: LaneWish | RepositoryWish, ground: Ground) -> None:
        self.wishes.append(wish)
        if self.lane_error:
            self.post(messages.WriteFailed("lane", self.lane_error))
        else:
            self.post(messages.GroundMade(ground))

    def look_at_lane(self, path: Path) -> None:
        if self.lane_error:
            self.post(messages.WriteFailed("lane", self.lane_error))
        else:
            self.post(messages.LaneLooked(self.looks[path]))

    def compare(self, path: Path, head: str) -> None:
        self.compared.append((path, head))
        self.post(messages.ChangesRead(LaneChanges(path, head, self.changes)))

    def commit_lane(self, path: Path, message: str) -> None:
        self.lane_commits.append((path, message))
        if self.lane_error:
            self.post(messages.WriteFailed("lane", self.lane_error))
        else:
            self.post(messages.LaneCommitted(LaneCommit(path, "proto/x", "7" * 40, 2, self.commit_left)))

    def end_lane(self, path: Path, notes: str, *, ignored_may_go: bool = False) -> None:
        self.lanes_ended.append((path, notes, ignored_may_go))
        if self.lane_error:
            self.post(messages.WriteFailed("lane", self.lane_error))
        else:
            kept = Path("/home/kim/.local/share/makerhour/lanes") / path.name
            self.post(messages.LaneEnded(LaneEnding(path, "proto/x", "7" * 40, kept)))

    def hand_over(self, handover: HandOver) -> None:
        self.handed_over.append(handover)
        self.post(messages.AgentsRefreshed(self.agents))

    def end_agent(self, id: str) -> None:
        self.agents_ended.append(id)

    def remember_history(self, history: History) -> None:
        self.histories.append(history)

    def edit_outside(self, item: Item | None, suspend: Suspend) -> Edited:
        self.edited.append(item)
        return Edited(LaunchResult(0, "", 0.0, 0.0), self.edit(item) if item else None, self.edit_problems)

    def list_settings(self) -> None:
        self.post(messages.SettingsListed(self.known))

    def edit_settings(self, line: int, suspend: Suspend) -> LaunchResult:
        self.settings_edited.append(line)
        return LaunchResult(0, "", 0.0, 0.0)

    def look_around(self) -> None:
        for found in self.surroundings:
            self.post(messages.SurroundingsSeen(found))

    def examine_place(self, kind: PlaceKind, text: str) -> None:
        if text in self.examined:
            self.post(messages.PlaceExamined(self.examined[text]))

    def write_configuration(self, beginning: Beginning) -> None:
        if self.configuration_error:
            self.post(messages.WriteFailed("configuration", self.configuration_error))
            return
        self.beginnings.append(beginning)
        self.post(messages.ConfigurationWritten("~/.config/makerhour/config.toml"))

    def agents_to_choose(self) -> tuple[str, ...]:
        return self.agent_names

    def launch(
        self, kind: LaunchKind, folder: Path, values: Mapping[str, str], suspend: Suspend, program: str = ""
    ) -> LaunchResult:
        self.programs.append(program)
        if self.launch_error:
            raise LaunchError(self.launch_error)
        self.launched.append((kind, folder, dict(values)))
        return LaunchResult(0, "", 0.0, 0.0)


def make_app(
    engine: FakeEngine,
    *,
    ascii_marks: bool = False,
    theme: str = "makerhour-dark",
    keys: tuple[tuple[str, str], ...] = (),
    view: View = View(),  # noqa: B008 - frozen
    groups: tuple[Group, ...] = (),
    sync: bool = False,
    key_problems: tuple[str, ...] = (),
    motion: bool = True,
    few_colors: bool = False,
    panes: tuple[PaneName, ...] = PANES,
    fleet: Fleet | None = None,
    agenda: Agenda | None = None,
) -> MakerhourApp:
    """The app on `engine`, at NOW; `fleet` and `agenda` are known from before."""
    settings = Settings(
        looked_in=("~/src",),
        ascii_marks=ascii_marks,
        theme=theme,
        keys=keys,
        home=Path("/home/kim"),
        view=view,
        groups=groups,
        sync=sync,
        key_problems=key_problems,
        motion=motion,
        few_colors=few_colors,
        panes=panes,
    )
    return MakerhourApp(engine, lambda: NOW, settings, fleet=fleet, agenda=agenda)


def sample_engine() -> FakeEngine:
    """A fleet, a day and a backlog in which every kind of row occurs."""
    return FakeEngine(sample_fleet(), sample_agenda(), sample_backlog())


def sample_fleet() -> Fleet:
    """Repositories in the states a row can have."""
    src = Path("/home/kim/src")

    def commit(hours: float, author: str, subject: str) -> Commit:
        return Commit("ab12" * 10, author, NOW - timedelta(hours=hours), subject)

    ana = commit(2, "Ana Sousa", "Cap usage by plan")
    kim = commit(0.2, "Kim Lee", "Route hold music")
    voicebox = src / "voicebox"
    return Fleet(
        repositories=(
            Repository(src / "ledger-api", "ledger-api", branch="main", head="1" * 40, upstream="origin/main", ahead=0,
                       behind=2, conflicted=1, staged=3, operation="merge",
                       last_commit=commit(0.1, "Priya N", "Post in batches"), people=("Priya N",)),
            Repository(voicebox, "voicebox", branch="feat/hold-music", head="2" * 40, upstream="origin/feat/hold-music",
                       ahead=2, behind=0, unstaged=3, untracked=1, stashes=1, last_commit=kim,
                       changed_at=NOW - timedelta(minutes=12), remote="https://example.com/acme/voicebox"),
            Repository(src / "voicebox-inbox", "voicebox-inbox", kind="linked", parent=voicebox, branch="proto/inbox",
                       head="3" * 40, untracked=1, last_commit=commit(20, "Kim Lee", "First cut")),
            Repository(src / "billing", "billing", branch="main", head="4" * 40, upstream="origin/main", ahead=0,
                       behind=6, last_commit=ana, people=("Ana Sousa",),
                       moved=(Moved(ana, "origin/main", by_me=False),)),
            Repository(src / "sketchpad", "sketchpad", branch="main", unborn=True),
            Repository(src / "site", "site", branch="main", head="5" * 40,
                       last_commit=commit(500, "Yuki Mori", "Fix typo")),
            Repository(src / "broken", "broken", error="HEAD is damaged; look at it with git fsck"),
        ),
        roots=(src,),
        taken_at=NOW,
    )  # fmt: skip


def sample_agenda() -> Agenda:
    """A day with a meeting behind, a gap around now, a conflict, a declined one and one all day."""

    def at(hour: int, minute: int = 0) -> datetime:
        return NOW.replace(hour=hour, minute=minute)

    midnight = NOW.replace(hour=0, minute=0)
    return Agenda(
        start=midnight - timedelta(days=1),
        end=midnight + timedelta(days=8),
        time_zone="UTC",
        meetings=(
            Meeting(midnight, midnight + timedelta(days=1), "Release week", "Work", "a", all_day=True, busy="free"),
            Meeting(at(9), at(9, 30), "Staff meeting", "Work", "b"),
            Meeting(at(11), at(12), "Board prep", "Work", "c", join_url="https://meet.example.com/abc"),
            Meeting(at(14), at(15), "Candidate: SRE lead", "Work", "d"),
            Meeting(at(14, 30), at(15), "Pricing review", "Work", "e", busy="tentative", response="tentative"),
            Meeting(at(16), at(16, 30), "Vendor pitch", "Work", "f", busy="free", response="declined"),
        ),
        calendars=(CalendarState("Work", "file", fetched=NOW),),
        taken_at=NOW,
    )


def sample_backlog() -> Backlog:
    """Items in every section."""
    return Backlog(
        items=(
            Item(
                "i1",
                "Ask: could support replies be drafted from past tickets?",
                created=NOW - timedelta(days=3),
            ),
            Item("i2", "Heat map of meetings that should be mails", created=NOW - timedelta(days=1)),
            Item(
                "b1",
                "Voice inbox: transcribe and route voicemails",
                "build",
                estimate=30,
                impact=4,
                edge=3,
                repo="voicebox",
            ),
            Item(
                "b2",
                "Pricing what-if sheet with live margins",
                "build",
                estimate=90,
                impact=5,
                edge=4,
                repo="billing",
            ),
            Item("d1", "Refund simulator", "delegated", person="Ana Sousa", decided=NOW - timedelta(days=9)),
            Item("l1", "Intake form that drafts its own follow-up", "later", until=date(2026, 4, 1)),
            Item("x1", "Rewrite it in another language", "dropped", decided=NOW),
        )
    )
