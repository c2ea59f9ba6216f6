"""Panes hidden and ordered by the person: where they stand, which keys go to them, what is gone to all the same."""

from itertools import permutations
from typing import Literal, get_args

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.fakes import make_app, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.checking import ConfigError
from tui.config import parse_config
from tui.domain.panes import PANES, PaneName, in_cells, keys_to, numbered
from tui.screens.detail import DetailScreen
from widgets.pane import Pane

MID, WIDE = (120, 40), (200, 60)
THREE: list[tuple[PaneName, ...]] = [*permutations(get_args(Literal["repositories", "today", "backlog"]))]
FEWER: list[tuple[PaneName, ...]] = [
    ("today", "backlog"), ("backlog", "today"), ("repositories", "backlog"), ("today",), ("backlog",),
]  # fmt: skip
CHOICES = [
    *((order, size, True) for order in (*THREE, *FEWER) for size in (MID, WIDE)),
    *((order, WIDE, False) for order in (THREE[3], *FEWER)),
    (THREE[4], (54, 20), True),
    (FEWER[0], (80, 24), False),
]
TITLES = {"repositories": "Repositories", "today": "Today", "backlog": "Backlog", "detail": "Detail"}


async def shown(pilot: Pilot[None], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.agenda is not None and app.backlog is not None and app.fleet is not None)
    await rest(pilot)


def at(app: MakerhourApp, title: str) -> Pane:
    return next(pane for pane in app.dashboard.query(Pane) if title == pane.TITLE)


@pytest.mark.parametrize(("order", "size", "detail"), CHOICES)
async def test_every_choice_fills_the_screen_and_the_keys_follow(
    order: tuple[PaneName, ...], size: tuple[int, int], detail: bool
) -> None:
    app = make_app(sample_engine(), panes=(*order, "detail") if detail else order)
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app)
        wide, tiny = size[0] >= 160, size[0] < 60
        seen = [pane for pane in app.dashboard.query(Pane) if pane.display]
        wanted = 1 if tiny else len(order) + (wide and detail)
        assert len(seen) == wanted
        bar = 3 if size[1] >= 30 else 1
        assert sum(pane.region.area for pane in seen) == size[0] * (size[1] - bar - 1), "no cell is lost"
        if wide:  # in the order said, from left to right
            left = [at(app, TITLES[name]).region.x for name in order]
            assert left == sorted(set(left))
        for number, name in enumerate(order, 1):
            await pilot.press(str(number))
            await rest(pilot)
            assert TITLES[name] == app.dashboard.current.TITLE
            assert app.dashboard.current.list.has_focus
            assert f"{number} {TITLES[name]}" in text_of(app)
        await pilot.press(str(len(order) + 1))
        await rest(pilot)
        beside = wide and detail
        assert ("Detail" if beside else TITLES[order[-1]]) == app.dashboard.current.TITLE
        await pilot.press("tab")
        await rest(pilot)
        assert TITLES[order[0]] == app.dashboard.current.TITLE


async def test_one_that_stands_alone_names_the_others_as_tabs() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(54, 20)) as pilot:
        await shown(pilot, app)
        assert "1 Repositories  by attention  2 Today  3 Backlog" in text_of(app)
        await pilot.press("2")
        await wait_for(pilot, lambda: "1 Repositories  2 Today  Tue 10 Mar  3 Backlog" in text_of(app))
        await pilot.resize_terminal(120, 40)
        await wait_for(pilot, lambda: "2 Today  Tue 10 Mar ─" in text_of(app))
        await pilot.press("z")
        await wait_for(pilot, lambda: "1 Repositories  2 Today  Tue 10 Mar  3 Backlog" in text_of(app))
        await pilot.press("z")
        await wait_for(pilot, lambda: "2 Today  Tue 10 Mar ─" in text_of(app))


async def test_a_width_that_changes_brings_each_where_it_belongs() -> None:
    app = make_app(sample_engine(), panes=("repositories", "backlog", "today", "detail"))
    async with app.run_test(size=(200, 60)) as pilot:
        await shown(pilot, app)
        for size in ((120, 40), (200, 60), (54, 20), (80, 24), (200, 60)):
            await pilot.resize_terminal(*size)
            await rest(pilot)
            day, ideas = at(app, "Today").region, at(app, "Backlog").region
            if size[0] >= 60:
                assert day.x > ideas.x
                assert (day.y == ideas.y) is (size[0] >= 160)
            assert len(app.dashboard.query(Pane)) == len(PANES)


