"""Import and export: the own format is whole, every format says what it loses, any bytes are items or a sentence."""

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.backlog_items import NOW, backlogs, items
from tests.exchanges import ANY_ITEMS, TASK_ITEMS, USUAL_ITEMS
from tui.domain.backlog import STATES, Item
from tui.domain.changes import FIELDS, same
from tui.domain.exchange.formats import format_items, parse_import, parse_items, told_format
from tui.domain.exchange.joining import format_difference, join
from tui.domain.exchange.losses import (
    BLANKS,
    ExchangeError,
    Loss,
    Reading,
    bounded,
    differing,
    format_loss,
    losses_of,
)
from tui.domain.exchange.text import FORMATS, Format, one_line
from tui.sources.backlog_entry import cleaned

ENVELOPE = {"schema": 1, "generated": NOW.isoformat()}
BERLIN = ZoneInfo("Europe/Berlin")


def there_and_back(given_items: tuple[Item, ...], format: Format) -> tuple[Item, ...]:
    text, _ = format_items(given_items, format, ENVELOPE, BERLIN)
    return parse_import(text.encode(), "", format, UTC if format != "taskwarrior" else BERLIN).items


def refusal(raw: bytes, format: Format | None) -> str | None:
    """Why `raw` cannot be taken over; None where it can."""
    try:
        parse_import(raw, "", format, BERLIN)
    except ExchangeError as error:
        return str(error)
    return None


@settings(max_examples=300)
@given(ANY_ITEMS)
def test_own_json_gives_back_every_item_as_it_was(given_items: tuple[Item, ...]) -> None:
    text, losses = format_items(given_items, "json", ENVELOPE, BERLIN)
    assert text.isascii()
    assert {"schema": 1, "generated": NOW.isoformat()}.items() <= json.loads(text).items()
    reading = parse_import(text.encode(), "backlog.json", None, UTC)
    assert same(reading.items, given_items)
    assert (losses, reading.losses, reading.complete) == ((), (), True)


@settings(max_examples=300)
@given(ANY_ITEMS)
@example((Item("22222222", "\ufeff", "inbox"), Item("33333333", "\ufeffand more", "inbox")))
@example((Item("22222222", "\ufeff\ufeffand more", "inbox"),))
def test_todo_txt_of_ours_loses_nothing(given_items: tuple[Item, ...]) -> None:
    text, losses = format_items(given_items, "todo.txt", ENVELOPE, BERLIN)
    assert text.count("\n") == len(given_items)
    assert losses == ()
    assert same(there_and_back(given_items, "todo.txt"), given_items)


@settings(max_examples=300)
@given(TASK_ITEMS)
def test_taskwarrior_of_ours_loses_nothing(given_items: tuple[Item, ...]) -> None:
    text, losses = format_items(given_items, "taskwarrior", ENVELOPE, BERLIN)
    assert text.isascii()
    assert losses == ()
    assert same(there_and_back(given_items, "taskwarrior"), given_items)


@settings(max_examples=300)
@given(USUAL_ITEMS)
def test_markdown_loses_nothing_of_what_people_write(given_items: tuple[Item, ...]) -> None:
    expected = [item for state in STATES for item in given_items if item.state == state]
    _, losses = format_items(given_items, "markdown", ENVELOPE, BERLIN)
    assert losses == ()
    assert same(list(there_and_back(given_items, "markdown")), expected)


@settings(max_examples=200)
@given(ANY_ITEMS, st.sampled_from(FORMATS))
def test_what_the_report_does_not_name_is_kept(given_items: tuple[Item, ...], format: Format) -> None:
    _, losses = format_items(given_items, format, ENVELOPE, BERLIN)
    named = {loss.what.split("`")[1] if "`" in loss.what else "extra" for loss in losses}
    before = {item.id: item for item in given_items}
    again = there_and_back(given_items, format)
    assert {item.id for item in again} == set(before)
    for item in again:
        assert set(differing(before[item.id], item)) <= named


@settings(max_examples=300)
@given(ANY_ITEMS, st.sampled_from(FORMATS))
def test_no_export_can_steer_a_terminal(given_items: tuple[Item, ...], format: Format) -> None:
    text, _ = format_items(given_items, format, ENVELOPE, BERLIN)
    assert not [char for char in text if char != "\n" and (ord(char) < 32 or 0x80 <= ord(char) < 0xA0)]
    assert not set(text) & set("\u202e\u2066\u2028\u200e")


