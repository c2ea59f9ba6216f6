"""Type-to-filter over repositories: what a line may say, what it matches, and what is said of it meanwhile.

Words match name, branch, authors, state and folder, accents and case aside. Terms are `is:dirty`, `author:ana` (the
beginning of a word of a name), `branch:feat`, `name:`, `path:`; `-term` or `not:term` turns one round, quotes keep
spaces. A line is read while it is typed: what is half typed matches whatever it may become, or waits; what is unknown
is said and hides nothing.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import datetime

from msgspec import Struct

from tui.domain.arranging import Arranger, Section, Standing
from tui.domain.repos import Repository

LONGEST = 500
"""Characters of a filter that are read."""

BEGINS = "\0"
FIELDS = ("author", "branch", "name", "path")

STATES: dict[str, Callable[[Repository], object]] = {
    "dirty": lambda repo: repo.changed,
    "clean": lambda repo: not (repo.changed or repo.operation or repo.error or _waiting(repo)),
    "ahead": lambda repo: repo.ahead,
    "behind": lambda repo: repo.behind,
    "diverged": lambda repo: repo.ahead and repo.behind,
    "conflict": lambda repo: repo.conflicted,
    "stash": lambda repo: repo.stashes,
    "moved": lambda repo: repo.moved,
    "broken": lambda repo: repo.error,
    "detached": lambda repo: repo.detached,
    "gone": lambda repo: repo.upstream_gone,
    "unborn": lambda repo: repo.unborn,
    "lane": lambda repo: repo.kind == "linked",
    "submodule": lambda repo: repo.kind == "submodule",
    "unpushed": lambda repo: repo.ahead or repo.upstream_gone or _never_pushed(repo),
    "unfetched": lambda repo: repo.fetch_error,
    "locked": lambda repo: repo.locked_at,
}
"""What `is:` may name, but for what depends on the rules and the clock."""
BY_RULE = ("stale", "attention")
NAMES = (*STATES, *BY_RULE)
_BITS = {name: 1 << place for place, name in enumerate(NAMES)}


class Facts(Struct, frozen=True):
    """What of a repository is matched, lowered once."""

    text: str
    """Every field that plain words match, a line each."""
    fields: dict[str, str]
    states: int
    """The bits of the states it is in, without those by rule."""


class Term(Struct, frozen=True):
    """One condition."""

    field: str
    """One of FIELDS, `is`, or empty for a plain word."""
    value: str
    """Lowered; of `is` the bits that any of suffices, as a number in `bits`."""
    negated: bool = False
    bits: int = 0

    def matches(self, facts: Facts, states: int) -> bool:
        """True where a repository with `facts` and all its `states` fulfils it."""
        if self.bits:
            found = bool(states & self.bits)
        else:
            found = self.value in (facts.fields[self.field] if self.field else facts.text)
        return found is not self.negated


class Query(Struct, frozen=True):
    """A filter, read."""

    terms: tuple[Term, ...] = ()
    problem: str = ""
    """What in it is unknown, as a sentence; empty where all is known."""
    hint: str = ""
    """What the term being typed may become; empty where it needs no help."""

    def matches(self, facts: Facts, states: int) -> bool:
        """True where a repository with `facts` and all its `states` fulfils every term."""
        for term in self.terms:  # noqa: SIM110 - all() is slower, and this runs for every repository with every key
            if not term.matches(facts, states):
                return False
        return True


def parse_query(text: str) -> Query:
    """What `text` asks for. Never fails: see the module."""
    terms: list[Term] = []
    problem = hint = ""
    for token in _tokens(text[:LONGEST]):
        term, wrong, help_text = _term(token)
        if term is not None:
            terms.append(term)
        problem = problem or wrong
        hint = help_text
    if text[-1:].isspace() and '"' not in text:
        hint = ""
    return Query(tuple(terms), problem, hint)


def facts_of(repo: Repository, told: Callable[[str], str] = str) -> Facts:
    """What of `repo` is matched, its names as `told` gives them."""
    authors = {moved.commit.author for moved in repo.moved}
    if repo.last_commit:
        authors.add(repo.last_commit.author)
    if any(moved.by_me for moved in repo.moved):
        authors.add("you")
    fields = {
        "name": lowered(told(repo.name)),
        "branch": lowered(told(repo.branch or "")),
        "author": _beginnings(lowered("\n".join(sorted(map(told, authors))))),
        "path": lowered(told(str(repo.path))),
    }
    states = 0
    words = list(_words(repo))
    for name, holds in STATES.items():
        if holds(repo):
            states |= _BITS[name]
            words.append(name)
    shown = (
        fields["name"],
        fields["branch"],
        fields["author"].replace(BEGINS, ""),
        lowered(told(repo.path.name)),
        lowered(" ".join(words)),
    )
    return Facts("\n".join(shown), fields, states)


def lowered(text: str) -> str:
    """`text` without case and accents: `José` is found by `jose`."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))


