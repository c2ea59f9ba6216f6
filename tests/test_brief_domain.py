"""The brief: what is known of an item, and nothing in it that could pass for a rule of ours."""

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import items
from tests.fakes import NOW
from tui.domain.agents import QUESTION, question_in
from tui.domain.backlog import Item
from tui.domain.brief import format_brief
from tui.domain.places import Place

BILLING = Place(Path("/src/billing"), "billing", "main", "1" * 40)
CAPS = Item("a", "Usage caps limiter", "build", why="Support asks daily.\nAna has the export.", estimate=45,
            theme="pricing", ambiguous=True, cheap=True, crossing=True)  # fmt: skip


def headings(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("#")]


def test_it_says_what_is_known() -> None:
    text = format_brief(CAPS, BILLING, ("Ana: Retry on feat/retry, 2h ago",), NOW, until=NOW + timedelta(minutes=48))
    assert headings(text) == [
        "# Usage caps limiter", "## Why", "## Facts", "## Others are at work here", "## Rules",
    ]  # fmt: skip
    for said in ("> Support asks daily.", "> Ana has the export.", "- theme: pricing", "- branch: main",
                 "- timebox: 45 minutes", "- the next meeting is at 11:00; it is 10:12 now", "- it is still ambiguous",
                 "- a wrong answer is cheap", "- it crosses teams", "- Ana: Retry on feat/retry, 2h ago",
                 "never push"):  # fmt: skip
        assert said in text


def test_what_is_not_known_is_not_said() -> None:
    text = format_brief(Item("a", "Caps"), replace(BILLING, branch=""), (), NOW)
    assert headings(text) == ["# Caps", "## Facts", "## Rules"]
    assert "- branch: detached" in text
    for unsaid in ("timebox", "theme", "ambiguous", "wrong answer", "meeting"):
        assert unsaid not in text


@given(items(), st.lists(st.text(), max_size=3))
def test_nothing_from_outside_makes_a_heading_or_steers_a_terminal(item: Item, others: list[str]) -> None:
    plain = format_brief(replace(item, title="x", why="y" if item.why.strip() else "", theme=""), BILLING,
                         ["z"] * len(others), NOW)  # fmt: skip
    text = format_brief(item, BILLING, others, NOW)
    assert len(headings(text)) == len(headings(plain))
    assert not any((ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0 for char in text)
    assert all(line == "" or line[0] in "#>-BS" for line in text.split("\n"))


def test_an_agent_alone_is_told_when_to_be_done_and_how_to_ask() -> None:
    text = format_brief(CAPS, BILLING, (), NOW, alone=True, deadline=NOW + timedelta(minutes=108))
    assert "- be done by 12:00: then somebody looks at it; it is 10:12 now" in text
    for said in ("Nobody answers while you work", "begins with `QUESTION:` and end", "what works, what does not"):
        assert said in text
    assert "Nobody answers" not in format_brief(CAPS, BILLING, (), NOW)
    assert question_in((f"{QUESTION} which?",)) == "which?"
