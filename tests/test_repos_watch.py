"""Changes on disk reach whoever watches: for the right repositories, soon, and none that say nothing."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tui.sources.git.gitdir import locate
from tui.sources.git.watch import Watch
from tui.sources.git.watch_plan import Owners, Plan, network_mounts, plan_watch, watch_limit, watchable


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class Listener:
    """A watch and what it reported."""

    def __init__(self, *paths: Path, limit: int | None = None) -> None:
        self.heard: list[set[Path]] = []
        self.ready = threading.Event()
        self.watch = Watch(paths, self.heard.append, ready=self.ready.set, limit=limit)
        self.watch.start()
        assert self.ready.wait(60)

    def next(self, *, after: Callable[[], object]) -> set[Path]:
        """Everything reported from what `after` does, until it is quiet."""
        self.heard.clear()
        after()
        assert until(lambda: bool(self.heard)), "nothing was reported"
        self.settle()
        return set().union(*self.heard)

    def settle(self) -> None:
        """Wait until nothing has been reported for long enough that nothing more comes of what was done so far."""
        seen, since = len(self.heard), time.monotonic()
        while time.monotonic() - since < (1.0 if len(self.watch.paths) > 1 else 0.3):
            time.sleep(0.05)
            if seen != len(self.heard):
                seen, since = len(self.heard), time.monotonic()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def listen_to(*paths: Path, limit: int | None = None) -> Listener:
        opened.append(Listener(*paths, limit=limit))
        return opened[-1]

    yield listen_to
    for one in opened:
        one.watch.stop()


def test_edits_and_git_operations_name_their_repository(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    a, b = (fleet.make(tmp_path / name) for name in "ab")
    (a / "deep" / "er").mkdir(parents=True)
    heard = listen(a, b)
    assert heard.watch.problem is None
    assert heard.watch.paths == {a, b}
    assert heard.next(after=lambda: (a / "deep" / "er" / "x").write_text("x")) == {a}
    assert heard.next(after=lambda: git(b, "commit", "-q", "--allow-empty", "-m", "x")) == {b}
    assert heard.next(after=lambda: git(a, "stash", "-q", "-u")) == {a}
    assert heard.next(after=lambda: git(b, "branch", "some/where/new")) == {b}
    assert heard.next(after=lambda: (b / "Cargo.lock").write_text("x")) == {b}


def test_an_edit_is_reported_within_half_a_second_of_being_noticed(
    tmp_path: Path, listen: Callable[..., Listener]
) -> None:
    path = fleet.make(tmp_path / "repo")
    heard = listen(path)
    waits: list[float] = []
    while len(waits) < 8 and not any(wait < 0.5 for wait in waits):
        heard.settle()
        heard.heard.clear()
        began = time.monotonic()
        (path / f"new-{len(waits)}").write_text("x")
        assert until(lambda: bool(heard.heard))
        waits.append(time.monotonic() - began)
    assert min(waits) < 0.5, waits


def test_new_folders_are_watched_wherever_they_come(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / "plain").mkdir()
    (path / "web" / "node_modules").mkdir(parents=True)
    heard = listen(path)
    for place in ("new/one", "plain/new/one", "web/new/one"):
        folder = path / place
        assert heard.next(after=lambda folder=folder: folder.mkdir(parents=True)) == {path}  # type: ignore[misc]
        assert heard.next(after=lambda folder=folder: (folder / "x").write_text("x")) == {path}  # type: ignore[misc]


def test_what_says_nothing_is_not_reported(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / "node_modules" / "x").mkdir(parents=True)
    heard = listen(path)

    def noise() -> None:
        (path / "node_modules" / "x" / "y").write_text("x")
        (path / ".git" / "index.lock").write_text("")
        (path / ".git" / "index.lock").unlink()
        (path / ".git" / "FETCH_HEAD").write_text("")
        git(path, "hash-object", "-w", "--stdin")
        git(path, "status", GIT_OPTIONAL_LOCKS="0")

    noise()
    end = fleet.make(tmp_path / "unwatched")
    commit(end, "x")
    heard.settle()
    assert heard.heard == []
    assert heard.next(after=lambda: (path / "end").write_text("x")) == {path}


def test_linked_work_trees_hear_of_shared_refs(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    heard = listen(main, lane, elsewhere)
    assert heard.next(after=lambda: (lane / "x").write_text("x")) == {lane}
    assert heard.next(after=lambda: git(lane, "add", "x")) == {lane}
    assert heard.next(after=lambda: git(main, "branch", "new")) == {main, lane, elsewhere}


def test_a_submodules_commit_concerns_its_superproject(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    outer, inner = fleet.with_submodule(tmp_path / "outer")
    heard = listen(outer, inner)
    assert heard.next(after=lambda: git(inner, "commit", "-q", "--allow-empty", "-m", "x")) == {outer, inner}
    assert heard.next(after=lambda: (inner / "x").write_text("x")) == {inner}


def test_too_many_folders_are_a_sentence(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    for number in range(30):
        (path / str(number)).mkdir()
    heard = listen(path, limit=20)
    assert heard.watch.since is None
    assert "more than 20 folders" in (heard.watch.problem or "")
    assert "max_user_watches" in (heard.watch.problem or "")


def test_stopping_is_immediate_and_final(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    heard = listen(path)
    began = time.monotonic()
    heard.watch.stop()
    assert time.monotonic() - began < 10
    (path / "x").write_text("x")
    assert until(
        lambda: not [one for one in threading.enumerate() if one.name == "repository-watch" and one.is_alive()]
    )
    assert heard.heard == []


def test_repositories_that_are_gone_are_left_out(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    heard = listen(path, tmp_path / "gone")
    assert heard.watch.paths == {path}
    assert heard.next(after=lambda: (path / "x").write_text("x")) == {path}


class TestPlan:
    def plan(self, path: Path, limit: int = 1000) -> tuple[set[str], set[str]]:
        plan = plan_watch([locate(path)], limit)
        assert plan is not None
        assert plan.count <= limit
        top = f"{path}/"
        return (
            {folder.removeprefix(top) for folder in plan.open},
            {folder.removeprefix(top) for folder in plan.whole},
        )

    def test_only_folders_with_something_left_out_are_split(self, tmp_path: Path) -> None:
        path = fleet.make(tmp_path / "repo")
        for name in ("src/a", "web/node_modules/x", "web/app/b", "docs"):
            (path / name).mkdir(parents=True)
        open_ones, whole = self.plan(path)
        assert open_ones == {str(path), "web", ".git", ".git/info", *self.logs(path)}
        assert whole == {"src", "web/app", "docs", ".git/refs"}

    def test_links_to_folders_are_left_out(self, tmp_path: Path) -> None:
        path = fleet.looping(tmp_path / "repo")
        open_ones, whole = self.plan(path)
        assert "inside" in open_ones
        assert whole == {".git/refs"}

    def test_a_linked_work_tree_brings_its_git_folders(self, tmp_path: Path) -> None:
        main, lane, _ = fleet.with_lanes(tmp_path / "fleet" / "main")
        plan = plan_watch([locate(lane)], 1000)
        assert plan is not None
        assert {str(main / ".git"), str(main / ".git" / "worktrees" / "main-lane")} <= set(plan.open)
        assert str(lane) in plan.whole

    def test_the_limit_is_the_systems_half(self) -> None:
        file = Path("/proc/sys/fs/inotify/max_user_watches")
        if file.exists():
            assert watch_limit() == int(file.read_text()) // 2

    def test_a_walk_ends_at_the_limit(self, tmp_path: Path) -> None:
        for number in range(50):
            (tmp_path / str(number)).mkdir()
        assert not Plan(10).add_tree(str(tmp_path))

    def logs(self, path: Path) -> set[str]:
        return {".git/logs/refs"} if (path / ".git" / "logs" / "refs").is_dir() else set()


class TestOwners:
    def test_the_nearest_repository_owns_a_file(self, tmp_path: Path) -> None:
        outer = fleet.make(tmp_path / "outer", commits=0)
        inner = fleet.make(outer / "inner", commits=0)
        owners = Owners([locate(outer), locate(inner)])
        for name, owner in (
            ("x", outer),
            ("inner/x", inner),
            ("inner/.git/HEAD", inner),
            (".git/index", outer),
        ):
            assert owners.of(f"{outer}/{name}") == {owner}
        for name in (".git/index.lock", ".git/objects/ab/cd", "node_modules/x/y", "a/.venv/b", ".git/gc.pid"):
            assert owners.of(f"{outer}/{name}") == frozenset()
        assert owners.of(f"{tmp_path}/elsewhere") == owners.of("/") == owners.of("") == frozenset()

    def test_drives_of_other_machines_are_not_watched(self, tmp_path: Path) -> None:
        path = fleet.make(tmp_path / "repo", commits=0)
        assert [layout.path for layout in watchable([path, tmp_path / "gone"])] == [path]
        assert all(isinstance(mount, Path) for mount in network_mounts())
        assert os.sep not in map(str, network_mounts())
