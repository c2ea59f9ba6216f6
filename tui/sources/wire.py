"""Facts as lines of JSON and back: between the dashboard and the processes that read for it, and for the files that
keep what was read last.

The shape is that of the domain's own types; what does not have it is refused. Text may hold bytes that are no UTF-8
(as surrogates), which JSON's escapes carry. Nothing is read or written here.
"""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

Fact = TypeVar("Fact")

MAX_LINE = 64 * 1024 * 1024
"""Bytes one line may have."""


class WireError(ValueError):
    """A line, or a part of one, is not what it should be."""


def to_plain(fact: object) -> Any:
    """`fact` (a frozen struct of the domain, or a tuple of them) as dicts, lists, strings and numbers."""
    return msgspec.to_builtins(fact, enc_hook=_plain_path)


def from_plain(plain: Any, kind: type[Fact]) -> Fact:
    """What `to_plain` was given. Raises WireError where `plain` is no `kind`."""
    try:
        return msgspec.convert(plain, kind, dec_hook=_path)
    except (msgspec.ValidationError, RecursionError) as error:
        raise WireError(str(error)) from None


def format_line(plain: Any) -> bytes:
    """One line with its end; ASCII only."""
    import json  # at a first start nothing is read before the first frame

    return json.dumps(plain, separators=(",", ":")).encode("ascii") + b"\n"


def parse_line(line: bytes) -> dict[str, Any]:
    """What `format_line` was given. Raises WireError for anything but an object."""
    import json

    try:
        plain = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise WireError(f"not a line of JSON: {error}") from None
    if not isinstance(plain, dict):
        raise WireError("a line holds no object")
    return plain


def read_line(line: bytes, kind: type[Fact]) -> Fact:
    """The fact that `format_line(to_plain(fact))` wrote. Raises WireError where `line` holds no `kind`."""
    try:
        return msgspec.json.decode(line, type=kind, dec_hook=_path)
    except (msgspec.DecodeError, RecursionError):  # or text that is no UTF-8, which msgspec's JSON does not carry
        return from_plain(parse_line(line), kind)


def _plain_path(value: object) -> str:
    if isinstance(value, Path):
        return str(value)
    raise NotImplementedError(f"{type(value).__name__} is nothing that is handed over")


def _path(kind: type, value: object) -> Any:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise NotImplementedError(f"{kind.__name__} is nothing that is handed over")
