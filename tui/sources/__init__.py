"""Everything that is read or written outside the program; only the worker layer calls it."""
