"""Slide debt and what is known of delegated items, on screen: in the detail, in rows, in what fits, in their order."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.fakes import NOW, FakeEngine, make_app, sample_agenda, sample_backlog, sample_engine, sample_fleet
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.agenda import Meeting
from tui.domain.backlog import Backlog, Item
from tui.domain.evidence import Trace, Traced
from tui.domain.repos import Commit
from tui.domain.slide import Past, PastMeeting
from tui.screens.detail import DetailScreen
from widgets.row_list import RowList

SIZES = [(80, 24), (120, 40), (200, 60)]
HOSTILE = "[/] [b] \x1b]5;=\x07 \x9b1 \u202e \ud800"
BILLING = Path("/home/kim/src/billing")
PRICING = "Pricing what-if sheet with live margins"
DELEGATED = Item(
    "d1", "Refund simulator", "delegated", person="Ana Sousa", repo="billing", decided=NOW - timedelta(days=9)
)


def past(*titles: str) -> Past:
    """A past with a meeting of 50 minutes for each title, a day apart, the first one last."""
    met = (PastMeeting(title, NOW - timedelta(days=1 + number), 50, "Work") for number, title in enumerate(titles))
    return Past(tuple(met))


EXPLAINED = past("Pricing what-if sheet", "Pricing what-if: sheet review", "Pricing what-if sheet", "Board prep")


def engine_with(told: Past | None, *commits: tuple[str, float, str], meetings: tuple[Meeting, ...] = ()) -> FakeEngine:
    """An engine with that past, and with commits in billing: author, hours ago, subject."""
    engine = sample_engine()
    engine.past = told
    items = tuple(DELEGATED if item.id == "d1" else item for item in sample_backlog().items)
    engine.backlog = Backlog(items)
    engine.agenda = replace(sample_agenda(), meetings=(*sample_agenda().meetings, *meetings))
    repositories = tuple(
        replace(repo, fetched_at=NOW) if repo.path == BILLING else repo for repo in sample_fleet().repositories
    )
    engine.fleet = replace(sample_fleet(), repositories=repositories)
    made = (Commit("a" * 40, who, NOW - timedelta(hours=hours), subject) for who, hours, subject in commits)
    traced = tuple(Traced(commit, "a@example.com") for commit in made)
    engine.traces[BILLING] = Trace(BILLING, NOW - timedelta(days=9), traced)
    return engine


async def opened(pilot: Pilot[None], app: MakerhourApp, key: str) -> None:
    """The detail of the item `key` is on screen."""
    await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None and app.agenda is not None)
    app.tick()
    await rest(pilot)
    await pilot.press("3")
    assert app.dashboard.backlog.list.select(key)
    await pilot.press("enter")
    await rest(pilot)


def said(app: MakerhourApp) -> str:
    """What the detail says, with lines that go on joined."""
    place = app.screen if isinstance(app.screen, DetailScreen) else app.dashboard.detail
    rows = place.query_one(RowList).rows
    return " ".join(" ".join(span.text for row in rows for span in row.spans).split())


@pytest.mark.parametrize("size", SIZES)
async def test_the_detail_says_how_often_an_item_was_explained_and_where(size: tuple[int, int]) -> None:
    app = make_app(engine_with(EXPLAINED))
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app, "b2")
        await wait_for(pilot, lambda: "slide debt" in text_of(app))
        assert "explained in 3 meetings, 2 h 30" in said(app)
        assert "estimate 90 min" in said(app)
        assert "Mon 9 Mar 10:12 Pricing what-if sheet" in said(app)
        assert "Board prep 10:12" not in said(app)
        assert app.debt_text(engine_item(app, "b2")) == "explained in 3 meetings, 2 h 30 · estimate 90 min"
        assert app.debt_text(engine_item(app, "b1")) == ""
        assert max(map(len, text_of(app).splitlines())) <= size[0]


def engine_item(app: MakerhourApp, key: str) -> Item:
    assert app.backlog is not None
    return next(item for item in app.backlog.items if item.id == key)


@pytest.mark.parametrize("size", SIZES)
async def test_the_card_of_triage_says_it_too(size: tuple[int, int]) -> None:
    engine = engine_with(past("Heat map of meetings", "Meetings heat map: mails", "Board prep"))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.gathered.debts is not None and app.backlog is not None)
        await pilot.press("i")
        await wait_for(pilot, lambda: "Heat map of meetings that should" in text_of(app))
        await wait_for(pilot, lambda: "explained in 2 meetings, 1 h 40" in text_of(app))


async def test_a_past_that_comes_later_shows_where_the_detail_is_open() -> None:
    engine = engine_with(None)
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(pilot, app, "b2")
        assert "slide debt" not in text_of(app)
        assert app.debt_text(engine_item(app, "b2")) == ""
        engine.post(messages.PastRead(EXPLAINED))
        await wait_for(pilot, lambda: "explained in 3 meetings" in text_of(app))


@pytest.mark.parametrize("size", SIZES)
async def test_one_key_puts_the_most_explained_first_and_the_title_says_so(size: tuple[int, int]) -> None:
    app = make_app(engine_with(EXPLAINED))
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.gathered.debts is not None and app.backlog is not None)
        app.tick()
        await pilot.press("3", "z")
        pane = app.dashboard.backlog

        def build() -> list[str]:
            return [row.key for row in pane.list.rows if row.key in ("b1", "b2")]

        await wait_for(pilot, lambda: build() == ["b1", "b2"])
        assert pane.list.select("b2")
        await pilot.press("O")
        await wait_for(pilot, lambda: build() == ["b2", "b1"] and "Backlog by slide debt" in text_of(app))
        line = next(line for line in text_of(app).splitlines() if "Pricing what-if" in line)
        assert "3×" in line
        assert pane.key == "b2"
        await pilot.press("O")
        await wait_for(pilot, lambda: build() == ["b1", "b2"] and "by slide debt" not in text_of(app))


async def test_what_fits_says_in_how_many_meetings_it_was_explained() -> None:
    engine = engine_with(past("Voice inbox", "Voice inbox: route voicemails"))
    app = make_app(engine)
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: app.gathered.debts is not None and app.dashboard.now_bar.line is not None)
        await pilot.press("f")
        await wait_for(pilot, lambda: "explained in 2 meetings" in text_of(app))


@pytest.mark.parametrize("size", SIZES)
async def test_a_delegated_item_says_what_moved_and_when_one_meets(size: tuple[int, int]) -> None:
    thursday = NOW.replace(day=12, hour=15, minute=0)
    meeting = Meeting(thursday, thursday + timedelta(minutes=30), "1:1 Ana", "Work", "one")
    app = make_app(engine_with(None, ("Ana Sousa", 2, "Cap usage by plan"), meetings=(meeting,)))
    async with app.run_test(size=size) as pilot:
        await opened(pilot, app, "d1")
        await wait_for(pilot, lambda: "Ana: Cap usage by plan, 2 h ago" in said(app))
        assert "next meeting with Ana Thu 15:00" in said(app)
        assert max(map(len, text_of(app).splitlines())) <= size[0]


@pytest.mark.parametrize("size", SIZES)
async def test_the_row_says_it_in_short_where_there_is_room(size: tuple[int, int]) -> None:
    engine = engine_with(None, ("Ana Sousa", 24 * 20, "Long before"))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None)
        app.tick()
        await pilot.press("3", "z")
        await wait_for(pilot, lambda: bool(app.dashboard.backlog.evidence))
        await rest(pilot)
        line = next(line for line in text_of(app).splitlines() if "Refund simulator" in line)
        assert "quiet 9 days" in line
        assert "Ana Sousa" in line
        row = next(row for row in app.dashboard.backlog.list.rows if row.key == "d1")
        assert [span.tone for span in row.spans if "quiet" in span.text] == ["warning"]


async def test_commits_are_asked_for_once_and_again_when_the_repository_moved() -> None:
    engine = engine_with(None, ("Ana Sousa", 2, "Cap usage by plan"))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None and app.fleet is not None)
        for _ in range(3):
            app.tick()
            await rest(pilot)
        assert engine.traced == [{BILLING: NOW - timedelta(days=9)}]
        moved = tuple(
            replace(repo, head="9" * 40) if repo.path == BILLING else repo for repo in engine.fleet.repositories
        )
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=moved)))
        await wait_for(pilot, lambda: app.fleet is not None and app.fleet.repositories == moved)
        app.tick()
        assert len(engine.traced) == 2
        engine.post(messages.BacklogRefreshed(Backlog()))
        await wait_for(pilot, lambda: app.backlog is not None and not app.backlog.items)
        app.tick()
        assert app.dashboard.backlog.evidence == {}


async def test_ten_thousand_items_are_looked_up_a_few_at_a_time() -> None:
    engine = engine_with(EXPLAINED)
    items = tuple(Item(f"n{number}", f"Pricing what-if sheet {number * 1000}") for number in range(1000))
    engine.backlog = Backlog(items)
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: app.gathered.debts is not None and app.backlog is not None)
        debts = app.gathered.debts
        assert debts is not None
        for _ in range(5):
            before = len(debts._found)
            app.tick()
            assert len(debts._found) - before <= 300
        assert len(debts._found) == 1000


@pytest.mark.parametrize("size", [(54, 20), *SIZES])
async def test_hostile_titles_are_shown_safely(size: tuple[int, int]) -> None:
    title = f"Pricing what-if sheet {HOSTILE}"
    meeting = Meeting(NOW + timedelta(days=1), NOW + timedelta(days=1, hours=1), f"1:1 Ana {HOSTILE}", "Work", "one")
    engine = engine_with(past(title, "Pricing what-if sheet"), ("Ana Sousa", 2, HOSTILE), meetings=(meeting,))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        for key in ("b2", "d1"):
            await opened(pilot, app, key)
            await wait_for(pilot, lambda key=key: ("meetings" if key == "b2" else "since then") in text_of(app))  # type: ignore[misc]
            shown = text_of(app)
            assert not any(char in shown for char in "\x1b\x07\x9b\u202e\ud800")
            assert max(map(len, shown.splitlines())) <= size[0]
            await pilot.press("escape")
        await pilot.press("3", "O")
        await wait_for(pilot, lambda: app.dashboard.backlog.by_debt)
        assert not any(char in text_of(app) for char in "\x1b\x07\x9b\u202e\ud800")
