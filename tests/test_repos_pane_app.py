"""The repositories pane on a given engine: filter, order, groups, lanes put away, what is remembered, every state."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.pilot import Pilot

from tests.fakes import NOW, FakeEngine, make_app, sample_agenda, sample_backlog, sample_engine
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.arranging import Group, View
from tui.domain.repos import Commit, Fleet, Moved, Repository
from widgets.filter_line import FilterLine
from widgets.repo_words import format_branch, format_counts, format_moved, format_state
from widgets.repos import ReposPane
from widgets.rows import Row

SRC = Path("/home/kim/src")
VOICEBOX = SRC / "voicebox"


def pane_of(app: MakerhourApp) -> ReposPane:
    return app.dashboard.repos


def names(app: MakerhourApp) -> list[str]:
    """What stands in the pane: the last part of each row's key."""
    return [Path(row.key).name for row in pane_of(app).list.rows]


def line_of(app: MakerhourApp, name: str) -> str:
    """The pane's line that holds `name`."""
    return next(line for line in text_of(app).splitlines() if name in line)


async def ready(pilot: Pilot[None], app: MakerhourApp) -> None:
    await wait_for(pilot, lambda: app.fleet is not None and app.backlog is not None)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("is:behind", ["ledger-api", "billing"]),
        ("is:dirty -is:lane", ["ledger-api", "voicebox"]),
        ("author:ana", ["billing"]),
        ("branch:hold", ["voicebox"]),
        ("is:xyz", ["ledger-api", "broken", "voicebox", "voicebox-inbox", "billing", "site", "sketchpad"]),
        ("is:b", ["ledger-api", "broken", "billing"]),
        ("is:lane", ["voicebox", "voicebox-inbox"]),
    ],
)
async def test_filter_terms(typed: str, shown: list[str]) -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", *typed)
        await wait_for(pilot, lambda: pane_of(app).filter_text == typed)
        await wait_for(pilot, lambda: names(app) == shown)


async def test_what_is_unknown_or_half_typed_is_said_in_line_and_frame() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("slash")
        await wait_for(pilot, lambda: "words, is:dirty, author:ana" in text_of(app))
        await pilot.press(*"is:d")
        await wait_for(pilot, lambda: "dirty diverged detached" in text_of(app))
        await pilot.press(*"xyz")
        await wait_for(pilot, lambda: "no such state: dxyz; is:dirty, is:clean" in text_of(app))
        assert "/is:dxyz · no such state: dxyz · 7 repos" in text_of(app)
        await pilot.press(*["backspace"] * 7, *"nothing-like-it")
        await wait_for(pilot, lambda: "esc shows all" in text_of(app))
        await pilot.press("escape")
        await wait_for(pilot, lambda: len(names(app)) == 7)


async def test_the_cursor_passes_over_a_parent_shown_for_its_lane() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("slash", *"name:inbox", "enter")
        await wait_for(pilot, lambda: names(app) == ["voicebox", "voicebox-inbox"])
        await wait_for(pilot, lambda: pane_of(app).key == str(SRC / "voicebox-inbox"))
        await pilot.press("k", "M")
        await rest(pilot)
        assert pane_of(app).key == str(SRC / "voicebox-inbox")
        engine = app.engine
        assert isinstance(engine, FakeEngine)
        assert engine.seen == [(SRC / "voicebox-inbox",)]


async def test_order_is_cycled_said_and_remembered() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        assert "1 Repositories  by attention" in text_of(app)
        await pilot.press("S")
        await wait_for(pilot, lambda: "by activity" in text_of(app))
        assert names(app)[:4] == ["ledger-api", "voicebox", "voicebox-inbox", "billing"]
        await pilot.press("S")
        await wait_for(pilot, lambda: "by name" in text_of(app))
        assert names(app) == ["billing", "broken", "ledger-api", "site", "sketchpad", "voicebox", "voicebox-inbox"]
        await pilot.press("S")
        await wait_for(pilot, lambda: "by attention" in text_of(app))
        assert [view.order for view in engine.views] == ["activity", "name", "attention"]


