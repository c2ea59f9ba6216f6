"""The shadow: a small git folder of our own that git is pointed at instead of the repository's.

Its configuration holds only harmless keys, it has no hooks, and objects, refs, index and logs are links to the real
ones, so git answers rightly and nothing the repository's author wrote is run. An explicit GIT_DIR switches git's
own ownership check off, so that check is made here. A trusted repository gets no shadow. Where its parts are and
whether they are safe to open is `gitdir`; what passes of the configuration is `configuration`.
"""

import hashlib
import os
import shutil
import stat
import tempfile
import threading
import time
import weakref
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tui.sources.git.configuration import Configuration, format_configuration, read_configuration
from tui.sources.git.gitdir import (
    MEDIUM,
    Head,
    Layout,
    Signature,
    check_files,
    check_tree,
    control_signature,
    locate,
    own_users,
    owners,
    read_head,
    read_small,
)
from tui.sources.git.run import Children, GitError, Place, run_git

_ABANDONED = 86_400.0

_COPIED = (("exclude", True), ("attributes", True), ("sparse-checkout", False))
"""Files of `info` git reads, and whether they belong to the common folder (else to the work tree's own)."""

_PREFIX = "makerhour-git-"
_LIFETIME = 6 * 3600.0
"""Seconds after which a shadow is made anew: systems clear old temporary files away, one by one."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A repository made ready for git commands."""

    place: Place
    layout: Layout
    head: Head
    configuration: Configuration
    bare: bool
    """True where it has no work tree."""
    control: Signature
    """Its control files as they were before anything was read."""


