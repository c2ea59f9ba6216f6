"""What git, ssh and the hosts say when a fetch fails, as sentences with what to do. Pure.

A remote's address may hold secrets, and what a remote says comes from outside: of both only the host is repeated.
"""

import re

from tui.domain.text import redact_url
from tui.sources.git.run import GitError
from tui.sources.git.transports import Remote

_URLS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://[^\s'\"]+")

_COMPLAINTS = (
    (r"transport '[^']*' not allowed", "its address leads to a transport other than https and ssh", False),
    (r"host key verification failed", "the key of HOST is not known yet: connect to it once with ssh", False),
    (
        (
            r"permission denied \(|authentication failed|could not read (?:username|password)|terminal prompts disabled"
            r"|returned error: 40[13]|invalid credentials|no supported authentication|too many authentication failures"
        ),
        "HOST asks who you are: unlock your key or log in with `git fetch` there once",
        False,
    ),
    (
        r"could not resolve host|name or service not known|name resolution|nodename nor servname",
        "HOST is not known here; is there a network?",
        True,
    ),
    (
        (
            r"connection (?:refused|timed out|reset|closed)|closed by remote host|operation (?:timed out|too slow)"
            r"|no route to host|network is (?:unreachable|down)|failed to connect|couldn't connect|could not connect"
        ),
        "HOST cannot be reached",
        True,
    ),
    (
        r"certificate|\bssl[ _]|gnutls_handshake|tls handshake",
        "the certificate of HOST is not trusted, or its encryption fails",
        True,
    ),
    (
        r"repository not found|does not appear to be a git repository|returned error: 404|repository '[^']*' not found",
        "HOST has no such repository, or not for you; look at `git remote -v` there",
        False,
    ),
    (
        r"exists; cannot create|cannot lock ref '[^']*': '[^']*' exists",
        "a branch that went stands in the way of a new one; use `git fetch --prune` there",
        False,
    ),
    (
        r"cannot lock ref|\.lock': file exists|unable to create '[^']*\.lock'",
        "another git command writes there just now; it is tried again later",
        False,
    ),
    (r"no space left on device", "the disk is full; make room", False),
    (r"mismatched algorithms", "HOST keeps it in another object format; clone it anew", False),
    (r"promisor remote|could not fetch", "what its partial clone left out is not to be had from HOST", False),
    (r"permission denied|read-only file system", "its git folder cannot be written; check its permissions", False),
    (
        r"could not read from remote repository",
        "HOST does not hand it out; look at `git remote -v` there, and whether it is yours to read",
        False,
    ),
)
"""What git, ssh and libcurl say (in English, as they are run), the sentence for it, and whether it is the host."""


class Unreachable(GitError):  # noqa: N818 - the ending would say nothing more
    """The host itself does not answer: what else is on it need not be tried now."""


def explained_fetch(error: GitError, remote: Remote) -> GitError:
    """What git, ssh or the host said as a sentence with what to do, without any part of the remote's address."""
    said = _URLS.sub(" ", error.complaint or str(error))
    host = shown_host(remote)
    for pattern, sentence, unreachable in _COMPLAINTS:
        if re.search(pattern, said, re.IGNORECASE):
            return (Unreachable if unreachable else GitError)(sentence.replace("HOST", host), error.code)
    plain = str(error).replace(remote.url, redact_url(remote.url))
    plain = _URLS.sub(lambda found: redact_url(found[0]), plain)
    return GitError(f"{plain[:200].rstrip('.')}; try `git fetch` there", error.code)


def shown_host(remote: Remote) -> str:
    """The remote as it is said: its host, or its name where it has none."""
    return f"`{remote.host or remote.name}`"
