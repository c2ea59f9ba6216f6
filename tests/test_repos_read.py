"""Every state a repository can be in, field by field against what plain git itself answers."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests import fleet
from tests.fleet import COMMITTED, ME, OTHER, commit, commit_of, git
from tui.domain.repos import Repository
from tui.sources.git.discovery import Found, find_repositories
from tui.sources.git.read import Memory, Terms, read_repository
from tui.sources.git.seen import SeenMarks
from tui.sources.git.shadow import Shadow, Shadows

NOW = datetime.fromtimestamp(COMMITTED, UTC) + timedelta(days=1)
CONFLICTS = {b"DD", b"AU", b"UD", b"UA", b"DU", b"AA", b"UU"}


@dataclass
class Reader:
    """Reads with a shadow kept for each path, as the fleet does."""

    shadows: Shadows
    terms: Terms
    memories: dict[Path, Memory]

    def memory(self, path: Path, *, trusted: bool = False) -> Memory:
        if path not in self.memories:
            self.memories[path] = Memory(Shadow(path, self.shadows.folder_for(path), trusted=trusted))
        return self.memories[path]

    def __call__(self, path: Path, *, quiet: bool = False, now: datetime = NOW, trusted: bool = False) -> Repository:
        memory = self.memory(path, trusted=trusted)
        return read_repository(Found(path), memory, self.terms, now, "quiet" if quiet else "full")

    def cost(self, path: Path, *, quiet: bool = False, now: datetime = NOW) -> int:
        before = self.terms.children.started
        answer = self(path, quiet=quiet, now=now)
        assert answer.error is None
        return self.terms.children.started - before


@pytest.fixture
def read(tmp_path: Path) -> Iterator[Reader]:
    shadows = Shadows()
    yield Reader(shadows, Terms(me=frozenset((ME,)), marks=SeenMarks(tmp_path / "state" / "seen.json")), {})
    shadows.close()


def counts(path: Path) -> dict[str, int]:
    """Changes as `git status` of the first porcelain format tells them."""
    answer = git(path, "status", "--porcelain=v1", "-z", "--untracked-files=normal", "--ignore-submodules=dirty")
    found = dict.fromkeys(("staged", "unstaged", "untracked", "conflicted"), 0)
    records = iter(answer.split(b"\0")[:-1])
    for record in records:
        state = record[:2]
        if state == b"??":
            found["untracked"] += 1
        elif state in CONFLICTS:
            found["conflicted"] += 1
        else:
            found["staged"] += state[:1] != b" "
            found["unstaged"] += state[1:] != b" "
            if b"R" in state or b"C" in state:
                next(records)
    return found


def text(path: Path, *arguments: str) -> str | None:
    """One line of git's answer; None where git refuses."""
    said = git(path, *arguments, ok=False).decode("utf-8", "surrogateescape").strip()
    return said or None


def assert_as_git_says(found: Repository, path: Path) -> None:
    assert found.error is None
    assert {name: getattr(found, name) for name in counts(path)} == counts(path)
    head = text(path, "rev-parse", "--verify", "--quiet", "HEAD")
    assert found.head == head
    assert found.unborn == (head is None)
    on_branch = text(path, "symbolic-ref", "--quiet", "--short", "HEAD")
    assert found.detached == (on_branch is None)
    if on_branch is not None:
        assert found.branch == on_branch
        upstream = text(path, "for-each-ref", "--format=%(upstream:short)", f"refs/heads/{on_branch}")
        assert found.upstream == upstream
    divergence = text(path, "rev-list", "--left-right", "--count", "HEAD...@{upstream}")
    expected = [int(count) for count in divergence.split()] if divergence and head else [None, None]
    assert [found.ahead, found.behind] == expected
    assert found.upstream_gone == (found.upstream is not None and expected == [None, None] and head is not None)
    assert found.stashes == len(git(path, "stash", "list", ok=False).splitlines())
    if head is None:
        assert found.last_commit is None
    else:
        assert found.last_commit is not None
        said = git(path, "log", "-1", "--format=%H%n%aN%n%ct%n%s").decode().splitlines()
        assert [found.last_commit.sha, found.last_commit.author] == said[:2]
        assert int(found.last_commit.when.timestamp()) == min(int(said[2]), 4_102_444_800)
        assert found.last_commit.subject == said[3]


