"""What is known of a delegated item: whose commits count, when silence may be said, which meeting is with whom."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import TIMES
from tui.domain.agenda import Agenda, Meeting
from tui.domain.backlog import Item
from tui.domain.evidence import MOST_DAYS, Trace, Traced, Witness, delegated, to_trace
from tui.domain.people import Person, first_name, name_words, those_meant
from tui.domain.repos import Commit, Fleet, Repository

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)  # a Tuesday
BILLING = Path("/src/billing")
ITEM = Item("d", "Refund simulator", "delegated", person="Ana", repo="billing", decided=NOW - timedelta(days=9))
OTHERS = (("Chidi Okafor", 3.0, "Retry failed charges"),)

Told = tuple[str, float, str]


def traced(who: str, hours: float, subject: str, *, branch: str = "", address: str = "") -> Traced:
    address = address or f"{who.split(maxsplit=1)[0].lower()}@example.com"
    return Traced(Commit("a" * 40, who, NOW - timedelta(hours=hours), subject), address, branch)


def repository(path: Path = BILLING, **facts: object) -> Repository:
    facts = {"head": "1" * 40, "branch": "main", "upstream": "origin/main", **facts}
    return Repository(path, path.name, **facts)  # type: ignore[arg-type]


def known(
    *commits: Traced,
    item: Item = ITEM,
    meetings: Sequence[Meeting] = (),
    others: Sequence[Repository] = (),
    whole: bool = True,
    **facts: object,
) -> tuple[str, str, bool] | None:
    """Text, short text and whether it is quiet."""
    fleet = Fleet((repository(**facts), *others))  # type: ignore[arg-type]
    newest = tuple(sorted(commits, key=lambda one: one.commit.when, reverse=True))
    since = min(item.decided or NOW, NOW)
    agenda = Agenda(NOW - timedelta(days=1), NOW + timedelta(days=8), "UTC", tuple(meetings))
    evidence = Witness(fleet, agenda, [Trace(BILLING, since, newest, whole)], NOW).of(item)
    return (evidence.text, evidence.short, evidence.quiet) if evidence else None


def meeting(title: str, hours: float = 51, **facts: object) -> Meeting:
    start = NOW + timedelta(hours=hours)
    return Meeting(start, start + timedelta(hours=1), title, "Work", f"{title}{hours}", **facts)  # type: ignore[arg-type]


def test_their_newest_commit_since_it_was_delegated_is_told() -> None:
    found = known(traced("Ana Sousa", 30, "Caps: soft limit"), traced("Ana Sousa", 2, "Cap usage by plan"))
    assert found == ("Ana: Cap usage by plan, 2 h ago", "moved 2 h ago", False)


def test_what_they_did_before_is_no_evidence_and_the_silence_since_is() -> None:
    found = known(traced("Ana Sousa", 24 * 9 + 1, "Before"), traced("Chidi Okafor", 3, "Retry"))
    assert found == ("quiet 9 days", "quiet 9 days", True)


def test_a_silence_after_a_commit_names_it() -> None:
    item = replace(ITEM, decided=NOW - timedelta(days=20))
    found = known(traced("Ana Sousa", 24 * 8, "Cap usage"), traced("Chidi Okafor", 3, "Retry"), item=item)
    assert found == ("quiet 8 days · Ana: Cap usage, 8 days ago", "quiet 8 days", True)


def test_silence_is_said_with_what_was_fetched() -> None:
    old = traced("Ana Sousa", 24 * 30, "Long ago")
    assert known(old) == ("quiet 9 days as far as fetched", "quiet 9 days", False)
    assert known(old, fetched_at=NOW - timedelta(hours=3)) == ("quiet 9 days", "quiet 9 days", True)
    assert known(old, upstream=None) == ("quiet 9 days", "quiet 9 days", True)
    mine = replace(traced("Kim Lee", 1, "Mine"), by_me=True)
    assert known(old, mine) == ("quiet 9 days as far as fetched", "quiet 9 days", False)


def test_silence_is_never_guessed() -> None:
    assert known(traced("Chidi Okafor", 3, "Retry")) is None, "Ana may commit under another name"
    old = traced("Ana Sousa", 24 * 30, "Long ago")
    assert known(old, *(traced("Chidi Okafor", 3, "Retry"),), whole=False) is None, "there are commits nobody read"
    assert known(old, item=replace(ITEM, decided=NOW - timedelta(days=1))) is None, "a day is no silence"
    for item in (replace(ITEM, repo=""), replace(ITEM, repo="nowhere"), replace(ITEM, decided=None)):
        assert known(old, item=item) is None
    for item in (replace(ITEM, state="build"), replace(ITEM, person=" ")):
        assert known(traced("Ana Sousa", 2, "Cap usage"), item=item) is None


def test_a_branch_that_others_went_on_with_is_named() -> None:
    found = known(
        traced("Ana Sousa", 50, "Soft limit", branch="feat/caps"),
        traced("Chidi Okafor", 22, "Hard limit", branch="feat/caps"),
        traced("Mei", 1, "Other"),
    )
    assert found == ("Ana: Soft limit, 2 days ago · branch feat/caps moved yesterday", "moved 2 days ago", False)
    mine = replace(traced("Kim", 1, "Mine", branch="feat/caps"), by_me=True)
    assert known(traced("Ana Sousa", 3, "Soft limit", branch="feat/caps"), mine) == (
        "Ana: Soft limit, 3 h ago",
        "moved 3 h ago",
        False,
    )


@pytest.mark.parametrize(
    ("person", "authors", "meant"),
    [
        ("Ana", ("Ana Sousa",), True),
        ("ana", ("Ána Sousa",), True),
        ("Ana Sousa", ("Ana Maria Sousa",), True),
        ("Sousa, Ana", ("Ana Sousa",), True),
        ("ana@example.com", ("Ana Sousa",), True),
        ("Ana <ana@example.com>", ("Ana Sousa",), True),
        ("Ana Sousa", ("Ana Costa",), False),
        ("Ana", ("Anabel Costa",), False),
        ("Ana", ("Ana Sousa", "Ana Costa"), False),
        ("Ana", ("Ana Sousa", "Ana"), False),
        ("Sousa", ("Ana Sousa",), False),
        ("An", ("Ana Sousa",), False),
        ("", ("Ana Sousa",), False),
        ("ana@elsewhere.com", ("Ana Sousa",), True),
        ("Zoë", ("Zoe Lang",), True),
        ("田中 芽衣", ("田中 芽衣",), True),
    ],
)
def test_a_name_means_one_person_or_nobody(person: str, authors: tuple[str, ...], meant: bool) -> None:
    addresses = [f"{name_words(authors[0])[0]}@example.com", *(f"x{number}@y.org" for number in range(9))]
    commits = [traced(author, 2 + number, "Work", address=addresses[number]) for number, author in enumerate(authors)]
    found = known(*commits, item=replace(ITEM, person=person or " "))
    assert bool(found and "Work, 2 h ago" in found[0]) is meant


def test_an_ana_elsewhere_in_the_fleet_makes_ana_ambiguous() -> None:
    last = Commit("b" * 40, "Ana Costa", NOW, "x")
    other = Repository(Path("/src/web"), "web", head="2" * 40, last_commit=last)
    assert known(traced("Ana Sousa", 2, "Cap usage"), others=[other]) is None
    item = replace(ITEM, person="Ana Sousa")
    found = known(traced("Ana Sousa", 2, "Cap usage"), others=[other], item=item)
    assert found == ("Ana: Cap usage, 2 h ago", "moved 2 h ago", False)


def test_entries_of_one_person_are_one() -> None:
    people = {
        Person("Ana Sousa", "ana@work.com"),
        Person("Ana Sousa", "ana@home.org"),
        Person("Ana M Sousa", "ana@home.org"),
    }
    assert those_meant("Ana", people) == people
    machine = {Person("Ana", "noreply@host"), Person("Bob", "noreply@host")}
    assert those_meant("Ana", machine) == {Person("Ana", "noreply@host")}


@pytest.mark.parametrize(
    ("title", "facts"),
    [
        ("1:1 Ana", {}),
        ("1:1 with Ana Sousa", {}),
        ("Ana <> Kim", {}),
        ("Lunch with Ana", {}),
        ("Refunds: Ana Sousa shows", {}),
        ("Refund review", {"organizer": "Ana Sousa"}),
        ("Tentative 1:1 Ana", {"busy": "tentative"}),
    ],
)
def test_the_next_meeting_with_them_is_named(title: str, facts: dict[str, object]) -> None:
    item = replace(ITEM, repo="", person="Ana Sousa")
    later = meeting("1:1 Ana", 75)
    found = known(item=item, meetings=[meeting("Standup", 2), meeting(title, **facts), later])  # type: ignore[arg-type]
    assert found == ("next meeting with Ana Thu 15:00", "meet Thu 15:00", False)


@pytest.mark.parametrize(
    "other",
    [
        meeting("Ana's birthday"),
        meeting("Candidate 1:1 Ana"),
        meeting("Analytics 1:1"),
        meeting("Ana and the refunds"),
        meeting("1:1 Ana", -3),
        meeting("1:1 Ana", busy="free", response="declined"),
        meeting("1:1 Ana", all_day=True),
        meeting("Board prep", organizer="Ana Costa"),
        meeting("1:1 Mei"),
        meeting(""),
    ],
)
def test_a_meeting_that_need_not_be_with_them_is_none(other: Meeting) -> None:
    assert known(item=replace(ITEM, repo="", person="Ana Sousa"), meetings=[other]) is None


def test_a_first_name_of_two_is_nobodys_meeting() -> None:
    commits = (traced("Ana Sousa", 300, "x"), traced("Ana Costa", 300, "y", address="ac@example.com"))
    assert known(*commits, item=replace(ITEM, repo="", person="Ana Sousa"), meetings=[meeting("1:1 Ana")]) is None


@pytest.mark.parametrize(
    ("hours", "said"), [(3, "today 15:00"), (27, "tomorrow 15:00"), (24 * 7 + 3, "Tue 17 Mar 15:00")]
)
def test_the_day_is_told_as_people_do(hours: float, said: str) -> None:
    found = known(item=replace(ITEM, repo=""), meetings=[meeting("1:1 Ana", hours)])
    assert found == (f"next meeting with Ana {said}", f"meet {said}", False)


def test_git_and_calendar_stand_together() -> None:
    found = known(traced("Ana Sousa", 24 * 30, "x"), traced("Chidi", 2, "y"), meetings=[meeting("1:1 Ana")])
    assert found == ("quiet 9 days · next meeting with Ana Thu 15:00", "quiet 9 days", True)


@pytest.mark.parametrize(
    ("hours", "said"), [(0, "now"), (0.5, "30 min ago"), (5, "5 h ago"), (23, "yesterday"), (72, "3 days ago")]
)
def test_ages_are_told_as_people_do(hours: float, said: str) -> None:
    assert (known(traced("Ana", hours, "Cap usage")) or ("",))[0] == f"Ana: Cap usage, {said}"


def test_commits_are_asked_for_where_an_item_names_a_repository() -> None:
    old = replace(ITEM, id="e", repo="/src/billing", decided=NOW - timedelta(days=400))
    others = (
        replace(ITEM, repo=""),
        replace(ITEM, state="build"),
        replace(ITEM, decided=None),
        replace(ITEM, repo="broken"),
    )
    items = delegated((ITEM, *others, replace(ITEM, person="")))
    fleet = Fleet((repository(), repository(Path("/src/broken"), error="it is damaged")))
    assert to_trace(items, fleet, NOW) == ((fleet.repositories[0], ITEM.decided),)
    ((_, since),) = to_trace((ITEM, old), fleet, NOW)
    assert since == NOW.replace(hour=0) - timedelta(days=MOST_DAYS)
    assert to_trace((old,), fleet, NOW + timedelta(hours=3)) == ((fleet.repositories[0], since),)


@given(TIMES)
def test_no_date_that_somebody_typed_makes_it_fail(decided: datetime) -> None:
    item = replace(ITEM, decided=decided)
    fleet = Fleet((repository(),))
    ((_, since),) = to_trace((item,), fleet, NOW)
    assert NOW - timedelta(days=MOST_DAYS + 1) <= since <= NOW
    trace = Trace(BILLING, since, (traced("Ana Sousa", 2, "Cap usage"),))
    evidence = Witness(fleet, None, [trace], NOW).of(item)
    assert bool(evidence) is (decided <= NOW - timedelta(hours=2))


@pytest.mark.parametrize(
    ("text", "first"), [("Ana Sousa", "Ana"), ("Sousa, Ana", "Ana"), ("ana@x.com", "ana"), ("", ""), (",", "")]
)
def test_first_names(text: str, first: str) -> None:
    assert first_name(text) == first


@given(st.text(max_size=50), st.text(max_size=50), st.text(max_size=80), st.text(max_size=50))
def test_no_text_makes_it_fail(person: str, author: str, title: str, address: str) -> None:
    item = replace(ITEM, person=person)
    commit = traced("x", 2, title, address=address)
    commit = replace(commit, commit=replace(commit.commit, author=author))
    known(commit, item=item, meetings=[meeting(title, organizer=author), meeting(f"1:1 {person}")])
