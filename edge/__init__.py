"""The agent: runs drivers, decides alone, spools and sends."""
