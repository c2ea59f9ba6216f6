"""The process git is run from, as the dashboard's source meets it: a real one, on real repositories."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests import fleet
from tests.fleet import ME, commit_of, git
from tui.config import RepositoriesSettings
from tui.domain.detail import RepositoryDetail
from tui.domain.repos import Commit, Fleet, Moved, Repository
from tui.refresh import Worker
from tui.sources.git.fleet import read_fleet
from tui.sources.git.orders import News, Order, Row, Tiding, Wanted
from tui.sources.git.remote import RemoteFleet
from tui.sources.git.run import GitError
from tui.sources.git.saved import SavedFleet
from tui.sources.wire import WireError, format_line, from_plain, parse_line, read_line, to_plain

PATIENCE = 60.0


class Listener:
    """A remote fleet behind a worker, as the engine has it, and what came of it."""

    def __init__(self, wanted: Wanted) -> None:
        self.source = RemoteFleet(wanted, lambda: datetime.now(UTC))
        self.fleets: list[Fleet] = []
        self.failures: list[str] = []
        self.details: list[RepositoryDetail] = []
        self.source.opened = self.details.append
        self.worker = Worker(
            "repos",
            self.source.read,
            self.fleets.append,
            lambda failure: self.failures.append(failure.error),
            every=0.2,
        )
        self.source.notify = self.worker.request
        self.worker.start()

    def until(self, true: Callable[[Fleet], bool]) -> Fleet:
        """The first fleet from now on for which `true` holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            if self.fleets and true(self.fleets[-1]):
                return self.fleets[-1]
            time.sleep(0.01)
        raise AssertionError(f"not so: {self.fleets[-1:]} {self.failures}")

    def complete(self) -> Fleet:
        return self.until(lambda found: found.complete and bool(found.repositories))

    def process(self) -> int:
        """The number of the process that listens; 0 while there is none."""
        return self.source.process or 0

    def close(self) -> None:
        self.worker.end()
        self.source.close()


Open = Callable[..., Listener]


@pytest.fixture
def wanted(tmp_path: Path) -> Wanted:
    return Wanted(
        RepositoriesSettings(),
        (tmp_path / "code",),
        (ME,),
        tmp_path / "state" / "seen.json",
        tmp_path / "cache" / "fleet.json",
        tmp_path / "cache" / "moved.json",
        tmp_path / "cache" / "git",
    )


