"""Places: what is configured by the environment, and folders that cannot be looked into."""

from pathlib import Path

import pytest

from tui import paths


def test_an_empty_variable_names_no_configuration(home: Path) -> None:
    assert paths.config_file({"MAKERHOUR_CONFIG": ""}) == home / ".config" / "makerhour" / "config.toml"
    assert paths.config_file({"MAKERHOUR_CONFIG": "x.toml"}) == Path("x.toml")


def test_a_home_of_its_own_moves_what_is_written_and_not_the_configuration(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAKERHOUR_HOME", str(tmp_path))
    for place in (paths.backlog_file(), paths.ledger_file(), paths.copies_folder(), paths.seen_file()):
        assert place.is_relative_to(tmp_path), place
    assert paths.config_file({}).is_relative_to(home)


def test_a_place_that_cannot_be_looked_at_holds_no_clones(tmp_path: Path) -> None:
    # The error of a path that is too long comes to everyone; that of a folder without permission not to root.
    long = tmp_path
    while len(str(long)) < 4090:
        long = long / ("x" * min(200, 4092 - len(str(long))))
    long.mkdir(parents=True)
    assert not paths.has_clones(long)
    assert not paths.is_folder(long / "inner")
    assert list(paths.folders_in(long / "inner")) == []


def test_clones_beside_a_locked_folder_are_found(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0)
    (tmp_path / "one" / ".git").mkdir(parents=True)
    try:
        assert paths.has_clones(tmp_path)
        assert not paths.has_clones(tmp_path / "locked")
    finally:
        (tmp_path / "locked").chmod(0o700)
