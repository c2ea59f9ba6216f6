"""What the person takes of what was found for a first configuration. Nothing is asked for and nothing written here."""

from pathlib import PurePath

from msgspec import Struct

from tui.domain.beginning import Beginning, Examined, FoundCalendar, FoundRoot, PlaceKind, Surroundings

_KINDS = (("editor", "Editor (e)"), ("agent", "AI agent (a)"))


class Offer(Struct, frozen=True):
    """One thing that can be taken."""

    key: str
    text: str
    told: str
    taken: bool
    heading: str = ""
    """Under what it stands, where it is one of several of which one is taken."""


class Choosing:
    """What was found and typed, and what is taken of it; what is found later changes nothing that was chosen."""

    def __init__(self) -> None:
        self.found: Surroundings | None = None
        self._added: dict[str, Examined] = {}
        self._turned: dict[str, bool] = {}
        self._programs: dict[str, str] = {}

    @property
    def folder(self) -> str:
        """Where the configuration would be, from the root of the disk."""
        return self.found.folder if self.found else ""

    def offers(self, kind: PlaceKind | None) -> tuple[Offer, ...]:
        """What there is of `kind`; programs for None."""
        match kind:
            case "root":
                return tuple(
                    Offer(f"root:{root.path}", root.path, _counted(root), self._takes_root(root))
                    for root in self._roots()
                )
            case "calendar":
                return tuple(
                    Offer(f"calendar:{one.path}", one.shown, one.told, self._takes(f"calendar:{one.path}", one.wanted))
                    for one in self._calendars()
                )
            case "me":
                return tuple(
                    Offer(f"me:{address}", address, told, self._takes(f"me:{address}", True))
                    for address, told in self._addresses()
                )
            case None:
                return self._program_offers()

    def nothing(self, kind: PlaceKind | None) -> str:
        """What is said where nothing of `kind` was found."""
        match kind:
            case "root":
                return "no folder with repositories was found; a adds one"
            case "calendar":
                return "none was found; a adds a file, a folder or an address, or just paste it"
            case "me":
                return "git knows none (user.email); a adds one"
            case None:
                return "no editor and no agent that is known here was found"

    def turn(self, key: str) -> None:
        """Take what was left, leave what was taken; of programs take this one."""
        kind, _, rest = key.partition(":")
        if kind in ("editor", "agent"):
            self._programs[kind] = rest
            return
        offers = (*self.offers("root"), *self.offers("calendar"), *self.offers("me"))
        self._turned[key] = not next((offer.taken for offer in offers if offer.key == key), False)

    def add(self, examined: Examined) -> str:
        """Take what was typed; its key."""
        match examined.kind:
            case "root":
                text = examined.root.path if examined.root else ""
            case "calendar":
                text = examined.calendar.path if examined.calendar else ""
            case "me":
                text = examined.address
        key = f"{examined.kind}:{text}"
        self._added[key] = examined
        self._turned[key] = True
        return key

    def beginning(self) -> Beginning:
        """What comes of it."""
        return Beginning(
            tuple(root.path for root in self._roots() if self._takes_root(root)),
            tuple(one for one in self._calendars() if self._takes(f"calendar:{one.path}", one.wanted)),
            tuple(address for address, _ in self._addresses() if self._takes(f"me:{address}", True)),
            self._pinned("editor"),
            self._pinned("agent"),
        )

    def _roots(self) -> tuple[FoundRoot, ...]:
        added = [examined.root for examined in self._added.values() if examined.root]
        known = {root.path: root for root in (*(self.found.roots if self.found else ()), *added)}
        return tuple(known.values())

    def _takes_root(self, root: FoundRoot) -> bool:
        others = [PurePath(other.path) for other in self._roots() if other.repositories and other is not root]
        inside = any(PurePath(root.path).is_relative_to(other) for other in others)
        return self._takes(f"root:{root.path}", bool(root.repositories) and not inside)

    def _calendars(self) -> tuple[FoundCalendar, ...]:
        added = [examined.calendar for examined in self._added.values() if examined.calendar]
        known = {one.path: one for one in (*(self.found.calendars if self.found else ()), *added)}
        return tuple(known.values())

    def _addresses(self) -> tuple[tuple[str, str], ...]:
        known = dict.fromkeys(self.found.addresses if self.found else (), "as git commits")
        for examined in self._added.values():
            if examined.address:
                known.setdefault(examined.address, "")
        return tuple(known.items())

    def _program_offers(self) -> tuple[Offer, ...]:
        offers = []
        for kind, heading in _KINDS:
            programs = [one for one in (self.found.programs if self.found else ()) if one.kind == kind]
            chosen = self._programs.get(kind) or (programs[0].name if programs else "")
            offers += [
                Offer(f"{kind}:{one.name}", one.name or "ask me", one.told, one.name == chosen, heading)
                for one in programs
            ]
        return tuple(offers)

    def _pinned(self, kind: str) -> str:
        """The program chosen over the one taken anyway; empty for that."""
        chosen = self._programs.get(kind, "")
        anyway = next((one for one in (self.found.programs if self.found else ()) if one.kind == kind), None)
        return "" if anyway is None or anyway.name == chosen else chosen

    def _takes(self, key: str, otherwise: bool) -> bool:
        return self._turned.get(key, otherwise)


def _counted(root: FoundRoot) -> str:
    match root.repositories:
        case None:
            return "counting …"
        case 0:
            return "no repositories"
        case 1:
            return "1 repository"
        case many:
            return f"{many} repositories"
