"""What goes out, read from the change log."""
