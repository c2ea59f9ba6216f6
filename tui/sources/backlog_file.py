"""The backlog's file format: TOML, one `[[items]]` table an item. Text in, items out, and back; no I/O here.

The text is read table by table: a table that reads by itself reads the same among others, for TOML is read from left to
right and `[[items]]` begins afresh. So only tables that differ from those known are parsed and only items that differ
are written anew; all else stays as it is, byte for byte. Where the text does not come apart like that it is read whole.
What one table says of its item is `tui.sources.backlog_entry`.
"""

from base64 import b32encode
from collections.abc import Iterator, Mapping
from datetime import UTC, tzinfo
from hashlib import sha256
from operator import attrgetter
from time import sleep
from typing import ClassVar, cast

from msgspec import field
from msgspec.structs import replace

from tui.domain.backlog import Item
from tui.domain.changes import same
from tui.domain.slices import SLICE, slices
from tui.domain.values import Value
from tui.sources.backlog_entry import cleaned, format_entry, named, parse_entry, shortened
from tui.sources.toml_text import TomlError, decode_toml, parse_plain, parse_toml

HEADER = "# makerhour rewrites this file: what you change or add here is kept, comments are not.\n"
MAX_NOTES = 50

BREATH_SECONDS = 0.001
"""So long keys have Python to themselves between pieces of a large file: each time the screen's thread waits for the
outside, and it does so dozens of times a key, it would have to ask for Python back."""

_BEGIN = "\n[[items]]\n"
_WIDE = {"title": "x" * 200}
"""tomli_w writes tables inline where all of them are short: one long one gives each a table of its own."""
_id_of = attrgetter("id")


class FormatError(Exception):
    """The text is no backlog; the message says what and where, to go after the file's name."""


class Contents(Value, frozen=True):
    """What the file says."""

    UNCOMPARED: ClassVar[frozenset[str]] = frozenset({"texts", "noted"})
    UNSHOWN: ClassVar[frozenset[str]] = frozenset({"texts", "noted"})

    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    mended: bool = False
    """True where an item has an id the file does not give it."""
    table: Mapping[str, object] = field(default_factory=dict)
    """The file's top level but for the items, which leave None in their place."""
    newline: str = "\n"
    texts: tuple[str | None, ...] = ()
    """For each item what stands below its `[[items]]`; None where the file has no such text that says just that."""
    noted: frozenset[str] = frozenset()
    """Those of `texts` that have notes."""


def parse_contents(raw: bytes, zone: tzinfo, before: Contents | None = None) -> Contents:
    """The items in `raw` (UTF-8, a byte order mark and CRLF allowed); times without a zone are in `zone`.

    What stood in `before` already is not parsed again, and is the same items. Raises FormatError.
    """
    newline = "\r\n" if raw[: raw.find(b"\n") + 1].endswith(b"\r\n") else "\n"
    try:
        text = decode_toml(raw)
        reading = _Reading(zone, before)
        rest = reading.tables(text)
        if rest is None:
            reading = _Reading(zone, None)
            rest = reading.whole(text)
    except TomlError as error:
        raise FormatError(str(error)) from error
    return reading.contents(rest, newline)


def format_contents(contents: Contents) -> bytes:
    """`contents` as the bytes of the file. Raises FormatError."""
    return bytes(rewrite(contents, contents.items)[0])


