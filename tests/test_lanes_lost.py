"""Nothing of the person's is ever lost: every wish for lanes, tried on lanes full of work that could be.

The yardstick knows nothing of how lanes are ended: either all is where it was, or what a clone makes of the bundle that
was kept has every file again.
"""

import os
from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tests.lane_grounds import Whole, everything, files_of, tip
from tests.test_agents_background_source import script, until
from tests.test_lanes_ending_source import LOSSES, lane_of
from tui.config import LanesSettings
from tui.domain.agents import AgentSession, Diffstat, HandOver
from tui.domain.lane_work import LaneWish, RepositoryWish
from tui.domain.lanes import Prototype
from tui.sources.agents_background import Background
from tui.sources.git.lane_diff import read_diffstat
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lane_orders import LaneAnswer, LaneOrder
from tui.sources.git.lane_wishes import LaneWishes, Terms
from tui.sources.git.shadow import Shadows

pytestmark = pytest.mark.timeout(180)

QUESTION = Prototype("Try it?", 60)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


class World:
    """A person's checkout with work of every kind, another lane of theirs, and the lane in question, full of `loss`."""

    def __init__(self, top: Path, loss: str) -> None:
        self.top = top
        self.work = fleet.ahead(top / "work")
        git(self.work, "branch", "only-here", commit(self.work, "on a branch nobody else has", name="b"))
        git(self.work, "reset", "-q", "--hard", "HEAD~1")
        (self.work / "fresh").write_text("stashed with what is untracked")
        git(self.work, "stash", "-q", "-u", "-m", "for later")
        self.lane = lane_of(self.work)
        self.other = top / "other"
        git(self.work, "worktree", "add", "-q", "-b", "proto/other", str(self.other))
        (self.other / "file").write_text("edited in the other lane")
        (self.work / ".git" / "info" / "exclude").write_text("*.out\n")
        for place in (self.work, self.other):
            (place / "staged").write_text("staged")
            git(place, "add", "staged")
            (place / "staged").write_text("and edited again")
            (place / "loose").write_text("untracked")
            (place / "some.out").write_text("ignored")
        LOSSES[loss][0](self.work, self.lane)
        self.ignored = ignored_in(self.lane)
        self.files = {where: was for where, was in files_of(self.lane).items() if where != ".git"}
        self.whole = Whole(self.lane)
        self.commits = commits_of(self.work) | commits_of(self.lane)
        self._others = (Whole(self.work), Whole(self.other))
        self._checkout = everything(self.work)
        self._said: list[LaneAnswer] = []
        terms = Terms(LanesSettings(), frozenset(), top / "kept", None)
        self._wishes = LaneWishes(terms, self._said.append, lambda _: None)

    def asked(self, *orders: LaneOrder) -> list[LaneAnswer]:
        """What came of `orders`, all at once."""
        before = len(self._said)
        for number, order in enumerate(orders, before + 1):
            self._wishes.take(LaneOrder(order.do, order.path, order.lane, order.repository, order.text, True, number))
        self._wishes.wait(120)
        assert len(self._said) == before + len(orders)
        return sorted(self._said[before:], key=lambda answer: answer.number)

    def ended(self, *, ignored_may_go: bool) -> LaneAnswer:
        order = LaneOrder("end", self.lane, text="a note", ignored_may_go=ignored_may_go, number=len(self._said) + 1)
        self._wishes.take(order)
        self._wishes.wait(120)
        return self._said[-1]

    def check_others(self, *moved: str) -> None:
        """Nothing of the person's own, but the branches `moved`, is other than it was."""
        for whole in self._others:
            assert [line for line in whole.lost() if not any(f"refs/heads/{one} " in line for one in moved)] == []
        assert everything(self.work) == self._checkout

    def check_back(self, kept: Path, gone: Collection[str]) -> None:
        """Every file but those in `gone`, and every commit, comes back from the folder `kept`."""
        back = fleet.clone(self.work, self.top / "back")
        git(back, "fetch", "-q", "origin", "+refs/*:refs/there/*")
        git(back, "fetch", "-q", str(kept / "lane.bundle"), "refs/*:refs/back/*")
        (lane,) = git(back, "for-each-ref", "--format=%(refname)", "refs/back/heads").decode().split()
        git(back, "checkout", "-q", "--detach", lane)
        found = files_of(back)
        for where, was in self.files.items():
            if where not in gone:
                name = kept / where
                again = (was[0], name.read_bytes()) if where.startswith("PROTOTYPE") and name.exists() else found[where]
                assert again == was, where
        known = git(back, "rev-list", "--all").decode().split()
        assert self.commits <= set(known)


def ignored_in(lane: Path) -> set[str]:
    listed = git(lane, "ls-files", "-z", "--others", "--ignored", "--exclude-standard").split(b"\x00")[:-1]
    names = {os.fsdecode(name).rstrip("/") for name in listed}
    return names | {str(above) for name in names for above in Path(name).parents}


def commits_of(place: Path) -> set[str]:
    """Every commit a ref or a log of the work tree leads to, stashes but the newest left out."""
    return set(git(place, "rev-list", "--all", "--reflog").decode().split())


