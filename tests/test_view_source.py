"""What is remembered of how the repositories were looked at: kept, and never a problem where it cannot be."""

import json
import os
from pathlib import Path

import pytest
from msgspec.structs import replace

from tui.domain.arranging import View
from tui.sources.view_file import ViewFile, format_view, parse_view, read_view

VIEW = View("activity", "root", 'author:"ana ribeiro" -is:clean', frozenset({Path("/src/a"), Path("/src/caf\udce9")}),
            ("item b1", "repository /src/caf\udce9", "app.zoom"))  # fmt: skip


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "state" / "view.json"
    assert read_view(path) == View()
    views = ViewFile(path)
    for number in range(50):
        views.remember(View(filter_text=str(number)))
    views.remember(VIEW)
    views.close()
    assert read_view(path) == VIEW
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["view.json"]
    assert path.read_bytes().isascii()


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"[]", b"null", b'{"schema": 2}', b'{"schema": 1}', b"\xff\xfe", b"[" * 100_000, b"1" * 2_000_000],
)
def test_a_broken_file_is_no_problem(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "view.json"
    path.write_bytes(content)
    assert read_view(path) == View()
    views = ViewFile(path)
    views.remember(VIEW)
    views.close()
    assert read_view(path) == VIEW


@pytest.mark.parametrize(
    ("part", "value"),
    [("order", "size"), ("grouping", 7), ("filter", ["x"]), ("folded", "x"), ("folded", [1, None, "a\x00b"])],
)
def test_what_is_odd_takes_its_default_and_the_rest_stays(part: str, value: object) -> None:
    table = json.loads(format_view(VIEW))
    table["repositories"][part] = value
    found = parse_view(json.dumps(table))
    default = View()
    assert found == View(
        default.order if part == "order" else VIEW.order,
        default.grouping if part == "grouping" else VIEW.grouping,
        default.filter_text if part == "filter" else VIEW.filter_text,
        default.folded if part == "folded" else VIEW.folded,
        VIEW.recent,
    )


@pytest.mark.parametrize("palette", [None, "x", {"a": 1}, [1, None], ["x" * 6000]])
def test_what_is_odd_in_the_palettes_memory_is_forgotten(palette: object) -> None:
    table = json.loads(format_view(VIEW))
    table["palette"] = palette
    assert parse_view(json.dumps(table)) == replace(VIEW, recent=())
    del table["palette"]
    assert parse_view(json.dumps(table)) == replace(VIEW, recent=())


def test_a_place_that_cannot_be_written_or_read_is_no_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    views = ViewFile(tmp_path / "file" / "view.json")
    views.remember(VIEW)
    views.close()
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    assert read_view(pipe) == View()
    assert read_view(tmp_path) == View()


def test_closing_twice_or_unused_waits_for_nothing(tmp_path: Path) -> None:
    views = ViewFile(tmp_path / "view.json")
    views.close()
    views.remember(VIEW)
    views.close()
    views.close()
    assert read_view(tmp_path / "view.json") == VIEW
