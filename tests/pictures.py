"""The screen of a headless app as a picture: an SVG of one line a row, drawn from what Textual is about to send.

Drawn here rather than by Textual's own export, so that it is small, the same on every machine and with every release,
can be read in a difference, and holds nothing but cells: text, colours, attributes. `make snapshots` renews them.
"""

import os
import re
from collections.abc import Iterator
from difflib import unified_diff
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from rich.color import Color
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI, TerminalTheme
from textual.app import App

from widgets.rows import ASCII_CLASS

FOLDER = Path(__file__).with_name("pictures")
RENEW = "MAKERHOUR_SNAPSHOTS"
"""Set to `renew`, pictures are written instead of compared."""
CELL, LINE = 12, 24
"""A cell's width and height; `textLength` makes letters as wide as cells in any font."""
STYLE = (
    "text { font: 19.93px monospace; white-space: pre } .b { font-weight: bold } .i { font-style: italic } "
    ".u { text-decoration: underline } .s { text-decoration: line-through } .d { opacity: 0.6 }"
)

Look = tuple[str, str, str]
"""Foreground, background, attributes."""


def picture_of(app: App[Any]) -> str:
    """What is on screen, as SVG."""
    width, height = app.size
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width * CELL} {height * LINE}">',
            f"<style>{STYLE}</style>",
            f'<rect width="100%" height="100%" fill="{_ground(app)}"/>',
            cells_of(app),
            "</svg>\n",
        )
    )


def cells_of(app: App[Any]) -> str:
    """What is on screen as elements of an SVG, a line each; its ground is theirs to draw who use it."""
    strips = app.screen._compositor.render_strips()
    lines = [[(segment.text, _look(segment.style, app.ansi_theme)) for segment in strip] for strip in strips]
    return "\n".join(_line(number, line, _ground(app)) for number, line in enumerate(lines))


def _ground(app: App[Any]) -> str:
    return app.screen.styles.background.hex6.lower()


def check_picture(app: App[Any], name: str) -> None:
    """Compare what is on screen with the picture `name`; write it instead where that is asked for."""
    if app.has_class(ASCII_CLASS):
        words = "".join(segment.text for strip in app.screen._compositor.render_strips() for segment in strip)
        assert words.isascii(), {char for char in words if not char.isascii()}
    path, now = FOLDER / f"{name}.svg", picture_of(app)
    if os.environ.get(RENEW) == "renew":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(now, encoding="utf-8")
        return
    assert path.exists(), f"there is no picture `{name}`; `make snapshots` makes it, then look at it"
    before = path.read_text(encoding="utf-8")
    if now != before:
        differing = unified_diff(before.splitlines(), now.splitlines(), f"{name}.svg", "on screen", "", "", 0, "")
        raise AssertionError("\n".join(("the screen differs; `make snapshots` renews the pictures", *differing)))


def _line(number: int, runs: list[tuple[str, Look]], ground: str) -> str:
    """A row of the screen: what is behind it, then the words, each where it stands."""
    behind, words, x = [], [], 0
    for (fore, back, flags), text in _joined(runs):
        cells = cell_len(text)
        if back != ground:
            behind.append(
                f'<rect x="{x * CELL}" width="{cells * CELL}" y="{number * LINE}" height="{LINE}" fill="{back}"/>'
            )
        kind = f' class="{flags}"' if flags else ""
        for found in re.finditer(r".+" if "u" in flags else r"\S+(?: \S+)*", text):
            said, at = found[0], x + cell_len(text[: found.start()])
            words.append(
                f'<text x="{at * CELL}" y="{number * LINE + 18}" textLength="{cell_len(said) * CELL}" '
                f'fill="{fore}"{kind}>{escape(said, quote=False)}</text>'
            )
        x += cells
    return "".join((*behind, *words))


def _joined(runs: list[tuple[str, Look]]) -> Iterator[tuple[Look, str]]:
    for look, group in groupby(runs, key=lambda run: run[1]):
        yield look, "".join(text for text, _ in group)


def _look(style: Style | None, theme: TerminalTheme) -> Look:
    style = style or Style()
    fore, back = _hex(style.color, theme, foreground=True), _hex(style.bgcolor, theme, foreground=False)
    if style.reverse:
        fore, back = back, fore
    flags = (("b", style.bold), ("i", style.italic), ("u", style.underline), ("s", style.strike), ("d", style.dim))
    return fore, back, " ".join(flag for flag, on in flags if on)


def _hex(color: Color | None, theme: TerminalTheme, *, foreground: bool) -> str:
    found = (color or Color.default()).get_truecolor(theme or DIMMED_MONOKAI, foreground=foreground)
    return f"#{found.red:02x}{found.green:02x}{found.blue:02x}"