def rewrite(contents: Contents, items: tuple[Item, ...]) -> tuple[bytearray, Contents]:
    """The bytes of a file that says `items` instead of those of `contents`, and what reading it gives.

    The text of items that are the same objects stays as it is. Raises FormatError where what is new would not read back
    the same, for nothing that cannot be read back may ever be written.
    """
    known: dict[int, str | None] = {}
    for own, standing in zip(slices(contents.items), slices(contents.texts), strict=False):
        known.update(zip(map(id, own), standing, strict=True))
    kept, texts, ids = list[Item](), list[str](), set[str]()
    try:
        above, below = _format_rest(contents.table)
        raw = bytearray(above.encode())
        for part in slices(items):
            if kept:
                sleep(BREATH_SECONDS)
            now = list(part)
            found = list(map(known.get, map(id, part)))
            for place in (place for place, text in enumerate(found) if text is None):
                now[place] = cleaned(part[place])
                found[place] = format_item(now[place])
            raw += "".join(f"{_BEGIN}{text}" for text in found).encode()
            kept += now
            texts += cast("list[str]", found)
            ids.update(map(_id_of, now))
    except (TypeError, ValueError, RecursionError, TomlError) as error:
        raise FormatError(f"cannot be written: a value of an unknown key is too deep or too long ({error})") from error
    if len(ids) != len(kept) or "" in ids:
        raise FormatError("cannot be written: what was written would not read back the same")
    if texts and not texts[-1].endswith("\n"):
        texts[-1] += "\n"
        raw += b"\n"
    raw += below.encode()
    if contents.newline != "\n":
        raw = raw.replace(b"\n", contents.newline.encode())
    old = contents.noted
    noted = frozenset(text for text in texts if text in old or text.removesuffix("\n") in old) if old else old
    after = replace(contents, items=tuple(kept), notes=(), mended=False, texts=tuple(texts), noted=noted)
    return raw, after


def line_of(id: str, raw: bytes) -> int:
    """The line (from 1) where the item with `id` says so; the first where it does not."""
    import tomli_w

    wanted = tomli_w.dumps({"id": id}).strip().encode()
    return next((number for number, line in enumerate(raw.splitlines(), 1) if line.strip() == wanted), 1)


class _Reading:
    """One reading of a file's items, and what had to be mended."""

    def __init__(self, zone: tzinfo, before: Contents | None) -> None:
        self._zone = zone
        self._known: dict[str | None, Item] = {}
        if before is not None:
            for texts, items in zip(slices(before.texts), slices(before.items), strict=False):
                self._known.update(zip(texts, items, strict=True))
            for text in (None, *before.noted):
                self._known.pop(text, None)
        self._items: list[Item] = []
        self._texts: list[str | None] = []
        self._notes: list[str] = []
        self._noted: set[str] = set()

    def whole(self, text: str) -> dict[str, object]:
        """Read all of `text`; the top level but for the items. Raises TomlError, FormatError."""
        table = parse_toml(text)
        entries = table.get("items", [])
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise FormatError("has an `items` that is no list of tables; write each idea under a line `[[items]]`")
        for entry in entries:
            self._take(entry, None)
        return {key: None if key == "items" else value for key, value in table.items()}

    def tables(self, text: str) -> dict[str, object] | None:
        """Read `text` table by table; the same as `whole` gives, or None where it cannot be read so."""
        parts, below = _parts(text), dict[str, object]()
        try:
            rest = parse_toml(next(parts))
            for number, part in enumerate(parts, 1):
                if number % SLICE == 0:
                    sleep(BREATH_SECONDS)
                if below:
                    return None  # what stands between items may go on below them
                if item := self._known.get(part):
                    self._items.append(item)
                    self._texts.append(part)
                else:
                    below = self._read(part)
        except TomlError:
            return None
        if "items" in rest or below.keys() & rest.keys():
            return None
        return {**rest, "items": None, **below} if self._items else rest

    def _read(self, text: str) -> dict[str, object]:
        """Read what stands below one `[[items]]`; what of it belongs to no item. Raises TomlError."""
        entry = parse_plain(text)
        if entry is not None:
            self._take(entry, text)
            return {}
        entries, below = _entries(text)
        for one in entries:
            self._take(one, text if len(entries) == 1 and not below else None)
        return below

    def _take(self, entry: Mapping[str, object], text: str | None) -> None:
        item, notes = parse_entry(entry, self._zone)
        self._items.append(item)
        self._texts.append(text)
        if notes:
            self._notes += notes
            if text is not None:
                self._noted.add(text)

    def contents(self, rest: Mapping[str, object], newline: str) -> Contents:
        """What was read, each item with an id of its own."""
        ids = set(map(_id_of, self._items))
        mended = len(ids) < len(self._items) or "" in ids
        if mended:
            self._mend(ids)
        more = len(self._notes) - MAX_NOTES
        notes = (*self._notes[:MAX_NOTES], *((f"and {more} more of the kind",) if more > 0 else ()))
        texts, noted = tuple(self._texts), frozenset(self._noted)
        return Contents(tuple(self._items), notes, mended, rest, newline, texts, noted)

    def _mend(self, given: set[str]) -> None:
        """Give a new id to items without one, or with one that stands further up."""
        taken: set[str] = set()
        without = 0
        for place, item in enumerate(self._items):
            if not item.id or item.id in taken:
                id = _new_id(f"{item.id}\0{item.title}\0{item.why}", taken, given)
                self._items[place], self._texts[place] = replace(item, id=id), None
                without += not item.id
                if item.id:
                    called = named(item.title, id)
                    self._notes.append(f"the id `{shortened(item.id)}` stood on two items; {called} got a new one")
            taken.add(self._items[place].id)
        if without:
            many = f"{without} items" if without > 1 else "an item"
            self._notes.insert(0, f"{many} had no id and got one")


