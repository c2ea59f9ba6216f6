"""Arguments → configuration → a command or the dashboard → exit code. The one place that reads the clock."""

import gc
import logging
import os
import sys
from collections.abc import Sequence
from datetime import datetime, tzinfo

from tui import cli
from tui.arguments import parse_arguments
from tui.checking import ConfigError
from tui.domain.text import safe_text
from tui.serve.environment import is_served


def main(argv: Sequence[str] | None = None) -> int:
    """Run makerhour with `argv` (without the program's name). Exit code 0 done, 1 failed, 2 wrong usage."""
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    # A terminal's real size wins over what a shell once exported; a stray GIT_DIR is dropped at git's own door.
    # A page in a browser has no size but the one it names.
    for name in ("LINES", "COLUMNS") if not is_served(os.environ) else ():
        os.environ.pop(name, None)
    logging.getLogger().addHandler(logging.NullHandler())
    gc.disable()  # nearly all that is made on the way to the first frame stays: the app turns it on behind that
    try:
        return cli.run(arguments, clock)
    except ConfigError as error:
        return _say(str(error), 2)
    except BrokenPipeError:
        # The reader of a pipe has gone (`makerhour repos | head`): what was asked for was done.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
    except OSError as error:
        if arguments.debug:
            raise
        return _say(cli.sentence(error), 1)
    except Exception as error:  # the last resort: a sentence for the person, and the way to the traceback
        if arguments.debug:
            raise
        return _say(f"unexpected {type(error).__name__}: {error}; `makerhour --debug …` shows where", 1)
    finally:
        gc.enable()


def clock(zone: tzinfo) -> datetime:
    """Now, in `zone`."""
    return datetime.now(zone)


def _say(sentence: str, code: int) -> int:
    print(f"makerhour: {safe_text(sentence, 2000)}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
