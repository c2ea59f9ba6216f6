"""Ending a lane, with real git: what was kept comes back to the same commit, and nothing of the person's is lost."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests import fleet
from tests.fleet import commit, git
from tests.lane_grounds import TEXT, armed, everything, lanes_of, reach, small_files, tip
from tui.sources.git import lane_bundle
from tui.sources.git.lane_bundle import Kept, keep_bundle
from tui.sources.git.lane_ending import Unsafe, end_lane
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lanes import make_lane
from tui.sources.git.run import GitError

pytestmark = pytest.mark.timeout(120)

Change = Callable[[Path, Path], object]
"""Something done to a repository and its lane."""


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


def lane_of(work: Path, name: str = "a lane", *, commits: int = 2) -> Path:
    lane = make_lane(work, "try", work.parent / name, TEXT, reach()).path
    for number in range(commits):
        (lane / "new").write_text(f"{number}\n")
        git(lane, "add", "new")
        git(lane, "commit", "-q", "-m", f"{number}")
    return lane


def kept_of(lane: Path) -> Kept:
    return keep_bundle(lane, lane.parent / "kept", "- a note\n", reach())


def all_below(top: Path) -> dict[str, bytes | None]:
    """Every path below `top` with its content, `.git` and all; an index, which git may refresh, left out."""
    found: dict[str, bytes | None] = {}
    waiting = [top]
    while waiting:
        for entry in waiting.pop().iterdir():
            plain = entry.is_file() and not entry.is_symlink() and entry.name != "index"
            found[str(entry.relative_to(top))] = entry.read_bytes() if plain else None
            if entry.is_dir() and not entry.is_symlink() and entry.name != "objects":
                waiting.append(entry)
    return found


BASES: dict[str, Callable[[Path], Path]] = {
    "plain": fleet.make,
    "clone": fleet.ahead,
    "packed": fleet.packed,
    "sha256": fleet.sha256,
    "alternates": fleet.alternates,
    "shallow": fleet.shallow,
    "sparse": fleet.sparse,
    "dirty": fleet.staged_and_edited,
    "stashed": fleet.stashed,
    "rebasing": fleet.rebasing,
    "detached": fleet.detached,
}


@pytest.mark.parametrize("commits", [0, 2])
@pytest.mark.parametrize("base", BASES)
def test_a_lane_ends_and_its_bundle_restores_the_same_commit(base: str, commits: int, tmp_path: Path) -> None:
    work = BASES[base](tmp_path / "work")
    before = everything(work)
    lane = lane_of(work, commits=commits)
    last, files = tip(lane), git(lane, "ls-tree", "-r", "HEAD")
    kept = kept_of(lane)
    ended = end_lane(lane, kept, reach())
    assert (ended.branch, ended.tip, ended.problem) == ("proto/try", last, None)
    assert not lane.exists()
    assert lanes_of(work) == []
    assert everything(work) == before
    git(work, "reflog", "expire", "--expire=now", "--all", ok=False)
    git(work, "gc", "-q", "--prune=now")
    if commits:
        assert git(work, "cat-file", "-t", last, ok=False) == b"", "only the bundle has it now"
    git(work, "fetch", "-q", str(kept.bundle), f"{kept.branch}:refs/heads/back")
    assert tip(work, "refs/heads/back") == last == kept.tip
    assert git(work, "ls-tree", "-r", "refs/heads/back") == files
    assert (kept.folder / "PROTOTYPE.md").read_text() == TEXT
    assert (kept.folder / "notes.md").read_text() == "- a note\n"
    assert sorted(entry.name for entry in kept.folder.parent.iterdir()) == [kept.folder.name]
    assert {entry.stat().st_mode & 0o77 for entry in (kept.folder, *kept.folder.iterdir())} == {0}


@pytest.mark.parametrize("name", ["-f", "--force", "a b", 'it\'s "quoted"', "$(x)", "ünï", "latin-\udce9", "tab\there"])
def test_lanes_of_odd_names_end(name: str, tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / f"work {name}"), name)
    end_lane(lane, kept_of(lane), reach())
    assert not lane.exists()


def test_a_bundle_without_a_default_branch_holds_everything(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work", commits=3)
    lane = lane_of(work)
    git(work, "checkout", "-q", "--orphan", "fresh")
    git(work, "branch", "-q", "-D", "main")
    kept = kept_of(lane)
    assert kept.prerequisite is None
    git(tmp_path, "clone", "-q", "-b", "proto/try", str(kept.bundle), str(tmp_path / "back"))
    assert tip(tmp_path / "back") == kept.tip
    assert git(tmp_path / "back", "rev-list", "--count", "HEAD") == b"5\n"


def test_a_bundle_restores_in_a_fresh_clone_of_the_remote(tmp_path: Path) -> None:
    work = fleet.clone(fleet.make(tmp_path / "source", commits=3), tmp_path / "work")
    commit(work, "never pushed")
    kept = kept_of(lane_of(work))
    other = fleet.clone(tmp_path / "source", tmp_path / "other")
    git(other, "fetch", "-q", str(kept.bundle), f"{kept.branch}:back")
    assert tip(other, "back") == kept.tip


def test_what_was_kept_earlier_stays(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    first, second = kept_of(lane), kept_of(lane)
    assert first.folder != second.folder
    assert first.bundle.exists()
    assert second.bundle.exists()


def test_commits_left_behind_are_in_the_bundle(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    commit(lane, "reset away", name="one")
    away = tip(lane)
    git(lane, "reset", "-q", "--hard", "HEAD~1")
    (lane / "PROTOTYPE.md").write_text(TEXT)
    git(lane, "checkout", "-q", "--detach")
    adrift = commit(lane, "adrift", name="two")
    git(lane, "checkout", "-q", "proto/try")
    git(lane, "commit", "-q", "--amend", "--allow-empty", "-m", "amended")
    git(lane, "branch", "elsewhere", "HEAD@{1}")
    kept = kept_of(lane)
    assert kept.left == {away, adrift}
    end_lane(lane, kept, reach())
    git(work, "gc", "-q", "--prune=now")
    assert git(work, "cat-file", "-t", adrift, ok=False) == b""
    git(work, "fetch", "-q", str(kept.bundle), "refs/makerhour/*:refs/back/*", f"{kept.branch}:refs/back/lane")
    back = git(work, "for-each-ref", "--format=%(objectname)", "refs/back").decode().split()
    assert set(back) == {away, adrift, kept.tip}


def write(name: str, text: str = "precious") -> Change:
    def change(work: Path, lane: Path) -> None:
        (lane / name).parent.mkdir(exist_ok=True)
        (lane / name).write_text(text)

    return change


def run(*arguments: str, there: bool = True) -> Change:
    return lambda work, lane: git(lane if there else work, *arguments, ok=False)


def both(*changes: Change) -> Change:
    return lambda work, lane: [change(work, lane) for change in changes]


def flagged(flag: str) -> Change:
    return both(run("update-index", flag, "file"), write("file"))


def same_size_and_time(work: Path, lane: Path) -> None:
    """An edit that git's index cannot see: as long as before, at the same time, and the change time not looked at."""
    git(work, "config", "core.trustctime", "false")
    git(work, "config", "core.checkStat", "minimal")
    file = lane / "new"
    os.utime(file, (1_000_000_000, 1_000_000_000))
    git(lane, "update-index", "--refresh")
    file.write_text("X" * file.stat().st_size)
    os.utime(file, (1_000_000_000, 1_000_000_000))
    assert git(lane, "status", "--porcelain", "--untracked-files=no") == b"", "git itself is fooled"


