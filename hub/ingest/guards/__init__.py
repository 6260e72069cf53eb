"""Guards' phones in a turn."""
