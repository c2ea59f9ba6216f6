"""Keeping a lane before it ends: its branch as a git bundle, with PROTOTYPE.md and notes, proved to come back whole.

Written is only the folder that is given, and temporary ones; the repository is only read. Removing is `lane_ending`.
"""

import contextlib
import os
import re
import tempfile
from collections.abc import Iterator
from hashlib import file_digest
from pathlib import Path

from msgspec import Struct

from tui.domain.lanes import is_lane_ref, lane_ref
from tui.sources.git.environment import Place
from tui.sources.git.gitdir import MEDIUM, lexists, read_small, read_tail
from tui.sources.git.lane_ground import Reach, commit_of, default_tip
from tui.sources.git.lane_state import lane_at
from tui.sources.git.lanes import prototype_names
from tui.sources.git.run import GitError
from tui.sources.git.shadow import Prepared
from tui.sources.whole_file import WholeFileError, token_of, write_new

BUNDLE = "lane.bundle"
NOTES = "notes.md"
LEFT = "refs/makerhour/left/"

_LOGGED = re.compile(rb"^([0-9a-f]{40,64}) ([0-9a-f]{40,64}) ", re.MULTILINE)
_MOST_LEFT = 1000
_MOST_PROTOTYPE = 8 * MEDIUM
_MOST_LISTED = 256 * MEDIUM
_MOST_SHALLOW = 64 * MEDIUM


class Kept(Struct, frozen=True):
    """A lane as it was kept: a folder with the bundle, PROTOTYPE.md and the notes."""

    folder: Path
    bundle: Path
    branch: str
    """Full ref of its branch, in the bundle too: `git fetch <bundle> <branch>` brings it back."""
    tip: str
    prerequisite: str | None
    """The commit a repository must have for the bundle to be of use; None where it holds the whole history."""
    token: str
    """Tells the bundle's content from any other."""
    left: frozenset[str]
    """Commits nothing but the lane's own log led to any more (amended, reset away, made while detached); the bundle
    has them as `refs/makerhour/left/<n>`."""
    prototypes: tuple[tuple[str, str], ...]
    """Name and token of each PROTOTYPE.md that was kept."""


class _Content(Struct, frozen=True):
    """What a bundle is to hold."""

    refs: tuple[tuple[str, str], ...]
    """Full refs and the commits they stand at."""
    prerequisite: str | None

    @property
    def without(self) -> tuple[str, ...]:
        """The argument that leaves out what the prerequisite has."""
        return (f"^{self.prerequisite}",) if self.prerequisite else ()


def keep_bundle(path: Path, folder: Path, notes: str, reach: Reach) -> Kept:
    """Keep the branch of the lane at `path` in a new folder inside `folder`, with PROTOTYPE.md and `notes` (Markdown).

    The bundle holds what the default branch lacks, or the whole history where there is no default branch. It is on
    the disk and has been taken apart again, complete and with the same commit, before its folder gets its name.
    Commits that were left behind in the lane (amended, reset away) are in it too: git forgets them with the work tree.
    Raises GitError, with nothing left behind.
    """
    prepared = lane_at(path, reach)
    branch = prepared.head.ref
    tip = commit_of(prepared, "HEAD", reach)
    if branch is None or not is_lane_ref(branch) or tip is None:
        raise GitError("it is not on a branch `proto/…` with a commit; switch to its branch first")
    if folder.resolve().is_relative_to(path.resolve()):
        raise GitError(f"`{folder}` is inside the lane and would go with it; choose another folder")
    left = left_behind(prepared, tip, reach)
    refs = ((branch, tip), *((f"{LEFT}{number}", oid) for number, oid in enumerate(sorted(left), 1)))
    content = _Content(refs, _prerequisite(prepared, tip, reach))
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with tempfile.TemporaryDirectory(prefix=".keeping-", dir=folder, ignore_cleanup_errors=True) as made:
            fresh = Path(made)
            _write_bundle(prepared, fresh / BUNDLE, content, reach)
            _verify(prepared, fresh / BUNDLE, content, reach)
            token = bundle_token(fresh / BUNDLE)
            prototypes = tuple(_keep_prototypes(path, branch, fresh))
            if notes.strip():
                write_new(fresh / NOTES, notes.encode("utf-8", "replace"))
            _sync(fresh)
            final = _renamed(fresh, folder / f"{branch.removeprefix(lane_ref(''))}-{tip[:12]}".replace("/", "-"))
            _sync(folder)
    except OSError as error:
        raise GitError(f"nothing could be kept in `{folder}`: {error.strerror or error}; make room there") from error
    except WholeFileError as error:
        raise GitError(f"nothing was kept: {error}") from error
    return Kept(final, final / BUNDLE, branch, tip, content.prerequisite, token, left, prototypes)


