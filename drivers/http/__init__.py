"""Devices that dial in and push over HTTP: requests, who may send them, what their bodies hold. Sans-IO."""
