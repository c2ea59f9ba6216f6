"""A repository's configuration: read without believing it, and written anew with only what is harmless.

Git's own parser reads whatever is not utterly plain; plain files (nearly all) are read here, which saves a process
a repository. Includes are never followed. Which keys pass is the allow-list below; nothing here starts a program.
"""

import functools
import os
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from msgspec import Struct

from tui.sources.git.environment import Place
from tui.sources.git.gitdir import MEDIUM, Layout, lexists, read_small
from tui.sources.git.run import Children, GitError, run_git

Entry = tuple[str, str]
"""A full key (section and name in lower case, the subsection as written) and its value."""

_PASSED = frozenset(
    (
        "core.repositoryformatversion",
        "core.filemode",
        "core.ignorecase",
        "core.precomposeunicode",
        "core.protecthfs",
        "core.protectntfs",
        "core.autocrlf",
        "core.eol",
        "core.safecrlf",
        "core.symlinks",
        "core.longpaths",
        "core.checkstat",
        "core.trustctime",
        "core.sparsecheckout",
        "core.sparsecheckoutcone",
        "core.bigfilethreshold",
        "core.abbrev",
        "index.sparse",
        "extensions.objectformat",
        "extensions.compatobjectformat",
        "extensions.refstorage",
        "status.renames",
        "status.renamelimit",
        "diff.renames",
        "diff.renamelimit",
    )
)
_PASSED_OF = re.compile(r"(?:branch\..*\.(?:remote|merge)|remote\..*\.fetch)", re.DOTALL)
_KNOWN_EXTENSIONS = frozenset(
    (
        "noop",
        "noop-v1",
        "objectformat",
        "compatobjectformat",
        "refstorage",
        "partialclone",
        "worktreeconfig",
        "preciousobjects",
        "relativeworktrees",
    )
)

_BLANK = re.compile(r"[ \t]*(?:[#;].*)?")
_SECTION = re.compile(r'[ \t]*\[[ \t]*([A-Za-z0-9-]+)(?:[ \t]+"([^"\\]*)")?[ \t]*\][ \t]*')
_WEB_URL = re.compile(r"(https?)://(?:[^/?#]*@)?([A-Za-z0-9.-]+(?::\d{1,5})?)/+([^?#]*).*", re.DOTALL)
_GIT_URL = re.compile(r"(?:ssh|git|git\+ssh)://(?:[^/?#]*@)?([A-Za-z0-9.-]+)(?::\d*)?/+([^?#]*).*", re.DOTALL)
_SCP_LIKE = re.compile(r"(?:[^/@:]+@)?([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+):/*([^?#]*)", re.DOTALL)
_SETTING = re.compile(r'[ \t]*([A-Za-z][A-Za-z0-9-]*)[ \t]*(?:=[ \t]*([^"\\#;]*?))?[ \t]*')


class Configuration(Struct, frozen=True):
    """What of a repository's own configuration is used."""

    entries: tuple[Entry, ...]

    def last(self, key: str) -> str | None:
        """The value that counts for `key` (the last one), or None."""
        return next((value for name, value in reversed(self.entries) if name == key), None)

    @property
    def bare(self) -> bool:
        """True where `core.bare` says there is no work tree."""
        return (self.last("core.bare") or "").lower() in ("true", "yes", "on", "1")

    def remote_of(self, branch: str | None) -> str | None:
        """The URL of the remote `branch` follows, else of `origin`, else of the first remote; None without one."""
        followed = self.last(f"branch.{branch}.remote") if branch else None
        urls = {key[len("remote.") : -len(".url")]: url for key, url in reversed(self.entries) if _is_url(key)}
        for name in (followed, "origin"):
            if name and name in urls:
                return urls[name]
        return next((urls[name] for name in reversed(urls)), None)


def read_configuration(layout: Layout, seconds: float, children: Children | None) -> Configuration:
    """The configuration of `layout`, with that of its work tree where git would read one. Raises GitError."""
    entries = _read_entries(layout.common_dir / "config", seconds, children)
    own = layout.git_dir / "config.worktree"
    wanted = Configuration(entries).last("extensions.worktreeconfig")
    if wanted is not None and wanted.lower() in ("", "true", "yes", "on", "1") and lexists(own):
        entries += _read_entries(own, seconds, children)
    found = Configuration(entries)
    _check_format(found)
    return found


