"""One push: a commit is offered to a branch of a remote, never by force. The counterpart of `fetch`, through a shadow
made for it in the same way. No hook of this repository runs; those of the remote are the remote's affair.
"""

import re

from msgspec.structs import replace

from tui.sources.git.complaints import explained_fetch, shown_host
from tui.sources.git.fetch import FETCH_SECONDS, PLAN_SECONDS, fetch_place, write_remote
from tui.sources.git.gitdir import Layout
from tui.sources.git.run import Children, GitError, GitTimeout, run_git
from tui.sources.git.shadow import Shadow, Shadows
from tui.sources.git.transports import Remote

ARGUMENTS = (
    *("push", "--quiet", "--no-verify", "--no-signed", "--no-follow-tags", "--no-recurse-submodules"),
    *("--no-force", "--no-progress", "--receive-pack=git-receive-pack"),
)
SETTINGS = (("push.pushOption", ""),)
"""An empty entry clears what the person sends along elsewhere; not every remote takes it."""

_OUTRUN = re.compile(
    r"\[rejected\].*\((?:fetch first|non-fast-forward|stale info)\)"
    r"|\[remote rejected\].*\((?:failed to update ref|cannot lock ref|incorrect old value)",
)
_REFUSED = re.compile(r"\[(?:remote )?rejected\][^\n]*\(([^\n]*)\)")
_READ_ONLY = re.compile(
    r"permission to \S+ denied|write access|not allowed to push|deploy key|read.only|insufficient permission"
    r"|unable to create temporary object directory|returned error: 403",
    re.IGNORECASE,
)


class Outrun(GitError):  # noqa: N818 - the ending would say nothing more
    """The remote's branch has moved since it was fetched; nothing was sent."""


def push(
    layout: Layout,
    remote: Remote,
    url: str,
    refspec: str,
    shadows: Shadows,
    *,
    trusted: bool,
    children: Children,
    seconds: float = FETCH_SECONDS,
) -> None:
    """Push `refspec` (`<object id>:<full ref>`) from the repository to `remote`, at its `url` for pushing.

    Raises Outrun where another was faster, GitError with a sentence for all else.
    """
    remote = replace(remote, url=url)
    shadow = Shadow(layout.path, shadows.folder_for(layout.path / ".git" / "push" / remote.name), trusted=trusted)
    try:
        prepared = shadow.prepare(PLAN_SECONDS, children)
        if not trusted:
            write_remote(prepared, remote)
        place = fetch_place(prepared, remote, trusted=trusted, children=children)
        place = replace(place, settings=(*place.settings, *SETTINGS))
        run_git([*ARGUMENTS, "--", remote.name, refspec], place, seconds=seconds, children=children)
    except GitTimeout as error:
        raise GitTimeout(f"no answer from {shown_host(remote)} within {seconds:g} s") from error
    except GitError as error:
        if error.code is None:
            raise
        raise explained_push(error, remote) from error
    except OSError as error:
        raise GitError(f"cannot be pushed: {error.strerror or error}") from error
    finally:
        shadow.forget()


def explained_push(error: GitError, remote: Remote) -> GitError:
    """What git or the remote said about a push, as a sentence with what to do."""
    said = error.complaint or str(error)
    if _OUTRUN.search(said):
        return Outrun(f"{shown_host(remote)} has something newer", error.code)
    if found := _REFUSED.search(said):
        why = found[1][:200]
        if "currently checked out" in why:
            return GitError(f"{shown_host(remote)} has that branch checked out; let its repository be a bare one")
        return GitError(f"{shown_host(remote)} refuses it: {why}; look at its rules for this branch", error.code)
    if _READ_ONLY.search(said):
        return GitError(f"{shown_host(remote)} lets you read and not write; ask for the right to push", error.code)
    return explained_fetch(error, remote)
