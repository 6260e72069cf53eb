"""Footage as the hub knows it: what is there, what is owed, what is held, what goes."""
