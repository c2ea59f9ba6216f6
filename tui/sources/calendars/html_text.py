"""HTML as plain text, as far as descriptions of meetings have it. Pure, and never in more than linear time."""

import re
from html import unescape

_HTML = re.compile(
    r"</?(?:html|body|br|p|div|span|a|b|i|u|em|strong|ul|ol|li|table|font|h[1-6])(?:\s[^<>]*)?/?>", re.IGNORECASE
)
_TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]*)([^<>]*)>")
_LINK = re.compile(r"""\bhref\s*=\s*["']?([^"'\s>]+)""", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_UNSHOWN = ("style", "script", "head", "title")
_APART = ("p", "h1", "h2", "h3", "h4", "h5", "h6")
_LINES = (*_APART, "div", "tr", "ul", "ol", "table", "hr", "blockquote")


def is_html(text: str) -> bool:
    """True where `text` has tags that people's programs write; `<ana@example.com>` and `a < b` are none."""
    return _HTML.search(text) is not None


def plain_of(marked: str) -> str:
    """HTML as text: a line a block, `- ` before the entries of lists, the address behind a link that hides it."""
    page = _Page()
    text = _without_comments(marked)
    end = 0
    for tag in _TAG.finditer(text):
        page.say(text[end : tag.start()])
        page.obey(tag[2].lower(), tag[3], closes=bool(tag[1]))
        end = tag.end()
    page.say(text[end:])
    return "\n".join(line.strip() for line in unescape("".join(page.parts)).replace("\xa0", " ").split("\n"))


class _Page:
    """Text as it is put together."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._breaks = 2
        """How many line breaks it ends with."""
        self._hidden = ""
        """The tag within which nothing is shown."""
        self._link = ""
        self._linked_from = 0

    def say(self, text: str) -> None:
        if self._hidden:
            return
        said = _SPACES.sub(" ", text)
        said = said.lstrip() if self._breaks else said
        if said:
            self.parts.append(said)
            self._breaks = 0

    def obey(self, name: str, rest: str, *, closes: bool) -> None:
        if self._hidden:
            self._hidden = "" if closes and name == self._hidden else self._hidden
        elif name in _UNSHOWN:
            self._hidden = "" if closes else name
        elif name == "br":
            self._break(min(self._breaks + 1, 2))
        elif name in _LINES:
            self._break(2 if name in _APART else 1)
        elif name == "li" and not closes:
            self._break(1)
            self.parts.append("- ")
            self._breaks = 2  # a block in it begins behind its mark
        elif name == "a":
            self._follow(rest, closes=closes)

    def _break(self, breaks: int) -> None:
        self.parts.append("\n" * (breaks - self._breaks))
        self._breaks = max(self._breaks, breaks)

    def _follow(self, rest: str, *, closes: bool) -> None:
        if not closes:
            found = _LINK.search(rest)
            self._link, self._linked_from = (found[1] if found else ""), len(self.parts)
        elif self._link:
            shown = "".join(self.parts[self._linked_from :]).strip()
            if self._link.startswith("https://") and unescape(self._link) != unescape(shown):
                self.say(f" ({self._link})" if shown else self._link)
            self._link = ""


def _without_comments(text: str) -> str:
    kept: list[str] = []
    at = 0
    while (begin := text.find("<!--", at)) >= 0 and (end := text.find("-->", begin)) >= 0:
        kept.append(text[at:begin])
        at = end + 3
    return "".join((*kept, text[at:]))
