"""How the commands say things: answers on standard output, what is wrong on standard error, exit codes."""

import sys
from collections.abc import Iterable
from typing import Any

from tui.domain.text import safe_text

DONE, FAILED, WRONG = 0, 1, 2


def fail(text: str, code: int = FAILED) -> int:
    """A sentence on standard error; `code` for the caller to leave with."""
    print(f"makerhour: {safe_text(text, 2000)}", file=sys.stderr)
    return code


def print_json(content: dict[str, Any]) -> None:
    """One JSON object, in ASCII."""
    import json

    print(json.dumps(content, indent=2, ensure_ascii=True))


def print_lines(lines: Iterable[str]) -> None:
    """`lines`, which are safe already."""
    for line in lines:
        print(printable(line).rstrip())


def print_file(text: str) -> None:
    """`text` as the content of a file: UTF-8 whatever the terminal's encoding, not a byte more or less."""
    if sys.stdout is not None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


def printable(text: str) -> str:
    """`text` with a question mark for what standard output (which may be closed) cannot show."""
    encoding = getattr(sys.stdout, "encoding", None) or "ascii"
    return text.encode(encoding, "replace").decode(encoding)
