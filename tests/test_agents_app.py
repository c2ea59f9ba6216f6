"""AI agents in the app: on repositories, in details, handed items, and what they came to on coming back."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes import NOW, FakeEngine, make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tests.test_toes_app import HOSTILE, theirs
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agents import Agents, AgentSession, Diffstat, FileDiff
from tui.domain.backlog import Item
from tui.domain.lane_work import LaneWish
from tui.domain.repos import Commit, Moved
from tui.screens.brief import BriefScreen
from tui.screens.fitting import SPARE
from tui.screens.meanwhile import MeanwhileScreen
from widgets.row_list import RowList

SRC = Path("/home/kim/src")
CALLS = AgentSession("claude-1", "claude", SRC / "site" / "web", "needs you", "listed", question="may I run the tests?")
WORKS = AgentSession(
    "a" * 12, "codex", SRC / "voicebox-inbox", "working", "background", NOW - timedelta(minutes=20), "b1",
    "Voice inbox", NOW.replace(hour=12, minute=0), ("reading files", "writing tests"), branch="proto/inbox",
    head="3" * 40,
    diffstat=Diffstat(2, (FileDiff("voice/in.py", 40, 2), FileDiff("logo.png", None, None)), 1),
)  # fmt: skip
QUIET = AgentSession("tmux%1", "aider", SRC / "billing", "unknown", "window", NOW - timedelta(minutes=4))
SIZES = [(54, 20), (80, 24), (120, 40), (200, 60)]


def ready(app: MakerhourApp) -> Callable[[], bool]:
    return lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None


def told(app: MakerhourApp, *sessions: AgentSession, problem: str | None = None) -> None:
    app.post_message(messages.AgentsRefreshed(Agents(sessions, problem)))


def toasts(app: MakerhourApp) -> str:
    return "\n".join(notification.message for notification in app._notifications)


def line(app: MakerhourApp, name: str) -> str:
    return next(line for line in text_of(app).splitlines() if name in line)


@pytest.mark.parametrize("size", SIZES)
async def test_repositories_say_what_agents_do_and_one_that_waits_comes_first(size: tuple[int, int]) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, ready(app))
        needing = app.dashboard.repos.lineup.needing  # type: ignore[union-attr]
        told(app, CALLS, WORKS, QUIET)
        await wait_for(pilot, lambda: "◆" in text_of(app))
        assert "needs you" in line(app, "site") or (size[0] < 120 and "◆ waits" in line(app, "site"))
        assert app.dashboard.repos.lineup.needing == needing + 1  # type: ignore[union-attr]
        shown = [repo.name for repo in app.dashboard.repos.matching()]
        assert shown.index("site") < shown.index("billing")
        if size[0] >= 120:
            assert "◆ claude needs you" in line(app, "site")
            assert "◆ codex working" in line(app, "└ inbox")
            assert "◆ aider quiet 4 min" in line(app, "billing")
        told(app)
        await wait_for(pilot, lambda: "◆" not in text_of(app))
        assert app.dashboard.repos.lineup.needing == needing  # type: ignore[union-attr]


async def test_with_ascii_only_the_mark_is_ascii() -> None:
    app = make_app(sample_engine(), ascii_marks=True)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, WORKS)
        await wait_for(pilot, lambda: "@ codex working" in text_of(app))
        assert text_of(app).isascii()


async def test_an_agent_in_a_lane_that_is_put_away_shows_on_its_repository() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, WORKS)
        app.dashboard.repos.list.select(str(SRC / "voicebox"))
        await pilot.press("space")
        await wait_for(pilot, lambda: "◆ codex working" in line(app, "voicebox"))


async def test_only_rows_with_an_agent_are_made_anew() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await rest(pilot)
        maker = app.dashboard.repos.maker
        before = maker.made
        told(app, WORKS)
        await wait_for(pilot, lambda: "◆" in text_of(app))
        assert maker.made == before + 1
        told(app, replace(WORKS, last_lines=("more",)))
        await rest(pilot)
        assert maker.made == before + 1


async def test_the_detail_says_what_it_asks_what_it_changed_and_what_it_printed() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, CALLS, WORKS)
        await wait_for(pilot, lambda: "◆" in text_of(app))
        app.dashboard.show_repository(SRC / "voicebox-inbox")
        await wait_for(pilot, lambda: "writing tests" in text_of(app))
        shown = text_of(app)
        for said in ("codex working since 09:52 · Voice inbox", "until     12:00", "2 commits, 2 files +40 -2, 1 new",
                     "proto/inbox"):  # fmt: skip
            assert said in shown
        await pilot.press("escape")
        app.dashboard.show_repository(SRC / "site")
        await wait_for(pilot, lambda: "! claude needs you: may I run the tests?" in text_of(app))


async def test_an_item_is_handed_over_in_a_lane_with_a_brief_that_was_read_and_a_deadline() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("3")
        app.dashboard.backlog.list.select("b1")
        await pilot.press("A")
        await wait_for(pilot, lambda: isinstance(app.screen, BriefScreen))
        shown = text_of(app)
        assert "- be done by 12:00" in shown
        assert "- branch: proto/voice-inbox" in shown
        assert engine.wishes == []
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.handed_over)
        (wish,) = engine.wishes
        assert isinstance(wish, LaneWish)
        assert (wish.repository, wish.prototype.question, wish.prototype.minutes) == (
            *(SRC / "voicebox", "Voice inbox: transcribe and route voicemails", 30),
        )
        (handed,) = engine.handed_over
        assert handed.branch.startswith("proto/voice-inbox")
        assert handed.repository != SRC / "voicebox"
        assert (handed.item, handed.head, handed.deadline) == ("b1", "9" * 40, NOW.replace(hour=12, minute=0))
        (brief,) = engine.briefs
        for said in (f"- branch: {handed.branch}", "begins with `QUESTION:`", "be done by 12:00"):
            assert said in brief
        await wait_for(pilot, lambda: "handed over until 12:00" in text_of(app))


async def test_where_others_work_it_is_handed_over_in_one_lane_all_the_same() -> None:
    engine = sample_engine()
    engine.toes[SRC / "voicebox"] = theirs()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("3")
        app.dashboard.backlog.list.select("b1")
        await pilot.press("A")
        await wait_for(pilot, lambda: "Others work in voicebox" in text_of(app))
        assert "build here" not in text_of(app)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, BriefScreen))
        assert not engine.wishes
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.handed_over)
        (handed,) = engine.handed_over
        assert len(engine.wishes) == 1
        assert handed.repository not in {repo.path for repo in engine.fleet.repositories}
        assert "Ana Sousa: 6 commits" in engine.briefs[0]


async def test_a_brief_that_is_left_makes_no_lane() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("3")
        app.dashboard.backlog.list.select("b1")
        await pilot.press("A")
        await wait_for(pilot, lambda: isinstance(app.screen, BriefScreen))
        await pilot.press("escape")
        await rest(pilot)
        assert (engine.wishes, engine.handed_over) == ([], [])


async def test_an_item_an_agent_works_on_is_not_handed_over_again() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, WORKS)
        await pilot.press("3")
        app.dashboard.backlog.list.select("b1")
        await pilot.press("A")
        await wait_for(pilot, lambda: "codex works on `Voice inbox" in toasts(app))
        assert engine.toes_asked == []
        told(app, replace(WORKS, state="done"))
        await rest(pilot)
        await pilot.press("A")
        await wait_for(pilot, lambda: isinstance(app.screen, BriefScreen))


async def test_where_no_lane_can_be_made_nothing_is_handed_over() -> None:
    engine = sample_engine()
    engine.lane_error = "the disk is full; make room"
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("3")
        app.dashboard.backlog.list.select("b1")
        await pilot.press("A")
        await wait_for(pilot, lambda: isinstance(app.screen, BriefScreen))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "the disk is full" in toasts(app))
        assert engine.handed_over == []


def moved_engine(author: str = "Ana Sousa", subject: str = "Cap usage by plan") -> FakeEngine:
    """One whose billing others moved during the staff meeting, which ended at 09:30."""
    engine = sample_engine()
    commit = Commit("cd" * 20, author, NOW.replace(hour=9, minute=20), subject)
    repos = tuple(
        replace(repo, moved=(Moved(commit, "origin/main", by_me=False),)) if repo.name == "billing" else repo
        for repo in engine.fleet.repositories
    )
    engine.fleet = replace(engine.fleet, repositories=repos)
    return engine


@pytest.mark.parametrize("size", SIZES)
async def test_what_happened_meanwhile_is_shown_and_can_be_gone_to(size: tuple[int, int]) -> None:
    app = make_app(moved_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, ready(app))
        told(app, CALLS, WORKS)
        await rest(pilot)
        await pilot.press("W")
        await wait_for(pilot, lambda: isinstance(app.screen, MeanwhileScreen))
        shown = text_of(app)
        assert "While you were in Staff meeting" in shown
        assert "billing" in shown
        assert "Ana Sousa" in shown
        if size[1] >= 40:
            for said in (
                *("codex working in voicebox-inbox since 09:52", "asks      may I run the tests?"),
                *("+40 -2      voice/in.py", "not text    logo.png", "│ writing tests", "2 commits, 2 files +40 -2"),
            ):
                assert said in shown
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.repos.selected and app.dashboard.repos.selected.name == "billing")


async def test_a_second_look_tells_what_came_since_the_first() -> None:
    app = make_app(moved_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("W")
        await wait_for(pilot, lambda: "Cap usage by plan" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)
        await pilot.press("W")
        await wait_for(pilot, lambda: "nobody else moved anything since 10:12" in text_of(app))


async def test_what_agents_do_is_followed_while_it_is_shown() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        await pilot.press("W")
        await wait_for(pilot, lambda: "no agent is known of" in text_of(app))
        told(app, WORKS, problem="`/x/record.json` is damaged")
        await wait_for(pilot, lambda: "writing tests" in text_of(app))
        assert "is damaged" in text_of(app)


async def test_ending_an_agent_at_work_is_asked_once() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, WORKS, QUIET)
        await rest(pilot)
        await pilot.press("W")
        await wait_for(pilot, lambda: isinstance(app.screen, MeanwhileScreen))
        await pilot.press("x")
        await wait_for(pilot, lambda: "x again ends it" in text_of(app))
        assert engine.agents_ended == []
        await pilot.press("x")
        await wait_for(pilot, lambda: engine.agents_ended == [WORKS.id])
        await pilot.press("j", "x")
        await wait_for(pilot, lambda: "it has a window of its own" in text_of(app))
        assert engine.agents_ended == [WORKS.id]


def clocked(engine: FakeEngine, start: datetime) -> tuple[MakerhourApp, list[datetime]]:
    app, clock = make_app(engine), [start]
    app.now = lambda: clock[0]
    return app, clock


async def test_once_a_meeting_has_ended_it_is_told_what_happened_meanwhile_once() -> None:
    app, clock = clocked(moved_engine(), NOW.replace(hour=9, minute=25))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, replace(WORKS, state="needs you", since=NOW.replace(hour=9, minute=10), question="which plan?"))
        app.tick()
        await rest(pilot)
        assert not app._notifications
        clock[0] = NOW.replace(hour=9, minute=30)
        app.tick()
        await wait_for(pilot, lambda: app._notifications)
        (toast,) = app._notifications
        assert toast.message == (
            "while you were in Staff meeting: Ana moved billing, codex needs you in voicebox-inbox · W shows it"
        )
        clock[0] = NOW.replace(hour=9, minute=31)
        app.tick()
        await rest(pilot)
        assert len(app._notifications) == 1


async def test_where_nothing_happened_nothing_is_told() -> None:
    app, clock = clocked(sample_engine(), NOW.replace(hour=9, minute=25))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        app.fleet = replace(app.fleet, repositories=app.fleet.repositories[:1])  # type: ignore[type-var,union-attr]
        app.tick()
        clock[0] = NOW.replace(hour=9, minute=30)
        app.tick()
        await rest(pilot)
        assert not app._notifications


async def test_the_end_of_one_in_the_background_is_said_where_it_was_seen_at_work() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, replace(WORKS, id="b" * 12, state="done"), WORKS)
        await rest(pilot)
        assert not app._notifications
        told(app, replace(WORKS, state="failed", why="ended with status 3"))
        await wait_for(pilot, lambda: "codex failed with `Voice inbox`: ended with status 3" in toasts(app))


async def test_a_few_minutes_are_enough_to_answer_an_agent_that_waits() -> None:
    app, _ = clocked(sample_engine(), NOW.replace(hour=10, minute=46))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, CALLS)
        await rest(pilot)
        app.tick()
        await pilot.press("f")
        await wait_for(
            pilot, lambda: "answer claude in site, which waits for you: may I run the tests?" in text_of(app)
        )
        app.screen.query_one(RowList).select(f"{SPARE}0")
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.repos.selected and app.dashboard.repos.selected.name == "site")


async def test_what_agents_say_cannot_draw_or_press() -> None:
    engine = moved_engine(author=HOSTILE, subject=HOSTILE)
    engine.backlog = replace(engine.backlog, items=(Item("b1", f"a {HOSTILE}", "build", repo="voicebox"),))
    app = make_app(engine)
    odd = replace(
        WORKS, state="needs you", agent=HOSTILE, title=HOSTILE, question=HOSTILE, why=HOSTILE, branch=HOSTILE,
        last_lines=(HOSTILE,), diffstat=Diffstat(1, (FileDiff(HOSTILE, 1, 0),)),
    )  # fmt: skip
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, ready(app))
        told(app, replace(odd, state="working"))
        await rest(pilot)
        told(app, odd, problem=HOSTILE)
        await rest(pilot)
        await pilot.press("W")
        await wait_for(pilot, lambda: isinstance(app.screen, MeanwhileScreen))
        await rest(pilot)
        shown = text_of(app)
        assert "@click=app.quit" in shown
        assert not set("\x1b\x07\x9b\u202e\ud800") & set(shown)
        await pilot.press("escape")
        app.dashboard.show_repository(SRC / "voicebox-inbox")
        await rest(pilot)
        assert not set("\x1b\x07\x9b\u202e\ud800") & set(text_of(app))
