"""A commit made of an index, on one branch and nowhere else: no hook, no signature, no editor, no guessed identity.

`git commit` is not used: it does all of that, and moves whatever HEAD is by then.
"""

import os

from msgspec.structs import replace

from tui.sources.git.environment import Place
from tui.sources.git.lane_ground import Reach
from tui.sources.git.run import GitError

_MOST_MESSAGE = 20_000
_SETTINGS = (
    ("core.logAllRefUpdates", "true"),  # what was committed is found again by `git reflog`
    ("i18n.commitEncoding", "UTF-8"),
    ("user.useConfigOnly", "true"),  # rather none than `kim@laptop.local`
)


def for_commits(place: Place) -> Place:
    """`place` with the settings commits are made with."""
    return replace(place, settings=(*place.settings, *_SETTINGS))


def check_identity(place: Place, reach: Reach) -> None:
    """Raise GitError where git does not know as whom to commit in `place`."""
    try:
        for name in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            reach.git(place, "var", name)
    except GitError as error:
        if error.code is None or error.code < 0:
            raise
        raise GitError(
            "git does not know who you are; say `git config --global user.name` and `git config --global user.email`",
            error.code,
            error.complaint,
        ) from error


def tree_of_index(place: Place, reach: Reach) -> str:
    """The id of the tree the index of `place` stands for, which is written. Raises GitError."""
    return os.fsdecode(reach.git(place, "write-tree")).strip()


def commit_tree(place: Place, ref: str, tree: str, parent: str | None, message: str, reach: Reach) -> str:
    """The new commit of `tree` on `parent`, to which `ref` (a full one) has moved, if it still stood there.

    Raises GitError where it moved meanwhile.
    """
    said = (
        message[:_MOST_MESSAGE].replace("\x00", " ").encode("utf-8", "replace").decode().strip() or "Work in progress"
    )
    onto = ("-p", parent) if parent else ()
    new = os.fsdecode(reach.git(place, "commit-tree", "--no-gpg-sign", "-m", said, *onto, tree)).strip()
    subject = said.splitlines()[0][:200]
    before = parent or "0" * len(new)
    reach.git(place, "update-ref", "--no-deref", "-m", f"commit: {subject}", ref, new, before)
    return new
