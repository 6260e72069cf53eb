"""Agents are known: one-time tokens, keys of their own, certificates, and who may connect to the broker."""
