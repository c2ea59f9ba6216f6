"""Age and timebox of lanes on their rows and in the detail."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes import NOW, make_app, sample_engine, sample_fleet
from tests.screens import text_of, wait_for
from tui.domain.lane_facts import LaneFacts
from tui.domain.repos import Fleet
from widgets.repo_rows import RowMaker
from widgets.repos import ReposPane

LANE = Path("/home/kim/src/voicebox-inbox")
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q"
FACTS = LaneFacts("Voice inbox", "Calls get lost", NOW - timedelta(days=3), 3, 45, 60, "split the router")


def lane_row(text: str) -> str:
    """The lane's row in the pane; empty where it is not shown."""
    return next((line for line in text.splitlines() if "└ inbox" in line or "- inbox" in line), "")


@pytest.mark.parametrize("ascii_marks", [False, True])
@pytest.mark.parametrize(
    ("size", "said", "late"),
    [
        ((80, 24), "3 d", "75/60m"),
        ((120, 40), "3 d · 45 of 60 min", "over"),
        ((200, 60), "3 d · 45", "over"),
    ],
)
async def test_row_says_age_and_timebox_where_there_is_room(
    size: tuple[int, int], said: str, late: str, ascii_marks: bool
) -> None:
    app = make_app(sample_engine(), ascii_marks=ascii_marks)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: "inbox " in text_of(app))
        before = lane_row(text_of(app))
        app.dashboard.repos.lanes = {LANE: FACTS, Path("/home/kim/src/billing"): FACTS}
        expected = said.translate({ord("·"): "."}) if ascii_marks else said
        await wait_for(pilot, lambda: expected in lane_row(text_of(app)))
        assert len(lane_row(text_of(app))) == len(before)
        assert "1 new" in lane_row(text_of(app))
        assert "45 of 60" not in next(line for line in text_of(app).splitlines() if " billing " in line)  # no lane
        app.dashboard.repos.lanes = {LANE: replace(FACTS, made=75)}
        await wait_for(pilot, lambda: late in lane_row(text_of(app)) and "45" not in lane_row(text_of(app)))
        if late:
            spans = app.dashboard.repos.list.rows
            row = next(row for row in spans if row.key == str(LANE))
            assert [span.tone for span in row.spans if late in span.text] == ["warning"]
        app.dashboard.repos.lanes = {}
        await wait_for(pilot, lambda: lane_row(text_of(app)) == before)


async def test_row_has_it_before_the_last_commit_where_that_is_shown() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(200, 60)) as pilot:
        await wait_for(pilot, lambda: lane_row(text_of(app)))
        await pilot.press("z")
        await wait_for(pilot, lambda: "Kim: First cut" in lane_row(text_of(app)))
        before = lane_row(text_of(app))
        app.dashboard.repos.lanes = {LANE: FACTS}
        await wait_for(pilot, lambda: "3 d · 45 of 60 min  Kim: First cut" in lane_row(text_of(app)))
        assert len(lane_row(text_of(app))) == len(before)


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (200, 60)])
async def test_detail_says_what_a_lane_is_for_and_how_far_it_is(size: tuple[int, int]) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and "inbox " in text_of(app))
        app.dashboard.repos.lanes = {LANE: replace(FACTS, made=75)}
        app.dashboard.show_repository(LANE)
        await wait_for(pilot, lambda: "Voice inbox" in text_of(app) and "split the router" in text_of(app))
        shown = " ".join(text_of(app).split())
        assert "75 of 60 min, over its timebox" in shown
        assert "Calls get lost" in shown


async def test_detail_of_the_repository_lists_it_with_its_lane() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and "inbox " in text_of(app))
        app.dashboard.repos.lanes = {LANE: FACTS}
        app.dashboard.show_repository(LANE.with_name("voicebox"))
        await wait_for(pilot, lambda: "lanes and submodules 1" in text_of(app))
        await pilot.press("G")
        await wait_for(pilot, lambda: "proto/inbox" in text_of(app) and "3 d · 45 of 60 min" in text_of(app))


async def test_hostile_text_of_items_and_notes_is_shown_safely() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and "inbox " in text_of(app))
        app.dashboard.repos.lanes = {LANE: replace(FACTS, title=HOSTILE, why=HOSTILE, going_on=HOSTILE)}
        app.dashboard.show_repository(LANE)
        await wait_for(pilot, lambda: text_of(app).count("@click") >= 3)
        assert not {"\x1b", "\x9b", "\u202e", "\ud800", "\x07"} & set(text_of(app))


async def test_only_rows_of_which_something_else_is_said_are_made_anew() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.fleet is not None and "inbox " in text_of(app))
        pane: ReposPane = app.dashboard.repos
        maker: RowMaker = pane.maker
        made = maker.made
        pane.lanes = {LANE: FACTS, Path("/gone"): FACTS}
        await pilot.pause()
        assert maker.made == made + 1
        pane.lanes = {LANE: replace(FACTS), Path("/gone"): FACTS}
        await pilot.press("j", "k")
        assert maker.made == made + 1


def test_sample_has_the_lane() -> None:
    fleet: Fleet = sample_fleet()
    assert [repo.path for repo in fleet.repositories if repo.kind == "linked"] == [LANE]
