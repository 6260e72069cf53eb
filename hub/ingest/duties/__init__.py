"""Duties in a turn: windows are planned, scans taken in, gaps raised, with everything else that the turn commits."""
