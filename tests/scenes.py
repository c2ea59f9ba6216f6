"""Every screen there is, as a scene: an engine, what is done, and the words that stand there then. Always the same."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from msgspec.structs import replace
from textual.widgets import Input

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tests.test_agents_app import CALLS, QUIET, WORKS, moved_engine
from tests.test_detail_app import LEDGER, made
from tests.test_guide_app import FOUND, KNOWN
from tests.test_lane_facts_app import FACTS, LANE
from tests.test_session_app import INBOX, look, under_way
from tests.test_toes_app import VOICEBOX, theirs
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import CalendarState
from tui.domain.agents import Agents
from tui.domain.backlog import Backlog
from tui.domain.meeting_text import Attendee, MeetingText
from tui.domain.meeting_text import key_of as meeting_key
from tui.domain.syncing import Unsent

Size = tuple[int, int]


def nothing(_app: MakerhourApp) -> None:
    """For a scene to which nothing is added from outside."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is pressed, and what is on screen then."""

    words: str
    """They stand there once the scene is."""
    keys: tuple[str, ...] = ()
    engine: Callable[[], FakeEngine] = sample_engine
    after: Callable[[MakerhourApp], None] = nothing
    """What comes from outside once all was read."""
    then: Callable[[MakerhourApp], None] = nothing
    """What comes from outside once the keys were pressed."""
    before_words: tuple[str, ...] = ()
    """What must stand there before the next of `keys` that is empty."""


def building() -> FakeEngine:
    """A session is under way in a lane."""
    engine = sample_engine()
    engine.entries.append(under_way(4, place=INBOX))
    return engine


def parked() -> FakeEngine:
    """A session was parked with its next line."""
    engine = building()
    begun = engine.entries[0]
    for number, (kind, minutes, said) in enumerate((("noted", 3, "split the router"), ("parked", 2, ""))):
        more = {"kind": kind, "at": NOW - timedelta(minutes=minutes), "id": f"n{number}", "text": said}
        more |= {"note": "next"} if said else {}
        engine.entries.append(replace(begun, **more))
    return engine


def newcomer() -> FakeEngine:
    """Nothing was found and nothing is set."""
    engine = sample_engine()
    engine.fleet = replace(engine.fleet, repositories=())
    engine.agenda = replace(engine.agenda, meetings=(), calendars=())
    engine.backlog = Backlog(())
    return engine


def unread() -> FakeEngine:
    """Nothing has been read yet."""
    engine = sample_engine()
    engine.start = engine.start_backlog = lambda post: setattr(engine, "post", post)  # type: ignore[method-assign]
    return engine


def broken() -> FakeEngine:
    """Each source has something that cannot be read."""
    engine = sample_engine()
    why = "line 12: `impact` is `nine`; write a number from 1 to 5"
    engine.backlog = Backlog((), problem=f"`~/.local/share/makerhour/backlog.toml` cannot be read: {why}")
    failed = CalendarState("Work", "url", fetched=NOW - timedelta(hours=2), stale=True, error="no answer in 10 s")
    engine.agenda = replace(engine.agenda, calendars=(failed,))
    return engine


def others() -> FakeEngine:
    """Somebody else works where the best item belongs."""
    engine = sample_engine()
    engine.toes[VOICEBOX] = theirs()
    return engine


def invited() -> FakeEngine:
    """The invitation to the board's meeting has a text."""
    engine = sample_engine()
    board = next(meeting for meeting in engine.agenda.meetings if meeting.summary == "Board prep")
    people = (Attendee("Ana Sousa", "accepted"), Attendee("Kim Lee", "tentative", optional=True))
    engine.texts["Board prep"] = MeetingText(
        meeting_key(board), "Numbers first, then the hiring plan.\n\nAgenda: https://example.com/board", people
    )
    return engine


def ending() -> FakeEngine:
    """A lane that can be ended."""
    engine = sample_engine()
    engine.looks[INBOX] = look("ignored files: `dist`; move away what you need, or say that they may go",
                               ignored=("dist",))  # fmt: skip
    return engine


def unconfigured() -> FakeEngine:
    """Something to configure was found."""
    engine = sample_engine()
    engine.surroundings = (FOUND,)
    return engine


def configured() -> FakeEngine:
    """There is a configuration."""
    engine = sample_engine()
    engine.known = KNOWN
    return engine


def unsent() -> FakeEngine:
    """Changes of the backlog were not sent."""
    engine = sample_engine()
    engine.unsent = Unsent(2, others=1)
    return engine


