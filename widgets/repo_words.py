"""What is said of a repository in a row: its one mark, its state in as many words as fit, branch, counts, who moved it.

Pure, by width in cells. Text from outside comes back as it is: `fit` and `cut` make it safe.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from rich.cells import cell_len

from tui.domain import agents
from tui.domain.agents import AgentSession
from tui.domain.lane_facts import LaneFacts
from tui.domain.repos import Repository
from widgets.formats import ELLIPSIS, fit_path
from widgets.seen import is_hiding, seen

MARKS = {"conflict": "!", "error": "×", "changed": "●", "diverged": "↕", "ahead": "↑", "behind": "↓"}
MARKS |= {"new": "◌", "gone": "↕", "pending": "…", "clean": "✓"}
TONES = {"conflict": "error", "error": "error", "changed": "warning", "diverged": "primary", "ahead": "primary"}
TONES |= {"behind": "primary", "gone": "warning", "new": "muted", "pending": "faint", "clean": "success"}
GRAVITY = {state: place for place, state in enumerate(MARKS)}

OPERATIONS = {"merge": "merging", "rebase": "rebasing", "cherry-pick": "picking", "revert": "reverting"}
OPERATIONS |= {"bisect": "bisecting", "am": "applying"}

AGENT = "◆"
"""The mark of an AI agent."""
AGENT_TONES = {"needs you": "accent", "working": "primary", "done": "success", "failed": "error", "unknown": "muted"}
_SHORT_STATES = {"needs you": "waits", "working": "works", "done": "done", "failed": "failed", "unknown": "quiet"}

SHORTEST_MIDDLE = 9
"""Cells from which a name too long is cut in its middle; with fewer its beginning says most."""

Choices = tuple[str, ...]
"""Words for one thing, longest first."""


def shown_state(repo: Repository) -> str:
    """The one state a row's mark stands for, gravest first (a key of MARKS)."""
    if repo.conflicted or repo.operation:
        return "conflict"
    if repo.error:
        return "error"
    if repo.changed:
        return "changed"
    if (repo.ahead and repo.behind) or repo.uncounted:
        return "diverged"
    if repo.ahead:
        return "ahead"
    if repo.behind:
        return "behind"
    if repo.unborn:
        return "new"
    if repo.upstream_gone:
        return "gone"
    return "pending" if repo.pending and repo.head is None else "clean"


def format_state(repo: Repository, width: int, lanes: Sequence[Repository] = (), *, with_moved: bool = True) -> str:
    """The state in words, most telling first, as many as fit `width` cells; `lanes` are put away under it."""
    if repo.error:
        return repo.error
    said = ""
    for choices in _state_words(repo, lanes, with_moved=with_moved):
        for words in choices:
            longer = f"{said}, {words}" if said else words
            if len(longer) <= width or (not said and words == choices[-1]):
                said = longer
                break
    return said


def format_agent(one: AgentSession, now: datetime, width: int = 200) -> str:
    """What an AI agent does here, in as many words as fit `width` cells: `◆ claude needs you`, `◆ needs you`."""
    words = agents.format_state(one, now)
    short = f"{AGENT} {_SHORT_STATES[one.state]}"
    choices = (f"{AGENT} {one.agent} {words}", f"{AGENT} {words}", short)
    return next((said for said in choices if cell_len(said) <= width), short)


def _state_words(repo: Repository, lanes: Sequence[Repository], *, with_moved: bool) -> Iterator[Choices]:
    """What there is to say, each in one or more lengths."""
    if repo.conflicted:
        yield f"{repo.conflicted} in conflict", "conflict"
    if repo.operation:
        doing = OPERATIONS[repo.operation]
        yield (f"{doing} {repo.step[0]} of {repo.step[1]}", doing) if repo.step else (doing,)
    parts = ((repo.staged, "staged"), (repo.unstaged, "edited"), (repo.untracked, "new"))
    detailed = ", ".join(f"{number} {word}" for number, word in parts if number)
    if detailed:
        yield detailed, f"{repo.changed - repo.conflicted} changed"
    of_lanes = _lane_words(lanes)
    quiet = _quiet_state(repo)
    at_work = bool(repo.conflicted or repo.operation or detailed)
    if not at_work and not (of_lanes and quiet == ("clean",)):
        yield quiet
    if of_lanes:
        yield of_lanes
    if at_work and repo.upstream_gone:
        yield "upstream gone", "gone"
    if with_moved and repo.moved:
        yield tuple(format_moved(repo, most) for most in (3, 2, 1))
    if repo.fetch_error:
        yield ("fetch failed",)
    if repo.stashes:
        yield (f"{repo.stashes} stashed",)


