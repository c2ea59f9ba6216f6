"""todo.txt as its rules have it: https://github.com/todotxt/todo.txt."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from tests.backlog_items import NOW
from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.domain.exchange.losses import format_loss
from tui.domain.exchange.todo_txt import format_todo_txt, parse_todo_txt


def read(line: str) -> Item:
    (item,) = parse_todo_txt(line, UTC).items
    return item


def day(number: int, month: int = 3) -> datetime:
    return datetime(2011, month, number, tzinfo=UTC)


@pytest.mark.parametrize(
    ("line", "item"),
    [
        ("(A) Thank Mom for the meatballs @phone ", Item("", "Thank Mom for the meatballs", impact=5, repo="phone")),
        (
            "(B) Schedule Goodwill pickup +GarageSale @phone",
            Item("", "Schedule Goodwill pickup", impact=4, theme="GarageSale", repo="phone"),
        ),
        ("@GroceryStore Eskimo pies", Item("", "Eskimo pies", repo="GroceryStore")),
        ("Really gotta call Mom (A) @phone @someday", Item("", "Really gotta call Mom (A) @phone", repo="someday")),
        ("(b) Get back to the boss", Item("", "(b) Get back to the boss")),
        ("(B)->Submit TPS report", Item("", "(B)->Submit TPS report")),
        (
            "2011-03-02 Document +TodoTxt task format",
            Item("", "Document task format", theme="TodoTxt", created=day(2)),
        ),
        ("(A) 2011-03-02 Call Mom", Item("", "Call Mom", impact=5, created=day(2))),
        ("(A) Call Mom 2011-03-02", Item("", "Call Mom 2011-03-02", impact=5)),
        ("(K) Call Mom", Item("", "Call Mom", extra=(("pri", "K"),))),
        ("(A) (B) Call", Item("", "(B) Call", impact=5)),
        ("Email SoAndSo at soandso@example.com", Item("", "Email SoAndSo at soandso@example.com")),
        ("Learn how to add 2+2", Item("", "Learn how to add 2+2")),
        ("x 2011-03-03 Call Mom", Item("", "Call Mom", "done", done=day(3))),
        ("xylophone lesson", Item("", "xylophone lesson")),
        ("X 2012-01-01 Make resolutions", Item("", "X 2012-01-01 Make resolutions")),
        ("(A) x Find ticket prices", Item("", "x Find ticket prices", impact=5)),
        (
            "x 2011-03-02 2011-03-01 Review Tim's pull request +TodoTxtTouch @github",
            Item(
                "",
                "Review Tim's pull request",
                "done",
                theme="TodoTxtTouch",
                repo="github",
                done=day(2),
                created=day(1),
            ),
        ),
        ("x (A) 2011-03-02 2011-03-01 Call", Item("", "Call", "done", impact=5, done=day(2), created=day(1))),
        ("x 2011-03-02 Call pri:C", Item("", "Call", "done", impact=3, done=day(2))),
        ("x Call pri:Z", Item("", "Call", "done", extra=(("pri", "Z"),))),
        ("Call due:2026-03-31", Item("", "Call", extra=(("due", date(2026, 3, 31)),))),
        ("Call due:soon rec:1w", Item("", "Call due:soon rec:1w")),
        ("Call t:2026-03-31", Item("", "Call", "later", until=date(2026, 3, 31))),
        ("Caps est:1h30 and more", Item("", "Caps and more", estimate=90)),
        ("Caps est:soon", Item("", "Caps est:soon")),
        ("See http://example.com/x:y + @ (A)", Item("", "See http://example.com/x:y + @ (A)")),
        ("2011-02-30 no day", Item("", "2011-02-30 no day")),
        ("+only @marks", Item("", "+only @marks", theme="only", repo="marks")),
        ("x", Item("", "x", "done")),
        ("mh_id:%zz mh_nothing:x mh_impact:9 mh_extra:[1] mh_created:2011-03-02 t", Item("", "mh_id:%zz")),
    ],
)
def test_lines_of_others(line: str, item: Item) -> None:
    if line.startswith("mh_"):  # an escape that is none is text; what is no value of its field stays a word
        found = read(line)
        assert (found.id, found.impact, found.extra, found.title) == (
            "%zz",
            None,
            (),
            "mh_nothing:x mh_impact:9 mh_extra:[1] t",
        )
    else:
        assert read(line) == item


def test_what_an_item_looks_like() -> None:
    caps = Item(
        "k3j5",
        "Usage caps limiter",
        "build",
        why="Customers ask:\nall of them",
        estimate=45,
        impact=4,
        edge=5,
        theme="pricing",
        repo="billing",
        created=NOW,
    )
    later = Item("b", "Two  spaces", "later", theme="two words", until=date(2026, 4, 1), cheap=True)
    done = Item("c", "Old", "done", impact=2, done=NOW, extra=(("due", date(2026, 3, 1)),))
    start = "(B) 2026-03-04 Usage caps limiter +pricing @billing est:45m mh_id:k3j5 mh_state:build"
    assert format_todo_txt((caps, later, done)).splitlines() == [
        f"{start} mh_why:Customers%20ask%3A%0Aall%20of%20them mh_edge:5 mh_created:2026-03-04T093000+0100",
        "Two spaces t:2026-04-01 mh_id:b mh_title:Two%20%20spaces mh_cheap:yes mh_theme:two%20words",
        "x 2026-03-04 Old due:2026-03-01 pri:D mh_id:c mh_done:2026-03-04T093000+0100",
    ]


def test_what_was_changed_elsewhere_wins_over_what_we_wrote() -> None:
    item = Item("a", "x y", "build", impact=4, repo="r", created=NOW, done=None)
    (line,) = format_todo_txt((item,)).splitlines()
    assert same(read(line), item)
    assert read(f"x 2026-05-05 {line.removeprefix('(B) ')}").state == "done"
    assert read(line.replace("x y", "x z")).title == "x z"
    assert read(line.replace("(B)", "(A)")).impact == 5
    assert read(line.replace("2026-03-04 x", "2026-03-09 x")).created == datetime(2026, 3, 9, tzinfo=UTC)
    dropped = format_todo_txt((replace(item, title="call", state="dropped"),)).strip()
    assert read(dropped).state == "dropped"
    assert read(dropped.removeprefix("x ")).state == "inbox", "taken up again"


def test_a_line_too_long_for_a_title_is_whole_in_the_why() -> None:
    reading = parse_todo_txt("word " * 200, UTC)
    (item,) = reading.items
    assert (len(item.title), item.title[-1]) == (500, "…")
    assert item.why == ("word " * 200).strip()
    assert [format_loss(loss)[:50] for loss in reading.losses] == ["a line is longer than the 500 characters of a titl"]


def test_only_a_line_feed_ends_a_line() -> None:
    items = parse_todo_txt("one\x85\u2028two\r\n\n \t\nthree\x0c", UTC).items
    assert [item.title for item in items] == ["one two", "three"]
