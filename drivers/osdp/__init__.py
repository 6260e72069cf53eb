"""Card readers that speak OSDP v2 over RS-485, with the secure channel."""