def _new_id(seed: str, taken: set[str], given: set[str]) -> str:
    """An id that follows from the item, so that every reading gives the same until it is written."""
    for number in range(len(given) + len(taken) + 1):
        digest = sha256(f"{seed}\0{number}".encode(errors="surrogatepass")).digest()
        id = b32encode(digest[:5]).decode().lower()
        if id not in taken and id not in given:
            return id
    return b32encode(sha256(seed.encode(errors="surrogatepass")).digest()).decode().lower()


def _parts(text: str) -> Iterator[str]:
    """`text` taken apart where items begin, piece by piece: other threads need not wait for all of it."""
    start = 0
    if text.startswith(_BEGIN[1:]):
        yield ""
        start = len(_BEGIN) - 1
    while (end := text.find(_BEGIN, start)) >= 0:
        yield text[start:end]
        start = end + len(_BEGIN)
    yield text[start:]


def _entries(text: str) -> tuple[list[dict[str, object]], dict[str, object]]:
    """The items in what stands below one `[[items]]`, mostly one, and what of it belongs to none. Raises TomlError."""
    table = parse_toml(f"[[items]]\n{text}")
    return table.pop("items"), table  # type: ignore[return-value]  # the first line makes it a list of tables


def format_item(item: Item, *, multiline: bool = False) -> str:
    """What stands below the `[[items]]` of a `cleaned` item; `multiline` writes texts of several lines as such,
    to be edited by hand. Raises ValueError where it would not read back the same."""
    import tomli_w

    text = tomli_w.dumps({"items": [_WIDE, format_entry(item)]}, multiline_strings=multiline).partition(_BEGIN)[2]
    entries, below = _entries(text)
    if below or len(entries) != 1 or not same(parse_entry(entries[0], UTC)[0], item):
        raise ValueError("it would not read back the same")
    return text


def _format_rest(table: Mapping[str, object]) -> tuple[str, str]:
    """What stands above and below the items. Raises ValueError where it would not read back the same."""
    import tomli_w

    text, wide = tomli_w.dumps({**table, "items": [_WIDE]}), tomli_w.dumps({"items": [_WIDE]})
    above, _, below = (part.strip("\n") for part in text.partition(wide))
    rest = {key: value for key, value in table.items() if key != "items"}
    if not same(parse_toml(f"{above}\n{below}"), rest):
        raise ValueError("it would not read back the same")
    return (f"{HEADER}\n{above}\n" if above else HEADER), (f"\n{below}\n" if below else "")
