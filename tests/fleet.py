"""Real repositories in every state the dashboard must show rightly, built with plain git, apart from the person's.

`isolate` first: it gives the test a home and a git configuration of its own. Every builder takes the folder to make
the repository in and returns it. Nothing here uses the program's own way to git.
"""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ME = "me@example.org"
OTHER = "ana@example.org"
COMMITTED = 1_750_000_000
"""When the commits of the builders were made (seconds of the epoch)."""

CONFIG = f"""[user]
\tname = Me Myself
\temail = {ME}
[init]
\tdefaultBranch = main
[protocol "file"]
\tallow = always
[advice]
\tdetachedHead = false
[gc]
\tauto = 0
[commit]
\tgpgSign = false
"""


def isolate(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    """Take the developer's own git, home and editor out of the environment of this test."""
    home.mkdir(parents=True, exist_ok=True)
    for name in list(os.environ):
        if name.startswith(("GIT_", "XDG_", "SSH_")) or name in ("EDITOR", "VISUAL", "PAGER", "SUDO_UID"):
            monkeypatch.delenv(name)
    (home / ".gitconfig").write_text(CONFIG)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("TZ", "UTC")


def git(folder: Path, *arguments: str | bytes, ok: bool = True, when: int = COMMITTED, **extra: str) -> bytes:
    """What plain `git` prints in `folder`; `ok=False` where it may fail. Variables may be added by name."""
    dates = {"GIT_AUTHOR_DATE": f"{when} +0000", "GIT_COMMITTER_DATE": f"{when} +0000"}
    environment = {**os.environ, **dates, "LC_ALL": "C.UTF-8", "GIT_EDITOR": "true", **extra}
    done = subprocess.run(
        ["git", *arguments],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if ok and done.returncode:
        raise AssertionError(f"git {arguments!r} in {folder}: {done.stderr.decode(errors='replace')}")
    return done.stdout


def tick(folder: Path) -> None:
    """Wait until the clock of the drive `folder` is on moves on: of two changes within one step of it (up to ten
    thousandths of a second) the second cannot be told from the first."""
    probe = folder / ".tick"
    probe.write_text("")
    before = probe.stat().st_mtime_ns
    while probe.stat().st_mtime_ns == before:
        time.sleep(0.001)
        probe.write_text("")
    probe.unlink()


def commit(folder: Path, subject: str, *, name: str = "file", text: str | None = None, when: int = COMMITTED) -> str:
    """Write a file and commit it; the commit's id."""
    (folder / name).write_text(subject + "\n" if text is None else text)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", subject, when=when)
    return git(folder, "rev-parse", "HEAD").decode().strip()


def commit_of(folder: Path, author: str, subject: str, *, name: str = "theirs", when: int = COMMITTED) -> str:
    """A commit by somebody else."""
    (folder / name).write_text(subject)
    git(folder, "add", "-A")
    git(
        folder,
        "commit",
        "-q",
        "-m",
        subject,
        "--author",
        f"{author.partition('@')[0].title()} <{author}>",
        when=when,
    )
    return git(folder, "rev-parse", "HEAD").decode().strip()


def make(folder: Path, *options: str, commits: int = 1) -> Path:
    """A repository with some commits on `main`."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", *options)
    for number in range(commits):
        commit(folder, f"commit {number}", when=COMMITTED + number)
    return folder


def clone(source: Path, folder: Path, *options: str) -> Path:
    """A clone of `source`, which becomes its `origin`."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    git(folder.parent, "clone", "-q", *options, str(source), str(folder))
    return folder


def modified(folder: Path) -> Path:
    make(folder)
    (folder / "file").write_text("changed\n")
    return folder


def staged(folder: Path) -> Path:
    make(folder)
    (folder / "file").write_text("changed\n")
    (folder / "new").write_text("new\n")
    git(folder, "add", "-A")
    return folder


def staged_and_edited(folder: Path) -> Path:
    staged(folder)
    (folder / "file").write_text("changed again\n")
    (folder / "new").unlink()
    return folder


def untracked(folder: Path) -> Path:
    make(folder)
    (folder / "loose").write_text("x")
    (folder / "many").mkdir()
    for number in range(5):
        (folder / "many" / str(number)).write_text("x")
    (folder / "empty").mkdir()
    (folder / ".gitignore").write_text("*.log\n")
    (folder / "some.log").write_text("x")
    return folder


def stashed(folder: Path) -> Path:
    make(folder)
    for number in range(3):
        (folder / "file").write_text(f"stash {number}\n")
        git(folder, "stash", "-q")
    git(folder, "stash", "drop", "-q", "stash@{1}")
    return folder


def detached(folder: Path) -> Path:
    make(folder, commits=2)
    git(folder, "checkout", "-q", "HEAD~1")
    return folder


def unborn(folder: Path) -> Path:
    make(folder, commits=0)
    (folder / "first").write_text("x")
    git(folder, "add", "-A")
    return folder


def orphan(folder: Path) -> Path:
    make(folder)
    git(folder, "checkout", "-q", "--orphan", "fresh")
    return folder


def empty(folder: Path) -> Path:
    return make(folder, commits=0)


def ahead(folder: Path) -> Path:
    clone(make(folder.parent / ".sources" / folder.name), folder)
    commit(folder, "mine")
    commit(folder, "mine too", name="other")
    return folder


def behind(folder: Path) -> Path:
    source = make(folder.parent / ".sources" / folder.name)
    clone(source, folder)
    commit_of(source, OTHER, "theirs")
    git(folder, "fetch", "-q")
    return folder


def diverged(folder: Path) -> Path:
    behind(folder)
    commit(folder, "mine")
    commit(folder, "mine too", name="other")
    return folder


def upstream_gone(folder: Path) -> Path:
    source = make(folder.parent / ".sources" / folder.name)
    git(source, "branch", "side")
    clone(source, folder)
    git(folder, "checkout", "-q", "side")
    git(source, "branch", "-D", "side")
    git(folder, "fetch", "-q", "--prune")
    return folder


def shallow(folder: Path) -> Path:
    source = make(folder.parent / ".sources" / folder.name, commits=4)
    git(folder.parent, "clone", "-q", "--depth=2", source.as_uri(), str(folder))
    return folder


def sparse(folder: Path) -> Path:
    make(folder)
    for name in ("kept", "left"):
        (folder / name).mkdir()
        commit(folder, name, name=f"{name}/file")
    git(folder, "sparse-checkout", "set", "kept")
    (folder / "kept" / "file").write_text("changed\n")
    return folder


def _two_sides(folder: Path) -> Path:
    """`main` and `side` changing the same line, on `main`."""
    make(folder)
    git(folder, "checkout", "-q", "-b", "side")
    commit(folder, "side", text="side\n")
    commit(folder, "side more", text="side more\n")
    git(folder, "checkout", "-q", "main")
    commit(folder, "main", text="main\n")
    return folder


def conflict(folder: Path) -> Path:
    _two_sides(folder)
    git(folder, "merge", "-q", "side", ok=False)
    return folder


def merging(folder: Path) -> Path:
    make(folder)
    git(folder, "checkout", "-q", "-b", "side")
    commit(folder, "side", name="other")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "--no-commit", "side")
    return folder


def rebasing(folder: Path) -> Path:
    _two_sides(folder)
    git(folder, "checkout", "-q", "side")
    git(folder, "rebase", "-q", "main", ok=False)
    return folder


def rebasing_by_apply(folder: Path) -> Path:
    _two_sides(folder)
    git(folder, "checkout", "-q", "side")
    git(folder, "rebase", "-q", "--apply", "main", ok=False)
    return folder


def cherry_picking(folder: Path) -> Path:
    _two_sides(folder)
    git(folder, "cherry-pick", "side", ok=False)
    return folder


def between_picks(folder: Path) -> Path:
    """The conflict of the first of two picks was committed by hand: only the sequencer knows that more follow."""
    _two_sides(folder)
    git(folder, "cherry-pick", "main..side", ok=False)
    (folder / "file").write_text("resolved\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "resolved")
    return folder


def reverting(folder: Path) -> Path:
    make(folder, commits=3)
    git(folder, "revert", "HEAD~1", ok=False)
    return folder


def bisecting(folder: Path) -> Path:
    make(folder, commits=6)
    git(folder, "bisect", "start", "HEAD", "HEAD~5")
    return folder


def applying(folder: Path) -> Path:
    _two_sides(folder)
    patch = folder.parent / f"{folder.name}.patch"
    patch.write_bytes(git(folder, "format-patch", "--stdout", "main..side"))
    git(folder, "am", "-q", str(patch), ok=False)
    patch.unlink()
    return folder


def renamed(folder: Path) -> Path:
    make(folder)
    commit(folder, "long", name="long", text="".join(f"line {number}\n" for number in range(40)))
    git(folder, "mv", "long", "moved -> away")
    git(folder, "mv", "file", "1 .M N... file")
    (folder / "moved -> away").write_text("".join(f"line {number}\n" for number in range(41)))
    return folder


def hostile_names(folder: Path) -> Path:
    make(folder)
    for name in (
        b"new\nline",
        b"\"quoted\" 'twice'",
        b"latin-\xe9",
        b"tab\there",
        b"? question",
        b" lead",
        b"$(x)",
    ):
        (folder / os.fsdecode(name)).write_bytes(b"x")
        if name[:1] in b"nl":
            git(folder, "add", "--", name)
    (folder / os.fsdecode(b"latin-\xe9")).write_bytes(b"changed")
    return folder


def many_branches(folder: Path) -> Path:
    make(folder)
    head = git(folder, "rev-parse", "HEAD").decode().strip()
    packed = "".join(f"{head} refs/heads/team/{number:04}\n" for number in range(600))
    packed += "".join(f"{head} refs/remotes/origin/{number:04}\n" for number in range(600))
    (folder / ".git" / "packed-refs").write_text("# pack-refs with: peeled fully-peeled sorted \n" + packed)
    return folder


def looping(folder: Path) -> Path:
    make(folder)
    (folder / "inside").mkdir()
    (folder / "inside" / "up").symlink_to(folder)
    (folder / "round").symlink_to("round")
    (folder / "out").symlink_to("/")
    return folder


def future(folder: Path) -> Path:
    make(folder)
    commit(folder, "from the future", when=4_000_000_000)
    (folder / "file").write_text("changed\n")
    os.utime(folder / "file", (6_000_000_000, 6_000_000_000))
    return folder


def line_ends(folder: Path) -> Path:
    make(folder)
    git(folder, "config", "core.autocrlf", "true")
    commit(folder, "crlf", name="dos", text="one\ntwo\n")
    (folder / "dos").unlink()
    git(folder, "checkout", "-q", "--", "dos")
    os.utime(folder / "dos", (1, 1))
    return folder


def sha256(folder: Path) -> Path:
    make(folder, "--object-format=sha256", commits=2)
    (folder / "file").write_text("changed\n")
    return folder


def split_index(folder: Path) -> Path:
    make(folder)
    for number in range(20):
        (folder / f"f{number}").write_text("x")
    commit(folder, "many")
    git(folder, "update-index", "--split-index")
    (folder / "f3").write_text("changed\n")
    git(folder, "add", "f3")
    return folder


def alternates(folder: Path) -> Path:
    source = make(folder.parent / ".sources" / folder.name, commits=3)
    clone(source, folder, "--shared")
    commit(folder, "mine")
    return folder


def worktree_config(folder: Path) -> Path:
    sparse(folder)
    git(folder, "config", "extensions.worktreeConfig", "true")
    return folder


def odd_config(folder: Path) -> Path:
    """A configuration only git's own parser can be trusted with."""
    clone(make(folder.parent / ".sources" / folder.name), folder)
    with (folder / ".git" / "config").open("a") as file:
        file.write('[remote "up \\"stream\\""] ; a comment\n\turl = "https://git.example.org/a b.git" # one more\n')
        file.write("\tfetch = +refs/heads/*:refs/remotes/\\\nup/*\n[Core] FileMode = true\n")
    commit(folder, "mine")
    return folder


def packed(folder: Path) -> Path:
    clone(make(folder.parent / ".sources" / folder.name, commits=3), folder)
    commit(folder, "mine")
    git(folder, "gc", "-q")
    return folder


def mailmapped(folder: Path) -> Path:
    make(folder)
    commit_of(folder, "old@example.org", "by an old address")
    (folder / ".mailmap").write_text("Ana Proper <ana@example.org> <old@example.org>\n")
    return folder


def locked(folder: Path) -> Path:
    modified(folder)
    (folder / ".git" / "index.lock").write_text("")
    return folder


def upstream_local(folder: Path) -> Path:
    """A branch that follows another branch of the same repository."""
    make(folder)
    git(folder, "checkout", "-q", "-b", "topic", "--track", "main")
    commit(folder, "mine")
    return folder


WORK_TREES: dict[str, Callable[[Path], Path]] = {
    "$HOME": modified,
    "ahead": ahead,
    "alternates": alternates,
    "applying": applying,
    "behind": behind,
    "between-picks": between_picks,
    "bisecting": bisecting,
    "cherry-picking": cherry_picking,
    "clean": make,
    "conflict": conflict,
    "detached": detached,
    "diverged": diverged,
    "empty": empty,
    "future": future,
    "hostile-names": hostile_names,
    "line-ends": line_ends,
    "locked": locked,
    "looping": looping,
    "mailmapped": mailmapped,
    "many-branches": many_branches,
    "merging": merging,
    "modified": modified,
    "new\nline": staged,
    "odd-config": odd_config,
    "orphan": orphan,
    "packed": packed,
    "rebasing": rebasing,
    "rebasing-by-apply": rebasing_by_apply,
    "renamed": renamed,
    "reverting": reverting,
    "sha256": sha256,
    "shallow": shallow,
    "sparse": sparse,
    "split-index": split_index,
    "staged": staged,
    "staged-and-edited": staged_and_edited,
    "stashed": stashed,
    "unborn": unborn,
    "untracked": untracked,
    "upstream-gone": upstream_gone,
    "upstream-local": upstream_local,
    "with space": modified,
    "worktree-config": worktree_config,
}
"""A builder for each state of a work tree git has no trouble with, by the name of its folder."""


def with_lanes(folder: Path) -> tuple[Path, Path, Path]:
    """A repository with a linked work tree beside it and one elsewhere: main, lane, elsewhere."""
    make(folder, commits=2)
    lane = folder.with_name(folder.name + "-lane")
    elsewhere = folder.parent.parent / "elsewhere" / "far"
    elsewhere.parent.mkdir(exist_ok=True)
    git(folder, "worktree", "add", "-q", "-b", "proto/lane", str(lane))
    git(folder, "worktree", "add", "-q", "--detach", str(elsewhere), "HEAD~1")
    (lane / "file").write_text("changed\n")
    return folder, lane, elsewhere


def with_submodule(folder: Path) -> tuple[Path, Path]:
    """A repository with a submodule that stands at another commit than recorded: superproject, submodule."""
    source = make(folder.parent / ".sources" / folder.name, commits=2)
    make(folder)
    git(folder, "submodule", "--quiet", "add", str(source), "deep/down/in/side")
    git(folder, "commit", "-q", "-m", "with a submodule")
    inner = folder / "deep" / "down" / "in" / "side"
    git(inner, "checkout", "-q", "HEAD~1")
    (inner / "loose").write_text("x")
    return folder, inner


def bare_with_lanes(folder: Path) -> tuple[Path, Path]:
    """A folder whose `.git` file points at a bare repository beside it, and a linked work tree: folder, lane."""
    source = make(folder.parent / ".sources" / folder.name)
    folder.mkdir()
    git(folder, "clone", "-q", "--bare", str(source), ".bare")
    (folder / ".git").write_text("gitdir: ./.bare\n")
    git(folder, "worktree", "add", "-q", str(folder / "main"), "main")
    return folder, folder / "main"
