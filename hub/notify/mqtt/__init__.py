"""Incidents on an MQTT broker."""
