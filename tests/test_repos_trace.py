"""What was committed since a moment, as real git tells it, directly and through the process git is run from."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import COMMITTED, ME, OTHER, commit, commit_of, git
from tui.config import RepositoriesSettings
from tui.domain.backlog import Item
from tui.domain.evidence import Trace, Witness
from tui.domain.repos import Fleet
from tui.domain.toes import format_toes, toes_of
from tui.sources.git import tracing
from tui.sources.git.commits import Logged, parse_log
from tui.sources.git.fleet import FleetSource
from tui.sources.git.orders import Wanted
from tui.sources.git.remote import RemoteFleet

THEN = datetime.fromtimestamp(COMMITTED, UTC)
PATIENCE = 60.0

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    fleet.isolate(monkeypatch, tmp_path / "home")
    return tmp_path / "code"


@pytest.fixture
def source(code: Path, tmp_path: Path) -> Iterator[FleetSource]:
    settings = RepositoriesSettings(watch=False)
    opened = FleetSource(settings, (code,), (ME,), None, lambda: THEN, shadows=tmp_path / "shadows")
    yield opened
    opened.close(patience=1.0)


def shared(code: Path) -> tuple[Path, Path]:
    """A repository others push to, and a clone of it."""
    origin = fleet.make(code.parent / "origin")
    return origin, fleet.clone(origin, code / "billing")


def told(trace: Trace) -> list[tuple[str, str, str, bool]]:
    return [(one.commit.author, one.commit.subject, one.branch, one.by_me) for one in trace.commits]


def test_commits_of_all_branches_since_then_with_their_authors(code: Path, source: FleetSource) -> None:
    origin, clone = shared(code)
    commit_of(origin, OTHER, "before", when=COMMITTED + 10)
    commit_of(origin, OTHER, "on main", when=COMMITTED + 200)
    git(origin, "checkout", "-q", "-b", "feat/caps")
    commit_of(origin, OTHER, "on caps", when=COMMITTED + 300)
    git(clone, "fetch", "-q")
    commit(clone, "mine", when=COMMITTED + 400)
    trace = source.trace(clone, THEN + timedelta(seconds=100))
    assert told(trace) == [
        ("Me Myself", "mine", "", True),
        ("Ana", "on caps", "feat/caps", False),
        ("Ana", "on main", "", False),
    ]
    assert [one.address for one in trace.commits] == [ME, OTHER, OTHER]
    assert (trace.path, trace.since, trace.whole) == (clone, THEN + timedelta(seconds=100), True)


def test_a_branch_on_top_of_theirs_does_not_take_their_commits_on_the_trunk(code: Path, source: FleetSource) -> None:
    origin, clone = shared(code)
    commit_of(origin, OTHER, "on main", when=COMMITTED + 200)
    git(origin, "checkout", "-q", "-b", "a-first")
    commit_of(origin, "chidi@example.org", "on top", when=COMMITTED + 300)
    git(clone, "fetch", "-q")
    assert told(source.trace(clone, THEN + timedelta(seconds=100))) == [
        ("Chidi", "on top", "a-first", False),
        ("Ana", "on main", "", False),
    ]


def test_a_repository_without_any_such_commit_is_silent_and_known_to_be(code: Path, source: FleetSource) -> None:
    _, clone = shared(code)
    trace = source.trace(clone, THEN + timedelta(days=1))
    assert (trace.commits, trace.whole) == ((), True)


@pytest.mark.parametrize("spoil", ["gone", "fifo", "head"])
def test_what_cannot_be_read_is_not_known(code: Path, source: FleetSource, spoil: str) -> None:
    clone = code / "nowhere" if spoil == "gone" else fleet.make(code / "billing")
    if spoil == "fifo":
        (clone / ".git" / "refs" / "heads" / "main").unlink()
        os.mkfifo(clone / ".git" / "refs" / "heads" / "main")
    if spoil == "head":
        (clone / ".git" / "HEAD").write_text("nonsense\n")
    trace = source.trace(clone, THEN)
    assert (trace.commits, trace.whole) == ((), False)


def test_of_more_than_are_read_the_rest_is_not_known(
    code: Path, source: FleetSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    clone = fleet.make(code / "billing", commits=4)
    monkeypatch.setattr(tracing, "MOST_TRACED", 3)
    trace = source.trace(clone, THEN)
    assert (len(trace.commits), trace.whole) == (3, False)


def test_the_newest_of_each_person_is_kept_however_many_others_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "MOST_KEPT", 3)
    names = ["Chidi", "Chidi", "Chidi", "Chidi", "Ana", "Ana"]
    fields = (
        f"{place:040}\0{name}\0x@y\0{2000 - place}\0refs/heads/main\0subject {place}".encode()
        for place, name in enumerate(names)
    )
    logged: list[Logged] = list(parse_log(b"\0".join(fields)))
    assert [one.commit.subject for one in tracing.newest_of_each(logged)] == ["subject 0", "subject 1", "subject 4"]


def test_it_runs_nothing_of_the_repository(code: Path, source: FleetSource, tmp_path: Path) -> None:
    clone = fleet.make(code / "billing")
    canary = tmp_path / "ran"
    script = tmp_path / "script"
    script.write_text(f"#!/bin/sh\ntouch {canary}\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "log.showSignature", "gpg.program", "core.pager", "diff.external"):
        git(clone, "config", key, "true" if key == "log.showSignature" else str(script))
    assert len(source.trace(clone, THEN).commits) == 1
    assert not canary.exists()


def test_the_process_answers_and_what_it_says_is_evidence(code: Path, tmp_path: Path) -> None:
    origin, clone = shared(code)
    now = int(time.time())
    commit_of(origin, OTHER, "Cap [usage] \x1b]52;c;aGk=\x07 by plan", when=now - 7200)
    git(clone, "fetch", "-q")
    remote = RemoteFleet(
        Wanted(RepositoriesSettings(watch=False), (code,), (ME,), shadows=tmp_path / "shadows"),
        lambda: datetime.now(UTC),
    )
    traces: list[Trace] = []
    remote.traced = traces.append
    fleets: list[Fleet] = []
    end = time.monotonic() + PATIENCE
    since = datetime.fromtimestamp(now - 9 * 86_400, UTC)
    try:
        remote.trace({clone: since})
        while not (traces and fleets and fleets[-1].complete and fleets[-1].repositories):
            fleets += remote.read()
            assert time.monotonic() < end
            time.sleep(0.01)
    finally:
        remote.close()
    item = Item("d", "Refunds", "delegated", person="ana", repo="billing", decided=since)
    evidence = Witness(fleets[-1], None, traces, datetime.fromtimestamp(now, UTC)).of(item)
    assert evidence is not None
    assert evidence.text == "ana: Cap [usage] \x1b]52;c;aGk=\x07 by plan, 2 h ago"


def test_the_folders_others_touched_are_read_where_asked_for(code: Path, source: FleetSource) -> None:
    origin, clone = shared(code)
    git(origin, "checkout", "-q", "-b", "feat/caps")
    (origin / "billing" / "caps").mkdir(parents=True)
    commit_of(origin, OTHER, "cap usage", name="billing/caps/limit.py", when=COMMITTED + 300)
    git(clone, "fetch", "-q")
    commit(clone, "mine", when=COMMITTED + 400)
    since = THEN + timedelta(seconds=100)
    trace = source.trace(clone, since, areas=True)
    assert trace.areas == ((trace.commits[1].commit.sha, ("billing/caps",)),)
    (toes,) = toes_of(trace)
    assert format_toes(toes, "just now") == "Ana: cap usage under billing/caps on feat/caps, just now"
    assert source.trace(clone, since).areas is None
    assert source.trace(code / "gone", since, areas=True) == Trace(code / "gone", since, (), False, None, ())
