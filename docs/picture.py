"""Makes the pictures of the README from the real program on its demo: docs/dashboard.svg, and docs/tour.svg, in which
one key after another is pressed. Run by `make picture`.
"""

import asyncio
import os
import tempfile
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from pathlib import Path

from msgspec.structs import replace
from textual.pilot import Pilot

from tests.pictures import CELL, LINE, STYLE, cells_of, picture_of
from tui import bootstrap
from tui.app import MakerhourApp
from tui.config import Config, read_config
from tui.demo.build import build_demo
from tui.in_force import InForce
from tui.sources.view_file import ViewFile

HERE = Path(__file__).parent
SIZE = (120, 36)
ZONE = bootstrap.zone_of(Config())
NOW = datetime(2026, 3, 10, 10, 12, tzinfo=ZONE)
WAIT_SECONDS = 30
SHOWN_SECONDS = 2.6
TYPED_SECONDS = 0.5
TYPED_LETTERS = 4
TOUR: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Repositories, today and the backlog; on top the time there is, and what fits it", ()),
    ("f  what fits the time until the next meeting, and why", ("f",)),
    ("enter  all about a repository: what needs you, who moved what", ("escape", "1", "j", "j", "enter")),
    ("n  an idea is written down in one line", ("escape", "n", *"Usage caps 45m !4/5 #pricing")),
    ("i  triage: one key decides, and the next idea is there", ("escape", "i")),
    (":  every action, item, repository and meeting by a few letters", ("escape", "colon", *"voi")),
    ("*  share-safe: names and titles have stand-ins while others look on", ("escape", "asterisk")),
    ("e  your editor, a  your AI agent, in that repository; makerhour is there again when you come back",
     ("asterisk", "1", "g")),
)  # fmt: skip
"""What is said below, and what is pressed before; of what is typed every few letters are a picture."""


async def play(folder: Path) -> tuple[str, list[tuple[float, str]], tuple[int, int]]:
    """The dashboard on the demo in `folder`: one picture, and the tour as seconds and cells, with its size."""
    began = datetime.now(ZONE)

    def clock(zone: tzinfo) -> datetime:  # it stands at a good hour and runs on from there
        return (NOW + (datetime.now(ZONE) - began)).astimezone(zone)

    config = read_config(folder / "config.toml", required=True)
    force = InForce(config, (folder / "code",), clock)
    engine = bootstrap.open_engine(force, ViewFile(folder / "view.json"))
    settings = replace(force.settings(), home=folder, few_colors=False, ascii_marks=False)
    app = MakerhourApp(engine, force.now, settings)
    frames: list[tuple[float, str]] = []
    async with app.run_test(size=SIZE) as pilot:
        while not (app.fleet and app.fleet.complete and app.agenda and app.backlog):
            assert datetime.now(ZONE) - began < timedelta(seconds=WAIT_SECONDS), "the demo was not read in time"
            await pilot.pause(0.05)
        await settle(pilot)
        still = picture_of(app)
        for said, keys in TOUR:
            for place, key in enumerate(keys):
                await pilot.press(key)
                if len(keys) > 6 and place % TYPED_LETTERS == 1:
                    await settle(pilot)
                    frames.append((TYPED_SECONDS, framed(app, said)))
            await settle(pilot)
            app.dashboard.now_bar.notice = ""
            await settle(pilot)
            frames.append((SHOWN_SECONDS, framed(app, said)))
    engine.stop()
    return still, frames, (SIZE[0] * CELL, (SIZE[1] + 2) * LINE)


async def settle(pilot: Pilot[None]) -> None:
    """Wait for what follows a key."""
    await pilot.pause(0.4)


def framed(app: MakerhourApp, said: str) -> str:
    """The cells on screen, and below them what is said."""
    line = f'<text x="{CELL}" y="{(SIZE[1] + 1) * LINE + 8}" fill="#e0a458">{said}</text>'
    return f"{cells_of(app)}\n{line}"


def tour(frames: list[tuple[float, str]], size: tuple[int, int]) -> str:
    """The frames one after another, for ever; the first alone where nothing is to move."""
    whole = sum(seconds for seconds, _ in frames)
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size[0]} {size[1]}">',
            f"<style>{STYLE} {' '.join(_timing(frames, whole))}</style>",
            '<rect width="100%" height="100%" fill="#16181b"/>',
            *(f'<g class="f" id="f{number}">\n{cells}\n</g>' for number, (_, cells) in enumerate(frames)),
            "</svg>\n",
        )
    )


def _timing(frames: list[tuple[float, str]], whole: float) -> Iterator[str]:
    yield ".f { visibility: hidden } @media (prefers-reduced-motion: reduce) { #f0 { visibility: visible } }"
    begin = 0.0
    yield "@media (prefers-reduced-motion: no-preference) {"
    for number, (seconds, _) in enumerate(frames):
        first, last = 100 * begin / whole, 100 * (begin + seconds) / whole
        steps = f"{first:.3f}% {{ visibility: visible }} {last:.3f}% {{ visibility: hidden }}"
        before = "0% { visibility: hidden } " if number else ""
        yield f"@keyframes k{number} {{ {before}{steps} }}"
        yield f"#f{number} {{ animation: k{number} {whole:.2f}s step-end infinite }}"
        begin += seconds
    yield "}"


def main() -> None:
    """Write the pictures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        for kind in ("CONFIG", "DATA", "STATE", "CACHE"):  # nothing of whoever makes them
            os.environ[f"XDG_{kind}_HOME"] = str(Path(name) / kind.lower())
        build_demo(folder, NOW)
        still, frames, size = asyncio.run(play(folder))
    for path, text in ((HERE / "dashboard.svg", still), (HERE / "tour.svg", tour(frames, size))):
        path.write_text(text, encoding="utf-8")
        print(f"wrote {path}: {len(text) // 1000} kB")


if __name__ == "__main__":
    main()