@pytest.fixture
def listen() -> Iterator[Open]:
    opened: list[Listener] = []

    def open_one(wanted: Wanted) -> Listener:
        opened.append(Listener(wanted))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def rows(found: Fleet) -> dict[str, Repository]:
    return {repository.name: repository for repository in found.repositories}


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def until(true: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_says_what_a_reading_in_this_process_says(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    code = tmp_path / "code"
    for build in (fleet.ahead, fleet.conflict, fleet.rebasing, fleet.stashed, fleet.hostile_names, fleet.unborn):
        build(code / build.__name__)
    fleet.with_lanes(code / "lanes")
    broken = fleet.make(code / "broken")
    (broken / ".git" / "HEAD").write_text("nonsense")
    here = read_fleet(wanted.settings, wanted.roots, wanted.me, wanted.seen, lambda: datetime.now(UTC))
    there = listen(wanted).complete()
    assert there.repositories == here.repositories
    assert "HEAD" in (rows(there)["broken"].error or "")
    assert there.problems == here.problems


def test_an_outside_edit_arrives_by_itself_and_what_stayed_is_the_same_value(
    tmp_path: Path, wanted: Wanted, listen: Open
) -> None:
    for name in ("one", "two"):
        fleet.make(tmp_path / "code" / name)
    listener = listen(wanted)
    listener.until(lambda found: found.watched)
    before = rows(listener.complete())
    (tmp_path / "code" / "one" / "new").write_text("an outside edit\n")
    after = rows(listener.until(lambda found: rows(found)["one"].untracked == 1))
    assert after["two"] is before["two"]


def test_new_and_removed_repositories_are_noticed(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    fleet.make(tmp_path / "code" / "two")
    listener.source.request()
    listener.until(lambda found: {"one", "two"} == rows(found).keys())
    (tmp_path / "code" / "one").rename(tmp_path / "away")
    listener.source.request()
    listener.until(lambda found: {"two"} == rows(found).keys())


def test_what_was_on_screen_is_marked_and_not_what_came_after(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    until(lambda: listener.source.shown)
    on_screen = dict(listener.source.shown)
    recent = int(time.time())
    commit_of(path, "Ana <ana@example.org>", "after", when=recent)
    listener.until(lambda found: any(moved.commit.subject == "after" for moved in rows(found)["one"].moved))
    listener.source.mark_seen([path], on_screen)
    listener.until(lambda found: [moved.commit.subject for moved in rows(found)["one"].moved] == ["after"])
    until(lambda: listener.source.shown.get(path, 0) > on_screen[path])
    listener.source.mark_seen([path], listener.source.shown)
    listener.until(lambda found: rows(found)["one"].moved == ())
    assert listener.failures == []


def test_what_was_marked_is_taken_back(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    commit_of(path, "Ana <ana@example.org>", "new", when=int(time.time()))
    listener = listen(wanted)
    listener.until(lambda found: bool(rows(found)["one"].moved))
    until(lambda: listener.source.shown)
    listener.source.mark_seen([path], listener.source.shown)
    listener.until(lambda found: rows(found)["one"].moved == ())
    listener.source.unmark_seen()
    listener.until(lambda found: rows(found)["one"].moved != ())
    with pytest.raises(GitError, match="nothing that was marked seen can be taken back"):
        listener.source.unmark_seen()


def test_marking_what_nobody_has_read_is_refused_with_its_name(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    with pytest.raises(GitError, match="`one` could not be marked"):
        listener.source.mark_seen([path], {})


def test_one_that_ends_is_said_and_started_again(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    first = listener.process()
    os.kill(first, signal.SIGKILL)
    until(lambda: listener.failures)
    assert "ended with code -9; it is started again" in listener.failures[0]
    (path / "new").write_text("an edit while it was away\n")
    listener.until(lambda found: rows(found)["one"].untracked == 1)
    assert listener.process() not in (0, first)


def test_one_that_falls_silent_is_ended_and_started_again(
    tmp_path: Path, wanted: Wanted, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.make(tmp_path / "code" / "one")
    monkeypatch.setattr("tui.sources.aside.SILENT_SECONDS", 8.0)
    listener = listen(wanted)
    listener.complete()
    first = listener.process()
    os.kill(first, signal.SIGSTOP)
    until(lambda: any("no sign of life" in said for said in listener.failures))
    until(lambda: gone(first))
    until(lambda: listener.process() not in (0, first))


def test_a_dashboard_that_was_stopped_itself_hears_it_out_first(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    process = listener.process()
    for _ in range(3):
        listener.source._aside._heard -= 1000  # as after ctrl+z and an hour
        listener.worker.request()
        until(lambda: time.monotonic() - listener.source._aside._heard < 100)
    assert listener.process() == process
    assert listener.failures == []


def test_it_ends_with_the_dashboard_and_with_it_a_git_that_hangs(
    tmp_path: Path, wanted: Wanted, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.make(tmp_path / "code" / "one")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\necho $$ >> "{tmp_path}/hanging"\nexec sleep 600\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    listener = listen(wanted)
    until(lambda: (tmp_path / "hanging").exists() and (tmp_path / "hanging").read_text().endswith("\n"))
    hanging = int((tmp_path / "hanging").read_text().split()[0])
    process = listener.process()
    listener.close()
    assert gone(process)
    until(lambda: gone(hanging))


def test_it_ends_when_the_dashboard_was_killed(tmp_path: Path, wanted: Wanted) -> None:
    fleet.make(tmp_path / "code" / "one")
    line = format_line(to_plain(wanted))
    program = "import sys; from tui.gitworker import main; main()"
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdin.write(line)
    child.stdin.flush()
    assert read_line(child.stdout.readline(), Tiding).news is not None
    child.stdin.close()
    child.stdout.close()
    assert child.wait(PATIENCE) == 0


def test_a_folder_it_is_started_in_lends_it_no_code(
    tmp_path: Path, wanted: Wanted, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    trap = fleet.make(tmp_path / "code" / "trap")
    for name in ("tui", "git", "msgspec", "json"):
        (trap / name).mkdir()
        (trap / name / "__init__.py").write_text(f"open({str(tmp_path / 'canary')!r}, 'w')\n")
    monkeypatch.chdir(trap)
    listen(wanted).complete()
    assert not (tmp_path / "canary").exists()


def test_no_pass_begins_while_paused_and_one_follows(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.until(lambda found: found.watched)
    listener.complete()
    listener.source.pause(True)
    number = len(listener.fleets)
    for place in range(3):
        (path / f"new-{place}").write_text("")
        time.sleep(0.2)
    assert {rows(found)["one"].untracked for found in listener.fleets[number:]} <= {0}
    listener.source.pause(False)
    listener.until(lambda found: rows(found)["one"].untracked == 3)


def test_a_detail_is_read_while_another_repository_hangs(
    tmp_path: Path, wanted: Wanted, listen: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    fleet.make(tmp_path / "code" / "hung")
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    wrapper.write_text(f'#!/bin/sh\ncase "$*" in *hung*) exec sleep 600;; esac\nexec {fleet_git()} "$@"\n')
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    listener = listen(wanted)
    listener.until(lambda found: "one" in rows(found) and rows(found)["one"].head is not None)
    listener.source.open_repository(path)
    until(lambda: listener.details)
    assert listener.details[0].path == path


def fleet_git() -> str:
    import shutil

    found = shutil.which("git")
    assert found
    return found


def test_the_persons_own_git_never_meets_a_lock_of_the_running_fleet(
    tmp_path: Path, wanted: Wanted, listen: Open
) -> None:
    path = fleet.make(tmp_path / "code" / "one")
    listener = listen(wanted)
    listener.complete()
    stop = threading.Event()

    def refresh() -> None:
        while not stop.wait(0.005):
            listener.source.request([path])

    asking = threading.Thread(target=refresh)
    asking.start()
    try:
        before = len(listener.fleets)
        number = 0
        while number < 60 or (len(listener.fleets) - before < 15 and number < 2000):
            number += 1
            (path / "file").write_text(str(number))
            git(path, "add", "file")  # fails the test where it fails
            git(path, "commit", "-q", "-m", str(number))
    finally:
        stop.set()
        asking.join(PATIENCE)
    listener.until(lambda found: rows(found)["one"].head == git(path, "rev-parse", "HEAD").decode().strip())
    assert not (path / ".git" / "index.lock").exists()


# The last good fleet.


def test_the_next_start_has_the_last_fleet_at_once(tmp_path: Path, wanted: Wanted, listen: Open) -> None:
    fleet.hostile_names(tmp_path / "code" / "odd")
    fleet.diverged(tmp_path / "code" / "two")
    first = listen(wanted)
    before = first.complete()
    assert wanted.saved is not None
    saved_at = wanted.saved
    until(saved_at.exists)
    first.close()
    assert saved_at.stat().st_mode & 0o777 == 0o600
    saved = SavedFleet(saved_at).read(wanted.roots)
    assert saved is not None
    assert saved.remembered
    assert not saved.complete
    assert [replace(row, pending=False) for row in saved.repositories] == list(before.repositories)
    assert all(row.pending for row in saved.repositories)
    second = listen(wanted)
    second.complete()
    assert rows(second.fleets[0])["two"].behind == 1  # the first word is what was known
    assert second.fleets[-1].repositories == before.repositories
    assert SavedFleet(saved_at).read((tmp_path / "elsewhere",)) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]\n", b'{"schema":1}\n', b'{"schema":2,"fleet":{}}\n', b"\xff" * 9])
def test_a_saved_fleet_that_is_damaged_is_as_good_as_none(
    tmp_path: Path, wanted: Wanted, listen: Open, content: bytes
) -> None:
    fleet.make(tmp_path / "code" / "one")
    assert wanted.saved is not None
    wanted.saved.parent.mkdir(parents=True)
    wanted.saved.write_bytes(content)
    assert SavedFleet(wanted.saved).read(wanted.roots) is None
    assert not listen(wanted).complete().repositories[0].pending


# What is said.

hostile = st.text(st.characters(), max_size=20)
moments = st.datetimes(timezones=st.just(UTC))
commits = st.builds(Commit, hostile, hostile, moments, hostile)
repositories = st.builds(
    Repository,
    path=hostile.filter(lambda text: "\x00" not in text).map(Path),
    name=hostile,
    branch=st.none() | hostile,
    ahead=st.none() | st.integers(0, 10**6),
    step=st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9)),
    last_commit=st.none() | commits,
    moved=st.lists(st.builds(Moved, commits, hostile, st.booleans()), max_size=3).map(tuple),
    error=st.none() | hostile,
    pending=st.booleans(),
)


@given(repositories)
def test_whatever_a_repository_says_comes_back_as_it_was(repository: Repository) -> None:
    tiding = Tiding(news=News((Row(repository, 3),), (repository.path,)))
    line = format_line(to_plain(tiding))
    assert line.isascii()
    assert line.count(b"\n") == 1
    assert from_plain(parse_line(line), Tiding) == tiding
    assert read_line(line, Tiding) == tiding


@pytest.mark.parametrize(
    "line", [b"", b"nonsense\n", b"[1]\n", b"null\n", b'{"news":3}\n', b'{"news":{"rows":[{}]}}\n', b"[" * 100_000]
)
def test_a_line_that_is_none_is_refused(line: bytes) -> None:
    with pytest.raises(WireError):
        read_line(line, Tiding)


def test_orders_keep_their_shape() -> None:
    order = Order("seen", (Path("/x"),), (4,), 2)
    assert read_line(format_line(to_plain(order)), Order) == order
