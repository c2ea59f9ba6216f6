"""What the dashboard's driver does that Textual's own does not: it outlives its terminal, takes no answer of it for
keys, and has a title: the terminal's own is given back to whoever has the terminal next. It can ask for the background.

What is replaced in `tui.terminal_driver` is private to Textual: for a release that was not tried, `quick_driver`
answers None and Textual's own is used.
"""

import os
import re
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import textual
from textual import constants
from textual.driver import Driver

from tui.background import ASK, BackgroundTold, is_light
from tui.title import NAME, POP, PUSH, title_sequence

TRIED = "8.2."
"""Releases of Textual whose driver this was tried with."""
TICK_SECONDS = 0.1
"""How long the rest of what has begun is waited for at a time."""
ESCAPE_SECONDS = constants.ESCAPE_DELAY if "ESCDELAY" in os.environ else 0.05
"""How long a lone escape is waited on before it counts as the key."""
MOST_PAUSES = 10
"""So many times TICK_SECONDS the rest of an answer is waited for."""
ESCAPE = "\x1b" if constants.DISABLE_KITTY_KEY else "\x1b[27u"
"""The key, as no terminal begins anything else."""
_ANSWER = re.compile(
    r"\x1b(?:[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|\[[?>=][0-9;:]*(?!\$y)[ -/]*[@-~])"  # `$y` is for Textual: DECRPM
)
_BEGUN = re.compile(r"\x1b(?:[\]P_^X][^\x07\x1b]*\x1b?|\[(?:[?>=][0-9;:]*[ -/]*|2(?:0[01]?)?)?|\x1b*)\Z")
_GOES_ON = tuple("[O]P_^X\x1b")
"""What comes after an escape that is not the key."""
_ALT = re.compile(r"\x1b([^\W\d_OPXbf]|[ !\"#$%&'()*+,./:;<>?@`{|}~])")
"""Alt and a letter or sign, but for those that begin something or that Textual knows as another key."""
_PASTE, _PASTED = "\x1b[200~", "\x1b[201~"
_PASTES = re.compile(r"(\x1b\[20[01]~)")


class Taking(Driver):
    """A driver that tells its parts when it has the terminal."""

    def taken(self) -> None:
        """The terminal was taken; not called where it was not to be had: this process is in the background then."""


class Titled(Taking):
    """The part of a driver that has the terminal's title while it has the terminal."""

    _title = title_sequence(NAME)
    _has_title = False

    def taken(self) -> None:
        super().taken()
        self._has_title = True
        self.write(PUSH + self._title)

    def stop_application_mode(self) -> None:
        if self._has_title:
            self._has_title = False
            self.write(POP)
        super().stop_application_mode()  # type: ignore[safe-super]

    def set_title(self, title: str) -> None:
        """Have the terminal show `title` from now on, or from when the dashboard has the terminal again."""
        sequence = title_sequence(title)
        if sequence != self._title:
            self._title = sequence
            if self._has_title:
                self.write(sequence)


