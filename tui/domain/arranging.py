"""In which order repositories stand, under which heading, and with which of their lanes. Which match is `finding`.

A repository and what is folded under it (its lanes, its submodules) are a family: it stands where its gravest or
latest member would, and stays together. What is computed for a repository is kept for as long as its value is the
same object: snapshots arrive many times a second in which few differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Literal

from tui.domain.attention import AttentionRules, is_stale, needs_person
from tui.domain.repos import Repository

Order = Literal["attention", "activity", "name"]
Grouping = Literal["none", "root", "setting"]
ORDERS: tuple[Order, ...] = ("attention", "activity", "name")
GROUPINGS: tuple[Grouping, ...] = ("none", "root", "setting")
OTHERS = "others"
"""Heading of what is in no group."""

Key = tuple[int, float, str, str]
"""Grade, activity (newest is least), name, path: those that the order does not ask for are left empty."""


@dataclass(frozen=True, slots=True)
class View:
    """How the person last looked at the repositories."""

    order: Order = "attention"
    grouping: Grouping = "none"
    filter_text: str = ""
    folded: tuple[Path, ...] = ()
    """Repositories whose lanes are put away, in path order."""


@dataclass(frozen=True, slots=True)
class Group:
    """A heading of the person's own, and what stands under it."""

    name: str
    patterns: tuple[str, ...]
    """Folders (with a `/`: all below), or patterns of names."""

    def holds(self, repo: Repository) -> bool:
        """True where `repo` belongs here."""
        path, name = str(repo.path), repo.name.casefold()
        for pattern in self.patterns:
            if "/" not in pattern:
                if fnmatchcase(name, pattern.casefold()):
                    return True
            elif fnmatchcase(path, pattern.rstrip("/")) or fnmatchcase(path, pattern.rstrip("/") + "/*"):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a repository stands by itself."""

    grade: int
    """0 conflict, 1 broken, 2 needs the person otherwise, 3 changed, 4 to push, 5 to pull, 6 at rest."""
    activity: float
    """Its last commit or change, in seconds since 1970; never later than now."""
    stale: bool

    @property
    def needs(self) -> bool:
        """True where it needs the person."""
        return self.grade <= 2


@dataclass(frozen=True, slots=True)
class Member:
    """A repository in its family: the first has depth 0, its lanes 1, their submodules 2."""

    repo: Repository
    depth: int


Family = tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Families under one heading, in order."""

    heading: str
    """Empty where nothing is grouped."""
    families: tuple[Family, ...]


def standing(repo: Repository, rules: AttentionRules, now: datetime) -> Standing:
    """Where `repo` stands."""
    if repo.conflicted or repo.operation:
        grade = 0
    elif repo.error:
        grade = 1
    elif needs_person(repo, rules, now):
        grade = 2
    elif repo.changed:
        grade = 3
    elif repo.ahead:
        grade = 4
    else:
        grade = 5 if repo.behind else 6
    last = repo.last_commit.when.timestamp() if repo.last_commit else 0.0
    if repo.changed_at:
        last = max(last, repo.changed_at.timestamp())
    return Standing(grade, min(last, now.timestamp()), is_stale(repo, rules, now))


