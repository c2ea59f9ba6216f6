"""Making a lane: a linked work tree on a new branch `proto/<slug>`, with PROTOTYPE.md in it.

It starts where the default branch is known to be here (`default_tip`); no remote is asked, and nothing of the
person's checkout, index, HEAD or other branches is touched. PROTOTYPE.md is an ordinary new file that the person, or
their agent, commits or leaves. What fails half way takes back what it made and nothing else.
"""

import contextlib
import os
import shutil
from pathlib import Path

from msgspec import Struct

from tui.domain.lanes import PREFIX, PROTOTYPE, lane_ref, slug_of
from tui.sources.git.gitdir import lexists, locate, read_small
from tui.sources.git.lane_ground import Reach, default_tip, delete_ref
from tui.sources.git.run import GitError
from tui.sources.git.shadow import Prepared


class Lane(Struct, frozen=True):
    """A lane that was made."""

    path: Path
    branch: str
    """Short name."""
    start: str
    """The commit it starts from."""
    prototype: Path
    """Its PROTOTYPE.md; another name where the repository has one of its own."""


def taken_slugs(repository: Path, reach: Reach) -> tuple[str, ...]:
    """The slugs for which the repository has a branch already; for `slug_of`. Raises GitError."""
    prepared = reach.prepared(repository)
    listed = reach.git(prepared.place, "for-each-ref", "--format=%(refname)", lane_ref(""))
    return tuple(os.fsdecode(line).removeprefix(lane_ref("")) for line in listed.splitlines())


def make_lane(repository: Path, slug: str, place: Path, text: str, reach: Reach) -> Lane:
    """A lane for `slug` (of `slug_of`) at the new folder `place`, with `text` as its PROTOTYPE.md.

    Raises GitError with why it cannot be made; nothing is left of it then.
    """
    if slug != slug_of(slug):
        raise GitError(f"`{slug}` is no name for a lane; use letters, digits and `-`")
    prepared = reach.prepared(repository)
    place = Path(os.path.abspath(place))  # noqa: PTH100 - Path.absolute leaves `..`, and links must stay
    _check_place(prepared, place)
    reach.check_writable(prepared.layout)
    start = _start(prepared, slug, reach)
    own = reach.own_place(prepared)
    branch = PREFIX + slug
    with contextlib.ExitStack() as undo:
        _make_folder(place)
        undo.callback(_remove_folder, prepared, place)
        reach.git(prepared.place, "update-ref", "--no-deref", lane_ref(slug), start, "0" * len(start))
        undo.callback(_take_back, prepared, slug, start, reach)
        reach.git(own, "worktree", "add", "--quiet", "--no-checkout", "--", str(place), branch)
        lane = reach.prepared(place)  # the repository's filters must not run: its files come through the shadow
        if lane.head.ref != lane_ref(slug):
            raise GitError(f"git did not put it on `{branch}`; another branch or tag of that name is in the way")
        reach.git(lane.place, "read-tree", "--reset", "-u", start)
        prototype = write_prototype(place, slug, text)
        undo.pop_all()
    return Lane(place, branch, start, prototype)


def prototype_names(branch: str | None) -> tuple[str, ...]:
    """The names PROTOTYPE.md may have in the lane on `branch` (a full ref)."""
    slug = (branch or "").removeprefix(lane_ref(""))
    return (PROTOTYPE, _other_name(slug)) if slug else (PROTOTYPE,)


def _other_name(slug: str) -> str:
    return f"PROTOTYPE-{slug}.md"


def _start(prepared: Prepared, slug: str, reach: Reach) -> str:
    """The commit to start from. Raises GitError where there is none, or the branch is there already."""
    standing = reach.git(prepared.place, "for-each-ref", "--format=%(refname)", "refs/heads/proto", lane_ref(slug))
    names = os.fsdecode(standing).splitlines()
    if "refs/heads/proto" in names:
        raise GitError("it has a branch called `proto`, so none can be called `proto/…`; rename that one")
    if lane_ref(slug) in names or any(name.startswith(f"{lane_ref(slug)}/") for name in names):
        raise GitError(f"it has a branch `{PREFIX}{slug}` already; choose another name")
    start = default_tip(prepared, reach)
    if start is None:
        raise GitError("it has no commit yet that a lane could start from; make its first commit")
    return start


def _check_place(prepared: Prepared, place: Path) -> None:
    if prepared.bare:
        raise GitError("it is a bare repository; make a lane from a clone of it")
    if any(char in f"{place}{prepared.layout.common_dir}" for char in "\n\r\x00"):
        raise GitError("the path has a line break in it, which git's records cannot hold; choose another place")
    try:
        place.lstat()
    except FileNotFoundError:
        pass
    except OSError as error:
        raise GitError(f"`{place.name[:60]}` cannot be made: {error.strerror}; choose another place") from error
    else:
        raise GitError(f"`{place}` is there already; choose another place or name")
    if not place.parent.is_dir():
        raise GitError(f"`{place.parent}` is no folder; make it or choose another place")
    for above in place.resolve().parents:
        if lexists(above / ".git"):
            raise GitError(f"`{place}` is inside the repository `{above}`; choose a place outside of it")


def _make_folder(place: Path) -> None:
    try:
        place.mkdir()  # claims the name: what was there before is never ours to remove
    except OSError as error:
        raise GitError(f"`{place}` cannot be made: {error.strerror}; choose another place") from error


def write_prototype(place: Path, slug: str, text: str) -> Path:
    """PROTOTYPE.md with `text` in `place`, or another name where it has one. Raises GitError where it has both."""
    for name in (PROTOTYPE, _other_name(slug)):
        file = place / name
        if lexists(file):
            continue
        try:
            with file.open("x", encoding="utf-8", errors="replace", newline="\n") as opened:
                opened.write(text)
                opened.flush()
                os.fsync(opened.fileno())
        except OSError as error:
            raise GitError(f"`{name}` cannot be written: {error.strerror}; make room and try again") from error
        return file
    raise GitError(f"the repository has both `{PROTOTYPE}` and `{_other_name(slug)}`; choose another name")


def _remove_folder(prepared: Prepared, place: Path) -> None:
    """Remove the folder made a moment ago and git's record of it, which are nobody else's."""
    try:
        record = locate(place).git_dir.resolve()
        named = Path(os.fsdecode(read_small(record / "gitdir")).rstrip("\n")).resolve()
    except (OSError, GitError):
        pass  # git had not come to it
    else:
        records = (prepared.layout.common_dir / "worktrees").resolve()
        if record.parent == records and named == (place / ".git").resolve():
            shutil.rmtree(record, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


def _take_back(prepared: Prepared, slug: str, start: str, reach: Reach) -> None:
    with contextlib.suppress(GitError):  # one that moved meanwhile is somebody's work
        delete_ref(prepared.place, lane_ref(slug), start, reach)
