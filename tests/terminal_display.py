"""The screen of a test's terminal: bytes in; two screens, the modes and the answers a terminal gives, out.

pyte draws one screen. What it does not know, and private sequences it would stumble over, is done here the way
xterm does it. The process and its pty are `tests.terminal`. No tests in here.
"""

import codecs
import copy
import re
from typing import Any

import pyte
from pyte.screens import wcwidth

_SEQUENCE = re.compile(
    r"\x1b(?:"
    r"\[(?P<parameters>[0-?]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\](?P<osc>[^\x07\x1b]*)(?P<end>\x07|\x1b\\)"
    r"|[PX^_][^\x1b]*\x1b\\"
    r"|[ -/]+[0-~]"
    r"|(?P<single>[0-OQ-WYZ\\`-~]))"
)
_BEGUN = re.compile(r"\x1b(?:\[[0-?]*[ -/]*|\][^\x07\x1b]*\x1b?|[PX^_][^\x1b]*\x1b?|[ -/]*)")
_DRAWN_MODES = frozenset(("5", "6", "7", "25"))


def lines_of(screen: Any) -> list[str]:
    """What is on `screen`, a text a line. pyte's own stumbles over the second cell of a wide character whose first one
    was written over; it is a blank then, as in xterm."""
    lines = []
    for number in range(screen.lines):
        row, text, wide = screen.buffer[number], "", False
        for column in range(screen.columns):
            cell = row[column].data
            if not wide:
                text += cell or " "
            wide = not wide and bool(cell) and wcwidth(cell[0]) == 2
        lines.append(text)
    return lines


