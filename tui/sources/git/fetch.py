"""One fetch: git asks a remote what is new and writes it below `refs/remotes`, and nothing else of the repository.

It goes through a shadow made for this one fetch and removed after it, whose configuration holds the remote's address
and no more; objects, refs, `packed-refs`, `shallow` and logs in it are links, through which git writes (it follows
them with its locks too, so the person's own git and this one keep out of each other's way). What the person set for
all their repositories holds: their ssh, their credential helpers, their proxies. When to fetch is `fetching`.
"""

import os
import re
import stat
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from msgspec.structs import replace

from tui.sources.git.complaints import explained_fetch, shown_host
from tui.sources.git.configuration import (
    Configuration,
    Entry,
    format_configuration,
    format_entry,
    parse_listing,
    read_configuration,
)
from tui.sources.git.environment import Place
from tui.sources.git.gitdir import Layout, locate
from tui.sources.git.run import Children, GitError, GitTimeout, run_git
from tui.sources.git.shadow import Prepared, Shadow, Shadows
from tui.sources.git.transports import Remote, followed_remotes

FETCH_SECONDS = 60.0
"""How long one fetch may take."""

PLAN_SECONDS = 10.0
"""How long looking for what to fetch may take."""

PROTOCOLS = "https:ssh"
FOLDERS = "file"
TRUSTED_PROTOCOLS = "file:git:http:https:ssh"

SSH = "ssh -o BatchMode=yes -o ConnectTimeout=15 -o ControlMaster=no"
"""What reaches ssh hosts where the person has set nothing: it never asks, and leaves no master behind that would
keep our pipes open (one that is there is used)."""

ARGUMENTS = (
    *("fetch", "--quiet", "--no-recurse-submodules", "--no-auto-maintenance", "--no-write-fetch-head", "--no-tags"),
    *("--no-prune", "--no-write-commit-graph", "--upload-pack=git-upload-pack", "--refmap="),
)

VARIABLES = (
    ("GIT_ALLOC_LIMIT", "1g"),  # a file of some hundred megabytes may be new
    ("GIT_ASKPASS", "false"),  # an answer that is empty would be sent as the password
    ("GIT_REFLOG_ACTION", "fetch"),
)
SETTINGS = (
    ("credential.interactive", "false"),
    ("fetch.pruneTags", "false"),
    ("http.lowSpeedLimit", "1000"),
    ("http.lowSpeedTime", "15"),
)

_SSH_KEY = "core.sshcommand"
_OWN_KEYS = re.compile(r"core\.sshcommand|ssh\.variant|credential\..*|http\..*|url\..*\.insteadof", re.DOTALL)
_MOST_FOLDERS = 20_000
Halves = tuple[Path, frozenset[Path]]
"""A folder of packs and the temporary files in it."""


def remotes_of(path: Path, *, trusted: bool, children: Children) -> tuple[Remote, ...]:
    """What is to be fetched for the repository at `path`; empty without a remote. Raises GitError with why not."""
    layout = locate(path, trusted=trusted)
    return followed_remotes(read_configuration(layout, PLAN_SECONDS, children), trusted=trusted)


def fetch(
    path: Path,
    remote: Remote,
    shadows: Shadows,
    *,
    trusted: bool,
    children: Children,
    seconds: float = FETCH_SECONDS,
) -> None:
    """Fetch `remote` into the repository at `path`. Raises GitError with a sentence, Unreachable for the host."""
    shadow = Shadow(path, shadows.folder_for(path / ".git" / "fetch" / remote.name), trusted=trusted)
    begun: Halves | None = None
    try:
        prepared = shadow.prepare(PLAN_SECONDS, children)
        if not trusted:
            check_written(prepared.layout)
            write_remote(prepared, remote)
        begun = halves(prepared.layout)
        place = fetch_place(prepared, remote, trusted=trusted, children=children)
        run_git([*ARGUMENTS, "--", remote.name, *remote.refspecs], place, seconds=seconds, children=children)
    except GitError as error:
        late = isinstance(error, GitTimeout)
        if begun is not None and (late or (error.code or 0) < 0):  # it was ended, by its deadline or by leaving
            remove_halves(begun)
        if late:
            raise GitTimeout(f"no answer from {shown_host(remote)} within {seconds:g} s") from error
        if error.code is None:
            raise
        raise explained_fetch(error, remote) from error
    except OSError as error:
        raise GitError(f"cannot be fetched: {error.strerror or error}") from error
    finally:
        shadow.forget()


def write_remote(prepared: Prepared, remote: Remote) -> None:
    """Put `remote` into the configuration of the shadow, and what writing through its links needs."""
    if prepared.place.git_dir is None:
        raise GitError("there is no shadow to fetch through; this is a mistake in makerhour")
    kept = tuple(entry for entry in prepared.configuration.entries if not entry[0].startswith("remote."))
    added: list[Entry] = [
        (f"remote.{remote.name}.url", remote.url),
        (f"remote.{remote.name}.followRemoteHEAD", "never"),
    ]
    logged = prepared.configuration.last("core.logallrefupdates")
    if not (prepared.layout.common_dir / "logs").is_dir():
        logged = "false"  # git could not make the folder: in the shadow a link stands in its place
    if logged is not None:
        added.append(("core.logAllRefUpdates", logged))
    if remote.partial:
        added += [
            ("core.repositoryFormatVersion", "1"),
            ("extensions.partialClone", remote.name),
            (f"remote.{remote.name}.promisor", "true"),
            (f"remote.{remote.name}.partialCloneFilter", remote.partial),
        ]
    text = format_configuration(Configuration(kept), bare=prepared.bare)
    text += b"".join(os.fsencode(format_entry(key, value)) for key, value in added)
    (prepared.place.git_dir / "config").write_bytes(text)


