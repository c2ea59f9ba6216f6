"""iCalendar text as it comes, made into content lines: bytes in, properties out. No file is opened here.

What exporters get wrong about bytes and lines is mended in this module alone: byte order marks, UTF-16, CR or LF
alone, odd folding (RFC 5545 3.1), lines that are none. What values mean is `values`, `rules` and `series`.
"""

import codecs
import re
from typing import NamedTuple

MAX_LINE = 1 << 20
"""Bytes of one logical line; a longer one is passed over."""

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Possessive: nothing is to be gone back to, and remembering it takes hundreds of bytes for each parameter.
_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[^":;]*+(?:"[^"]*+"[^":;]*+)*+)*+):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([A-Za-z0-9-]+)=((?:[^";]|"[^"]*")*)')
# What Python or icalendar takes for the end of a line, and RFC 5545 does not.
_BREAKS = re.compile("[\x00\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_NESTING = re.compile(rb"\n(BEGIN|END):[^\n]*")
_DATED = frozenset({"DTSTART", "DTEND", "RECURRENCE-ID", "EXDATE", "RDATE"})
_ESCAPES = re.compile(r"\\([nN,;\\:\"])")


class Property(NamedTuple):
    """One content line. `name` and the names of `parameters` in capitals; `value` still escaped."""

    name: str
    parameters: dict[str, str]
    value: str


def plain_bytes(raw: bytes) -> bytes:
    r"""`raw` as UTF-8 with each logical line on one line, behind a `\n`; whether the last one ends is left as it is."""
    return b"\n" + unfolded(_as_utf8(raw))


def unfolded(text: bytes) -> bytes:
    r"""`text` with each logical line on one line that ends with `\n` (RFC 5545 3.1), however it was folded."""
    text = text.replace(b"\r\n ", b"").replace(b"\r\n\t", b"")
    returns = text.count(b"\r")
    if returns and returns == text.count(b"\r\n"):
        text = text.translate(None, b"\r")
    elif returns:
        while b"\r\n" in text:  # more than once for CR CR LF, which some mail programs make
            text = text.replace(b"\r\n", b"\n")
        text = text.replace(b"\r", b"\n")
    for fold in (b"\n ", b"\n\t"):
        if fold in text:
            text = text.replace(fold, b"")
    return text


def _as_utf8(raw: bytes) -> bytes:
    if raw.startswith(codecs.BOM_UTF8):
        return raw[len(codecs.BOM_UTF8) :]
    for mark, encoding in _BOMS:
        if raw.startswith(mark):
            return raw.decode(encoding, "replace").encode("utf-8", "replace")
    if raw[1:2] == b"\0" and raw[:1] != b"\0":
        return raw.decode("utf-16-le", "replace").encode("utf-8", "replace")
    if raw[:1] == b"\0" and raw[1:2] != b"\0":
        return raw.decode("utf-16-be", "replace").encode("utf-8", "replace")
    return raw


def own_lines(block: bytes) -> bytes:
    """`block` (plain bytes between BEGIN and END) without its nested components, such as alarms."""
    capitals = block.upper()
    first = capitals.find(b"\nBEGIN:")
    if first < 0:
        return block
    end = capitals.find(b"\nEND:", first)
    if capitals.find(b"\nBEGIN:", first + 1) < 0 <= end and capitals.find(b"\nEND:", end + 1) < 0:
        behind = block.find(b"\n", end + 1)
        return block[:first] + block[behind:] if behind >= 0 else block[:first]
    kept: list[bytes] = []
    depth = begin = 0
    for mark in _NESTING.finditer(capitals):
        if mark[1] == b"BEGIN":
            if depth == 0:
                kept.append(block[begin : mark.start()])
            depth += 1
        elif depth > 0:
            depth -= 1
            begin = mark.end()
    if depth == 0:
        kept.append(block[begin:])
    return b"".join(kept)


def parse_properties(block: bytes, wanted: frozenset[str]) -> list[Property]:
    """The `wanted` properties among the lines of `block` (see `own_lines`), in order; other lines are passed over."""
    found = []
    for line in block.split(b"\n"):
        head = _name(line)
        if head not in wanted or len(line) > MAX_LINE:
            continue
        prop = parse_line(_decoded(line))
        if prop is not None:
            found.append(prop)
    return found


def parse_line(line: str) -> Property | None:
    """One unfolded content line; None where it is none. Unbalanced quotes lose the parameters, not the value."""
    matched = _LINE.fullmatch(line)
    if matched is None:
        head, colon, value = line.partition(":")
        name = head.partition(";")[0].strip().upper()
        return Property(name, {}, value) if colon and name else None
    name, parameters, value = matched.groups()
    if not parameters:
        return Property(name.upper(), {}, value)
    if ":" in value and name.upper() in _DATED and "TZID=" in parameters.upper():
        # `TZID=(UTC+01:00) Berlin` without the quotes it needs: no date holds a colon, so the last one ends the name.
        zone, _, value = value.rpartition(":")
        parameters = f"{parameters}:{zone}"
    pairs = {key.upper(): text.strip().strip('"') for key, text in _PARAMETER.findall(parameters)}
    return Property(name.upper(), pairs, value)


def one_line(text: str) -> str:
    """`text` with everything that could end a content line as a space."""
    return _BREAKS.sub(" ", text)


def unescaped(value: str) -> str:
    """A TEXT value as the text it stands for (RFC 5545 3.3.11)."""
    if "\\" not in value:
        return value
    return _ESCAPES.sub(lambda found: "\n" if found[1] in "nN" else found[1], value)


def _name(line: bytes) -> str:
    end = len(line)
    for sign in (b":", b";"):
        place = line.find(sign, 0, 64)
        if place >= 0:
            end = min(end, place)
    return line[:end].decode("ascii", "replace").strip().upper() if end <= 64 else ""


def _decoded(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        text = line.decode("utf-8", "replace")
    # Letters that are UTF-8 beside the fault, such as a title cut in the middle of one, say what the line is in.
    if any(sign > "\x7f" and sign != "\ufffd" for sign in text):
        return text
    return line.decode("cp1252", "replace")