async def test_groups_by_root_and_by_setting_have_headings_that_are_passed_over() -> None:
    engine = sample_engine()
    engine.fleet = replace(engine.fleet, roots=(SRC, Path("/elsewhere")))
    groups = (Group("Voice", ("voice*",)), Group("Money", (f"{SRC}/billing", "ledger-*")))
    app = make_app(engine, groups=groups)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await pilot.press("s")
        await wait_for(pilot, lambda: "~/src  7 repos · 2 need you" in text_of(app))
        assert "by attention · by root" in text_of(app)
        await pilot.press("s")
        await wait_for(pilot, lambda: "in groups" in text_of(app))
        assert names(app) == ["group-Voice", "voicebox", "voicebox-inbox", "group-Money", "ledger-api", "billing",
                              "group-others", "broken", "site", "sketchpad"]  # fmt: skip
        assert "Voice  2 repos" in text_of(app)
        assert "Money  2 repos · 1 need you" in text_of(app)
        await pilot.press("g", "j", "j")
        await wait_for(pilot, lambda: pane_of(app).key == str(SRC / "ledger-api"))
        await pilot.press("slash", *"bill")
        await wait_for(pilot, lambda: names(app) == ["group-Money", "billing"])
        await pilot.press("escape", "s")
        await wait_for(pilot, lambda: not any(name.startswith("group-") for name in names(app)))
        assert [view.grouping for view in engine.views] == ["root", "setting", "none"]


async def test_lanes_are_put_away_and_their_dirt_is_still_told() -> None:
    engine = sample_engine()
    clean = tuple(
        replace(repo, unstaged=0, untracked=0, stashes=0, ahead=0) if repo.path == VOICEBOX else repo
        for repo in engine.fleet.repositories
    )
    engine.fleet = replace(engine.fleet, repositories=clean)
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        pane = pane_of(app)
        pane.list.select(str(SRC / "voicebox-inbox"))
        await pilot.press("space")
        await wait_for(pilot, lambda: "voicebox-inbox" not in names(app))
        assert pane.key == str(VOICEBOX)
        assert "● voicebox +1" in text_of(app)
        assert "1 changed in lanes" in line_of(app, "voicebox +1")
        await pilot.press("right")
        await wait_for(pilot, lambda: "└ inbox" in text_of(app))
        await pilot.press("left")
        await wait_for(pilot, lambda: "voicebox-inbox" not in names(app))
        await pilot.press("slash", *"proto/", "enter")  # a filter shows what matches, put away or not
        await wait_for(pilot, lambda: names(app) == ["voicebox", "voicebox-inbox"])
        await pilot.press("escape", "space")
        await wait_for(pilot, lambda: "└ inbox" in text_of(app))
        await pilot.press("g", "space")  # one without lanes: nothing happens
        await rest(pilot)
        folded = [bool(view.folded) for view in engine.views]
        assert folded == [True, False, True, True, True, False]


async def test_the_view_of_last_time_is_shown_as_such() -> None:
    view = View("name", "root", "is:dirty", frozenset({VOICEBOX}))
    engine = sample_engine()
    app = make_app(engine, view=view)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        await wait_for(pilot, lambda: "/is:dirty · from last time, esc shows all · 3 of 7 repos" in text_of(app))
        assert "by name · by root" in text_of(app)
        assert engine.views == []
        await pilot.press("slash")
        await wait_for(pilot, lambda: bool(app.dashboard.query(FilterLine)))
        assert app.dashboard.query_one(FilterLine).value == "is:dirty"
        await pilot.press(*" -is:lane", "enter")
        await wait_for(pilot, lambda: "2 of 7 repos" in text_of(app))
        assert "from last time" not in text_of(app)
        assert [seen.filter_text for seen in engine.views] == ["is:dirty -is:lane"]  # not letter by letter
        await pilot.press("escape")
        await wait_for(pilot, lambda: "7 repos · 2 need you" in text_of(app))
        assert "voicebox +1" in text_of(app)
        assert engine.views[-1] == replace(view, filter_text="")


async def test_a_grouping_of_last_time_that_is_no_more_is_left() -> None:
    app = make_app(sample_engine(), view=View(grouping="setting"))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot, app)
        assert "in groups" not in text_of(app)


async def test_a_remembered_fleet_is_faint_and_says_its_age() -> None:
    engine = sample_engine()
    live = engine.fleet
    engine.fleet = replace(live, remembered=True, taken_at=NOW - timedelta(minutes=32))
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: "as of 09:40 · 7 repos" in text_of(app))
        tones = {span.tone for row in pane_of(app).list.rows for span in row.spans}
        assert tones == {"faint"}
        engine.post(messages.ReposRefreshed(live))
        await wait_for(pilot, lambda: "as of" not in text_of(app))
        assert {span.tone for row in pane_of(app).list.rows for span in row.spans} > {"error", "strong", "muted"}