def times(folder: Path) -> dict[str, int]:
    """When each entry was changed; git freshens the shared half of a split index even when it only looks."""
    entries = (entry for entry in folder.iterdir() if not entry.name.startswith("sharedindex."))
    return {entry.name: entry.lstat().st_mtime_ns for entry in entries}


@pytest.mark.parametrize("name", sorted(fleet.WORK_TREES), ids=repr)
def test_every_state_is_as_git_says(name: str, tmp_path: Path, read: Reader) -> None:
    path = fleet.WORK_TREES[name](tmp_path / "fleet" / name)
    before = times(path / ".git")
    found = read(path)
    assert times(path / ".git") == before
    assert_as_git_says(found, path)
    assert (found.path, found.name, found.kind, found.pending) == (path, name, "worktree", False)
    assert read(path, quiet=True) == found
    assert read(path) == found


@pytest.mark.parametrize(
    ("name", "operation", "step", "branch"),
    [
        ("merging", "merge", None, "main"),
        ("conflict", "merge", None, "main"),
        ("rebasing", "rebase", (1, 2), "side"),
        ("rebasing-by-apply", "rebase", (1, 2), "side"),
        ("cherry-picking", "cherry-pick", None, "main"),
        ("between-picks", "cherry-pick", None, "main"),
        ("reverting", "revert", None, "main"),
        ("bisecting", "bisect", None, None),
        ("applying", "am", (1, 2), "main"),
        ("clean", None, None, "main"),
    ],
)
def test_operations_under_way(
    name: str,
    operation: str | None,
    step: tuple[int, int] | None,
    branch: str | None,
    tmp_path: Path,
    read: Reader,
) -> None:
    found = read(fleet.WORK_TREES[name](tmp_path / name))
    assert (found.operation, found.step, found.branch) == (operation, step, branch)


def test_counts_that_are_easily_got_wrong(tmp_path: Path, read: Reader) -> None:
    both = read(fleet.staged_and_edited(tmp_path / "both"))
    assert (both.staged, both.unstaged) == (2, 2)
    conflict = read(fleet.conflict(tmp_path / "conflict"))
    assert (conflict.conflicted, conflict.staged, conflict.unstaged) == (1, 0, 0)
    moved = read(fleet.renamed(tmp_path / "renamed"))
    assert (moved.staged, moved.unstaged, moved.untracked) == (2, 1, 0)
    loose = read(fleet.untracked(tmp_path / "untracked"))
    assert loose.untracked == 3
    assert read(fleet.stashed(tmp_path / "stashed")).stashes == 2
    gone = read(fleet.upstream_gone(tmp_path / "gone"))
    assert (gone.upstream, gone.upstream_gone, gone.ahead) == ("origin/side", True, None)


def test_linked_work_trees_share_refs_and_have_their_own_state(tmp_path: Path, read: Reader) -> None:
    main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
    for path in (main, lane, elsewhere):
        assert_as_git_says(read(path), path)
    assert (read(main).unstaged, read(lane).unstaged) == (0, 1)
    assert read(elsewhere).detached
    commit(lane, "in the lane", when=COMMITTED + 50)
    assert read(lane, quiet=True).last_commit == read(lane).last_commit
    assert read(main, quiet=True).moved[0].commit.subject == "in the lane"


def test_submodules_are_read_as_repositories_of_their_own(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "fleet").mkdir()
    outer, inner = fleet.with_submodule(tmp_path / "fleet" / "outer")
    assert_as_git_says(read(outer), outer)
    assert_as_git_says(read(inner), inner)
    assert read(outer).unstaged == 1
    assert (read(inner).untracked, read(inner).detached) == (1, True)