def _quiet_state(repo: Repository) -> Choices:
    if repo.pending and repo.head is None:
        return "waiting for git", "waiting"
    if repo.unborn:
        return ("no commits",)
    if repo.uncounted:
        return "far from upstream", "far apart"
    if repo.ahead and repo.behind:
        return ("diverged",)
    if repo.ahead:
        return ("to push",)
    if repo.behind:
        return ("behind",)
    if repo.upstream_gone:
        return "upstream gone", "gone"
    return ("bare",) if repo.kind == "bare" else ("clean",)


def _lane_words(lanes: Sequence[Repository]) -> Choices:
    """What the lanes that are put away hold; empty where they are clean."""
    where = "lanes" if any(lane.kind == "linked" for lane in lanes) else "modules"
    if any(lane.conflicted or lane.operation for lane in lanes):
        return f"conflict in {where}", "conflict"
    if any(lane.error for lane in lanes):
        return f"broken in {where}", "broken"
    if changed := sum(lane.changed for lane in lanes):
        return f"{changed} changed in {where}", f"{where} +{changed}"
    ahead = sum(lane.ahead or 0 for lane in lanes)
    return (f"{ahead} to push in {where}", f"{where} ↑{ahead}") if ahead else ()


def format_name(repo: Repository) -> str:
    """What its row calls it: of a lane named after its parent, whose row is above, what comes after that name; while
    share-safe is on the whole, for which there is a stand-in."""
    if is_hiding():
        return repo.name
    above = repo.parent.name if repo.parent is not None else ""
    rest = repo.name.removeprefix(above) if above else ""
    own = rest.lstrip("-_.")
    return own if own and len(own) < len(rest) < len(repo.name) else repo.name


def format_branch(repo: Repository, width: int = 80) -> str:
    """Branch, or what stands in for one."""
    if repo.branch:
        return cut_branch(repo.branch, width)
    if repo.detached and repo.head:
        word = "submodule" if repo.kind == "submodule" else "detached"
        said = f"{word} {repo.head[:8]}"
        return said if len(said) <= width else f"({repo.head[: max(min(width - 2, 8), 4)]})"
    return "(no commits)" if repo.unborn else ""


def cut_branch(name: str, width: int) -> str:
    """`name` in `width` cells: what is before its last `/` gives way first, for many branches share that."""
    name = seen(name)
    if cell_len(name) <= width:
        return name
    head, slash, tail = name.rpartition("/")
    if not slash or not head or not tail:
        return fit_path(name, width) if width >= SHORTEST_MIDDLE else name
    if cell_len(tail) + 1 <= width:
        return f"{ELLIPSIS}{tail}"
    return fit_path(tail, width) if width >= SHORTEST_MIDDLE else tail


def format_moved(repo: Repository, most: int = 3) -> str:
    """Who moved it since it was marked seen: `Ana +6, you +1`; credit in order of the latest, no totals."""
    found: dict[str, int] = {}
    for moved in repo.moved:
        who = "you" if moved.by_me else moved.commit.author.split(" ")[0]
        found[who] = found.get(who, 0) + 1
    said = [f"{who} +{number}" for who, number in list(found.items())[:most]]
    return ", ".join([*said, "…"] if len(found) > most and most < 3 else said)


def format_counts(repo: Repository, width: int) -> str:
    """Commits to push and to pull: `↑2 ↓14`, in thousands where `width` cells ask for it, `↑… ↓…` uncounted.

    With `?` where the remote could not be asked: what there is to pull is then not known.
    """
    if repo.uncounted:
        return "↑… ↓…"
    asked = "?" if repo.fetch_error else ""
    pairs = (("↑", repo.ahead, ""), ("↓", repo.behind, asked))
    exact = [f"{arrow}{number or ''}{end}" for arrow, number, end in pairs if number or end]
    short = [f"{arrow}{_thousands(number or 0)}{end}" for arrow, number, end in pairs if number or end]
    choices = (" ".join(exact), "".join(exact), " ".join(short), "".join(short))
    return next((said for said in choices if len(said) <= width), choices[-1])


def _thousands(number: int) -> str:
    return f"{number // 1000}k" if number >= 1000 else str(number or "")


def format_lane_columns(facts: LaneFacts) -> tuple[str, str]:
    """The same for narrow columns: its age where others have their branch, its timebox where they have counts."""
    age = f"{facts.days} d old" if facts.days else "of today"
    return age, f"{facts.made}/{facts.timebox}m" if facts.timebox is not None else f"{facts.made}m"


def format_lane(facts: LaneFacts) -> Choices:
    """How old a lane is and what was made of its timebox: `3 d · 45 of 60 min`, with `over` where that is more."""
    age = f"{facts.days} d" if facts.days else "today"
    over = "over " if facts.over else ""
    if facts.timebox is None:
        return f"{age} · {facts.made} min", f"{facts.made} min"
    made = f"{over}{facts.made} of {facts.timebox} min"
    short = f"{over}{facts.made}/{facts.timebox}m"
    return (f"{age} · {made}", f"{age} · {short}", made, short, *(("over",) if over else ()))
