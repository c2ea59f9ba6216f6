"""The link that joins a meeting, found in what an invitation says. Pure; links are only found here, never opened."""

import re
from collections.abc import Iterable
from html import unescape

from tui.sources.calendars.lines import Property, unescaped

MAX_SEARCHED = 65_536
"""Characters of one property that are searched."""

PLACES = (
    "X-GOOGLE-CONFERENCE",
    "X-MICROSOFT-SKYPETEAMSMEETINGURL",
    "CONFERENCE",
    "URL",
    "LOCATION",
    "DESCRIPTION",
)
"""Where it is looked for, the surest place first."""

# https only, no user name before the host, and a path that is a meeting: not every page of Zoom is one.
_LINK = re.compile(
    r"https://(?:"
    r"meet\.google\.com/[a-z0-9]"
    r"|(?:[a-z0-9-]{1,63}\.){0,3}(?:zoom\.us|zoomgov\.com)/(?:j|my|w|s|wc|meeting)/"
    r"|(?:[a-z]{1,10}\.)?teams\.(?:microsoft\.com|microsoft\.us|cloud\.microsoft|live\.com)/(?:l/meetup-join|l/meeting|meet)/"
    r"|[a-z0-9-]{1,63}\.webex\.com/(?:[^\s/]{1,80}/)?(?:j\.php|meet|join|m|wbxmjs|e\.php|k2)[/?]"
    r")[^\s<>\"'\\\]|]*",
    re.IGNORECASE,
)


def find_join_url(properties: Iterable[Property]) -> str | None:
    """The first link to a Meet, Zoom, Teams or Webex meeting among `properties`; None where there is none."""
    by_name: dict[str, list[str]] = {}
    for prop in properties:
        if prop.name in PLACES:
            by_name.setdefault(prop.name, []).append(prop.value)
    for place in PLACES:
        for value in by_name.get(place, ()):
            matched = _LINK.search(unescaped(value[:MAX_SEARCHED]))
            if matched:
                return unescape(matched[0]).rstrip(".,;:!?)>}")
    return None