def test_bare_repositories_have_commits_but_no_status(tmp_path: Path, read: Reader) -> None:
    source = fleet.make(tmp_path / "source", commits=2)
    bare = fleet.clone(source, tmp_path / "bare.git", "--bare")
    found = read(bare)
    assert (found.kind, found.branch, found.head) == ("bare", "main", text(source, "rev-parse", "HEAD"))
    assert found.last_commit is not None
    assert (found.changed, found.stashes, found.error) == (0, 0, None)
    git(tmp_path, "init", "-q", "--bare", "fresh.git")
    fresh = read(tmp_path / "fresh.git")
    assert (fresh.unborn, fresh.head, fresh.branch, fresh.error) == (True, None, "main", None)


def test_a_bare_repository_with_a_git_file_beside_it(tmp_path: Path, read: Reader) -> None:
    (tmp_path / "fleet").mkdir()
    folder, lane = fleet.bare_with_lanes(tmp_path / "fleet" / "project")
    assert (read(folder).kind, read(folder).error) == ("bare", None)
    assert_as_git_says(read(lane), lane)


def test_a_separate_git_folder(tmp_path: Path, read: Reader) -> None:
    path = fleet.make(tmp_path / "work", f"--separate-git-dir={tmp_path / 'kept'}")
    assert_as_git_says(read(path), path)


def test_hundreds_of_branches_mark_quickly(tmp_path: Path, read: Reader) -> None:
    path = fleet.many_branches(tmp_path / "many")
    git(path, "branch", "loose/one")
    assert read(path).error is None
    tips = read.memory(path).tips
    assert tips is not None
    assert tips.oids == (text(path, "rev-parse", "HEAD"),)
    assert tips.folder == path / ".git"


def test_branch_tips_are_what_git_says(tmp_path: Path, read: Reader) -> None:
    source = fleet.make(tmp_path / "source")
    for number in range(3):
        git(source, "checkout", "-q", "-b", f"feat/deep/{number}")
        commit(source, f"packed {number}")
    path = fleet.clone(source, tmp_path / "clone")
    git(path, "checkout", "-q", "-b", "mine")
    git(path, "tag", "-a", "-m", "x", "annotated")
    git(path, "pack-refs", "--all")
    commit(path, "loose over packed")
    commit(path, "elsewhere")
    git(path, "tag", "far")
    git(path, "reset", "-q", "--hard", "HEAD~1")
    git(path, "symbolic-ref", "refs/heads/alias", "refs/heads/mine")
    (path / ".git" / "refs" / "heads" / "mine.lock").write_bytes(git(path, "rev-parse", "far"))
    assert read.cost(path) == 2, "no command of their own"
    tips = read.memory(path).tips
    assert tips is not None
    listed = git(path, "for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").decode()
    assert set(tips.oids) == set(listed.split())
    assert len(tips.oids) == len(set(tips.oids)) == 5, "main, three of features, and mine, which has moved on"
    lane = tmp_path / "lane"
    git(path, "worktree", "add", "-q", str(lane))
    assert read(lane).error is None
    shared = read.memory(lane).tips
    assert shared is not None
    assert (shared.folder, shared.oids) == (tips.folder, tips.oids), "lanes share the refs"


