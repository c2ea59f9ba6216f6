"""Fetching a fleet: the queue, the schedule, what the rows say, and F on the screen."""

import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import fleet
from tests.fakes import NOW, make_app, sample_engine
from tests.fleet import COMMITTED, ME, git, make
from tests.remotes import own_ssh, published, push, ssh_clone
from tests.screens import rest, text_of, wait_for
from tui import messages
from tui.asked import AskedFetches
from tui.config import RepositoriesSettings
from tui.domain.attention import AttentionRules, attention
from tui.domain.repos import Fleet, Repository
from tui.refresh import Worker
from tui.sources.git import fetches as fetches_module
from tui.sources.git import fetching
from tui.sources.git.complaints import Unreachable
from tui.sources.git.fetching import Fetcher, Outcome
from tui.sources.git.fleet import FleetSource, read_fleet
from tui.sources.git.run import GitError, GitTimeout
from tui.sources.git.transports import Remote

BY_HAND = RepositoriesSettings(watch=False)


def until(true: Callable[[], object], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.005)
    return bool(true())


class Line:
    """A queue whose repositories lie at `HOST/NAME`, and each of whose fetches ends when the test says so."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.running: list[Path] = []
        self.most = 0
        self.begun: list[Path] = []
        self.ended: dict[Path, Outcome] = {}
        self.problems: dict[str, Exception] = {}
        self.gates: dict[str, threading.Event] = {}
        self.changes = 0
        self.queue = Fetcher(self.plan, self.run, self.finished, self.changed)

    def plan(self, path: Path) -> tuple[Remote, ...]:
        if path.name == "alone":
            return ()
        if path.name == "untrusted":
            raise GitError("needs trust")
        hosts = path.parts[0].split("+")
        return tuple(Remote(f"r{number}", "", host, ()) for number, host in enumerate(hosts))

    def run(self, path: Path, remote: Remote) -> None:
        with self.lock:
            assert remote.host not in [other.parts[0] for other in self.running]
            self.running.append(Path(remote.host) / path)
            self.begun.append(path)
            self.most = max(self.most, len(self.running))
        try:
            if gate := self.gates.get(remote.host):
                assert gate.wait(60.0)
            if problem := self.problems.get(str(path)) or self.problems.get(remote.host):
                raise problem
        finally:
            with self.lock:
                self.running.remove(Path(remote.host) / path)

    def finished(self, path: Path, outcome: Outcome) -> None:
        self.ended[path] = outcome

    def changed(self) -> None:
        self.changes += 1

    def waits(self, host: str, *names: str) -> bool:
        """Whether `names` stand in the queue of `host`: what was planned a moment ago may not yet."""
        with self.queue._lock:
            waiting = {path for path, _ in self.queue._waiting.get(host, ())}
        return waiting >= set(paths(*names))

    def gate(self, *hosts: str) -> None:
        for host in hosts:
            self.gates[host] = threading.Event()

    def open(self, *hosts: str) -> None:
        for host in hosts or tuple(self.gates):
            self.gates[host].set()


def paths(*names: str) -> list[Path]:
    return [Path(name) for name in names]


def test_one_at_a_time_a_host_and_four_hosts_at_once() -> None:
    line = Line()
    hosts = ("a", "b", "c", "d", "e", "f")
    line.gate(*hosts)
    line.queue.request(paths(*(f"{host}/{number}" for number in range(5) for host in hosts)))
    assert until(lambda: len(line.running) == 4)
    assert line.queue.progress == (0, 30)
    line.open()
    assert until(lambda: line.queue.progress is None)
    assert line.most == 4
    assert until(lambda: len(line.ended) == 30)
    assert set(line.ended.values()) == {Outcome(None, fetched=True)}


def test_what_waits_is_not_doubled_and_what_is_wanted_now_comes_first() -> None:
    line = Line()
    line.gate("a")
    line.queue.request(paths("a/1", "a/2", "a/3", "a/4"))
    assert until(lambda: line.running)
    (first,) = line.begun
    assert until(lambda: line.waits("a", *({"a/1", "a/2", "a/3", "a/4"} - {str(first)})))
    line.queue.request(paths("a/4"), first=True)
    line.queue.request(paths("a/1", "a/2", "a/3", "a/4"))
    assert line.queue.progress == (0, 4)
    line.open()
    assert until(lambda: len(line.ended) == 4)
    assert len(line.begun) == 4
    assert line.begun.index(Path("a/4")) == (0 if first == Path("a/4") else 1)


def test_a_host_that_is_not_reached_is_not_tried_again_by_the_rest() -> None:
    line = Line()
    line.gate("a")
    line.problems = {"a": Unreachable("`a` cannot be reached", 128)}
    line.queue.request(paths("a/1"))
    assert until(lambda: line.running)
    line.queue.request(paths("a/2", "a/3", "b/1", "a+b/both"))
    assert until(lambda: line.waits("a", "a/2", "a/3", "a+b/both") and Path("b/1") in line.ended)
    line.open()
    assert until(lambda: len(line.ended) == 5)
    assert sum(path.parts[0] == "a" for path in line.begun) == 1
    assert line.ended[Path("a/3")] == Outcome("`a` cannot be reached")
    assert line.ended[Path("a+b/both")] == Outcome("`a` cannot be reached")
    assert line.ended[Path("b/1")].fetched
    line.problems.clear()
    line.queue.request(paths("a/3"))
    assert until(lambda: line.ended[Path("a/3")].fetched)


def test_one_slow_repository_does_not_give_up_its_host_but_two_do() -> None:
    line = Line()
    line.gate("a")
    line.problems = {f"a/{number}": GitTimeout("no answer") for number in (1, 3, 4)}
    line.queue.request(paths("a/1"))
    assert until(lambda: line.running)
    for number in (2, 3, 4, 5):
        line.queue.request(paths(f"a/{number}"))
        assert until(lambda number=number: line.waits("a", f"a/{number}"))  # type: ignore[misc]
    line.open()
    assert until(lambda: len(line.ended) == 5)
    assert line.begun == paths("a/1", "a/2", "a/3", "a/4")
    assert [line.ended[Path(f"a/{number}")].fetched for number in range(1, 6)] == [False, True, False, False, False]


def test_nothing_to_fetch_refusals_and_mistakes_are_outcomes() -> None:
    line = Line()
    line.problems = {"b": ValueError("odd")}
    line.queue.request(paths("a/alone", "a/untrusted", "b/x", "a/fine"))
    assert until(lambda: len(line.ended) == 4)
    assert line.ended[Path("a/alone")] == Outcome()
    assert line.ended[Path("a/untrusted")] == Outcome("needs trust")
    assert line.ended[Path("b/x")] == Outcome("cannot be fetched (ValueError: odd); please report this")
    assert line.ended[Path("a/fine")].fetched


def test_a_thread_that_never_returns_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line()
    line.gate("a")
    line.queue.request(paths("a/1", "b/1"))
    assert until(lambda: Path("b/1") in line.ended and line.running)
    monkeypatch.setattr(fetching, "GRACE_SECONDS", -1000.0)
    line.queue.tend()
    assert line.ended[Path("a/1")].error == "no answer, not even to being ended"
    assert line.queue.progress is None
    line.open()
    assert until(lambda: not line.running)
    assert not line.ended[Path("a/1")].fetched


def test_nothing_is_told_after_it_is_closed() -> None:
    line = Line()
    line.gate("a")
    line.queue.request(paths("a/1", "a/2"))
    assert until(lambda: line.running)
    line.queue.close()
    line.queue.request(paths("a/3"))
    line.open()
    assert until(lambda: not line.running)
    assert (line.ended, len(line.begun), line.queue.progress) == ({}, 1, None)


# A fleet with real remotes.


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")
    own_ssh(monkeypatch, tmp_path)


class Watched:
    """A fleet read as the dashboard has it read, on a worker of its own."""

    def __init__(self, root: Path, settings: RepositoriesSettings) -> None:
        begun = time.monotonic()

        def now() -> datetime:  # an hour after the commits of the builders
            return datetime.fromtimestamp(COMMITTED + 3600 + time.monotonic() - begun, UTC)

        self.source = FleetSource(settings, (root,), (ME,), None, now)
        self.fleets: list[Fleet] = []
        self.failures: list[object] = []
        self.worker = Worker("repos", self.source.read, self.fleets.append, self.failures.append, every=0.5)
        self.source.notify = self.worker.request

    def start(self) -> "Watched":
        self.worker.start()
        assert until(lambda: self.fleets and self.fleets[-1].complete)
        return self

    def row(self, name: str) -> Repository:
        return next(repo for repo in self.fleets[-1].repositories if repo.name == name)

    def close(self) -> None:
        self.worker.end()
        self.source.close()
        assert not self.failures


@pytest.fixture
def watch_fleet() -> Iterator[Callable[..., Watched]]:
    opened: list[Watched] = []

    def open_one(root: Path, settings: RepositoriesSettings = BY_HAND) -> Watched:
        opened.append(Watched(root, settings))
        return opened[-1].start()

    yield open_one
    for one in opened:
        one.close()


def test_what_others_pushed_shows_after_a_fetch(
    tmp_path: Path, watch_fleet: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = published(tmp_path / "source")
    path = ssh_clone(source, tmp_path / "all" / "work")
    git(path, "worktree", "add", "-q", "-b", "proto/x", str(tmp_path / "all" / "lane"), "origin/main")
    make(tmp_path / "all" / "alone")
    found = watch_fleet(tmp_path / "all")
    push(source, "one")
    push(source, "two")
    assert (found.row("work").behind, found.row("work").fetched_at) == (0, None)
    own_ssh(monkeypatch, tmp_path, f"until [ -e {tmp_path}/go ]; do sleep 0.05; done")
    found.source.fetch([tmp_path / "all" / "lane"])
    assert until(lambda: found.fleets[-1].fetching == (0, 1))
    (tmp_path / "go").touch()
    assert until(lambda: found.row("work").behind == 2 and found.fleets[-1].fetching is None)
    row = found.row("work")
    assert row.fetched_at is not None
    assert (row.fetched_at, row.fetch_error) == (row.fetch_tried_at, None)
    assert {moved.commit.subject for moved in row.moved if moved.branch == "origin/main"} >= {"one", "two"}
    assert found.row("lane").fetched_at == row.fetched_at
    found.source.fetch(None)
    assert until(lambda: found.row("alone").fetch_tried_at is not None)
    assert (found.row("alone").fetch_error, found.row("alone").fetched_at) == (None, None)
    tried = found.row("alone").fetch_tried_at
    found.source.fetch([tmp_path / "all" / "alone"])
    assert until(lambda: found.row("alone").fetch_tried_at != tried)
    assert (found.row("alone").fetch_error, found.row("alone").fetched_at) == (None, None)


def test_a_failure_is_said_with_the_last_success_and_goes_with_the_next(
    tmp_path: Path, watch_fleet: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = published(tmp_path / "source")
    path = ssh_clone(source, tmp_path / "all" / "work")
    found = watch_fleet(tmp_path / "all")
    found.source.fetch([path])
    assert until(lambda: found.row("work").fetched_at)
    good = found.row("work").fetched_at
    own_ssh(monkeypatch, tmp_path, "echo 'ssh: connect to host x port 22: Connection refused' >&2; exit 255")
    found.source.fetch([path])
    assert until(lambda: found.row("work").fetch_error)
    row = found.row("work")
    assert (row.fetch_error, row.fetched_at) == ("`git.example.org` cannot be reached", good)
    assert row.error is None
    own_ssh(monkeypatch, tmp_path)
    new = push(source)
    found.source.fetch([path])
    assert until(lambda: found.row("work").fetch_error is None and found.row("work").behind == 1)
    assert git(path, "rev-parse", "origin/main").decode().strip() == new


def test_hosts_never_see_two_at_once(
    tmp_path: Path, watch_fleet: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in ("one", "two"):
        for number in range(3):
            source = published(tmp_path / f"{host}-{number}")
            ssh_clone(source, tmp_path / "all" / f"{host}-{number}", host=f"{host}.example.org")
            push(source)
    found = watch_fleet(tmp_path / "all")
    record = tmp_path / "record"
    # A folder can be made once: a second fetch of the same host would meet it. The first of each wait for both.
    both = f"until [ -d {tmp_path}/met-one.example.org ] && [ -d {tmp_path}/met-two.example.org ]; do sleep 0.05; done"
    before = (
        f"mkdir {tmp_path}/at-$host || echo overlap $host >>{record}\nmkdir -p {tmp_path}/met-$host\n{both}\n"
        f'sh -c "$command"; code=$?; echo $host >>{record}; rmdir {tmp_path}/at-$host; exit $code'
    )
    own_ssh(monkeypatch, tmp_path, before)
    found.source.fetch(None)
    assert until(lambda: sum(repo.fetched_at is not None for repo in found.fleets[-1].repositories) == 6)
    assert sorted(record.read_text().split("\n")) == ["", *["one.example.org"] * 3, *["two.example.org"] * 3]
    assert all(repo.behind == 1 for repo in found.fleets[-1].repositories)


def test_the_schedule_fetches_by_itself_and_stands_back_after_failures(
    tmp_path: Path, watch_fleet: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = published(tmp_path / "source")
    path = ssh_clone(source, tmp_path / "all" / "work")
    monkeypatch.setattr(fetches_module, "SPREAD_SECONDS", 0.0)
    push(source)
    found = watch_fleet(tmp_path / "all", replace(BY_HAND, fetch_minutes=1))
    assert until(lambda: found.row("work").behind == 1)
    own_ssh(monkeypatch, tmp_path, "exit 255")
    record = found.source._fetches._records[path]
    waits = []
    for _ in range(8):
        tried = record.tried
        found.source.fetch([path])  # by hand, whatever the back-off
        assert until(lambda tried=tried: record.tried != tried)  # type: ignore[misc]
        assert record.due is not None
        waits.append(round((record.due - time.monotonic()) / 60))
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60]
    tried, record.due = record.tried, time.monotonic()  # the time has come
    assert until(lambda: record.tried != tried)


def test_what_an_earlier_run_told_holds_until_the_next_fetch(tmp_path: Path) -> None:
    source = published(tmp_path / "source")
    path = ssh_clone(source, tmp_path / "all" / "work")
    told = Repository(path, "work", fetched_at=NOW - timedelta(hours=2), fetch_error="no network", pending=True)
    found = FleetSource(replace(BY_HAND, fetch_minutes=60), (path,), (), None, lambda: NOW, saved=Fleet((told,)))
    try:
        (row,) = list(found.read())[-1].repositories
        assert (row.fetched_at, row.fetch_error, row.pending) == (told.fetched_at, told.fetch_error, False)
        found.fetch([path])
        assert until(lambda: list(found.read())[-1].repositories[0].fetch_error is None)
        (row,) = list(found.read())[-1].repositories
        assert row.fetched_at == NOW
    finally:
        found.close()


def test_no_command_line_fetches(tmp_path: Path) -> None:
    source = published(tmp_path / "source")
    ssh_clone(source, tmp_path / "all" / "work")
    push(source)
    settings = replace(BY_HAND, fetch_minutes=1)
    (row,) = read_fleet(settings, (tmp_path / "all",), (), None, lambda: NOW).repositories
    assert (row.behind, row.fetched_at, row.fetch_tried_at) == (0, None, None)


def test_leaving_ends_a_fetch_at_once(
    tmp_path: Path, watch_fleet: Callable[..., Watched], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ssh_clone(published(tmp_path / "source"), tmp_path / "all" / "work")
    found = watch_fleet(tmp_path / "all")
    own_ssh(monkeypatch, tmp_path, f"echo $$ >{tmp_path}/new && mv {tmp_path}/new {tmp_path}/pid; exec sleep 600")
    found.source.fetch([path])
    assert until((tmp_path / "pid").exists)
    number = int((tmp_path / "pid").read_text())
    found.source.fetch([path])
    found.close()
    assert until(lambda: not Path(f"/proc/{number}").exists(), 10.0)


# On the screen.


def test_the_sentence_of_a_failure() -> None:
    repo = Repository(Path("x"), "x", fetch_error="`h` cannot be reached", fetched_at=NOW - timedelta(hours=1))
    assert attention(repo, AttentionRules(), NOW) == ("not fetched since 09:12: `h` cannot be reached",)


def test_how_it_went_is_said_once_all_that_was_asked_for_has_ended() -> None:
    asked = AskedFetches()
    one, two = (Repository(Path(name), name) for name in ("one", "two"))
    broken, other = Repository(Path("b"), "b", error="damaged"), Repository(Path("o"), "o")

    def ended(repo: Repository, error: str | None = None) -> Repository:
        return replace(repo, fetch_tried_at=NOW, fetched_at=None if error else NOW, fetch_error=error)

    assert asked.answer(Fleet((ended(one), two))) is None
    assert asked.ask((one, two, broken)) == (one.path, two.path)
    assert asked.answer(Fleet((one, two, broken, other), fetching=(0, 2))) is None
    assert asked.answer(Fleet((ended(one), two, broken, ended(other)), fetching=(1, 2))) is None
    assert asked.answer(Fleet((ended(one), ended(two), broken))) == ("fetched 2 repositories", True)
    assert asked.answer(Fleet((ended(one), ended(two), broken))) is None
    assert asked.ask((broken,)) == (broken.path,)
    assert asked.answer(Fleet((ended(broken, "damaged"),))) == ("`b` was not fetched: damaged", False)
    asked.ask((one, two))
    said = "2 of 2 were not fetched: `one`, `two`; their details say why"
    assert asked.answer(Fleet((ended(one, "x"), ended(two, "y")))) == (said, False)
    asked.ask((one, two))
    assert asked.answer(Fleet((ended(two),))) == ("fetched two", True)
    asked.ask((one,))
    assert asked.answer(Fleet((replace(one, fetch_tried_at=NOW),))) == (
        "`one` was not fetched: it has no remote to fetch from",
        False,
    )
    asked.ask((one, two))
    tried = tuple(replace(repo, fetch_tried_at=NOW) for repo in (one, two))
    assert asked.answer(Fleet(tried)) == ("nothing was fetched: no remotes", True)


async def test_f_fetches_and_the_screen_says_how_it_goes() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await wait_for(pilot, lambda: "ledger-api" in text_of(app))
        await pilot.press("F")
        await wait_for(pilot, lambda: engine.fetched)
        selected = app.dashboard.repos.selected
        assert selected is not None
        assert engine.fetched == [(selected.path,)]
        await pilot.press("ctrl+f")
        await wait_for(pilot, lambda: len(engine.fetched) == 2)
        wanted = {repo.path for repo in engine.fleet.repositories if not repo.error}
        assert set(engine.fetched[1]) == wanted
        engine.post(messages.ReposRefreshed(replace(engine.fleet, fetching=(2, 6))))
        await wait_for(pilot, lambda: "fetching 3 of 6" in text_of(app))
        rows = tuple(
            replace(
                repo,
                fetch_tried_at=NOW,
                fetched_at=None if repo.name == "voicebox" else NOW,
                fetch_error="[b]`git.example.org`[/b] cannot be reached" if repo.name == "voicebox" else None,
            )
            for repo in engine.fleet.repositories
        )
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=rows)))
        await wait_for(pilot, lambda: "`voicebox` was not fetched:" in text_of(app))
        assert "[b]`git.example.org`[/b]" in text_of(app)
        assert "fetching" not in text_of(app)
        assert "↑2 ↓?" in text_of(app)
        await rest(pilot)
        assert len(app._notifications) == 1


async def test_what_the_schedule_could_not_fetch_is_no_toast() -> None:
    engine = sample_engine()
    app = make_app(engine)
    async with app.run_test(size=(80, 24)) as pilot:
        await wait_for(pilot, lambda: "ledger-api" in text_of(app))
        rows = tuple(replace(repo, fetch_tried_at=NOW, fetch_error="offline") for repo in engine.fleet.repositories)
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=rows, fetching=(0, 9))))
        await wait_for(pilot, lambda: "fetching 1 of 9" in text_of(app))
        engine.post(messages.ReposRefreshed(replace(engine.fleet, repositories=rows)))
        await wait_for(pilot, lambda: "fetching" not in text_of(app))
        await rest(pilot)
        assert len(app._notifications) == 0
        await pilot.press("question_mark")
        await wait_for(pilot, lambda: "Fetch: this, all shown" in text_of(app))