async def test_what_is_hidden_can_still_be_told_of_and_opened() -> None:
    engine = sample_engine()
    app = make_app(engine, panes=("backlog",))
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app)
        assert "48m free until 11:00" in text_of(app)
        path = engine.fleet.repositories[0].path
        app.dashboard.show_repository(path)
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen) and "merge under way" in text_of(app))
        await pilot.press("escape")
        await rest(pilot)
        assert app.dashboard.current is app.dashboard.backlog
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "To the Now bar, a pane" in text_of(app))
        assert "1 2" not in text_of(app)


async def test_what_a_hidden_pane_holds_is_found_and_opened() -> None:
    app = make_app(sample_engine(), panes=("backlog",))
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app)
        for words, facts in (("ledger", "merge under way"), ("board prep", "11:00 to 12:00")):
            await pilot.press("colon", *("space" if letter == " " else letter for letter in words))
            await wait_for(pilot, lambda words=words: words in text_of(app).casefold())  # type: ignore[misc]
            await pilot.press("enter")
            await wait_for(pilot, lambda facts=facts: isinstance(app.screen, DetailScreen) and facts in text_of(app))  # type: ignore[misc]
            await pilot.press("escape")
            await rest(pilot)
            assert app.dashboard.current is app.dashboard.backlog


async def test_the_persons_own_key_wins() -> None:
    app = make_app(sample_engine(), panes=("today", "repositories"), keys=(("app.repositories", "f5"),))
    async with app.run_test(size=(120, 40)) as pilot:
        await shown(pilot, app)
        await pilot.press("f5")
        await rest(pilot)
        assert app.dashboard.current.TITLE == "Repositories"
        await pilot.press("1")
        await rest(pilot)
        assert app.dashboard.current.TITLE == "Today"


@pytest.mark.parametrize(
    ("said", "wrong"),
    [
        ('["repositories", "repositories"]', "names a pane twice"),
        ('["detail"]', "leaves no pane to show"),
        ("[]", "leaves no pane to show"),
        ('["agenda"]', "it can be `repositories`, `today`, `backlog`, `detail`"),
        ('"today"', "must be a list"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_a_sentence(said: str, wrong: str) -> None:
    with pytest.raises(ConfigError, match=wrong):
        parse_config(f"[look]\npanes = {said}\n")


def test_keys_and_cells() -> None:
    assert parse_config('[look]\npanes = ["today", "detail", "backlog"]\n').look.panes == ("today", "detail", "backlog")
    assert numbered(("today", "detail", "backlog")) == ("today", "backlog", "detail")
    keys = keys_to(("today", "detail", "backlog"))
    assert (keys["app.agenda"], keys["app.backlog"], keys["app.detail"]) == ("1", "2", "3")
    assert keys_to(PANES) == {"app.repositories": "1", "app.agenda": "2", "app.backlog": "3", "app.detail": "4"}
    assert in_cells(("repositories", "backlog", "today"), columns=False) == ("repositories", "today", "backlog")
    assert in_cells(("repositories", "backlog", "today"), columns=True) == ("repositories", "backlog", "today")


@pytest.mark.parametrize(("size", "away", "back"), [((80, 24), "z", "z"), ((120, 40), "z", "z"), ((54, 20), "2", "1")])
async def test_a_pane_that_was_hidden_comes_back_with_its_words_and_what_arrived_meanwhile(
    size: tuple[int, int], away: str, back: str
) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await shown(pilot, app)
        if away == "z":
            await pilot.press("3")
        repos = app.dashboard.repos
        words = str(repos.border_title), str(repos.border_subtitle)
        await pilot.press(away)
        await rest(pilot)
        first, *others = engine.fleet.repositories
        news = replace(first, branch="while-away")
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=(news, *others))))
        await rest(pilot)
        assert "while-away" not in text_of(app)
        await pilot.press(back)
        await rest(pilot)
        assert (str(repos.border_title), str(repos.border_subtitle)) == words
        assert "while-aw" in text_of(app)