def every_state() -> tuple[Repository, ...]:
    """A repository in each state a row can have."""
    last = Commit("ab12" * 10, "Ana Sousa", NOW - timedelta(hours=2), "Cap usage by plan")

    def made(name: str, **more: object) -> Repository:
        repo = Repository(Path("/x") / name, name, branch="main", head="1a2b3c4d" * 5, last_commit=last)
        return replace(repo, **more)

    theirs = tuple(Moved(last, "origin/main", by_me=False) for _ in range(6))
    return (
        made("s-clean"),
        made("s-dirty", staged=1, unstaged=2, untracked=3),
        made("s-conflict", conflicted=2, operation="merge"),
        made("s-rebase", operation="rebase", step=(2, 5)),
        made("s-bisect", operation="bisect", detached=True, branch=None),
        made("s-ahead", ahead=2),
        made("s-behind", behind=14, moved=theirs),
        made("s-both", ahead=1204, behind=33),
        made("s-far", uncounted=True),
        made("s-gone", upstream="origin/x", upstream_gone=True),
        made("s-stash", stashes=2),
        made("s-detached", detached=True, branch=None),
        made("s-unborn", unborn=True, head=None, last_commit=None),
        made("s-error", error="HEAD is damaged; look at it with git fsck"),
        made("s-wait", pending=True, head=None, last_commit=None, branch=None),
        made("s-offline", fetch_error="host not reachable"),
        made("s-bare", kind="bare"),
        made("s-module", kind="submodule", parent=Path("/x/s-clean"), detached=True, branch=None),
        made("s-lane", kind="linked", parent=Path("/x/s-clean"), branch="proto/a"),
    )


STATES = {
    "s-clean": "✓ clean", "s-dirty": "● changed", "s-conflict": "! conflict", "s-rebase": "! rebasing",
    "s-bisect": "! bisecting", "s-ahead": "↑ to-push ↑2", "s-behind": "↓ behind ↓14", "s-both": "↕ diverged ↑1",
    "s-far": "↕ far ↑…", "s-gone": "↕ gone", "s-stash": "✓ clean", "s-detached": "✓ clean",
    "s-unborn": "◌ no-commits", "s-error": "× HEAD-is-damaged", "s-wait": "… waiting", "s-offline": "✓ clean ↓?",
    "s-bare": "✓ bare", "s-module": "✓ └ clean", "s-lane": "✓ └ clean",
}  # fmt: skip
WIDER = {
    "s-dirty": "1-staged,-2-edited,-3-new", "s-conflict": "2-in-conflict,-merging", "s-rebase": "rebasing-2-of-5",
    "s-behind": "Ana-+6", "s-both": "↑1204 ↓33", "s-far": "far-from-upstream ↓…", "s-gone": "upstream-gone",
    "s-stash": "2-stashed", "s-detached": "1a2b3c4d", "s-error": "git-fsck", "s-wait": "waiting-for-git",
    "s-module": "1a2b3c4d", "s-offline": "fetch-failed",
}  # fmt: skip
WIDEST = {"s-detached": "detached-1a2b3c4d", "s-module": "submodule-1a2b3c4d", "s-clean": "Ana:-Cap-usage-by-plan",
          "s-behind": "Cap-usage-by-plan"}  # fmt: skip


@pytest.mark.parametrize(("size", "keys"), [((80, 40), ""), ((120, 50), ""), ((200, 60), "z")])
async def test_every_state_is_readable_at_every_width(size: tuple[int, int], keys: str) -> None:
    engine = FakeEngine(Fleet(every_state()), sample_agenda(), sample_backlog())
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await ready(pilot, app)
        await pilot.press(*(keys or "z"))
        await rest(pilot)
        lines = {}
        for row in pane_of(app).list.rows:
            lines[Path(row.key).name] = "".join(span.text for span in row.spans)
        if not keys:  # the pane's own width, zoomed only to see all rows
            await pilot.press("z")
            await rest(pilot)
            for row in pane_of(app).list.rows:
                lines[Path(row.key).name] = "".join(span.text for span in row.spans)
    expected = [STATES] + ([WIDER] if size[0] >= 120 else []) + ([WIDEST] if keys else [])
    for words_of in expected:
        for name, words in words_of.items():
            for word in words.split():
                if size[0] < 120 or word != "changed":
                    assert word.replace("-", " ") in lines[name], (name, word, lines[name])
    assert len({len(line) for line in lines.values()}) == 1  # columns stand under each other


