"""One small folder a device family: bytes from a wire become readings. `drivers.table` lists them."""
