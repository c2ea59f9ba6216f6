"""Making a lane and looking at it, with real git: what appears, what stays as it was, and when it is refused."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tests.lane_grounds import TEXT, armed, everything, lanes_of, reach, small_files, tip
from tui.domain.lanes import default_place, slug_of
from tui.sources.git.lane_state import lane_state
from tui.sources.git.lanes import make_lane, taken_slugs
from tui.sources.git.run import GitError

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


STATES = (
    *("modified", "staged_and_edited", "untracked", "stashed", "detached", "conflict", "rebasing", "bisecting"),
    *("ahead", "behind", "diverged", "packed", "alternates", "sha256", "split_index", "locked", "shallow", "sparse"),
    *("worktree_config", "hostile_names", "mailmapped", "odd_config"),
)


@pytest.mark.parametrize("state", STATES)
def test_a_lane_leaves_the_checkout_as_it_is(state: str, tmp_path: Path) -> None:
    repository = getattr(fleet, state)(tmp_path / "work")
    before = everything(repository)
    lane = make_lane(repository, "try", tmp_path / "work-try", TEXT, reach())
    assert everything(repository) == before
    assert lane.branch == "proto/try"
    assert tip(lane.path) == lane.start == tip(repository, "refs/heads/proto/try")
    assert git(lane.path, "symbolic-ref", "HEAD") == b"refs/heads/proto/try\n"
    assert git(lane.path, "status", "--porcelain") == b"?? PROTOTYPE.md\n"
    assert lane.prototype.read_text() == TEXT
    assert git(repository, "for-each-ref", "refs/remotes") == git(lane.path, "for-each-ref", "refs/remotes")
    git(repository, "fsck", "--connectivity-only")
    commit(lane.path, "in the lane", name="new")  # the person's own git works there
    assert everything(repository) == before


@pytest.mark.parametrize(
    "name", ["a b", "-rf", "--force", 'it\'s "quoted"', "$(touch x)", "ünï 日本", "latin-\udce9", "a;b&c", ".dot"]
)
def test_odd_names_of_folders(name: str, tmp_path: Path) -> None:
    repository = fleet.make(tmp_path / name)
    slug = slug_of(name)
    lane = make_lane(repository, slug, Path(default_place(repository, slug)), TEXT, reach())
    assert lane.path.name == f"{name}-{slug}"
    state = lane_state(lane.path, reach(), thorough=True)
    assert (state.prototypes, state.untracked, state.changed) == (("PROTOTYPE.md",), (), ())


def test_it_starts_where_the_default_branch_is_known_to_be(tmp_path: Path) -> None:
    source = fleet.make(tmp_path / "source")
    git(source, "branch", "-m", "main", "trunk")
    work = fleet.clone(source, tmp_path / "work")
    known = tip(work)
    commit(source, "not fetched")
    git(work, "checkout", "-q", "-b", "main")
    mine = commit(work, "mine")
    assert make_lane(work, "one", tmp_path / "one", TEXT, reach()).start == known
    git(work, "remote", "set-head", "origin", "--delete")
    assert make_lane(work, "two", tmp_path / "two", TEXT, reach()).start == mine
    git(work, "branch", "-m", "main", "master")
    commit(work, "on master")
    git(work, "checkout", "-q", "-b", "side")
    side = commit(work, "on a side branch")
    assert make_lane(work, "three", tmp_path / "three", TEXT, reach()).start == tip(work, "master") != side
    git(work, "branch", "-D", "master")
    assert make_lane(work, "four", tmp_path / "four", TEXT, reach()).start == side
    nested = make_lane(tmp_path / "four", "five", tmp_path / "five", TEXT, reach())  # a lane from within a lane
    assert nested.start == side
    assert sorted(taken_slugs(work, reach())) == ["five", "four", "one", "three", "two"]


def test_a_prototype_of_the_repository_itself_stays(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    commit(work, "theirs", name="PROTOTYPE.md", text="theirs\n")
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert (lane.path / "PROTOTYPE.md").read_text() == "theirs\n"
    assert lane.prototype.name == "PROTOTYPE-try.md"
    assert lane_state(lane.path, reach()).prototypes == ("PROTOTYPE-try.md",)


def in_a_repository(top: Path) -> tuple[Path, Path]:
    return fleet.make(top / "work"), top / "work" / "inside"


def in_another(top: Path) -> tuple[Path, Path]:
    fleet.make(top / "other")
    (top / "link").symlink_to(top / "other")
    return fleet.make(top / "work"), top / "link" / "inside"


def file_there(top: Path) -> tuple[Path, Path]:
    (top / "try").write_text("precious")
    return fleet.make(top / "work"), top / "try"


def link_there(top: Path) -> tuple[Path, Path]:
    (top / "try").symlink_to(top / "nowhere")
    return fleet.make(top / "work"), top / "try"


def folder_there(top: Path) -> tuple[Path, Path]:
    (top / "try").mkdir()
    return fleet.make(top / "work"), top / "try"


def name_taken(top: Path) -> tuple[Path, Path]:
    work = fleet.make(top / "work")
    git(work, "branch", "proto/try")
    return work, top / "try"


def name_below_taken(top: Path) -> tuple[Path, Path]:
    work = fleet.make(top / "work")
    git(work, "branch", "proto/try/deeper")
    return work, top / "try"


def prefix_taken(top: Path) -> tuple[Path, Path]:
    work = fleet.make(top / "work")
    git(work, "branch", "proto")
    return work, top / "try"


REFUSED: dict[str, tuple[Callable[[Path], tuple[Path, Path]], str]] = {
    "inside": (in_a_repository, "inside the repository"),
    "inside-another": (in_another, "inside the repository"),
    "file": (file_there, "there already"),
    "link": (link_there, "there already"),
    "folder": (folder_there, "there already"),
    "name": (name_taken, "a branch `proto/try` already"),
    "name-below": (name_below_taken, "a branch `proto/try` already"),
    "prefix": (prefix_taken, "a branch called `proto`"),
    "unborn": (lambda top: (fleet.unborn(top / "work"), top / "try"), "no commit yet"),
    "bare": (lambda top: (fleet.make(top / "work", "--bare", commits=0), top / "try"), "bare repository"),
    "long": (lambda top: (fleet.make(top / "work"), top / ("x" * 300)), "File name too long"),
    "line-break": (lambda top: (fleet.make(top / "work"), top / "a\nb"), "line break"),
    "line-break-above": (lambda top: (fleet.make(top / "a\nb"), top / "try"), "line break"),
    "no-parent": (lambda top: (fleet.make(top / "work"), top / "no" / "try"), "is no folder"),
    "nothing": (lambda top: (top / "work", top / "try"), "gone"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_why_and_leaves_nothing(case: str, tmp_path: Path) -> None:
    build, said = REFUSED[case]
    repository, place = build(tmp_path)
    before = everything(tmp_path)
    with pytest.raises(GitError, match=said):
        make_lane(repository, "try", place, TEXT, reach())
    assert everything(tmp_path) == before


@pytest.mark.parametrize("slug", ["", "-x", "../x", "a b", "X", "x.lock", "a/b"])
def test_only_good_names_are_taken(slug: str, tmp_path: Path) -> None:
    with pytest.raises(GitError, match="no name for a lane"):
        make_lane(fleet.make(tmp_path / "work"), slug, tmp_path / "try", TEXT, reach())


def test_what_fails_half_way_takes_back_only_its_own(tmp_path: Path) -> None:
    """The person's own filter fails while the files are written: branch, record and folder are there by then."""
    work = fleet.make(tmp_path / "work")
    (work / ".gitattributes").write_text("big filter=own\n")
    commit(work, "big", name="big")
    git(work, "worktree", "add", "-q", "-b", "proto/mine", str(tmp_path / "mine"))
    (tmp_path / "gone").mkdir()
    git(work, "worktree", "add", "-q", "-b", "proto/gone", str(tmp_path / "gone"))
    (tmp_path / "gone").rename(tmp_path / "moved")  # a record whose folder is away: `git worktree prune` would drop it
    git(work, "config", "--global", "filter.own.smudge", "false")
    git(work, "config", "--global", "filter.own.required", "true")
    known, before = lanes_of(work), everything(work)
    with pytest.raises(GitError, match="external filter"):
        make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert not (tmp_path / "try").exists()
    assert (lanes_of(work), everything(work)) == (known, before)
    git(work, "config", "--global", "--unset", "filter.own.smudge")
    make_lane(work, "try", tmp_path / "try", TEXT, reach())


