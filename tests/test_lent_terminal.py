"""The terminal while the shell has it: `fg` comes back, whatever this process was just doing."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, signal, sys
from tui import lent_terminal

lent_terminal._STOP_SECONDS = 0.001
lines = None  # run through since all were stopped

def stop(*_):  # nobody else is to be stopped here
    global lines
    lines = 0

def look(frame, event, argument):
    global lines
    if event == "line" and lines is not None:
        lines += 1
        if lines == moment:
            os.kill(os.getpid(), signal.SIGCONT)
    return look

os.killpg = stop
for moment in range(1, 60):
    lines = None
    sys.settrace(look)
    lent_terminal.stop_group()
    sys.settrace(None)
"""


def test_it_goes_on_whenever_it_is_let() -> None:
    """What the shell's signal interrupts may hold a lock."""
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=Path(__file__).parent.parent, timeout=20, check=True)
