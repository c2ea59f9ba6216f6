"""What a first configuration can name: found in a home folder as other programs leave it, and typed by a person."""

import os
from pathlib import Path

import pytest

from tests import fleet
from tui.sources.calendar_places import find_calendars
from tui.sources.examining import examine_place
from tui.sources.surroundings import look_around

CALENDAR = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//t//EN\r\nEND:VCALENDAR\r\n"
MEETING = CALENDAR.replace("END:", "BEGIN:VEVENT\r\nUID:1\r\nDTSTART:20260310T100000Z\r\nEND:VEVENT\r\nEND:", 1)


def put(path: Path, text: str = MEETING) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def offered(home: Path) -> dict[str, str]:
    return {calendar.shown: calendar.told for calendar in find_calendars(home)[0]}


def test_an_empty_home_has_none(home: Path) -> None:
    assert find_calendars(home) == ((), ())


def test_usual_places_are_looked_into(home: Path) -> None:
    put(home / "calendar.ics")
    put(home / ".calendars" / "work" / "a.ics")
    put(home / ".calendars" / "work" / "b.ics")
    put(home / ".calendars" / "empty" / "read.me")
    put(home / "calendars.ics", "not a calendar")
    assert offered(home) == {"~/calendar.ics": "a file", "~/.calendars/work": "2 files"}


def test_what_was_exported_by_hand_is_offered_but_not_taken(home: Path) -> None:
    put(home / "calendar.ics")
    put(home / "work.ics")
    put(home / "Downloads" / "notes.ics", "not a calendar")
    for number in range(6):
        os.utime(put(home / "Downloads" / f"invitation-{number}.ics"), (number, number))
    found = find_calendars(home)[0]
    assert [(calendar.shown, calendar.wanted) for calendar in found] == [
        ("~/calendar.ics", True),
        ("~/work.ics", False),
        ("~/Downloads/invitation-5.ics", False),
        ("~/Downloads/invitation-4.ics", False),
        ("~/Downloads/invitation-3.ics", False),
        ("~/Downloads/invitation-2.ics", False),
    ]


def test_what_khal_reads_is_known_by_its_configuration(home: Path) -> None:
    put(home / "cal" / "work" / "a.ics")
    put(home / "many" / "one" / "a.ics")
    put(home / "many" / "two" / "a.ics")
    put(home / "contacts" / "a.ics")
    put(
        home / ".config" / "khal" / "config",
        "[calendars]\n\n  [[work]]\n    path = ~/cal/work/\n    color = red\n  [[all]]\n  path = $HOME/many/*\n"
        "  type = discover\n  [[birthdays]]\n  type = birthdays\n  path = ~/contacts\n"
        "[locale]\npath = ~/contacts\n",
    )
    assert offered(home) == {
        "~/cal/work": "khal, 1 file",
        "~/many/one": "khal, 1 file",
        "~/many/two": "khal, 1 file",
    }


def test_what_vdirsyncer_keeps_is_known_by_its_configuration(home: Path) -> None:
    put(home / "sync" / "team" / "a.ics")
    put(home / "single.ics")
    put(home / "people" / "all" / "a.ics")
    put(
        home / ".config" / "vdirsyncer" / "config",
        '[general]\nstatus_path = "~/x"\n[storage local]\ntype = "filesystem"\npath = "~/sync/"\nfileext = ".ics"\n'
        '[storage file]\ntype = "singlefile"\npath = "~/single.ics"\n'
        '[storage people]\ntype = "filesystem"\npath = "~/people/"\nfileext = ".vcf"\n'
        '[storage far]\ntype = "caldav"\nurl = "https://x/s3cret"\npassword = "s3cret"\n',
    )
    assert offered(home) == {"~/sync/team": "vdirsyncer, 1 file", "~/single.ics": "vdirsyncer, a file"}


def test_a_calendar_known_from_two_programs_is_offered_once(home: Path) -> None:
    put(home / ".calendars" / "work" / "a.ics")
    put(home / ".config" / "khal" / "config", "[calendars]\n[[work]]\npath = ~/.calendars/work\n")
    (home / "Calendars").symlink_to(home / ".calendars")
    assert offered(home) == {"~/.calendars/work": "khal, 1 file"}


def test_gnome_keeps_its_own_calendars_as_files_and_online_ones_in_databases(home: Path) -> None:
    folder = home / ".local" / "share" / "evolution" / "calendar"
    put(folder / "system" / "calendar.ics", CALENDAR)
    put(folder / "abc" / "calendar.ics")
    put(home / ".cache" / "evolution" / "calendar" / "x" / "cache.db", "SQLite")
    calendars, remarks = find_calendars(home)
    assert {Path(one.shown).parent.name: one.wanted for one in calendars} == {"abc": True, "system": False}
    assert len(remarks) == 1
    assert "an online calendar in a database, which is not read" in remarks[0]