class Display:
    """Main and alternate screen (`screens`), which of them is `showing`, and the private `modes` by number."""

    background = "0000"
    """Each part of its colour, as it is told."""

    def __init__(self, columns: int, lines: int) -> None:
        self.screens = (pyte.Screen(columns, lines), pyte.Screen(columns, lines))
        self.title = ""
        self.titles: list[str] = []
        """Those remembered, the last one last."""
        self._streams = tuple(pyte.Stream(screen) for screen in self.screens)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self.start_afresh()

    def start_afresh(self) -> None:
        self.modes: dict[int, bool] = {7: True, 25: True}
        self.keyboards: tuple[list[int], list[int]] = ([], [])
        self.showing = 0
        self._saved: dict[int, Any] = {}
        self._last = " "

    @property
    def screen(self) -> Any:
        return self.screens[self.showing]

    def resize(self, columns: int, lines: int) -> None:
        for screen in self.screens:
            screen.resize(lines, columns)

    def feed(self, raw: bytes) -> str:
        """Draw `raw`; the answers to questions in it."""
        text, answers = self._rest + self._decode(raw), ""
        while text:
            if not text.startswith("\x1b"):
                plain, escape, rest = text.partition("\x1b")
                self._draw(plain)
                text = escape + rest
            elif found := _SEQUENCE.match(text):
                answers += self._obey(found)
                text = text[found.end() :]
            elif _BEGUN.fullmatch(text):
                break
            else:  # cut short by another sequence, or nonsense
                begun = _BEGUN.match(text)
                text = text[begun.end() if begun else 1 :]
        self._rest = text
        return answers

    def _draw(self, plain: str) -> None:
        self._streams[self.showing].feed(plain)
        if plain.isprintable():
            self._last = plain[-1]

    def _obey(self, found: re.Match[str]) -> str:
        if found["final"]:
            return self._control(found["parameters"], found["between"], found["final"], found[0])
        if found["osc"] is not None:
            return self._operating_system(found["osc"], found["end"])
        match found["single"]:
            case "7":
                self._save()
            case "8":
                self._restore()
            case "c":
                for screen in self.screens:
                    screen.reset()
                self.start_afresh()
            case "D" | "E" | "H" | "M":
                self._streams[self.showing].feed(found[0])
        return ""

    def _operating_system(self, text: str, end: str) -> str:
        code, _, value = text.partition(";")
        if code in ("0", "2"):
            self.title = value
        if code in ("10", "11", "12") and value == "?":
            shade = self.background if code == "11" else "ffff"
            return f"\x1b]{code};rgb:{shade}/{shade}/{shade}{end}"
        return ""

    def _control(self, parameters: str, between: str, final: str, sequence: str) -> str:
        mark = parameters[:1] if parameters[:1] in "<=>?" else ""
        numbers = parameters[len(mark) :]
        match (mark, between, final):
            case ("?", "", "h" | "l"):
                for number in numbers.split(";"):
                    self._switch(number, final == "h")
            case ("?", "$", "p"):
                known = self.modes.get(int(numbers or 0))
                return f"\x1b[?{numbers};{0 if known is None else 1 if known else 2}$y"
            case ("", "", "c"):
                return "\x1b[?64;1;2;6;9;15;16;17;18;21;22;28c"
            case (">", "", "c"):
                return "\x1b[>41;367;0c"
            case (">", "", "q"):
                return "\x1bP>|XTerm(367)\x1b\\"
            case ("", "", "n") if numbers == "5":
                return "\x1b[0n"
            case ("", "", "n") if numbers == "6":
                return f"\x1b[{self.screen.cursor.y + 1};{min(self.screen.cursor.x, self.screen.columns - 1) + 1}R"
            case ("", "", "t") if numbers in ("22;2", "22;0"):
                self.titles.append(self.title)
            case ("", "", "t") if numbers in ("23;2", "23;0"):
                self.title = self.titles.pop() if self.titles else self.title
            case ("", "", "t") if numbers in ("18", "19"):
                return f"\x1b[{numbers[1]};{self.screen.lines};{self.screen.columns}t"
            case (_, "", "u"):
                self._keyboard(mark, numbers)
            case ("", "", _):
                self._plain_control(numbers, final, sequence)
        return ""

    def _plain_control(self, numbers: str, final: str, sequence: str) -> None:
        stream = self._streams[self.showing]
        match final:
            case "s" if not numbers:
                self._save()
            case "b":
                stream.feed(self._last * int(numbers or 1))
            case "`":
                stream.feed(f"\x1b[{numbers}G")
            case "S" | "T":
                self._scroll(int(numbers.partition(";")[0] or 1), up=final == "S")
            case _ if final in pyte.Stream.csi and ":" not in numbers:
                stream.feed(sequence)

    def _scroll(self, count: int, *, up: bool) -> None:
        screen = self.screen
        top, bottom = screen.margins or (0, screen.lines - 1)
        row = screen.cursor.y
        screen.cursor.y = bottom if up else top
        for _ in range(min(count, screen.lines)):
            if up:
                screen.index()
            else:
                screen.reverse_index()
        screen.cursor.y = row

    def _switch(self, number: str, on: bool) -> None:
        if not number.isdigit():
            return
        if number in ("47", "1047", "1049"):
            self._show(1 if on else 0, remembering=number == "1049")
        elif number in _DRAWN_MODES:
            for stream in self._streams:
                stream.feed(f"\x1b[?{number}{'h' if on else 'l'}")
        self.modes[int(number)] = on

    def _show(self, which: int, *, remembering: bool) -> None:
        if remembering and which == 1:
            self._save()
        if which != self.showing:
            there = self.screens[which].cursor
            there.x, there.y = self.screen.cursor.x, self.screen.cursor.y
            self.showing = which
            if which == 1:
                self.screen.erase_in_display(2)
        if remembering and which == 0:
            self._restore()

    def _save(self) -> None:
        self._saved[self.showing] = copy.copy(self.screen.cursor)

    def _restore(self) -> None:
        hidden = self.screen.cursor.hidden
        saved = self._saved.get(self.showing)
        if saved is None:
            self.screen.cursor_position()
        else:
            self.screen.cursor = copy.copy(saved)
        self.screen.cursor.hidden = hidden

    def _keyboard(self, mark: str, numbers: str) -> None:
        stack = self.keyboards[self.showing]
        count = int(numbers.partition(";")[0] or 0)
        match mark:
            case ">":
                stack.append(count)
            case "<":
                del stack[-(count or 1) :]
            case "=":
                stack[-1:] = [count]
            case "" if not numbers:
                self._restore()
