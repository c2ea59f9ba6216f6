"""The size of the terminal as its driver tells it: whatever changes while it is read, the last word is the true one."""

import asyncio
import os
import pty
import signal
from collections.abc import Iterator
from typing import Any

import pytest
from textual.events import Resize
from textual.message import Message

from tui.terminal import Output, quick_driver


class Told:
    """What a driver needs of an app: it keeps the sizes it is told of."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def post_message(self, message: Message) -> None:
        """Keep the size of a Resize."""
        if isinstance(message, Resize):
            self.sizes.append((message.size.width, message.size.height))

    async def _post_message(self, message: Message) -> None:
        self.post_message(message)


@pytest.fixture
def terminal() -> Iterator[int]:
    main, tty = pty.openpty()
    yield tty
    os.close(tty)
    os.close(main)


async def test_a_size_that_changes_while_one_is_read_is_told_last(terminal: int) -> None:
    kind, told = quick_driver(), Told()
    assert kind is not None
    driver: Any = kind(told)
    driver.fileno, driver._file = terminal, Output(os.fdopen(os.dup(terminal), "w"))
    size = (80, 24)

    def read() -> tuple[int, int]:
        nonlocal size
        found = size
        if found == (5, 10):  # dragged on, between reading the size and telling it
            size = (120, 40)
            signal.raise_signal(signal.SIGWINCH)
        return found

    driver._get_terminal_size = read
    driver.start_application_mode()
    try:
        size = (5, 10)
        signal.raise_signal(signal.SIGWINCH)
        async with asyncio.timeout(60):
            while (120, 40) not in told.sizes or told.sizes.count((5, 10)) == 0:
                await asyncio.sleep(0)
        for _ in range(10):
            await asyncio.sleep(0)
        assert told.sizes == [(80, 24), (5, 10), (120, 40)]
    finally:
        driver.stop_application_mode()
        driver.close()
