"""A new repository to build in: a new folder with the files of a template, PROTOTYPE.md, and a first commit of it all.

Nothing that is there is written to. It has no remote, and no hook from any template of git's. What fails half way
takes back what it made and nothing else.
"""

import contextlib
import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct, field

from tui.domain.lane_work import Ground, RepositoryWish
from tui.domain.lanes import format_prototype, lane_ref, slug_of
from tui.domain.text import safe_text
from tui.sources.git.committing import check_identity, commit_tree, for_commits, tree_of_index
from tui.sources.git.environment import Place
from tui.sources.git.gitdir import lexists, looks_bare
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lanes import prototype_names, write_prototype
from tui.sources.git.run import GitError

MOST_FILES = 50_000
MOST_BYTES = 500 * 1024 * 1024
"""How much a template may hold."""

_BRANCH = "main"


class _Template(Struct):
    """What a template holds, by paths from its top; folders come before what is in them."""

    top: Path
    folders: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    links: list[Path] = field(default_factory=list)


class _Made(Struct):
    """What was made so far, in its order."""

    folders: list[Path] = field(default_factory=list)
    files: list[Path] = field(default_factory=list)
    git_folder: Path | None = None

    def take_back(self) -> None:
        """Remove it, but no folder that somebody else put something into."""
        if self.git_folder is not None:
            shutil.rmtree(self.git_folder, ignore_errors=True)
        for file in self.files:
            with contextlib.suppress(OSError):
                file.unlink()
        for folder in reversed(self.folders):
            with contextlib.suppress(OSError):
                folder.rmdir()


def make_repository(wish: RepositoryWish, reach: Reach) -> Ground:
    """The repository of `wish`. Raises GitError with why it cannot be made; nothing is left of it then."""
    folder = Path(os.path.abspath(wish.folder))  # noqa: PTH100 - Path.absolute leaves `..`, and links must stay
    _check_folder(folder)
    template = _read_template(wish.template, folder) if wish.template else None
    nowhere = for_commits(Place(Path(os.sep), git_dir=Path(os.devnull)))  # only the person's own configuration is read
    check_identity(nowhere, reach)
    branch = _default_branch(nowhere, reach)
    made = _Made()
    try:
        for new in (folder.parent, folder):
            if new == folder or not lexists(new):
                new.mkdir()  # claims the name: what was there before is never ours to remove
                made.folders.append(new)
        if template is not None:
            _copy(template, folder, made)
        slug = slug_of(wish.prototype.question)
        made.files += (folder / name for name in prototype_names(lane_ref(slug)) if not lexists(folder / name))
        prototype = write_prototype(folder, slug, format_prototype(wish.prototype))
        made.git_folder = folder / ".git"
        head = _first_commit(folder, branch, prototype.name, wish.prototype.question, reach)
    except BaseException as error:
        made.take_back()
        if isinstance(error, OSError):
            name = Path(os.fsdecode(error.filename)).name if error.filename else folder.name
            raise GitError(f"`{safe_text(name, 60)}` cannot be written: {error.strerror}; mend that first") from error
        raise
    return Ground(folder, branch, head, prototype)


def _check_folder(folder: Path) -> None:
    if any(char in str(folder) for char in "\n\r\x00"):
        raise GitError("the path has a line break in it; choose another place")
    try:
        folder.lstat()
    except (FileNotFoundError, NotADirectoryError):
        pass  # the folder above is looked at next
    except OSError as error:
        raise GitError(f"`{folder.name[:60]}` cannot be made: {error.strerror}; choose another place") from error
    else:
        raise GitError(f"`{folder}` is there already; choose another name or place")
    if lexists(folder.parent) and not folder.parent.is_dir():
        raise GitError(f"`{folder.parent}` is no folder; choose another place")
    if not folder.parent.parent.is_dir():
        raise GitError(f"`{folder.parent.parent}` is no folder; make it or choose another place")
    for above in folder.resolve().parents:
        if lexists(above / ".git") or looks_bare(above):
            raise GitError(f"`{folder}` is inside the repository `{above}`; choose a place outside of it")


