"""Guards' phones: who carries which, what they send, and who is sent where. Pure."""
