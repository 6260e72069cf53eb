"""Footage: the packed index of what the edge has on disk, what is covered by it, and its holes."""