def agents(app: MakerhourApp) -> None:
    """Agents are at work, and a lane is over its time."""
    app.post_message(messages.AgentsRefreshed(Agents((CALLS, WORKS, QUIET))))
    app.dashboard.repos.lanes = {LANE: replace(FACTS, made=75)}


def lane_facts(app: MakerhourApp) -> None:
    """A session ran in the lane."""
    app.dashboard.repos.lanes = {LANE: FACTS}


def failing(app: MakerhourApp) -> None:
    """The repositories could not be read again."""
    app.post_message(messages.RefreshFailed("repos", "git did not answer within 10 s"))


def told(app: MakerhourApp) -> None:
    """All about a repository has been read."""
    app.post_message(messages.RepositoryOpened(made(LEDGER)))


def on_lane(app: MakerhourApp) -> None:
    """The cursor is on the lane."""
    app.dashboard.repos.list.select(str(INBOX))


SCENES: dict[str, Scene] = {
    "dashboard": Scene("need you", after=lane_facts),
    "building": Scene("Voice", engine=building, after=agents),
    "newcomer": Scene("no repositories", engine=newcomer),
    "reading": Scene("reading", engine=unread),
    "broken": Scene("stale since", engine=broken, after=failing),
    "filter": Scene("/dirty", ("slash", *"dirty", "enter")),
    "zoom": Scene("by attention", ("z", "j")),
    "repository": Scene("marked seen", ("enter",), then=told),
    "meeting": Scene("Numbers first", ("2", "j", "enter"), engine=invited),
    "item": Scene("leverage", ("3", "j", "j", "enter")),
    "fits": Scene("enter", ("f",)),
    "toes": Scene("Others work in voicebox", ("f", "", "enter"), engine=others, before_words=("Voice inbox",)),
    "deck": Scene("1 of 2", ("i",)),
    "deck-end": Scene("gone through", ("i", "", "b", "x"), before_words=("1 of 2",)),
    "help": Scene("Keys", ("question_mark",)),
    "help-search": Scene("Its lanes", ("question_mark", "", *"lane"), before_words=("Keys",)),
    "share-safe": Scene("repository 1", ("asterisk",)),
    "first-steps": Scene("[x] ~/code", ("C",), engine=unconfigured),
    "first-steps-end": Scene(
        "[repositories]", ("C", "", *("enter",) * 4), engine=unconfigured, before_words=("[x] ~/code",)
    ),
    "settings": Scene("repositories.depth", ("comma",), engine=configured),
    "palette": Scene("Fetch", ("colon", "", *"fetch"), before_words=("an action",)),
    "new-idea": Scene("New idea", ("n", "", *"Refund bot")),
    "when": Scene("tomorrow", ("3", "l")),
    "who": Scene("Delegate to", ("3", "d")),
    "hold": Scene("BEGIN:VEVENT", ("2", "h")),
    "note": Scene("technique", ("full_stop", "", *"stream it"), engine=building),
    "session": Scene("park it", ("p",), engine=building),
    "resume": Scene("split the router", ("3", "g", "j", "j", "b"), engine=parked),
    "lane-end": Scene("End voicebox-inbox", ("X",), engine=ending, after=on_lane),
    "meanwhile": Scene("While you were in", ("W",), engine=moved_engine, after=agents),
    "brief": Scene("timebox", ("3", "g", "j", "j", "a")),
    "leaving": Scene("enter sends", ("q",), engine=unsent),
}


@asynccontextmanager
async def playing(
    scene: Scene, size: Size, *, theme: str = "makerhour-dark", ascii_marks: bool = False
) -> AsyncIterator[MakerhourApp]:
    """The app in `scene`, once its words stand there."""
    app = make_app(scene.engine(), theme=theme, ascii_marks=ascii_marks, sync=scene.engine is unsent)
    async with app.run_test(size=size) as pilot:
        if scene.engine is not unread:
            await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
        await rest(pilot)
        app.tick()
        scene.after(app)
        await rest(pilot)
        waited = iter(scene.before_words)
        for key in scene.keys:
            if key:
                await pilot.press(key)
            elif words := next(waited, ""):
                await wait_for(pilot, lambda words=words: words in text_of(app))  # type: ignore[misc]
            else:
                await rest(pilot)
        scene.then(app)
        await wait_for(pilot, lambda: scene.words in text_of(app))
        await rest(pilot)
        app.dashboard.now_bar.notice = ""  # it goes by itself after seconds
        for line in app.screen.query(Input):
            line.cursor_blink = False
            line._cursor_visible = True
        await rest(pilot)
        yield app