class Typed:
    """What was typed, without what the terminal answers, which comes among the keys: an editor that was just here may
    have asked and not waited, and the letters of an answer would be keys.

    Left out are control strings (OSC, DCS, APC, PM, SOS: no key sends them) and the reports that Textual makes keys of.
    An escape that came by itself is the key, however soon the next one follows: a terminal sends alt and a letter at
    once. In what is pasted is none: Textual would take what follows it for keys.
    """

    def __init__(self, told: Callable[[str], object] = lambda _answer: None) -> None:
        """`told` is called with each answer."""
        self._told = told
        self._early = MOST_PAUSES
        """So many pauses from the start a lone escape may be an answer's; later it is held up less."""
        self._held = ""
        self._pauses = 0
        self._pasting = False

    @property
    def patience(self) -> float:
        """Seconds without input after which `rest` is to be asked for."""
        return ESCAPE_SECONDS if self._early <= 0 and _is_escape(self._held) else TICK_SECONDS

    def feed(self, text: str) -> str:
        """What was typed of `text`; what may be the beginning of an answer is held back."""
        if text and not self._pasting and not text.startswith(_GOES_ON):
            self._held = self._keys(self._held)
        text, self._held, self._pauses = self._held + text, "", 0
        text = _ANSWER.sub(self._take, text)
        if begun := _BEGUN.search(text):
            text, self._held = text[: begun.start()], begun[0]
        return "".join(map(self._without_pasted_escapes, _PASTES.split(text)))

    def _without_pasted_escapes(self, part: str) -> str:
        if part in {_PASTE, _PASTED}:
            self._pasting = part == _PASTE
            return part
        return part.replace("\x1b", "") if self._pasting else part

    def _keys(self, held: str) -> str:
        """What is `held` with escapes as keys, where it is nothing else."""
        return ESCAPE * len(held) if _is_escape(held) else held

    def _take(self, answer: re.Match[str]) -> str:
        self._told(answer[0])
        return ""

    def rest(self) -> str:
        """After `patience` without input: the key that was held back. A begun answer is waited for a while, and then
        it is nothing."""
        self._pauses += 1
        self._early -= 1
        held = self._held
        is_key = not self._pasting and (len(held) <= 2 or _is_escape(held))
        if is_key or self._pauses >= MOST_PAUSES:
            self._held = ""
        return self._keys(held) if is_key else ""


def _is_escape(held: str) -> bool:
    return bool(held) and not held.strip("\x1b")


def spell_alt(keys: str) -> str:
    """`keys` with alt and a letter as kitty spells it. Of the short way Textual waits whether more belongs to it, and
    takes it for `^` and the letter where the next escape comes meanwhile."""
    return keys if constants.DISABLE_KITTY_KEY else _ALT.sub(_spelled, keys)


def _spelled(found: re.Match[str]) -> str:
    letter = found[1]
    return f"\x1b[{ord(letter.lower())};{4 if letter.isupper() else 3}u"


class Output:
    """The terminal as Textual's thread writes to it. What is written once it has been taken away goes nowhere: an
    exception would end that thread, and the dashboard would wait for it for ever instead of ending."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file

    def write(self, text: str) -> None:
        """Write `text`."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Have the terminal get what was written."""
        with suppress(OSError):
            self._file.flush()

    def fileno(self) -> int:
        """The number of its descriptor."""
        return self._file.fileno()


class Asking(Taking):
    """The part of a driver that asks for the background whenever it takes the terminal."""

    def taken(self) -> None:
        super().taken()
        self.write(ASK)

    def heard(self, answer: str) -> None:
        """Tell the app of the background, where `answer` tells it."""
        light = is_light(answer)
        if light is not None:
            self.process_message(BackgroundTold(light=light))


def _is_tried() -> bool:
    """True where the Textual that is installed is a release that was tried. Its version stands in the name of the
    folder an installer leaves beside it; the library that reads versions takes as long to load as ours altogether."""
    beside = Path(textual.__file__).parents[1]
    found = [path.name for path in beside.glob("textual-*-info")]
    if found:
        return all(name.startswith(f"textual-{TRIED}") for name in found)
    from importlib.metadata import version

    return version("textual").startswith(TRIED)


def quick_driver(*, titled: bool = False, asking: bool = False) -> type[Any] | None:
    """The driver class for this terminal, which sets its title where it is `titled` and asks for its background where
    it is `asking`; None where Textual's own is to be used."""
    if sys.platform == "win32" or not _is_tried() or "TEXTUAL_DRIVER" in os.environ:
        return None
    from tui.terminal_driver import QuickDriver

    parts = (*((Asking,) if asking else ()), *((Titled,) if titled else ()), QuickDriver)
    return type("TerminalDriver", parts, {}) if len(parts) > 1 else QuickDriver
