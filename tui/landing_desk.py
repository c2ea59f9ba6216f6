"""The app's dealings with landing: it asks where to go on, and offers to commit what a lane holds, before a meeting.

It ends no program, discards no file, and commits on no branch but the lane's own.
"""

import time
from datetime import datetime
from functools import partial

from msgspec.structs import replace

from tui.domain.agenda import Agenda
from tui.domain.landing import (
    Landing,
    LandingStep,
    LandingTold,
    due_step,
    format_countdown,
    format_left,
    format_step,
    landing_of,
)
from tui.domain.lane_work import LaneCommit
from tui.domain.places import Place
from tui.domain.sessions import Session
from tui.ending_desk import EndingDesk
from widgets.formats import count

QUIET_SECONDS = 2.0
"""So long after the last key nobody types: what opens by itself would take the next one."""


class LandingDesk(EndingDesk):
    """The part of the app that lands; `tui.app` is the whole."""

    agenda: Agenda | None
    typed_at: float = 0.0
    """When the last key came (monotonic)."""
    quiet_seconds = QUIET_SECONDS
    landing: Landing | None = None
    """The meeting the session under way has to land for; None where none is near."""
    _told: tuple[str, LandingTold] | None = None
    """The session, and what was told in it."""

    def show_session(self) -> None:
        super().show_session()
        bar = self.dashboard.now_bar
        landing = self.landing = self._landing(self.now()) if bar.session else None
        if landing and bar.session:
            bar.session = replace(
                bar.session,
                landing=format_countdown(landing),
                landing_short=format_left(landing),
                minutes_left=landing.minutes,
            )

    def _landing(self, now: datetime) -> Landing | None:
        return landing_of(self.agenda.meetings, now, self.settings.planning) if self.agenda else None

    def land(self, now: datetime) -> None:
        """Take the step of landing that is due, once nobody types and nothing else is open."""
        session = self.session
        busy = self.screen is not self.dashboard or time.monotonic() - self.typed_at < self.quiet_seconds
        if session is None or session.away or busy:
            return
        if self._told is None or self._told[0] != session.id:
            self._told = (session.id, LandingTold(session.turned))
        step, told = due_step(self._landing(now), self._told[1], now, self.settings.planning)
        self._told = (session.id, told)
        if step is None:
            return
        self.bell()
        if step.step == "commit":
            self.call_later(self._offer_commit, session, step)
        else:
            self.call_later(self._ask_next, session, step)

    async def _ask_next(self, session: Session, step: LandingStep) -> None:
        await self._ask_note(session, f"{format_countdown(step.landing)}: what comes next?", "next")

    async def _offer_commit(self, session: Session, step: LandingStep) -> None:
        from tui.screens.choices import Choice, ask_choice

        place, repo = self._place_of(session), self._repository(session)
        ask_next = partial(self._ask_next, session, step)
        if place is None or repo is None or not repo.changed or not place.is_lane:
            where = (
                f"; {count(repo.changed, 'change')} in {repo.name} stay as they are" if repo and repo.changed else ""
            )
            self.notify(f"{format_step(replace(step, step='next'))}{where}", severity="warning", timeout=20)
            if step.asks_next:
                await ask_next()
            return
        commit = Choice(
            f"commit {count(repo.changed, 'change')} as work in progress",
            partial(self.commit_lane, session, place),
            place.branch,
        )
        leave = Choice("leave them as they are", lambda: None)
        note = (Choice("note what comes next", ask_next),) if step.asks_next else ()
        await ask_choice(self, format_countdown(step.landing), (commit, *note, leave), unasked=True)

    def commit_lane(self, session: Session, place: Place) -> None:
        """Have the work in progress committed on the lane's own branch."""

        def committed(answer: object) -> None:
            if isinstance(answer, LaneCommit):
                done = f"committed {answer.files} files on {answer.branch}" if answer.sha else "nothing to commit"
                self.say(done)
                for left in answer.left:
                    self.notify(left, severity="warning", timeout=10)
                self.engine.refresh_repositories((place.path,))

        if self.await_answer(committed):
            self.say(f"committing in {place.name} …")
            self.engine.commit_lane(place.path, f"Work in progress: {session.title or place.branch}")
