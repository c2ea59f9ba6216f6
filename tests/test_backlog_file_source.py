"""The backlog's text: what is written reads back the same, what people write is read kindly, the rest is a sentence."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import ANY_TEXT, NOW, VALUES, backlogs, items
from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.sources.backlog_entry import cleaned
from tui.sources.backlog_file import HEADER, Contents, FormatError, format_contents, parse_contents

ZONE = timezone(timedelta(hours=1))


def read(text: str) -> Contents:
    return parse_contents(text.encode(), ZONE)


def written(*found: Item, **rest: object) -> str:
    return format_contents(Contents(found, table=rest)).decode()


class TestRoundTrip:
    @settings(max_examples=120, deadline=None)
    @given(
        backlogs(3),
        st.dictionaries(st.text(max_size=5).filter(lambda key: key != "items"), VALUES, max_size=2),
    )
    def test_what_is_written_reads_back_the_same(self, found: tuple[Item, ...], rest: dict[str, object]) -> None:
        found = tuple(map(cleaned, found))
        raw = format_contents(Contents(found, table=rest))
        again = parse_contents(raw, UTC)
        assert same(again.items, found)
        assert same({key: value for key, value in again.table.items() if key != "items"}, rest)
        assert not again.mended
        assert again.notes == ()
        assert raw.startswith(HEADER.encode())
        assert raw.count(b"\n[[items]]\n") >= len(found)

    @settings(max_examples=60, deadline=None)
    @given(backlogs(3))
    def test_writing_what_was_read_changes_no_byte(self, found: tuple[Item, ...]) -> None:
        raw = format_contents(Contents(tuple(map(cleaned, found))))
        assert format_contents(parse_contents(raw, UTC)) == raw

    @settings(max_examples=60, deadline=None)
    @given(items(), ANY_TEXT, ANY_TEXT, ANY_TEXT)
    def test_surrogates_and_nul_are_cleaned_and_then_hold(self, item: Item, title: str, key: str, value: str) -> None:
        dirty = replace(item, title=title, why=value, extra=((f"k{key}", [value, {key: value}]),))
        item = cleaned(dirty)
        assert cleaned(item) == item
        assert "\0" not in item.title
        item.title.encode()
        assert same(parse_contents(format_contents(Contents((item,))), UTC).items, (item,))

    def test_a_pair_of_surrogates_is_one_character(self) -> None:
        assert cleaned(Item("a", "x\ud83d\ude00y\ud83d\0")).title == "x😀y\ufffd\ufffd"
        clean = Item("a", "ü", extra=(("k", [1, {"d": date(2026, 1, 1)}]),))
        assert cleaned(clean) is clean

    def test_offsets_of_seconds_have_no_place_in_toml(self) -> None:
        odd = timezone(timedelta(minutes=53, seconds=28))
        item = cleaned(Item("a", "t", created=datetime(1890, 1, 1, tzinfo=odd)))
        assert item.created == datetime(1890, 1, 1, tzinfo=odd)
        assert read(written(item)).items == (item,)


class TestForm:
    def test_one_table_an_item_in_a_stable_order(self) -> None:
        item = Item(
            "abc", "Usage caps", "later", why="one\ntwo", estimate=45, impact=4, until=date(2026, 4, 1), created=NOW,
            extra=(("colour", "red"), ("links", [{"to": "x"}]), ("deep", {"a": {"b": 1}})),
        )  # fmt: skip
        assert written(item, Item("def", "Next")) == (
            f"{HEADER}\n"
            '[[items]]\nid = "abc"\ntitle = "Usage caps"\nstate = "later"\nwhy = "one\\ntwo"\nestimate = 45\n'
            "impact = 4\nuntil = 2026-04-01\ncreated = 2026-03-04 09:30:00+01:00\n"
            'colour = "red"\nlinks = [\n    { to = "x" },\n]\n\n[items.deep.a]\nb = 1\n\n'
            '[[items]]\nid = "def"\ntitle = "Next"\nstate = "inbox"\n'
        )

    def test_a_change_is_a_small_difference(self) -> None:
        many = tuple(Item(f"i{number}", f"t{number}", why="w") for number in range(50))
        before = written(*many).splitlines()
        after = written(*many[:20], replace(many[20], estimate=45), *many[21:], Item("new", "n")).splitlines()
        assert [line for line in after if line not in before] == [
            "estimate = 45",
            'id = "new"',
            'title = "n"',
        ]
        assert [line for line in before if line not in after] == []

    def test_without_items_people_can_still_add_some(self) -> None:
        text = written(version=2)
        assert text == f"{HEADER}\nversion = 2\n"
        assert read(f'{text}\n[[items]]\ntitle = "x"\n').items[0].title == "x"

    def test_what_stands_around_the_items_stays(self) -> None:
        contents = read('own = [1, 2]\n[[items]]\nid = "a"\ntitle = "t"\n[settings]\nx = nan\n[[more]]\ny = 1\n')
        text = format_contents(contents).decode()
        assert text.index("own = ") < text.index("[[items]]") < text.index("[settings]")
        assert same(read(text).table["settings"], {"x": float("nan")})
        assert read(text).table["more"] == [{"y": 1}]

    def test_line_ends_and_the_mark_of_byte_order(self) -> None:
        raw = b'\xef\xbb\xbf# mine\r\n[[items]]\r\nid = "a"\r\ntitle = "t"\r\nwhy = """one\r\ntwo"""\r\n'
        contents = parse_contents(raw, ZONE)
        assert contents.items == (Item("a", "t", why="one\ntwo"),)
        text = format_contents(contents)
        assert text.count(b"\r\n") == text.count(b"\n") > 4
        assert parse_contents(text, ZONE).items == contents.items


class TestByHand:
    def test_a_title_is_enough(self) -> None:
        contents = read('[[items]]\ntitle = "One"\n[[items]]\ntitle = "Two"\nestimate = "1h30"\n')
        assert [(item.title, item.state, item.estimate) for item in contents.items] == [
            ("One", "inbox", None),
            ("Two", "inbox", 90),
        ]
        assert contents.mended
        assert contents.notes == ("2 items had no id and got one",)

    def test_ids_given_to_items_stay_the_same_at_every_reading(self) -> None:
        text = '[[items]]\ntitle = "x"\n[[items]]\ntitle = "x"\n[[items]]\nid = "a"\n[[items]]\nid = "a"\ntitle = "y"\n'
        first, second = read(text), read(text)
        assert first == second
        ids = [item.id for item in first.items]
        assert len(set(ids)) == 4
        assert ids[2] == "a"
        assert first.notes == (
            "2 items had no id and got one",
            "the id `a` stood on two items; `y` got a new one",
        )
        again = parse_contents(format_contents(replace(first, mended=False)), ZONE)
        assert again.items == first.items
        assert not again.mended

    def test_a_made_id_never_takes_one_that_is_given_further_down(self) -> None:
        made = read('[[items]]\ntitle = "x"\n').items[0].id
        contents = read(f'[[items]]\ntitle = "x"\n[[items]]\nid = "{made}"\ntitle = "z"\n')
        assert contents.items[1].id == made
        assert contents.items[0].id != made

    @pytest.mark.parametrize("id", ['""', "[]", "1.5", "true", "2026-01-01"])
    def test_what_is_no_id_is_replaced(self, id: str) -> None:
        contents = read(f'[[items]]\nid = {id}\ntitle = "x"\n')
        assert contents.mended
        assert len(contents.items[0].id) == 8

    def test_a_number_is_an_id(self) -> None:
        assert read('[[items]]\nid = 7\ntitle = "x"\n').items[0].id == "7"

    @pytest.mark.parametrize(
        ("line", "says"),
        [
            ('state = "bulid"', "none of inbox, build"),
            ("state = 3", "none of inbox"),
            ('impact = "high"', "from 1 to 5"),
            ("impact = 6", "from 1 to 5"),
            ("edge = true", "from 1 to 5"),
            ("edge = 2.0", "from 1 to 5"),
            ("estimate = 0", "not a length"),
            ('estimate = "soon"', "not a length"),
            ('until = "2026-03-01"', "not a day"),
            ("until = 10:00:00", "not a day"),
            ('created = "yesterday"', "not a day"),
            ("why = 3", "not text"),
            ("repo = 2026-01-01", "not text"),
        ],
    )
    def test_a_value_that_cannot_be_stays_as_it_is_and_a_note_says_so(self, line: str, says: str) -> None:
        key = line.partition(" ")[0]
        contents = read(f'[[items]]\nid = "a"\ntitle = "T"\n{line}\n')
        (item,) = contents.items
        assert getattr(item, key) == getattr(Item("", ""), key)
        assert f"`{key}` of `T` is `" in contents.notes[0]
        assert says in contents.notes[0]
        assert not contents.mended
        assert f"\n{line}\n" in format_contents(contents).decode()

    def test_a_value_given_later_takes_the_place_of_one_that_could_not_be(self) -> None:
        (item,) = read('[[items]]\nid = "a"\ntitle = "T"\nstate = "bulid"\nimpact = "high"\n').items
        item = cleaned(replace(item, state="build", impact=5))
        assert item == Item("a", "T", "build", impact=5)

    @pytest.mark.parametrize(
        ("line", "title"),
        [("title = 5", "5"), ("title = true", "True"), ("title = 2026-01-01", "2026-01-01"), ("", "")],
    )
    def test_a_title_of_another_kind_or_none(self, line: str, title: str) -> None:
        contents = read(f'[[items]]\nid = "a"\n{line}\n')
        assert contents.items[0].title == title
        assert same(read(format_contents(contents).decode()).items, contents.items)

    def test_a_table_for_a_title_is_kept(self) -> None:
        contents = read('[[items]]\nid = "a"\ntitle = {x = 1}\n')
        assert contents.items[0].title == ""
        assert same(read(format_contents(contents).decode()).items, contents.items)

    def test_times_without_a_zone_are_local(self) -> None:
        text = (
            '[[items]]\nid = "a"\ntitle = "T"\ncreated = 2026-03-01T10:00:00\ndecided = 2026-03-02\n'
            "done = 2026-03-03T10:00:00Z\nuntil = 2026-03-04T10:00:00\n"
        )
        (item,) = read(text).items
        assert item.created == datetime(2026, 3, 1, 10, tzinfo=ZONE)
        assert item.decided == datetime(2026, 3, 2, tzinfo=ZONE)
        assert item.done == datetime(2026, 3, 3, 10, tzinfo=UTC)
        assert item.until == date(2026, 3, 4)

    def test_no_more_notes_than_can_be_read(self) -> None:
        notes = read("".join(f'[[items]]\nid = "i{n}"\ntitle = "t"\nimpact = 9\n' for n in range(80))).notes
        assert len(notes) == 51
        assert notes[-1] == "and 30 more of the kind"

    @pytest.mark.parametrize("text", ["", "\n", "# only a comment", "[settings]\nx = 1", "items = []"])
    def test_a_file_may_hold_no_items(self, text: str) -> None:
        assert read(text).items == ()


QUOTED_KEY = ".".join(['"a"'] * 20_000)
GOOD = '[[items]]\nid = "a"\ntitle = "T"\n'


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (f"{GOOD}why = ".encode(), "not valid TOML: invalid value (at the end of line 4, the last)"),
        (f'{GOOD}why = "open'.encode(), "line 4"),
        (f"{GOOD}\0\0\0\0".encode(), "not valid TOML: invalid statement (at line 4, column 1)"),
        (f'{GOOD}title = "U"'.encode(), "line 4"),
        (GOOD.encode("utf-16"), "not UTF-8 (line 1, byte 1)"),
        (f'{GOOD}why = "Zürich"'.encode("latin-1"), "not UTF-8 (line 4, byte 9)"),
        (f"{GOOD}<<<<<<< HEAD\nx = 1\n=======\nx = 2\n>>>>>>> theirs\n".encode(), "git's conflict markers (line 4)"),
        (f"{GOOD}x = {'[' * 5000}{']' * 5000}".encode(), "nested too deep"),
        (f"{GOOD}x = {'9' * 6000}".encode(), "a number too long to be read (line 4)"),
        (f"{GOOD}{'.'.join('a' * 20_000)} = 1".encode(), "more than 200 parts (line 4)"),
        (f"{GOOD}x = {{ {QUOTED_KEY} = 1 }}".encode(), "more than 200 parts (line 4)"),
        (f"{GOOD}x = 2026-99-99".encode(), "line 4"),
        (b'items = "x"', "no list of tables"),
        (b'items = ["one", "two"]', "no list of tables"),
        (b"[items]\na = 1", "no list of tables"),
    ],
)  # fmt: skip
def test_what_is_no_backlog_is_a_sentence_with_its_place(raw: bytes, says: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse_contents(raw, UTC)
    assert says in str(caught.value)
    assert ";" in str(caught.value), "what to do stands behind what is wrong"


@pytest.mark.parametrize("key", ["id", "title", "why", "impact", "estimate", "state", "until", "own"])
def test_a_number_too_long_to_be_said_harms_nothing(key: str) -> None:
    (item,) = read(
        f'[[items]]\nid = "a"\ntitle = "T"\n{key} = 0x{"f" * 5000}\n'.replace('id = "a"\n', "", key == "id").replace(
            'title = "T"\n', "", key == "title"
        )
    ).items
    assert item.state == "inbox"
    assert read(f'[[items]]\nid = "a"\n{key}x = 0x{"f" * 5000}\n').items[0].id == "a"


def test_long_text_is_no_long_key() -> None:
    prose = "So it goes. " * 5000 + "e.g. i.e. " * 2000
    assert parse_contents(written(Item("a", "t", why=prose)).encode(), UTC).items[0].why == prose


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | st.text(st.sampled_from("[]{}=\"\n.a1 items'#"), max_size=40).map(str.encode))
def test_any_bytes_are_items_or_a_sentence(raw: bytes) -> None:
    try:
        contents = parse_contents(raw, UTC)
    except FormatError:
        return
    assert all(isinstance(item, Item) for item in contents.items)


@pytest.mark.parametrize("value", [object(), 10**5000, None, NOW.timetz()], ids=["object", "number", "none", "time"])
def test_what_toml_cannot_hold_is_refused_before_anything_is_written(value: object) -> None:
    with pytest.raises(FormatError, match="cannot be written"):
        format_contents(Contents((Item("a", "t", extra=(("k", value),)),)))


def test_what_would_not_read_back_is_refused() -> None:
    deep: object = 1
    for _ in range(600):
        deep = [deep]
    for item in (
        Item("a", "t", extra=(("k", deep),)),
        Item("", "t"),
        Item("a", "t", created=NOW.replace(tzinfo=None)),
    ):
        with pytest.raises(FormatError, match="cannot be written"):
            format_contents(Contents((item,)))
