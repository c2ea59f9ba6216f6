"""README tells every setting there is, and nothing that is none. Its keys are looked after by `test_keys_app`."""

import re
from pathlib import Path

from msgspec import Struct

from tui.calendar_settings import CalendarSettings
from tui.config import Config

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_table_of_settings_has_every_one() -> None:
    rows = re.findall(r"^\| `\[+(\w+)\]+` \| (.*) \|$", README.split("| section | settings |\n")[1], flags=re.M)
    told = {section: re.findall(r"`(\w+)`", text) for section, text in rows}
    config = Config()
    held = {name: getattr(config, name) for name in config.__struct_fields__ if name != "source"}
    known = {name: list(value.__struct_fields__) if isinstance(value, Struct) else [] for name, value in held.items()}
    known["calendars"] = list(CalendarSettings.__struct_fields__)
    assert {name: sorted(settings) for name, settings in told.items()} == {
        name: sorted(settings) for name, settings in known.items()
    }


def test_what_it_links_to_is_there() -> None:
    links = re.findall(r"\]\(([^)#]+?)\)", README)
    files = [link for link in links if "://" not in link]
    assert "docs/tour.svg" in files
    assert [link for link in files if not (ROOT / link).exists()] == []