def fetch_place(prepared: Prepared, remote: Remote, *, trusted: bool, children: Children) -> Place:
    """The place of `prepared` with what a fetch of `remote` may reach, and how."""
    untrusted = PROTOCOLS if remote.host else FOLDERS  # only what the person asked to sync has a folder as its remote
    variables = [("GIT_ALLOW_PROTOCOL", TRUSTED_PROTOCOLS if trusted else untrusted), *VARIABLES]
    if remote.partial or trusted:
        variables.append(("GIT_NO_LAZY_FETCH", "0"))  # what is sent may build on what a partial clone left out
    own = own_settings(prepared, trusted=trusted, children=children)
    if not (os.environ.get("GIT_SSH_COMMAND") or os.environ.get("GIT_SSH") or _SSH_KEY in dict(own)):
        variables.append(("GIT_SSH_COMMAND", SSH))
    return replace(
        prepared.place,
        variables=tuple(variables),
        settings=(*SETTINGS, *(entry for entry in own if not trusted)),
        shadow=False,  # its configuration is written anew for this fetch
    )


def own_settings(prepared: Prepared, *, trusted: bool, children: Children) -> tuple[Entry, ...]:
    """The person's own ssh command, and of their configuration what holds only for where this repository lies.

    They write such parts with `includeIf "gitdir:…"`, which the shadow, lying elsewhere, would not meet.
    """
    if trusted:
        return _asked(["--get-regexp", rf"^{_SSH_KEY}$".replace(".", r"\.")], prepared.place, children)
    nowhere = Place(Path(os.sep), git_dir=Path(os.devnull))  # only the person's own configuration is read
    found = _asked(["--get-regexp", rf"^({_SSH_KEY}$|includeif\.)"], nowhere, children)
    ssh = tuple(entry for entry in found if entry[0] == _SSH_KEY)
    if len(ssh) == len(found):
        return ssh
    real = replace(prepared.place, git_dir=prepared.layout.git_dir, shadow=False)
    everywhere = set(_asked(["--global", "--includes", "--list"], nowhere, children))
    here = _asked(["--global", "--includes", "--list"], real, children)
    return ssh + tuple(entry for entry in here if entry not in everywhere and _OWN_KEYS.fullmatch(entry[0]))


def check_written(layout: Layout) -> None:
    """Raise GitError where something a fetch writes to is a link: it would write elsewhere."""
    shared = layout.common_dir
    for name in (
        "objects",
        "refs",
        "logs",
        "logs/refs",
        "packed-refs",
        "shallow",
        "reftable",
        "refs/remotes",
        "logs/refs/remotes",
    ):
        _refuse_link(shared / name)
    waiting = [(shared / "objects", 1), (shared / "refs/remotes", 40), (shared / "logs/refs/remotes", 40)]
    folders = 0
    while waiting and folders < _MOST_FOLDERS:
        folder, deep = waiting.pop()
        folders += 1
        try:
            with os.scandir(folder) as listing:
                inside = list(listing)
        except FileNotFoundError:
            continue
        for entry in inside:
            if entry.is_symlink():
                _refuse_link(Path(entry.path))
            elif deep and entry.is_dir(follow_symlinks=False):
                waiting.append((Path(entry.path), deep - 1))


def halves(layout: Layout) -> Halves:
    """The files git receives into that are there now, of whichever git: before a fetch, to tell ours from them."""
    folder = layout.common_dir / "objects" / "pack"
    return folder, frozenset(folder.glob("tmp_*"))


def remove_halves(before: Halves) -> None:
    """Remove what a fetch that was ended has received by half; git would leave it for weeks, and more each time.

    A file another git has open is not ours; where the system cannot tell, git's own `gc` removes them.
    """
    if sys.platform != "linux":
        return
    import fcntl

    folder, theirs = before
    for file in set(folder.glob("tmp_*")) - theirs:
        with suppress(OSError):
            opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                fcntl.fcntl(opened, fcntl.F_SETLEASE, fcntl.F_WRLCK)  # refused where it is open elsewhere
                file.unlink()
            finally:
                os.close(opened)


def _asked(arguments: Sequence[str], place: Place, children: Children) -> tuple[Entry, ...]:
    """Entries `git config` gives; it executes nothing, whatever the repository's configuration says."""
    listed = run_git(["config", "-z", *arguments], place, seconds=PLAN_SECONDS, children=children, accept=(0, 1))
    return parse_listing(listed)


def _refuse_link(path: Path) -> None:
    try:
        found = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return
    if stat.S_ISLNK(found.st_mode):
        raise GitError(
            f"not fetched: `{path.name}` in its git folder is a link, and would be written through; "
            "add it to `[repositories] trusted` if you made it"
        )
