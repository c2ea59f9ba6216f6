"""Every screen as a picture, looked at one by one: each in three sizes and looks, the dashboard in all of them.

`make snapshots` renews them. They are cells, colours and attributes: nothing of Textual's own drawing of pictures.
"""

import os

import pytest

from tests.pictures import FOLDER, RENEW, check_picture
from tests.scenes import SCENES, Size, playing

Look = tuple[str, Size, str, bool]
"""What it is called, size, theme, ASCII marks."""
SIZES: tuple[Size, ...] = ((80, 24), (120, 40), (200, 60))
THEMES = (("dark", "makerhour-dark", False), ("light", "makerhour-light", False), ("ascii", "makerhour-dark", True))
PHONE: Look = ("54x20-dark", (54, 20), "makerhour-dark", False)
ALL: tuple[Look, ...] = (
    PHONE,
    *((f"{size[0]}x{size[1]}-{name}", size, theme, marks) for size in SIZES for name, theme, marks in THEMES),
)
SOME = tuple(look for look in ALL if look[0] in ("80x24-ascii", "120x40-dark", "200x60-light"))
PICTURES = [(name, look) for name in SCENES for look in (ALL if name == "dashboard" else SOME)]


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is made by chance stands still."""
    monkeypatch.setattr("tui.agenda_desk.uuid4", lambda: "7d1f0c5e-0000-4000-8000-000000000000")


@pytest.mark.parametrize(("name", "look"), PICTURES, ids=[f"{name}-{look[0]}" for name, look in PICTURES])
async def test_every_screen_looks_as_its_picture(name: str, look: Look) -> None:
    said, size, theme, marks = look
    async with playing(SCENES[name], size, theme=theme, ascii_marks=marks) as app:
        check_picture(app, f"{name}-{said}")


@pytest.mark.skipif(os.environ.get(RENEW) == "renew", reason="the others are still being drawn")
def test_there_is_no_picture_of_what_is_no_screen() -> None:
    assert {path.stem for path in FOLDER.glob("*")} == {f"{name}-{look[0]}" for name, look in PICTURES}
