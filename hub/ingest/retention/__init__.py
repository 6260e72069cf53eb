"""Footage's keeping in a turn: holds, the sweep, what agents answer."""
