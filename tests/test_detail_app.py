"""The detail of a repository on screen: at once with what is known, filled in, followed, and acted on."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace
from textual.timer import Timer

from tests.fakes import NOW, make_app, sample_engine, sample_fleet
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.app import MakerhourApp
from tui.domain.detail import Branch, ChangedFile, NameChange, RepositoryDetail, Stash
from tui.domain.repos import Commit, Moved, Repository
from tui.screens.detail import DetailScreen
from tui.screens.opened import Opened
from widgets.formats import fit_path
from widgets.repo_detail import OpenRepository

SRC = Path("/home/kim/src")
LEDGER, VOICEBOX, BILLING = SRC / "ledger-api", SRC / "voicebox", SRC / "billing"
HOSTILE = "[/] [@click=app.quit]x[/] \x1b]52;c;aGk=\x07 \x9b31m \u202e \ud800 q [\nsecond"
WIDE, NARROW = (200, 60), (80, 24)


def made(path: Path, **facts: object) -> RepositoryDetail:
    """A detail with something in every part."""
    last = Commit("ab12" * 10, "Ana Sousa", NOW - timedelta(hours=2), "Cap usage by plan")
    whole = RepositoryDetail(
        path,
        branches=(
            Branch("main", current=True, upstream="origin/main", ahead=0, behind=6, last=last),
            Branch("feat/old", upstream="origin/feat/old", gone=True, last=last),
            Branch("feat/far", upstream="origin/main", uncounted=True, last=None),
            Branch("origin/main", remote=True, last=last),
        ),
        more_branches=1150,
        files=(
            ChangedFile("src/posting.py", "UU"),
            ChangedFile("src/router.py", " M"),
            ChangedFile("new name", "R ", "old name"),
            ChangedFile("loose.txt", "??"),
            ChangedFile("many/", "??"),
        ),
        more_files=3,
        stashes=(Stash("On main: half an idea", NOW - timedelta(days=3)),),
        areas=(("ab12" * 10, ("billing/caps", ".")),),
        marked_at=NOW - timedelta(hours=1),
        names=(NameChange("tag", "v1.2", "new"), NameChange("remote branch", "origin/gone", "gone")),
        names_known=True,
        taken_at=NOW,
    )
    return replace(whole, **facts)


def line_with(app: MakerhourApp, text: str) -> str:
    return next((line for line in text_of(app).splitlines() if text in line), "")


async def test_it_opens_at_once_with_what_the_row_knows_and_fills_in() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("enter")
        await wait_for(pilot, lambda: isinstance(app.screen, DetailScreen))
        await wait_for(pilot, lambda: "1 file in conflict" in text_of(app))
        for said in ("merge under way", "git merge --continue", "git merge --abort", "branches: reading …"):
            assert said in text_of(app)
        assert "changed files: reading …" in text_of(app)
        height = app.screen.query_one(".dialog").size.height
        await wait_for(pilot, lambda: engine.opened == [LEDGER])
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        await wait_for(pilot, lambda: "src/router.py" in text_of(app))
        for said in (
            "nothing moved since it was marked seen, 09:12",
            "new tag",
            "v1.2",
            "gone remote branch",
            "and 1,150 more, touched before these",
            "old name → new name",
            "in conflict: both changed",
            "and 3 more",
        ):
            assert said in text_of(app), said
        assert "reading …" not in text_of(app)
        assert app.screen.query_one(".dialog").size.height == height, "it does not jump"
        assert "↓6" in line_with(app, " * main")
        assert "gone" in line_with(app, "feat/old")
        assert "…" in line_with(app, "feat/far")
        await pilot.press("escape")
        await wait_for(pilot, lambda: app.screen is app.dashboard)


async def test_what_moved_stands_by_branch_with_who_and_where() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        app.dashboard.repos.list.select(str(BILLING))
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.opened == [BILLING])
        assert "moved lately (m marks it seen)" in text_of(app)
        engine.post(messages.RepositoryOpened(made(BILLING)))
        await wait_for(pilot, lambda: "origin/main  in billing/caps, the top folder" in text_of(app))
        assert "moved since it was marked seen, 09:12 (m marks it seen)" in text_of(app)
        assert "Ana Sousa" in line_with(app, "    2h ")
        engine.post(messages.RepositoryOpened(made(BILLING, marked_at=None, names=(), names_known=False)))
        await wait_for(pilot, lambda: "moved in the last 7 days" in text_of(app))
        engine.post(messages.RepositoryOpened(made(BILLING, names=(), names_known=False)))
        await wait_for(pilot, lambda: "are told from the next mark on (m)" in text_of(app))
        await pilot.press("m")
        await wait_for(pilot, lambda: engine.seen == [(BILLING,)])


async def test_beside_it_follows_the_cursor_and_asks_once_it_rests() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: engine.opened == [LEDGER])
        await pilot.press("j", "j", "j", "k")
        rested = app.dashboard.repos.selected
        assert rested is not None
        await wait_for(pilot, lambda: len(engine.opened) == 2)
        assert engine.opened[1] == rested.path, "those passed over are not asked for"
        engine.post(messages.RepositoryOpened(made(LEDGER, stashes=(Stash("too late", NOW),))))
        engine.post(messages.RepositoryOpened(made(rested.path)))
        await wait_for(pilot, lambda: "src/posting.py" in text_of(app))
        assert "too late" not in text_of(app)
        await pilot.press("2")
        await wait_for(pilot, lambda: app.dashboard.opened.repository is None)
        await pilot.press("1")
        await wait_for(pilot, lambda: "src/posting.py" in text_of(app))
        await wait_for(pilot, lambda: engine.opened[2:] == [rested.path])


async def test_it_follows_where_it_gets_its_place_beside_them() -> None:
    app = make_app(sample_engine())
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "ledger-api" in text_of(app))
        await pilot.press("j")
        await pilot.resize_terminal(200, 60)
        await wait_for(pilot, lambda: "4 broken" in text_of(app))
        await pilot.press("z", "j")
        await wait_for(pilot, lambda: "4 broken" not in text_of(app))
        await pilot.press("z")
        await wait_for(pilot, lambda: "4 voicebox" in text_of(app))
        assert "all about the row" not in text_of(app)


async def test_it_is_read_again_when_its_row_changed_and_only_then() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: engine.opened == [LEDGER])
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        await wait_for(pilot, lambda: "src/posting.py" in text_of(app))
        row = next(repo for repo in engine.fleet.repositories if repo.path == LEDGER)
        others = tuple(repo for repo in engine.fleet.repositories if repo.path != LEDGER)

        def refreshed(repo: Repository) -> None:
            engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=(repo, *others))))

        refreshed(replace(row, pending=True))
        await pilot.pause(0.4)
        assert engine.opened == [LEDGER]
        refreshed(replace(row, staged=4))
        await wait_for(pilot, lambda: engine.opened == [LEDGER] * 2)
        assert "src/posting.py" in text_of(app), "what is known stays meanwhile"
        refreshed(replace(row, staged=5))
        await pilot.pause(0.4)
        assert engine.opened == [LEDGER] * 2, "one at a time"
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        await wait_for(pilot, lambda: engine.opened == [LEDGER] * 3)
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        await pilot.press("r")
        await wait_for(pilot, lambda: engine.opened == [LEDGER] * 4)


async def test_the_same_answer_paints_nothing() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: engine.opened == [LEDGER])
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        await wait_for(pilot, lambda: "src/posting.py" in text_of(app))
        shown = app.dashboard.detail.build
        rows = app.dashboard.detail.list.rows
        engine.post(messages.RepositoryOpened(made(LEDGER, taken_at=NOW + timedelta(minutes=1))))
        engine.post(messages.ReposRefreshed(sample_fleet()))
        await rest(pilot)
        assert app.dashboard.detail.build == shown
        assert app.dashboard.detail.list.rows is rows, "nothing was built anew"


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_enter_on_a_file_shows_what_changed(size: tuple[int, int]) -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=size, notifications=True) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.opened != [])
        engine.post(messages.RepositoryOpened(made(LEDGER)))
        shown = app.dashboard.detail.list if size == WIDE else app.screen.query_one("RowList")
        select: Callable[[str], bool] = shown.select  # type: ignore[attr-defined]
        await wait_for(pilot, lambda: select("file:src/router.py"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 1)
        assert engine.launched[0] == ("diff", LEDGER, {"file": "src/router.py"})
        assert engine.refreshed == [(LEDGER,)]
        assert select("file:loose.txt"), "it is still open"
        await pilot.press("enter")
        await wait_for(pilot, lambda: len(engine.launched) == 2)
        assert engine.launched[1] == ("editor", LEDGER, {"file": "loose.txt"})
        assert select("file:many/")
        await pilot.press("enter")
        await wait_for(pilot, lambda: "`many/` is new" in text_of(app))
        assert len(engine.launched) == 2


async def test_keys_of_the_pane_work_beside_it_too() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("enter")
        await wait_for(pilot, lambda: app.dashboard.detail.list.has_focus)
        await pilot.press("j")
        assert app.dashboard.detail.list.has_focus
        await pilot.press("L")
        await wait_for(pilot, lambda: [kind for kind, *_ in engine.launched] == ["git-client"])
        assert engine.launched[0][1] == LEDGER
        assert app.dashboard.repos.list.has_focus
        await pilot.press("enter", "slash")
        await wait_for(pilot, lambda: app.dashboard.repos.has_class("-filtering"))


async def test_problems_are_sentences_and_nothing_is_said_twice() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        app.dashboard.repos.list.select(str(SRC / "broken"))
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.opened == [SRC / "broken"])
        error = "HEAD is damaged; look at it with git fsck"
        engine.post(messages.RepositoryOpened(RepositoryDetail(SRC / "broken", (error, "stashes: no answer"))))
        await wait_for(pilot, lambda: "× stashes: no answer" in text_of(app))
        assert f"× {error}" not in text_of(app)


async def test_lanes_stand_in_the_detail_of_their_parent() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40)) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        app.dashboard.repos.list.select(str(VOICEBOX))
        await pilot.press("enter")
        await wait_for(pilot, lambda: "lanes and submodules 1" in text_of(app))
        assert "proto/inbox" in text_of(app)


async def test_a_row_that_was_never_read_is_not_opened_before_it_was() -> None:
    engine = sample_engine()
    waiting = tuple(Repository(repo.path, repo.name, pending=True) for repo in engine.fleet.repositories)
    whole, engine.fleet = engine.fleet, replace(engine.fleet, repositories=waiting)
    app = make_app(engine)
    async with app.run_test(size=WIDE) as pilot:
        await wait_for(pilot, lambda: "waiting for git" in text_of(app))
        await pilot.pause(0.4)
        assert engine.opened == []
        engine.post(messages.ReposRefreshed(whole))
        await wait_for(pilot, lambda: engine.opened == [LEDGER])


@pytest.mark.parametrize("size", [NARROW, (120, 40), WIDE])
async def test_hostile_text_is_shown_safely(size: tuple[int, int]) -> None:
    engine = sample_engine()
    last = Commit("2" * 40, HOSTILE, NOW, HOSTILE)
    row = Repository(
        Path(f"/x/{HOSTILE}"),
        HOSTILE,
        branch=HOSTILE,
        head="1" * 40,
        conflicted=1,
        moved=(Moved(last, HOSTILE, False),),
    )
    engine.fleet = replace(engine.fleet, repositories=(row, replace(row, path=Path("/y"), parent=row.path)))
    app = make_app(engine)
    async with app.run_test(size=size) as pilot:
        await wait_for(pilot, lambda: app.backlog is not None)
        await pilot.press("enter")
        await wait_for(pilot, lambda: engine.opened != [])
        found = RepositoryDetail(
            row.path,
            problems=(HOSTILE,),
            branches=(Branch(HOSTILE, upstream=HOSTILE, current=True, last=last), Branch(HOSTILE, remote=True)),
            files=(ChangedFile(HOSTILE, "UU"), ChangedFile(HOSTILE + "2", "R ", HOSTILE)),
            stashes=(Stash(HOSTILE, NOW),),
            areas=(("2" * 40, (HOSTILE,)),),
            marked_at=NOW,
            names=(NameChange("tag", HOSTILE, "gone"),),
            names_known=True,
        )
        engine.post(messages.RepositoryOpened(found))
        await wait_for(pilot, lambda: app.dashboard.opened.detail is not None)
        for key in ("G", "k", "pageup", "g"):
            await pilot.press(key)
            await pilot.pause()
            shown = text_of(app)
            assert not {"\x1b", "\x9b", "\x07", "\u202e", "\ud800"} & set(shown)
        assert app.is_running
        width = app.size.width
        assert all(len(line) <= width for line in text_of(app).splitlines())


@pytest.mark.parametrize("width", [40, 67, 96, 110, 198])
def test_every_row_fits_its_width(width: int) -> None:
    from rich.cells import cell_len

    from tui.domain.text import safe_text

    fleet = sample_fleet()
    for repo in fleet.repositories:
        lanes = tuple(other for other in fleet.repositories if other.parent == repo.path)
        for found in (None, made(repo.path), RepositoryDetail(repo.path, ("what: is wrong",) * 3)):
            rows = OpenRepository(repo, ("x" * 300,), lanes, found, NOW, None).rows(width)
            assert len({row.key for row in rows}) == len(rows), "keys tell rows apart"
            for row in rows:
                assert sum(cell_len(safe_text(span.text)) for span in row.spans) <= width, row


def test_how_a_slow_one_is_read_is_said() -> None:
    repo = Repository(Path("/src/slow"), "slow", head="1" * 40, notes=("git status is slow here: less is asked",))
    rows = OpenRepository(repo, (), (), None, NOW, None).rows(80)
    assert "less is asked" in "".join(span.text for row in rows for span in row.spans)


def test_why_one_cannot_be_read_is_said_once() -> None:
    repo = Repository(Path("/src/broken"), "broken", error="HEAD is damaged; look at it with git fsck")
    rows = OpenRepository(repo, ("broken: HEAD is damaged; look at it with git fsck",), (), None, NOW, None).rows(100)
    said = "\n".join("".join(span.text for span in row.spans) for row in rows)
    assert said.count("HEAD is damaged") == 1
    assert "branch " not in said


def test_paths_give_way_in_their_middle() -> None:
    assert fit_path("src/router.py", 20) == "src/router.py"
    cut = fit_path("a/very/long/way/down/to/the/router.py", 20)
    assert cut.endswith("e/router.py")
    assert "…" in cut
    assert len(cut) <= 20
    assert [fit_path("abc", width) for width in (0, 1)] == ["", "…"]


class Clock:
    """Stands in for the screen's timers: what was to be called later is called when told."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], None]] = []

    def later(self, seconds: float, act: Callable[[], None]) -> Timer:
        assert 0 < seconds < 1
        self.waiting.append(act)
        clock = self

        class Stopped:
            def stop(self) -> None:
                clock.waiting.remove(act)

        return Stopped()  # type: ignore[return-value]

    def ring(self) -> None:
        waiting, self.waiting = self.waiting, []
        for act in waiting:
            act()


