"""Text from outside, made safe to show.

`safe_text` is the only way foreign text (commits, authors, branches, file names, invitations, feeds, errors)
reaches a screen, a title, a log or a plain-text answer. Values in the domain stay as they came, because they
are also identities: a path must open, a branch must be found. What shows them calls this.
"""

import re
import unicodedata
from functools import lru_cache

MAX_SHOWN = 500
"""Characters of one field that are ever shown; longer text is cut before anything costly happens to it."""

_ZWJ = "\u200d"
_REPLACEMENT = "\ufffd"
_MAX_COMBINING = 2
_LONE_EMOJI = (0x2194, 0x2195, 0x2B1B, 0x2B50, 0x2B55)
"""Emoji outside the blocks of emoji."""


class _Translation(dict[int, str]):
    """The code points that never reach a terminal as themselves, and what stands in for each."""

    def __missing__(self, code: int) -> int | str:
        if 0xD800 <= code < 0xE000:  # lone surrogates
            return _REPLACEMENT
        return "" if 0xE0000 <= code < 0xE1000 else code  # tags and variation selectors supplement


def _translation() -> _Translation:
    table = _Translation({code: chr(0x2400 + code) for code in range(0x20)})
    table.update(dict.fromkeys((0x09, 0x0A, 0x0D, 0x2028, 0x2029), " "))
    table[0x7F] = "\u2421"
    table.update(dict.fromkeys(range(0x80, 0xA0), _REPLACEMENT))  # C1: CSI and OSC in one character
    bidi = (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C)
    table.update(dict.fromkeys(bidi, _REPLACEMENT))
    invisible = (
        *(0x00AD, 0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x180E, 0x200B, 0x200C, 0x3164, 0xFEFF, 0xFFA0),
        *range(0x180B, 0x180E),
        *range(0x2060, 0x2066),
        *range(0x206A, 0x2070),
        *range(0xFE00, 0xFE0F),  # variation selectors; FE0F (emoji presentation) is dropped below
        0xFE0F,
        *range(0xFFF0, 0xFFFC),
        *range(0x1BCA0, 0x1BCA4),  # shorthand format controls
        *range(0x1D173, 0x1D17B),  # musical ones
    )
    table.update(dict.fromkeys(invisible, ""))
    return table


_TABLE = _translation()
_PLAIN = re.compile(r"[\x20-\x7e]*")


def safe_text(text: str, limit: int = MAX_SHOWN) -> str:
    """`text` with everything that could steer a terminal made visible or removed, on one line.

    Control characters become control pictures (U+2400 block), C1, bidirectional controls and lone surrogates
    U+FFFD, line breaks a space; invisible characters go; at most two combining marks follow one another; a
    zero-width joiner stays only between emoji. At most `limit` characters, an ellipsis for the rest.
    """
    if len(text) > limit:
        text = text[: limit - 1] + "…" if limit > 0 else ""
    if text.isascii() and _PLAIN.fullmatch(text):
        return text
    return _clean(text)


@lru_cache(maxsize=4096)
def _clean(text: str) -> str:
    text = text.translate(_TABLE)
    kept: list[str] = []
    marks = 0
    for place, char in enumerate(text):
        if char == _ZWJ:
            after = text[place + 1 : place + 2]
            if not (kept and after and _is_emoji(kept[-1]) and _is_emoji(after)):
                continue
        elif unicodedata.category(char) in ("Mn", "Me"):
            marks += 1
            if marks > _MAX_COMBINING:
                continue
        else:
            marks = 0
        kept.append(char)
    return "".join(kept)


def _is_emoji(char: str) -> bool:
    code = ord(char)
    return 0x1F000 <= code <= 0x1FAFF or 0x2600 <= code <= 0x27BF or code in _LONE_EMOJI


def redact_url(url: str) -> str:
    """`url` as scheme and host only: paths, queries and user names of feeds and remotes are secrets."""
    matched = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://(?:[^/@\s]*@)?([^/?#\s:]*)", url)
    return f"{matched[1]}://{matched[2]}/…" if matched else "…"