def _read_template(top: Path, folder: Path) -> _Template:
    """All that is in the template at `top`, without any `.git`. Raises GitError where it cannot be copied."""
    if not top.is_dir():
        raise GitError(f"the template `{top}` is no folder; correct `[lanes] templates`")
    if folder.resolve().is_relative_to(top.resolve()):
        raise GitError(f"`{folder}` is inside the template `{top}`; choose a place outside of it")
    found = _Template(top)
    size = 0
    for entry, where in _walk(top):
        status = entry.stat(follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            found.folders.append(where)
        elif stat.S_ISLNK(status.st_mode):
            _check_link(top, where)
            found.links.append(where)
        elif stat.S_ISREG(status.st_mode):
            size += status.st_size
            found.files.append(where)
        else:
            raise GitError(f"the template has `{_shown(where)}`, which is no file, folder or link; remove it there")
        if size > MOST_BYTES or len(found.folders) + len(found.files) + len(found.links) > MOST_FILES:
            raise GitError(f"the template `{top}` has over 500 MB or 50,000 files; name a smaller folder")
    return found


def _walk(top: Path) -> Iterator[tuple["os.DirEntry[str]", Path]]:
    """What is below `top`, folders before what is in them, no link followed. Raises GitError for a closed folder."""
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(folder) as listing:
                inside = sorted(listing, key=lambda entry: entry.name)
            for entry in inside:
                if entry.name.casefold() == ".git":
                    continue
                yield entry, Path(entry.path).relative_to(top)
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(Path(entry.path))
        except OSError as error:
            raise GitError(f"the template's `{folder}` cannot be read: {error.strerror}; open it") from error


def _check_link(top: Path, where: Path) -> None:
    """Raise GitError where the link at `where` leads out of the template, or would from its copy."""
    target = (top / where).readlink()
    parts = Path(os.path.normpath(where.parent / target)).parts
    real_top = top.resolve()
    leads = Path(os.path.realpath(top / where))
    inside = not target.is_absolute() and parts[:1] != ("..",) and leads.is_relative_to(real_top)
    if not inside or ".git" in (part.casefold() for part in (*parts, *leads.relative_to(real_top).parts)):
        raise GitError(f"the template's link `{_shown(where)}` leads out of it; remove it there or make it relative")


def _copy(template: _Template, folder: Path, made: _Made) -> None:
    """The template's content in `folder`, which is new. Raises OSError, GitError."""
    for where in template.folders:
        (folder / where).mkdir()
        made.folders.append(folder / where)
    left = MOST_BYTES
    for where in template.files:
        left -= _copy_file(template.top / where, folder / where, left, made)
    for where in template.links:
        (folder / where).symlink_to((template.top / where).readlink())
        made.files.append(folder / where)


def _copy_file(source: Path, target: Path, most: int, made: _Made) -> int:
    """Copy a regular file with whether it may be executed; its bytes. Raises OSError, and GitError over `most`."""
    opened = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NOCTTY)
    with os.fdopen(opened, "rb") as reading:
        found = os.fstat(opened)
        if not stat.S_ISREG(found.st_mode) or found.st_size > most:
            raise GitError(f"the template's `{source.name[:60]}` changed meanwhile; try again")
        mode = 0o777 if found.st_mode & stat.S_IXUSR else 0o666
        new = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        made.files.append(target)
        with os.fdopen(new, "wb") as writing:
            shutil.copyfileobj(reading, writing)
    return found.st_size


def _default_branch(nowhere: Place, reach: Reach) -> str:
    """The person's `init.defaultBranch`, else `main`."""
    said = os.fsdecode(reach.git(nowhere, "config", "--get", "init.defaultBranch", accept=(0, 1))).strip()
    return said or _BRANCH


def _first_commit(folder: Path, branch: str, prototype: str, question: str, reach: Reach) -> str:
    """Make the repository and its first commit, of all that is not ignored; the commit. Raises GitError."""
    arguments = ("--quiet", "--template=", f"--initial-branch={branch}", "--", str(folder))
    reach.git(Place(folder), "init", *arguments)
    place = for_commits(Place(folder, git_dir=folder / ".git", work_tree=folder))
    reach.git(place, "add", "--all", "--", ".")
    reach.git(place, "add", "--force", "--", prototype)
    message = f"Begin: {safe_text(question, 100)}" if question.strip() else "Begin"
    return commit_tree(place, f"refs/heads/{branch}", tree_of_index(place, reach), None, message, reach)


def _shown(where: Path) -> str:
    return safe_text(str(where), 60)
