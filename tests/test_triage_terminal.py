"""Triage and the editor in a real terminal, on a real backlog: what the file says is what was decided."""

import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.terminal import Terminal
from tests.test_dashboard_terminal import Desk, leave
from tui.domain.backlog import Item

pytestmark = pytest.mark.terminal

REWRITE = """\
#!{python}
import pathlib, sys
file = pathlib.Path(sys.argv[-1])
pathlib.Path({record!r}).write_text(file.read_text())
file.write_text(file.read_text().replace("Usage caps limiter", "Usage caps {said}"){more})
"""


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "a home")


@pytest.fixture
def terminal(desk: Desk) -> Iterator[Terminal]:
    desk.store.add(
        [Item("", f"Idea {number:02}", created=datetime(2026, 3, 1, 12, number, tzinfo=UTC)) for number in range(11)]
    )
    with desk.start(columns=80, lines=24) as started:
        yield started


def test_an_inbox_of_eleven_is_triaged_by_keyboard_and_the_file_says_so(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Idea 10")
    terminal.type("i")
    terminal.wait_for("1 of 11")
    for keys, then in (
        ("b", "2 of 11"),
        ("45b", "3 of 11"),
        ("x", "4 of 11"),
        ("Xtoo small\r", "5 of 11"),
        ("l1", "6 of 11"),
        ("l3", "7 of 11"),
        ("dAna Sousa\r", "8 of 11"),
        ("s", "9 of 11"),
        ("++ac", "a prototype"),
        ("\r", "10 of 11"),
        ("x", "11 of 11"),
        ("u", "10 of 11"),
        ("b", "11 of 11"),
        ("d1\r", "11 items gone through"),
    ):
        terminal.type(keys)
        terminal.wait_for(then)
    terminal.type("\r")
    terminal.wait_for("Inbox 1")
    leave(terminal)
    items = {item.title: item for item in desk.store.read().items}
    decided = {title: item.state for title, item in items.items() if title.startswith("Idea")}
    assert decided == {
        "Idea 10": "build", "Idea 09": "build", "Idea 08": "dropped", "Idea 07": "dropped", "Idea 06": "later",
        "Idea 05": "later", "Idea 04": "delegated", "Idea 03": "inbox", "Idea 02": "build", "Idea 01": "build",
        "Idea 00": "delegated",
    }  # fmt: skip
    assert (items["Idea 09"].impact, items["Idea 09"].edge) == (4, 5)
    assert items["Idea 07"].reason == "too small"
    assert items["Idea 04"].person == items["Idea 00"].person == "Ana Sousa"
    assert items["Idea 06"].until
    assert items["Idea 05"].until
    assert (items["Idea 05"].until - items["Idea 06"].until).days == 13
    assert (items["Idea 02"].ambiguous, items["Idea 02"].cheap, items["Idea 02"].estimate) == (True, True, 90)


def test_an_item_is_edited_in_the_editor_as_a_file_of_its_own(desk: Desk, terminal: Terminal) -> None:
    editor = desk.home / "fake-editor"
    editor.write_text(REWRITE.format(python=sys.executable, record=str(desk.record), said="by plan", more=""))
    terminal.wait_for("Idea 10")
    terminal.type("3G")
    terminal.wait_for("Usage caps limiter")
    terminal.type("E")
    terminal.wait_for("Usage caps by plan")
    laid_out = desk.record.read_text()
    assert "[[items]]" in laid_out
    assert "Idea" not in laid_out
    assert "# theme =" in laid_out
    folder = desk.home / ".local/state/makerhour/edit"
    assert list(folder.iterdir()) == []
    editor.write_text(REWRITE.format(python=sys.executable, record=str(desk.record), said="again", more=" + '[['"))
    editor.chmod(0o755)
    terminal.type("E")
    terminal.wait_for("nothing was changed")
    assert len(list(folder.iterdir())) == 1
    leave(terminal)
    assert "Usage caps by plan" in desk.titles()


def test_the_broken_backlog_opens_in_the_editor_at_its_line(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Idea 10")
    whole = desk.backlog.read_bytes()
    desk.backlog.write_bytes(whole + b"\n[[items]\n")
    terminal.wait_for("is not valid TOML")
    terminal.type("3E")
    terminal.wait_for("EDITING")
    assert desk.record.read_text().splitlines()[1:] == [str(desk.backlog)]
    desk.backlog.write_bytes(whole)
    terminal.type("w")
    terminal.wait_for("12 items")
    leave(terminal)


def test_an_editor_with_a_window_of_its_own_gets_the_backlog_at_the_item(desk: Desk) -> None:
    desk.store.add([Item("", "Refund limits", "build", estimate=15)])
    programs = desk.home / "programs"
    programs.mkdir()
    code = programs / "code"
    code.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{desk.record}.part' && mv '{desk.record}.part' '{desk.record}'\n"
    )
    code.chmod(0o755)
    config = desk.home / "config.toml"
    config.write_text(re.sub("editor = .*", "editor = 'code'", config.read_text()))
    with desk.start(PATH=f"{programs}:{desk.environ['PATH']}") as terminal:
        terminal.wait_for("Refund limits")
        terminal.type("3")
        terminal.type("E")
        terminal.wait_for(lambda _: desk.record.exists())
        *_, goto = desk.record.read_text().splitlines()
        file, _, line = goto.rpartition(":")
        assert file == str(desk.backlog)
        shown = desk.backlog.read_text().splitlines()
        assert shown[int(line)] == 'title = "Refund limits"'
        leave(terminal)


def test_undo_and_redo_work_across_a_restart(desk: Desk) -> None:
    with desk.start() as terminal:
        terminal.wait_for("Usage caps limiter")
        terminal.type("3")
        terminal.type("x")
        terminal.wait_for("nothing in the backlog")
        leave(terminal)
    assert [item.state for item in desk.store.read().items] == ["dropped"]
    with desk.start() as terminal:
        terminal.wait_for("nothing in the backlog")
        terminal.type("u")
        terminal.wait_for("undone: Usage caps limiter")
        leave(terminal)
    assert [item.state for item in desk.store.read().items] == ["build"]
    with desk.start() as terminal:
        terminal.wait_for("Usage caps limiter")
        terminal.type("\x12")
        terminal.wait_for("done again: Usage caps limiter")
        leave(terminal)
    assert [item.state for item in desk.store.read().items] == ["dropped"]


def test_marks_show_on_every_row_at_once_and_are_gone_at_once(desk: Desk, terminal: Terminal) -> None:
    terminal.wait_for("Idea 10")
    terminal.type("3")

    def marks(terminal: Terminal) -> list[bool]:
        return [line.startswith("│▸") for line in terminal.screen() if "Idea" in line]

    terminal.type("V")
    terminal.wait_for(lambda terminal: all(marks(terminal)))
    terminal.type("V")
    terminal.wait_for(lambda terminal: not any(marks(terminal)))
    terminal.type("jvv")
    terminal.wait_for(lambda terminal: marks(terminal)[:5] == [False, True, True, False, False])
    leave(terminal)


def test_an_agent_gets_the_brief_as_a_private_file(desk: Desk) -> None:
    agent = desk.home / "fake-agent"
    agent.write_text(
        f"#!{sys.executable}\nimport os, pathlib, sys\n"
        f"pathlib.Path({str(desk.record)!r}).write_text(os.getcwd() + '\\n' + sys.argv[1] + '\\n'"
        " + pathlib.Path(sys.argv[1]).read_text())\n"
    )
    agent.chmod(0o755)
    config = desk.home / "config.toml"
    config.write_text(config.read_text().replace("[launch]\n", f"[launch]\nagent = '\"{agent}\" {{brief}}'\n"))
    with desk.start() as terminal:
        terminal.wait_for("Usage caps limiter")
        terminal.wait_for("2 repos")
        terminal.type("3")
        terminal.type("a")
        terminal.wait_for("The agent is told")
        terminal.type("\r")
        terminal.wait_for(lambda _: desk.record.exists() and "## Rules" in desk.record.read_text())
        # Back in front, and not what stood there before the agent: a key from before is meant for that.
        terminal.wait_for(lambda terminal: terminal.raw.count(b"\x1b[?1049h") == 2)
        terminal.wait_for("1 item")
        leave(terminal)
    folder, file, *lines = desk.record.read_text().splitlines()
    assert folder == str(desk.billing)
    assert lines[0] == "# Usage caps limiter"
    assert Path(file).stat().st_mode & 0o777 == 0o600
