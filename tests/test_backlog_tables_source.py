"""Reading the backlog table by table: the same as reading it whole, whatever people write; writing only what differs.

What is whole is told by `tomllib` and `tomli_w` themselves.
"""

import tomllib
from datetime import UTC

import pytest
import tomli_w
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import VALUES, backlogs, items
from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.sources import backlog_file
from tui.sources.backlog_entry import cleaned, format_entry
from tui.sources.backlog_file import HEADER, Contents, FormatError, format_contents, parse_contents, rewrite
from tui.sources.toml_text import parse_plain, parse_toml

LINES = st.sampled_from(
    (
        "[[items]]", "[[items]] # mine", "[[ items ]]", '[["items"]]', "[[items.links]]", "[items.deep]", "[items]",
        "[settings]", "[[more]]", "[items.deep.a]", "[settings.a]", "items = []", "items.x = 1", "own = [1, 2]",
        'id = "a"', 'id = "b"', "id = 7", 'title = "T"', 'title = "[[items]]"', 'title = "two"  # said', "a.b = 1",
        'why = """', "why = '''", '"""', "'''", "[", "]", "x = [", "[[items]],", "{ y = 1 },", "{ y = [[1]] }",
        "", "  ", "# comment", 'impact = "high"', "impact = 5", "estimate = 45", "cheap = true", "a.c = 2",
        "until = 2026-03-31", "until = 2026-99-99", "created = 2026-03-04 09:30:00+01:00", "n = 007", "n = 1_000",
        "created = 2026-03-04T09:30:00Z", "created = 2026-03-04 25:00:00+00:00", "x = nan", 'title = "tab\there"',
        'title = "\\u00e9"', "edge = +3", "id = ''", "\t[[items]]",
    )
)  # fmt: skip
"""What people may write, and what looks like it."""
DOCUMENTS = st.lists(LINES, max_size=14).map("\n".join)


