"""Where a repository's git folder is, and whether it may be looked at: links, sizes, owners, HEAD, operation.

Everything here is lstat and small bounded reads of regular files, so that neither a FIFO nor a device can hold it
up. Git is not run here; copying for git to read is `shadow`.
"""

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from tui.domain.repos import Operation
from tui.sources.git.run import GitError

SMALL = 8 * 1024
"""Most bytes of a file that names one thing: `.git`, HEAD, `commondir`, a rebase's counters."""

MEDIUM = 1024 * 1024
"""Most bytes of a configuration, `.gitmodules`, exclude or attributes file."""

_LIMITS: Mapping[str, int] = {
    "HEAD": SMALL,
    "config": MEDIUM,
    "config.worktree": MEDIUM,
    "index": 1024 * MEDIUM,
    "packed-refs": 512 * MEDIUM,
    "shallow": 64 * MEDIUM,
    "info/exclude": MEDIUM,
    "info/attributes": MEDIUM,
    "info/sparse-checkout": 8 * MEDIUM,
    "objects/info/alternates": MEDIUM,
    "objects/info/commit-graph": 4096 * MEDIUM,
}
_TREE_LIMITS: Mapping[str, int] = {
    ".gitignore": 8 * MEDIUM,
    ".gitattributes": 8 * MEDIUM,
    ".mailmap": 8 * MEDIUM,
}

_OID = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_REF = re.compile(r"ref:[ \t]*(refs/[^\x00-\x20\x7f~^:?*\[\\]+)")


class Layout(Struct, frozen=True):
    """Where the parts of one repository are."""

    path: Path
    """The work tree, or the bare repository itself."""
    git_dir: Path
    """HEAD, index and the operation under way."""
    common_dir: Path
    """Objects, refs and configuration; the same as `git_dir` but for a linked work tree."""
    bare: bool = False
    """True where it was named as a bare one (it has no `.git` entry)."""

    @property
    def linked(self) -> bool:
        """True for a linked work tree."""
        return self.git_dir != self.common_dir


class Head(Struct, frozen=True):
    """What HEAD holds: the branch it is on, or the commit."""

    ref: str | None
    oid: str | None

    @property
    def text(self) -> str:
        """The content of a HEAD file that says the same."""
        return f"ref: {self.ref}\n" if self.ref else f"{self.oid}\n"


def locate(path: Path, *, trusted: bool = False) -> Layout:
    """The layout of the repository at `path`; a `.git` that is a link is followed only where `trusted`.

    Raises GitError where there is no repository or where it leads somewhere it should not.
    """
    entry = path / ".git"
    try:
        mode = (os.stat if trusted else os.lstat)(entry).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return _bare_layout(path)
    except OSError as error:
        raise GitError(f"cannot be read: {error.strerror}; check its permissions") from error
    if stat.S_ISLNK(mode):
        raise GitError("its `.git` is a link; add the repository to `[repositories] trusted` if you made it")
    if stat.S_ISDIR(mode):
        git_dir = entry
    elif stat.S_ISREG(mode):
        git_dir = _pointed_to(entry, "gitdir:")
    else:
        raise GitError("its `.git` is neither a folder nor a file; remove it or leave the folder out")
    return Layout(path, git_dir, common_dir(git_dir))


def common_dir(git_dir: Path) -> Path:
    """The folder that holds objects and refs for `git_dir` (gitrepository-layout, `commondir`)."""
    pointer = git_dir / "commondir"
    if not lexists(pointer):
        return git_dir
    return _pointed_to(pointer, "")


def looks_bare(path: Path) -> bool:
    """True where `path` has the parts of a git folder (HEAD, objects, refs) and no `.git` entry."""
    return (
        not lexists(path / ".git")
        and lexists(path / "HEAD")
        and (path / "objects").is_dir()
        and (path / "refs").is_dir()
    )


def read_small(path: Path, limit: int = SMALL) -> bytes:
    """The content of a regular file of at most `limit` bytes, never waiting for a FIFO or a device.

    Raises FileNotFoundError, OSError, or GitError for anything that is not such a file.
    """
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        found = os.fstat(opened)
        _check_regular(path.name, found, limit)
        return os.read(opened, found.st_size + 1)
    finally:
        os.close(opened)


def read_tail(path: Path, size: int = SMALL) -> bytes:
    """The last `size` bytes of a regular file however long it is; the first line may be cut. See `read_small`.

    Raises FileNotFoundError, OSError, or GitError for anything that is no regular file.
    """
    opened = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        found = os.fstat(opened)
        _check_regular(path.name, found, found.st_size)
        return os.pread(opened, size, max(found.st_size - size, 0))
    finally:
        os.close(opened)


def read_head(git_dir: Path) -> Head:
    """What HEAD of `git_dir` holds. Raises GitError where it is missing or malformed."""
    try:
        if (git_dir / "HEAD").is_symlink():  # the old form of a symbolic ref
            text = f"ref: {(git_dir / 'HEAD').readlink()}"
        else:
            text = os.fsdecode(read_small(git_dir / "HEAD"))
    except OSError as error:
        raise GitError(f"damaged: `HEAD` cannot be read ({error.strerror}); try `git fsck` there") from error
    text = text.rstrip("\r\n \t")
    if _OID.fullmatch(text):
        return Head(None, text)
    found = _REF.fullmatch(text)
    if not found or ".." in found[1] or "//" in found[1]:
        raise GitError("damaged: `HEAD` names neither a branch nor a commit; try `git fsck` there")
    return Head(found[1], None)


