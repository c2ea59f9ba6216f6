"""Lanes: work trees for prototypes, each on a branch `proto/<slug>`; their names, their PROTOTYPE.md, how one may end.

Pure. Making, looking at and removing them with git is `tui.sources.git.lanes` and its neighbours.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Literal

from msgspec import Struct

from tui.domain.markdown import plain
from tui.domain.repos import Operation
from tui.domain.text import safe_text

PREFIX = "proto/"
"""What the short name of every lane's branch begins with."""

PROTOTYPE = "PROTOTYPE.md"
"""The file at the top of a lane that says what it is for."""

MAX_SLUG = 40
MOST_NAMED = 5
"""How many files a sentence names before it only counts."""

_UNNAMED = "lane"


class Prototype(Struct, frozen=True):
    """What PROTOTYPE.md says. Text is raw."""

    question: str
    """Usually the title of the item."""
    minutes: int | None = None
    """The timebox; None where there is none yet."""
    ends: str = ""
    """What would end it."""
    why: str = ""
    """May have lines."""
    notes: Sequence[str] = ()


Landed = Literal["no", "ancestry", "content"]
"""Whether what a lane committed is on the default branch or its upstream: not (or not seen to be); the very commits
(also where it has none of its own); the same content, as after a squash merge."""


class LaneState(Struct, frozen=True):
    """What a lane holds that could be lost. Names are raw: show them through `safe_text`."""

    branch: str | None
    """Full ref; None when detached."""
    tip: str | None
    """Commit of HEAD; None where the branch has none."""
    commits: int = 0
    """Commits that neither the default branch nor its upstream has."""
    landed: Landed = "no"
    changed: tuple[str, ...] = ()
    """Tracked paths that are staged, edited, in conflict or deleted."""
    untracked: tuple[str, ...] = ()
    """Without PROTOTYPE.md; a wholly untracked folder is one."""
    ignored: tuple[str, ...] = ()
    """Without PROTOTYPE.md; a wholly ignored folder is one."""
    prototypes: tuple[str, ...] = ()
    """PROTOTYPE.md where it is not committed: it is kept with the bundle, so it is no obstacle by itself."""
    hidden: tuple[str, ...] = ()
    """Edited paths git was told not to look at (assume-unchanged, skip-worktree); only from a thorough look."""
    nested: tuple[str, ...] = ()
    """Repositories inside it: submodules and clones; only from a thorough look."""
    own_refs: tuple[str, ...] = ()
    """Refs that belong to this work tree alone and go with it (`refs/worktree/…`)."""
    stashes: int = 0
    """Stashes made on its branch or on top of its commits."""
    operation: Operation | None = None
    locked: str | None = None
    """Why its owner locked it against removal; empty where no reason was given, None where it is not locked."""
    busy: bool = False
    """True where a git command holds its index."""
    shared: bool = False
    """True where another work tree has the same branch checked out."""


def slug_of(title: str, taken: Collection[str] = ()) -> str:
    """A short ASCII name for `title`: letters, digits and single `-` inside, at most MAX_SLUG, never empty.

    Good as a folder's name and as a part of a ref. Differs from all in `taken`, whatever their case.
    """
    plain = unicodedata.normalize("NFKD", title[: 10 * MAX_SLUG].casefold()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    slug = _cut("-".join(words), MAX_SLUG) or _UNNAMED
    used = {name.casefold() for name in taken}
    number, found = 2, slug
    while found in used:
        found = f"{_cut(slug, MAX_SLUG - len(f'-{number}'))}-{number}"
        number += 1
    return found


def default_place(repository: PurePath, slug: str) -> PurePath:
    """Where a lane goes unless the person says otherwise: `<repository>-<slug>` beside the repository."""
    return repository.parent / f"{repository.name}-{slug}"


def lane_ref(slug: str) -> str:
    """The full ref of a lane's branch."""
    return f"refs/heads/{PREFIX}{slug}"


def is_lane_ref(ref: str | None) -> bool:
    """Whether a full ref is that of a lane's branch."""
    return ref is not None and ref.startswith(f"refs/heads/{PREFIX}") and len(ref) > len(lane_ref(""))


def format_prototype(about: Prototype) -> str:
    """PROTOTYPE.md: headings are ours, everything else stands as plain text whatever it holds."""
    timebox = f"{about.minutes} minutes" if about.minutes else "none yet"
    parts = [
        f"# {plain(about.question) or 'A prototype'}",
        f"**Timebox:** {timebox}",
        f"**What would end it:** {plain(about.ends) or 'not said yet'}",
    ]
    if about.why.strip():
        parts += ["## Why", "\n".join(f"> {plain(line)}".rstrip() for line in about.why.strip().split("\n"))]
    if about.notes:
        parts += ["## Notes", "\n".join(f"- {plain(note)}" for note in about.notes)]
    return "\n\n".join(parts) + "\n"


def obstacles(state: LaneState, kept: str | None, *, ignored_may_go: bool = False) -> tuple[str, ...]:
    """Why this lane must not be removed, a sentence each with what to do; empty where nothing of it can be lost.

    `kept` is the commit a verified bundle holds. Ask with a state from a thorough look.
    """
    found = []
    if not is_lane_ref(state.branch):
        found.append("it is not on a branch `proto/…`; switch to its branch first, commits elsewhere would be lost")
    elif state.shared:
        found.append("another work tree has its branch checked out; switch that one to another branch")
    if state.tip is None or state.tip != kept:
        found.append("its last commit is in no verified bundle; keep a bundle first")
    if state.operation:
        found.append(f"a {state.operation} is under way; finish or abort it")
    if state.busy:
        found.append("another git command is at work there; try again when it is done")
    if state.locked is not None:
        why = f" ({safe_text(state.locked, 80)})" if state.locked else ""
        found.append(f"it is locked{why}; `git worktree unlock` it if you mean it")
    found += naming("uncommitted changes", state.changed, "commit or undo them")
    found += naming("changes git was told to overlook", state.hidden, "commit or undo them")
    found += naming("untracked files", state.untracked, "commit them or move them away")
    found += naming("repositories inside it", state.nested, "move them away")
    found += naming("refs of its own", state.own_refs, "make them branches or delete them")
    if not ignored_may_go:
        found += naming("ignored files", state.ignored, "move away what you need, or say that they may go")
    if state.stashes:
        found.append(f"{state.stashes} stashed from it; `git stash pop` or drop what was stashed")
    return tuple(found)


def naming(what: str, names: Sequence[str], remedy: str) -> tuple[str, ...]:
    """A sentence with the first MOST_NAMED of `names`, made safe, and what to do; none where there are none."""
    if not names:
        return ()
    shown = ", ".join(f"`{safe_text(name, 60)}`" for name in names[:MOST_NAMED])
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return (f"{what}: {shown}{more}; {remedy}",)


def _cut(slug: str, most: int) -> str:
    """At most `most` characters, ending with a whole word where that leaves at least half."""
    if len(slug) <= most:
        return slug
    whole = slug[: most + 1].rpartition("-")[0]
    return (whole if len(whole) * 2 >= most else slug[:most]).strip("-")
