"""Stand-ins: what is shown in place of names and titles while others look on. Pure, but it remembers what it gave.

`StandIns.of` gives each name a number within its kind ("repository 3"), the same for as long as the dashboard runs and
in the order names come, so that the same data gets the same numbers. Nothing is kept on disk: a file that says who
"person 2" is would be one more thing to lose, and pictures from two runs cannot be joined by their numbers.

`hide` puts stand-ins into text that is about to be shown: where all of it is a name, and where names stand within a
sentence; what looks like an address or a path is replaced even where nobody told of it. What slips through word by
word finds `private_words`. Which fields hold names says `private_fields`.
"""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import PurePath

from tui.domain.own_words import OWN_WORDS
from tui.domain.private_words import PrivateWords
from tui.domain.text import safe_text

HIDDEN_MESSAGE = "a hidden message"
"""In place of a sentence that came from outside: an error, a remark."""
KINDS: tuple[str, ...] = ("repository", "lane", "branch", "commit", "person", "meeting", "calendar", "place", "idea")
KINDS += ("note", "theme", "file", "folder", "path", "address", "text", "output", "question", "group")
"""What stand-ins are of; the first word of each."""

_GIVEN = re.compile(rf"\b(?:(?:folder of )?(?:{'|'.join(KINDS)}) \d+\b|{HIDDEN_MESSAGE})")
_URL = r"[A-Za-z][A-Za-z0-9+.-]{1,15}://[^\s`'\"<>]+"
_MAIL = r"[\w.-]+@[\w.-]+:[^\s`'\"]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_PATH = r"(?<![\w/.…])(?:~|/[\w.@+-]+)(?:/[^\s`'\":;,()…]+)+"
_LOOKS = re.compile(rf"(?P<address>{_URL})|(?P<person>{_MAIL})|(?P<path>{_PATH})")
_LEADS_TO_NAME = re.compile(r"(?:[:·,] |\b(?:in|on|under|with|of|from|to|by|and) )$")
"""What a name follows in a sentence that ends with it."""
_LETTER = re.compile(r"[^\W\d_]|[\u0300-\U0010ffff]")
_WORD_START = re.compile(r"[^\W_]")
_HEAD = 4
"""Characters of a name that names are looked up by."""
_LEAST_CUT = 6
"""Of a name that was cut, so many characters must be left for it to be told by them; `private_words` has the rest."""
_INNER = re.compile(r"[\w~/](?:.*\w)?", re.DOTALL)
"""A name without the signs around it."""
_NONE: list[str] = []
_LONGEST = 400
_MOST_CACHED = 20_000
_EVERYWHERE = frozenset({"a meeting", "asleep", "you", "(no title)"})
"""What the program itself says in places where names stand."""


class StandIns:
    """The stand-ins given so far."""

    def __init__(self, guard: AbstractContextManager[object] | None = None) -> None:
        """`guard` is held while a stand-in is given: a lock that can be taken again, where several threads ask."""
        self.words = PrivateWords()
        self._known: dict[str, str] = {}
        """Stand-ins by what they stand for, white space as single spaces."""
        self._stand_for: dict[str, str] = {}
        """What each stand-in was first given for, as it came."""
        self._heads: dict[str, list[str]] = {}
        """Names by their first characters, the longest first but in those of …"""
        self._unsorted: set[str] = set()
        """… these."""
        self._counts: dict[str, int] = {}
        self._hidden: dict[str, str] = {}
        self._guard: AbstractContextManager[object] = guard or nullcontext()

    def of(self, kind: str, text: str) -> str:
        """The stand-in of a name, given now where it has none; what holds nothing to hide is its own."""
        name = _plain(text)
        known = self._known.get(name)
        if known is not None or not _tells(name):
            return known if known is not None else text
        with self._guard:
            if name not in self._known:
                self._counts[kind] = self._counts.get(kind, 0) + 1
                self.give(text, f"{kind} {self._counts[kind]}")
            return self._known[name]

    def give(self, text: str, stand_in: str) -> None:
        """Have `stand_in` stand for `text`, where nothing does yet."""
        with self._guard:
            safe, name = safe_text(text, len(text)), _plain(text)
            told = (name,) if name == text == safe else (name, _plain(safe), text.strip(), safe.strip())
            for name in told:
                if _tells(name) and name not in self._known:
                    self._known[name] = stand_in
                    self._stand_for.setdefault(stand_in, text)
                    self._remember(name)
            self.words.add(text)
            if safe != text:
                self.words.add(safe)
            self._hidden.clear()

    def hide_message(self, text: str) -> None:
        """Never show this sentence."""
        for line in (text, *text.splitlines()):
            self.give(line, HIDDEN_MESSAGE)

    def hide_text(self, kind: str, text: str) -> None:
        """Never show this text of several lines."""
        self.of(kind, text)
        for line in text.splitlines():
            self.of(kind, line)

    def hide_person(self, name: str) -> None:
        """Never show this person: the whole name, or its first word alone."""
        stand_in = self.of("person", name)
        first = re.split(r"[\s<(@]", name.strip(), maxsplit=1)[0].strip("\"',;")
        if len(first) > 2 and stand_in != name:
            self.give(first, stand_in)

    def hide_path(self, path: str, stand_in: str = "", home: str = "") -> None:
        """Never show this path, in full or from `home`, nor what it ends in."""
        if stand_in:
            self.give(path, stand_in)
        shown = self.of("path", path)
        if home and path.startswith(f"{home}/"):
            self.give(f"~{path.removeprefix(home)}", shown)
        self.of("folder", PurePath(path).name)

    def meant(self, text: str) -> str:
        """What is meant by a stand-in; any other text is itself."""
        return self._stand_for.get(_plain(text), text)

    def hide(self, text: str) -> str:
        """`text` with stand-ins for all that is known or looks like an address or a path; blanks around it stay."""
        found = self._hidden.get(text)
        if found is None:
            found = self._hide(text)
            if len(self._hidden) > _MOST_CACHED:
                self._hidden.clear()
            self._hidden[text] = found
        return found

    def outside(self, text: str) -> str:
        """`text` as it may leave the screen: with stand-ins, and without any word of what they stand for."""
        return self.words.masked(self.hide(text))

    def _hide(self, text: str) -> str:
        inner = text.strip()
        if not inner:
            return text
        known = self._known.get(_plain(inner))
        if known is None:
            known = "".join(self._parts(inner))
        at = text.index(inner)
        return text[:at] + known + text[at + len(inner) :]

    def _parts(self, text: str) -> Iterator[str]:
        """`text` from its begin on, names replaced."""
        given = {match.start(): match.end() for match in _GIVEN.finditer(text)}
        looks = {match.start(): match for match in _LOOKS.finditer(text)}
        place = done = 0
        while place < len(text):
            end, stand_in = given.get(place, 0), ""
            if end:
                place = end
                continue
            if not stand_in and (_starts(text, place) or place in looks):
                end, stand_in = self._name_at(text, place)
            if not stand_in and (look := looks.get(place)):
                end, stand_in = look.end(), self.of(look.lastgroup or "text", look.group().rstrip(".,;:)"))
            if stand_in:
                yield text[done:place] + stand_in
                place = done = end
            else:
                place += 1
        yield text[done:]

    def _name_at(self, text: str, place: int) -> tuple[int, str]:
        """Where the longest name at `place`, whole or cut, ends, and its stand-in; (0, "") where there is none."""
        end, stand_in = 0, ""
        for size in range(_HEAD, 0, -1):
            for name in self._headed(text[place : place + size]):
                last = place + len(name)
                if last > end and text.startswith(name, place) and _ends(text, last) and _apart(text, place, last):
                    end, stand_in = last, self._known[name]
        cut = text.find("…", place + _LEAST_CUT, place + _LONGEST)
        if cut >= end > 0 or (cut > 0 and not end):
            start = text[place:cut].rstrip()
            for name in self._headed(start[:_HEAD]):
                if len(start) >= _LEAST_CUT and name.startswith(start):
                    return cut + 1, self._known[name]
        return end, stand_in

    def _remember(self, name: str) -> None:
        """Have `name` found within sentences, without the signs around it."""
        found = _INNER.search(name)
        inner = found.group() if found else name
        for told in (name,) if inner == name else (name, inner):
            if len(told) > _LONGEST or (told is not name and (told in self._known or not _tells(told))):
                continue
            self._known.setdefault(told, self._known[name])
            head = told[:_HEAD]
            self._heads.setdefault(head, []).append(told)
            self._unsorted.add(head)

    def _headed(self, head: str) -> list[str]:
        """The names that begin with `head`, the longest first."""
        if head in self._unsorted:
            with self._guard:
                self._heads[head] = sorted(self._heads[head], key=len, reverse=True)
                self._unsorted.discard(head)
        return self._heads.get(head, _NONE)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _tells(name: str) -> bool:
    """False for what tells nothing: no letter in it and hardly a digit, or what the program says itself."""
    if not name or name in _EVERYWHERE:
        return False
    return bool(_LETTER.search(name)) or sum(char.isdigit() for char in name) > 4


def _starts(text: str, place: int) -> bool:
    """True where a word begins at `place`; scripts that do not part words may begin one anywhere."""
    char = text[place]
    if ord(char) > 0x2FF:
        return True
    return bool(_WORD_START.match(char)) and (place == 0 or not _WORD_START.match(text[place - 1]))


def _ends(text: str, end: int) -> bool:
    if end >= len(text) or ord(text[end - 1]) > 0x2FF:
        return True
    return not (_WORD_START.match(text[end - 1]) and _WORD_START.match(text[end]))


def _apart(text: str, place: int, end: int) -> bool:
    """True where the name from `place` to `end` is told from a sentence: a word the program itself uses is a name only
    where it stands by itself, as in `parked: main` or after a backtick."""
    name = text[place:end]
    if " " in name or name.casefold() not in OWN_WORDS:
        return True
    before, after = text[:place], text[end:]
    quoted = before.endswith("`") and after.startswith("`")
    leads = not before.strip("▸● ") and after[:1] in (":", ",")
    return quoted or leads or (bool(_LEADS_TO_NAME.search(before)) and (not after or after[:1] in ",;:·)"))
