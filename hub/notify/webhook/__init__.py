"""Incidents by HTTP POST."""
