"""`watchkeeper footage verify`: the index and the files compared both ways, and samples played."""