def check_tree(layout: Layout) -> None:
    """Raise GitError where a file git would read at the top of the work tree is no regular file of sane size."""
    if not layout.bare:
        for name, limit in _TREE_LIMITS.items():
            _check_file(f"{layout.path}/{name}", name, limit, links=True)  # git itself follows no link here


def check_files(layout: Layout) -> None:
    """Raise GitError where something git would read is no regular file of sane size, or missing altogether."""
    check_tree(layout)
    for folder in {layout.git_dir, layout.common_dir}:
        for name, limit in _LIMITS.items():
            _check_file(f"{folder}/{name}", f".git/{name}", limit, links=name == "HEAD")
    for name in ("objects", "refs"):
        if not (layout.common_dir / name).is_dir():
            raise GitError(f"damaged: its git folder has no `{name}`; try `git fsck` there")


def owners(layout: Layout) -> frozenset[int]:
    """The users that own the work tree, its `.git` entry and git folders. Raises GitError where one is gone."""
    folders = {layout.path, layout.git_dir, layout.common_dir}
    if not layout.bare:
        folders.add(layout.path / ".git")
    try:
        return frozenset(os.lstat(folder).st_uid for folder in folders)
    except OSError as error:
        raise GitError(f"its git folder cannot be read: {error.strerror}") from error


def own_users() -> frozenset[int]:
    """The users whose repositories are this person's own: themselves, and under `sudo` who called it."""
    user = os.geteuid()
    caller = os.environ.get("SUDO_UID", "")
    if user == 0 and caller.isdecimal():
        return frozenset((user, int(caller)))
    return frozenset((user,))


def read_operation(git_dir: Path) -> tuple[Operation | None, tuple[int, int] | None, str | None]:
    """The operation under way, its step and number of steps, and the full ref being rebased; Nones at rest."""
    folder = git_dir / "rebase-apply"
    if lexists(folder):
        kind: Operation = "am" if lexists(folder / "applying") else "rebase"
        return kind, _steps(folder, "next", "last"), _name_in(folder / "head-name")
    folder = git_dir / "rebase-merge"
    if lexists(folder):
        return "rebase", _steps(folder, "msgnum", "end"), _name_in(folder / "head-name")
    marks: tuple[tuple[str, Operation], ...] = (
        ("MERGE_HEAD", "merge"),
        ("CHERRY_PICK_HEAD", "cherry-pick"),
        ("REVERT_HEAD", "revert"),
    )
    for name, operation in marks:
        if lexists(git_dir / name):
            return operation, None, None
    command = _name_in(git_dir / "sequencer" / "todo")
    if command and command.split(" ", 1)[0] in ("pick", "p"):  # between two commits no …_HEAD stands
        return "cherry-pick", None, None
    if command and command.startswith("revert "):
        return "revert", None, None
    return ("bisect" if lexists(git_dir / "BISECT_LOG") else None), None, None


def lexists(path: Path) -> bool:
    """True where `path` names something, be it a broken link; False also where it cannot be looked at."""
    try:
        os.lstat(path)
    except OSError:
        return False
    return True


def _bare_layout(path: Path) -> Layout:
    if not path.is_dir():
        raise GitError("the folder is gone; it is left out once discovery has run again")
    if not looks_bare(path):
        raise GitError("it is no git repository any more; it is left out once discovery has run again")
    return Layout(path, path, path, bare=True)


def _pointed_to(file: Path, prefix: str) -> Path:
    """The folder a one-line file names, from the file's own folder where it is relative."""
    try:
        text = os.fsdecode(read_small(file)).rstrip("\r\n")
    except OSError as error:
        raise GitError(f"its `{file.name}` cannot be read: {error.strerror}") from error
    if not text.startswith(prefix) or "\x00" in text or "\n" in text:
        raise GitError(f"damaged: its `{file.name}` file names no git folder")
    target = Path(os.path.normpath(file.parent / text.removeprefix(prefix).strip(" \t")))
    if not target.is_dir():
        raise GitError(f"its `{file.name}` file names a git folder that is gone; try `git worktree repair`")
    return target


def _check_file(path: str, name: str, limit: int, *, links: bool) -> None:
    try:
        found = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise GitError(f"`{name}` cannot be read: {error.strerror}; check its permissions") from error
    if stat.S_ISLNK(found.st_mode) and links:
        return
    _check_regular(name, found, limit)


def _check_regular(name: str, found: os.stat_result, limit: int) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise GitError(
            f"`{name}` is not a regular file; add the repository to `[repositories] trusted` if you made it so"
        )
    if found.st_size > limit:
        raise GitError(f"`{name}` is larger than it can sensibly be ({found.st_size} bytes)")


def _steps(folder: Path, now: str, end: str) -> tuple[int, int] | None:
    step, steps = _name_in(folder / now), _name_in(folder / end)
    if step and steps and step.isdecimal() and steps.isdecimal() and len(step + steps) < 20:
        return int(step), int(steps)
    return None


def _name_in(file: Path) -> str | None:
    """The first line of a small file; None where there is none."""
    try:
        text = os.fsdecode(read_small(file, MEDIUM))
    except (OSError, GitError):
        return None
    return text.split("\n", 1)[0].strip() or None
