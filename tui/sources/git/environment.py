"""What git is told beside its arguments: the neutral environment every command of ours runs in, and where it runs.

The person's own environment holds, without what steers git; over it stand settings that keep git from starting other
programs. Values only: `run` starts git with them.
"""

import functools
import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

_KEPT = frozenset(
    (
        "GIT_SSH",
        "GIT_SSH_COMMAND",
        "GIT_SSH_VARIANT",
        "GIT_SSL_CAINFO",
        "GIT_SSL_CAPATH",
        "GIT_CONFIG_GLOBAL",
        "GIT_CONFIG_SYSTEM",
        "GIT_CONFIG_NOSYSTEM",
    )
)
"""What of the person's `GIT_*` still holds: how to reach hosts, and which files are their own configuration."""

_FIXED: Mapping[str, str] = {
    "EDITOR": "false",
    "GCM_INTERACTIVE": "never",
    "GIT_ALLOC_LIMIT": "256m",  # an object of gigabytes becomes a clean error
    "GIT_ALLOW_PROTOCOL": "none",  # stops lazy fetching also where git is too old for GIT_NO_LAZY_FETCH
    "GIT_ASKPASS": "true",
    "GIT_EDITOR": "false",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",  # the person's own `git add` never meets our index.lock
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LANGUAGE": "C",
    "LC_ALL": "C",  # no tables to load; what git prints does not depend on it, see i18n.logOutputEncoding
    "PAGER": "cat",
    "SSH_ASKPASS": "true",
    "SSH_ASKPASS_REQUIRE": "never",
    "VISUAL": "false",
}

NEUTRAL: tuple[tuple[str, str], ...] = (
    ("color.ui", "false"),
    ("column.ui", "never"),
    ("core.fsmonitor", "false"),
    ("core.hooksPath", os.devnull),
    ("core.pager", "cat"),
    ("diff.external", ""),
    ("gc.auto", "0"),
    ("gpg.program", "false"),
    ("gpg.ssh.program", "false"),
    ("gpg.x509.program", "false"),
    ("hook.post-index-change.enabled", "false"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("log.showSignature", "false"),
    ("maintenance.auto", "false"),
    ("safe.bareRepository", "explicit"),
    ("status.aheadBehind", "true"),
    ("status.submoduleSummary", "false"),
    ("submodule.recurse", "false"),
)
"""Settings over every configuration file. They stand in a shadow's configuration, the last of all; where there is no
shadow they go through the environment (not `-c`: a subsection may hold a `=`)."""


class Place(Struct, frozen=True):
    """Where a command runs."""

    folder: Path
    """What `-C` is given; git refuses where it has gone (it must never fall back to another folder)."""
    git_dir: Path | None = None
    """The git folder to use; None lets git find the one of `folder`, and believe it."""
    work_tree: Path | None = None
    """The work tree that belongs to `git_dir`; None for a bare repository."""
    own: bool = False
    """True where the person vouches for `folder` whoever owns it (`[repositories] trusted`)."""
    variables: tuple[tuple[str, str], ...] = ()
    """Over the neutral environment: a fetch says here what it may reach. Empty for whatever only looks."""
    settings: tuple[tuple[str, str], ...] = ()
    """Over every configuration file, as the neutral ones are."""
    shadow: bool = False
    """True where `git_dir` is a shadow whose configuration has the neutral settings."""


def neutral_environment(place: Place) -> dict[str, str]:
    """What is set for a git command in `place`, over the person's environment without their `GIT_*`."""
    settings = place.settings
    if place.own:
        settings = (*settings, ("safe.directory", str(place.folder)))
    environment = _settled(settings, neutral=not place.shadow).copy()
    environment["GIT_CEILING_DIRECTORIES"] = str(place.folder.parent)
    if place.git_dir is not None:
        environment["GIT_DIR"] = str(place.git_dir)
    if place.work_tree is not None:
        environment["GIT_WORK_TREE"] = str(place.work_tree)
    environment.update(place.variables)
    return environment


@functools.lru_cache(maxsize=64)
def _settled(settings: tuple[tuple[str, str], ...], *, neutral: bool) -> dict[str, str]:
    """The part of the environment that is the same for every repository; for nobody to change."""
    environment = dict(_FIXED)
    settings = (*NEUTRAL, *settings) if neutral else settings
    if settings:
        environment["GIT_CONFIG_COUNT"] = str(len(settings))
    for number, (key, value) in enumerate(settings):
        environment[f"GIT_CONFIG_KEY_{number}"] = key
        environment[f"GIT_CONFIG_VALUE_{number}"] = value
    return environment


def steers_git(name: str) -> bool:
    """Whether a variable of the person's called `name` would steer git."""
    return name.startswith("GIT_") and name not in _KEPT
