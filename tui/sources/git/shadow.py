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
import weakref
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from msgspec import Struct

from tui.sources.git.configuration import Configuration, format_configuration, format_entry, read_configuration
from tui.sources.git.control import Control, Signature, signed_file
from tui.sources.git.environment import NEUTRAL, Place
from tui.sources.git.gitdir import (
    MEDIUM,
    Head,
    Layout,
    check_files,
    check_tree,
    locate,
    own_users,
    owners,
    read_head,
    read_small,
)
from tui.sources.git.run import Children, GitError, run_git

_ABANDONED = 86_400.0

_COPIED = (("exclude", True), ("attributes", True), ("sparse-checkout", False))
"""Files of `info` git reads, and whether they belong to the common folder (else to the work tree's own)."""

_PREFIX = "makerhour-git-"

_STAMP = "made-from"
"""The file of a shadow that says what it was made from; written last."""
_FORM = 2
"""Counts up with the way shadows are made, so that those of another version are made anew."""
_NEUTRAL = b"".join(os.fsencode(format_entry(key, value)) for key, value in NEUTRAL)
_UNUSED = 7 * 86_400.0
"""Seconds after which a kept shadow is removed that belongs to no repository of the fleet."""


class Prepared(Struct, frozen=True):
    """A repository made ready for git commands."""

    place: Place
    layout: Layout
    head: Head
    configuration: Configuration
    bare: bool
    """True where it has no work tree."""
    control: Signature
    """Its control files as they were before anything was read."""
    under_way: bool = False
    """True where an operation (merge, rebase, …) may be under way."""


