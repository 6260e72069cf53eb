"""Visits, deliveries and places for vehicles within a turn."""
