"""10,000 refreshes in one process: what grows of child processes, descriptors and memory."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import places

NUMBER, PASSES, LOOKS = 20, 500, 10
OURS = """
import json, os, sys
from datetime import datetime
from pathlib import Path
from benchmarks.spending import children_of, memory_of
from tui.config import RepositoriesSettings
from tui.sources.git.fleet import FleetSource
root, passes, looks = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
source = FleetSource(RepositoriesSettings(), (root,), (), root / "seen.json", lambda: datetime.now().astimezone())
source.notify = lambda: None
def once():
    source.request()
    for fleet in source.read():
        pass
    assert not any(repo.error for repo in fleet.repositories)
for _ in range(20):
    once()
found = []
for number in range(passes + 1):
    if number % (passes // looks) == 0:
        resident = memory_of(os.getpid())[0]
        found.append([source.processes, len(children_of(os.getpid())), len(os.listdir("/proc/self/fd")), resident])
    if number < passes:
        once()
source.close()
print(json.dumps(found))
"""


def run(rounds: int) -> None:
    """One process; a line each tenth of the way."""
    print(f"\n{NUMBER * PASSES} refreshes of {NUMBER} repositories in one process")
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        paths = places.fleet(home / "fleet", NUMBER)
        command = [sys.executable, "-c", OURS, str(paths[0].parent), str(PASSES), str(LOOKS)]
        done = subprocess.run(command, env=places.environment(home), capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    for processes, children, descriptors, resident in found:
        print(f"{processes:8} git commands: {children} children, {descriptors} descriptors, {resident:.1f} MB resident")
    print(f"grown by {found[-1][2] - found[0][2]} descriptors and {found[-1][3] - found[0][3]:.1f} MB")
