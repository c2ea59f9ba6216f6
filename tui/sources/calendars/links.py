"""The link that joins a meeting, found in what an invitation says. Pure; links are only found here, never opened."""

import re
from collections.abc import Iterable, Iterator
from html import unescape
from urllib.parse import unquote

from tui.sources.calendars.lines import Property, unescaped

MAX_SEARCHED = 65_536
"""Characters of one property that are searched."""
MAX_WRAPPED = 20
"""Links of one property that are unwrapped."""

MEANT = (
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "X-MICROSOFT-ONLINEMEETINGEXTERNALLINK",
    "CONFERENCE",
)
"""Properties that hold the link to join and nothing else (CONFERENCE: RFC 7986 5.11)."""
PLACES = (*MEANT, "URL", "LOCATION", "DESCRIPTION")
"""Where it is looked for, the surest place first."""

# https only, no user name before the host, and a path that is a meeting: not every page of Zoom is one.
_REST = r"[^\s<>\"'\\\]|]*"
_LINK = re.compile(
    r"https://(?:"
    r"meet\.google\.com/[a-z0-9]"
    r"|(?:[a-z0-9-]{1,63}\.){0,3}(?:zoom\.us|zoom\.com|zoomgov\.com)/(?:j|my|w|s|wc|meeting)/"
    r"|(?:[a-z]{1,10}\.)?teams\.(?:microsoft\.com|microsoft\.us|cloud\.microsoft|live\.com)/(?:l/meetup-join|l/meeting|meet)/"
    r"|[a-z0-9-]{1,63}\.webex\.com/(?:webappng/sites/|(?:[^\s/]{1,80}/)?(?:j\.php|meet|join|m|wbxmjs|e\.php|k2)[/?])"
    r")" + _REST,
    re.IGNORECASE,
)
_OTHER_LINK = re.compile(
    r"https://(?:"
    r"meet\.jit\.si/[a-z0-9]"
    r"|(?:[a-z0-9-]{1,63}\.)?whereby\.com/[a-z0-9]"
    r"|(?:meet\.goto\.com|[a-z0-9-]{1,63}\.gotomeeting\.com/join|gotomeet\.me)/[a-z0-9]"
    r"|(?:app\.chime\.aws/meetings|chime\.aws)/[a-z0-9]"
    r"|app\.slack\.com/huddle/"
    r"|facetime\.apple\.com/join"
    r")" + _REST,
    re.IGNORECASE,
)
_MEANT_LINK = re.compile(r"https://[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?(?::\d{1,5})?/" + _REST, re.IGNORECASE)
# Mail servers and calendars put links behind one of their own, with the real one in its query.
_WRAPPED = re.compile(
    r"https://(?:[a-z0-9-]{1,40}\.safelinks\.protection\.outlook\.com/[^\s?<>\"]{0,80}\?(?:[^\s<>\"]{0,200}&)?url="
    r"|www\.google\.com/url\?(?:[^\s<>\"&]{0,200}&)?q=)(https[^\s<>\"'&]{1,4000})",
    re.IGNORECASE,
)


def find_join_url(properties: Iterable[Property]) -> str | None:
    """The link to join a meeting by among `properties`; None where there is none.

    First one to Meet, Zoom, Teams or Webex wherever it stands, then one to other places known for meetings, then what
    a property for just this holds. https only.
    """
    by_name: dict[str, list[str]] = {}
    for prop in properties:
        if prop.name in PLACES and (prop.name != "CONFERENCE" or _is_seen(prop)):
            by_name.setdefault(prop.name, []).append(unescaped(prop.value[:MAX_SEARCHED]))
    for pattern, places in ((_LINK, PLACES), (_OTHER_LINK, PLACES), (_MEANT_LINK, MEANT)):
        for place in places:
            for text in by_name.get(place, ()):
                matched = next((found for form in _forms(text) if (found := pattern.search(form))), None)
                if matched:
                    return unescape(matched[0]).rstrip(".,;:!?)>}")
    return None


def _is_seen(prop: Property) -> bool:
    """False for a conference of text or for moderators alone (FEATURE, RFC 7986 6.3)."""
    features = {feature.strip() for feature in prop.parameters.get("FEATURE", "").upper().split(",")} - {""}
    return not features or bool(features & {"VIDEO", "AUDIO", "PHONE", "SCREEN"})


def _forms(text: str) -> Iterator[str]:
    """What links in `text` stand behind, then `text` as it is."""
    if "safelinks." in text or "google.com/url?" in text:
        for number, wrapped in enumerate(_WRAPPED.finditer(unescape(text))):
            if number >= MAX_WRAPPED:
                break
            yield unquote(wrapped[1])
    yield text
