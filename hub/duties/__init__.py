"""Duties: what must happen in a window, shown by evidence. Pure: no clock, no database, no network."""
