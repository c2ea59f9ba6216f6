"""`python -m benchmarks [name …] [--rounds N]`: runs the benchmarks and prints a table for each."""

import argparse

from benchmarks import agenda, backlog, discovery, growth, idle, keys, loading, panes, refresh, session, startup

BENCHMARKS = {"startup": startup.run, "refresh": refresh.run, "keys": keys.run, "discovery": discovery.run}
BENCHMARKS |= {"loading": loading.run, "idle": idle.run, "growth": growth.run, "agenda": agenda.run}
BENCHMARKS |= {"backlog": backlog.run, "session": session.run, "panes": panes.run}


def main() -> None:
    """Run what is named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"any of {', '.join(BENCHMARKS)}; all without")
    parser.add_argument("--rounds", type=int, default=9, help="rounds that count; one more is discarded")
    arguments = parser.parse_args()
    for name in arguments.names or BENCHMARKS:
        BENCHMARKS[name](arguments.rounds)


if __name__ == "__main__":
    main()
