"""What the parts of the app, its desks, begin with: they are the app to each other and to mypy, and cost no more than
their own handlers. Textual looks through all there is of an app for each class derived from it, 0.3 ms for each desk.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textual.app import App

    Part = App[None]
else:
    from textual.message_pump import MessagePump

    class Part(MessagePump):
        """A part of the app, which has the handlers for what it is asked; `tui.app` is the whole."""
