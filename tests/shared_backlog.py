"""One backlog in several clones of a bare repository, each with a store and a sync of its own."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from tests.fleet import clone, git
from tui.domain.backlog import Item
from tui.domain.changes import Change
from tui.domain.syncing import Synced
from tui.sources.backlog import BacklogStore
from tui.sources.backlog_sync import BacklogSync, SyncError

NOW = datetime(2026, 3, 10, 10, 12, tzinfo=UTC)
MARKERS = (b"<<<<<<<", b"=======", b">>>>>>>")


class Desk:
    """A person's clone."""

    def __init__(self, folder: Path, *, name: str = "ideas/backlog.toml", trusted: Sequence[Path] = ()) -> None:
        self.folder = folder
        self.path = folder / name
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.store = BacklogStore(self.path, lambda: NOW)
        self.syncing = BacklogSync(BacklogStore(self.path, lambda: NOW), lambda: NOW, lambda root: root in trusted)

    def sync(self) -> Synced:
        """As `S` does. No conflict marker ever stands in the file."""
        try:
            return self.syncing.sync()
        finally:
            if self.path.is_file():
                assert not any(marker in self.path.read_bytes() for marker in MARKERS)

    def refusal(self) -> str:
        """The sentence of a sync that fails, which changes nothing a person would see."""
        before = self.seen()
        try:
            self.syncing.sync()
        except SyncError as error:
            assert self.seen() == before
            return str(error)
        raise AssertionError("it was synced")

    def seen(self) -> tuple[bytes, ...]:
        """All of the work tree's files, HEAD, index and what is staged."""
        files = [path for path in sorted(self.folder.glob("**/*")) if path.is_file() and ".git" not in path.parts]
        kept = [path.read_bytes() for path in files if not path.name.endswith((".lock", ".bak"))]
        state = (("status", "--porcelain=v2"), ("rev-parse", "HEAD"), ("symbolic-ref", "HEAD"))
        return (*kept, *(git(self.folder, *asked, ok=False) for asked in state))

    def add(self, *titles: str, **fields: Any) -> None:
        self.store.add([Item("", title, **fields) for title in titles])

    def change(self, title: str, **fields: Any) -> None:
        item = self.item(title)
        self.store.change([Change(item, replace(item, **fields))])

    def delete(self, title: str) -> None:
        self.store.change([Change(self.item(title), None)])

    def item(self, title: str) -> Item:
        return next(item for item in self.store.read().items if item.title == title)

    def titles(self) -> list[str]:
        return [item.title for item in self.store.read().items]

    def status(self) -> str:
        """What git says has changed, the store's own files beside the backlog apart."""
        lines = git(self.folder, "status", "--porcelain", "-uall").decode().splitlines()
        return "\n".join(line for line in lines if not line.endswith((".lock", ".bak")))

    def log(self) -> list[str]:
        return git(self.folder, "log", "--format=%s", "--first-parent").decode().splitlines()


def shared(folder: Path, *names: str, **options: Any) -> tuple[Desk, ...]:
    """Clones of one bare repository, which has a first commit and no backlog yet."""
    hub = folder / "hub.git"
    git(folder, "init", "-q", "--bare", str(hub))
    first = clone(hub, folder / names[0])
    (first / "README").write_text("ideas\n")
    git(first, "add", "README")
    git(first, "commit", "-q", "-m", "Begin")
    git(first, "push", "-q", "-u", "origin", "HEAD")
    return tuple(Desk(folder / name if name == names[0] else clone(hub, folder / name), **options) for name in names)
