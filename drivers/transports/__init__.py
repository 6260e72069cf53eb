"""How bytes get to a device and back, by URL."""
