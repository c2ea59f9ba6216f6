"""The fleet as the worker layer meets it: partial answers, hanging repositories, costs, marks, changes, quitting."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import COMMITTED, ME, OTHER, commit, commit_of, git
from tui.config import RepositoriesSettings
from tui.domain.repos import Fleet, Repository
from tui.refresh import Worker
from tui.sources.git.fleet import FleetSource, read_fleet
from tui.sources.git.run import GitError, git_program

NOW = datetime.fromtimestamp(COMMITTED, UTC) + timedelta(days=1)
QUIET = RepositoriesSettings(watch=False)

Open = Callable[..., FleetSource]


@pytest.fixture
def open_fleet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    # Passes that come by themselves after some seconds would be counted where the machine is busy.
    monkeypatch.setattr("tui.sources.git.schedule.HOT_SECONDS", 600.0)
    monkeypatch.setattr("tui.sources.git.schedule.COLD_SECONDS", 600.0)
    # One whose watch keeps reporting is read the more seldom the longer reading takes: on a busy machine, not again.
    monkeypatch.setattr("tui.sources.git.schedule.NOTICE_FACTOR", 1.0)
    opened: list[FleetSource] = []

    def open_one(*roots: Path, settings: RepositoriesSettings = QUIET) -> FleetSource:
        source = FleetSource(settings, roots, (ME,), tmp_path / "state" / "seen.json", lambda: NOW)
        opened.append(source)
        return source

    yield open_one
    for source in opened:
        source.close()


def last(source: FleetSource) -> Fleet:
    snapshots = list(source.read())
    assert [snapshot.complete for snapshot in snapshots[:-1]] == [False] * (len(snapshots) - 1)
    assert snapshots[-1].complete
    return snapshots[-1]


def cost(source: FleetSource) -> int:
    before = source.processes
    last(source)
    return source.processes - before


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def by_name(found: Fleet) -> dict[str, Repository]:
    return {one.name: one for one in found.repositories}


def slow_git(folder: Path, monkeypatch: pytest.MonkeyPatch, which: str) -> Path:
    """A git that hangs in folders whose name holds `which`, with a child of its own; where their numbers go."""
    folder.mkdir()
    pids = folder / "pids"
    program = folder / "git"
    program.write_text(
        f'#!/bin/sh\ncase "$3" in *{which}*) sleep 300 & echo $! $$ >> {pids}; wait;; esac\nexec {git_program()} "$@"\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return pids


def gone(pid: str) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


def test_rows_come_first_and_then_their_answers(tmp_path: Path, open_fleet: Open) -> None:
    for name in "abc":
        fleet.modified(tmp_path / "root" / name)
    source = open_fleet(tmp_path / "root")
    snapshots = list(source.read())
    first, final = snapshots[0], snapshots[-1]
    assert [(one.name, one.pending, one.unstaged) for one in first.repositories] == [(name, True, 0) for name in "abc"]
    assert [(one.name, one.pending, one.unstaged) for one in final.repositories] == [(name, False, 1) for name in "abc"]
    assert (first.complete, final.complete, final.watched, final.problems) == (False, True, False, ())
    assert final.roots == (tmp_path / "root",)
    assert final.taken_at == NOW
    assert list(source.read()) == [final]


def test_the_whole_zoo_in_one_pass(tmp_path: Path) -> None:
    root = tmp_path / "root"
    for name in ("clean", "conflict", "empty", "ahead", "rebasing", "hostile-names"):
        fleet.WORK_TREES[name](root / name)
    fleet.with_lanes(root / "main")
    (root / "broken").mkdir()
    (root / "broken" / ".git").write_text("gitdir: /nowhere\n")
    git(tmp_path, "init", "-q", "--bare", "named.git")
    roots = (root, tmp_path / "named.git", tmp_path / "missing")
    found = read_fleet(RepositoriesSettings(), roots, (ME,), None, lambda: NOW)
    assert found.complete
    rows = by_name(found)
    assert set(rows) >= {"clean", "conflict", "broken", "main", "main-lane", "far", "named.git"}
    assert rows["broken"].error is not None
    assert {name for name, row in rows.items() if row.error} == {"broken"}
    assert (rows["named.git"].kind, rows["main-lane"].parent) == ("bare", root / "main")
    assert len(found.problems) == 1
    assert "missing" in found.problems[0]
    names = {thread.name for thread in threading.enumerate()}
    assert not {name for name in names if name.startswith("repository-")}


def test_processes_a_pass(tmp_path: Path, open_fleet: Open) -> None:
    source_of = fleet.make(tmp_path / "source")
    paths = [fleet.clone(source_of, tmp_path / "root" / name) for name in "abc"]
    source = open_fleet(tmp_path / "root")
    assert cost(source) == 6
    assert cost(source) == 0
    source.request()
    assert cost(source) == 3
    git(paths[0], "checkout", "-q", "--detach")
    assert cost(source) == 1
    commit_of(source_of, OTHER, "theirs")
    git(paths[1], "fetch", "-q")
    assert cost(source) == 2
    source.request([paths[2], tmp_path / "unknown"])
    assert cost(source) == 1


def test_the_first_pass_of_another_start_asks_only_what_may_have_changed(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    paths = [fleet.diverged(root / name) for name in "abc"]
    first = open_fleet(root)
    known = last(first)
    seen = tmp_path / "state" / "seen.json"
    again = FleetSource(QUIET, (root,), (ME,), seen, lambda: NOW, saved=known, moved=first.moved_to_save())
    number = len(known.repositories)
    assert cost(again) == number
    assert last(again).repositories == known.repositories
    first.mark_seen(paths[:1])
    commit(paths[1], "moved meanwhile")
    third = FleetSource(QUIET, (root,), (ME,), seen, lambda: NOW, saved=known, moved=again.moved_to_save())
    assert cost(third) == number + 1 + 1  # the log of the one that was marked, and of the one that moved
    rows = by_name(last(third))
    assert rows["a"].moved == ()
    assert rows["b"].moved[0].commit.subject == "moved meanwhile"
    for source in (again, third):
        source.close()


def test_a_hanging_repository_holds_up_no_other(
    tmp_path: Path, open_fleet: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    for name in ("hang-1", "hang-2", "hang-3", "x", "y", "z"):
        fleet.modified(root / name)
    source = open_fleet(root, settings=RepositoriesSettings(watch=False, deadline_seconds=6))
    good = last(source)
    pids = slow_git(tmp_path / "bin", monkeypatch, "root/hang")
    (root / "x" / "loose").write_text("x")
    source.request()
    began = time.monotonic()
    states: list[dict[str, tuple[bool, str | None, int]]] = []
    answered: float | None = None
    for snapshot in source.read():
        rows = by_name(snapshot)
        states.append({name: (row.pending, row.error, row.unstaged) for name, row in rows.items()})
        if answered is None and rows["x"].untracked == 1:
            answered = time.monotonic() - began
    assert answered is not None
    assert answered < 5.9
    assert any(state["hang-1"] == (True, None, 1) for state in states)
    assert states[-1]["hang-2"] == (False, "no answer within 6 s", 1)
    assert all(states[-1][name] == (False, None, 1) for name in "xyz")
    assert 5.5 < time.monotonic() - began < 40
    assert until(lambda: all(gone(pid) for pid in pids.read_text().split()))
    assert cost(source) == 0  # backed off
    monkeypatch.setenv("PATH", os.environ["PATH"].partition(os.pathsep)[2])
    source.request()
    assert by_name(last(source))["hang-1"] == by_name(good)["hang-1"]


def test_what_is_asked_for_during_a_pass_is_read_in_it(
    tmp_path: Path, open_fleet: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "root"
    for name in ("hang", "x"):
        fleet.make(root / name)
    source = open_fleet(root, settings=RepositoriesSettings(watch=False, deadline_seconds=30))
    last(source)
    slow_git(tmp_path / "bin", monkeypatch, "root/hang")
    source.request()
    asked = False
    for snapshot in source.read():
        rows = by_name(snapshot)
        if rows["hang"].pending and not asked:
            (root / "x" / "loose").write_text("x")
            source.request([root / "x"])
            asked = True
        if not snapshot.complete and rows["x"].untracked:
            break
    else:
        pytest.fail("the other repository waited for the one that hangs")


def test_quitting_does_not_wait(tmp_path: Path, open_fleet: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "root"
    for name in ("hang-1", "hang-2"):
        fleet.make(root / name)
    pids = slow_git(tmp_path / "bin", monkeypatch, "root/hang")
    source = open_fleet(root)
    published: list[Fleet] = []
    failures: list[object] = []
    worker = Worker("repositories", source.read, published.append, failures.append)
    source.notify = worker.request
    worker.start()
    assert until(lambda: pids.exists() and len(pids.read_text().split()) == 4)
    began = time.monotonic()
    worker.end()
    source.close()
    assert time.monotonic() - began < 5, "less than the deadline of git"
    assert until(lambda: all(gone(pid) for pid in pids.read_text().split()))
    assert not failures
    assert not [snapshot for snapshot in published if snapshot.complete]


def test_git_that_is_missing_is_said_in_every_row(
    tmp_path: Path, open_fleet: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.make(tmp_path / "root" / "a")
    source = open_fleet(tmp_path / "root")
    path = os.environ["PATH"]
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "git is not installed" in (last(source).repositories[0].error or "")
    monkeypatch.setenv("PATH", path)
    source.request()
    assert last(source).repositories[0].error is None


def test_repositories_come_and_go(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    fleet.make(root / "a")
    source = open_fleet(root)
    assert list(by_name(last(source))) == ["a"]
    fleet.tick(tmp_path)
    (root / "sub").mkdir()
    fleet.make(root / "b")
    assert list(by_name(last(source))) == ["a", "b"]
    fleet.tick(tmp_path)
    (root / "a").rename(tmp_path / "away")
    assert list(by_name(last(source))) == ["b"]
    fleet.tick(tmp_path)
    git(root / "b", "worktree", "add", "-q", "-b", "proto/x", str(root / "b-x"))
    assert list(by_name(last(source))) == ["b", "b-x"]
    fleet.tick(tmp_path)
    git(root / "b", "worktree", "remove", str(root / "b-x"))
    assert list(by_name(last(source))) == ["b"]
    fleet.tick(tmp_path)
    (root / "b").rename(tmp_path / "too")
    root.joinpath("sub").rmdir()
    root.rmdir()
    empty = last(source)
    assert empty.repositories == ()
    assert "no such file" in empty.problems[0]


def test_marking_seen(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    main, lane, _ = fleet.with_lanes(root / "main")
    other = fleet.make(root / "other")
    source = open_fleet(root)
    assert all(len(row.moved) for row in last(source).repositories)
    source.mark_seen([main, tmp_path / "unknown"])
    rows = by_name(last(source))
    assert [len(rows[name].moved) for name in ("main", "main-lane", "far", "other")] == [0, 0, 0, 1]
    assert cost(source) == 0
    commit(lane, "new", when=COMMITTED + 99)
    assert [one.commit.subject for one in by_name(last(source))["main"].moved] == ["new"]
    again = open_fleet(root)
    assert [one.commit.subject for one in by_name(last(again))["main"].moved] == ["new"]
    broken = fleet.make(root / "broken")
    (broken / ".git" / "HEAD").write_text("garbage")
    (other / ".git" / "HEAD").write_text("garbage")
    assert by_name(last(source))["other"].error is not None
    with pytest.raises(GitError, match=r"^`broken` could not be marked: damaged: [^;]*; try `git fsck` there$"):
        source.mark_seen([other, broken, lane])
    rows = by_name(last(source))
    assert (rows["main"].moved, rows["other"].error is not None) == ((), True)
    (other / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    source.request([other])
    assert by_name(last(source))["other"].moved == (), "what was shown of it before it broke"


def test_what_was_marked_seen_is_taken_back(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    main, lane, _ = fleet.with_lanes(root / "main")
    other = fleet.make(root / "other")
    source = open_fleet(root)
    before = {row.name: row.moved for row in last(source).repositories}
    assert all(before.values())
    source.mark_seen([main])
    source.mark_seen([lane, other])
    assert not any(row.moved for row in last(source).repositories)
    source.unmark_seen()
    assert {row.name: row.moved for row in last(source).repositories} == {
        name: moved if name == "other" else () for name, moved in before.items()
    }
    source.unmark_seen()
    assert {row.name: row.moved for row in last(source).repositories} == before
    assert {row.name: row.moved for row in last(open_fleet(root)).repositories} == before, "it is written"
    with pytest.raises(GitError, match="nothing that was marked seen can be taken back"):
        source.unmark_seen()


def test_a_mark_that_could_not_be_made_is_the_one_taken_back(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    good, broken = fleet.make(root / "good"), fleet.make(root / "broken")
    (broken / ".git" / "HEAD").write_text("garbage")
    source = open_fleet(root)
    assert by_name(last(source))["good"].moved
    source.mark_seen([good])
    with pytest.raises(GitError, match="`broken` could not be marked"):
        source.mark_seen([broken])
    source.unmark_seen()
    assert by_name(last(source))["good"].moved == ()
    source.unmark_seen()
    assert by_name(last(source))["good"].moved


def test_what_another_marked_since_is_not_taken_back(tmp_path: Path, open_fleet: Open) -> None:
    root = tmp_path / "root"
    paths = [fleet.make(root / name) for name in ("one", "two")]
    source, another = open_fleet(root), open_fleet(root)
    for each in source, another:
        last(each)
    source.mark_seen(paths)
    commit(paths[0], "new", when=COMMITTED + 9)
    another.request()
    last(another)
    another.mark_seen(paths[:1])
    source.unmark_seen()
    assert {name: len(row.moved) for name, row in by_name(last(open_fleet(root))).items()} == {"one": 0, "two": 1}


class TestMarkingOnlyWhatWasShown:
    def subjects(self, found: Fleet, name: str = "repo") -> list[str]:
        return [one.commit.subject for one in by_name(found)[name].moved]

    def test_a_commit_after_the_snapshot_stays_news(self, tmp_path: Path, open_fleet: Open) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        source = open_fleet(tmp_path / "root")
        last(source)
        commit(path, "unseen", when=COMMITTED + 9)
        before = source.processes
        source.mark_seen([path])
        assert source.processes == before, "git is not asked"
        assert self.subjects(last(source)) == ["unseen"]
        source.mark_seen([path])
        assert self.subjects(last(source)) == []

    def test_what_was_read_but_not_handed_on_stays_news(self, tmp_path: Path, open_fleet: Open) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        source = open_fleet(tmp_path / "root")
        last(source)
        commit(path, "unseen", when=COMMITTED + 9)
        source.request()
        for snapshot in source.read():
            assert self.subjects(snapshot)[0] == "unseen"
            break  # as a worker does that was stopped meanwhile
        assert source.detail(path).problems == ()
        source.mark_seen([path])
        assert self.subjects(last(source)) == ["unseen"]

    def test_what_was_on_screen_when_the_key_was_pressed(self, tmp_path: Path, open_fleet: Open) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        source = open_fleet(tmp_path / "root")
        last(source)
        shown = source.shown
        commit(path, "during the pass", when=COMMITTED + 9)
        source.request()
        last(source)
        source.mark_seen([path], shown)
        assert self.subjects(last(source)) == ["during the pass"]

    def test_each_lane_as_it_was_shown(self, tmp_path: Path, open_fleet: Open) -> None:
        main, lane, _ = fleet.with_lanes(tmp_path / "root" / "main")
        source = open_fleet(tmp_path / "root")
        last(source)
        commit(lane, "new", when=COMMITTED + 9)
        source.request([lane])
        rows = {name: {one.commit.subject for one in row.moved} for name, row in by_name(last(source)).items()}
        assert "new" in rows["main-lane"]
        source.mark_seen([main, lane])
        assert self.subjects(last(source), "main") == []

    def test_it_works_when_everything_was_ended(self, tmp_path: Path, open_fleet: Open) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        source = open_fleet(tmp_path / "root")
        last(source)
        commit(path, "unseen", when=COMMITTED + 9)
        source.close()
        source.mark_seen([path])
        again = open_fleet(tmp_path / "root")
        assert self.subjects(last(again)) == ["unseen"]

    def test_before_anything_was_shown(self, tmp_path: Path, open_fleet: Open) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        source = open_fleet(tmp_path / "root")
        reading = source.read()
        assert next(reading).repositories[0].pending
        with pytest.raises(GitError, match="`repo` could not be marked: it was not read yet; try again when it was"):
            source.mark_seen([path])
        assert self.subjects(list(reading)[-1])


def test_marks_that_cannot_be_read_are_a_problem(tmp_path: Path, open_fleet: Open) -> None:
    fleet.make(tmp_path / "root" / "a")
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "seen.json").write_text("{")
    found = last(open_fleet(tmp_path / "root"))
    assert len(found.problems) == 1
    assert "seen.json" in found.problems[0]
    assert found.repositories[0].error is None


def test_one_opened_on_the_spot(tmp_path: Path, open_fleet: Open) -> None:
    path = fleet.make(tmp_path / "root" / "a")
    source = open_fleet(tmp_path / "root")
    last(source)
    (path / "loose").write_text("x")
    assert [file.path for file in source.detail(path).files] == ["loose"]
    assert source.detail(fleet.modified(tmp_path / "elsewhere")).files
    assert source.detail(tmp_path / "gone").problems


def test_temporary_files_go_with_the_source(tmp_path: Path, open_fleet: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    import tempfile

    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    fleet.make(tmp_path / "root" / "a")
    source = open_fleet(tmp_path / "root")
    last(source)
    assert len(list((tmp_path / "tmp").iterdir())) == 1
    source.close()
    assert list((tmp_path / "tmp").iterdir()) == []


class TestWatched:
    def watched(self, source: FleetSource, told: threading.Event) -> Fleet:
        """Read until every change is reported and was read since."""
        source.notify = told.set
        last(source)
        assert until(lambda: last(source).watched)
        source.request()
        found = last(source)
        told.clear()
        return found

    def test_an_edit_asks_for_a_pass_that_reads_only_that_repository(self, tmp_path: Path, open_fleet: Open) -> None:
        root = tmp_path / "root"
        paths = [fleet.make(root / name) for name in "abc"]
        source = open_fleet(root, settings=RepositoriesSettings())
        told = threading.Event()
        assert self.watched(source, told).problems == ()
        assert cost(source) == 0
        (paths[1] / "file").write_text("edited\n")
        assert told.wait(60)
        assert until(lambda: by_name(last(source))["b"].unstaged == 1)
        before = source.processes
        commit(paths[1], "done", when=COMMITTED + 5)
        assert until(lambda: (row := by_name(last(source))["b"]).unstaged == 0 and row.last_commit is not None)
        assert source.processes > before
        assert all(by_name(last(source))[name].unstaged == 0 for name in "ac")

    def test_reading_does_not_wake_itself(self, tmp_path: Path, open_fleet: Open) -> None:
        root = tmp_path / "root"
        fleet.split_index(root / "a")
        fleet.modified(root / "b")
        source = open_fleet(root, settings=RepositoriesSettings())
        told = threading.Event()
        self.watched(source, told)
        heard: list[set[Path]] = []
        assert source._watching is not None
        assert source._watching._watch is not None
        source._watching._watch._changed = heard.append
        for _ in range(20):
            source.request()
            last(source)
        (root / "b" / "end").write_text("x")
        assert until(lambda: bool(heard))
        assert heard[0] == {root / "b"}

    def test_a_worker_keeps_itself_up_to_date(self, tmp_path: Path, open_fleet: Open) -> None:
        root = tmp_path / "root"
        path = fleet.make(root / "a")
        source = open_fleet(root, settings=RepositoriesSettings())
        published: list[Fleet] = []
        failures: list[object] = []
        worker = Worker("repositories", source.read, published.append, failures.append)
        source.notify = worker.request
        worker.start()
        try:
            assert until(lambda: bool(published) and published[-1].watched)
            for number in range(3):
                (path / f"loose-{number}").write_text("x")
                assert until(lambda number=number: published[-1].repositories[0].untracked == number + 1)  # type: ignore[misc]
        finally:
            worker.end()
        assert not failures

    def test_new_repositories_are_watched_too(self, tmp_path: Path, open_fleet: Open) -> None:
        root = tmp_path / "root"
        fleet.make(root / "a")
        source = open_fleet(root, settings=RepositoriesSettings())
        told = threading.Event()
        self.watched(source, told)
        path = fleet.make(root / "b")
        source.request()
        self.watched(source, told)
        (path / "loose").write_text("x")
        assert told.wait(60)
        assert until(lambda: by_name(last(source))["b"].untracked == 1)