def stopped_halfway(work: Path, lane: Path) -> None:
    git(lane, "branch", "-q", "side", "HEAD~1")
    git(lane, "checkout", "-q", "side")
    (lane / "new").write_text("other\n")
    git(lane, "commit", "-q", "-a", "-m", "other")
    git(lane, "checkout", "-q", "proto/try")
    git(lane, "rebase", "-q", "side", ok=False)


def link_as_prototype(work: Path, lane: Path) -> None:
    (lane.parent / "elsewhere").write_text("precious")
    (lane / "PROTOTYPE.md").unlink()
    (lane / "PROTOTYPE.md").symlink_to(lane.parent / "elsewhere")


LOSSES: dict[str, tuple[Change, str]] = {
    "edited": (write("file"), "uncommitted"),
    "staged": (both(write("file"), run("add", "file")), "uncommitted"),
    "staged-then-undone": (
        both(write("file"), run("add", "file"), run("restore", "--source=HEAD", "--worktree", "file")),
        "uncommitted",
    ),
    "staged-new": (both(write("fresh"), run("add", "fresh")), "uncommitted"),
    "intent-to-add": (both(write("fresh"), run("add", "-N", "fresh")), "uncommitted"),
    "deleted": (run("rm", "-q", "file"), "uncommitted"),
    "mode": (lambda work, lane: (lane / "file").chmod(0o755), "uncommitted"),
    "untracked": (write("fresh"), "untracked files: `fresh`"),
    "untracked-folder": (write("deep/fresh"), "untracked files: `deep/`"),
    "untracked-odd": (write("odd\n\x1b[31m"), "untracked"),
    "untracked-hidden-by-setting": (
        both(run("config", "status.showUntrackedFiles", "no"), write("fresh")),
        "untracked",
    ),
    "ignored": (both(write("../work/.git/info/exclude", "*.env\n"), write("my.env")), "ignored files: `my.env`"),
    "ignored-by-the-person": (
        both(
            run("config", "--global", "core.excludesFile", "~/.ignore"),
            write("../.home/.ignore", "*.env\n"),
            write("my.env"),
        ),
        "ignored files: `my.env`",
    ),
    "ignored-by-the-repository": (
        both(run("config", "core.excludesFile", "../ignore"), write("../ignore", "*.env\n"), write("my.env")),
        "my.env",
    ),
    "stashed": (both(write("file"), run("stash", "-q")), "1 stashed"),
    "stashed-untracked": (both(write("fresh"), run("stash", "-q", "-u", "-m", "named")), "1 stashed"),
    "stashed-elsewhere": (
        both(run("checkout", "-q", "--detach"), write("file"), run("stash", "-q"), run("checkout", "-q", "proto/try")),
        "1 stashed",
    ),
    "assume-unchanged": (flagged("--assume-unchanged"), "overlook: `file`"),
    "skip-worktree": (flagged("--skip-worktree"), "overlook: `file`"),
    "unseen-by-size-and-time": (same_size_and_time, "overlook: `new`"),
    "committed-since": (run("commit", "-q", "--allow-empty", "-m", "more"), "no verified bundle"),
    "reset-away-since": (
        both(run("commit", "-q", "--allow-empty", "-m", "regretted"), run("reset", "-q", "--hard", "HEAD~1")),
        "left behind",
    ),
    "adrift-since": (
        both(
            run("checkout", "-q", "--detach"),
            run("commit", "-q", "--allow-empty", "-m", "adrift"),
            run("checkout", "-q", "proto/try"),
        ),
        "left behind",
    ),
    "another-branch": (run("checkout", "-q", "-b", "proto/other"), "another branch than"),
    "foreign-branch": (run("checkout", "-q", "-b", "feature"), "not on a branch `proto/…`"),
    "detached-commit": (
        both(run("checkout", "-q", "--detach"), run("commit", "-q", "--allow-empty", "-m", "adrift")),
        "not on a branch",
    ),
    "rebase": (stopped_halfway, "rebase is under way"),
    "bisect": (run("bisect", "start"), "bisect is under way"),
    "merge": (
        both(
            run("commit", "-q", "--allow-empty", "-m", "theirs", there=False),
            run("merge", "-q", "--no-ff", "--no-commit", "main"),
        ),
        "merge is under way",
    ),
    "locked": (run("worktree", "lock", "--reason", "on a stick", "."), r"locked \(on a stick\)"),
    "own-ref": (run("update-ref", "refs/worktree/precious", "HEAD"), "refs of its own: `refs/worktree/precious`"),
    "index-lock": (
        lambda work, lane: (work / ".git/worktrees" / lane.name.replace(" ", "-") / "index.lock").touch(),
        "another git command",
    ),
    "shared": (run("worktree", "add", "-q", "--force", "../second", "proto/try", there=False), "another work tree"),
    "nested-untracked": (lambda work, lane: fleet.make(lane / "clone"), "repositories inside it: `clone`"),
    "prototype-changed": (write("PROTOTYPE.md"), "`PROTOTYPE.md` is not as it was kept"),
    "prototype-link": (link_as_prototype, "untracked files: `PROTOTYPE.md`"),
    "prototype-hard-link": (lambda work, lane: (lane.parent / "twin").hardlink_to(lane / "PROTOTYPE.md"), "untracked"),
}