class Arranger:
    """Puts the snapshots of one fleet in order, working out anew only what differs.

    Ages are looked at anew with every hour of the clock: thresholds are days.
    """

    def __init__(self, rules: AttentionRules, groups: tuple[Group, ...] = ()) -> None:
        self.rules = rules
        self.groups = groups
        self._hour: datetime | None = None
        self._known: dict[Path, tuple[Repository, Standing]] = {}
        self._headed_by: tuple[Grouping, tuple[Path, ...]] = ("none", ())
        self._headings: dict[Path, str] = {}
        self._repos: Sequence[Repository] = ()
        self._asked: tuple[object, ...] = ()
        self._sections: tuple[Section, ...] = ()

    def standing(self, repo: Repository, now: datetime) -> Standing:
        """Where `repo` stands."""
        known = self._known.get(repo.path)
        if known is None or known[0] is not repo:
            known = (repo, standing(repo, self.rules, now))
            self._known[repo.path] = known
        return known[1]

    def sections(
        self, repos: Sequence[Repository], roots: Sequence[Path], order: Order, grouping: Grouping, now: datetime
    ) -> tuple[Section, ...]:
        """`repos` arranged; the same answer as before for the same `repos` (by identity) in the same hour."""
        hour = now.replace(minute=0, second=0, microsecond=0)
        asked = (order, grouping, hour, tuple(roots))
        if repos is not self._repos or asked != self._asked:
            if hour != self._hour:
                self._hour = hour
                self._known.clear()
            elif len(self._known) > 2 * len(repos) + 100:
                self._known.clear()  # what has left
            self._repos = repos
            self._sections = tuple(self._arrange(repos, roots, order, grouping, now))
            self._asked = asked
        return self._sections

    def needing(self, repos: Iterable[Repository], now: datetime) -> int:
        """How many of `repos` need the person."""
        return sum(self.standing(repo, now).grade <= 2 for repo in repos)

    def _arrange(
        self, repos: Sequence[Repository], roots: Sequence[Path], order: Order, grouping: Grouping, now: datetime
    ) -> Iterator[Section]:
        keys = {repo.path: self._key(repo, order, now) for repo in repos}
        families = _families(repos, keys, foremost=order != "name")
        if grouping == "none":
            yield Section("", tuple(families))
            return
        filed: dict[str, list[Family]] = {}
        names = [str(root) for root in roots] if grouping == "root" else [group.name for group in self.groups]
        for name in names:
            filed.setdefault(name, [])
        if (grouping, tuple(roots)) != self._headed_by:
            self._headed_by = (grouping, tuple(roots))
            self._headings.clear()
        for family in families:
            filed.setdefault(self._heading(family[0].repo, roots, grouping), []).append(family)
        others = filed.pop(OTHERS, [])
        yield from (Section(name, tuple(found)) for name, found in filed.items() if found)
        if others:
            yield Section(OTHERS, tuple(others))

    def _heading(self, repo: Repository, roots: Sequence[Path], grouping: Grouping) -> str:
        heading = self._headings.get(repo.path)
        if heading is None:
            if grouping == "setting":
                heading = next((group.name for group in self.groups if group.holds(repo)), OTHERS)
            else:
                holding = [root for root in roots if repo.path.is_relative_to(root)]
                heading = str(max(holding, key=lambda root: len(root.parts))) if holding else OTHERS
            self._headings[repo.path] = heading
        return heading

    def _key(self, repo: Repository, order: Order, now: datetime) -> Key:
        if order == "name":
            return 0, 0.0, repo.name.casefold(), str(repo.path)
        found = self.standing(repo, now)
        return found.grade if order == "attention" else 0, -found.activity, "", str(repo.path)


def by_attention(repos: Sequence[Repository], rules: AttentionRules, now: datetime) -> tuple[Repository, ...]:
    """Sorted as the pane shows them: what needs the person first, then newest activity, lanes under their parent."""
    sections = Arranger(rules).sections(repos, (), "attention", "none", now)
    return tuple(member.repo for family in sections[0].families for member in family)


def _families(repos: Sequence[Repository], keys: dict[Path, Key], *, foremost: bool) -> list[Family]:
    """Each top repository with what is folded under it, in the order of `keys`: the top's or the foremost member's."""
    under: dict[Path, list[Repository]] = {}
    tops: list[Repository] = []
    for repo in repos:
        if repo.parent is not None and repo.parent in keys and repo.parent != repo.path:
            under.setdefault(repo.parent, []).append(repo)
        else:
            tops.append(repo)

    def key(repo: Repository) -> Key:
        return keys[repo.path]

    found: list[tuple[Key, Family]] = []
    for top in tops:
        if top.path not in under:
            found.append((keys[top.path], (Member(top, 0),)))
            continue
        members: list[Member] = []
        pending = [Member(top, 0)]
        while pending:
            member = pending.pop()
            members.append(member)
            inner = sorted(under.pop(member.repo.path, ()), key=key, reverse=True)
            pending += [Member(repo, member.depth + 1) for repo in inner]
        place = min(keys[member.repo.path] for member in members) if foremost else keys[top.path]
        found.append((place, tuple(members)))
    # What is left names each other as parents: none of them stands at the top.
    rings = ((keys[repo.path], (Member(repo, 0),)) for rest in under.values() for repo in rest)
    found.extend(rings)
    return [family for _, family in sorted(found, key=lambda entry: entry[0])]
