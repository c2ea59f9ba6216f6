"""One file in a work tree whose branch follows a remote's: its versions read, and the branch moved on by one commit.

Everything is git's own plumbing through a shadow (`tui.sources.git.shadow`): no hook and no program the repository's
configuration names is run, nothing but this file is taken out of the work tree, and what the person has staged or
edited beside it stays. A step that cannot be made leaves everything as it was. What the file means is not known here.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tui.sources.git.environment import Place
from tui.sources.git.fetch import check_written, fetch
from tui.sources.git.gitdir import lexists, read_head, read_operation
from tui.sources.git.push import push
from tui.sources.git.run import Children, GitError, run_git
from tui.sources.git.shadow import Prepared, Shadow, Shadows
from tui.sources.git.transports import Remote, named_remote
from tui.sources.whole_file import MAX_BYTES

SECONDS = 30.0
"""How long one local git command may take."""

_BRANCH = "refs/heads/"
_FULL_BRANCH = re.compile(r"refs/heads/[^\x00-\x20\x7f~^:?*\[\\]+")
_PLAIN_FILE = re.compile(rb"(100644|100755) blob ([0-9a-f]+)\t")
_RUNS_PROGRAMS = re.compile(r"filter\..*|include\.path|includeif\..*|merge\..*\.driver", re.DOTALL)
"""What in a repository's own configuration would change what its files look like. The shadow leaves it out."""
_IDENT = re.compile(r"(.*) <(.*)> \d+ [+-]\d{4}", re.DOTALL)
_IDENTITY = ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
_IN_THE_WAY = re.compile(
    r"Entry '([^\n]+)' (?:not uptodate|would be overwritten)"
    r"|(?:Untracked working tree file|Updating the following directories would lose untracked files in them:?)"
    r" '?([^\n']+)'?",
)
_AT_WORK = re.compile(r"\.lock': File exists|cannot lock ref|unable to create '[^']*\.lock'", re.IGNORECASE)


class Version(Struct, frozen=True):
    """The file as one commit has it."""

    oid: str
    mode: str
    content: bytes
    """As it is in the work tree: with the line ends the person has there."""