def read_own_addresses() -> tuple[str, ...]:
    """The address this person commits with, from their own configuration (never a repository's); empty without one."""
    try:
        found = run_git(["config", "--global", "--get", "user.email"], Place(Path.home()), seconds=2, accept=(0, 1))
    except GitError:
        return ()
    address = found.decode("utf-8", "replace").strip()
    return (address,) if address else ()


def parse_listing(listing: bytes) -> tuple[Entry, ...]:
    """The answer of `git config --list -z` as entries."""
    entries = []
    for record in listing.split(b"\x00")[:-1]:
        key, given, value = os.fsdecode(record).partition("\n")
        entries.append((key, value if given else "true"))  # a key by itself means true
    return tuple(entries)


def parse_plain(content: bytes) -> tuple[Entry, ...] | None:
    """A configuration file without quotes, escapes, comments behind values or other finesse; None for any other."""
    entries: list[Entry] = []
    section = ""
    for line in os.fsdecode(content).replace("\r\n", "\n").split("\n"):
        if _BLANK.fullmatch(line):
            continue
        if found := _SECTION.fullmatch(line):
            section = found[1].lower() + ("." if found[2] is None else f".{found[2]}.")
        elif section and (found := _SETTING.fullmatch(line)):
            entries.append((section + found[1].lower(), "true" if found[2] is None else found[2]))
        else:
            return None
    return tuple(entries)


def format_configuration(found: Configuration, *, bare: bool) -> bytes:
    """A configuration file with the entries of `found` that are harmless, quoted so that they say nothing else."""
    lines = []
    for key, value in found.entries:
        if key in _PASSED or _PASSED_OF.fullmatch(key):
            lines.append(format_entry(key, value))
    lines.append(format_entry("core.bare", "true" if bare else "false"))
    return os.fsencode("".join(lines))


@functools.lru_cache(maxsize=4096)
def web_address(url: str | None) -> str | None:
    """The forge's page for a remote's URL, without user, token, query or port of ssh; None where it has none."""
    if not url or len(url) > 2000:
        return None
    if found := _WEB_URL.fullmatch(url):
        scheme, host, path = found.groups()
    elif found := _GIT_URL.fullmatch(url) or _SCP_LIKE.fullmatch(url):
        scheme, (host, path) = "https", found.groups()
    else:
        return None
    path = path.rstrip("/").removesuffix(".git").rstrip("/")
    if not path or host.startswith(("-", ".")):
        return None
    return f"{scheme}://{host}/{quote(os.fsencode(path), safe='/~%+@!$,;=:')}"


def _read_entries(file: Path, seconds: float, children: Children | None) -> tuple[Entry, ...]:
    try:
        content = read_small(file, MEDIUM)
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise GitError(f"its `{file.name}` cannot be read: {error.strerror}") from error
    plain = parse_plain(content)
    if plain is not None:
        return plain
    place = Place(file.parent, git_dir=Path(os.devnull))  # no repository: only the named file is read
    arguments = ["config", "--file", str(file), "--no-includes", "--list", "-z"]
    try:
        return parse_listing(run_git(arguments, place, seconds=seconds, children=children))
    except GitError as error:
        if error.code is None:
            raise
        raise GitError(f"damaged: its `{file.name}` cannot be read ({error})") from error


def _check_format(found: Configuration) -> None:
    """Raise GitError for a repository format that would have to be guessed at (git's repository-version page)."""
    version = found.last("core.repositoryformatversion") or "0"
    if version not in ("0", "1"):
        raise GitError(f"its format {version} is not known here; it needs a newer git and a newer makerhour")
    if version == "1":
        unknown = _unknown_extensions(key for key, _ in found.entries)
        if unknown:
            raise GitError(f"it uses `extensions.{unknown[0]}`, which is not known here; it needs a newer makerhour")


def _unknown_extensions(keys: Iterable[str]) -> list[str]:
    names = (key.removeprefix("extensions.") for key in keys if key.startswith("extensions."))
    return sorted(name for name in names if name not in _KNOWN_EXTENSIONS)


def _is_url(key: str) -> bool:
    return key.startswith("remote.") and key.endswith(".url") and len(key) > len("remote..url")


def format_entry(key: str, value: str) -> str:
    """One setting as a configuration file has it, quoted so that it says nothing else."""
    section, _, rest = key.partition(".")
    subsection, divided, name = rest.rpartition(".")
    title = section
    if divided:
        title += ' "' + subsection.replace("\\", "\\\\").replace('"', '\\"') + '"'
    shown = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'[{title}]\n\t{name} = "{shown}"\n'