@pytest.mark.parametrize("loss", LOSSES)
def test_what_could_be_lost_keeps_a_lane(loss: str, tmp_path: Path) -> None:
    change, said = LOSSES[loss]
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    kept = kept_of(lane)
    change(work, lane)
    before, refs = all_below(tmp_path), git(work, "for-each-ref")
    with pytest.raises(Unsafe, match=said) as refused:
        end_lane(lane, kept, reach())
    assert all(refused.value.obstacles)
    assert (all_below(tmp_path), git(work, "for-each-ref")) == (before, refs)


def test_ignored_files_go_only_when_that_was_said(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    (work / ".git" / "info" / "exclude").write_text("build/\n")
    write("build/out")(work, lane)
    kept = kept_of(lane)
    with pytest.raises(Unsafe, match="ignored files: `build/`"):
        end_lane(lane, kept, reach())
    clone = fleet.make(lane / "build" / "clone")
    with pytest.raises(Unsafe, match="repositories inside it: `build/clone`"):
        end_lane(lane, kept, reach(), ignored_may_go=True)
    clone.rename(tmp_path / "clone")
    fleet.make(lane / "build" / "bare", "--bare", commits=0)
    with pytest.raises(Unsafe, match="repositories inside it: `build/bare`"):
        end_lane(lane, kept, reach(), ignored_may_go=True)
    (lane / "build" / "bare").rename(tmp_path / "bare")
    end_lane(lane, kept, reach(), ignored_may_go=True)
    assert not lane.exists()


def test_a_prototype_edited_before_it_was_kept_is_kept_as_edited(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "PROTOTYPE.md").write_text("what we learned\n")
    kept = kept_of(lane)
    end_lane(lane, kept, reach())
    assert (kept.folder / "PROTOTYPE.md").read_text() == "what we learned\n"


def truncated(kept: Kept) -> None:
    kept.bundle.write_bytes(kept.bundle.read_bytes()[:-30])


def forgotten(kept: Kept) -> None:
    (kept.folder / "PROTOTYPE.md").unlink()


@pytest.mark.parametrize("harm", [truncated, forgotten, lambda kept: kept.bundle.unlink()])
def test_a_bundle_that_is_not_what_it_was_keeps_the_lane(harm: Callable[[Kept], None], tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    kept = kept_of(lane)
    harm(kept)
    with pytest.raises(Unsafe, match="gone or changed"):
        end_lane(lane, kept, reach())
    assert (lane / "PROTOTYPE.md").read_text() == TEXT


def test_nothing_is_kept_inside_the_lane(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    with pytest.raises(GitError, match="inside the lane"):
        keep_bundle(lane, lane / "kept", "", reach())
    (tmp_path / "link").symlink_to(lane)
    with pytest.raises(GitError, match="inside the lane"):
        keep_bundle(lane, tmp_path / "link", "", reach())
    kept = kept_of(lane)
    moved = replace(kept, folder=lane / "kept", bundle=lane / "kept" / "lane.bundle")
    with pytest.raises(Unsafe, match="gone or changed"):
        end_lane(lane, moved, reach())


@pytest.mark.parametrize("missing", ["blob", "commit"])
def test_a_bundle_of_a_damaged_lane_is_not_kept(missing: str, tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    oid = tip(lane, "HEAD~1:new" if missing == "blob" else "HEAD~1")
    (tmp_path / "work" / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    with pytest.raises(GitError):
        kept_of(lane)
    assert not (tmp_path / "kept").exists() or list((tmp_path / "kept").iterdir()) == []


def test_a_bundle_that_lacks_something_is_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One made against a later commit is good for git, which has all the rest; it would not come back elsewhere."""
    lane = lane_of(fleet.make(tmp_path / "work"))
    whole = lane_bundle._write_bundle

    def thinner(prepared: Any, bundle: Path, content: Any, with_: Reach) -> None:
        whole(prepared, bundle, replace(content, prerequisite=tip(lane, "HEAD~1")), with_)

    monkeypatch.setattr(lane_bundle, "_write_bundle", thinner)
    with pytest.raises(GitError, match="does not bring the lane back whole"):
        kept_of(lane)
    assert list((tmp_path / "kept").iterdir()) == []


def test_a_folder_that_takes_nothing_says_so(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (tmp_path / "file").write_text("")
    with pytest.raises(GitError, match="nothing could be kept"):
        keep_bundle(lane, tmp_path / "file", "", reach())


def test_a_bundle_that_cannot_be_written_is_not_half_kept(tmp_path: Path) -> None:
    lane = lane_of(fleet.make(tmp_path / "work"))
    (lane / "large").write_bytes(os.urandom(400_000))
    commit(lane, "large")
    before = all_below(lane)
    with small_files(200_000), pytest.raises(GitError):
        kept_of(lane)
    assert list((tmp_path / "kept").iterdir()) == []
    assert all_below(lane) == before
    assert kept_of(lane).tip == tip(lane)


def test_a_commit_made_at_the_last_moment_stays_on_its_branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    kept = kept_of(lane)
    plain = Reach.git
    late: list[str] = []

    def racing(self: Reach, place: object, *arguments: str, **options: object) -> bytes:
        if arguments[:2] == ("worktree", "remove"):
            git(lane, "commit", "-q", "--allow-empty", "-m", "at the last moment")
            late.append(tip(lane))
        return plain(self, place, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Reach, "git", racing)
    ended = end_lane(lane, kept, reach())
    assert ended.problem is not None
    assert "proto/try" in ended.problem
    assert [tip(work, "refs/heads/proto/try")] == late


@pytest.mark.parametrize("name", ["fresh", "file", "PROTOTYPE.md"])
def test_a_file_written_at_the_last_moment_keeps_the_lane(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = fleet.make(tmp_path / "work")
    git(work, "config", "status.showUntrackedFiles", "no")
    lane = lane_of(work)
    kept = kept_of(lane)
    plain = Reach.git

    def racing(self: Reach, place: object, *arguments: str, **options: object) -> bytes:
        if arguments[:2] == ("worktree", "remove"):
            (lane / name).write_text("precious")
        return plain(self, place, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Reach, "git", racing)
    with pytest.raises(GitError, match="not removed"):
        end_lane(lane, kept, reach())
    assert (lane / name).read_text() == "precious"
    assert name == "PROTOTYPE.md" or (lane / "PROTOTYPE.md").read_text() == TEXT
    assert tip(work, "refs/heads/proto/try") == kept.tip


def test_only_lanes_end(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    kept = kept_of(lane)
    other = tmp_path / "other"
    git(work, "worktree", "add", "-q", "-b", "feature", str(other))
    for path in (work, other):
        with pytest.raises(GitError):
            keep_bundle(path, tmp_path / "kept", "", reach())
        with pytest.raises(GitError):
            end_lane(path, kept, reach())
        assert path.exists()


def test_other_lanes_and_branches_stay(tmp_path: Path) -> None:
    work = fleet.make(tmp_path / "work")
    make_lane(work, "other", tmp_path / "other", TEXT, reach())
    git(work, "branch", "proto/without-a-tree")
    git(work, "pack-refs", "--all")
    lane = lane_of(work)
    git(work, "pack-refs", "--all")
    before = set(lanes_of(work))
    end_lane(lane, kept_of(lane), reach())
    assert before - set(lanes_of(work)) == {"refs/heads/proto/try", "a-lane"}
    assert (tmp_path / "other" / "PROTOTYPE.md").read_text() == TEXT
    subprocess.run(["git", "fsck", "--connectivity-only"], cwd=work, check=True, timeout=60)


def test_nothing_of_the_repository_runs(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    work = armed(fleet.make(tmp_path / "work"), canary)
    lane = make_lane(work, "try", tmp_path / "try", TEXT, reach()).path
    kept = kept_of(lane)
    end_lane(lane, kept, reach())
    assert not lane.exists()
    assert lanes_of(work) == []
    assert not canary.exists()


def test_filters_that_came_later_keep_the_lane(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    work = fleet.make(tmp_path / "work")
    lane = lane_of(work)
    (work / ".git" / "info" / "attributes").write_text("* filter=evil\n")
    git(work, "config", "filter.evil.clean", f"touch '{canary}'; cat")
    os.utime(lane / "file", (1, 1))
    kept = kept_of(lane)
    with pytest.raises(GitError, match=r"could start programs .*trusted"):
        end_lane(lane, kept, reach())
    assert not canary.exists()
    assert (lane / "PROTOTYPE.md").exists()
    end_lane(lane, kept, reach(trusted=True))
    assert canary.exists()
