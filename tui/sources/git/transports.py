"""Which remotes of a repository are fetched, and what speaks against it. No I/O.

A remote is fetched over https or ssh, into `refs/remotes` only, with nothing of the repository's own configuration
but its address, its branches and a partial clone's filter. What else in there would change how to fetch is named,
and asks for the person's trust. Running the fetch is `fetch`.
"""

import re

from msgspec import Struct

from tui.domain.text import redact_url
from tui.sources.git.configuration import Configuration
from tui.sources.git.run import GitError

_WEB = re.compile(r"https://(?:[^/?#@]*@)?([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(?:[/?#].*)?", re.DOTALL)
_SSH = re.compile(
    r"(?:ssh|git\+ssh|ssh\+git)://(?:[^/?#@]*@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{0,5})?/.*", re.DOTALL
)
_SCP_LIKE = re.compile(r"(?:[^/@:]+@)?([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):(?!:).*", re.DOTALL)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)(?:://|::)")

_STEERING = re.compile(
    r"core\.(?:sshcommand|gitproxy|askpass|alternaterefscommand)|ssh\..*|credential\..*|protocol\..*"
    r"|url\..*\.insteadof|http\.(?:.*\.)?(?!(?:postbuffer|maxrequests|minsessions|version|lowspeedlimit|lowspeedtime)$)"
    r"[^.]*",
    re.DOTALL,
)
_PUSHED_ELSEWHERE = re.compile(r"url\..*\.pushinsteadof", re.DOTALL)
_STEERING_REMOTE = ("proxy", "proxyauthmethod", "vcs", "uploadpack", "serveroption")

_NAME = re.compile(r"[^\x00-\x20\x7f~^:?*\[\\\"-][^\x00-\x20\x7f~^:?*\[\\\"]*")
_INTO = re.compile(r"\+?(?P<source>refs/[^:\s^~?\[\\]+):(?P<target>refs/remotes/[^:\s^~?\[\\]+)")
_WITHOUT = re.compile(r"\^refs/[^:\s^~?\[\\]+")
_FILTER = re.compile(r"blob:none|blob:limit=\d{1,12}[kmg]?|tree:\d{1,4}")


class Remote(Struct, frozen=True):
    """One remote that can be fetched."""

    name: str
    url: str
    """May hold secrets: never shown; `host` is."""
    host: str
    """Which fetches never run beside each other: the host's name, in lower case; empty for a folder."""
    refspecs: tuple[str, ...]
    """What is fetched, and where in `refs/remotes` it goes."""
    partial: str | None = None
    """The filter of a partial clone; None where it is whole."""


def followed_remotes(found: Configuration, *, trusted: bool = False) -> tuple[Remote, ...]:
    """The remotes the branches of a repository follow, `origin` or the only one first; empty where it has none.

    Raises GitError where they cannot be fetched as they are, naming what stands against it. `trusted` allows every
    transport, and whatever else the configuration says.
    """
    urls: dict[str, str] = {}
    for key, value in found.entries:
        if key.startswith("remote.") and key.endswith(".url") and len(key) > len("remote..url") and value:
            urls.setdefault(key[len("remote.") : -len(".url")], value)
    names = [name for name in ("origin",) if name in urls]
    followed = [value for key, value in found.entries if key.startswith("branch.") and key.endswith(".remote")]
    names += [name for name in followed if name in urls]
    names = list(dict.fromkeys(names or list(urls)[:1]))
    _refuse_steering(found, names, trusted=trusted)
    return tuple(_remote(found, name, urls[name], trusted=trusted) for name in names)


def named_remote(found: Configuration, name: str, *, trusted: bool = False) -> tuple[Remote, str]:
    """The remote called `name` the person wants to exchange with, be it a folder on this machine, and the address
    that is pushed to.

    Raises GitError as `followed_remotes` does, and where there is no such remote.
    """
    url = next((value for key, value in found.entries if key == f"remote.{name}.url" and value), "")
    if not url:
        raise GitError(f"there is no remote `{name}`; `git remote add {name} ADDRESS` there adds it")
    _refuse_steering(found, [name], trusted=trusted, more=_PUSHED_ELSEWHERE)
    remote = _remote(found, name, url, trusted=trusted, folders=True)
    push_url = found.last(f"remote.{name}.pushurl") or url
    return remote, _remote(found, name, push_url, trusted=trusted, folders=True).url


def _refuse_steering(
    found: Configuration, names: list[str], *, trusted: bool, more: re.Pattern[str] | None = None
) -> None:
    if trusted or not names:
        return
    keys = steering_keys(found, names)
    if more is not None:
        keys += sorted({_shown_key(key) for key, _ in found.entries if more.fullmatch(key)})
    if keys:
        shown = ", ".join(keys[:4]) + (" and others" if len(keys) > 4 else "")
        raise GitError(f"needs trust: {shown}; add it to `[repositories] trusted` if you wrote that")


def steering_keys(found: Configuration, remotes: list[str]) -> list[str]:
    """The keys in a repository's own configuration that would change how one of `remotes` is fetched."""
    keys = {key for key, _ in found.entries if _STEERING.fullmatch(key)}
    keys |= {
        key
        for key, _ in found.entries
        for name in remotes
        if key.startswith(f"remote.{name}.") and key.removeprefix(f"remote.{name}.") in _STEERING_REMOTE
    }
    return sorted(_shown_key(key) for key in keys)


def host_of(url: str) -> str | None:
    """The host an https or ssh address leads to, in lower case with its port; None for any other transport."""
    matched = _WEB.fullmatch(url) or _SSH.fullmatch(url)
    if matched:
        return (matched[1] + (matched[2] or "")).rstrip(":").lower()
    if "://" in url or not (scp := _SCP_LIKE.fullmatch(url)):
        return None
    return scp[1].lower()


def _remote(found: Configuration, name: str, url: str, *, trusted: bool, folders: bool = False) -> Remote:
    if not _NAME.fullmatch(name) or ".." in name:
        raise GitError("its remote has a name that git would not give; rename it with `git remote rename`")
    host = host_of(url)
    if host is None and not trusted and not (folders and _is_folder(url)):
        raise GitError(
            f"its remote `{name}` is {_transport_of(url)}, and only https and ssh are fetched; "
            "add it to `[repositories] trusted` if you made it so"
        )
    if host is not None and host.startswith("-"):
        raise GitError(f"its remote `{name}` has a host that looks like an option; mend its address")
    refspecs = tuple(
        value.strip() for key, value in found.entries if key == f"remote.{name}.fetch" and _is_harmless(value.strip())
    )
    if not any(not refspec.startswith("^") for refspec in refspecs):
        raise GitError(f"its remote `{name}` has no branches to fetch into `refs/remotes`; fetch it with git itself")
    return Remote(name, url, host or "", refspecs, _partial(found, name, trusted=trusted))


def _partial(found: Configuration, name: str, *, trusted: bool) -> str | None:
    """The filter `name` was cloned with. Raises GitError for a partial clone that is not fetched here."""
    promisor = found.last("extensions.partialclone") == name
    promisor = promisor or (found.last(f"remote.{name}.promisor") or "").lower() in ("true", "yes", "on", "1")
    if not promisor or trusted:
        return None
    chosen = found.last(f"remote.{name}.partialclonefilter") or ""
    if not _FILTER.fullmatch(chosen):
        raise GitError("it is a partial clone of a kind that is not fetched here; use `git fetch` there")
    return chosen


def _is_harmless(refspec: str) -> bool:
    """Whether a refspec writes below `refs/remotes` and nowhere else (or leaves something out)."""
    if _WITHOUT.fullmatch(refspec):
        return True
    matched = _INTO.fullmatch(refspec)
    if not matched or ".." in refspec or "//" in refspec or "@{" in refspec:
        return False
    stars = matched["source"].count("*"), matched["target"].count("*")
    return stars in ((0, 0), (1, 1)) and not any(part.startswith(("-", ".")) for part in refspec.split("/"))


def _is_folder(url: str) -> bool:
    """Whether git takes `url` for a folder on this machine: it needs a scheme, or a colon before any slash, not to."""
    return url.startswith("file://") or not (_SCHEME.match(url) or ":" in url.partition("/")[0] or url.startswith("-"))


def _transport_of(url: str) -> str:
    """What kind of address `url` is, in words that give nothing else of it away."""
    if matched := _SCHEME.match(url):
        return f"reached by `{matched[1].lower()}`"
    return "a folder" if "@" not in url else f"at `{redact_url(url)}`"


def _shown_key(key: str) -> str:
    """A key without its subsection where that is an address: those hold names and tokens."""
    section, _, rest = key.partition(".")
    middle, _, last = rest.rpartition(".")
    if section in ("http", "credential", "url") and middle:
        return f"{section}.….{last}"
    return key