class Shadows:
    """The folder all shadows lie in, private: a kept one, or a temporary one that `close` (and the exit) removes.

    A kept one spares making them again at the next start, and may be used by several processes at once.
    """

    def __init__(self, kept: Path | None = None) -> None:
        self._lock = threading.Lock()
        self._kept = kept
        self._folder: Path | None = None
        self._remove: weakref.finalize[[Path, bool], Shadows] | None = None

    def folder_for(self, path: Path) -> Path:
        """Where the shadow of the repository at `path` goes."""
        with self._lock:
            if self._folder is None and self._kept is not None and _private(self._kept):
                self._folder = self._kept
            if self._folder is None:
                _sweep(Path(tempfile.gettempdir()))
                self._folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{os.getpid()}-"))  # 0700 by itself
                self._remove = weakref.finalize(self, shutil.rmtree, self._folder, True)
            return self._folder / _name_for(path)

    def tidy(self, paths: Iterable[Path]) -> None:
        """Remove kept shadows of repositories other than `paths` that were made long ago."""
        if self._folder is None or self._folder != self._kept:
            return
        wanted = {_name_for(path) for path in paths}
        with suppress(OSError), os.scandir(self._folder) as listing:
            newest = self._folder.stat().st_mtime
            for entry in listing:
                aged = newest - entry.stat(follow_symlinks=False).st_mtime > _UNUSED
                if aged and entry.name not in wanted and entry.is_dir(follow_symlinks=False):
                    shutil.rmtree(entry.path, ignore_errors=True)

    def close(self) -> None:
        """Remove every shadow that is not kept. The links in them are removed, never what they lead to."""
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
        self._linked: frozenset[str] = frozenset()
        self._stamp_seen: tuple[str, int, int, int, int] | None = None
        self._vouched = False
        self._prepared: Prepared | None = None

    def prepare(self, seconds: float, children: Children | None = None) -> Prepared:
        """The repository ready for git, its shadow up to date. Raises GitError with why it cannot be."""
        known = self._prepared
        if known is not None:
            control = Control(known.layout)
            if control.signature == known.control and self._stands():
                if not self.trusted:
                    check_tree(known.layout)
                return known
        self._prepared = None
        layout = locate(self.path, trusted=self.trusted)
        control = Control(layout)
        if not self.trusted:
            self._check_owner(layout, seconds, children)
            check_files(layout)
        self._prepared = self._made(layout, control, seconds, children)
        return self._prepared

    def forget(self) -> None:
        """Remove what was made; it is made anew when it is needed again."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._prepared = None
        self._config_seen = None

    def _made(self, layout: Layout, control: Control, seconds: float, children: Children | None) -> Prepared:
        head = read_head(layout.git_dir)
        seen = tuple(entry for entry in control.signature if entry[0].endswith(("/config", "/config.worktree")))
        if seen != self._config_seen:
            self._configuration = read_configuration(layout, seconds, children)
            self._config_seen = seen
        bare = layout.bare or (self._configuration.bare and not layout.linked)
        if self.trusted:
            place = Place(self.path, git_dir=self.path if layout.bare else None, own=True)
        else:
            try:
                self._mend(layout, control, head, bare)
            except OSError as error:
                raise GitError(f"no place for temporary files: {error.strerror}; free some") from error
            place = Place(self.path, git_dir=self._folder, work_tree=None if bare else self.path, shadow=True)
        return Prepared(place, layout, head, self._configuration, bare, control.signature, control.under_way)

    def _mend(self, layout: Layout, control: Control, head: Head, bare: bool) -> None:
        stamp = repr((_FORM, str(layout.path), bare, head.text, control.made_from(layout))).encode("utf-8", "replace")
        if self._stamp_seen is None or not self._stands():
            self._linked = frozenset()
        if _content(self._folder / _STAMP) != stamp:
            with suppress(FileNotFoundError):
                (self._folder / _STAMP).unlink()
            (self._folder / "info").mkdir(parents=True, mode=0o700, exist_ok=True)
            self._write("config", format_configuration(self._configuration, bare=bare) + _NEUTRAL)
            for name, shared in _COPIED:
                source = (layout.common_dir if shared else layout.git_dir) / "info" / name
                self._write(f"info/{name}", _content(source))
            self._write("HEAD", os.fsencode(head.text))
            for name in ("objects", "refs", "packed-refs", "shallow", "logs", "reftable"):
                self._link(name, layout.common_dir / name)
            self._link("index", layout.git_dir / "index")
            self._write(_STAMP, stamp)
        halves = (
            frozenset(name for name in control.names if name.startswith("sharedindex.")) if not bare else frozenset()
        )
        for name in halves - self._linked:  # the greater half of a split index
            self._link(name, layout.git_dir / name)
        self._linked = halves
        self._stamp_seen = signed_file(f"{self._folder}/{_STAMP}")

    def _stands(self) -> bool:
        """True where the shadow is as this object left it: nobody cleared it away or made it anew."""
        return self.trusted or signed_file(f"{self._folder}/{_STAMP}") == self._stamp_seen is not None

    def _write(self, name: str, content: bytes | None) -> None:
        """Put `content` in place whole: another thread or process may be using this shadow."""
        place = self._folder / name
        if content is None:
            place.unlink(missing_ok=True)
            return
        fresh = self._fresh(name)
        fresh.write_bytes(content)
        fresh.replace(place)

    def _link(self, name: str, target: Path) -> None:
        place, wanted = self._folder / name, target.absolute()
        try:
            place.symlink_to(wanted)
        except FileExistsError:
            if not (place.is_symlink() and place.readlink() == wanted):
                fresh = self._fresh(name)
                fresh.unlink(missing_ok=True)
                fresh.symlink_to(wanted)
                fresh.replace(place)

    def _fresh(self, name: str) -> Path:
        """Where what is to be `name` is made, out of everybody's way: whatever asks for a repository the fleet does
        not know yet, or works on its lanes, has a shadow object of its own for the same folder."""
        return self._folder / f"{name}.{os.getpid()}-{threading.get_ident()}.new"

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


def _name_for(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:24]


def _private(folder: Path) -> bool:
    """Make `folder` where it is missing; True where it is this person's alone."""
    try:
        folder.mkdir(parents=True, mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError:
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _content(source: Path) -> bytes | None:
    try:
        return read_small(source, 8 * MEDIUM)
    except OSError:
        return None
