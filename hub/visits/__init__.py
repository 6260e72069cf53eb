"""Visits, deliveries, temporary permits and trucks: what follows from what. Pure."""
