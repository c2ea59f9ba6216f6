"""Wishes for lanes and new repositories carried out, in the process git is run from: each on a thread of its own, one
after another per repository. Asking for them is `lane_asking`; what they do is `lanes`, `lane_state`, `lane_commit`,
`lane_bundle`, `lane_ending` and `new_repository`.
"""

import threading
import time
from collections.abc import Callable, Collection
from pathlib import Path

from msgspec import Struct

from tui.config import LanesSettings
from tui.domain.lane_work import Ground, LaneChanges, LaneEnding, LaneLook, LaneWish
from tui.domain.lanes import default_place, format_prototype, obstacles, slug_of
from tui.sources.git.family import main_work_tree
from tui.sources.git.gitdir import lexists, locate
from tui.sources.git.lane_asking import undone
from tui.sources.git.lane_bundle import keep_bundle
from tui.sources.git.lane_commit import commit_lane
from tui.sources.git.lane_diff import read_diffstat
from tui.sources.git.lane_ending import Unsafe, end_lane
from tui.sources.git.lane_ground import Reach
from tui.sources.git.lane_orders import LaneAnswer, LaneOrder
from tui.sources.git.lane_state import lane_state
from tui.sources.git.lanes import make_lane, taken_slugs
from tui.sources.git.new_repository import make_repository
from tui.sources.git.run import GitError
from tui.sources.git.shadow import Shadows
from tui.sources.whole_file import WholeFileError

_BROKEN = "something went wrong that should not; look into the log, then try again"


class Terms(Struct, frozen=True):
    """Where lanes go, and what may run in which repository."""

    settings: LanesSettings
    trusted: frozenset[Path]
    keep: Path | None
    """The folder ended lanes are kept in."""
    shadows: Path | None


class LaneWishes:
    """Carries out wishes. `take` and `wait` return to any thread; answers are said on others."""

    def __init__(
        self,
        terms: Terms,
        say: Callable[[LaneAnswer], object],
        look_for: Callable[[Collection[Path]], object],
        void: int = 0,
    ) -> None:
        """`say` gets each answer, `look_for` the folders that came or went. Wishes up to `void` are passed over."""
        self._terms = terms
        self._say = say
        self._look_for = look_for
        self._void = void
        self._shadows = Shadows(terms.shadows)
        self._lock = threading.Lock()
        self._turns: dict[Path, threading.Lock] = {}
        self._threads: set[threading.Thread] = set()

    def take(self, order: LaneOrder) -> None:
        """Begin to carry out `order`."""
        if order.number <= self._void:
            return
        thread = threading.Thread(target=self._carry_out, args=(order,), name=f"lane-{order.do}", daemon=True)
        with self._lock:
            self._threads = {one for one in self._threads if one.is_alive()} | {thread}
            thread.start()

    def wait(self, patience: float) -> None:
        """Wait until all is carried out, at most `patience` seconds."""
        end = time.monotonic() + patience
        for thread in tuple(self._threads):
            thread.join(max(end - time.monotonic(), 0))

    def _carry_out(self, order: LaneOrder) -> None:
        answer = undone(order, _BROKEN)  # what is said where an exception nobody thought of ends this thread
        try:
            answer = self._done(order)
        except (GitError, WholeFileError) as error:
            answer = undone(order, str(error))
        except OSError as error:
            named = f" (`{error.filename}`)" if error.filename else ""
            answer = undone(order, f"{error.strerror or error}{named}; mend that and try again")
        finally:
            self._say(answer)

    def _done(self, order: LaneOrder) -> LaneAnswer:
        """What came of `order`. Raises GitError, WholeFileError, OSError."""
        number, path = order.number, order.path
        if order.do == "repository":
            if order.repository is None:
                raise GitError("nothing was said of it; this is a mistake in makerhour")
            with self._turn(path):
                ground = make_repository(order.repository, Reach(self._shadows))
            self._look_for((ground.path,))
            return LaneAnswer(number, ground=ground)
        common, reach = self._repository(path)
        with self._turn(common):
            match order.do:
                case "look":
                    state = lane_state(path, reach, thorough=True)
                    return LaneAnswer(number, look=LaneLook(path, state, obstacles(state, state.tip)))
                case "compare":
                    stat = read_diffstat(path, order.text, reach)
                    return LaneAnswer(number, changes=LaneChanges(path, order.text, stat))
                case "commit":
                    return LaneAnswer(number, commit=commit_lane(path, order.text, reach))
                case "end":
                    ending = self._ended(order, reach)
                    self._look_for((path,))
                    return LaneAnswer(number, ending=ending)
            if order.lane is None:
                raise GitError("nothing was said of it; this is a mistake in makerhour")
            ground = self._made(order.lane, main_work_tree(common), reach)
            self._look_for((ground.path,))
            return LaneAnswer(number, ground=ground)

    def _repository(self, path: Path) -> tuple[Path, Reach]:
        """The git folder all work trees of the repository at `path` share, and with what it is worked on."""
        trusted = path in self._terms.trusted
        common = locate(path, trusted=trusted).common_dir.resolve()
        trusted = trusted or main_work_tree(common) in self._terms.trusted
        return common, Reach(self._shadows, trusted=trusted)

    def _turn(self, key: Path) -> threading.Lock:
        with self._lock:
            return self._turns.setdefault(key, threading.Lock())

    def _made(self, wish: LaneWish, main: Path, reach: Reach) -> Ground:
        """The lane of `wish`, at its place or at the first free one for its name."""
        taken = {name.partition("/")[0] for name in taken_slugs(wish.repository, reach)}
        slug = slug_of(wish.prototype.question, taken)
        while wish.place is None and lexists(self._place(main, slug)):
            taken.add(slug)
            slug = slug_of(wish.prototype.question, taken)
        if wish.place is None and self._terms.settings.folder:
            Path(self._terms.settings.folder).mkdir(parents=True, exist_ok=True)
        place = wish.place or self._place(main, slug)
        lane = make_lane(wish.repository, slug, place, format_prototype(wish.prototype), reach)
        return Ground(lane.path, lane.branch, lane.start, lane.prototype, wish.repository)

    def _place(self, main: Path, slug: str) -> Path:
        beside = Path(default_place(main, slug))
        return Path(self._terms.settings.folder, beside.name) if self._terms.settings.folder else beside

    def _ended(self, order: LaneOrder, reach: Reach) -> LaneEnding:
        """Keep the lane, then remove it. Where it cannot go anyway nothing is kept: that would pile up."""
        if self._terms.keep is None:
            raise GitError("there is no folder to keep it in; set `[lanes] keep`")
        state = lane_state(order.path, reach, thorough=True)
        if found := obstacles(state, state.tip, ignored_may_go=order.ignored_may_go):
            raise Unsafe(found)
        kept = keep_bundle(order.path, self._terms.keep, order.text, reach)
        try:
            ended = end_lane(order.path, kept, reach, ignored_may_go=order.ignored_may_go)
        except GitError as error:
            raise GitError(f"{error}; what was kept of it stays in `{kept.folder}`") from error
        return LaneEnding(order.path, ended.branch, ended.tip, kept.folder, ended.problem)
