"""Dahua's HTTP interface: cameras that read plates."""
