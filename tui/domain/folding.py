"""What of the fleet is shown: arranged, filtered, and which lanes show under their parent.

All lanes do, but those the person has put away; while filtering those that match, put away or not.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from tui.domain.arranging import Arranger, Family, Group, Placed, Section, View
from tui.domain.attention import AttentionRules
from tui.domain.finding import Finder, Query, parse_query
from tui.domain.repos import Fleet, Repository


class Heading(Struct, frozen=True):
    """A line above repositories."""

    text: str
    repos: tuple[Repository, ...]
    """What stands under it, lanes that are put away included."""
    needing: int = 0
    """How many of them need the person."""


def unfold(sections: Iterable[Section], folded: frozenset[Path]) -> list[Heading | Placed]:
    """Everything in order, but for the lanes of `folded`."""
    lines: list[Heading | Placed] = []
    for section in sections:
        if section.heading:
            inner = tuple(placed.repo for family in section.families for placed in family)
            lines.append(Heading(section.heading, inner))
        for family in section.families:
            if len(family) > 1 and family[0].repo.path in folded:
                lines.append(Placed(family[0].repo, folded=tuple(placed.repo for placed in family[1:])))
            else:
                lines += family
    return lines


def only(sections: Iterable[Section], matching: Sequence[Repository]) -> list[Heading | Placed]:
    """The `matching` ones in order, put away or not, each below the parents it has."""
    wanted = {id(repo) for repo in matching}
    lines: list[Heading | Placed] = []
    for section in sections:
        inner = [placed for family in section.families for placed in _part(family, wanted)]
        if section.heading and inner:
            lines.append(Heading(section.heading, tuple(placed.repo for placed in inner if not placed.context)))
        lines += inner
    return lines


def _part(family: Family, wanted: set[int]) -> Family:
    """The members that are wanted, with what they are folded under as context."""
    if len(family) == 1:
        return family if id(family[0].repo) in wanted else ()
    found: list[Placed] = []
    above: list[Placed] = []
    for placed in family:
        while above and above[-1].depth >= placed.depth:
            above.pop()
        if id(placed.repo) in wanted:
            shown = {id(each.repo) for each in found}
            found += [
                Placed(parent.repo, parent.depth, context=True) for parent in above if id(parent.repo) not in shown
            ]
            found.append(placed)
        above.append(placed)
    return tuple(found)


class Lineup:
    """One fleet as the person looks at it: arranged, filtered, lanes put away. What differs is worked out anew."""

    def __init__(
        self, rules: AttentionRules, groups: tuple[Group, ...] = (), *, told: Callable[[str], str] = str
    ) -> None:
        """`told` gives how names are seen, which is what a filter looks for."""
        self.arranger = Arranger(rules, groups)
        self.calling: frozenset[Path] = frozenset()
        """Work trees in which somebody waits for this person: an AI agent."""
        self.query = Query()
        self.view = View()
        self._finder = Finder(told)
        self._sections: tuple[Section, ...] = ()
        self._now: datetime | None = None
        self._matching: tuple[Repository, ...] | None = None
        self._needing: int | None = None

    def look(self, fleet: Fleet, view: View, now: datetime) -> None:
        """Have everything below answer for `fleet`, looked at as `view` says."""
        hold = not fleet.complete
        self.arranger.hear(self.calling)
        sections = self.arranger.sections(fleet.repositories, fleet.roots, view.order, view.grouping, now, hold=hold)
        if view.filter_text != self.view.filter_text:
            self.query = parse_query(view.filter_text)
            self._matching = None
        if sections is not self._sections:
            self._matching = self._needing = None
        self._sections, self.view, self._now = sections, view, now

    @property
    def matching(self) -> tuple[Repository, ...]:
        """The repositories that match the filter, in order, lanes that are put away included."""
        if self._matching is None and self._now is not None:
            self._matching = self._finder.matching(self._sections, self.query, self.arranger, self._now)
        return self._matching or ()

    @property
    def needing(self) -> int:
        """How many of the whole fleet need the person."""
        if self._needing is None and self._now is not None:
            everyone = (placed.repo for section in self._sections for family in section.families for placed in family)
            self._needing = self.arranger.needing(everyone, self._now)
        return self._needing or 0

    @property
    def lines(self) -> list[Heading | Placed]:
        """What is shown."""
        filtered = bool(self.query.terms)
        lines = only(self._sections, self.matching) if filtered else unfold(self._sections, self.view.folded)
        if self.view.grouping == "none" or self._now is None:
            return lines
        needing, now = self.arranger.needing, self._now
        return [
            replace(line, needing=needing(line.repos, now)) if isinstance(line, Heading) else line for line in lines
        ]

    def top_of(self, repo: Repository) -> Repository | None:
        """The first of the family `repo` is in; None where it has no lanes."""
        for section in self._sections:
            for family in section.families:
                if len(family) > 1 and any(placed.repo is repo for placed in family):
                    return family[0].repo
        return None
