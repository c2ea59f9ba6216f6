"""The person's own reminder command, started at its moments whatever the screen is doing.

On a thread of its own: while an editor has the terminal, the app stands still, and that is when being reminded
matters most. Toast and bell are the app's (`tui.agenda_desk`), which both wait for the terminal. What is due says
`tui.domain.reminding`.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from tui.domain.agenda import Agenda
from tui.domain.launching import LaunchError
from tui.domain.planning import PlanningRules
from tui.domain.reminding import Reminded, ReminderRules, command_line, disguised, due, parse_command
from tui.launcher import start_briefly
from tui.refresh import Failure, Worker

LOOK_SECONDS = 2.0
"""How often it is looked what is due: waiting for the moment itself would stand still while a machine sleeps."""
DEADLINE_SECONDS = 60.0
"""How long the command may run."""


class Reminders:
    """Starts the configured command; without one, nothing and no thread."""

    def __init__(
        self,
        rules: ReminderRules,
        planning: PlanningRules,
        now: Callable[[], datetime],
        environ: Mapping[str, str],
        failed: Callable[[str], object],
        *,
        deadline: float = DEADLINE_SECONDS,
    ) -> None:
        """`failed` gets a sentence, on another thread, where the command could not be started or ended badly.

        Raises LaunchError for a command that cannot be used; the configuration was checked for that.
        """
        self.agenda: Agenda | None = None
        """What is reminded of; set from any thread."""
        self.told: Callable[[str, str], str] | None = None
        """Makes a stand-in of a meeting's title, while those are hidden; set from any thread."""
        self._rules, self._planning = rules, planning
        self._command = parse_command(rules.command)
        self._now = now
        self._environ = environ
        self._failed = failed
        self._deadline = deadline
        self._reminded: Reminded | None = None
        self._worker = Worker("reminders", self._look, lambda _: None, self._say, every=LOOK_SECONDS)

    @property
    def active(self) -> bool:
        """True where there is a command and a moment to start it at."""
        return self._command is not None and bool(self._rules.minutes)

    def start(self) -> None:
        """Look from now on."""
        if self.active:
            self._reminded = Reminded(self._now())
            self._worker.start()

    def stop(self) -> None:
        """Start nothing more; what was started goes on."""
        self._worker.end()

    def look(self) -> None:
        """Start the command for each meeting that is due."""
        if self.agenda is None or self._command is None or self._reminded is None:
            return
        now = self._now()
        reminders, self._reminded = due(self.agenda.meetings, self._reminded, now, self._rules, self._planning)
        told = self.told
        for reminder in reminders:
            try:
                line = command_line(self._command, disguised(reminder, told) if told else reminder)
                start_briefly(line, self._environ, self._say_sentence, self._deadline)
            except LaunchError as problem:
                self._say_sentence(str(problem))

    def _look(self) -> Iterator[object]:
        self.look()
        return iter(())

    def _say(self, failure: Failure) -> None:
        self._say_sentence(failure.error)

    def _say_sentence(self, problem: str) -> None:
        self._failed(f"`[reminders] command`: {problem}")