def test_thunderbird_subscribes_to_addresses_and_keeps_the_rest_in_databases(home: Path) -> None:
    put(home / "own calendar.ics")
    entries = {
        ("a", "caldav", "Work"): "https://dav.example.com/s3cret/",
        ("b", "ics", "Holidays"): "https://cal.example.com/s3cret.ics",
        ("c", "ics", "Own"): f"file://{home}/own%20calendar.ics",
    }
    lines = [
        f'user_pref("calendar.registry.{id}.{key}", "{value}");\n'
        for (id, kind, name), uri in entries.items()
        for key, value in (("type", kind), ("name", name), ("uri", uri))
    ]
    put(home / ".thunderbird" / "x.default" / "prefs.js", "// Mozilla\n" + "".join(lines))
    calendars, remarks = find_calendars(home)
    assert [(one.shown, one.told, one.place, one.wanted) for one in calendars] == [
        ("https://cal.example.com/…", "Thunderbird: Holidays", "address", False),
        ("~/own calendar.ics", "Thunderbird, a file", "path", True),
    ]
    assert len(remarks) == 1
    assert "Thunderbird keeps `Work` in a database, which is not read" in remarks[0]
    assert "s3cret" not in repr(calendars) + "".join(remarks)


def test_odd_files_hold_nothing_up(home: Path) -> None:
    for place in ("khal", "vdirsyncer"):
        (home / ".config" / place).mkdir(parents=True)
        os.mkfifo(home / ".config" / place / "config")
    os.mkfifo(home / "calendar.ics")
    put(home / ".vdirsyncer" / "config", "[[[no\nconfiguration = \x00")
    put(home / ".thunderbird" / "x" / "prefs.js", 'user_pref("calendar.registry.x.type", "ics')
    assert find_calendars(home) == ((), ())


def test_looking_around_counts_repositories_and_ends_complete(home: Path) -> None:
    for name in ("one", "two"):
        fleet.make(home / "code" / name)
    fleet.make(home / "Documents" / "forge" / "three")
    (home / "src").mkdir()
    put(home / "calendar.ics")
    config = home / ".config" / "makerhour" / "config.toml"
    seen = list(look_around(config, (home / "code",), lambda: ()))
    assert [found.complete for found in seen] == [False] * (len(seen) - 1) + [True]
    assert {root.path: root.repositories for root in seen[-1].roots} == {"~/code": 2, "~/Documents": 1, "~/src": 0}
    assert seen[-1].addresses == ("test@example.com",)
    assert (seen[-1].path, seen[-1].there) == ("~/.config/makerhour/config.toml", False)
    put(config, "")
    assert list(look_around(config, (), lambda: ()))[-1].there


def test_looking_around_ends_where_nobody_waits_for_it(home: Path) -> None:
    fleet.make(home / "code" / "one")
    assert not any(found.complete for found in look_around(home / "c", (home / "code",), lambda: (), lambda: True))


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("root", "", "name a folder, such as `~/code`"),
        ("root", "~/nowhere", "`~/nowhere` is no folder here"),
        ("root", "~/empty", "there is no git repository under `~/empty`"),
        ("root", "~nosuchuser/x", "begins with a home folder that is not known"),
        ("calendar", " ", "name an .ics file, a folder or an address"),
        ("calendar", "~/nowhere.ics", "`~/nowhere.ics` is not there"),
        ("calendar", "~/empty", "there are no .ics files in `~/empty`; name the folder they are in"),
        ("calendar", "~/cal", "there are some in `~/cal/work`"),
        ("calendar", "~/text", "`~/text` is no calendar"),
        ("calendar", "ftp://host/s3cret", "begins with `ftp`; it can be `https`"),
        ("calendar", "https:/host/s3cret", "lacks its `//`"),
        ("calendar", "https:///s3cret", "not a whole address"),
        ("calendar", "https://host/s3cret and more", "not a whole address"),
        ("calendar", "$not a name", "must be the name of an environment variable"),
        ("calendar", "!", "name a command that prints the address"),
        ("calendar", "!pass 'x", "a quote in the command is never closed"),
        ("me", "", "name an e-mail address of yours"),
        ("me", "kim", "`kim` is no e-mail address"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence(home: Path, kind: str, text: str, said: str) -> None:
    put(home / "cal" / "work" / "a.ics")
    put(home / "text", "hello")
    (home / "empty").mkdir()
    examined = examine_place(kind, text)  # type: ignore[arg-type]
    assert said in examined.problem
    assert "s3cret" not in examined.problem
    assert (examined.root, examined.calendar, examined.address) == (None, None, "")


def test_what_can_be_taken_is_told(home: Path) -> None:
    fleet.make(home / "code" / "one")
    put(home / "calendar.ics")
    put(home / "cal" / "a.ics")
    root = examine_place("root", "~/code").root
    assert root is not None
    assert (root.path, root.repositories) == ("~/code", 1)
    told = {}
    for text in (str(home / "calendar.ics"), "~/cal", "webcal://h/s3cret", "$WORK", "!pass show s3cret"):
        calendar = examine_place("calendar", f" {text} ").calendar
        assert calendar is not None
        told[calendar.shown] = (calendar.place, calendar.words)
        assert "s3cret" not in repr(calendar)
    assert told == {
        "~/calendar.ics": ("path", ()),
        "~/cal": ("path", ()),
        "webcal://h/…": ("address", ()),
        "$WORK": ("variable", ()),
        "!pass …": ("command", ("pass", "show", "s3cret")),
    }
    assert examine_place("me", "kim@example.com").address == "kim@example.com"
