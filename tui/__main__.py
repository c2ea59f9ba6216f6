"""Arguments → configuration → a command or the dashboard → exit code. The one place that reads the clock."""

import gc
import sys
from collections.abc import Sequence
from datetime import datetime, tzinfo

from tui import last_frame


def main(argv: Sequence[str] | None = None) -> int:
    """Run makerhour with `argv` (without the program's name). Exit code 0 done, 1 failed, 2 wrong usage.

    A frame of the last run stands on the terminal before anything more is loaded.
    """
    given = sys.argv[1:] if argv is None else list(argv)
    gc.disable()  # nearly all that is made on the way to the first frame stays: the app turns it on behind that
    try:
        last_frame.show(given)
        from tui.cli import run

        return run(given, clock)
    except KeyboardInterrupt:  # while it was loaded
        return 130
    finally:
        last_frame.take_away()
        gc.enable()


def clock(zone: tzinfo) -> datetime:
    """Now, in `zone`."""
    return datetime.now(zone)


if __name__ == "__main__":
    sys.exit(main())
