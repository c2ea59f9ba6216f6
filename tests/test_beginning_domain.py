"""A first configuration: what is taken of what was found, and the text that comes of it."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from tui.config import Config, parse_config
from tui.domain.beginning import (
    Beginning,
    Examined,
    FoundCalendar,
    FoundProgram,
    FoundRoot,
    Surroundings,
    address_files,
    format_beginning,
)
from tui.domain.choosing import Choosing

SECRET = "https://calendar.example.com/private-5ecret/basic.ics"
FOUND = Surroundings(
    roots=(FoundRoot("~/code", 3), FoundRoot("~/code/shop", 1), FoundRoot("~/src", 0), FoundRoot("~/work")),
    calendars=(
        FoundCalendar("~/calendar.ics", "~/calendar.ics", "a file"),
        FoundCalendar(SECRET, "https://calendar.example.com/…", "Thunderbird", "address", wanted=False),
    ),
    addresses=("kim@example.com",),
    programs=(
        FoundProgram("editor", "nvim", "as $EDITOR says"),
        FoundProgram("editor", "code"),
        FoundProgram("agent", "claude", "the first one found"),
    ),
    path="~/.config/makerhour/config.toml",
    folder="/home/kim/.config/makerhour",
)


def choosing(found: Surroundings = FOUND) -> Choosing:
    made = Choosing()
    made.found = found
    return made


def test_what_helps_is_taken_unless_it_is_left() -> None:
    assert choosing().beginning() == Beginning(("~/code",), (FOUND.calendars[0],), ("kim@example.com",))


def test_a_folder_inside_another_one_is_not_looked_through_twice_unless_wanted() -> None:
    chosen = choosing()
    chosen.turn("root:~/code/shop")
    assert chosen.beginning().roots == ("~/code", "~/code/shop")


def test_what_was_chosen_stays_when_more_is_found() -> None:
    chosen = choosing(replace(FOUND, roots=(FoundRoot("~/code"),)))
    chosen.turn("root:~/code")  # counted still: taken by hand
    chosen.turn("me:kim@example.com")
    assert chosen.beginning().roots == ("~/code",)
    chosen.found = replace(FOUND, roots=(FoundRoot("~/code", 0), FoundRoot("~/work", 5)))
    assert chosen.beginning().roots == ("~/code", "~/work")
    assert chosen.beginning().me == ()
    chosen.turn("me:kim@example.com")
    assert chosen.beginning().me == ("kim@example.com",)


def test_what_is_typed_is_taken_once() -> None:
    chosen = choosing()
    typed = FoundCalendar("~/calendar.ics", "~/calendar.ics", "a file")
    chosen.turn("calendar:~/calendar.ics")
    assert chosen.beginning().calendars == ()
    assert chosen.add(Examined("calendar", calendar=typed)) == "calendar:~/calendar.ics"
    assert chosen.beginning().calendars == (typed,)
    chosen.add(Examined("me", address="kim@home.example"))
    assert chosen.beginning().me == ("kim@example.com", "kim@home.example")


def test_a_program_is_pinned_only_where_another_one_would_be_taken() -> None:
    chosen = choosing()
    chosen.turn("editor:nvim")
    chosen.turn("agent:claude")
    assert (chosen.beginning().editor, chosen.beginning().agent) == ("", "")
    chosen.turn("editor:code")
    assert (chosen.beginning().editor, chosen.beginning().agent) == ("code", "")
    assert [offer.text for offer in chosen.offers(None) if offer.taken] == ["code", "claude"]


def test_of_several_agents_one_is_asked_for_unless_it_is_pinned() -> None:
    agents = (FoundProgram("agent", "", "each time"), FoundProgram("agent", "claude"), FoundProgram("agent", "codex"))
    chosen = choosing(replace(FOUND, programs=agents))
    assert [(offer.text, offer.taken) for offer in chosen.offers(None)] == [
        ("ask me", True),
        ("claude", False),
        ("codex", False),
    ]
    chosen.turn("agent:codex")
    assert chosen.beginning().agent == "codex"
    chosen.turn("agent:")
    assert chosen.beginning().agent == ""


def test_an_address_is_in_a_file_of_its_own_and_nowhere_else() -> None:
    chosen = choosing()
    chosen.turn(f"calendar:{SECRET}")
    beginning = chosen.beginning()
    text = format_beginning(beginning, FOUND.folder)
    assert "5ecret" not in text
    assert "5ecret" not in repr(beginning)
    assert address_files(beginning, FOUND.folder) == ((f"{FOUND.folder}/calendar-1.address", SECRET),)
    calendars = parse_config(text).calendars
    assert calendars[1].url_command == ("cat", f"{FOUND.folder}/calendar-1.address")


def test_a_command_and_a_variable_are_written_as_what_they_are() -> None:
    taken = (
        FoundCalendar("pass show work", place="command", words=("pass", "show", "work")),
        FoundCalendar("WORK_CALENDAR", place="variable"),
    )
    calendars = parse_config(format_beginning(Beginning(calendars=taken), "/x")).calendars
    assert [(one.url_command, one.url_variable) for one in calendars] == [
        (("pass", "show", "work"), ""),
        ((), "WORK_CALENDAR"),
    ]


def test_without_anything_it_says_what_holds_anyway() -> None:
    assert parse_config(format_beginning(Beginning(), "/x")) == Config()


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1))
def test_whatever_is_in_a_name_is_written_so_that_it_is_read_again(text: str) -> None:
    beginning = Beginning((text,), (FoundCalendar(f"/{text}".replace("\x00", "")),), (text,), text, text)
    if "\x00" in text:
        return
    config = parse_config(format_beginning(beginning, "/x"))
    assert config.repositories.roots == config.agenda.me == (text,)
    assert config.launch.editor == config.launch.agent == text
