"""A barrier behind a relay-and-inputs board that speaks Modbus."""