def test_a_git_that_is_ended_half_way_leaves_nothing(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    (work / "large").write_bytes(os.urandom(400_000))
    commit(work, "large")
    before = everything(work)
    with small_files(200_000), pytest.raises(GitError):
        make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert not (tmp_path / "try").exists()
    assert (everything(work), lanes_of(work)) == (before, [])
    assert not (work / ".git" / "refs" / "heads" / "proto" / "try.lock").exists()


def test_nothing_is_fetched(tmp_path: Path) -> None:
    source = fleet.make(tmp_path / "source")
    git(source, "config", "uploadpack.allowFilter", "true")
    work = tmp_path / "work"
    git(tmp_path, "clone", "-q", "--filter=blob:none", source.as_uri(), str(work))
    commit(source, "new")
    git(work, "fetch", "-q")
    before = everything(work)
    with pytest.raises(GitError):
        make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert (everything(work), lanes_of(work)) == (before, [])
    missing = git(work, "rev-list", "--objects", "--all", "--missing=print", GIT_NO_LAZY_FETCH="1")
    assert b"?" in missing, "what was left out is still left out"
    git(work, "merge", "-q", "--ff-only", "origin/main")
    make_lane(work, "try", tmp_path / "try", TEXT, reach())


def test_of_two_at_once_for_one_name_one_is_made(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")

    def attempt(number: int) -> str:
        try:
            return str(make_lane(work, "try", tmp_path / f"try{number}", TEXT, reach()).path)
        except GitError:
            return ""

    with ThreadPoolExecutor(4) as threads:
        made_ones = [path for path in threads.map(attempt, range(4)) if path]
    assert len(made_ones) == 1
    assert [str(path) for path in tmp_path.glob("try*")] == made_ones
    assert git(Path(made_ones[0]), "status", "--porcelain") == b"?? PROTOTYPE.md\n"
    assert len(lanes_of(work)) == 2


def test_a_tag_of_the_same_name_is_no_trap(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work", commits=3)
    git(work, "tag", "proto/try", "HEAD~2")
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert lane.start == tip(lane.path) == tip(work)


def test_nothing_of_the_repository_runs(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    work = armed(fleet.make(tmp_path / "work"), canary)
    git(work, "status", ok=False)
    assert canary.exists(), "the canary does sing"
    canary.unlink()
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach())
    lane_state(lane.path, reach(), thorough=True)
    assert not canary.exists()


@pytest.mark.parametrize(
    "key", ["filter.evil.smudge", "filter.evil.process", "filter.a=b.c.clean", "include.path", "hook.x.command"]
)
def test_what_only_trust_can_let_run_is_named(key: str, tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    work = fleet.make(tmp_path / "work")
    (work / ".gitattributes").write_text("* filter=evil\n")
    commit(work, "attributes")
    git(work, "config", key, f"touch '{canary}'; cat")
    before = everything(work)
    with pytest.raises(GitError, match="could start programs"):
        make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert not canary.exists()
    assert not (tmp_path / "try").exists()
    assert (everything(work), lanes_of(work)) == (before, [])


def test_the_filters_of_a_trusted_repository_run(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    (work / ".gitattributes").write_text("file filter=up\n")
    commit(work, "attributes")
    git(work, "config", "filter.up.smudge", "tr a-z A-Z")
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach(trusted=True))
    assert (lane.path / "file").read_text() == "ATTRIBUTES\n"


def test_links_in_its_git_folder_are_not_written_through(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    (tmp_path / "elsewhere").mkdir()
    (work / ".git" / "refs" / "heads" / "proto").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(GitError, match="is a link"):
        make_lane(work, "try", tmp_path / "try", TEXT, reach())
    assert list((tmp_path / "elsewhere").iterdir()) == []


def made(tmp_path: Path) -> tuple[Path, Path]:
    """A clone, and a lane of it with two commits."""
    source = fleet.make(tmp_path / "source")
    commit(source, "lines", name="lines", text="".join(f"{number}\n" for number in range(30)))
    work = fleet.clone(source, tmp_path / "work")
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach()).path
    (lane / "PROTOTYPE.md").unlink()
    commit(lane, "one", name="new")
    commit(lane, "two", name="lines", text="".join(f"{number or 'first'}\n" for number in range(30)))
    return work, lane


def test_what_a_lane_holds_is_counted(tmp_path: Path) -> None:
    work, lane = made(tmp_path)
    (lane / ".gitignore").write_text("*.log\nbuild/\nPROTOTYPE.md\n")
    commit(lane, "three", name="three")
    for name in ("a.log", "loose", "PROTOTYPE.md", "new", "odd\nname"):
        (lane / name).write_text("changed")
    for name in ("build", "many"):
        (lane / name).mkdir()
        (lane / name / "x").write_text("x")
    git(lane, "rm", "-q", "--cached", "lines")
    state = lane_state(lane, reach())
    assert state.commits == 3
    assert state.landed == "no"
    assert set(state.changed) == {"new", "lines"}
    assert set(state.untracked) == {"loose", "odd\nname", "many/", "lines"}
    assert set(state.ignored) == {"a.log", "build/"}
    assert state.prototypes == ("PROTOTYPE.md",)
    git(lane, "stash", "-q", "--all")
    (work / "file").write_text("of the main work tree\n")
    git(work, "stash", "-q")
    assert lane_state(lane, reach()).stashes == 1


def test_commits_that_are_on_the_default_branch_have_landed(tmp_path: Path) -> None:
    _, lane = made(tmp_path)
    assert (lane_state(lane, reach()).commits, lane_state(lane, reach()).landed) == (2, "no")
    git(lane, "push", "-q", "origin", "HEAD:refs/heads/other")
    assert lane_state(lane, reach()).landed == "no"
    git(lane, "branch", "-q", "--set-upstream-to=origin/other")
    assert (lane_state(lane, reach()).commits, lane_state(lane, reach()).landed) == (0, "ancestry")
    git(lane, "branch", "--unset-upstream")
    git(tmp_path / "source", "checkout", "-q", "--detach")
    git(lane, "push", "-q", "origin", "HEAD:refs/heads/main")
    assert (lane_state(lane, reach()).commits, lane_state(lane, reach()).landed) == (0, "ancestry")


@pytest.mark.parametrize("after", ["nothing", "elsewhere", "same-lines"])
def test_squashed_work_is_recognised_by_content(after: str, tmp_path: Path) -> None:
    work, lane = made(tmp_path)
    source = tmp_path / "source"
    commit(source, "others go on meanwhile", name="meanwhile")
    git(source, "fetch", "-q", str(work), "proto/try")
    git(source, "merge", "-q", "--squash", "FETCH_HEAD")
    git(source, "commit", "-q", "-m", "squashed")
    if after == "same-lines":
        commit(source, "changed again", name="lines", text="all new\n")
    elif after == "elsewhere":
        commit(source, "more", name="more")
    assert lane_state(lane, reach()).landed == "no", "not fetched yet"
    git(work, "fetch", "-q")
    objects = git(work, "count-objects", "-v")
    state = lane_state(lane, reach())
    assert (state.commits, state.landed) == (2, "content")
    assert git(work, "count-objects", "-v") == objects, "nothing was written"


def test_half_of_the_work_has_not_landed(tmp_path: Path) -> None:
    work, lane = made(tmp_path)
    git(tmp_path / "source", "fetch", "-q", str(work), "proto/try")
    git(tmp_path / "source", "cherry-pick", "FETCH_HEAD~1", when=fleet.COMMITTED + 99)
    git(work, "fetch", "-q")
    assert lane_state(lane, reach()).landed == "no"
    git(tmp_path / "source", "cherry-pick", "FETCH_HEAD")
    git(work, "fetch", "-q")
    assert lane_state(lane, reach()).landed == "content"


def test_work_that_was_taken_back_has_no_content_to_find(tmp_path: Path) -> None:
    work, lane = made(tmp_path)
    commit(tmp_path / "source", "others go on", name="theirs")
    git(work, "fetch", "-q")
    git(lane, "revert", "--no-edit", "HEAD", "HEAD~1")
    assert (lane_state(lane, reach()).commits, lane_state(lane, reach()).landed) == (4, "no")


def test_only_linked_work_trees_are_lanes(tmp_path: Path) -> None:
    work, lane = made(tmp_path)
    with pytest.raises(GitError, match="no lane"):
        lane_state(work, reach())
    lane.rename(tmp_path / "moved")
    with pytest.raises(GitError, match="no lane"):
        lane_state(tmp_path / "moved", reach())
    assert os.fspath(lane) in git(work, "worktree", "list").decode()