@settings(max_examples=400)
@given(
    st.binary(max_size=200)
    | st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass"))
    | st.lists(
        st.sampled_from(
            [
                b"[",
                b"{",
                b'"description"',
                b":",
                b'"a"',
                b",",
                b"]",
                b"}",
                b"- [ ] ",
                b"\n",
                b"x ",
                b"# Done",
                b"\xef\xbb\xbf",
                b"\r\n",
                b"\x00",
                b'"items"',
                b"null",
                b"1e999",
                b'"$date"',
                b"mh_extra:",
                b"{}",
                b"[due:: ",
                b"```",
                b"(A) ",
                b'"title"',
                b'"extra"',
                b"%41",
                b"%",
                b"t:9999-99-99",
            ]
        ),
        max_size=15,
    ).map(b"".join),
    st.sampled_from((None, *FORMATS)),
)
def test_any_bytes_are_items_or_a_sentence(raw: bytes, format: Format | None) -> None:
    said = refusal(raw, format)
    if said is not None:
        assert 10 < len(said) < 300
        assert said[0].islower()
        return
    for item in parse_import(raw, "", format, BERLIN).items:
        assert item.state in STATES
        assert same(cleaned(cleaned(item)), cleaned(item)), "the store takes it"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"items": [{"title": "a"},\n  {"title": }]}', "(line 2, column 13)"),
        (b'{"description": "a"}\n{"description": }', "(line 2, column 17)"),
        (b'[{"description": "a"', "is not valid JSON"),
        (b"caf\xe9 \xff", "is not UTF-8 (line 1, byte 4)"),
        (b"one\ntwo\n  \xff", "(line 3, byte 3)"),
        (b'[{"a":' * 100_000, "nested too deep"),
        (b'{"a": 1}\n{"a":' + b"[" * 100_000, "nested too deep to be read (line 2)"),
        (b'[{\n"description": "a", "n": ' + b"9" * 5000 + b"}]", "a number too long to be read (line 2)"),
        (b'{"items": 3}', "has no list `items`"),
        (b'{"items": [3]}', "(number 1 of `items`)"),
        (b'{"items": [{"id": "a"}]}', "without a `title` (number 1 of `items`)"),
        (b'{"items": [{"title": "a", "extra": {"x": {"$date": "soon"}}}]}', "`$date` that cannot be read"),
        (b'{"items": [{"title": "a", "extra": {"x": {"$set": []}}}]}', "`$set` that cannot be read"),
        (b'{"items": [{"title": "a", "extra": []}]}', "`extra` that is no object"),
        (b'[{"description": "a"}, {"status": "pending"}]', "a task without a `description` (number 2)"),
        (b'[{"description": "a"}, 3]', "a task without a `description` (number 2)"),
    ],
)
def test_what_is_broken_is_a_sentence_with_its_place(raw: bytes, said: str) -> None:
    with pytest.raises(ExchangeError) as raised:
        parse_import(raw, "", None, UTC)
    assert said in str(raised.value)


def test_more_than_the_bound_is_refused() -> None:
    with pytest.raises(ExchangeError, match="more than 67108864 bytes"):
        parse_import(bytes(64 * 1024 * 1024 + 1), "", None, UTC)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "text",
    ["[" * 300_000, '{"a":' * 100_000, "- [ ] " * 100_000, "- [ ] " + "[a:: " * 100_000, "- [ ] " + "[id:: a]" * 50_000,
     "#" * 300_000, "mh_id:a " * 50_000, "mh_why:" + "%41" * 100_000, "```\n" * 50_000, "- [ ] a\n" + " b\n" * 50_000,
     " " * 300_000 + "x", "(A) idea +theme @repo\n" * 100_000],
    ids=range(12),
)  # fmt: skip
def test_bombs_are_answered(format: Format, text: str) -> None:
    said = refusal(text.encode(), format)
    if said is None:
        assert len(parse_import(text.encode(), "", format, UTC).items) <= 100_000
    else:
        assert len(said) < 300


@pytest.mark.parametrize(
    ("text", "name", "format"),
    [
        ('{"schema": 1, "items": []}', "-", "json"),
        ("\n [ {", "tasks", "json"),
        ("[]", "-", "json"),
        ("anything", "x.JSON", "json"),
        ("anything", "x.jsonl", "taskwarrior"),
        ("- [ ] a", "notes.txt", "markdown"),
        ("nothing here", "notes.md", "markdown"),
        ("[link](x) idea", "-", "todo.txt"),
        ("(A) call", "todo.txt", "todo.txt"),
        ("call", "todo", "todo.txt"),
        ("call", "/some.folder/todo", "todo.txt"),
        ("call", ".todo", "todo.txt"),
        ("* [x] a", "ideas.org", "markdown"),
    ],
)
def test_the_format_is_told_by_content_and_name(text: str, name: str, format: Format) -> None:
    assert told_format(text, name) == format


