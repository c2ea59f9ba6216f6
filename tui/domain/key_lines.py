"""Keys as lines to be read: what is told in the same words shares one, as far as there is room for its keys."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from tui.domain.keymap import KeyPlace, display_key, keys_of

COMMON = {"app": "Everywhere", "pane": "In every pane", "list": "In every list", "dialog": "In every dialog"}
"""What is called otherwise than the place it was first met in, by what its id begins with."""


class KeyLine(Struct, frozen=True):
    """One line."""

    keys: str
    text: str
    place: str = ""
    """Where it works; empty for where it was asked for."""


def join_keys(keys: Iterable[str], width: int) -> str:
    """As many of `keys`, as they are shown, as `width` has room for; those that are typed come first."""
    every = sorted(dict.fromkeys(keys), key=lambda key: not (len(key) == 1 and key.isascii()))
    said = every[0]
    for key in every[1:]:
        if len(said) + 1 + len(key) <= width:
            said += f" {key}"
    return said


def lines_of(
    places: Iterable[KeyPlace], own: Mapping[str, str], width: int, display: Callable[[str], str] = display_key
) -> Iterator[KeyLine]:
    """All keys of `places` with the person's `own`, each action once, in the order of their places; what works in many
    comes first. `width` is what a line has for its keys, which `display` shows."""
    told: set[str] = set()
    lines: dict[str, dict[str, list[str]]] = {heading: {} for heading in COMMON.values()}
    for place in places:
        actions = {action.id or action.keys[0]: action for layer in place.layers for action in layer}
        for id, action in actions.items():
            if id not in told:
                heading = COMMON.get(action.id.partition(".")[0] or "app", place.name)
                of = lines.setdefault(heading, {}).setdefault(action.told, [])
                of += map(display, keys_of(action, own))
        told |= actions.keys()
    for heading, found in lines.items():
        yield from (KeyLine(join_keys(keys, width), text, heading) for text, keys in found.items() if keys)
