"""Footage that goes out of the house: sealed archives, who asked for them, and who got them."""
