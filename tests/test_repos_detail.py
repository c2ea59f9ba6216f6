"""All about one repository, part by part against what plain git answers; broken and hostile ones among them."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import COMMITTED, ME, OTHER, commit, commit_of, git
from tests.test_repos_run import HOSTILE, add_config, evil, stale
from tui.config import RepositoriesSettings
from tui.domain.detail import (
    TOP,
    Branch,
    ChangedFile,
    MovedBranch,
    NameChange,
    RepositoryDetail,
    areas_of,
    by_branch,
    changed_names,
    file_words,
    ways_out,
)
from tui.domain.repos import Commit, Moved, Operation
from tui.sources.git import detail as reading
from tui.sources.git import listings, tips
from tui.sources.git.commits import commits_arguments
from tui.sources.git.detail import read_detail
from tui.sources.git.discovery import Found
from tui.sources.git.fleet import FleetSource
from tui.sources.git.read import Memory, Terms, read_repository
from tui.sources.git.run import git_program
from tui.sources.git.seen import SeenMarks, format_marks, parse_marks
from tui.sources.git.shadow import Shadow, Shadows
from tui.sources.git.tips import format_names, parse_names, read_refs, united

NOW = datetime.fromtimestamp(COMMITTED, UTC) + timedelta(days=1)
BIDI = "right\u202eleft"
ESCAPE = "\x1b]0;x\x07"


@dataclass
class Opener:
    """Opens repositories as the fleet does, each with a memory of its own."""

    shadows: Shadows
    terms: Terms
    memories: dict[Path, Memory]

    def memory(self, path: Path, *, trusted: bool = False) -> Memory:
        if path not in self.memories:
            self.memories[path] = Memory(Shadow(path, self.shadows.folder_for(path), trusted=trusted))
        return self.memories[path]

    def __call__(self, path: Path, *, trusted: bool = False) -> RepositoryDetail:
        return read_detail(Found(path), self.memory(path, trusted=trusted), self.terms, NOW)

    def mark(self, path: Path) -> None:
        """Mark it seen as the fleet does: as it was when it was last read."""
        assert read_repository(Found(path), self.memory(path), self.terms, NOW).error is None
        found = self.memory(path).tips
        assert found is not None
        assert self.terms.marks is not None
        self.terms.marks.add({found.folder: found.oids}, NOW, {found.folder: found.names})


@pytest.fixture
def detail(tmp_path: Path) -> Iterator[Opener]:
    shadows = Shadows()
    yield Opener(shadows, Terms(me=frozenset((ME,)), marks=SeenMarks(tmp_path / "state" / "seen.json")), {})
    shadows.close()


@pytest.fixture(autouse=True)
def person(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fleet.isolate(monkeypatch, tmp_path / "person")


def said_by_git(path: Path) -> list[tuple[str, str, str | None]]:
    """Every changed path as `git status` of the first porcelain format tells it."""
    records = iter(git(path, "status", "--porcelain=v1", "-z", "--ignore-submodules=dirty").split(b"\0")[:-1])
    found = []
    for record in records:
        state = record[:2].decode()
        was = os.fsdecode(next(records)) if "R" in state or "C" in state else None
        found.append((os.fsdecode(record[3:]), state, was))
    return sorted(found)


def branches_by_git(path: Path) -> list[tuple[str, str, str, str]]:
    """Full name, short name of the upstream, how far from it, commit."""
    form = "%(refname)%00%(upstream:short)%00%(upstream:track,nobracket)%00%(objectname)%00%(symref)"
    lines = os.fsdecode(git(path, "for-each-ref", f"--format={form}", "refs/heads", "refs/remotes")).splitlines()
    rows = [line.split("\0") for line in lines]
    return sorted((name, up, apart, oid) for name, up, apart, oid, symref in rows if not symref)


def full(branch: Branch) -> str:
    return f"refs/{'remotes' if branch.remote else 'heads'}/{branch.name}"


def apart(branch: Branch) -> str:
    if branch.gone:
        return "gone"
    counts = (("ahead", branch.ahead), ("behind", branch.behind))
    return ", ".join(f"{word} {number}" for word, number in counts if number)


SOME = sorted(set(fleet.WORK_TREES) - {"many-branches", "looping"})


@pytest.mark.parametrize("name", SOME)
def test_every_state_is_as_git_says(name: str, tmp_path: Path, detail: Opener) -> None:
    path = fleet.WORK_TREES[name](tmp_path / name)
    found = detail(path)
    assert found.problems == ()
    assert found.taken_at == NOW
    assert sorted((file.path, file.state, file.was) for file in found.files) == said_by_git(path)
    conflicted = [file.conflicted for file in found.files]
    assert conflicted == sorted(conflicted, reverse=True)
    shown = sorted(
        (full(branch), branch.upstream or "", apart(branch), branch.last.sha if branch.last else "")
        for branch in found.branches
    )
    assert shown == branches_by_git(path)
    head = git(path, "symbolic-ref", "--quiet", "HEAD", ok=False).decode().strip()
    assert [full(branch) for branch in found.branches if branch.current] == [
        name for name, *_ in branches_by_git(path) if name == head
    ]
    stashes = os.fsdecode(git(path, "stash", "list", "--format=%gs", ok=False)).splitlines()
    assert [stash.message for stash in found.stashes] == stashes
    row = read_repository(Found(path), detail.memory(path), detail.terms, NOW)
    assert (found.operation, found.step, found.moved) == (row.operation, row.step, row.moved)
    areas = dict(found.areas)
    cut = git(path, "rev-parse", "--is-shallow-repository").strip() == b"true"
    for moved in row.moved:
        listed = git(path, "show", "--format=", "--name-only", "--no-renames", "-z", moved.commit.sha).split(b"\0")
        expected = areas_of(os.fsdecode(name) for name in listed if name)
        assert areas.get(moved.commit.sha, ()) == expected or (cut and moved.commit.sha not in areas)


def test_lanes_submodules_and_bare_ones(tmp_path: Path, detail: Opener) -> None:
    main, lane, far = fleet.with_lanes(tmp_path / "fleet" / "main")
    assert [[branch.name for branch in detail(path).branches if branch.current] for path in (main, lane, far)] == [
        ["main"],
        ["proto/lane"],
        [],
    ]
    assert [file.path for file in detail(lane).files] == ["file"]
    _, inner = fleet.with_submodule(tmp_path / "super")
    assert [file.state for file in detail(inner).files] == ["??"]
    bare = tmp_path / "bare"
    git(tmp_path, "clone", "-q", "--bare", str(main), str(bare))
    found = detail(bare)
    assert (found.problems, found.files, found.stashes) == ((), (), ())
    assert {branch.name for branch in found.branches} == {"main", "proto/lane"}


def test_the_current_branch_stands_first_and_then_those_touched_last(tmp_path: Path, detail: Opener) -> None:
    path = fleet.make(tmp_path / "repo")
    for number, name in enumerate(("old", "newest", "newer")):
        git(path, "checkout", "-q", "-b", name, "main")
        commit(path, name, when=COMMITTED + (100, 300, 200)[number])
    git(path, "checkout", "-q", "main")
    assert [branch.name for branch in detail(path).branches] == ["main", "newest", "newer", "old"]
    assert detail(path).branches[1].last == Commit(
        git(path, "rev-parse", "newest").decode().strip(),
        "Me Myself",
        datetime.fromtimestamp(COMMITTED + 300, UTC),
        "newest",
    )


def test_hundreds_of_branches_and_files_are_counted_not_listed(tmp_path: Path, detail: Opener) -> None:
    path = fleet.many_branches(tmp_path / "many")
    for number in range(320):
        (path / f"loose-{number}").write_text("x")
    found = detail(path)
    assert (len(found.branches), found.more_branches) == (50, 1151)
    assert found.branches[0].current
    assert (len(found.files), found.more_files) == (300, 20)


def test_more_stashes_than_are_listed(tmp_path: Path, detail: Opener, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fleet.stashed(tmp_path / "repo")
    short = tuple(part.replace("=50", "=1") for part in listings.STASHES_ARGUMENTS)
    monkeypatch.setattr(reading, "STASHES_ARGUMENTS", short)
    found = detail(path)
    assert (len(found.stashes), found.more_stashes) == (1, 1)


def test_counting_that_takes_too_long_is_left_out(
    tmp_path: Path, detail: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fleet.diverged(tmp_path / "repo")
    git(path, "branch", "--track", "gone", "origin/main")
    git(path, "config", "branch.gone.merge", "refs/heads/nowhere")
    slow(tmp_path, monkeypatch, "*upstream:track*")
    monkeypatch.setattr(reading, "COUNTING_SECONDS", 0.2)
    found = detail(path)
    assert found.problems == ()
    by_name = {branch.name: branch for branch in found.branches}
    assert (by_name["main"].uncounted, by_name["main"].ahead, by_name["main"].gone) == (True, None, False)
    assert (by_name["gone"].uncounted, by_name["gone"].gone) == (False, True)
    assert by_name["main"].last is not None


def test_areas_that_take_too_long_are_a_sentence(
    tmp_path: Path, detail: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = fleet.modified(tmp_path / "repo")
    slow(tmp_path, monkeypatch, "*--name-only*")
    monkeypatch.setattr(reading, "AREAS_SECONDS", 0.2)
    found = detail(path)
    assert found.problems == ("the folders of what moved: no answer within 0.2 s",)
    assert (len(found.moved), found.areas, len(found.files)) == (1, (), 1)


def slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, which: str) -> None:
    """A git that hangs where its arguments match the shell pattern `which`."""
    program = tmp_path / "slow" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$*" in {which}) sleep 300 & wait;; esac\nexec {git_program()} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")


class TestMoved:
    def test_since_the_mark_by_branch_with_its_folders(self, tmp_path: Path, detail: Opener) -> None:
        source = fleet.make(tmp_path / "source")
        path = fleet.clone(source, tmp_path / "clone")
        detail.mark(path)
        assert (detail(path).moved, detail(path).marked_at, detail(path).names_known) == ((), NOW, True)
        git(source, "checkout", "-q", "-b", "feat/caps")
        (source / "billing" / "caps" / "deep").mkdir(parents=True)
        commit_of(source, OTHER, "caps", name="billing/caps/deep/x", when=COMMITTED + 50)
        (source / "billing" / "api").mkdir()
        commit_of(source, OTHER, "api", name="billing/api/y", when=COMMITTED + 60)
        git(path, "fetch", "-q")
        commit(path, "mine", name="top", when=COMMITTED + 70)
        found = detail(path)
        groups = by_branch(found.moved, found.areas)
        assert [(group.branch, [one.commit.subject for one in group.moved], group.area) for group in groups] == [
            ("main", ["mine"], (TOP,)),
            ("origin/feat/caps", ["api", "caps"], ("billing/api", "billing/caps")),
        ]
        assert [one.by_me for one in found.moved] == [True, False, False]
        assert found.names == (NameChange("remote branch", "origin/feat/caps", "new"),)

    def test_names_that_came_went_and_moved(self, tmp_path: Path, detail: Opener) -> None:
        source = fleet.make(tmp_path / "source", commits=2)
        for name in ("left", "leaves"):
            git(source, "branch", name)
        path = fleet.clone(source, tmp_path / "clone")
        for name in ("old", "kept", "moving", "packed"):
            git(path, "tag", name)
        git(path, "branch", "merged")
        git(path, "pack-refs", "--all")
        detail.mark(path)
        git(path, "branch", "-D", "merged")
        git(path, "branch", "started/here")
        git(path, "tag", "-d", "old")
        git(path, "tag", "-f", "moving", "HEAD~1")
        git(path, "tag", "-a", "-m", "x", "release/1")
        git(source, "branch", "-D", "leaves")
        git(source, "branch", "came")
        git(path, "fetch", "-q", "--prune")
        assert set(detail(path).names) == {
            NameChange("branch", "merged", "gone"),
            NameChange("branch", "started/here", "new"),
            NameChange("tag", "old", "gone"),
            NameChange("tag", "moving", "moved"),
            NameChange("tag", "release/1", "new"),
            NameChange("remote branch", "origin/leaves", "gone"),
            NameChange("remote branch", "origin/came", "new"),
        }
        git(path, "pack-refs", "--all")
        assert len(detail(path).names) == 7, "packing moves nothing"
        detail.mark(path)
        assert detail(path).names == ()

    def test_a_mark_of_before_names_still_holds(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        marks = detail.terms.marks
        assert marks is not None
        tip = git(path, "rev-parse", "HEAD").decode().strip()
        marks.path.parent.mkdir()
        marks.path.write_text(
            f'{{"schema": 1, "repositories": {{"{path}/.git": {{"when": "{NOW.isoformat()}", "tips": ["{tip}"]}}}}}}'
        )
        git(path, "branch", "new")
        found = detail(path)
        assert (found.moved, found.marked_at, found.names, found.names_known) == ((), NOW, (), False)
        detail.mark(path)
        git(path, "branch", "newer")
        assert detail(path).names == (NameChange("branch", "newer", "new"),)

    def test_a_new_tag_is_noticed_and_costs_no_more_than_a_moved_branch(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        detail.mark(path)
        git(path, "tag", "v1")
        before = detail.terms.children.started
        read_repository(Found(path), detail.memory(path), detail.terms, NOW, "quiet")
        assert detail.terms.children.started - before <= 2
        detail.mark(path)
        assert detail(path).names == ()

    def test_never_marked_and_nothing_to_mark_in(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        assert (detail(path).marked_at, len(detail(path).moved), detail(path).names_known) == (None, 1, False)
        nowhere = Opener(detail.shadows, Terms(), {})
        assert nowhere(path).names_known is False

    def test_the_edge_of_a_shallow_clone_touched_nothing_that_is_known(self, tmp_path: Path, detail: Opener) -> None:
        source = fleet.make(tmp_path / "source", commits=3)
        (source / "deep").mkdir()
        commit(source, "deep", name="deep/x")
        git(tmp_path, "clone", "-q", "--depth=1", source.as_uri(), str(tmp_path / "clone"))
        found = detail(tmp_path / "clone")
        assert (len(found.moved), found.areas, found.problems) == (1, (), ())

    def test_a_merge_claims_no_folders(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.merging(tmp_path / "repo")
        git(path, "commit", "-q", "-m", "merged")
        areas = dict(detail(path).areas)
        assert areas[git(path, "rev-parse", "HEAD").decode().strip()] == ()
        assert areas[git(path, "rev-parse", "side").decode().strip()] == (TOP,)


class TestCost:
    def test_git_commands_of_an_opening(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.diverged(tmp_path / "repo")
        detail(path)
        assert self.of(path, detail) == 5, "status, branches, how far apart, their commits, folders"
        detail.mark(path)
        detail(path)
        assert self.of(path, detail) == 4, "nothing moved"
        git(path, "branch", "--unset-upstream")
        (path / "file").write_text("stash\n")
        git(path, "stash", "-q")
        detail(path)
        assert self.of(path, detail) == 4, "nothing to count, but a stash to list"

    def of(self, path: Path, detail: Opener) -> int:
        before = detail.terms.children.started
        assert detail(path).problems == ()
        return detail.terms.children.started - before


class TestHostileNames:
    def test_files(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        names = [
            b"--output=x",
            b"-",
            BIDI.encode(),
            ESCAPE.encode(),
            b"\xff\xfe",
            b"a\nb",
            b'"q"',
            b"[@click=x]",
            b":(top)",
        ]
        for name in names:
            (path / os.fsdecode(name)).write_bytes(b"x")
        found = detail(path)
        assert found.problems == ()
        assert {os.fsencode(file.path) for file in found.files} == set(names)
        git(path, "add", "-A")
        git(path, "commit", "-q", "-m", "all")
        for name in names:
            git(path, "mv", "--", name, name + b" away")
        found = detail(path)
        assert {(file.state, file.was is not None) for file in found.files} == {("R ", True)}
        assert dict(found.areas)[git(path, "rev-parse", "HEAD").decode().strip()] == (TOP,)

    def test_folders_in_areas(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        for folder in (b"\nlead/in\x1b/x", b"\xff/y/z"):
            deep = path / os.fsdecode(folder)
            deep.mkdir(parents=True)
            (deep / "file").write_text("x")
        oid = commit(path, "odd folders")
        assert dict(detail(path).areas)[oid] == ("\nlead/in\x1b", TOP, "\udcff/y")

    def test_branches_tags_and_remotes(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        head = git(path, "rev-parse", "HEAD").decode().strip()
        detail.mark(path)
        odd = [b"--output=x", b"-d", BIDI.encode(), b"\xff\xfe", b"a'\"b", b"]/]x", b"$(x)", b"%00"]
        for name in odd:
            git(path, "update-ref", b"refs/heads/" + name, head)
            git(path, "update-ref", b"refs/tags/" + name, head)
        found = detail(path)
        wanted = {os.fsdecode(name) for name in odd}
        assert found.problems == ()
        assert {branch.name for branch in found.branches} == wanted | {"main"}
        assert {(change.kind, change.name) for change in found.names} == {
            (kind, name) for kind in ("branch", "tag") for name in wanted
        }
        assert not (path / "x").exists()
        git(path, "config", "branch.main.remote", ".")
        git(path, "config", "branch.main.merge", "refs/heads/--output=x")
        main = next(branch for branch in detail(path).branches if branch.name == "main")
        assert (main.upstream, main.ahead, main.behind) == ("--output=x", 0, 0)

    def test_a_file_among_the_refs_whose_name_is_none(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        detail.mark(path)
        (path / ".git" / "refs" / "tags" / "a\nb c").write_bytes(git(path, "rev-parse", "HEAD"))
        (path / ".git" / "refs" / "tags" / "good").write_bytes(git(path, "rev-parse", "HEAD"))
        os.mkfifo(path / ".git" / "refs" / "tags" / "pipe")
        assert detail(path).names == (NameChange("tag", "good", "new"),)
        detail.mark(path)
        assert detail(path).names == ()

    def test_stashes_subjects_and_authors(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo")
        text = f"two\nlines {ESCAPE} {BIDI} [/]"
        (path / "file").write_text("x\n")
        git(path, "stash", "push", "-q", "-m", text)
        git(path, "commit", "-q", "--allow-empty", "-m", f"subject {ESCAPE}", "--author", f"A{BIDI} <x@y>")
        found = detail(path)
        assert len(found.stashes) == 1
        assert ESCAPE in found.stashes[0].message
        last = found.branches[0].last
        assert last is not None
        assert (last.author, last.subject) == (f"A{BIDI}", f"subject {ESCAPE}")


class TestBroken:
    @pytest.mark.parametrize(
        ("what", "said"),
        [
            ("gone", "the folder is gone"),
            ("head", "damaged: `HEAD` names neither"),
            ("config", "damaged: its `config` cannot be read"),
            ("refs-fifo", "is not a regular file"),
        ],
    )
    def test_says_what_is_wrong(self, what: str, said: str, tmp_path: Path, detail: Opener) -> None:
        path = fleet.modified(tmp_path / "repo")
        match what:
            case "gone":
                shutil.rmtree(path)
            case "head":
                (path / ".git" / "HEAD").write_text("garbage")
            case "config":
                (path / ".git" / "config").write_text("[core\n")
            case "refs-fifo":
                os.mkfifo(path / ".git" / "refs" / "heads" / "pipe")
                detail = Opener(detail.shadows, Terms(seconds=1), {})
        found = detail(path)
        assert any(said in problem for problem in found.problems), found.problems
        assert found.path == path

    def test_a_damaged_index_leaves_branches_right(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.ahead(tmp_path / "repo")
        (path / ".git" / "index").write_bytes(b"x" * 100)
        found = detail(path)
        assert [problem.partition(":")[0] for problem in found.problems] == ["changed files"]
        assert "git fsck" in found.problems[0]
        assert (found.branches[0].ahead, len(found.moved)) == (2, 3)

    def test_a_missing_tree_leaves_only_its_folders_out(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.make(tmp_path / "repo", commits=2)
        tree = git(path, "rev-parse", "HEAD~1^{tree}").decode().strip()
        (path / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
        found = detail(path)
        assert [problem.partition(":")[0] for problem in found.problems] == ["the folders of what moved"]
        assert (len(found.moved), len(found.branches)) == (2, 1)

    def test_a_hung_one_answers_at_its_deadline(
        self, tmp_path: Path, detail: Opener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = fleet.modified(tmp_path / "repo")
        slow(tmp_path, monkeypatch, "*status*")
        for seconds in (0.5, 2.5, 10.0, 40.0):  # on a busy machine the other parts need some time, too
            problems = Opener(detail.shadows, Terms(seconds=seconds), {})(path).problems
            if len(problems) == 1:
                break
        assert problems == (f"changed files: no answer within {seconds:g} s",)

    @pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder to another user")
    def test_one_of_another_user(self, tmp_path: Path, detail: Opener) -> None:
        path = fleet.modified(tmp_path / "repo")
        os.chown(path / ".git", 4242, 4242)
        assert "dubious ownership" in detail(path).problems[0]
        trusting = Opener(detail.shadows, detail.terms, {})
        assert [file.path for file in trusting(path, trusted=True).files] == ["file"]


class TestInTheFleet:
    SETTINGS = RepositoriesSettings(watch=False, deadline_seconds=60)

    def test_any_thread_may_ask(self, tmp_path: Path) -> None:
        path = fleet.modified(tmp_path / "root" / "repo")
        source = FleetSource(self.SETTINGS, (tmp_path / "root",), (ME,), tmp_path / "seen.json", lambda: NOW)
        try:
            list(source.read())
            answers: list[RepositoryDetail] = []
            threads = [threading.Thread(target=lambda: answers.append(source.detail(path))) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
            assert len(answers) == 4
            assert len(set(answers)) == 1
            assert answers[0].files == (ChangedFile("file", " M"),)
            assert source.detail(tmp_path / "root").problems != ()
            source.mark_seen([path])
            git(path, "tag", "new")
            assert source.detail(path).names == (NameChange("tag", "new", "new"),)
        finally:
            source.close()

    def test_one_that_is_being_read_and_hangs(self, tmp_path: Path) -> None:
        path = fleet.make(tmp_path / "root" / "repo")
        settings = RepositoriesSettings(watch=False, deadline_seconds=1)
        source = FleetSource(settings, (tmp_path / "root",), (ME,), None, lambda: NOW)
        try:
            list(source.read())
            with source._roster.of(path).lock:  # as a reader of its row has it
                assert source.detail(path).problems == ("no answer within 1 s",)
        finally:
            source.close()


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_opening_runs_nothing(name: str, tmp_path: Path, detail: Opener) -> None:
    path = fleet.make(tmp_path / "repo")
    (path / "file").write_text("stash\n")
    git(path, "stash", "-q")
    program, mark = evil(tmp_path)
    HOSTILE[name](path, program)
    git(path, "config", "branch.main.remote", ".")
    git(path, "config", "branch.main.merge", "refs/heads/main")
    mark.unlink(missing_ok=True)
    stale(path)
    found = detail(path)
    detail.memories.clear()
    detail.mark(path) if name not in ("lazy-fetch", "git-link") else None
    detail(path)
    assert found.branches or found.problems
    assert not mark.exists()


def test_folders_of_what_moved_are_found_without_text_conversion(tmp_path: Path, detail: Opener) -> None:
    path = fleet.make(tmp_path / "repo", commits=3)
    program, mark = evil(tmp_path)
    (path / ".gitattributes").write_text("* diff=d filter=f\n")
    add_config(
        path,
        f'[diff]\n\texternal = {program}\n[diff "d"]\n\ttextconv = {program}\n'
        f"\tcommand = {program}\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = {program}\n",
    )
    assert len(detail(path).areas) == 3
    trusted = Opener(detail.shadows, detail.terms, {})(path, trusted=True)
    assert not mark.exists(), "not where the person vouches for it either"
    assert trusted.branches
    git(path, "log", "-p", "-1", "--ext-diff")
    assert mark.exists(), "the canary does sing"


class TestRefs:
    OIDS = ("1" * 40, "2" * 40)

    def test_names_and_back(self) -> None:
        refs = {"refs/heads/b": self.OIDS[0], "refs/tags/\udcff": self.OIDS[1], "refs/heads/a": self.OIDS[1]}
        assert parse_names(format_names(refs)) == refs
        assert list(parse_names(format_names(refs))) == sorted(refs)
        assert parse_names("") == {}

    def test_readings_of_several_lanes(self) -> None:
        one, two = (format_names({f"refs/heads/{name}": self.OIDS[0]}) for name in "ab")
        assert united([one, two]) == format_names(dict.fromkeys(("refs/heads/a", "refs/heads/b"), self.OIDS[0]))
        assert united([one, None]) is None

    def test_a_reftable_is_asked_for(self, tmp_path: Path) -> None:
        (tmp_path / "reftable").mkdir()
        (tmp_path / "reftable" / "tables.list").write_text("x")
        asked = []

        def ask(arguments: object) -> bytes:
            asked.append(arguments)
            return f"{self.OIDS[0]} refs/heads/main\n{self.OIDS[1]} refs/tags/v1\n".encode()

        found = read_refs(tmp_path, ask)
        assert found.oids == self.OIDS[:1]
        assert parse_names(found.names or "") == {"refs/heads/main": self.OIDS[0], "refs/tags/v1": self.OIDS[1]}
        assert asked == [tips.ALL_ARGUMENTS]

    def test_too_many_names_are_not_remembered(
        self, tmp_path: Path, detail: Opener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = fleet.many_branches(tmp_path / "repo")
        monkeypatch.setattr(tips, "MOST_NAMES", 100)
        detail.mark(path)
        found = detail(path)
        assert (found.names_known, found.names, found.marked_at) == (False, (), NOW)

    def test_what_is_no_name_or_id_in_the_file_is_dropped(self) -> None:
        entry = (
            f'{{"when": "{NOW.isoformat()}", "tips": [], "refs": {{"refs/heads/a": "{self.OIDS[0]}", '
            f'"refs/heads/b": "--output=x", "HEAD": "{self.OIDS[1]}", "refs/heads/c\\nd": "{self.OIDS[1]}"}}}}'
        )
        mark = parse_marks(f'{{"schema": 2, "repositories": {{"/x": {entry}}}}}')["/x"]
        assert mark.tips == self.OIDS[:1]
        assert parse_names(mark.names or "") == {"refs/heads/a": self.OIDS[0]}
        assert parse_marks(format_marks({"/x": mark})) == {"/x": mark}


class TestRules:
    @pytest.mark.parametrize(
        ("operation", "builder"),
        [
            ("merge", fleet.merging),
            ("rebase", fleet.rebasing),
            ("rebase", fleet.rebasing_by_apply),
            ("cherry-pick", fleet.cherry_picking),
            ("revert", fleet.reverting),
            ("am", fleet.applying),
            ("bisect", fleet.bisecting),
        ],
    )
    def test_the_command_that_ends_an_operation_does(
        self, operation: Operation, builder: object, tmp_path: Path, detail: Opener
    ) -> None:
        assert callable(builder)
        path = builder(tmp_path / "repo")
        assert detail(path).operation == operation
        command, _ = ways_out(operation)[-1]
        subprocess.run(command.split(), cwd=path, check=True, capture_output=True)
        assert detail(path).operation is None

    def test_every_command_is_one_git_knows(self) -> None:
        operations: tuple[Operation, ...] = ("merge", "rebase", "cherry-pick", "revert", "bisect", "am")
        for operation in operations:
            for command, effect in ways_out(operation):
                assert command.startswith(f"git {operation} ")
                assert effect

    def test_areas(self) -> None:
        assert areas_of(["a/b/c/d", "a/b/x", "a/y", "top", "z/1/2", "z/1/3", "z/1/4"]) == ("z/1", "a/b", TOP, "a")
        assert areas_of([]) == ()

    def test_grouped_by_time_not_by_diligence(self) -> None:
        def moved(sha: str, branch: str) -> Moved:
            return Moved(Commit(sha, "A", NOW, "s"), branch, False)

        one, two, three = moved("1", "b"), moved("2", "a"), moved("3", "a")
        groups = by_branch((one, two, three), (("1", ("x",)), ("2", ("y", "z")), ("3", ("z",))))
        assert groups == (MovedBranch("b", (one,), ("x",)), MovedBranch("a", (two, three), ("z", "y")))

    def test_names_of_nothing_and_of_what_a_clone_begins_with(self) -> None:
        refs = [("refs/heads/a", "1"), ("refs/remotes/origin/HEAD", "1"), ("refs/notes/x", "1")]
        assert changed_names([], refs) == (NameChange("branch", "a", "new"),)
        assert changed_names(refs, [("refs/heads/a", "2")]) == ()

    @pytest.mark.parametrize(
        ("state", "words"),
        [
            ("??", "new"),
            (" M", "edited"),
            ("M ", "staged"),
            ("MM", "staged, edited again"),
            ("AD", "added, then deleted"),
            ("R ", "renamed"),
            (" D", "deleted"),
            ("UU", "in conflict: both changed"),
            ("AA", "in conflict: both added"),
            ("  ", "changed"),
        ],
    )
    def test_letters_in_words(self, state: str, words: str) -> None:
        assert file_words(state) == words

    def test_commits_are_asked_for_by_id_only(self) -> None:
        assert commits_arguments(["1" * 40])[-2:] == ("1" * 40, "--")