def test_a_name_of_another_format_is_asked_about() -> None:
    with pytest.raises(ExchangeError, match="say it with `--format`"):
        told_format("[[items]]\ntitle = 'a'", "backlog.toml")


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_text_has_no_items(format: Format) -> None:
    for raw in (b"", b"\xef\xbb\xbf", b" \r\n\t\n"):
        if format == "json":
            with pytest.raises(ExchangeError, match="has no list `items`"):
                parse_import(raw, "", format, UTC)
        else:
            assert parse_import(raw, "", format, UTC).items == ()


@pytest.mark.parametrize("format", FORMATS)
def test_a_byte_order_mark_and_carriage_returns_change_nothing(format: Format) -> None:
    given_items = (Item("a", "One idea", "build", why="two\nlines"), Item("b", "Another", "build"))
    text, _ = format_items(given_items, format, ENVELOPE, BERLIN)
    raw = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert same(parse_import(raw, "", format, BERLIN).items, given_items)


def test_own_json_has_words_for_all_of_toml() -> None:
    values: dict[str, object] = {
        "day": date(2026, 3, 31),
        "local": datetime(2026, 3, 31, 9, 30),  # noqa: DTZ001
        "zoned": datetime(2026, 3, 31, 9, 30, 0, 5, timezone(timedelta(hours=-3, minutes=-30))),
        "clock": time(9, 30),
        "inf": float("inf"),
        "minus": float("-inf"),
        "nan": float("nan"),
        "big": 2**63 - 1,
        "exact": 2**53 - 1,
        "zero": -0.0,
        "table": {"$date": "mine", "$$x": [[], {}, {"$": 1}]},
        "$own": True,
        "extra": {"extra": 1},
        "items": [1],
        "state": "nonsense",
    }
    item = Item("a", "t", extra=tuple(values.items()))
    text, losses = format_items([item], "json", ENVELOPE, UTC)
    assert losses == ()
    (written,) = json.loads(text)["items"]
    assert set(written) == {"id", "extra", *FIELDS}
    assert written["extra"]["day"] == {"$date": "2026-03-31"}
    assert written["extra"]["local"] == {"$datetime": "2026-03-31T09:30:00"}
    assert written["extra"]["zoned"] == {"$datetime": "2026-03-31T09:30:00.000005-03:30"}
    assert written["extra"]["clock"] == {"$time": "09:30:00"}
    assert written["extra"]["nan"] == {"$float": "nan"}
    assert written["extra"]["big"] == {"$integer": str(2**63 - 1)}
    assert written["extra"]["exact"] == 2**53 - 1
    assert written["extra"]["table"]["$$date"] == "mine"
    assert written["extra"]["$$own"] is True
    assert same(parse_items(text, "json", UTC).items, (item,))


def test_json_of_another_hand_is_read_with_what_it_cannot_say_reported() -> None:
    text = json.dumps(
        {
            "version": 3,
            "items": [
                {
                    "title": "a",
                    "estimate": "soon",
                    "impact": 9,
                    "state": None,
                    "created": "2026-03-04",
                    "jira": [1, None],
                },
                {"title": "b", "id": 7, "until": "2026-03-04T09:00:00", "cheap": "yes"},
            ],
        }
    )
    reading = parse_import(text.encode(), "x.json", None, BERLIN)
    first, second = reading.items
    assert (first.title, first.estimate, first.impact, first.state) == ("a", None, None, "inbox")
    assert first.created == datetime(2026, 3, 4, tzinfo=BERLIN)
    assert dict(first.extra) == {"estimate": "soon", "impact": 9, "jira": [1]}
    assert (second.id, dict(second.extra)) == ("", {"until": "2026-03-04T09:00:00", "cheap": "yes"})
    assert [format_loss(loss) for loss in reading.losses] == [
        "a key beside `items` is not taken over (`version`)",
        "`estimate` is nothing that field can be; it is kept, unused (`soon`)",
        "`impact` is nothing that field can be; it is kept, unused (`9`)",
        "`null` is left out (`a`)",
        "`id` is no text; a new one is given (`b`)",
        "`until` is nothing that field can be; it is kept, unused (`2026-03-04T09:00:00`)",
        "`cheap` is nothing that field can be; it is kept, unused (`yes`)",
    ]


