"""Measurements of the real programs, each beside its bare limit in tests/bench/limits, in the same run on the same broker."""