class TestOpened:
    def test_a_burst_of_rows_is_one_reading(self) -> None:
        clock, asked = Clock(), list[Path]()
        opened = Opened(asked.append, clock.later)
        for number in range(20):
            opened.show(Repository(BILLING, "billing", head="1" * 40, staged=number))
        assert len(clock.waiting) == 1
        clock.ring()
        assert asked == [BILLING]
        opened.show(Repository(BILLING, "billing", head="1" * 40, staged=19))
        assert clock.waiting == []

    def test_leaving_forgets_what_was_to_be_asked(self) -> None:
        clock, asked = Clock(), list[Path]()
        opened = Opened(asked.append, clock.later)
        opened.show(Repository(BILLING, "billing", head="1" * 40))
        opened.show(None)
        clock.ring()
        opened.again()
        clock.ring()
        assert asked == []

    def test_opening_does_not_wait_for_rest(self) -> None:
        clock, asked = Clock(), list[Path]()
        opened = Opened(asked.append, clock.later)
        row = Repository(BILLING, "billing", head="1" * 40)
        opened.show(row)
        opened.show(row, at_once=True)
        assert (asked, clock.waiting) == ([BILLING], [])

    def test_few_details_are_kept(self) -> None:
        clock, asked = Clock(), list[Path]()
        opened = Opened(asked.append, clock.later)
        for number in range(40):
            path = SRC / str(number)
            opened.show(Repository(path, "x", head="1" * 40))
            assert opened.receive(made(path))
        kept = {}
        for number in (0, 39):
            opened.show(Repository(SRC / str(number), "x", head="1" * 40))
            kept[number] = opened.detail
        assert kept == {0: None, 39: made(SRC / "39")}
        assert not opened.receive(made(SRC / "39"))
        assert not opened.receive(made(BILLING))

    def test_files_by_their_rows(self) -> None:
        opened = Opened(lambda path: None, Clock().later)
        assert opened.file("file:src/router.py") is None
        opened.show(Repository(BILLING, "x", head="1" * 40))
        opened.receive(made(BILLING))
        assert opened.file("file:src/router.py") == ChangedFile("src/router.py", " M")
        assert opened.file("branch:main:False") is None
        assert opened.file("file:gone") is None
