"""What the Modbus drivers share: frames, captures, one wire for several units, and the slave that the twins are made of."""
