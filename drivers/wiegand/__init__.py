"""Wiegand card readers behind a converter that sends one frame a line over a serial port or TCP."""
