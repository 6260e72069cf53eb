"""Doors, alarm zones, buttons and meters behind an input board that speaks Modbus."""