def whole(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> Contents | str:
    """What reading it whole says; the sentence where it is no backlog."""
    with monkeypatch.context() as patch:
        patch.setattr(backlog_file._Reading, "tables", lambda self, text: None)
        return told(raw)


def told(raw: bytes, before: Contents | None = None) -> Contents | str:
    try:
        return parse_contents(raw, UTC, before)
    except FormatError as error:
        return str(error)


def alike(one: Contents | str, other: Contents | str) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return (
        same(one.items, other.items)
        and sorted(one.notes) == sorted(other.notes)
        and one.mended == other.mended
        and same(one.table, other.table)
        and list(one.table) == list(other.table)
        and one.newline == other.newline
    )


class TestReading:
    @settings(max_examples=400, deadline=None)
    @given(st.lists(DOCUMENTS, max_size=4).map("\n[[items]]\n".join), st.sampled_from(("\n", "\r\n")), st.booleans())
    @example('[[items]]\nwhy = """\n[[items]]\n"""\n[[items]]\ntitle = "T"', "\n", True)
    @example("x = [\n[[items]]\n]\n", "\n", False)
    @example('[settings]\na = 1\n[[items]]\ntitle = "T"\n[settings.b]\nc = 1\n', "\n", False)
    @example("[[items]]\n[other]\na = 1\n[[items]]\n[other]\nb = 1\n", "\n", False)
    @example(
        '[[items]]\ntitle = "T"\n[items.deep]\na = 1\n[[items.links]]\nb = 1\n[[items]]\ndeep.a = 2\n', "\n", False
    )
    def test_table_by_table_is_as_whole(self, text: str, newline: str, mark: bool) -> None:
        raw = (b"\xef\xbb\xbf" if mark else b"") + text.replace("\n", newline).encode()
        with pytest.MonkeyPatch.context() as patch:
            expected = whole(raw, patch)
        found = told(raw)
        assert alike(found, expected)
        if isinstance(found, Contents):
            assert alike(told(raw, found), expected), "also where all of it is known"

    @settings(max_examples=200, deadline=None)
    @given(DOCUMENTS, DOCUMENTS)
    def test_what_is_known_changes_nothing_of_what_is_read(self, before: str, now: str) -> None:
        known = told(f"[[items]]\n{before}\n[[items]]\n{now}".encode())
        raw = f"[[items]]\n{now}\n[[items]]\n{before}\n[[items]]\n{now}".encode()
        assert alike(told(raw, known if isinstance(known, Contents) else None), told(raw))

    @settings(max_examples=300, deadline=None)
    @given(st.lists(LINES, max_size=6).map("\n".join))
    @example('title = "Zürich 😀"\nimpact = 0\ncheap = false\ncreated = 2026-02-30 00:00:00+00:00')
    @example("created = 2026-03-04 09:30:00-00:00\nuntil = 0000-01-01")
    @example("t = 1\nt = 2")
    def test_plain_lines_are_what_tomllib_says(self, text: str) -> None:
        found = parse_plain(text)
        if found is not None:
            assert same(found, tomllib.loads(text))

    @settings(max_examples=100, deadline=None)
    @given(items(), st.sampled_from(("\n", "")))
    def test_plain_lines_of_written_items_are_what_tomllib_says(self, item: Item, end: str) -> None:
        text = tomli_w.dumps(format_entry(cleaned(item))).rstrip("\n") + end
        found = parse_plain(text)
        if found is not None:
            assert same(found, tomllib.loads(text))

    def test_only_tables_that_differ_are_parsed_again(self, monkeypatch: pytest.MonkeyPatch) -> None:
        many = tuple(Item(f"i{number}", f"t{number}", why='"quoted"') for number in range(50))
        raw = format_contents(Contents(many))
        first = parse_contents(raw, UTC)
        read: list[str] = []

        def parse(text: str) -> dict[str, object]:
            read.append(text)
            return parse_toml(text)

        monkeypatch.setattr(backlog_file, "parse_toml", parse)
        again = parse_contents(raw.replace(b'"t7"', b'"other"'), UTC, first)
        assert [text.count("title") for text in read] == [0, 1]
        assert again.items[7].title == "other"
        assert [number for number in range(50) if again.items[number] is not first.items[number]] == [7]


class TestWriting:
    @settings(max_examples=80, deadline=None)
    @given(backlogs(4), backlogs(2), st.dictionaries(st.sampled_from(("own", "zone")), VALUES, max_size=2), st.data())
    def test_what_is_written_is_what_writing_all_of_it_gives(
        self, found: tuple[Item, ...], new: tuple[Item, ...], rest: dict[str, object], data: st.DataObject
    ) -> None:
        contents = parse_contents(format_contents(Contents(tuple(map(cleaned, found)), table=rest)), UTC)
        ids = {item.id for item in contents.items}
        kept = [item for item in contents.items if data.draw(st.booleans())]
        after = [replace(item, title="changed") if data.draw(st.booleans()) else item for item in kept]
        wanted = tuple(map(cleaned, (*after, *(item for item in new if item.id not in ids))))
        raw, now = rewrite(contents, wanted)
        assert bytes(raw) == dumped(wanted, rest)
        again = told(bytes(raw))
        assert isinstance(again, Contents)
        assert same(again.items, now.items)
        assert bytes(rewrite(now, wanted)[0]) == bytes(raw)

    @settings(max_examples=200, deadline=None)
    @given(st.lists(DOCUMENTS, min_size=1, max_size=4).map("\n[[items]]\n".join))
    @example('title = "one"\n[[items]]\nid = "b"\ntitle = "two"\n[settings]\nx = 1')
    def test_a_change_of_one_item_leaves_all_others_as_they_read(self, text: str) -> None:
        contents = told(text.encode())
        if isinstance(contents, str) or not contents.items:
            return
        changed = (*contents.items[:-1], cleaned(replace(contents.items[-1], title="changed", edge=2)))
        raw, after = rewrite(contents, changed)
        again = told(bytes(raw))
        assert isinstance(again, Contents)
        assert not again.mended
        assert same(again.items, after.items)
        assert same(tuple(map(cleaned, changed)), after.items)
        assert same({**again.table, "items": None}, {**contents.table, "items": None})

    def test_what_nobody_changed_stays_byte_for_byte(self) -> None:
        mine = 'id = "a"\ntitle = \'mine\'   # why not\nestimate = "1h30"\nwhy = """\none\ntwo"""\n'
        raw = f'{HEADER}\n[[items]]\n{mine}\n[[items]]\nid = "b"\ntitle = "T"\nstate = "inbox"\n'.encode()
        contents = parse_contents(raw, UTC)
        assert contents.items[0].estimate == 90
        changed = replace(contents.items[1], impact=3)
        written = bytes(rewrite(contents, (contents.items[0], changed))[0]).decode()
        assert written == raw.decode().replace('state = "inbox"\n', 'state = "inbox"\nimpact = 3\n')

    def test_a_note_stays_with_a_table_that_is_known(self) -> None:
        raw = b'[[items]]\nid = "a"\ntitle = "T"\nimpact = "high"\n\n[[items]]\nid = "b"\ntitle = "U"\nedge = "low"'
        contents = parse_contents(raw, UTC)
        assert len(contents.notes) == 2
        written, after = rewrite(contents, contents.items)
        assert bytes(written).endswith(b'"low"\n')
        for before in (contents, after):
            assert parse_contents(bytes(written), UTC, before).notes == contents.notes


def dumped(found: tuple[Item, ...], rest: dict[str, object]) -> bytes:
    """The file as `tomli_w` writes all of it at once."""
    wide = {"title": "x" * 200}  # has each table written on lines of its own
    text = tomli_w.dumps({**rest, "items": [wide, *map(format_entry, found)]})
    first = tomli_w.dumps({"items": [wide]})
    text = text.replace(f"\n{first}" if f"\n{first}" in text else first, "", 1).lstrip()
    return (f"{HEADER}\n{text}" if text else HEADER).encode()
