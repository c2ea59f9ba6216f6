"""Data in which every text somebody could mind is a word that occurs nowhere else, and the search for those words.

What is spiked is everything but ids and the program's own words: by the types of the fields, not by what the program
takes for private.
"""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from msgspec import Struct
from msgspec.structs import replace

from tests.fakes import NOW, FakeEngine, sample_agenda, sample_backlog, sample_fleet
from tui.domain.agents import Agents, AgentSession, Diffstat, FileDiff
from tui.domain.backlog import Item
from tui.domain.beginning import FoundCalendar, FoundProgram, FoundRoot, Surroundings
from tui.domain.detail import Branch, ChangedFile, NameChange, RepositoryDetail, Stash
from tui.domain.evidence import Trace, Traced
from tui.domain.known_settings import KnownSettings, Setting
from tui.domain.lane_work import LaneLook
from tui.domain.lanes import LaneState
from tui.domain.meeting_text import Attendee, MeetingText, key_of
from tui.domain.private_fields import fields_of
from tui.domain.repos import Commit
from tui.domain.sessions import Entry
from tui.domain.slide import Past, PastMeeting

LETTERS = "bcdfghjkmnpqrstvwxz"
PLAIN = {
    "id",
    "uid",
    "sha",
    "head",
    "session",
    "item",
    "commit",
    "tip",
    "agent",
    "color",
    "recurrence_id",
    "problem_of",
}
PLAIN |= {"head_before", "head_after", "areas", "taken_at", "away_for"}
HOME = Path("/home/kim")
Style = Literal["ordinary", "hostile"]


def canary(text: str) -> str:
    """A word that stands for `text`: the same for the same, and like no other word there is."""
    number = int.from_bytes(sha256(text.encode()).digest()[:8])
    word = ""
    for _ in range(9):
        number, letter = divmod(number, len(LETTERS))
        word += LETTERS[letter]
    return f"qz{word}"


def found_in(text: str) -> set[str]:
    """The canaries `text` holds, or what is left of one that was cut or wrapped."""
    text = text.casefold()
    found = set(re.findall(r"qz[bcdfghjkmnpqrstvwxz]{2,}", text))
    return found | set(re.findall(r"[bcdfghjkmnpqrstvwxz]{6,}", text))


def spiked(thing: Any, style: Style = "ordinary") -> Any:
    """`thing` with every text in it replaced, however deep."""
    match thing:
        case str():
            return _text(thing, style)
        case Path():
            inner = thing.relative_to(HOME).parts if thing.is_relative_to(HOME) else thing.parts[1:]
            return HOME.joinpath(*map(canary, inner))
        case tuple():
            return tuple(spiked(one, style) for one in thing)
        case Struct():
            held = {
                name: getattr(thing, name)
                for name, declared in fields_of(type(thing)).items()
                if _is_text(name, declared)
            }
            return replace(thing, **{name: spiked(value, style) for name, value in held.items() if value is not None})
    return thing


def _is_text(name: str, declared: Any) -> bool:
    literal = get_origin(declared) is Literal or any(get_origin(inner) is Literal for inner in get_args(declared))
    return name not in PLAIN and not literal and name != "shelves"


def _text(text: str, style: Style) -> str:
    if not text:
        return text
    if "/" in text and " " not in text and "://" not in text:
        return "/".join(part if part == "proto" else canary(part) for part in text.split("/"))
    if "://" in text:
        return f"https://{canary(text)}.example.com/{canary(text + 'path')}"
    if " " not in text:
        return canary(text)
    first, last = canary(text), canary(text + " again")
    if style == "hostile":
        return f"\x1b]2;{first}\x07[b]{first}[/] \u202e{last}\u200b{first}\t{last}́́́[@click=app.quit]x[/] {first}"
    return f"Plan {first} for {last}: {first.title()}-{last}, {last.upper()}"


