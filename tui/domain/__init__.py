"""Frozen facts and pure rules: standard library only, no I/O, no clock."""
