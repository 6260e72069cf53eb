"""The duty desk in a turn."""
