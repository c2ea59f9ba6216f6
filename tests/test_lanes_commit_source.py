"""The work-in-progress commit of a lane, with real git: what it holds, what it leaves, and when it is refused."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import commit, git
from tests.lane_grounds import TEXT, Whole, armed, everything, reach, small_files, tip
from tui.sources.git import lane_commit
from tui.sources.git.lane_commit import commit_lane
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lanes import make_lane
from tui.sources.git.run import GitError

pytestmark = pytest.mark.timeout(120)

Change = Callable[[Path, Path], object]
"""Something done to a repository and its lane."""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


def lane_of(work: Path) -> Path:
    lane = make_lane(work, "try", work.parent / "a lane", TEXT, reach()).path
    commit(lane, "begun", name="new")
    return lane


def held(lane: Path) -> dict[str, bytes]:
    """The files of the last commit."""
    names = git(lane, "ls-tree", "-r", "-z", "--name-only", "HEAD").split(b"\x00")[:-1]
    return {os.fsdecode(name): git(lane, "show", b"HEAD:" + name) for name in names}


BASES: tuple[str, ...] = (
    "make",
    "packed",
    "sha256",
    "alternates",
    "shallow",
    "staged_and_edited",
    "stashed",
    "rebasing",
    "detached",
)
BASES += ("sparse", "split_index", "worktree_config", "line_ends", "conflict", "locked")


@pytest.mark.parametrize("base", BASES)
def test_everything_but_ignored_files_is_committed_on_the_lane_alone(base: str, tmp_path: Path) -> None:
    work = getattr(fleet, base)(tmp_path / "work")
    lane = lane_of(work)
    (work / ".git" / "info" / "exclude").write_text("*.env\n")
    before = everything(work)
    (lane / "new").write_text("edited\n")
    (lane / "file").unlink()
    (lane / "staged").write_text("once\n")
    git(lane, "add", "staged")
    (lane / "staged").write_text("twice\n")
    (lane / "deep" / "er").mkdir(parents=True)
    for name in ("-rf", "a b", "new\nline", "$(x)", "latin-\udce9", "ünï", ":(top)magic", "*"):
        (lane / "deep" / "er" / name).write_text(name.encode("utf-8", "replace").decode())
    (lane / "run").write_text("#!/bin/sh\n")
    (lane / "run").chmod(0o755)
    (lane / "link").symlink_to("nowhere")
    (lane / "my.env").write_text("secret")
    whole = Whole(lane)
    old = tip(lane)
    done = commit_lane(lane, "Half done\n\nand more", reach())
    assert whole.lost(index=False) == [f"ref b'refs/heads/proto/try {old}'"]
    assert everything(work) == before
    assert (done.branch, done.left) == ("proto/try", ())
    assert done.sha == tip(lane) == tip(work, "refs/heads/proto/try")
    assert tip(lane, "HEAD~1") == old
    assert git(lane, "log", "-1", "--format=%B").strip() == b"Half done\n\nand more"
    files = held(lane)
    assert {"new", "staged", "run", "link", "PROTOTYPE.md", "deep/er/-rf", "deep/er/latin-\udce9"} <= files.keys()
    assert not {"file", "my.env"} & files.keys()
    assert files["staged"] == b"twice\n"
    assert done.files == 13
    assert git(lane, "status", "--porcelain") == b""
    assert git(lane, "log", "-g", "-1", "--format=%gs", "HEAD").strip() == b"commit: Half done"
    assert git(lane, "log", "-g", "-1", "--format=%gs", "proto/try").strip() == b"commit: Half done"
    git(work, "fsck", "--connectivity-only")


def test_folders_that_became_files_and_the_other_way_round(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "folder").mkdir()
    commit(lane, "inner", name="folder/inner")
    (lane / "folder" / "inner").unlink()
    (lane / "folder").rmdir()
    (lane / "folder").write_text("a file now\n")
    (lane / "file").unlink()
    (lane / "file").mkdir()
    (lane / "file" / "inner").write_text("inside\n")
    commit_lane(lane, "swapped", reach())
    assert git(lane, "status", "--porcelain") == b""
    assert {"folder", "file/inner"} <= held(lane).keys()


def test_more_paths_than_a_command_line_takes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lane_commit, "_MOST_ARGUMENTS", 2000)
    lane = lane_of(fleet.make(tmp_path / "work"))
    for number in range(300):
        (lane / f"{number:0100}").write_text("x")
    assert commit_lane(lane, "many", reach()).files == 300
    assert git(lane, "status", "--porcelain") == b""


def test_nothing_to_commit_is_no_commit(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    os.utime(lane / "file", (1, 1))
    old = tip(lane)
    done = commit_lane(lane, "nothing", reach())
    assert (done.sha, done.files, tip(lane)) == ("", 0, old)
    git(lane, "commit", "-q", "--allow-empty", "-m", "empty")
    assert commit_lane(lane, "nothing", reach()).sha == ""


def test_repositories_inside_and_large_and_closed_files_stay_out_and_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane_commit, "MOST_BYTES", 1000)
    work, _ = fleet.with_submodule(tmp_path / "work")
    lane = lane_of(work)
    git(lane, "-c", "protocol.file.allow=always", "submodule", "--quiet", "update", "--init")
    commit(lane / "deep" / "down" / "in" / "side", "further", name="further")
    fleet.make(lane / "clone")
    fleet.make(lane / "unborn", commits=0)
    fleet.make(lane / "some" / "bare", "--bare", commits=0)
    (lane / "some" / "note").write_text("in")
    (lane / "large").write_bytes(b"x" * 1001)
    (lane / "new").write_bytes(b"x" * 1001)
    (lane / "edge").write_bytes(b"x" * 1000)
    os.mkfifo(lane / "fifo")
    whole = Whole(lane)
    done = commit_lane(lane, "some of it", reach())
    assert [line for line in whole.lost(index=False) if not line.startswith("ref")] == []
    repositories, large = done.left
    assert all(f"`{name}`" in repositories for name in ("deep/down/in/side", "clone", "unborn", "some/bare"))
    assert "`new`, `large`" in large
    names = git(lane, "diff-tree", "-r", "--name-only", "HEAD~1", "HEAD").decode().split()
    assert sorted(names) == ["edge", "some/note"]
    assert git(lane, "show", "HEAD:new") == b"begun\n"


def test_a_file_that_cannot_be_read_does_not_hold_up_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda file, _: Path(file).name != "closed")  # nothing is closed to root
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "closed").write_text("x")
    (lane / "closed").chmod(0)
    (lane / "open").write_text("x")
    done = commit_lane(lane, "some of it", reach())
    assert "`closed`; check their permissions" in done.left[0]
    assert "open" in held(lane)
    assert "closed" not in held(lane)


def run(*arguments: str, there: bool = True) -> Change:
    return lambda work, lane: git(lane if there else work, *arguments, ok=False)


def in_conflict(work: Path, lane: Path) -> None:
    git(lane, "checkout", "-q", "-b", "proto/side", "HEAD~1")
    commit(lane, "theirs", name="new")
    git(lane, "checkout", "-q", "proto/try")
    git(lane, "merge", "-q", "proto/side", ok=False)


def conflict_alone(work: Path, lane: Path) -> None:
    in_conflict(work, lane)
    (Path(git(lane, "rev-parse", "--git-dir").decode().strip()) / "MERGE_HEAD").unlink()


def unknown(work: Path, lane: Path) -> None:
    git(work, "config", "--global", "--unset-all", "user.name", ok=False)
    git(work, "config", "--global", "--unset-all", "user.email", ok=False)


def a_name_for_another(work: Path, lane: Path) -> None:
    git(work, "branch", "precious")
    git(lane, "symbolic-ref", "refs/heads/proto/try", "refs/heads/precious")


def linked_log(work: Path, lane: Path) -> None:
    log = Path(git(lane, "rev-parse", "--git-dir").decode().strip()) / "logs" / "HEAD"
    log.rename(work.parent / "elsewhere")
    log.symlink_to(work.parent / "elsewhere")


REFUSED: dict[str, tuple[Change, str]] = {
    "foreign-branch": (run("checkout", "-q", "-b", "feature"), "not on a branch `proto/…`"),
    "detached": (run("checkout", "-q", "--detach"), "not on a branch `proto/…`"),
    "merge": (
        lambda work, lane: [commit(work, "theirs"), git(lane, "merge", "-q", "--no-ff", "--no-commit", "main")],
        "a merge is under way",
    ),
    "bisect": (run("bisect", "start"), "a bisect is under way"),
    "conflict": (in_conflict, "a merge is under way"),
    "conflict-alone": (conflict_alone, "`new` is in conflict; resolve it"),
    "lock": (
        lambda work, lane: (Path(git(lane, "rev-parse", "--git-dir").decode().strip()) / "index.lock").touch(),
        "another git command is at work",
    ),
    "filter": (run("config", "filter.own.clean", "cat"), r"could start programs .*trusted"),
    "include": (run("config", "include.path", "more"), r"could start programs .*trusted"),
    "unknown": (unknown, r"git config --global user\.name"),
    "another-name": (a_name_for_another, "stands for another branch"),
    "linked-log": (linked_log, "a log in its git folder is a link"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_why_and_changes_nothing(case: str, tmp_path: Path) -> None:
    change, said = REFUSED[case]
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    change(work, lane)
    (lane / "fresh").write_text("precious")
    (lane / "file").write_text("precious")
    whole = Whole(lane)
    before = everything(work)
    with pytest.raises(GitError, match=said):
        commit_lane(lane, "x", reach())
    assert whole.lost() == []
    assert everything(work) == before
    assert (lane / "fresh").read_text() == (lane / "file").read_text() == "precious"


@pytest.mark.parametrize("place", ["main", "feature"])
def test_only_lanes_are_committed_in(place: str, tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    lane_of(work)
    where = work
    if place == "feature":
        where = tmp_path / "feature"
        git(work, "worktree", "add", "-q", "-b", "feature", str(where))
    else:
        git(work, "checkout", "-q", "-b", "proto/here")  # the person's own checkout, whatever its branch
    (where / "file").write_text("mine")
    before = everything(work)
    with pytest.raises(GitError):
        commit_lane(where, "x", reach())
    assert everything(work) == before
    assert (where / "file").read_text() == "mine"


def test_nothing_of_the_repository_or_the_person_runs(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    work = armed(fleet.make(tmp_path / "work"), canary)
    for key, value in (("core.hooksPath", str(tmp_path / "hooks")), ("commit.gpgSign", "true")):
        git(work, "config", "--global", key, value)
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach()).path
    git(lane, "commit", "-q", "--allow-empty", "-m", "x", ok=False)
    assert canary.exists(), "the canary does sing"
    canary.unlink()
    (lane / "file").write_text("edited\n")
    assert commit_lane(lane, "x", reach()).files == 2
    assert not canary.exists()
    assert b"gpgsig" not in git(lane, "cat-file", "commit", "HEAD")


def test_the_persons_own_filters_ignore_file_and_line_ends_hold(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    commit(work, "attributes", name=".gitattributes", text="*.big filter=own\n*.txt text\n")
    git(work, "config", "--global", "filter.own.clean", "tr a-z A-Z")
    git(work, "config", "core.excludesFile", str(tmp_path / "ignore"))
    (tmp_path / "ignore").write_text("*.env\n")
    lane = lane_of(work)
    (lane / "some.big").write_text("loud\n")
    (lane / "dos.txt").write_bytes(b"one\r\n")
    (lane / "my.env").write_text("secret")
    commit_lane(lane, "x", reach())
    files = held(lane)
    assert (files["some.big"], files["dos.txt"]) == (b"LOUD\n", b"one\n")
    assert "my.env" not in files
    assert (lane / "dos.txt").read_bytes() == b"one\r\n"


def test_what_a_filter_keeps_aside_is_kept_with_the_repository(tmp_path: Path) -> None:
    """As git-lfs does: it puts the content into the git folder it is told of, which must not be one that goes away."""
    work = fleet.make(tmp_path / "work")
    commit(work, "attributes", name=".gitattributes", text="*.big filter=own\n")
    lane = lane_of(work)
    script = tmp_path / "aside"
    script.write_text('#!/bin/sh\ntee "$(git rev-parse --git-common-dir)/kept-aside" >/dev/null; echo pointer\n')
    script.chmod(0o755)
    git(work, "config", "--global", "filter.own.clean", str(script))
    (lane / "some.big").write_text("content\n")
    commit_lane(lane, "x", reach())
    assert held(lane)["some.big"] == b"pointer\n"
    assert (work / ".git" / "kept-aside").read_text() == "content\n"


def test_a_filter_that_fails_leaves_files_and_branch(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    commit(work, "attributes", name=".gitattributes", text="*.big filter=own\n")
    lane = lane_of(work)
    git(work, "config", "--global", "filter.own.clean", "false")
    git(work, "config", "--global", "filter.own.required", "true")
    (lane / "some.big").write_text("content\n")
    whole = Whole(lane)
    with pytest.raises(GitError, match="filter"):
        commit_lane(lane, "x", reach())
    assert whole.lost() == []


def test_a_git_that_is_ended_half_way_leaves_files_and_branch_and_the_next_one_works(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "large").write_bytes(os.urandom(400_000))
    (lane / "file").write_text("edited\n")
    whole = Whole(lane)
    with small_files(200_000), pytest.raises(GitError):
        commit_lane(lane, "x", reach())
    assert whole.lost(index=False) == []
    with pytest.raises(GitError, match=r"index\.lock"):
        commit_lane(lane, "x", reach())
    (Path(git(lane, "rev-parse", "--git-dir").decode().strip()) / "index.lock").unlink()
    assert commit_lane(lane, "x", reach()).files == 2


def raced(monkeypatch: pytest.MonkeyPatch, word: str, act: Callable[[], object]) -> None:
    """Have `act` done just before the git command `word`."""
    plain = Reach.git

    def racing(self: Reach, place: object, *arguments: str, **options: object) -> bytes:
        if arguments[0] == word:
            act()
        return plain(self, place, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Reach, "git", racing)


def test_a_commit_made_meanwhile_stays_the_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "file").write_text("edited\n")
    raced(monkeypatch, "update-ref", lambda: git(lane, "commit", "-q", "--allow-empty", "-m", "an agent's"))
    with pytest.raises(GitError):
        commit_lane(lane, "x", reach())
    assert git(lane, "log", "-1", "--format=%s") == b"an agent's\n"
    assert (lane / "file").read_text() == "edited\n"


def test_another_branch_checked_out_meanwhile_is_not_committed_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    (lane / "fresh").write_text("x")
    old = tip(lane)
    raced(monkeypatch, "write-tree", lambda: git(lane, "checkout", "-q", "-b", "feature"))
    with pytest.raises(GitError, match="another branch was checked out"):
        commit_lane(lane, "x", reach())
    assert tip(work, "refs/heads/feature") == tip(work, "refs/heads/proto/try") == old
    assert (lane / "fresh").read_text() == "x"


def test_two_at_once_make_one_history(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    for number in range(50):
        (lane / f"f{number}").write_text("x")
    said: list[str] = []

    def attempt() -> None:
        try:
            said.append(commit_lane(lane, "x", reach()).sha)
        except GitError as error:
            said.append(str(error))

    threads = [threading.Thread(target=attempt) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(said) == 3
    commit_lane(lane, "x", reach())
    assert git(lane, "status", "--porcelain") == b""
    assert git(lane, "fsck", "--connectivity-only", ok=False) == b""
    assert all((lane / f"f{number}").read_text() == "x" for number in range(50))


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("", b"Work in progress"),
        ("-m --amend", b"-m --amend"),
        ("nul\x00 \udce9 \x1b[31m", b"nul  ? \x1b[31m"),
        ("x" * 200_000, b"x" * 20_000),
        ("# no comment", b"# no comment"),
    ],
)
def test_whatever_the_message_it_is_one(message: str, subject: bytes, tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "file").write_text("edited\n")
    commit_lane(lane, message, reach())
    assert git(lane, "log", "-1", "--format=%s").rstrip(b"\n") == subject
