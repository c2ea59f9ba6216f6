"""In which order repositories stand, under which heading, and with which of their lanes. Which match is `finding`.

A repository and what is folded under it (its lanes, its submodules) are a family: it stands where its gravest or
latest member would, and stays together. What is computed for a repository is kept for as long as its value is the
same object: snapshots arrive many times a second in which few differ.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fnmatch import fnmatchcase
from operator import itemgetter
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.attention import AttentionRules, is_stale, needs_person
from tui.domain.repos import Repository

Order = Literal["attention", "activity", "name"]
Grouping = Literal["none", "root", "setting"]
ORDERS: tuple[Order, ...] = ("attention", "activity", "name")
GROUPINGS: tuple[Grouping, ...] = ("none", "root", "setting")
LEAST_NEED = 2
"""The last grade that needs the person."""
OTHERS = "others"
"""Heading of what is in no group."""

Key = tuple[int, float, str, str]
"""Grade, activity (newest is least), name, path: those that the order does not ask for are left empty."""


class View(Struct, frozen=True):
    """How the person last looked at the repositories, and what they looked for last."""

    order: Order = "attention"
    grouping: Grouping = "none"
    filter_text: str = ""
    folded: frozenset[Path] = frozenset()
    """Repositories whose lanes are put away."""
    recent: tuple[str, ...] = ()
    """What was chosen in the palette, the last first."""


class Group(Struct, frozen=True):
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


class Standing(Struct, frozen=True):
    """Where a repository stands by itself."""

    grade: int
    """0 conflict, 1 broken, 2 needs the person otherwise, 3 changed, 4 to push, 5 to pull, 6 at rest."""
    activity: float
    """Its last commit or change, in seconds since 1970; never later than now."""
    stale: bool

    @property
    def needs(self) -> bool:
        """True where it needs the person."""
        return self.grade <= LEAST_NEED


class Placed(Struct, frozen=True):
    """A repository where it stands."""

    repo: Repository
    depth: int = 0
    """0 for the first of a family, 1 for its lanes, 2 for their submodules."""
    context: bool = False
    """True for one that is shown only because something under it matches: it cannot be selected."""
    folded: tuple[Repository, ...] = ()
    """What is under it, where that is put away."""


Family = tuple[Placed, ...]


class Section(Struct, frozen=True):
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


class _Known(Struct):
    """What was worked out for one repository, kept for as long as its value is the same object."""

    repo: Repository
    standing: Standing
    alone: Family
    keys: dict[Order, Key]
    heading: tuple[Grouping, str] | None = None


class Arranger:
    """Puts the snapshots of one fleet in order, working out anew only what differs.

    Ages are looked at anew with every hour of the clock: thresholds are days.
    """

    def __init__(self, rules: AttentionRules, groups: tuple[Group, ...] = ()) -> None:
        self.rules = rules
        self.groups = groups
        self._hour: datetime | None = None
        self._known: dict[int, _Known] = {}
        self._repos: Sequence[Repository] = ()
        self._asked: tuple[object, ...] = ()
        self._sections: tuple[Section, ...] = ()
        self._held = False
        self._places: dict[Path, int] = {}
        """Where each family stood last."""
        self._calling: frozenset[Path] = frozenset()

    def hear(self, calling: frozenset[Path]) -> None:
        """Have the repositories at `calling` need the person, whatever else is to be said of them."""
        if calling != self._calling:
            for key, known in list(self._known.items()):
                if known.repo.path in calling ^ self._calling:
                    del self._known[key]
            self._calling, self._repos = calling, ()

    def standing(self, repo: Repository, now: datetime) -> Standing:
        """Where `repo` stands."""
        return self._of(repo, now).standing

    def needing(self, repos: Iterable[Repository], now: datetime) -> int:
        """How many of `repos` need the person."""
        return sum(self._of(repo, now).standing.grade <= LEAST_NEED for repo in repos)

    def sections(
        self,
        repos: Sequence[Repository],
        roots: Sequence[Path],
        order: Order,
        grouping: Grouping,
        now: datetime,
        *,
        hold: bool = False,
    ) -> tuple[Section, ...]:
        """`repos` arranged; the same answer as before for the same `repos` (by identity) in the same hour.

        `hold` leaves each where it stood: while answers still arrive, nothing jumps about under the person's eyes.
        """
        hour = now.replace(minute=0, second=0, microsecond=0)
        asked = (order, grouping, hour, tuple(roots))
        if asked != self._asked:
            self._places.clear()
        if repos is not self._repos or asked != self._asked or hold != self._held:
            self._held = hold
            if asked[2:] != self._asked[2:]:
                self._known.clear()
            elif len(self._known) > 2 * len(repos) + 100:  # most of it has left
                self._known = {id(repo): self._known[id(repo)] for repo in repos if id(repo) in self._known}
            self._repos, self._asked = repos, asked
            self._sections = tuple(self._arrange(repos, roots, order, grouping, now))
        return self._sections

    def _of(self, repo: Repository, now: datetime) -> _Known:
        known = self._known.get(id(repo))
        if known is None or known.repo is not repo:
            found = standing(repo, self.rules, now)
            if repo.path in self._calling:
                found = replace(found, grade=min(found.grade, LEAST_NEED))
            known = _Known(repo, found, (Placed(repo),), {})
            self._known[id(repo)] = known
        return known

    def _arrange(
        self, repos: Sequence[Repository], roots: Sequence[Path], order: Order, grouping: Grouping, now: datetime
    ) -> Iterator[Section]:
        families = self._families(repos, order, now)
        if grouping == "none":
            yield Section("", tuple(families))
            return
        names = [str(root) for root in roots] if grouping == "root" else [group.name for group in self.groups]
        filed: dict[str, list[Family]] = {name: [] for name in names}
        for family in families:
            filed.setdefault(self._heading(family[0].repo, roots, grouping, now), []).append(family)
        others = filed.pop(OTHERS, [])
        yield from (Section(name, tuple(found)) for name, found in filed.items() if found)
        if others:
            yield Section(OTHERS, tuple(others))

    def _families(self, repos: Sequence[Repository], order: Order, now: datetime) -> list[Family]:
        """Each top repository with what is folded under it, in order."""
        under = _by_parent(repos)
        inner = {id(repo) for lanes in under.values() for repo in lanes}
        found: list[tuple[Key, Family]] = []
        for repo in repos:
            if id(repo) in inner:
                continue
            known = self._of(repo, now)
            key = self._key(known, order)
            if not under or repo.path not in under:
                found.append((key, known.alone))
                continue
            family = self._with_lanes(repo, under, order, now)
            if order != "name":  # where its foremost member would stand
                key = min(self._key(self._of(placed.repo, now), order) for placed in family)
            found.append((key, family))
        # What is left names each other as parents: none of them stands at the top.
        rings = [self._of(repo, now) for lanes in under.values() for repo in lanes]
        found += [(self._key(known, order), known.alone) for known in rings]
        found.sort(key=itemgetter(0))
        if self._held and self._places:
            last, places = len(self._places), self._places
            found.sort(key=lambda one: places.get(one[1][0].repo.path, last))
        self._places = {family[0].repo.path: place for place, (_, family) in enumerate(found)}
        return [family for _, family in found]

    def _with_lanes(self, top: Repository, under: dict[Path, list[Repository]], order: Order, now: datetime) -> Family:
        """`top` and all that is folded under it, which is taken out of `under`."""
        family: list[Placed] = []
        pending = [Placed(top)]
        while pending:
            placed = pending.pop()
            family.append(placed)
            lanes = [self._of(repo, now) for repo in under.pop(placed.repo.path, ())]
            lanes.sort(key=lambda known: self._key(known, order), reverse=True)
            pending += [Placed(known.repo, placed.depth + 1) for known in lanes]
        return tuple(family)

    def _key(self, known: _Known, order: Order) -> Key:
        key = known.keys.get(order)
        if key is None:
            path, found = str(known.repo.path), known.standing
            match order:
                case "attention":
                    key = found.grade, -found.activity, "", path
                case "activity":
                    key = 0, -found.activity, "", path
                case "name":
                    key = 0, 0.0, known.repo.name.casefold(), path
            known.keys[order] = key
        return key

    def _heading(self, repo: Repository, roots: Sequence[Path], grouping: Grouping, now: datetime) -> str:
        known = self._of(repo, now)
        if known.heading is None or known.heading[0] != grouping:
            if grouping == "setting":
                name = next((group.name for group in self.groups if group.holds(repo)), OTHERS)
            else:
                holding = [root for root in roots if repo.path.is_relative_to(root)]
                name = str(max(holding, key=lambda root: len(root.parts))) if holding else OTHERS
            known.heading = grouping, name
        return known.heading[1]


def by_attention(repos: Sequence[Repository], rules: AttentionRules, now: datetime) -> tuple[Repository, ...]:
    """Sorted as the pane shows them: what needs the person first, then newest activity, lanes under their parent."""
    sections = Arranger(rules).sections(repos, (), "attention", "none", now)
    return tuple(placed.repo for family in sections[0].families for placed in family)


def _by_parent(repos: Sequence[Repository]) -> dict[Path, list[Repository]]:
    """What is folded under each of `repos`; what names a parent that is not among them stands by itself."""
    inner = [repo for repo in repos if repo.parent is not None]
    if not inner:
        return {}
    wanted = {repo.parent for repo in inner}
    known = {repo.path for repo in repos if repo.path in wanted}
    under: dict[Path, list[Repository]] = {}
    for repo in inner:
        if repo.parent in known and repo.parent is not None and repo.parent != repo.path:
            under.setdefault(repo.parent, []).append(repo)
    return under
