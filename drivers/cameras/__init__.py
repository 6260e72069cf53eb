"""What the drivers of cameras that speak HTTP have in common: records in a stream, words on a plate, the way to a camera."""
