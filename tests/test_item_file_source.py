"""An item as a file of its own: what is typed there arrives, and what cannot be read stays to be mended."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace

from tests.backlog_items import items
from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.editing import edit_item, place_in
from tui.launcher import LaunchResult
from tui.sources.backlog import BacklogStore
from tui.sources.backlog_entry import cleaned
from tui.sources.backlog_file import FormatError
from tui.sources.item_file import format_item, read_item, write_item

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
CAPS = Item("caps", "Usage caps", "build", why="one\ntwo", estimate=45, repo="billing", extra=(("mine", [1, 2]),))


def test_unset_fields_stand_there_as_comments_and_several_lines_as_lines(tmp_path: Path) -> None:
    text = write_item(tmp_path, CAPS).read_text()
    assert 'why = """\none\ntwo"""' in text
    assert "# impact =" in text
    assert "# estimate" not in text


def test_what_is_typed_arrives_and_nothing_else_changes(tmp_path: Path) -> None:
    path = write_item(tmp_path, CAPS)
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_item(path, CAPS, UTC) == (CAPS, ())
    text = path.read_text().replace("estimate = 45", "estimate = '2h'\nimpact = 4\nother = 2026-03-01")
    path.write_text(text.replace('"""\none', '"""\nzero\none'))
    edited, notes = read_item(path, CAPS, UTC)
    assert notes == ()
    wanted = replace(CAPS, why="zero\none\ntwo", estimate=120, impact=4)
    assert same(replace(edited, extra=()), replace(wanted, extra=()))
    assert dict(edited.extra) == {"mine": [1, 2], "other": date(2026, 3, 1)}


def test_a_value_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    path = write_item(tmp_path, CAPS)
    path.write_text(path.read_text().replace("estimate = 45", "estimate = 'soon'"))
    edited, notes = read_item(path, CAPS, UTC)
    assert edited.estimate is None
    assert "`estimate` of `Usage caps` is `soon`, not a length" in notes[0]


@pytest.mark.parametrize("text", ["", "[[items]]\ntitle='a'\n[[items]]\ntitle='b'", "[[items"])
def test_what_is_not_one_item_any_more_is_refused(tmp_path: Path, text: str) -> None:
    path = write_item(tmp_path, CAPS)
    path.write_text(text)
    with pytest.raises(FormatError):
        read_item(path, CAPS, UTC)


def test_another_id_typed_changes_no_id(tmp_path: Path) -> None:
    path = write_item(tmp_path, CAPS)
    path.write_text(path.read_text().replace('"caps"', '"other"').replace('"Usage caps"', '"Caps"'))
    edited, _ = read_item(path, CAPS, UTC)
    assert (edited.id, edited.title) == ("caps", "Caps")


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(items().map(cleaned))
def test_any_item_laid_out_and_left_alone_is_the_same(tmp_path: Path, item: Item) -> None:
    path = tmp_path / "item.toml"
    path.write_bytes(format_item(item))
    assert read_item(path, item, UTC)[0] is item


def started(path: Path, text: str | None = None, message: str = "") -> LaunchResult:
    if text is not None:
        path.write_text(text)
    return LaunchResult(0, message, 1.0, 0.0)


def test_what_cannot_be_read_is_opened_again_as_it_was_typed(tmp_path: Path) -> None:
    broken = edit_item(CAPS, tmp_path, NOW, lambda path: started(path, "[[items]]\ntitle = 'kept"))
    assert broken.item is None
    assert "nothing was changed, E opens it again" in broken.problems[0]
    found: list[str] = []

    def mend(path: Path) -> LaunchResult:
        found.append(path.read_text())
        return started(path, found[0] + "'")

    mended = edit_item(CAPS, tmp_path, NOW, mend)
    assert found == ["[[items]]\ntitle = 'kept"]
    assert mended.item is not None
    assert mended.item.title == "kept"
    assert list(tmp_path.iterdir()) == []


def test_an_editor_that_failed_changes_nothing(tmp_path: Path) -> None:
    ended = edit_item(CAPS, tmp_path, NOW, lambda path: started(path, message="`vim` was ended by SIGKILL"))
    assert (ended.item, ended.problems) == (None, ())
    assert edit_item(CAPS, tmp_path, NOW, started).item is None


def test_the_place_of_an_item_and_of_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "line 7" / "backlog.toml"
    store = BacklogStore(path, lambda: NOW)
    store.add([Item("a", "First", why='id = "b"'), Item("b", "Second")])
    lines = path.read_text().splitlines()
    assert lines[place_in(path, Item("b", ""), None) - 1] == 'id = "b"'
    assert lines[place_in(path, Item("b", ""), None) - 2] == "[[items]]"
    assert place_in(path, Item("gone", ""), None) == 1
    path.write_text("[[items]]\n[[items\n")
    problem = store.read().problem
    assert place_in(path, None, problem) == 2
