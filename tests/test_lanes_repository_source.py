"""New repositories to build in, with real git: what they begin with, and when they are refused with nothing left."""

import os
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests import fleet
from tests.fleet import git
from tests.lane_grounds import files_of, reach, small_files, tip
from tui.domain.lane_work import RepositoryWish
from tui.domain.lanes import Prototype
from tui.sources.git import new_repository
from tui.sources.git.new_repository import make_repository
from tui.sources.git.run import GitError

pytestmark = pytest.mark.timeout(120)

QUESTION = Prototype("Does the cache help?", 90)


@pytest.fixture(autouse=True)
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet.isolate(monkeypatch, tmp_path / ".home")


def template_of(top: Path) -> Path:
    """A template as people have them: a repository itself, with a script, links and files git leaves out."""
    template = fleet.make(top / "template")
    (template / "src" / "empty").mkdir(parents=True)
    (template / "src" / "main.py").write_text("print()\n")
    (template / "run").write_text("#!/bin/sh\n")
    (template / "run").chmod(0o755)
    (template / "latest").symlink_to("src/main.py")
    (template / "src" / "up").symlink_to("../run")
    (template / ".gitignore").write_text("*.md\n*.env\n")
    (template / "my.env").write_text("KEY=\n")
    fleet.make(template / "vendored")
    return template


def test_from_scratch(tmp_path: Path) -> None:
    ground = make_repository(RepositoryWish(tmp_path / "new" / "fresh", QUESTION), reach())
    folder = tmp_path / "new" / "fresh"
    assert (ground.path, ground.branch, ground.repository) == (folder, "main", None)
    assert ground.head == tip(folder) == tip(folder, "refs/heads/main")
    assert "# Does the cache help?" in ground.prototype.read_text()
    assert git(folder, "ls-tree", "-r", "--name-only", "HEAD") == b"PROTOTYPE.md\n"
    assert git(folder, "log", "--format=%s %ae") == f"Begin: Does the cache help? {fleet.ME}\n".encode()
    assert git(folder, "status", "--porcelain") == b""
    assert git(folder, "remote") == b""
    assert git(folder, "symbolic-ref", "HEAD") == b"refs/heads/main\n"
    assert not (folder / ".git" / "hooks").exists()
    git(folder, "fsck", "--strict")


@pytest.mark.parametrize("name", ["a b", "-rf", "--bare", 'it\'s "quoted"', "$(touch x)", "ünï 日本", "latin-\udce9"])
def test_odd_names(name: str, tmp_path: Path) -> None:
    ground = make_repository(RepositoryWish(tmp_path / name, QUESTION), reach())
    assert git(ground.path, "status", "--porcelain") == b""


def test_a_template_is_copied_without_its_history_and_stays_as_it_is(tmp_path: Path) -> None:
    template = template_of(tmp_path)
    before = files_of(template)
    folder = make_repository(RepositoryWish(tmp_path / "fresh", QUESTION, template), reach()).path
    assert files_of(template) == before
    copied = files_of(folder)
    wanted = {where: was for where, was in before.items() if ".git" not in where.split("/")}
    assert copied.pop("PROTOTYPE.md")[1]
    assert copied == wanted
    assert not (folder / "vendored" / ".git").exists()
    assert (folder / "run").stat().st_ino != (template / "run").stat().st_ino
    committed = git(folder, "ls-tree", "-r", "HEAD").decode()
    assert "100755 blob" in committed
    assert "120000 blob" in committed
    assert "PROTOTYPE.md" in committed, "whatever the template ignores"
    assert "vendored/file" in committed
    assert "my.env" not in committed
    assert git(folder, "rev-list", "--count", "--all") == b"1\n"
    assert git(folder, "status", "--porcelain") == b""


def test_a_prototype_of_the_template_stays(tmp_path: Path) -> None:
    template = tmp_path / "template"
    template.mkdir()
    (template / "PROTOTYPE.md").write_text("theirs\n")
    ground = make_repository(RepositoryWish(tmp_path / "fresh", QUESTION, template), reach())
    assert ground.prototype.name == "PROTOTYPE-does-the-cache-help.md"
    assert (ground.path / "PROTOTYPE.md").read_text() == "theirs\n"