def left_behind(prepared: Prepared, tip: str, reach: Reach) -> frozenset[str]:
    """Commits in the logs of a lane that no branch, tag or remote has: git forgets them with the lane."""
    short = (prepared.head.ref or "").removeprefix("refs/")
    logs = (prepared.layout.git_dir / "logs" / "HEAD", prepared.layout.common_dir / "logs" / "refs" / short)
    seen: dict[str, None] = {}
    for log in logs:
        with contextlib.suppress(FileNotFoundError):
            for pair in _LOGGED.findall(read_tail(log, MEDIUM)):
                seen |= dict.fromkeys(map(os.fsdecode, pair))
    logged = [oid for oid in seen if oid.strip("0") and len(oid) == len(tip)][-_MOST_LEFT:]
    if not logged:
        return frozenset()
    known = ("--not", tip, "--branches", "--remotes", "--tags")
    alone = reach.git(prepared.place, "rev-list", "--ignore-missing", *logged, *known)
    return frozenset(logged) & frozenset(os.fsdecode(alone).split())


def _prerequisite(prepared: Prepared, tip: str, reach: Reach) -> str | None:
    """The commit the bundle may build on: where the lane left the default branch; its parent where it never did."""
    base = default_tip(prepared, reach)
    left = os.fsdecode(reach.git(prepared.place, "merge-base", tip, base, accept=(0, 1))).strip() if base else ""
    if left == tip:  # nothing of its own: a bundle cannot be empty, so its last commit goes into it
        return commit_of(prepared, f"{tip}^", reach)
    return left or None


def _write_bundle(prepared: Prepared, bundle: Path, content: _Content, reach: Reach) -> None:
    """Made in a repository of its own that has the refs of the bundle, so that none is made in the person's."""
    with tempfile.TemporaryDirectory(prefix="makerhour-bundle-") as folder:
        place = _repository(Path(folder), prepared, content, borrows=True, reach=reach)
        packed = "".join(f"{oid} {ref}\n" for ref, oid in sorted(content.refs))
        (place.folder / "packed-refs").write_bytes(os.fsencode(packed))
        names = [ref for ref, _ in content.refs]
        reach.git(place, "bundle", "create", "--quiet", str(bundle), *names, *content.without)
    bundle.chmod(0o600)
    _sync(bundle)


def _verify(prepared: Prepared, bundle: Path, content: _Content, reach: Reach) -> None:
    """Take the bundle apart in a repository of its own. Raises GitError where the lane would not come back whole.

    That repository sees the other one's objects only for the prerequisite: what that lacks must be in the bundle.
    """
    reach.git(prepared.place, "bundle", "verify", "--quiet", str(bundle))
    with tempfile.TemporaryDirectory(prefix="makerhour-bundle-") as folder:
        place = _repository(Path(folder), prepared, content, borrows=content.prerequisite is not None, reach=reach)
        came = os.fsdecode(reach.git(place, "bundle", "unbundle", str(bundle))).splitlines()
        tips = [oid for _, oid in content.refs]
        listing = ("rev-list", "--objects", "--no-object-names", *tips, *content.without)
        needed = set(reach.git(place, *listing, most=_MOST_LISTED).split())
        (place.folder / "objects" / "info" / "alternates").unlink(missing_ok=True)
        listing = ("cat-file", "--batch-all-objects", "--batch-check=%(objectname)", "--unordered")
        held = set(reach.git(place, *listing, most=_MOST_LISTED).split())
    wanted = {f"{oid} {ref}" for ref, oid in content.refs}
    if set(came) != wanted or not set(map(os.fsencode, tips)) <= held or not needed <= held:
        raise GitError("the bundle does not bring the lane back whole; nothing was removed, try `git fsck` there")


def _repository(folder: Path, prepared: Prepared, content: _Content, *, borrows: bool, reach: Reach) -> Place:
    """A new bare repository below `folder`; one that `borrows` sees the objects of the other one."""
    top = folder / "repository"
    form = "sha256" if len(content.refs[0][1]) == 64 else "sha1"
    arguments = ("--quiet", "--bare", "--template=", f"--object-format={form}")
    reach.git(Place(folder), "init", *arguments, str(top))
    if borrows:
        common = prepared.layout.common_dir
        (top / "objects" / "info" / "alternates").write_bytes(os.fsencode(common / "objects") + b"\n")
        with contextlib.suppress(FileNotFoundError):  # what the prerequisite lacks itself is no fault of the bundle
            (top / "shallow").write_bytes(read_small(common / "shallow", _MOST_SHALLOW))
    return Place(top, git_dir=top, variables=prepared.place.variables)


def _keep_prototypes(path: Path, branch: str, into: Path) -> Iterator[tuple[str, str]]:
    for name in prototype_names(branch):
        content = prototype_content(path / name)
        if content is not None:
            write_new(into / name, content)
            yield name, token_of(content)


def prototype_content(file: Path) -> bytes | None:
    """The content of PROTOTYPE.md; None where there is none, or something else under its name."""
    try:
        return read_small(file, _MOST_PROTOTYPE)
    except (OSError, GitError):
        return None


def bundle_token(file: Path) -> str:
    """What tells the content of a bundle from any other. Raises OSError."""
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()


def _renamed(fresh: Path, wanted: Path) -> Path:
    """Give `fresh` its name, or that with a number where it is taken; what was kept earlier stays."""
    for number in range(1, 1000):
        final = wanted if number == 1 else wanted.with_name(f"{wanted.name}-{number}")
        if lexists(final):
            continue
        with contextlib.suppress(FileExistsError):
            return fresh.rename(final)
    raise GitError(f"`{wanted}` has been kept too often; tidy up `{wanted.parent}`")


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
