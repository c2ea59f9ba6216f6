"""`makerhour keys`, and what `makerhour check` says of the person's own keys."""

import os
import subprocess
import sys
from pathlib import Path

from tests.test_cli import run
from tui.config import parse_config
from tui.domain.keys import ACTIONS
from tui.screens.key_places import key_places

ROOT = Path(__file__).resolve().parent.parent


def configured(folder: Path, keys: str) -> str:
    path = folder / "config.toml"
    path.write_text(f"[repositories]\nroots = ['{folder}']\n[keys]\n{keys}\n")
    return str(path)


def test_the_card_is_one_page_with_every_key_and_the_persons_own(tmp_path: Path) -> None:
    config = configured(tmp_path, '"repos.editor" = "ctrl+e"\n"app.fits" = "f6"')
    done = run("keys", "--config", config)
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert len(lines) <= 72, "a printed page"
    assert max(map(len, lines)) <= 80
    assert done.stdout.isascii()
    told = {action.told for place in key_places() for layer in place.layers for action in layer}
    assert [text for text in sorted(told) if text not in done.stdout] == []
    assert "^e            Editor in here" in done.stdout
    assert "f6            What fits the time left" in done.stdout
    places = {place.name for place in key_places()} - {"Detail", "A question"}  # whose keys are all told before
    assert [place for place in sorted(places) if place not in done.stdout] == []


def test_ids_are_listed_with_the_keys_in_force(tmp_path: Path) -> None:
    done = run("keys", "--ids", "--config", configured(tmp_path, 'repos.editor = "E"'))
    assert done.returncode == 0
    found = {line.split()[0]: line for line in done.stdout.splitlines()}
    assert set(found) == set(ACTIONS)
    assert found["repos.editor"].split()[1:] == ["E", "Editor"]
    assert parse_config('[keys]\nrepos.editor = "E"\n"app.new" = "N"').keys == (("repos.editor", "E"), ("app.new", "N"))


def test_wrong_keys_are_said_and_the_rest_goes_on(tmp_path: Path) -> None:
    wrong = '"repos.editr" = "x"\n"app.fits" = "ctrl+entr"\n"repos.agent" = "e"\n"app.zoom" = "f5"'
    config = configured(tmp_path, wrong)
    said = (
        "unknown action `keys.repos.editr`; did you mean `repos.editor`?",
        "`keys.app.fits`: `ctrl+entr` is no key; did you mean `enter`?; its own key stays",
        "the key `e` is `keys.repos.agent` and `keys.repos.editor` in Repositories; only `keys.repos.agent` has it",
    )
    card = run("keys", "--config", config)
    assert card.returncode == 0
    assert "f5            This pane alone" in card.stdout
    assert "f             What fits the time left" in card.stdout
    check = run("check", "--config", config)
    assert check.returncode == 0, "keys that are wrong are no reason to say that it does not work"
    for sentence in said:
        assert sentence in card.stderr
        assert sentence in check.stdout
    assert "  keys  " not in run("check", "--config", configured(tmp_path, "")).stdout
    assert "1 key of your own" in run("check", "--config", configured(tmp_path, '"app.zoom" = "f5"')).stdout


def test_the_card_is_for_any_terminal(tmp_path: Path) -> None:
    command = (sys.executable, "-m", "tui", "keys", "--config", configured(tmp_path, ""))
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = subprocess.run(command, env=environ, capture_output=True, text=True, timeout=240, check=True)
    assert "?" in done.stdout.split("The keys that work here")[0].splitlines()[-1]
    assert "\ufffd" not in done.stdout
