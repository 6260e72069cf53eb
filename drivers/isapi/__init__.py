"""Hikvision's ISAPI: cameras that read plates, and face terminals."""
