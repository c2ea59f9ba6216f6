"""The fetches the person asked for: once they ended, one sentence says how. Those of the schedule are not told here."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from tui.domain.repos import Fleet, Repository

MOST_NAMES = 3


class AskedFetches:
    """What was asked for and has not ended yet."""

    def __init__(self) -> None:
        self._waiting: dict[Path, datetime | None] = {}
        """The repositories waited for, with when each was tried last before it was asked for."""
        self._ended: dict[Path, Repository] = {}

    def ask(self, repositories: Iterable[Repository]) -> tuple[Path, ...]:
        """Wait for these too; what is to be fetched: of many those that can be read, one in any case."""
        chosen = tuple(repositories)
        asked = [repo for repo in chosen if not repo.error or len(chosen) == 1]
        self._waiting |= {repo.path: repo.fetch_tried_at for repo in asked}
        return tuple(repo.path for repo in asked)

    def answer(self, fleet: Fleet) -> tuple[str, bool] | None:
        """How it went, and whether all went well, once everything asked for has ended; else None."""
        if not self._waiting:
            return None
        known = {repo.path: repo for repo in fleet.repositories if repo.path in self._waiting}
        for path, before in list(self._waiting.items()):
            repo = known.get(path)
            if repo is None or repo.fetch_tried_at != before:
                del self._waiting[path]
                if repo is not None:
                    self._ended[path] = repo
        if self._waiting:
            return None
        ended, self._ended = list(self._ended.values()), {}
        return _sentence(ended) if ended else None


def _sentence(ended: list[Repository]) -> tuple[str, bool]:
    ended = [repo for repo in ended if repo.kind != "linked"] or ended  # lanes are fetched with what they come from
    failed = [repo for repo in ended if repo.fetch_error]
    if len(failed) == 1:
        return f"`{failed[0].name}` was not fetched: {failed[0].fetch_error}", False
    if failed:
        names = ", ".join(f"`{repo.name}`" for repo in failed[:MOST_NAMES])
        more = " and others" if len(failed) > MOST_NAMES else ""
        return f"{len(failed)} of {len(ended)} were not fetched: {names}{more}; their details say why", False
    fetched = [repo for repo in ended if repo.fetched_at == repo.fetch_tried_at]
    if not fetched and len(ended) == 1:
        return f"`{ended[0].name}` was not fetched: it has no remote to fetch from", False
    if not fetched:
        return "nothing was fetched: no remotes", True
    return (f"fetched {fetched[0].name}" if len(fetched) == 1 else f"fetched {len(fetched)} repositories"), True
