"""Footage as one turn sees it."""
