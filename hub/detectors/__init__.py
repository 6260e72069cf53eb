"""Pure step functions that turn events into findings."""