def test_a_value_nested_too_deep_is_a_sentence_on_the_way_out() -> None:
    deep: list[object] = []
    for _ in range(2000):
        deep = [deep]
    for format in ("json", "todo.txt", "taskwarrior"):
        with pytest.raises(ExchangeError, match="nested too deep to be exported"):
            format_items([Item("a", "t", extra=(("deep", deep),))], format, ENVELOPE, UTC)


def test_losses_are_counted_with_one_example() -> None:
    before = (Item("a", "One", why="w", extra=(("jira", 1),)), Item("b", "Two", why="v"), Item("c", "Three"))
    after = (Item("a", "One"), Item("b", "Two", why="other"), Item("c", "Three"))
    losses = losses_of(before, after)
    assert [format_loss(loss) for loss in losses] == [
        "`why` is left out (`One`)",
        "a key of your own is left out (`jira of One`)",
        "`why` is carried, but not as it was (`Two`)",
    ]
    assert format_loss(Loss("x is left out", 3, "a")) == "x is left out (3 times, such as `a`)"
    assert format_loss(Loss("x is left out", 1, "")) == "x is left out"
    assert format_loss(Loss("x is left out", 2, "")) == "x is left out (2 times)"
    assert bounded(map(str, range(23))) == (*map(str, range(20)), "and 3 more")


# What an import does to a backlog


@settings(max_examples=200)
@given(ANY_ITEMS, st.sampled_from(FORMATS))
def test_an_own_export_changes_nothing_of_what_it_was_made_of(given_items: tuple[Item, ...], format: Format) -> None:
    given_items = tuple(map(cleaned, given_items))
    if format == "markdown":
        given_items = tuple(replace(item, title=one_line(item.title) or "t", extra=()) for item in given_items)
    text, losses = format_items(given_items, format, ENVELOPE, BERLIN)
    joining = join(given_items, parse_import(text.encode(), "", format, BERLIN), NOW)
    assert joining.added == ()
    if not losses:
        assert joining.differing == ()
        assert len(joining.known) == len(given_items)


@settings(max_examples=100)
@given(backlogs(), st.sampled_from(("json", "todo.txt", "taskwarrior")))
def test_an_export_into_an_empty_backlog_is_the_backlog(given_items: tuple[Item, ...], format: Format) -> None:
    text, _ = format_items(given_items, format, ENVELOPE, BERLIN)
    joining = join((), parse_import(text.encode(), "", format, BERLIN), NOW)
    assert same(joining.added, given_items)


@given(items())
def test_a_copy_says_all_of_an_item(item: Item) -> None:
    changed = replace(item, title="now here", why="", estimate=item.estimate and None)
    joining = join((changed,), Reading((item,), complete=True), NOW)
    if not same(changed, item):
        (change,) = joining.differing
        assert same(change.before, changed)
        assert same(change.after, item), "what is unset in a copy is unset"


def test_what_differs_is_said_and_what_a_text_does_not_say_stays() -> None:
    here = (
        Item("a", "Caps", "build", estimate=60, why="mine", created=NOW),
        Item("b", "Call Ana", "done", extra=(("jira", 1),)),
        Item("c", "Twice"),
    )
    text = "Caps est:45m +pricing\nCall Ana @phone\nTwice\nTwice\nNew one"
    joining = join(here, parse_import(text.encode(), "todo.txt", None, UTC), NOW)
    assert [(item.title, item.created) for item in joining.added] == [("Twice", NOW), ("New one", NOW)]
    assert [item.id for item in joining.known] == ["c"]
    assert [format_difference(change) for change in joining.differing] == [
        "`Caps` differs in `estimate` (60 here, 45 there), `theme` (nothing here, pricing there)",
        "`Call Ana` differs in `repo` (nothing here, phone there)",
    ]
    first, second = (change.after for change in joining.differing)
    assert first == replace(here[0], estimate=45, theme="pricing")
    assert second == replace(here[1], repo="phone")


def test_one_item_twice_counts_once_and_two_of_one_id_are_two() -> None:
    one, other = Item("a", "One"), Item("a", "Other")
    joining = join((), Reading((one, one, other), complete=True), NOW)
    assert [(item.id, item.title) for item in joining.added] == [("a", "One"), ("", "Other")]
    assert len(joining.known) == 1


def test_a_long_list_of_differences_is_cut() -> None:
    here = Item("a", "T" * 100, why="x" * 100, theme="a", repo="b", extra=(("k", 1),))
    joining = join((here,), Reading((Item("a", "other"),), complete=True), NOW)
    (said,) = map(format_difference, joining.differing)
    assert len(said) < 300
    assert said.endswith("and 2 more")


def test_blanks_are_those_of_an_item() -> None:
    assert set(BLANKS) == {"id", *FIELDS}