class TrackedFile:
    """Made by `opened`. One thread."""

    def __init__(
        self,
        prepared: Prepared,
        name: str,
        beside: Sequence[str],
        shadows: Shadows,
        children: Children,
        *,
        trusted: bool,
    ) -> None:
        self.root = prepared.layout.path
        self.name = name
        """From the root, with slashes."""
        self._beside = tuple(f"{name}{ending}" for ending in beside)
        self._prepared = prepared
        self._layout = prepared.layout
        self._shadows = shadows
        self._children = children
        self._trusted = trusted
        self._own = shadows.folder_for(prepared.layout.path / ".git" / "made")
        self._own.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.branch, self.remote, self._push_url, self._merge = _followed(prepared, trusted=trusted)
        self._tracking = f"refs/remotes/{self.remote.name}/{self._merge.removeprefix(_BRANCH)}"
        logged = prepared.configuration.last("core.logallrefupdates")
        if not (self._layout.common_dir / "logs").is_dir():
            logged = "false"
        settings = (*prepared.place.settings, *((("core.logAllRefUpdates", logged),) if logged else ()))
        self._place = replace(prepared.place, variables=(("GIT_ALLOC_LIMIT", "1g"),), settings=settings)
        self._identity: tuple[tuple[str, str], ...] = ()

    @property
    def upstream(self) -> str:
        """The branch followed, as people call it."""
        return f"{self.remote.name}/{self._merge.removeprefix(_BRANCH)}"

    def fetch(self) -> None:
        """Ask the remote for the branch. Raises GitError with why it could not be asked."""
        remote = replace(self.remote, refspecs=(f"+{self._merge}:{self._tracking}",))
        try:
            fetch(self.root, remote, self._shadows, trusted=self._trusted, children=self._children)
        except GitError as error:
            if "couldn't find remote ref" not in str(error):  # a remote that is still empty
                raise

    def push(self, commit: str, seen: str | None) -> None:
        """Send `commit`, made upon the upstream's `seen`. Raises Outrun, or GitError with why it was not taken."""
        push(self._layout, self.remote, self._push_url, f"{commit}:{self._merge}", self._shadows,
             trusted=self._trusted, children=self._children)  # fmt: skip
        if self.theirs() == seen:  # git has not noted it by itself, nor has a fetch beside this one
            self._git("update-ref", "-m", "push", self._tracking, commit, seen or "", accept=(0, 1, 128))

    def head(self) -> str | None:
        """The commit the branch is at; None where it has none yet."""
        return self._commit_of(f"{_BRANCH}{self.branch}")

    def theirs(self) -> str | None:
        """The commit the remote's branch was at when it was last asked; None where it had none."""
        return self._commit_of(self._tracking)

    def fork_point(self, one: str, other: str) -> str | None:
        """The last commit both are made upon; None where they have none in common."""
        return self._git("merge-base", one, other, accept=(0, 1)).decode().strip() or None

    def version(self, commit: str | None) -> Version | None:
        """The file in `commit`; None where it has none. Raises GitError where it is no plain file there."""
        listed = self._git("ls-tree", "-z", commit, "--", self.name) if commit else b""
        if not listed:
            return None
        found = _PLAIN_FILE.match(listed)
        if found is None:
            raise GitError(f"`{self.name}` is no plain file in `{self.upstream}`; move what stands in its place")
        mode, oid = found[1].decode(), found[2].decode()
        content = self._git("cat-file", "--filters", f"--path={self.name}", oid, most=MAX_BYTES)
        return Version(oid, mode, content)

    def object_of(self, content: bytes) -> str:
        """The object git makes of `content` as this file; it is kept."""
        source = self._own / "content"
        source.write_bytes(content)
        return self._git("hash-object", "-w", f"--path={self.name}", "--", str(source)).decode().strip()

    def ignored(self) -> bool:
        """Whether git is told to leave the file alone (one it has already is not)."""
        plain = replace(self._place, variables=(*self._place.variables, ("GIT_LITERAL_PATHSPECS", "0")))
        return bool(self._git("check-ignore", "--", f"./{self.name}", place=plain, accept=(0, 1)))

    def others_between(self, old: str | None, new: str) -> int:
        """Commits from `old` to `new` that are about other files, merges apart."""
        upto = [new, *((f"^{old}",) if old else ())]
        whole, own = (
            int(self._git("rev-list", "--count", "--no-merges", *upto, "--", *names)) for names in ((), (self.name,))
        )
        return whole - own

    def joined_tree(self, mine: str, theirs: str) -> str:
        """The tree of a merge of both, by git itself; what it makes of this file is to be replaced.

        Raises GitError where other files clash, or git is older than its `merge-tree --write-tree`.
        """
        wanted = ("merge-tree", "--write-tree", "--no-messages", "--name-only", "-z", mine, theirs)
        try:
            tree, *names = self._git(*wanted, accept=(0, 1)).split(b"\x00")
        except GitError as error:
            if error.code != 129:
                raise
            raise GitError(
                f"merging `{self.upstream}` takes git 2.38 or newer; update git, or merge it there"
            ) from error
        settled = ("", self.name, *self._beside)
        clashing = [name for name in map(os.fsdecode, dict.fromkeys(names)) if name not in settled]
        if clashing:
            shown = ", ".join(f"`{name}`" for name in clashing[:3]) + (" and others" if len(clashing) > 3 else "")
            raise GitError(
                f"your commits and `{self.upstream}` clash in {shown}; merge it in `{self.root}` with git, then again"
            )
        return tree.decode()

    def commit(self, tree: str | None, parents: Sequence[str], content: str, mode: str, message: str) -> str:
        """A commit of `tree` (or commit; None for an empty one) with the object `content` as this file; its id.

        Raises GitError where git does not know who the person is.
        """
        made = self._with_index("index-to-write")
        self._git(*(("read-tree", tree) if tree else ("read-tree", "--empty")), place=made)
        self._put(content, mode, made)
        if len(parents) > 1:  # of a merge
            self._put_beside(parents[0], parents[1], made)
        written = self._git("write-tree", place=made).decode().strip()
        named = replace(self._place, variables=(*self._place.variables, *self._who()))
        above = [part for parent in parents for part in ("-p", parent)]
        return self._git("commit-tree", *above, "-m", message, written, place=named).decode().strip()

    def move(self, old: str | None, new: str, content: str, mode: str, write: Callable[[], bool]) -> bool:
        """Move the branch, the index and the work tree from `old` to `new`, in which this file is `content`.

        The file itself is written by `write`, once it is certain that nothing stands in the way; where that says
        False, nothing has been changed and this says so too. What is staged or edited beside it stays.
        Raises GitError, nothing being changed, where upstream's changes meet uncommitted ones.
        """
        if not self._trusted:
            check_written(self._layout)
        before = old or self._git("write-tree", place=self._emptied()).decode().strip()
        rehearsal = self._with_index("index-to-try")
        index = self._layout.git_dir / "index"
        if lexists(index):
            shutil.copyfile(index, self._own / "index-to-try")
        self._follow(before, new, content, mode, rehearsal, "-n")
        if read_head(self._layout.git_dir) != self._prepared.head:
            raise GitError(f"`{self.root}` has changed to another branch just now; try again")
        if not write():
            return False
        self._follow(before, new, content, mode, self._place)
        self._git("update-ref", "-m", "sync of the backlog", f"{_BRANCH}{self.branch}", new, old or "")
        self._git("update-index", "-q", "--refresh", accept=(0, 1))
        return True

    def _follow(self, old: str, new: str, content: str, mode: str, place: Place, *options: str) -> None:
        """Bring index and work tree from `old` to `new`; the order makes a break between two of these harmless."""
        self._put(content, mode, place)
        self._put_beside(old, new, place)
        self._git("update-index", "-q", "--refresh", place=place, accept=(0, 1))
        self._git("read-tree", "-m", "-u", *options, old, new, place=place)

    def _put(self, content: str, mode: str, place: Place) -> None:
        self._git("update-index", "--add", "--cacheinfo", f"{mode},{content},{self.name}", place=place)

    def _put_beside(self, old: str, new: str, place: Place) -> None:
        """Have the index say of the files beside this one what `new` does; git then leaves those themselves alone."""
        if not self._beside:
            return
        before, after = (
            {entry.partition(b"\t")[2]: entry for entry in listed.split(b"\x00") if entry}
            for listed in (self._git("ls-tree", "-z", tree, "--", *self._beside) for tree in (old, new))
        )
        for name in before.keys() | after.keys():
            if name in after:
                mode, kind, oid = os.fsdecode(after[name].partition(b"\t")[0]).split()
                if kind == "blob":
                    self._git("update-index", "--add", "--cacheinfo", f"{mode},{oid},{os.fsdecode(name)}", place=place)
            else:
                self._git("update-index", "--force-remove", "--", os.fsdecode(name), place=place)

    def _emptied(self) -> Place:
        place = self._with_index("index-to-write")
        self._git("read-tree", "--empty", place=place)
        return place

    def _with_index(self, name: str) -> Place:
        """The place with an index of our own, which nobody else sees."""
        index = self._own / name
        index.unlink(missing_ok=True)
        return replace(self._place, variables=(*self._place.variables, ("GIT_INDEX_FILE", str(index))))

    def _commit_of(self, ref: str) -> str | None:
        found = self._git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}", accept=(0, 1))
        return found.decode().strip() or None

    def _who(self) -> tuple[tuple[str, str], ...]:
        """Who commits, by the person's own variables and configuration and this repository's; nothing is guessed."""
        if not self._identity:
            said = tuple((name, value) for name in _IDENTITY if (value := os.environ.get(name)))
            real = Place(self.root, git_dir=self._layout.git_dir, work_tree=self.root, variables=said,
                         settings=(("user.useConfigOnly", "true"),))  # fmt: skip
            values: list[str] = []
            for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
                try:
                    ident = _IDENT.match(run_git(["var", who], real, seconds=SECONDS).decode("utf-8", "replace"))
                except GitError as error:
                    if error.code is None:
                        raise
                    ident = None
                if ident is None:
                    told = "`git config --global user.name` and `user.email` tell it"
                    raise GitError(f"git does not know who you are; {told}")
                values += ident.groups()
            self._identity = tuple(zip(_IDENTITY, values, strict=True))
        return self._identity

    def _git(
        self, *arguments: str, place: Place | None = None, accept: Sequence[int] = (0,), most: int = MAX_BYTES
    ) -> bytes:
        try:
            return run_git(arguments, place or self._place, seconds=SECONDS, accept=accept, most=most)
        except GitError as error:
            if found := _IN_THE_WAY.search(error.complaint):
                file = found[1] or found[2]
                raise GitError(
                    f"`{self.upstream}` brings changes to `{file}`, which you have changed too; "
                    f"commit or stash that in `{self.root}`, then again",
                    error.code,
                ) from error
            if _AT_WORK.search(error.complaint):
                raise GitError(
                    f"another git command is at work in `{self.root}`; try again when it is done", error.code
                ) from error
            raise


