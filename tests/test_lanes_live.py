"""Lanes as the app has them: the real engine, its real git process, real repositories; nothing made up."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import pytest
from msgspec.structs import replace
from textual.message import Message

from tests import fleet
from tests.fleet import commit, git
from tests.lane_grounds import Whole, tip
from tui import bootstrap, messages, paths
from tui.config import Config, LanesSettings, RepositoriesSettings
from tui.domain.agents import Diffstat, FileDiff
from tui.domain.lane_work import Ground, LaneWish, RepositoryWish
from tui.domain.lanes import Prototype
from tui.live import LiveEngine
from tui.sources.git.lane_asking import LaneAsking
from tui.sources.git.lane_orders import LaneAnswer, LaneOrder
from tui.sources.view_file import ViewFile

pytestmark = pytest.mark.timeout(180)

PATIENCE = 90.0
Fact = TypeVar("Fact", bound=Message)
QUESTION = Prototype("Does the cache help?", 90, "a day without gain", notes=("seen in March",))


class Running:
    """The engine under way, and what it said."""

    def __init__(self, config: Config, root: Path, top: Path) -> None:
        def now() -> datetime:
            return datetime.now(UTC)

        self.engine = LiveEngine(
            config,
            fleet=lambda: bootstrap.open_fleet(config, (root,), now),
            agenda=lambda: bootstrap.open_remote_agenda(config),
            backlog=lambda: bootstrap.open_backlog(config, now),
            sync=lambda: bootstrap.open_sync(config, now),
            views=ViewFile(top / "view.json"),
            now=now,
        )
        self._said: list[Message] = []
        self._changed = threading.Condition()
        self.engine.start(self._take)

    def _take(self, message: Message) -> None:
        with self._changed:
            self._said.append(message)
            self._changed.notify_all()

    def next(self, kind: type[Fact], fits: Callable[[Fact], bool] = lambda _: True) -> Fact:
        """The next fact of `kind` that fits, taken out; a failure to write is one only where it is asked for."""

        def found() -> Fact | None:
            for message in self._said:
                if isinstance(message, messages.WriteFailed) and kind is not messages.WriteFailed:
                    raise AssertionError(message.error)
                if isinstance(message, kind) and fits(message):
                    self._said.remove(message)
                    return message
            return None

        with self._changed:
            fact = self._changed.wait_for(found, PATIENCE)
        assert fact is not None, f"no {kind.__name__}: {self._said}"
        return fact

    def fleet(self, *names: str) -> None:
        """Wait until the fleet is made of just these."""
        self.next(
            messages.ReposRefreshed,
            lambda fact: fact.fleet.complete and sorted(row.name for row in fact.fleet.repositories) == sorted(names),
        )

    def made(self, wish: LaneWish) -> Ground:
        self.engine.make_lane(wish)
        return self.next(messages.GroundMade).ground

    def process(self) -> int:
        return int(self.engine._opened["repos"].process or 0)


Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    fleet.isolate(monkeypatch, tmp_path / ".home")
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path / ".own"))
    (tmp_path / ".tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / ".tmp"))  # what is killed tidies up nothing
    begun: list[Running] = []

    def begin(lanes: LanesSettings | None = None, trusted: tuple[str, ...] = ()) -> Running:
        code = tmp_path / "code"
        config = Config(
            repositories=RepositoriesSettings(roots=(str(code),), trusted=trusted), lanes=lanes or LanesSettings()
        )
        begun.append(Running(config, code, tmp_path))
        return begun[-1]

    yield begin
    for one in begun:
        one.engine.stop()


def test_from_a_question_to_a_lane_to_a_bundle(tmp_path: Path, start: Start) -> None:
    shop = fleet.stashed(tmp_path / "code" / "shop")
    (shop / "draft").write_text("mine")
    running = start()
    running.fleet("shop")
    before = Whole(shop)
    wish = LaneWish(shop, QUESTION)
    ground = running.made(wish)
    lane = ground.path
    assert ground == Ground(
        shop.parent / "shop-does-the-cache-help",
        "proto/does-the-cache-help",
        tip(shop),
        lane / "PROTOTYPE.md",
        shop,
    )
    assert "seen in March" in ground.prototype.read_text()
    running.fleet("shop", lane.name)
    (lane / "file").write_text("faster\n")
    running.engine.look_at_lane(lane)
    look = running.next(messages.LaneLooked).look
    assert (look.path, look.state.changed, look.state.prototypes) == (lane, ("file",), ("PROTOTYPE.md",))
    assert [said.partition(":")[0] for said in look.obstacles] == ["uncommitted changes"], "the bundle is taken as kept"
    running.engine.end_lane(lane, "- a note\n")
    assert "uncommitted changes: `file`" in running.next(messages.WriteFailed).error
    assert not paths.lanes_folder().exists(), "what cannot go is not kept again and again"
    running.engine.commit_lane(lane, "Cache, half done")
    done = running.next(messages.LaneCommitted).commit
    assert (done.path, done.branch, done.files, done.left) == (lane, ground.branch, 2, ())
    assert done.sha == tip(lane) == tip(shop, f"refs/heads/{ground.branch}")
    running.engine.end_lane(lane, "- a note\n")
    ending = running.next(messages.LaneEnded).ending
    assert (ending.path, ending.branch, ending.tip, ending.problem) == (lane, ground.branch, done.sha, None)
    assert ending.folder.parent == paths.lanes_folder()
    assert (ending.folder / "notes.md").read_text() == "- a note\n"
    assert not lane.exists()
    running.fleet("shop")
    assert before.lost() == []
    git(shop, "fetch", "-q", str(ending.folder / "lane.bundle"), f"refs/heads/{ground.branch}:refs/heads/back")
    assert tip(shop, "refs/heads/back") == done.sha


def test_a_lane_of_a_lane_stands_beside_the_repository_and_names_differ(tmp_path: Path, start: Start) -> None:
    shop = fleet.make(tmp_path / "code" / "shop")
    (tmp_path / "code" / "shop-does-the-cache-help").write_text("somebody's file")
    running = start()
    first = running.made(LaneWish(shop, QUESTION))
    assert first.path == tmp_path / "code" / "shop-does-the-cache-help-2"
    second = running.made(LaneWish(first.path, QUESTION))
    assert second.path == tmp_path / "code" / "shop-does-the-cache-help-3"
    assert (second.repository, second.branch) == (first.path, "proto/does-the-cache-help-3")
    place = tmp_path / "elsewhere"
    third = running.made(LaneWish(shop, QUESTION, place))
    assert (third.path, third.branch) == (place, "proto/does-the-cache-help")


def test_the_folder_for_lanes_is_made_and_lanes_in_it_are_in_the_fleet(tmp_path: Path, start: Start) -> None:
    shop = fleet.make(tmp_path / "code" / "shop")
    running = start(LanesSettings(folder=str(tmp_path / "my" / "lanes"), keep=str(tmp_path / "kept")))
    running.fleet("shop")
    ground = running.made(LaneWish(shop, QUESTION))
    assert ground.path == tmp_path / "my" / "lanes" / "shop-does-the-cache-help"
    running.fleet("shop", ground.path.name)
    running.engine.end_lane(ground.path, "")
    assert running.next(messages.LaneEnded).ending.folder.parent == tmp_path / "kept"
    running.fleet("shop")


def test_a_new_repository_is_in_the_fleet_where_it_is_under_a_root(tmp_path: Path, start: Start) -> None:
    fleet.make(tmp_path / "code" / "shop")
    running = start()
    running.fleet("shop")
    running.engine.make_repository(RepositoryWish(tmp_path / "code" / "fresh", QUESTION))
    ground = running.next(messages.GroundMade).ground
    assert ground == Ground(tmp_path / "code" / "fresh", "main", tip(ground.path), ground.path / "PROTOTYPE.md", None)
    running.fleet("shop", "fresh")
    running.engine.make_repository(RepositoryWish(tmp_path / "outside", QUESTION))
    assert running.next(messages.GroundMade).ground.path == tmp_path / "outside"
    running.engine.make_repository(RepositoryWish(tmp_path / "outside", QUESTION))
    assert "is there already" in running.next(messages.WriteFailed).error


@pytest.mark.parametrize(
    ("build", "said"),
    [
        (fleet.unborn, "no lane was made of `shop`: it has no commit yet that a lane could start from"),
        (lambda path: fleet.make(path, "--bare", commits=0), "no lane was made of `shop`: it is a bare repository"),
        (lambda path: path, "no lane was made of `shop`: the folder is gone"),
    ],
)
def test_what_has_no_lane_says_why(build: Callable[[Path], Path], said: str, tmp_path: Path, start: Start) -> None:
    (tmp_path / "code").mkdir()
    shop = build(tmp_path / "code" / "shop")
    running = start()
    running.engine.make_lane(LaneWish(shop, QUESTION))
    failed = running.next(messages.WriteFailed)
    assert failed.source == "lane"
    assert failed.error.startswith(said)


def test_filters_of_the_repository_run_where_it_or_what_it_belongs_to_is_trusted(tmp_path: Path, start: Start) -> None:
    canary = tmp_path / "canary"
    shop = fleet.make(tmp_path / "code" / "shop")
    commit(shop, "attributes", name=".gitattributes", text="* filter=own\n")
    git(shop, "config", "filter.own.clean", f"touch '{canary}'; tr a-z A-Z")
    untrusting = start()
    untrusting.engine.make_lane(LaneWish(shop, QUESTION))
    assert "add it to `[repositories] trusted`" in untrusting.next(messages.WriteFailed).error
    assert not canary.exists()
    trusting = start(trusted=(str(shop),))
    lane = trusting.made(LaneWish(shop, QUESTION)).path
    (lane / "loud").write_text("hello\n")
    untrusting.engine.commit_lane(lane, "x")
    assert "could start programs" in untrusting.next(messages.WriteFailed).error
    canary.unlink(missing_ok=True)
    trusting.engine.commit_lane(lane, "x")
    trusting.next(messages.LaneCommitted)
    assert git(lane, "show", "HEAD:loud") == b"HELLO\n"
    assert canary.exists()


def test_many_wishes_at_once_are_all_answered(tmp_path: Path, start: Start) -> None:
    shops = [fleet.make(tmp_path / "code" / name) for name in ("one", "two")]
    running = start()
    for _ in range(3):
        for shop in shops:
            running.engine.make_lane(LaneWish(shop, QUESTION))
    grounds = [running.next(messages.GroundMade).ground for _ in range(6)]
    assert len({ground.path for ground in grounds}) == 6
    for shop in shops:
        assert len(git(shop, "for-each-ref", "refs/heads/proto").splitlines()) == 3
    before = [Whole(ground.path) for ground in grounds]
    for ground in grounds:
        running.engine.look_at_lane(ground.path)
    assert {running.next(messages.LaneLooked).look.path for _ in grounds} == {ground.path for ground in grounds}
    assert [whole.lost() for whole in before] == [[]] * 6


# The process ends meanwhile.

SLOW = """#!/bin/sh
case "$*" in *"{word}"*) echo $$ >> "{mark}"; {then};; esac
exec {git} "$@"
"""


def slow_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, word: str, then: str = "exec sleep 600") -> Path:
    """Have git hang at a command line with `word`; a file that appears when it does."""
    import shutil

    mark = tmp_path / "hanging"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir(exist_ok=True)
    wrapper.write_text(SLOW.format(word=word, mark=mark, then=then, git=shutil.which("git")))
    wrapper.chmod(0o755)
    monkeypatch.setenv("PATH", f"{wrapper.parent}:{os.environ['PATH']}")
    return mark


def hung(mark: Path) -> list[int]:
    """The processes that hang, once there is one."""
    waiting = threading.Event()
    for _ in range(int(PATIENCE * 20)):
        if mark.exists() and mark.read_text().endswith("\n"):
            return [int(line) for line in mark.read_text().split()]
        waiting.wait(0.05)
    raise AssertionError("git was never asked")


def end(numbers: list[int]) -> None:
    for number in numbers:
        try:
            os.killpg(number, signal.SIGKILL)
        except ProcessLookupError:
            continue


STEPS = {
    "make": ("worktree add", "look at `git worktree list` there whether it is made"),
    "read": ("read-tree", "look at `git worktree list` there whether it is made"),
    "stage": ("update-index", "no file was touched"),
    "tree": ("write-tree", "no file was touched"),
    "record": ("commit-tree", "no file was touched"),
    "move": ("update-ref --no-deref -m", "no file was touched"),
    "bundle": ("bundle create", "nothing of it is lost"),
    "verify": ("bundle unbundle", "nothing of it is lost"),
    "remove": ("worktree remove", "nothing of it is lost"),
    "delete": ("update-ref --no-deref -d", "nothing of it is lost"),
    "init": ("init", "look whether the folder is there"),
    "add": ("add --all", "look whether the folder is there"),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_half_way_loses_nothing_and_the_wish_is_answered(
    step: str, tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    word, said = STEPS[step]
    shop = fleet.staged_and_edited(tmp_path / "code" / "shop")
    running = start()
    lane = running.made(LaneWish(shop, QUESTION)).path
    commit(lane, "work", name="work")
    if step in ("stage", "tree", "record", "move"):
        (lane / "work").write_text("more\n")
        (lane / "fresh").write_text("untracked\n")
    running.engine.stop()
    mark = slow_git(tmp_path, monkeypatch, word)
    running = start()
    before, inside = Whole(shop), Whole(lane)
    engine = running.engine
    if step in ("make", "read"):
        engine.make_lane(LaneWish(shop, QUESTION))
    elif step in ("init", "add"):
        engine.make_repository(RepositoryWish(tmp_path / "code" / "fresh", QUESTION))
    elif step in ("stage", "tree", "record", "move"):
        engine.commit_lane(lane, "half")
    else:
        engine.end_lane(lane, "notes")
    hanging = hung(mark)
    os.kill(running.process(), signal.SIGKILL)
    assert said in running.next(messages.WriteFailed, lambda fact: fact.source == "lane").error
    end(hanging)
    assert before.lost() == []
    if step == "delete":  # the work tree has gone by then, and its bundle is verified
        (kept,) = paths.lanes_folder().iterdir()
        git(shop, "fetch", "-q", str(kept / "lane.bundle"), "refs/heads/proto/does-the-cache-help:refs/heads/back")
        assert tip(shop, "refs/heads/back") == tip(shop, "refs/heads/proto/does-the-cache-help")
    elif step == "remove":
        assert inside.lost() == []
    else:
        assert inside.lost(index=False) == []
    (tmp_path / "bin" / "git").unlink()
    engine.stop()
    running = start()
    if step in ("stage", "tree", "record", "move"):  # what was begun stands in nobody's way
        running.engine.commit_lane(lane, "whole")
        assert running.next(messages.LaneCommitted).commit.files == 2


def test_leaving_waits_for_what_is_nearly_done_and_says_what_is_not(
    tmp_path: Path, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = fleet.make(tmp_path / "code" / "shop")
    mark = slow_git(tmp_path, monkeypatch, "worktree add")
    monkeypatch.setattr("tui.live_lanes.LEAVE_SECONDS", 0.2)
    running = start()
    running.engine.make_lane(LaneWish(shop, QUESTION))
    hanging = hung(mark)
    assert "`shop` is still being worked on" in running.engine.stop()
    end(hanging)


def test_a_wish_given_up_is_never_carried_out_nor_answered_twice() -> None:
    sent: list[LaneOrder] = []
    said: list[LaneAnswer] = []
    asking = LaneAsking(sent.append)
    asking.answered = said.append
    order = LaneOrder("look", Path("/code/shop-try"))
    asking.ask(order)
    asking.ask(order)
    assert [one.number for one in sent] == [1, 2]
    asking.take(LaneAnswer(1))
    asking.lose()
    assert [(answer.number, bool(answer.error)) for answer in said] == [(1, False), (2, True)]
    assert asking.void == 2
    asking.take(LaneAnswer(2))
    asking.ask(replace(order, do="end"))
    asking.lose()
    assert [answer.number for answer in said] == [1, 2, 3]
    assert "it was not ended, the lane `shop-try`: " in (said[-1].error or "")
    assert asking.wait(0.01) == ""


def test_what_a_work_tree_changed_is_told_and_where_it_cannot_be_that_is_told_the_same_way(
    tmp_path: Path, start: Start
) -> None:
    shop = fleet.make(tmp_path / "code" / "shop")
    head = tip(shop, "HEAD")
    commit(shop, "work", name="work")
    running = start()
    running.engine.compare(shop, head)
    found = running.next(messages.ChangesRead).changes
    assert (found.path, found.head) == (shop, head)
    assert found.stat == Diffstat(1, (FileDiff("work", 1, 0),), 0)
    running.engine.compare(tmp_path / "code" / "gone", head)
    found = running.next(messages.ChangesRead, lambda fact: fact.changes.path.name == "gone").changes
    assert "what was changed is not known in `gone`" in found.stat.problem


def test_leaving_does_not_wait_for_what_is_only_looked_at() -> None:
    asking = LaneAsking(lambda _order: None)
    for order in (LaneOrder("look", Path("/code/a")), LaneOrder("compare", Path("/code/b"), text="0" * 40)):
        asking.ask(order)
    assert asking.wait(60) == ""
    asking.ask(LaneOrder("commit", Path("/code/c")))
    assert "`c` is still being worked on" in asking.wait(0)
