"""Repositories: found by `discovery`, read through the one door to git in `run`."""
