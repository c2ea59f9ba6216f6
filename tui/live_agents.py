"""The part of the real engine that looks at AI agents and hands items to them; `tui.live` is the whole."""

from tui.domain.agents import HandOver


class LiveAgents:
    """What `Engine` says of it."""

    def hand_over(self, handover: HandOver) -> None:
        """See `Engine.hand_over`."""
        raise NotImplementedError

    def end_agent(self, id: str) -> None:
        """See `Engine.end_agent`."""
        raise NotImplementedError
