"""The app's dealings with the end of a lane: what could be lost is told, a bundle is kept, then the work tree goes."""

from functools import partial

from textual import on

from tui.domain.backlog import give_verdict
from tui.domain.lane_work import LaneEnding, LaneLook
from tui.domain.places import place_in
from tui.domain.repos import Repository
from tui.domain.session_line import format_notes
from tui.domain.sessions import Session, going
from tui.session_desk import SessionDesk
from widgets.formats import count
from widgets.repos import ReposPane

IGNORED = "ignored files: "
"""How the one obstacle begins that the person may wave aside."""


class EndingDesk(SessionDesk):
    """The part of the app that ends lanes; `tui.app` is the whole."""

    @on(ReposPane.EndRequested)
    def look_at_lane(self, event: ReposPane.EndRequested) -> None:
        """Have it looked what the lane holds, before anything is asked."""
        repo = event.repository
        if not place_in(repo).is_lane:
            self.notify(f"`{repo.name}` is no lane; only work trees on a branch `proto/…` are ended here",
                        severity="warning")  # fmt: skip
        elif self.await_answer(partial(self._looked, repo)):
            self.say(f"looking what {repo.name} holds …")
            self.engine.look_at_lane(repo.path)

    async def _ask(self, repo: Repository, look: LaneLook) -> None:
        from tui.screens.choices import Choice, ask_choice

        leave = Choice("leave it as it is", lambda: None)
        blocking = [one for one in look.obstacles if not one.startswith(IGNORED)]
        if blocking:
            await ask_choice(self, f"{repo.name} cannot end yet", (leave,), lines=blocking, hint="enter leaves it")
            return
        own = {"content": "what it changed is on the default branch already", "ancestry": "no commits of its own"}
        commits = count(look.state.commits, "commit")
        lines = [own.get(look.state.landed, f"{commits} of its own, on no other branch"), *look.obstacles]
        end = Choice("keep a bundle, then remove the work tree", partial(self._end_lane, repo, look),
                     "nothing is pushed; the bundle brings it back")  # fmt: skip
        await ask_choice(self, f"End {repo.name}", (leave, end), lines=lines)

    def _looked(self, repo: Repository, answer: object) -> None:
        if isinstance(answer, LaneLook):
            self.call_later(self._ask, repo, answer)

    def _end_lane(self, repo: Repository, look: LaneLook) -> None:
        sessions = tuple(one for one in self.sessions if one.repository == repo.path)
        title = sessions[-1].title if sessions else repo.name
        if self.await_answer(partial(self._ended, sessions)):
            self.say(f"keeping {repo.name} …")
            self.engine.end_lane(repo.path, format_notes(title, sessions), ignored_may_go=bool(look.state.ignored))

    def _ended(self, sessions: tuple[Session, ...], answer: object) -> None:
        if not isinstance(answer, LaneEnding):
            return
        kept = f"`{answer.branch}` is kept in `{answer.folder}`"
        self.notify(f"{kept}; `git fetch` its bundle to have it back", timeout=20)
        if answer.problem:
            self.notify(answer.problem, severity="warning", timeout=20)
        if not sessions:
            return
        last, now = sessions[-1], self.now()
        if self.session and self.session.id == last.id:
            self.tend(None)
        if last.outcome is None:
            self.record(going(last, "ended", now, head=answer.tip, outcome="killed"))
        item = self.item_with(last.item)
        if item and item.state == "build":
            self.write(item, give_verdict(item, "drop", now, reason=f"prototyped on {answer.branch}, ended"))
