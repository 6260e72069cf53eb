"""The whole system in one process, on a manual clock, from one seed."""
