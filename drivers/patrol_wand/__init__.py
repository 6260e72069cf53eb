"""Patrol wands: handhelds that store checkpoint scans and are read out in a cradle."""