@pytest.mark.parametrize("ignored_may_go", [False, True])
@pytest.mark.parametrize("loss", LOSSES)
def test_ending(loss: str, ignored_may_go: bool, tmp_path: Path) -> None:
    world = World(tmp_path, loss)
    answer = world.ended(ignored_may_go=ignored_may_go)
    if answer.ending is None:
        assert answer.error
        assert world.whole.lost() == []
        world.check_others()
        assert not (tmp_path / "kept").exists()
        return
    assert ignored_may_go or not world.ignored
    assert not world.lane.exists()
    world.check_others(answer.ending.branch)
    world.check_back(answer.ending.folder, world.ignored)


@pytest.mark.parametrize("loss", LOSSES)
def test_committing_and_then_ending(loss: str, tmp_path: Path) -> None:
    world = World(tmp_path, loss)
    (answer,) = world.asked(LaneOrder("commit", world.lane, text="half done"))
    lost = world.whole.lost(index=answer.error is not None)
    if answer.commit is None:
        assert answer.error
        assert lost == []
        world.check_others()
        return
    moved = (answer.commit.branch,) if answer.commit.sha else ()
    assert [line for line in lost if not any(f"refs/heads/{one} " in line for one in moved)] == []
    world.check_others(*moved)
    (answer,) = world.asked(LaneOrder("end", world.lane))
    if answer.ending is not None:
        world.check_back(answer.ending.folder, world.ignored)
        moved = (*moved, answer.ending.branch)
    else:
        assert [line for line in world.whole.lost(index=False) if not any(f"/{one} " in line for one in moved)] == []
    world.check_others(*moved)


@pytest.mark.parametrize("loss", LOSSES)
def test_looking_making_and_new_repositories_in_the_way(loss: str, tmp_path: Path) -> None:
    world = World(tmp_path, loss)
    folders = (world.lane, world.lane / "inside", world.work, world.other / "inside", world.work / "loose")
    answers = world.asked(
        LaneOrder("look", world.lane),
        *(LaneOrder("lane", place, lane=LaneWish(place, QUESTION)) for place in (world.work, world.lane, world.lane)),
        *(
            LaneOrder("lane", world.work, lane=LaneWish(world.work, QUESTION, place))
            for place in (world.lane, world.work / "loose", world.other)
        ),
        *(LaneOrder("repository", place, repository=RepositoryWish(place, QUESTION, world.lane)) for place in folders),
        LaneOrder("commit", world.work, text="not a lane"),
        LaneOrder("end", world.work),
        LaneOrder("commit", tmp_path / "nowhere"),
    )
    grounds = [answer.ground for answer in answers if answer.ground is not None]
    assert len({ground.path for ground in grounds}) == 3
    assert sum(answer.error is not None for answer in answers) == len(answers) - 3 - 1
    assert world.whole.lost() == []
    world.check_others()


@pytest.mark.parametrize("loss", LOSSES)
def test_handing_over_looking_ending_and_forgetting(loss: str, tmp_path: Path) -> None:
    """An agent that does nothing itself is handed an item in the lane, looked at, ended and forgotten."""
    world = World(tmp_path, loss)
    head = tip(world.lane, "HEAD") or "0" * 40
    (answer,) = world.asked(LaneOrder("compare", world.lane, text=head))
    assert answer.changes or answer.error
    agent = script(tmp_path / "agent", "echo begun; while :; do sleep 0.02; done")
    (tmp_path / "brief.md").write_text("# Try it\n")
    handover = HandOver("b1", "Try it", world.lane, "proto/try", head, tmp_path / "brief.md", None)

    def diff(path: Path, head: str) -> Diffstat:
        return read_diffstat(path, head, Reach(Shadows(None)))

    background = Background(tmp_path / "agents", lambda: datetime.now(UTC), diff)
    background.start(handover, "agent", lambda brief: (str(agent), str(brief)), dict(os.environ))
    until(lambda: [one for one in background.read() if isinstance(one, AgentSession) and one.last_lines])
    (one,) = background.read()
    assert isinstance(one, AgentSession)
    background.end(one.id)
    until(lambda: [one for one in background.read() if isinstance(one, AgentSession) and one.state == "failed"])
    background.end(one.id)
    assert not list(background.read())
    assert world.whole.lost() == []
    world.check_others()


def test_all_wishes_at_once_for_one_lane(tmp_path: Path) -> None:
    """Whichever comes first, the work is on the lane's branch, in the lane or in the bundle."""
    world = World(tmp_path, "untracked")
    look, done, again, ending = world.asked(
        LaneOrder("look", world.lane),
        LaneOrder("commit", world.lane, text="one"),
        LaneOrder("commit", world.lane, text="two"),
        LaneOrder("end", world.lane),
    )
    assert {bool(one.commit and one.commit.sha) for one in (done, again)} <= {True, False}
    if ending.ending is None:
        assert (world.lane / "fresh").read_text() == "precious"
        (ending,) = world.asked(LaneOrder("end", world.lane))
    assert ending.ending is not None
    assert look.look is not None or look.error
    world.check_back(ending.ending.folder, world.ignored)
    world.check_others(ending.ending.branch)
    assert tip(world.work, "refs/heads/proto/try") == ""
