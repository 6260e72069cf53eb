"""Devices of any maker that push over HTTP, understood by a table."""
