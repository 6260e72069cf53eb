"""Checks an archive of exported footage by its form alone: it shares no code with what makes archives, and asks no hub."""
