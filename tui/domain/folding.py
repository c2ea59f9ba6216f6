"""Which lanes show under their parent: all of them, none where they are put away, those that match while filtering."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tui.domain.arranging import Family, Placed, Section
from tui.domain.repos import Repository


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above repositories."""

    text: str
    repos: tuple[Repository, ...]
    """What stands under it, lanes that are put away included."""


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
