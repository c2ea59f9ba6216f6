"""The backlog pane over more items than anybody looks at: keys go where they should, rows are made where they show."""

from datetime import timedelta
from typing import Any

from textual.pilot import Pilot

from tests.fakes import NOW, FakeEngine, make_app, sample_agenda, sample_fleet
from tests.screens import text_of, wait_for
from tui.app import MakerhourApp
from tui.domain.backlog import STATES, Backlog, Item

MANY = 3_000


def many() -> tuple[Item, ...]:
    """Items of all states; of those in the inbox every tenth is about billing."""
    return tuple(
        Item(
            f"i{number:04}",
            f"{'Billing' if number % 10 == 0 else 'Idea'} {number}",
            STATES[number % 6],
            impact=number % 5 + 1,
            edge=3,
            estimate=30,
            person="Ana" if STATES[number % 6] == "delegated" else "",
            until=NOW.date() + timedelta(days=number) if STATES[number % 6] == "later" else None,
            created=NOW - timedelta(minutes=MANY - number),
        )
        for number in range(MANY)
    )


def opened() -> MakerhourApp:
    return make_app(FakeEngine(sample_fleet(), sample_agenda(), Backlog(many())))


async def at_the_backlog(pilot: Pilot[Any], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.backlog is not None)
    await pilot.press("3")
    await wait_for(pilot, lambda: "2000 items · 500 to triage" in text_of(app))


async def test_only_rows_that_are_seen_are_made() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        await at_the_backlog(pilot, app)
        pane = app.dashboard.backlog
        assert len(pane.list.rows) == 2000 + 4, "with a heading for each section"
        assert len(pane._made) < 100
        await pilot.press("G")
        await wait_for(pilot, lambda: pane.key == f"i{MANY - 3:04}")
        await wait_for(pilot, lambda: f"Idea {MANY - 3}" in text_of(app))
        await pilot.press("g")
        await wait_for(pilot, lambda: pane.key == f"i{MANY - 6:04}")
        assert len(pane._made) < 200
        assert [row.key for row in pane.list.rows[:2]] == ["section-inbox", f"i{MANY - 6:04}"]


async def test_what_is_about_an_item_is_offered_where_there_is_one() -> None:
    app = make_app(FakeEngine(sample_fleet(), sample_agenda(), Backlog(())))
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("3")
        await wait_for(pilot, lambda: "nothing in the backlog" in text_of(app))
        await wait_for(pilot, lambda: "d Delegate" not in text_of(app))
        assert "n New" in text_of(app)
        await pilot.press("n", *"An idea", "enter")
        await wait_for(pilot, lambda: "d Delegate" in text_of(app))
        await pilot.press("/", *"zzz")
        await wait_for(pilot, lambda: "0 of 1" in text_of(app))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "d Delegate" not in text_of(app))


async def test_a_step_for_several_items_says_what_it_did() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        await at_the_backlog(pilot, app)
        await pilot.press("v", "v", "x")
        await wait_for(pilot, lambda: "2 items, inbox → dropped; undo takes it back" in text_of(app))


async def test_a_verdict_moves_the_item_and_its_row_stays_under_the_cursor() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        await at_the_backlog(pilot, app)
        pane = app.dashboard.backlog
        await pilot.press("g", "j", "j")
        chosen = pane.key
        rows = {row.key: row for row in pane.list.rows[:30]}
        await pilot.press("b")
        await wait_for(pilot, lambda: "2000 items · 499 to triage" in text_of(app))
        assert chosen is not None
        assert pane.key == chosen
        found = pane.by_key(chosen)
        assert found is not None
        assert found.state == "build"
        assert all(row is rows[row.key] for row in pane.list.rows[1:28] if row.key in rows), "no row was made again"
        await pilot.press("u")
        await wait_for(pilot, lambda: "2000 items · 500 to triage" in text_of(app))
        assert pane.list.rows[3].key == pane.key == chosen


async def test_the_filter_finds_what_is_finished_too_and_the_cursor_stays_with_its_item() -> None:
    app = opened()
    async with app.run_test(size=(120, 40)) as pilot:
        await at_the_backlog(pilot, app)
        pane = app.dashboard.backlog
        await pilot.press("slash", *"billing")
        await wait_for(pilot, lambda: "/billing · 300 of 3000" in text_of(app))
        await pilot.press("enter", "j", "j", "j")
        chosen = pane.key
        await pilot.press("slash", *" inbox")
        await wait_for(pilot, lambda: "/billing inbox · 100 of 3000" in text_of(app))
        assert pane.key == chosen
        await pilot.press("escape")
        await wait_for(pilot, lambda: "2000 items · 500 to triage" in text_of(app))
        assert pane.key == chosen
        assert pane.list.rows[0].key == "section-inbox"
