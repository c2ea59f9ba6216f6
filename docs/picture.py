"""Makes docs/dashboard.svg: the real program on its demo, exported by Textual. Run by `make picture`."""

import asyncio
import re
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from tui import bootstrap
from tui.app import MakerhourApp
from tui.config import Config, read_config
from tui.demo.build import build_demo
from tui.live import LiveEngine
from tui.settings import Settings
from tui.sources.view_file import ViewFile

PICTURE = Path(__file__).with_name("dashboard.svg")
SIZE = (120, 36)
ZONE = bootstrap.zone_of(Config())
NOW = datetime(2026, 3, 10, 10, 12, tzinfo=ZONE)


async def take(folder: Path) -> str:
    """The dashboard on the demo in `folder` as SVG, once everything has been read."""
    config = read_config(folder / "config.toml", required=True)
    began = datetime.now(ZONE)

    def now() -> datetime:
        # The demo's clock stands at a good hour and runs on from there.
        return NOW + (datetime.now(ZONE) - began)

    engine = LiveEngine(
        config,
        fleet=lambda: bootstrap.open_fleet(config, (folder / "code",), now),
        agenda=lambda: bootstrap.open_remote_agenda(config),
        backlog=lambda: bootstrap.open_backlog(config, now),
        sync=lambda: bootstrap.open_sync(config, now),
        views=ViewFile(folder / "view.json"),
        now=now,
    )
    app = MakerhourApp(engine, now, Settings(planning=config.planning, home=folder))
    async with app.run_test(size=SIZE) as pilot:
        deadline = began + timedelta(seconds=30)
        while not (app.fleet and app.fleet.complete and app.agenda and app.backlog):
            assert datetime.now(ZONE) < deadline, "the demo was not read in time"
            await pilot.pause(0.05)
        await pilot.pause(0.3)
        await pilot.press("j", "j", "j")
        svg = app.export_screenshot(title="makerhour")
    engine.stop()
    # The fonts would be fetched from outside; any monospaced font does.
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def main() -> None:
    """Write the picture."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "demo"
        build_demo(folder, NOW)
        PICTURE.write_text(asyncio.run(take(folder)), encoding="utf-8")
    print(f"wrote {PICTURE}")


if __name__ == "__main__":
    main()
