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
