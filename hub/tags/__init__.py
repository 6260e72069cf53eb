"""Checkpoint tags: what they are called, the labels that are printed, and what was enrolled when."""
