"""Markdown task lists as GitHub and Obsidian have them: https://github.github.com/gfm/#task-list-items-extension-."""

from datetime import UTC, date, datetime

import pytest

from tests.backlog_items import NOW
from tui.domain.backlog import Item
from tui.domain.exchange.losses import format_loss
from tui.domain.exchange.markdown import format_markdown, holds_tasks, parse_markdown


def read(text: str) -> tuple[Item, ...]:
    return parse_markdown(text, UTC).items


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("- [ ] foo", Item("", "foo")),
        ("* [x] bar", Item("", "bar", "done")),
        ("+ [X] bar", Item("", "bar", "done")),
        ("12. [ ] bar", Item("", "bar")),
        ("1) [-] bar", Item("", "bar", "dropped")),
        ("-\t[\t]  foo ", Item("", "foo")),
        ("  - [ ] foo", Item("", "foo")),
        (
            "- [ ] Caps 45m !4/5 @billing #pricing",
            Item("", "Caps", estimate=45, impact=4, edge=5, repo="billing", theme="pricing"),
        ),
        ("- [ ] Fix #12 with a `b` and [c](d)", Item("", "Fix #12 with a `b` and [c](d)")),
        (
            "- [ ] Caps [due:: 2026-03-31] [priority:: high]",
            Item("", "Caps [priority:: high]", extra=(("due", date(2026, 3, 31)),)),
        ),
        (
            "- [x] Caps [completion:: 2026-03-04] [created:: 2026-03-01T08:00:00+02:00]",
            Item(
                "",
                "Caps",
                "done",
                done=datetime(2026, 3, 4, tzinfo=UTC),
                created=datetime.fromisoformat("2026-03-01T08:00:00+02:00"),
            ),
        ),
        ("- [ ] Call @ana 45m [repo:: ] [estimate:: 2h]", Item("", "Call @ana 45m", estimate=120)),
        ("- [ ] a [person:: Ana &#91;x&#93; &amp; Bo]", Item("", "a", person="Ana [x] & Bo")),
        (
            "- [ ] a [impact:: 9] [until:: soon] [cheap:: maybe]",
            Item("", "a [impact:: 9] [until:: soon] [cheap:: maybe]"),
        ),
        ("- [ ] a [cheap:: Yes] [owned:: no]", Item("", "a", cheap=True, owned=False)),
        ("- [ ] 45m", Item("", "45m", estimate=45)),
    ],
)
def test_tasks_of_others(line: str, item: Item) -> None:
    assert read(line) == (item,)
    assert holds_tasks(f"text\n\n{line}\r\n")


@pytest.mark.parametrize(
    "line", ["-[ ] foo", "- [] foo", "- [y] foo", "[ ] foo", "- foo", "#- [ ] foo", "- [ ]foo", ""]
)
def test_what_is_no_task(line: str) -> None:
    assert read(line) == ()
    assert not holds_tasks(line)


def test_headings_are_states_or_themes_and_what_stands_under_a_task_is_its_why() -> None:
    text = """\
# My ideas

Some words.

## Pricing
- [ ] Caps
  first line

      more

  - [ ] ask Ana
- [x] Rates
### Build:
1. [ ] Limiter
\t- detail
\t\t- deeper
## Later #
- plain bullet
  - [ ] Nested under a bullet [until:: 2026-04-01]
## C#
- [ ] Compiler
```
- [ ] in a fence
# Done
```
# Done this week
"""
    found = {item.title: item for item in read(text.replace("# Done this week", "## Done this week\n- [ ] Over"))}
    assert [(item.state, item.theme) for item in found.values()] == [
        ("inbox", "Pricing"),
        ("done", "Pricing"),
        ("build", "Pricing"),
        ("later", ""),
        ("inbox", "C#"),
        ("done", ""),
    ]
    assert found["Caps"].why == "first line\n\n    more\n\n- [ ] ask Ana"
    assert found["Limiter"].why == "- detail\n    - deeper"
    assert found["Nested under a bullet"].until == date(2026, 4, 1)
    losses = parse_markdown(text, UTC).losses
    assert [format_loss(loss) for loss in losses] == [
        "text that is no task is not taken over (3 times, such as `Some words.`)"
    ]


def test_several_top_headings_are_sections() -> None:
    assert [item.theme for item in read("# One\n- [ ] a\n# Two\n- [ ] b\n")] == ["One", "Two"]


def test_a_task_without_words_is_said() -> None:
    reading = parse_markdown("- [ ]\n  under it\n- [ ] a", UTC)
    assert [item.title for item in reading.items] == ["a"]
    assert [format_loss(loss) for loss in reading.losses] == ["a task without words is left out (`under it`)"]


def test_a_task_too_long_for_a_title_is_whole_in_the_why() -> None:
    reading = parse_markdown(f"- [ ] {'word ' * 200}\n  and this", UTC)
    (item,) = reading.items
    assert len(item.title) == 500
    assert item.why == f"{('word ' * 200).strip()}\n\nand this"
    assert len(reading.losses) == 1


def test_what_a_backlog_looks_like() -> None:
    items = (
        Item("c", "Old", "done", done=NOW),
        Item(
            "a",
            "Usage caps limiter",
            "build",
            why="Customers\n\n- [ ] ask Ana",
            estimate=45,
            impact=4,
            edge=5,
            repo="billing",
            theme="pricing",
        ),
        Item("b", "Call @ana", "delegated", person="Ana [x]", edge=3, theme="two words", extra=(("jira", 1),)),
    )
    text, order = format_markdown(items)
    assert [item.id for item in order] == ["a", "b", "c"]
    assert (
        text
        == """\
## Build

- [ ] Usage caps limiter 45m !4/5 @billing #pricing [id:: a]
  Customers

  - [ ] ask Ana

## Delegated

- [ ] Call @ana [id:: b] [edge:: 3] [theme:: two words] [repo:: ] [person:: Ana &#91;x&#93;]

## Done

- [x] Old [id:: c] [done:: 2026-03-04T09:30:00+01:00]
"""
    )
