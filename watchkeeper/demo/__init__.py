"""A small estate on this machine: real agents and a real hub, twins at the far ends of the wires, and a seeded life."""