class Finder:
    """Which rows match. What is worked out for a repository is kept as long as its value is the same object."""

    def __init__(self, told: Callable[[str], str] = str) -> None:
        """`told` gives how names are seen."""
        self._told = told
        self._known: dict[int, tuple[Repository, Facts, int]] = {}
        self._hour: datetime | None = None

    def matching(
        self, sections: Iterable[Section], query: Query, arranger: Arranger, now: datetime
    ) -> tuple[Repository, ...]:
        """The repositories that fulfil `query`, in order."""
        repos = [placed.repo for section in sections for family in section.families for placed in family]
        if not query.terms:
            return tuple(repos)
        hour = now.replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._hour = hour
            self._known.clear()
        elif len(self._known) > 2 * len(repos) + 100:  # most of it has left
            self._known = {id(repo): self._known[id(repo)] for repo in repos if id(repo) in self._known}
        found: list[Repository] = []
        for repo in repos:
            known = self._known.get(id(repo))
            if known is None or known[0] is not repo:
                facts = facts_of(repo, self._told)
                known = (repo, facts, facts.states | _rule_bits(arranger.standing(repo, now)))
                self._known[id(repo)] = known
            if query.matches(known[1], known[2]):
                found.append(repo)
        return tuple(found)


def _tokens(text: str) -> list[str]:
    """`text` at its spaces but for those in double quotes, which may be left open; quotes are kept."""
    tokens: list[str] = []
    current, quoted = "", False
    for char in text:
        if char.isspace() and not quoted:
            if current:
                tokens.append(current)
            current = ""
            continue
        quoted ^= char == '"'
        current += char
    return [*tokens, current] if current else tokens


def _term(token: str) -> tuple[Term | None, str, str]:
    """A token as a term (None where it waits for more), what is wrong with it, and what may help."""
    negated, rest = False, token
    while rest.startswith("-") or rest[:4].lower() == "not:":
        negated, rest = not negated, rest[1 if rest[0] == "-" else 4 :]
    key, colon, value = rest.partition(":")
    key, value = key.lower(), lowered(value.replace('"', ""))
    if colon and key == "is":
        return _state_term(value, negated)
    if colon and key == "author":
        value = _beginnings(value)  # of names: `author:ana` is not Tanaka
    if colon and key in FIELDS:
        return (Term(key, value, negated) if value else None), "", ""
    if colon and key.isalpha():
        return None, f"no such term: {key}:; is: author: branch: name: path:", ""
    word = lowered(rest.replace('"', ""))
    return (Term("", word, negated) if word else None), "", ""


def _beginnings(text: str) -> str:
    """`text` with a mark where each word begins."""
    return re.sub(r"\b(?=\w)", BEGINS, text)


def _state_term(value: str, negated: bool) -> tuple[Term | None, str, str]:
    if value in _BITS:
        return Term("is", value, negated, _BITS[value]), "", ""
    near = [name for name in NAMES if name.startswith(value)] if value else []
    # Also what says the same at more length: `is:stashed`, `is:conflicts`, `is:lanes`.
    near = near or [name for name in NAMES if len(value) - len(name) <= 3 and value.startswith(name)]
    if not near:
        listed = ", ".join(f"is:{name}" for name in NAMES)
        return None, (f"no such state: {value}; {listed}" if value else ""), " ".join(NAMES)
    bits = sum(_BITS[name] for name in near)
    if negated and len(near) > 1:
        return None, "", " ".join(near)
    return Term("is", value, negated, bits), "", " ".join(near)


def _words(repo: Repository) -> Iterable[str]:
    """What a row says of the state of `repo` beside the names of its states."""
    if repo.operation:
        yield f"{repo.operation} {_DOING[repo.operation]}"
    said = (
        (repo.staged, "staged"),
        (repo.unstaged, "edited"),
        (repo.untracked, "new untracked"),
        (repo.changed, "changed"),
        (repo.conflicted, "in conflict"),
        (repo.stashes, "stashed"),
        (repo.ahead, "to push"),
        (repo.unborn, "no commits"),
        (repo.error, f"error {repo.error}"),
        (repo.upstream_gone, "upstream gone"),
        (repo.fetch_error, "not fetched"),
        (_waiting(repo), "waiting for git"),
        (repo.kind == "bare", "bare"),
    )
    yield from (words for holds, words in said if holds)


_DOING = {"merge": "merging", "rebase": "rebasing", "cherry-pick": "picking", "revert": "reverting"}
_DOING |= {"bisect": "bisecting", "am": "applying"}


def _waiting(repo: Repository) -> bool:
    return repo.pending and repo.head is None


def _never_pushed(repo: Repository) -> bool:
    """True for a branch that no remote follows, where there is a remote."""
    return repo.branch is not None and repo.head is not None and repo.upstream is None and repo.remote is not None


def _rule_bits(standing: Standing) -> int:
    return (_BITS["stale"] if standing.stale else 0) | (_BITS["attention"] if standing.needs else 0)
