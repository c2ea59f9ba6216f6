"""What was done last, kept for the next start: the same steps come back, or none."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.backlog_items import items
from tui.domain.backlog import Item
from tui.domain.changes import Change, History, same
from tui.sources import undo_file
from tui.sources.backlog_entry import cleaned
from tui.sources.undo_file import UndoFile, format_history, read_history

BACKLOG = Path("/home/kim/backlog.toml")
A, B = Item("a", "Caps"), Item("a", "Usage caps", created=datetime(2026, 3, 1, tzinfo=UTC))

_KNOWN = items().map(cleaned).filter(lambda item: bool(item.title))
_CHANGES = st.builds(Change, st.none() | _KNOWN, _KNOWN)
_STEPS = st.lists(st.lists(_CHANGES, min_size=1, max_size=2).map(tuple), max_size=3).map(tuple)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_STEPS, _STEPS)
def test_any_history_comes_back(
    tmp_path: Path, done: tuple[tuple[Change, ...], ...], undone: tuple[tuple[Change, ...], ...]
) -> None:
    kept = UndoFile(tmp_path / "undo.json", BACKLOG)
    kept.remember(History(done, undone))
    kept.close(60)
    found = kept.read()
    for before, after in ((done, found.done), (undone, found.undone)):
        assert len(before) == len(after)
        for step, again in zip(before, after, strict=True):
            assert all(same(one.before, two.before) and same(one.after, two.after)
                       for one, two in zip(step, again, strict=True))  # fmt: skip


def test_it_is_bounded_in_steps_and_in_size(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    many = History(tuple((Change(None, Item(str(number), "x" * 100)),) for number in range(300)))
    path = tmp_path / "undo.json"
    path.write_bytes(format_history(many, BACKLOG))
    found = read_history(path, BACKLOG)
    assert len(found.done) == undo_file.MOST_STEPS
    assert found.done[-1] == many.done[-1]
    monkeypatch.setattr(undo_file, "LARGEST", 15_000)
    path.write_bytes(format_history(many, BACKLOG))
    assert 0 < len(read_history(path, BACKLOG).done) < 20
    assert path.stat().st_size <= 15_000


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b"[" * 100_000,
        b'{"schema": 2, "backlog": "/home/kim/backlog.toml", "done": [], "undone": []}',
        b'{"schema": 1, "backlog": "/home/kim/backlog.toml", "undone": [], "done": 5}',
        b'{"schema": 1, "backlog": "/home/kim/backlog.toml", "undone": [], "done": [[{"before": 1, "after": 2}]]}',
        b'{"schema": 1, "backlog": "/home/kim/backlog.toml", "undone": [], "done": [[{"after": {"title": "x"}}]]}',
    ],
)
def test_what_is_no_history_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "undo.json"
    path.write_bytes(content)
    assert read_history(path, BACKLOG) == History()


def test_a_history_of_another_backlog_is_none(tmp_path: Path) -> None:
    path = tmp_path / "undo.json"
    path.write_bytes(format_history(History(((Change(A, B),),)), BACKLOG))
    assert read_history(path, Path("/elsewhere")) == History()
    assert read_history(tmp_path / "none", BACKLOG) == History()
    assert read_history(path, BACKLOG).done == ((Change(A, B),),)