class Shadows:
    """The folder all shadows lie in: private, made when first needed, removed by `close` and at exit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._folder: Path | None = None
        self._remove: weakref.finalize[[Path, bool], Shadows] | None = None

    def folder_for(self, path: Path) -> Path:
        """Where the shadow of the repository at `path` goes."""
        with self._lock:
            if self._folder is None:
                _sweep(Path(tempfile.gettempdir()))
                self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))  # 0700 by itself
                self._remove = weakref.finalize(self, shutil.rmtree, self._folder, True)
            return self._folder / hashlib.sha256(os.fsencode(path)).hexdigest()[:24]

    def close(self) -> None:
        """Remove every shadow. The links in them are removed, never what they lead to."""
        if self._remove is not None:
            self._remove()
        self._folder = None


class Shadow:
    """One repository's shadow, kept between reads and mended where something changed. One thread at a time."""

    def __init__(self, path: Path, folder: Path, *, trusted: bool = False) -> None:
        self.path = path
        self.trusted = trusted
        self._folder = folder
        self._config_seen: Signature | None = None
        self._configuration = Configuration(())
        self._written: dict[str, bytes] = {}
        self._linked: dict[str, Path] = {}
        self._vouched = False
        self._prepared: Prepared | None = None
        self._made_at = time.monotonic()

    def prepare(self, seconds: float, children: Children | None = None) -> Prepared:
        """The repository ready for git, its shadow up to date. Raises GitError with why it cannot be."""
        layout = locate(self.path, trusted=self.trusted)
        control = control_signature(layout)
        if not self.trusted:
            self._check_owner(layout, seconds, children)
        known = self._prepared
        young = time.monotonic() - self._made_at < _LIFETIME
        if known is not None and young and known.control == control and known.layout == layout:
            if not self.trusted:
                check_tree(layout)
            return known
        if not young:
            self.forget()
        self._prepared = None
        if not self.trusted:
            check_files(layout)
        self._prepared = self._made(layout, control, seconds, children)
        return self._prepared

    def forget(self) -> None:
        """Remove what was made; it is made anew when it is needed again."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._prepared = None
        self._config_seen = None

    def _made(self, layout: Layout, control: Signature, seconds: float, children: Children | None) -> Prepared:
        head = read_head(layout.git_dir)
        seen = tuple(entry for entry in control if entry[0].endswith(("/config", "/config.worktree")))
        if seen != self._config_seen:
            self._configuration = read_configuration(layout, seconds, children)
            self._config_seen = seen
        bare = layout.bare or (self._configuration.bare and not layout.linked)
        if self.trusted:
            place = Place(self.path, git_dir=self.path if layout.bare else None, own=True)
        else:
            try:
                self._mend(layout, head, bare)
            except OSError as error:
                raise GitError(f"no place for temporary files: {error.strerror}; free some") from error
            place = Place(self.path, git_dir=self._folder, work_tree=None if bare else self.path)
        return Prepared(place, layout, head, self._configuration, bare, control)

    def _mend(self, layout: Layout, head: Head, bare: bool) -> None:
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, mode=0o700)
            (self._folder / "info").mkdir()
            self._written.clear()
            self._linked.clear()
            self._made_at = time.monotonic()
        self._write("config", format_configuration(self._configuration, bare=bare))
        for name, shared in _COPIED:
            source = (layout.common_dir if shared else layout.git_dir) / "info" / name
            self._write(f"info/{name}", _content(source))
        self._write("HEAD", os.fsencode(head.text))
        for name in ("objects", "refs", "packed-refs", "shallow", "logs", "reftable"):
            self._link(name, layout.common_dir / name)
        self._link("index", layout.git_dir / "index")
        if not bare:
            for source in layout.git_dir.glob("sharedindex.*"):  # the greater half of a split index
                self._link(source.name, source)

    def _write(self, name: str, content: bytes | None) -> None:
        if content is None:
            if self._written.pop(name, None) is not None:
                (self._folder / name).unlink(missing_ok=True)
        elif self._written.get(name) != content:
            (self._folder / name).write_bytes(content)
            self._written[name] = content

    def _link(self, name: str, target: Path) -> None:
        if self._linked.get(name) == target:
            return
        with suppress(FileNotFoundError):
            (self._folder / name).unlink()
        (self._folder / name).symlink_to(target.absolute())
        self._linked[name] = target

    def _check_owner(self, layout: Layout, seconds: float, children: Children | None) -> None:
        """Raise GitError where another user owns it and neither we nor `safe.directory` vouch for it."""
        if self._vouched or owners(layout) <= own_users():
            return
        nowhere = Place(Path(os.sep), git_dir=Path(os.devnull))  # only the person's own configuration is read
        wanted = ["config", "--type=path", "--get-all", "-z", "safe.directory"]
        listed = run_git(wanted, nowhere, seconds=seconds, children=children, accept=(0, 1))
        self._vouched = _covers(os.fsdecode(listed).split("\x00")[:-1], layout.path)
        if not self._vouched:
            raise GitError(
                "dubious ownership: it belongs to another user; add it to `[repositories] trusted` if you trust it"
            )


def _covers(directories: list[str], path: Path) -> bool:
    """Whether git's `safe.directory` list covers `path`: an empty entry clears what came before it."""
    covered = False
    for entry in directories:
        if not entry:
            covered = False
        else:
            below = entry.endswith("/*") and path.is_relative_to(entry[:-2])
            covered = covered or entry == "*" or Path(entry) == path or below
    return covered


def _sweep(folder: Path) -> None:
    """Remove what a makerhour left behind that was killed a day ago or longer."""
    for left in folder.glob(f"{_PREFIX}*-*"):
        owner = left.name.removeprefix(_PREFIX).partition("-")[0]
        try:
            found = left.lstat()
            aged = folder.stat().st_mtime - found.st_mtime > _ABANDONED  # the clock of the drive itself
            if found.st_uid == os.geteuid() and stat.S_ISDIR(found.st_mode) and aged and not _runs(owner):
                shutil.rmtree(left, ignore_errors=True)
        except OSError:
            continue


def _runs(number: str) -> bool:
    if not number.isdecimal() or len(number) > 9:
        return True
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _content(source: Path) -> bytes | None:
    try:
        return read_small(source, 8 * MEDIUM)
    except OSError:
        return None
