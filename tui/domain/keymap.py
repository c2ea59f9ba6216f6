"""Which key does what, where: the person's own keys read and checked against the bindings. What the bindings are stands
with the widgets that act; `tui.screens.key_places` gathers them."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from tui.domain.keys import ACTIONS
from tui.domain.panes import HIDDEN, PaneName, keys_to

MODIFIERS = ("ctrl", "shift", "alt", "meta", "super", "hyper")
NAMED = (
    *("enter", "escape", "tab", "space", "backspace", "delete", "insert"),
    *("home", "end", "pageup", "pagedown", "up", "down", "left", "right"),
    *("slash", "backslash", "at", "minus", "plus", "underscore"),
    *(f"f{number}" for number in range(1, 25)),
)
"""Keys that have a name of their own; every other is a character, or the name Unicode has for it."""


class KeyAction(Struct, frozen=True):
    """Something a key does."""

    id: str
    """Its name in the configuration; empty for one whose key cannot be changed."""
    keys: tuple[str, ...]
    """The keys it has by default."""
    name: str
    """In a word or two."""
    told: str
    """In a few words. Actions that are told in the same words are one thing."""


class KeyPlace(Struct, frozen=True):
    """Where keys work together: what has the focus and all around it."""

    name: str
    layers: tuple[tuple[KeyAction, ...], ...]
    """What is asked first comes first."""


class Keymap(Struct, frozen=True):
    """The person's own keys, as far as they are keys, and a sentence for each that is not."""

    keys: tuple[tuple[str, str], ...]
    """Id of the action, and its keys with commas between."""
    problems: tuple[str, ...] = ()

    def in_force(self, panes: Sequence[PaneName]) -> dict[str, str]:
        """With the keys that go to `panes`, which are those shown, in their order."""
        return {**keys_to(panes), **dict(self.keys)}


def read_keymap(pairs: Iterable[tuple[str, str]]) -> Keymap:
    """What `[keys]` says. Where an action or a key is not known, that is said, and its default stays."""
    keys: list[tuple[str, str]] = []
    problems: list[str] = []
    for id, text in pairs:
        named = ("comma",) if text.strip() == "," else tuple(key.strip() for key in text.split(","))
        wrong = [said for key in named if (said := key_problem(key))]
        if id not in ACTIONS:
            near = difflib.get_close_matches(id, ACTIONS, n=1, cutoff=0.6)
            hint = f"did you mean `{near[0]}`?" if near else "`makerhour keys --ids` names them all"
            problems.append(f"unknown action `keys.{id}`; {hint}")
        elif wrong:
            problems.append(f"`keys.{id}`: {wrong[0]}; its own key stays")
        else:
            keys.append((id, ",".join(named)))
    return Keymap(tuple(keys), tuple(problems))


def key_problem(key: str) -> str:
    """What is wrong with `key` as the name of one key, with the remedy; empty where nothing is."""
    if not key:
        return "a key is missing; name one, such as `E` or `ctrl+e`"
    *modifiers, name = (*key[:-2].split("+"), "+") if key.endswith("++") else key.split("+") if key != "+" else ("+",)
    for modifier in modifiers:
        if modifier not in MODIFIERS:
            return f"`{key}` is no key; {_nearest(modifier, MODIFIERS)}"
    if len(name) == 1 and name.isprintable():
        if modifiers == ["shift"] and name.isalpha():
            return f"`{key}` is no key of a terminal; write `{name.upper()}`"
        if "ctrl" in modifiers and name.isupper():
            return f"`{key}` is no key of a terminal; write `{'+'.join((*modifiers, name.lower()))}`"
        return ""
    return "" if name in NAMED or _unicode_knows(name) else f"`{key}` is no key; {_nearest(name, NAMED)}"


def _unicode_knows(name: str) -> bool:
    try:
        return name == name.lower() and " " not in name and bool(unicodedata.lookup(name.replace("_", " ").upper()))
    except KeyError:
        return False


def _nearest(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    return f"did you mean `{near[0]}`?" if near else "name one such as `E`, `f5`, `ctrl+e` or `question_mark`"


def keys_of(action: KeyAction, own: Mapping[str, str]) -> tuple[str, ...]:
    """The keys `action` has with the person's `own`; none for going to a pane that is hidden."""
    keys = tuple(own[action.id].split(",")) if action.id in own else action.keys
    return tuple(key for key in keys if not key.startswith(HIDDEN))


def clashes(places: Iterable[KeyPlace], own: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each key that the person's own keys give to two actions that are asked together. What shares a
    key by default does so on purpose."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for place in places:
        taken: dict[str, KeyAction] = {}
        for layer in place.layers:
            for action in sorted(layer, key=lambda action: action.id not in own):
                for key in keys_of(action, own):
                    first = taken.setdefault(_one(key), action)
                    mine = first.id in own or action.id in own
                    if first.id != action.id and mine and not set(first.keys) & set(action.keys):
                        found.setdefault((key, _said(first), _said(action)), []).append(place.name)
    return tuple(
        f"the key `{key}` is {first} and {other} in {_listed(names)}; only {first} has it there: give one another key"
        for (key, first, other), names in found.items()
    )


def _one(key: str) -> str:
    """`key` under the one name it is compared by: characters have their Unicode name in bindings."""
    if len(key) != 1 or key.isalnum():
        return key
    name = unicodedata.name(key, key).lower().replace("-", "_").replace(" ", "_")
    return _SHORT.get(name, name)


_SHORT = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}


def _said(action: KeyAction) -> str:
    return f"`keys.{action.id}`" if action.id else f"“{action.told}”, which keeps it,"


def _listed(names: Sequence[str]) -> str:
    several = list(dict.fromkeys(names))
    return ", ".join(several[:2]) + (f" and {len(several) - 2} more places" if len(several) > 2 else "")


def display_key(key: str) -> str:
    """`key` as it is shown: `e`, `?`, `^f`, `esc`, `↓`."""
    *modifiers, name = key.split("+") if key != "+" else ("+",)
    shown = _DISPLAYED.get(name) or _character_of(name) or name
    if "ctrl" in modifiers:
        modifiers.remove("ctrl")
        shown = f"^{shown}"
    return "+".join((*modifiers, shown))


def _character_of(name: str) -> str:
    """The character that has `name` in bindings; empty where it is none."""
    if len(name) == 1:
        return name
    try:
        character = unicodedata.lookup(_LONG.get(name, name.replace("_", " ")).upper())
    except KeyError:
        return ""
    return character if character.isprintable() else ""


_LONG = {short: long.replace("_", " ") for long, short in _SHORT.items()} | {"minus": "hyphen-minus"}
_DISPLAYED = {"escape": "esc", "pageup": "pgup", "pagedown": "pgdn", "delete": "del"}
_DISPLAYED |= {"up": "↑", "down": "↓", "left": "←", "right": "→", "space": "space"}
