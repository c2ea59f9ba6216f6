"""A first configuration is written whole, for this person only, and never over anything."""

import threading
from pathlib import Path

import pytest

from tui.config import read_config
from tui.domain.beginning import Beginning, FoundCalendar
from tui.sources.first_file import write_first_file
from tui.sources.whole_file import WholeFileError

SECRET = "https://calendar.example.com/private-5ecret/basic.ics"
BEGINNING = Beginning(
    ("~/code",), (FoundCalendar("~/calendar.ics"), FoundCalendar(SECRET, place="address")), ("kim@example.com",)
)


@pytest.fixture
def path(home: Path) -> Path:
    return home / ".config" / "makerhour" / "config.toml"


def test_it_is_read_as_it_was_meant(path: Path, home: Path) -> None:
    write_first_file(path, BEGINNING)
    config = read_config(path, required=True)
    assert config.repositories.roots == (str(home / "code"),)
    assert config.calendars[0].path == str(home / "calendar.ics")
    assert config.calendars[1].url_command == ("cat", str(path.parent / "calendar-1.address"))
    assert config.agenda.me == ("kim@example.com",)


def test_only_this_person_can_read_it_and_the_address_is_not_in_it(path: Path) -> None:
    write_first_file(path, BEGINNING)
    address = path.parent / "calendar-1.address"
    assert [file.stat().st_mode & 0o777 for file in (path.parent, path, address)] == [0o700, 0o600, 0o600]
    assert address.read_text() == f"{SECRET}\n"
    assert "5ecret" not in path.read_text()


@pytest.mark.parametrize("kind", ["file", "link", "folder"])
def test_nothing_that_is_there_is_written_over(path: Path, kind: str) -> None:
    path.parent.mkdir(parents=True)
    match kind:
        case "file":
            path.write_text("mine")
        case "link":
            path.symlink_to(path.parent / "nowhere")
        case _:
            path.mkdir()
    with pytest.raises(WholeFileError, match="there is a configuration already"):
        write_first_file(path, BEGINNING)
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]
    assert kind != "file" or path.read_text() == "mine"


def test_an_address_file_of_another_is_not_written_over(path: Path) -> None:
    path.parent.mkdir(parents=True)
    address = path.parent / "calendar-1.address"
    address.write_text("another\n")
    with pytest.raises(WholeFileError, match=r"calendar-1\.address` is there already"):
        write_first_file(path, BEGINNING)
    assert not path.exists()
    address.write_text(f"{SECRET}\n")
    write_first_file(path, BEGINNING)
    assert path.exists()


def test_what_cannot_be_written_leaves_nothing_behind(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.parent.chmod(0o500)
    try:
        if (path.parent / "x").parent.stat().st_uid == 0:
            pytest.skip("root may write anywhere")
        with pytest.raises(WholeFileError, match="cannot write"):
            write_first_file(path, BEGINNING)
    finally:
        path.parent.chmod(0o700)
    assert list(path.parent.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(home: Path) -> None:
    (home / "file").write_text("x")
    with pytest.raises(WholeFileError, match="nothing was written"):
        write_first_file(home / "file" / "makerhour" / "config.toml", BEGINNING)


def test_of_two_at_once_one_wins_and_the_other_is_told(path: Path) -> None:
    told: list[str] = []

    def write(number: int) -> None:
        try:
            write_first_file(path, Beginning((f"~/code-{number}",)))
        except WholeFileError as error:
            told.append(str(error))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 7
    assert all("there is a configuration already" in sentence for sentence in told)
    assert len(read_config(path, required=True).repositories.roots) == 1
    assert [file.name for file in path.parent.iterdir()] == ["config.toml"]