async def test_hostile_names_in_rows_groups_and_filters() -> None:
    hostile = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \u202e \ud800 q"
    bad = Repository(SRC / hostile, hostile, branch=hostile, head="1" * 40, detached=True, ahead=1)
    lane = replace(bad, path=SRC / "lane", kind="linked", parent=bad.path, stashes=1, unstaged=2)
    engine = FakeEngine(Fleet((bad, lane), roots=(SRC / hostile,)), sample_agenda(), sample_backlog())
    app = make_app(engine, groups=(Group(hostile, ("*",)),), view=View(filter_text=f'"{hostile}"'))
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        for key in ("escape", "s", "s", "space", "S", "slash", *"[/] \x1b is:[/", "enter", "escape", "left"):
            await pilot.press(key)
            await rest(pilot)
            shown = text_of(app)
            assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in shown)
            assert not {"\u202e", "\ud800"} & set(shown)
            assert app.is_running


def many(number: int) -> tuple[Repository, ...]:
    last = Commit("ab12" * 10, "Ana Sousa", NOW - timedelta(days=2), "Cap usage by plan")
    return tuple(
        Repository(SRC / f"r{place:03}", f"r{place:03}", branch="main", head="1" * 40, last_commit=last)
        for place in range(number)
    )


async def test_only_rows_that_differ_are_made_anew() -> None:
    repos = many(500)
    engine = FakeEngine(Fleet(repos, complete=False), sample_agenda(), sample_backlog())
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await ready(pilot, app)
        pane, maker = pane_of(app), pane_of(app).maker
        pane.refresh_rows()  # once more beside the scroll bar, which takes a cell
        assert len(pane.list.rows) == 500
        before: dict[str, Row] = {row.key: row for row in pane.list.rows}

        def made_by(act: object = None) -> int:
            made = maker.made
            if callable(act):
                act()
            return maker.made - made

        def snapshot() -> None:
            pane.fleet = Fleet(changed, complete=False)

        changed = (*repos[:7], replace(repos[7], unstaged=1), replace(repos[8], ahead=1), *repos[9:])
        assert made_by(snapshot) == 2
        after = {row.key: row for row in pane.list.rows}
        assert {Path(key).name for key in before if after[key] is not before[key]} == {"r007", "r008"}
        assert made_by(lambda: setattr(pane, "fleet", Fleet(changed))) == 0
        for act, most in (
            (lambda: setattr(pane, "now", NOW + timedelta(minutes=1)), 0),  # ages of days stay as they are
            (lambda: setattr(pane, "filter_text", "r00"), 0),
            (lambda: setattr(pane, "filter_text", ""), 0),
            (pane.action_sort, 0),
            (lambda: setattr(pane, "now", NOW + timedelta(days=1)), 500),
        ):
            assert made_by(act) == most
        await pilot.pause()


def test_words_for_little_room() -> None:
    repo = replace(every_state()[0], detached=True, branch=None)
    assert [format_branch(repo, width) for width in (17, 16, 8, 3)] == [
        "detached 1a2b3c4d", "(1a2b3c4d)", "(1a2b3c)", "(1a2b)",
    ]  # fmt: skip
    lane = replace(repo, kind="linked", unstaged=3)
    assert [format_state(repo, width, (lane,)) for width in (24, 12)] == ["3 changed in lanes", "lanes +3"]
    assert format_state(repo, 24, (replace(lane, unstaged=0, ahead=2),)) == "2 to push in lanes"
    assert format_state(repo, 10, (replace(lane, operation="rebase"),)) == "conflict"
    assert format_state(repo, 24, (replace(lane, kind="submodule"),)) == "3 changed in modules"
    far = replace(repo, ahead=1204, behind=33)
    assert [format_counts(far, width) for width in (9, 8, 6)] == ["↑1204 ↓33", "↑1204↓33", "↑1k↓33"]
    people = tuple(Moved(Commit("1" * 40, f"P{n} X", NOW, "s"), "main", by_me=False) for n in range(5))
    assert format_moved(replace(repo, moved=people)) == "P0 +1, P1 +1, P2 +1"