@contextmanager
def opened(
    file: Path, trusted: Callable[[Path], bool], children: Children, *, beside: Sequence[str] = ()
) -> Iterator[TrackedFile]:
    """The repository `file` (no link) lies in, ready. Raises GitError with why it cannot be synced there.

    `trusted` says which repositories the person vouches for; `children` are the commands that reach out, so that
    they can be ended. The files called as `file` with an ending of `beside` are never written, nor merged: somebody
    who committed them takes what upstream has.
    """
    root = next((folder for folder in file.parents if lexists(folder / ".git")), None)
    if root is None:
        raise GitError(f"`{file}` lies in no git repository; move it into one that has a remote")
    shadows = Shadows()
    try:
        vouched = trusted(root)
        shadow = Shadow(root, shadows.folder_for(root / ".git" / "sync"), trusted=vouched)
        prepared = shadow.prepare(SECONDS)
        operation = read_operation(prepared.layout.git_dir)[0]
        if operation:
            raise GitError(f"a {operation} is under way in `{root}`; finish or end it, then again")
        keys = sorted({key for key, _ in prepared.configuration.entries if _RUNS_PROGRAMS.fullmatch(key)})
        if keys and not vouched:
            raise GitError(f"`{root}` needs trust: {keys[0]}; add it to `[repositories] trusted` if you wrote that")
        name = file.relative_to(root).as_posix()
        yield TrackedFile(prepared, name, beside, shadows, children, trusted=vouched)
    except OSError as error:
        raise GitError(f"`{root}` cannot be synced: {error.strerror or error}") from error
    finally:
        shadows.close()


def _followed(prepared: Prepared, *, trusted: bool) -> tuple[str, Remote, str, str]:
    """The branch, the remote it follows, where that is pushed to, and the full name of its branch there."""
    root, found = prepared.layout.path, prepared.configuration
    ref = prepared.head.ref or ""
    if not ref.startswith(_BRANCH):
        raise GitError(f"`{root}` is on no branch; `git switch` to the one that is shared, then again")
    branch = ref.removeprefix(_BRANCH)
    name, merge = found.last(f"branch.{branch}.remote"), found.last(f"branch.{branch}.merge")
    if not name or not merge:
        raise GitError(f"`{branch}` in `{root}` follows no branch of a remote; `git push -u origin {branch}` once")
    if name == ".":
        raise GitError(f"`{branch}` in `{root}` follows a branch of its own repository; let it follow a remote's")
    if not _FULL_BRANCH.fullmatch(merge) or ".." in merge or merge.endswith((".lock", "/")):
        raise GitError(f"`{branch}` in `{root}` follows `{merge}`, which is no branch; `git branch -u` names one")
    remote, push_url = named_remote(found, name, trusted=trusted)
    return branch, remote, push_url, merge