def test_more_branch_tips_than_a_mark_keeps_are_chosen_by_git(
    tmp_path: Path, read: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.sources.git.tips.MOST_TIPS", 1)
    path = fleet.make(tmp_path / "repo")
    git(path, "checkout", "-q", "-b", "other")
    commit(path, "newer", when=COMMITTED + 5)
    assert read.cost(path) == 3
    tips = read.memory(path).tips
    assert tips is not None
    assert set(tips.oids) == {text(path, "rev-parse", "main"), text(path, "rev-parse", "other")}


def test_files_changed_newest(tmp_path: Path, read: Reader) -> None:
    path = fleet.staged(tmp_path / "staged")
    (path / "deleted").write_text("x")
    commit(path, "more")
    (path / "file").write_text("y")
    (path / "loose").write_text("y")
    os.utime(path / "file", (COMMITTED, COMMITTED))
    os.utime(path / "loose", (COMMITTED - 5, COMMITTED - 5))
    assert read(path).changed_at == datetime.fromtimestamp(COMMITTED, UTC)
    assert read(fleet.make(tmp_path / "clean")).changed_at is None
    assert read(fleet.future(tmp_path / "future")).changed_at == datetime(2100, 1, 1, tzinfo=UTC)


def test_work_here_is_known_without_one_more_command(tmp_path: Path, read: Reader) -> None:
    path = fleet.make(tmp_path / "repo")
    commit(path, "newer", when=COMMITTED + 60)
    read(path)
    assert read(path).worked_at == datetime.fromtimestamp(COMMITTED + 60, UTC)
    git(path, "commit", "-q", "--amend", "--allow-empty", "-m", "x", when=COMMITTED + 90)
    assert read.cost(path, quiet=True) == 2
    assert read(path, quiet=True).worked_at == datetime.fromtimestamp(COMMITTED + 90, UTC)


def test_dates_beyond_reason_are_held_within_it(tmp_path: Path, read: Reader) -> None:
    path = fleet.make(tmp_path / "repo")
    raw = git(path, "cat-file", "commit", "HEAD").replace(str(COMMITTED).encode(), b"1" + b"0" * 22)
    (tmp_path / "raw").write_bytes(raw)
    oid = git(path, "hash-object", "-t", "commit", "-w", "--literally", str(tmp_path / "raw")).decode().strip()
    (path / ".git" / "refs" / "heads" / "main").write_text(oid + "\n")
    found = read(path)
    assert found.error is None
    assert found.last_commit is not None
    assert 1970 <= found.last_commit.when.year <= 2100


def test_it_is_known_who_else_works_there_also_once_all_is_seen(tmp_path: Path, read: Reader) -> None:
    path = fleet.make(tmp_path / "repo")
    commit_of(path, "mei@example.org", "one", when=COMMITTED + 5)
    commit_of(path, ME, "mine")
    assert read(path).people[:1] == ("Mei",)
    assert "Me" not in read(path).people
    git(path, "checkout", "-q", "-b", "other")
    commit_of(path, "ana@example.org", "two", when=COMMITTED + 9)
    git(path, "checkout", "-q", "main")
    now = datetime.fromtimestamp(COMMITTED, UTC) + timedelta(days=1)
    assert [moved.commit.author for moved in read(path, now=now).moved][:1] == ["Ana"]
    tips = read.memory(path).tips
    assert tips is not None
    assert read.terms.marks is not None
    read.terms.marks.add({tips.folder: tips.oids}, now, {tips.folder: tips.names})
    seen = read(path, now=now)
    assert (seen.moved, seen.people[:2]) == ((), ("Ana", "Mei"))


def test_text_in_other_encodings(tmp_path: Path, read: Reader) -> None:
    path = fleet.make(tmp_path / "repo")
    git(path, "config", "i18n.commitEncoding", "latin1")
    (tmp_path / "message").write_bytes(b"caf\xe9")
    git(path, "commit", "-q", "--allow-empty", "-F", str(tmp_path / "message"))
    last = read(path).last_commit
    assert last is not None
    assert last.subject == "café"


def test_a_folder_whose_name_is_no_utf8(tmp_path: Path, read: Reader) -> None:
    path = fleet.modified(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9")))
    assert_as_git_says(read(path), path)


def test_the_web_address_of_the_remote_followed(tmp_path: Path, read: Reader) -> None:
    path = fleet.ahead(tmp_path / "ahead")
    assert read(path).remote is None
    git(path, "remote", "set-url", "origin", "https://me:secret@git.example.org/team/thing.git")
    assert read(path).remote == "https://git.example.org/team/thing"
    git(path, "remote", "add", "fork", "git@forge.example.org:me/thing.git")
    git(path, "config", "branch.main.remote", "fork")
    assert read(path).remote == "https://forge.example.org/me/thing"


class TestMoved:
    def test_a_week_where_nothing_was_marked(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.make(tmp_path / "repo")
        commit_of(path, OTHER, "eight days", when=COMMITTED - 8 * 86_400)
        commit_of(path, OTHER, "six days", name="more", when=COMMITTED - 5 * 86_400)
        commit(path, "today", name="mine", when=COMMITTED)
        git(path, "commit", "-q", "--amend", "--no-edit", f"--author=Me <{ME.upper()}>")
        found = read(path)
        assert [(moved.commit.subject, moved.by_me, moved.branch) for moved in found.moved] == [
            ("today", True, "main"),
            ("six days", False, "main"),
        ]
        assert read(path, quiet=True, now=NOW + timedelta(days=10)).moved == ()

    def test_what_came_since_the_mark(self, tmp_path: Path, read: Reader) -> None:
        source = fleet.make(tmp_path / "source")
        path = fleet.clone(source, tmp_path / "clone")
        self.mark(read, path)
        assert read(path).moved == ()
        commit_of(source, OTHER, "theirs", when=COMMITTED - 90 * 86_400)
        git(source, "checkout", "-q", "-b", "feat/caps")
        commit_of(source, OTHER, "on a branch", name="more")
        git(path, "fetch", "-q")
        commit(path, "mine", name="mine", when=COMMITTED + 9)
        moved = read(path, quiet=True).moved
        assert [one.commit.subject for one in moved] == ["mine", "on a branch", "theirs"]
        assert [one.branch for one in moved[:2]] == ["main", "origin/feat/caps"]
        assert moved[2].branch in ("origin/main", "origin/feat/caps")
        self.mark(read, path)
        assert read(path, quiet=True).moved == ()

    def test_a_marked_tip_that_is_gone_is_passed_over(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.make(tmp_path / "repo")
        git(path, "checkout", "-q", "-b", "gone")
        commit(path, "gone")
        self.mark(read, path)
        git(path, "checkout", "-q", "main")
        git(path, "branch", "-D", "gone")
        git(path, "reflog", "expire", "--expire=now", "--all")
        git(path, "gc", "-q", "--prune=now")
        commit(path, "new")
        assert [one.commit.subject for one in read(path).moved] == ["new"]

    def test_stashes_tags_and_detached_commits_are_not_branches(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.stashed(tmp_path / "repo")
        self.mark(read, path)
        git(path, "checkout", "-q", "--detach")
        commit(path, "nowhere")
        git(path, "tag", "kept")
        git(path, "checkout", "-q", "main")
        assert read(path).moved == ()

    def test_no_more_than_two_hundred(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.make(tmp_path / "repo")
        stream = "".join(
            f"commit refs/heads/main\ncommitter A <{OTHER}> {COMMITTED + number} +0000\ndata 1\nx\n"
            + ("from refs/heads/main^0\n" if number == 0 else "")
            for number in range(250)
        )
        (tmp_path / "stream").write_text(stream)
        with (tmp_path / "stream").open("rb") as file:
            subprocess.run(["git", "fast-import", "--quiet"], cwd=path, stdin=file, check=True)
        moved = read(path).moved
        assert len(moved) == 200
        assert [one.commit.when for one in moved] == sorted((one.commit.when for one in moved), reverse=True)

    def mark(self, read: Reader, path: Path) -> None:
        assert read(path).error is None
        tips = read.memory(path).tips
        assert tips is not None
        assert read.terms.marks is not None
        read.terms.marks.add({tips.folder: tips.oids}, NOW)


class TestCost:
    """git commands a repository and reading: exact, whatever the machine."""

    def test_nothing_changed_costs_nothing(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.ahead(tmp_path / "repo")
        assert read.cost(path, now=NOW + timedelta(days=30)) == 3
        assert read.cost(path) == 2
        assert read.cost(path, quiet=True) == 0
        assert read.cost(path) == 1

    def test_head_decides(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.make(tmp_path / "repo", commits=4)
        read(path, now=NOW + timedelta(days=30))
        git(path, "checkout", "-q", "HEAD~2")
        assert read.cost(path, quiet=True, now=NOW + timedelta(days=30)) == 2
        git(path, "stash", "list")
        assert read.cost(path, quiet=True, now=NOW + timedelta(days=30)) == 0

    def test_moved_branches_cost_one_log(self, tmp_path: Path, read: Reader) -> None:
        source = fleet.make(tmp_path / "source")
        path = fleet.clone(source, tmp_path / "clone")
        read(path)
        commit_of(source, OTHER, "theirs")
        git(path, "fetch", "-q")
        assert read.cost(path, quiet=True) == 2
        commit(path, "mine")  # its commit is in the log of what moved
        assert read.cost(path, quiet=True) == 2
        assert read.cost(path, quiet=True) == 0

    def test_lanes_share_one_log(self, tmp_path: Path, read: Reader) -> None:
        main, lane, elsewhere = fleet.with_lanes(tmp_path / "fleet" / "main")
        for path in (main, lane, elsewhere):
            read(path)
        commit(lane, "in the lane")
        assert [read.cost(path, quiet=True) for path in (main, lane, elsewhere)] == [2, 1, 1]

    @pytest.mark.parametrize(
        "change",
        [
            ("add", "-A"),
            ("commit", "-q", "-am", "x"),
            ("checkout", "-q", "-b", "other"),
            ("stash", "-q"),
            ("branch", "-u", "origin/main", "main"),
            ("branch", "new"),
            ("reset", "-q", "--soft", "HEAD~1"),
            ("config", "branch.main.merge", "refs/heads/none"),
        ],
        ids=" ".join,
    )
    def test_every_git_operation_is_noticed(self, change: tuple[str, ...], tmp_path: Path, read: Reader) -> None:
        path = fleet.ahead(tmp_path / "repo")
        git(path, "branch", "--unset-upstream") if change[0] == "branch" else None
        (path / "file").write_text("changed\n")
        read(path)
        git(path, *change)
        assert read.cost(path, quiet=True) >= 1
        assert_as_git_says(read(path, quiet=True), path)

    def test_an_odd_configuration_costs_one_more_when_it_is_new(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.odd_config(tmp_path / "repo")
        assert [read.cost(path), read.cost(path)] == [3, 1]


class TestBroken:
    def test_keeps_what_was_known(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.modified(tmp_path / "repo")
        good = read(path)
        (path / ".git" / "index").write_bytes(b"DIRC garbage")
        broken = read(path)
        assert broken.error is not None
        assert broken.error.startswith("damaged: ")
        assert replace(broken, error=None) == good
        assert broken == read(path, quiet=True)

    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("gone", "the folder is gone"),
            ("no-git", "no git repository any more"),
            ("head-gone", "damaged: `HEAD` cannot be read"),
            ("head-garbage", "damaged: `HEAD` names neither"),
            ("head-elsewhere", "damaged: `HEAD` names neither"),
            ("index", "damaged: "),
            ("objects", "damaged: "),
            ("objects-gone", "damaged: its git folder has no `objects`"),
            ("config", "damaged: its `config` cannot be read"),
            ("extension", "needs a newer makerhour"),
            ("version", "it needs a newer git"),
            ("reftable", "it needs a newer git"),
            ("gitfile", "names a git folder that is gone"),
            ("gitlink", "its `.git` is a link"),
            ("refs-fifo", "is not a regular file"),
        ],
    )
    def test_says_what_is_wrong(self, what: str, said: str, tmp_path: Path, read: Reader) -> None:
        path = fleet.modified(tmp_path / "repo")
        inside = path / ".git"
        match what:
            case "gone":
                shutil.rmtree(path)
            case "no-git":
                shutil.rmtree(inside)
            case "head-gone":
                (inside / "HEAD").unlink()
            case "head-garbage":
                (inside / "HEAD").write_bytes(b"\xff\x00\n")
            case "head-elsewhere":
                (inside / "HEAD").write_text("ref: refs/heads/../../../etc/passwd\n")
            case "index":
                (inside / "index").write_bytes(b"x" * 100)
            case "objects":
                for kind in (inside / "objects").iterdir():
                    shutil.rmtree(kind)
            case "objects-gone":
                shutil.rmtree(inside / "objects")
            case "config":
                (inside / "config").write_text("[core\n")
            case "extension":
                (inside / "config").write_text("[core]\nrepositoryformatversion=1\n[extensions]\nquantum=1\n")
            case "version":
                (inside / "config").write_text("[core]\nrepositoryformatversion=7\n")
            case "reftable":
                (inside / "config").write_text("[core]\nrepositoryformatversion=1\n[extensions]\nrefstorage=nosuch\n")
            case "gitfile":
                shutil.rmtree(inside)
                inside.write_text("gitdir: ../nowhere\n")
            case "gitlink":
                inside.rename(tmp_path / "real")
                inside.symlink_to(tmp_path / "real")
            case "refs-fifo":
                os.mkfifo(inside / "refs" / "heads" / "pipe")
        found = read(path)
        assert found.error is not None
        assert said in found.error
        assert found.path == path

    def test_a_damaged_branch_leaves_the_work_tree_right(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.modified(tmp_path / "repo")
        (path / ".git" / "refs" / "heads" / "broken").write_text("1" * 40 + "\n")
        assert read(path).error is None  # git passes over it, too
        git(path, "branch", "other", git(path, "commit-tree", "-m", "x", "HEAD^{tree}").decode().strip())
        oid = git(path, "rev-parse", "refs/heads/other").decode().strip()
        damaged = path / ".git" / "objects" / oid[:2] / oid[2:]
        damaged.chmod(0o600)
        damaged.write_bytes(b"garbage")
        found = read(path)
        assert found.error is not None
        assert "git fsck" in found.error
        assert (found.unstaged, found.branch, found.last_commit is not None) == (1, "main", True)

    def test_it_comes_back_by_itself(self, tmp_path: Path, read: Reader) -> None:
        path = fleet.modified(tmp_path / "repo")
        good = read(path)
        path.rename(tmp_path / "away")
        assert read(path).error
        (tmp_path / "away").rename(path)
        assert read(path, quiet=True) == good

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
    def test_a_repository_of_another_user(self, tmp_path: Path, read: Reader, home: Path) -> None:
        path = fleet.modified(tmp_path / "repo")
        os.chown(path / ".git", 4242, 4242)
        found = read(path)
        assert found.error is not None
        assert "dubious ownership" in found.error
        assert "trusted" in found.error
        git(path, "config", "--global", "--add", "safe.directory", str(path))
        assert_as_git_says(read(path), path)
        git(path, "config", "--global", "--add", "safe.directory", "")
        other = Reader(read.shadows, read.terms, {})
        assert "dubious" in (other(path).error or "")
        trusting = Reader(read.shadows, read.terms, {})
        trusted = trusting(path, trusted=True)
        assert (trusted.error, trusted.unstaged) == (None, 1)


def test_discovered_kinds_survive_reading(tmp_path: Path, read: Reader) -> None:
    fleet.with_lanes(tmp_path / "fleet" / "main")
    found = find_repositories([tmp_path / "fleet"]).repositories
    kinds = {one.path.name: read_repository(one, read.memory(one.path), read.terms, NOW).kind for one in found}
    assert kinds == {"main": "worktree", "main-lane": "linked", "far": "linked"}


def test_the_age_of_a_lock_is_told(tmp_path: Path, read: Reader) -> None:
    path = fleet.locked(tmp_path / "repo")
    os.utime(path / ".git" / "index.lock", (COMMITTED, COMMITTED))
    assert read(path).locked_at == datetime.fromtimestamp(COMMITTED, UTC)
    (path / ".git" / "index.lock").unlink()
    assert read(path).locked_at is None