def private_engine(style: Style = "ordinary") -> FakeEngine:
    """An engine all of whose answers are spiked."""
    fleet, agenda, backlog = (spiked(one, style) for one in (sample_fleet(), sample_agenda(), sample_backlog()))
    first = replace(backlog.items[0], why=spiked("why it is there\nand a second line", style), theme=canary("growth"))
    items = (first, *backlog.items[1:], Item("m1", "main", "build", estimate=15, repo=fleet.repositories[1].name))
    engine = FakeEngine(fleet, agenda, replace(backlog, items=items))
    engine.texts = {
        one.summary: MeetingText(key_of(one), "\n".join(spiked(f"line {place} of it", style) for place in range(6)),
                                 (Attendee(spiked("Ana Sousa", style)), Attendee(canary("room"), room=True)))
        for one in agenda.meetings
    }  # fmt: skip
    voicebox = fleet.repositories[1]
    commit = Commit("d" * 40, spiked("Yuki Mori", style), NOW - timedelta(hours=1), spiked("Try the caps", style))
    where = ((commit.sha, (f"{canary('area')}/{canary('below')}", canary("docs"))),)
    traced = (Traced(commit, f"{canary('mail')}@example.com", canary("caps")),)
    engine.toes = {voicebox.path: Trace(voicebox.path, NOW - timedelta(days=9), traced, areas=where)}
    engine.traces = {repo.path: Trace(repo.path, NOW - timedelta(days=9), traced) for repo in fleet.repositories}
    engine.past = Past((PastMeeting(items[2].title, NOW - timedelta(days=2), 30, canary("Work")),))
    engine.agents = spiked(Agents((
        AgentSession("a1", "codex", voicebox.path, "needs you", "background", NOW, "b1", "the title of it",
                     last_lines=("what it printed last", "and then this"), question="may it run the tests?",
                     branch="proto/inbox", diffstat=Diffstat(2, (FileDiff("voice/in.py", 40, 2),), 1)),
        AgentSession("a2", "claude", fleet.repositories[5].path, "failed", "window", NOW, why="why it has failed"),
    )), style)  # fmt: skip
    engine.looks = {fleet.repositories[2].path: LaneLook(
        fleet.repositories[2].path,
        spiked(LaneState(branch="proto/inbox", tip="3" * 40, untracked=("left.txt",)), style),
        (spiked("what stands in the way", style),))}  # fmt: skip
    engine.changes = spiked(Diffstat(2, (FileDiff("voice/in.py", 40, 2), FileDiff("out.py", 1, 1)), 1), style)
    places = (FoundRoot(f"~/{canary('code')}", 12), FoundRoot(f"~/{canary('Clients')}/{canary('x')}"))
    secret = f"https://{canary('calendars')}.example.com/{canary('secret')}.ics"
    found = FoundCalendar(secret, spiked("The family", style), spiked("in a folder of its own", style), "address")
    engine.surroundings = (Surroundings(places, (found,), (spiked("what else was seen", style),),
                                        (f"{canary('kim')}@{canary('example')}.com",),
                                        (FoundProgram("editor", "vim", "as $EDITOR says"),),
                                        f"~/{canary('dotfiles')}/config.toml", f"/home/kim/{canary('dotfiles')}",
                                        complete=True),)  # fmt: skip
    values = (f'["~/{canary("code")}"]', "30", f'"{canary("kim")}"')
    engine.known = KnownSettings(
        tuple(Setting(f"repositories.{name}", value, "Where repositories are.", "[]", "file", line=3, in_effect=told)
              for name, value, told in zip(("roots", "depth", "me"), values, (f"~/{canary('code')}", "", ""),
                                           strict=True)),
        f"~/{canary('dotfiles')}/config.toml", there=True, problem=spiked("why it cannot be used", style))  # fmt: skip
    engine.commit_left = (spiked("what was left out of it", style),)
    return engine


def private_detail(engine: FakeEngine, style: Style = "ordinary") -> RepositoryDetail:
    """All about the repository that comes second."""
    repo = engine.fleet.repositories[1]
    commit = Commit("e" * 40, spiked("Kim Lee", style), NOW, spiked("Route the calls", style))
    detail: RepositoryDetail = replace(
        spiked(RepositoryDetail(
            repo.path, ("what could not be read",),
            branches=(Branch("feat/hold-music", current=True, upstream="origin/feat/hold-music", last=commit),
                      Branch("origin/main", remote=True)),
            files=(ChangedFile("src/music.py", " M"), ChangedFile("new name.txt", "R ", "old name.txt")),
            stashes=(Stash("On main: half of it", NOW),), names=(NameChange("branch", "feat/gone", "gone"),),
            marked_at=NOW - timedelta(days=1), names_known=True,
        ), style),
        path=repo.path,
    )  # fmt: skip
    return detail


def session_entry(engine: FakeEngine) -> Entry:
    """A session that is under way on the first item to build."""
    item, repo = engine.backlog.items[2], engine.fleet.repositories[2]
    return Entry("started", "s", NOW - timedelta(minutes=3), id="e", item=item.id, title=item.title,
                 repository=repo.path, branch=repo.branch or "", head="3" * 40)  # fmt: skip
