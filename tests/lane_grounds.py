"""What tests of lanes share: a reach of their own, and all of a person's checkout that a lane must leave as it is."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.fleet import git
from tui.sources.git.lane_ground import Reach
from tui.sources.git.shadow import Shadows

TEXT = "# A question\n"


def reach(*, trusted: bool = False) -> Reach:
    return Reach(Shadows(), trusted=trusted)


def everything(top: Path) -> dict[str, bytes]:
    """Every file of a checkout and its git folder, but objects and what belongs to lanes alone."""
    found = {}
    waiting = [top]
    while waiting:
        for entry in waiting.pop().iterdir():
            where = str(entry.relative_to(top))
            if where in (".git/objects", ".git/worktrees", ".git/refs/heads/proto", ".git/logs/refs/heads/proto"):
                continue
            if entry.is_symlink():
                found[where] = os.fsencode(entry.readlink())
            elif entry.is_dir():
                waiting.append(entry)
            else:
                found[where] = entry.read_bytes()
    return found


def tip(path: Path, ref: str = "HEAD") -> str:
    return git(path, "rev-parse", "--verify", "--quiet", ref, ok=False).decode().strip()


def lanes_of(repository: Path) -> list[str]:
    """What git itself knows of lanes: their branches and its records."""
    branches = git(repository, "for-each-ref", "--format=%(refname)", "refs/heads/proto").decode().split()
    records = repository / ".git" / "worktrees"
    return branches + (sorted(entry.name for entry in records.iterdir()) if records.is_dir() else [])


def armed(repository: Path, canary: Path) -> Path:
    """Every hook git may run, an fsmonitor and what else starts programs without being asked for leaves `canary`."""
    script = f"#!/bin/sh\ntouch '{canary}'\n"
    hooks = (
        *("post-checkout", "reference-transaction", "post-index-change", "pre-commit", "post-commit", "pre-push"),
        *("post-rewrite", "sendemail-validate", "pre-auto-gc", "post-merge", "update", "post-update"),
    )
    for folder in (repository / ".git" / "hooks", repository.parent / "hooks"):
        folder.mkdir(exist_ok=True)
        for name in hooks:
            (folder / name).write_text(script)
            (folder / name).chmod(0o755)
    program = repository.parent / "program"
    program.write_text(script)
    program.chmod(0o755)
    settings = (
        ("core.hooksPath", str(repository.parent / "hooks")),
        ("core.fsmonitor", str(program)),
        ("core.pager", str(program)),
        ("core.editor", str(program)),
        ("core.sshCommand", str(program)),
        ("core.alternateRefsCommand", str(program)),
        ("diff.external", str(program)),
        ("gpg.program", str(program)),
        ("commit.gpgSign", "true"),
        ("log.showSignature", "true"),
        ("uploadpack.packObjectsHook", str(program)),
        ("merge.evil.driver", str(program)),
        ("credential.helper", str(program)),
    )
    with (repository / ".git" / "config").open("a") as file:
        for key, value in settings:
            section, _, name = key.rpartition(".")
            head, _, sub = section.partition(".")
            title = f'{head} "{sub}"' if sub else head
            file.write(f'[{title}]\n\t{name} = "{value}"\n')
    return repository


@contextmanager
def small_files(most: int) -> Iterator[None]:
    """No process started meanwhile can write a file longer than `most` bytes: it is ended when it tries."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class Whole:
    """All a person has in a work tree, as it was: what must never be less, whatever is done to lanes.

    Files with their content (ignored ones too) and mode, links, empty folders, the index, HEAD, all branches and refs,
    stashes, and every entry of the log of its HEAD.
    """

    def __init__(self, top: Path) -> None:
        self._top = top
        self._files = files_of(top)
        self._index = git(top, "ls-files", "-s", "-v", ok=False)
        self._head = git(top, "rev-parse", "--symbolic-full-name", "HEAD", ok=False)
        self._refs = self._listed_refs()
        self._stashes = git(top, "stash", "list", "--format=%H %gs", ok=False)
        self._logged = self._listed_log()

    def lost(self, *, index: bool = True) -> list[str]:
        """What of it is gone or something else, in words; `index` False where its own may have gained entries."""
        now = Whole(self._top)
        found = [f"file {name}" for name, was in self._files.items() if now._files.get(name) != was]
        found += [f"ref {line!r}" for line in self._refs if line not in now._refs]
        found += [f"logged {line!r}" for line in self._logged if line not in now._logged]
        for what in ("_head", "_stashes", *(("_index",) if index else ())):
            if getattr(now, what) != getattr(self, what):
                found.append(f"{what}: {getattr(self, what)!r} is {getattr(now, what)!r}")
        return found

    def _listed_refs(self) -> list[bytes]:
        return git(self._top, "for-each-ref", "--format=%(refname) %(objectname)").splitlines()

    def _listed_log(self) -> list[bytes]:
        return git(self._top, "log", "-g", "HEAD", "--format=%H %gs", ok=False).splitlines()


def files_of(top: Path) -> dict[str, tuple[int, bytes | None]]:
    """Mode and content of everything below `top` but the git folder's insides."""
    found: dict[str, tuple[int, bytes | None]] = {}
    waiting = [top]
    while waiting:
        for entry in waiting.pop().iterdir():
            if entry.name == ".git" and entry.parent == top and entry.is_dir():
                continue
            content = None
            if entry.is_symlink():
                content = os.fsencode(entry.readlink())
            elif entry.is_dir():
                waiting.append(entry)
            elif entry.is_file():
                content = entry.read_bytes()
            found[str(entry.relative_to(top))] = (entry.lstat().st_mode, content)
    return found
