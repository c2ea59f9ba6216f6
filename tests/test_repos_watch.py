"""Changes on disk reach whoever watches: for the right repositories, soon, and none that say nothing."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tui.sources.git.gitdir import locate
from tui.sources.git.inotify import OVERFLOW
from tui.sources.git.tree_watch import TreeWatch
from tui.sources.git.watch import MOST_FOLDERS, Watch
from tui.sources.git.watch_plan import (
    Owners,
    git_folders,
    network_mounts,
    parse_ignored,
    tree_folders,
    watch_limit,
    watchable,
)


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


class Listener:
    """A watch and what it reported."""

    def __init__(self, *paths: Path, limit: int | None = None, most: int = MOST_FOLDERS) -> None:
        self.heard: list[set[Path]] = []
        self.ready = threading.Event()
        self.watch = Watch(self.heard.append, self.ready.set, limit=limit, most=most)
        self.cover(*paths)

    def cover(self, *paths: Path) -> None:
        self.ready.clear()
        self.watch.cover(paths)
        assert self.ready.wait(60)

    @property
    def watched(self) -> set[Path]:
        return {path for path in self.watch._wanted if self.watch.since(path) is not None}

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
        while time.monotonic() - since < 0.15:
            time.sleep(0.01)
            if seen != len(self.heard) or self.watch._notices.wait() is not None:
                seen, since = len(self.heard), time.monotonic()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    opened: list[Listener] = []

    def listen_to(*paths: Path, limit: int | None = None, most: int = MOST_FOLDERS) -> Listener:
        opened.append(Listener(*paths, limit=limit, most=most))
        return opened[-1]

    yield listen_to
    for one in opened:
        one.watch.stop()


def test_edits_and_git_operations_name_their_repository(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    a, b = (fleet.make(tmp_path / name) for name in "ab")
    (a / "deep" / "er").mkdir(parents=True)
    heard = listen(a, b)
    assert heard.watch.problem is None
    assert heard.watched == {a, b}
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


def with_folders(path: Path, number: int) -> Path:
    for name in range(number):
        (path / f"folder-{name}").mkdir()
    return path


def test_one_with_too_many_folders_costs_only_itself_its_watch(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    small, large, other = (fleet.make(tmp_path / name) for name in ("a", "large", "z"))
    with_folders(large, 30)
    heard = listen(small, large, other, most=20)
    assert heard.watched == {small, other}
    assert (heard.watch.problem or "").startswith("`large` has more than 20 folders: looked at every few seconds")
    assert heard.watch.folders < 40
    assert heard.next(after=lambda: git(large, "commit", "-q", "--allow-empty", "-m", "x")) == {large}
    assert heard.next(after=lambda: (other / "x").write_text("x")) == {other}
    heard.ready.clear()
    (large / ".gitignore").write_text("".join(f"folder-{number}/\n" for number in range(30)))
    assert until(lambda: heard.watch.problem is None)
    assert until(lambda: heard.watched == {small, large, other})


def test_growing_too_large_ends_the_watch_of_that_one(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path, other = fleet.make(tmp_path / "grows"), fleet.make(tmp_path / "other")
    heard = listen(path, other, most=30)
    assert heard.watched == {path, other}
    with_folders(path, 40)
    assert until(lambda: heard.watch.since(path) is None)
    assert until(lambda: "`grows`" in (heard.watch.problem or ""))
    assert heard.watched == {other}


def test_no_room_for_all_leaves_some_watched(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    paths = [with_folders(fleet.make(tmp_path / name), 10) for name in "abc"]
    heard = listen(*paths, limit=40)
    assert heard.watched < set(paths)
    assert heard.watched
    assert heard.watch.folders <= 40
    assert "of 3 repositories are looked at every few seconds" in (heard.watch.problem or "")
    assert "max_user_watches" in (heard.watch.problem or "")


REFUSED = """
import sys, threading
from pathlib import Path
from tui.sources.git.watch import Watch
limit = Path("/proc/sys/user/max_inotify_watches")
limit.write_text("40")
paths = [Path(path) for path in sys.argv[1:]]
ready = threading.Event()
watch = Watch(lambda found: print("changed", *(path.name for path in found), flush=True), ready.set)
watch.cover(paths)
assert ready.wait(30)
print(sum(watch.since(path) is not None for path in paths), watch.problem, flush=True)
watched = next(path for path in paths if watch.since(path))
(watched / "new").write_text("x")
sys.stdin.read()
"""


def test_the_systems_limit_reached_while_setting_up(tmp_path: Path) -> None:
    try:
        probe = ["unshare", "-Ur", "sh", "-c", "echo 40 > /proc/sys/user/max_inotify_watches"]
        subprocess.run(probe, check=True, capture_output=True, timeout=30)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no user namespaces here")
    paths = [str(with_folders(fleet.make(tmp_path / name), 10)) for name in "abc"]
    command = ["unshare", "-Ur", sys.executable, "-c", REFUSED, *paths]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = process.stdout.readline()
        assert said[0] in "12"
        assert "of 3 repositories are looked at every few seconds" in said
        assert process.stdout.readline().startswith("changed ")


def test_covering_others_gives_everything_back(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    paths = [fleet.make(tmp_path / str(number), commits=0) for number in range(6)]
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    heard = listen(*paths, main, lane, elsewhere)
    first, threads, queues = heard.watch.folders, threading.active_count(), inotify_queues()
    for number in range(50):
        heard.cover(*paths[: number % 6 + 1], *(main, lane)[: number % 3])
    heard.cover(*paths, main, lane, elsewhere)
    assert until(lambda: heard.watch.folders == first)
    assert until(lambda: watches_of_this_process() == watches_in(heard.watch))
    assert (threading.active_count(), inotify_queues()) == (threads, queues)
    assert heard.watched == {*paths, main, lane, elsewhere}
    assert heard.next(after=lambda: git(main, "branch", "new")) == {main, lane, elsewhere}
    heard.watch.stop()
    assert until(lambda: inotify_queues() == queues - 1)


def inotify_queues() -> int:
    return sum("inotify" in _target(entry) for entry in Path("/proc/self/fd").iterdir())


def watches_of_this_process() -> list[int]:
    """How many folders each of the queues of this process watches."""
    infos = [Path("/proc/self/fdinfo", entry.name) for entry in Path("/proc/self/fd").iterdir()]
    return sorted(text.count("inotify wd") for info in infos if "inotify wd" in (text := _text(info)))


def watches_in(watch: Watch) -> list[int]:
    return [watch.folders]


def _target(entry: Path) -> str:
    try:
        return os.readlink(entry)  # noqa: PTH115
    except OSError:
        return ""


def _text(info: Path) -> str:
    try:
        return info.read_text()
    except OSError:
        return ""


def test_storms_in_ignored_folders_wake_nobody(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".gitignore").write_text("/target/\nbuild\n*.log\n")
    for name in ("target/deep", "web/build", "web/node_modules/x"):
        (path / name).mkdir(parents=True)
    heard = listen(path)
    before = heard.watch.folders
    for name in ("target/deep", "web/build", "web/node_modules/x"):
        for number in range(200):
            (path / name / str(number)).mkdir()
            (path / name / str(number) / "x").write_text("x")
    assert heard.next(after=lambda: (path / "end").write_text("x")) == {path}
    assert len(heard.heard) == 1
    assert heard.watch.folders == before


def test_a_tracked_folder_is_watched_though_it_is_ignored(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".gitignore").write_text("build/\n")
    for name in ("build", ".claude"):
        (path / name).mkdir()
        (path / name / "x").write_text("x")
    git(path, "add", "-f", ".")
    git(path, "commit", "-q", "-m", "x")
    heard = listen(path)
    for name in ("build", ".claude"):
        assert heard.next(after=lambda name=name: (path / name / "x").write_text("y")) == {path}  # type: ignore[misc]


def test_an_ignore_file_that_changes_changes_what_is_watched(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / ".gitignore").write_text("out/\n")
    (path / "out" / "deep").mkdir(parents=True)
    heard = listen(path)
    before = heard.watch.folders
    (path / ".gitignore").write_text("# nothing\n")
    assert until(lambda: heard.watch.folders == before + 2)
    assert heard.next(after=lambda: (path / "out" / "deep" / "x").write_text("x")) == {path}
    (path / ".gitignore").write_text("out/\n")
    assert until(lambda: heard.watch.folders == before)


def test_a_burst_is_few_reports(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    heard = listen(path)
    began = time.monotonic()
    for number in range(1_000):
        (path / f"loose-{number}").write_text("x")
    assert heard.next(after=lambda: (path / "end").write_text("x")) == {path}
    assert len(heard.heard) <= 2 + (time.monotonic() - began) / 0.4


def test_folders_that_move_are_known_by_their_new_name(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / "a" / "b").mkdir(parents=True)
    heard = listen(path)
    before = heard.watch.folders
    assert heard.next(after=lambda: (path / "a").rename(path / "c")) == {path}
    assert heard.next(after=(path / "c" / "b" / "new").mkdir) == {path}
    assert heard.watch.folders == before + 1
    assert heard.next(after=lambda: (path / "c" / "b" / "new" / "x").write_text("x")) == {path}
    assert heard.next(after=lambda: (path / "c").rename(tmp_path / "away")) == {path}
    assert heard.watch.folders == before - 2


def test_one_that_goes_is_reported_and_may_come_again(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    path, other = fleet.make(tmp_path / "repo"), fleet.make(tmp_path / "other")
    heard = listen(path, other)
    assert path in heard.next(after=lambda: path.rename(tmp_path / "away"))
    assert until(lambda: heard.watch.since(path) is None)
    heard.watch.cover([other])
    fleet.make(path)
    heard.watch.cover([path, other])
    assert until(lambda: heard.watch.since(path) is not None)
    assert heard.next(after=lambda: (path / "x").write_text("x")) == {path}


def test_notices_that_were_lost_count_for_all(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    paths = {fleet.make(tmp_path / name) for name in "ab"}
    heard = listen(*paths)
    with heard.watch._lock:
        (next(iter(paths)) / "unheard").mkdir()
        assert set(heard.watch._take((-1, OVERFLOW, ""))) == paths
    assert until(lambda: heard.watched == paths)


def test_where_the_system_watches_trees(tmp_path: Path) -> None:
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    heard: list[set[Path]] = []
    watch = TreeWatch(heard.append)
    try:
        watch.cover([main, lane, elsewhere])
        assert until(lambda: watch.since(lane) is not None)
        (lane / "x").write_text("x")
        assert until(lambda: {lane} in heard)
        git(main, "branch", "new")
        assert until(lambda: set().union(*heard) == {main, lane, elsewhere})
        watch.cover([main])
        assert until(lambda: watch.since(main) is not None)
        assert watch.since(lane) is None
    finally:
        watch.stop()


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
    assert heard.watched == {path}
    assert heard.next(after=lambda: (path / "x").write_text("x")) == {path}


class TestPlan:
    def plan(self, path: Path) -> set[str]:
        return {os.path.relpath(folder, path) for folder in tree_folders(locate(path))}

    def test_what_cannot_change_the_state_is_left_out(self, tmp_path: Path) -> None:
        path = fleet.make(tmp_path / "repo")
        for name in ("src/a/dist", "web/node_modules/x", "web/app/b", "docs/target", "target", "far/gone"):
            (path / name).mkdir(parents=True)
        (path / ".gitignore").write_text("/target\ndist/\n")
        (path / ".git" / "info").mkdir(exist_ok=True)
        (path / ".git" / "info" / "exclude").write_text("gone\n")
        fleet.make(path / "docs" / "inner", commits=0)
        assert self.plan(path) == {".", "src", "src/a", "web", "web/app", "web/app/b", "docs", "docs/target", "far"}

    def test_links_to_folders_are_left_out(self, tmp_path: Path) -> None:
        path = fleet.looping(tmp_path / "repo")
        assert "inside" in self.plan(path)
        assert all(not (path / folder).is_symlink() for folder in self.plan(path))

    def test_where_the_index_does_not_tell_everything_is_watched(self, tmp_path: Path) -> None:
        path = fleet.make(tmp_path / "repo")
        (path / "venv").mkdir()
        assert "venv" not in self.plan(path)
        git(path, "update-index", "--index-version", "4")
        assert "venv" in self.plan(path)

    def test_a_linked_work_tree_brings_its_git_folders(self, tmp_path: Path) -> None:
        main, lane, _ = fleet.with_lanes(tmp_path / "fleet" / "main")
        folders = set(git_folders(locate(lane)))
        assert {str(main / ".git"), str(main / ".git" / "worktrees" / "main-lane")} <= folders
        assert set(tree_folders(locate(lane))) == {str(lane)}

    @pytest.mark.parametrize(
        ("text", "everywhere", "here"),
        [
            ("dist\n/target/\n **/gen/ \n", {"dist", "gen"}, {"target"}),
            ("# dist\n\n*.log\na/b\nb*/\n", {"up"}, set()),
            ("dist\n!dist/\n", {"up"}, set()),
            ("!up", set(), set()),
            ("dist\n/x\n!*/\n", set(), set()),
        ],
    )
    def test_ignore_files(self, text: str, everywhere: set[str], here: set[str]) -> None:
        inherited = frozenset(("up",))
        expected = everywhere | (inherited if "dist\n/target" in text else set())
        assert parse_ignored(text, inherited) == (frozenset(expected), frozenset(here))

    def test_the_limit_is_the_systems_half(self) -> None:
        file = Path("/proc/sys/fs/inotify/max_user_watches")
        if file.exists():
            assert watch_limit() == int(file.read_text()) // 2


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