def test_the_branch_is_the_one_the_person_begins_with(tmp_path: Path) -> None:
    git(tmp_path, "config", "--global", "init.defaultBranch", "trunk")
    ground = make_repository(RepositoryWish(tmp_path / "fresh", QUESTION), reach())
    assert ground.branch == "trunk"
    assert git(ground.path, "symbolic-ref", "HEAD") == b"refs/heads/trunk\n"
    git(tmp_path, "config", "--global", "init.defaultBranch", "no branch..")
    with pytest.raises(GitError):
        make_repository(RepositoryWish(tmp_path / "other", QUESTION), reach())
    assert not (tmp_path / "other").exists()


def test_no_hook_no_template_of_gits_and_no_signature(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    hooks = tmp_path / "own" / "hooks"
    hooks.mkdir(parents=True)
    for name in ("post-checkout", "reference-transaction", "post-index-change", "pre-commit", "post-commit"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch '{canary}'\n")
        (hooks / name).chmod(0o755)
    for key, value in (
        ("init.templateDir", str(hooks.parent)),
        ("core.hooksPath", str(hooks)),
        ("commit.gpgSign", "true"),
        ("gpg.program", str(hooks / "pre-commit")),
    ):
        git(tmp_path, "config", "--global", key, value)
    fresh = make_repository(RepositoryWish(tmp_path / "fresh", QUESTION), reach()).path
    assert not canary.exists()
    assert not (fresh / ".git" / "hooks").exists()


Build = Callable[[Path], RepositoryWish]


def existing(make: Callable[[Path], object]) -> Build:
    def build(top: Path) -> RepositoryWish:
        make(top / "fresh")
        return RepositoryWish(top / "fresh", QUESTION)

    return build


def inside(make: Callable[[Path], object], *below: str) -> Build:
    def build(top: Path) -> RepositoryWish:
        make(top / "there")
        return RepositoryWish((top / "there").joinpath(*below, "fresh"), QUESTION)

    return build


def with_template(fill: Callable[[Path], object]) -> Build:
    def build(top: Path) -> RepositoryWish:
        (top / "template" / "sub").mkdir(parents=True)
        (top / "secret").write_text("secret")
        fill(top / "template")
        return RepositoryWish(top / "fresh", QUESTION, top / "template")

    return build


def listening(top: Path) -> None:
    with socket.socket(socket.AF_UNIX) as there:
        here = Path.cwd()
        os.chdir(top)  # the path of a socket is short
        try:
            there.bind("socket")
        finally:
            os.chdir(here)


def links_of_links(top: Path) -> None:
    (top / "a").symlink_to("sub")
    (top / "b").symlink_to("a/../../secret")


def in_a_template(top: Path) -> RepositoryWish:
    (top / "template").mkdir()
    return RepositoryWish(top / "template" / "fresh", QUESTION, top / "template")


def lane(top: Path) -> None:
    fleet.make(top.parent / "elsewhere")
    git(top.parent / "elsewhere", "worktree", "add", "-q", "-b", "proto/x", str(top))


def unknown(top: Path) -> RepositoryWish:
    git(top, "config", "--global", "--unset-all", "user.email")
    return RepositoryWish(top / "fresh", QUESTION)


REFUSED: dict[str, tuple[Build, str]] = {
    "folder": (existing(Path.mkdir), "there already"),
    "full-folder": (existing(fleet.untracked), "there already"),
    "file": (existing(lambda path: path.write_text("precious")), "there already"),
    "link": (existing(lambda path: path.symlink_to("nowhere")), "there already"),
    "inside": (inside(fleet.make), "inside the repository"),
    "inside-deep": (inside(lambda path: (fleet.make(path) / "a").mkdir(), "a", "b"), "inside the repository"),
    "inside-lane": (inside(lane), "inside the repository"),
    "inside-git-folder": (inside(fleet.make, ".git"), "inside the repository"),
    "inside-bare": (inside(lambda path: fleet.make(path, "--bare", commits=0)), "inside the repository"),
    "no-parent": (inside(Path.mkdir, "a", "b"), "is no folder; make it"),
    "parent-is-file": (inside(lambda path: path.write_text("precious")), "is no folder"),
    "line-break": (lambda top: RepositoryWish(top / "a\nb", QUESTION), "line break"),
    "long": (lambda top: RepositoryWish(top / ("x" * 300), QUESTION), "File name too long"),
    "unknown": (unknown, r"git config --global user\.email"),
    "no-template": (lambda top: RepositoryWish(top / "fresh", QUESTION, top / "no"), "is no folder; correct"),
    "in-template": (in_a_template, "inside the template"),
    "link-out": (with_template(lambda path: (path / "sub" / "out").symlink_to("../../secret")), "`sub/out` leads out"),
    "link-absolute": (with_template(lambda path: (path / "out").symlink_to(path / "sub")), "`out` leads out"),
    "link-of-links": (with_template(links_of_links), "`b` leads out"),
    "link-into-git": (with_template(lambda path: (fleet.make(path) / "b").symlink_to(".git/config")), "`b` leads out"),
    "fifo": (with_template(lambda path: os.mkfifo(path / "sub" / "fifo")), "`sub/fifo`, which is no file"),
    "socket": (with_template(listening), "`socket`, which is no file"),
    "both-names": (
        with_template(
            lambda path: [(path / n).write_text("") for n in ("PROTOTYPE.md", "PROTOTYPE-does-the-cache-help.md")]
        ),
        "has both",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_says_why_and_leaves_all_as_it_was(case: str, tmp_path: Path) -> None:
    build, said = REFUSED[case]
    wish = build(tmp_path)
    before = files_of(tmp_path)
    with pytest.raises(GitError, match=said):
        make_repository(wish, reach())
    assert files_of(tmp_path) == before


@pytest.mark.parametrize("limit", ["MOST_FILES", "MOST_BYTES"])
def test_a_template_that_is_too_large_is_refused_before_anything_is_made(
    limit: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = template_of(tmp_path)
    monkeypatch.setattr(new_repository, limit, 5)
    with pytest.raises(GitError, match="name a smaller folder"):
        make_repository(RepositoryWish(tmp_path / "fresh", QUESTION, template), reach())
    assert not (tmp_path / "fresh").exists()


@pytest.mark.parametrize("most", [100, 3000, 200_000])
def test_what_fails_half_way_is_taken_back_with_the_folder_made_for_it(most: int, tmp_path: Path) -> None:
    """No room for `.git/config`, for the index, for the large file."""
    template = template_of(tmp_path)
    for number in range(100):
        (template / "src" / f"{number}").write_text(str(number))
    (template / "large").write_bytes(os.urandom(190_000))
    if most == 200_000:
        (template / "large").write_bytes(os.urandom(400_000))
    before = files_of(tmp_path)
    with small_files(most), pytest.raises(GitError):
        make_repository(RepositoryWish(tmp_path / "new" / "fresh", QUESTION, template), reach())
    assert files_of(tmp_path) == before


def test_what_somebody_else_put_there_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    template = template_of(tmp_path)

    def failing(*_: object) -> str:
        (tmp_path / "fresh" / "src" / "theirs").write_text("precious")
        raise GitError("no")

    monkeypatch.setattr(new_repository, "_first_commit", failing)
    with pytest.raises(GitError, match="no"):
        make_repository(RepositoryWish(tmp_path / "fresh", QUESTION, template), reach())
    assert sorted(files_of(tmp_path / "fresh")) == ["src", "src/theirs"]


def test_of_two_at_once_one_is_made(tmp_path: Path) -> None:
    template = template_of(tmp_path)

    def attempt(_: int) -> str:
        try:
            return make_repository(RepositoryWish(tmp_path / "fresh", QUESTION, template), reach()).head
        except GitError:
            return ""

    with ThreadPoolExecutor(4) as threads:
        heads = [head for head in threads.map(attempt, range(4)) if head]
    assert heads == [tip(tmp_path / "fresh")]
    assert git(tmp_path / "fresh", "status", "--porcelain") == b""
