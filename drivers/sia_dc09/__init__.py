"""Intruder alarm panels that report over SIA DC-09: SIA-DCS and ADM-CID (Contact ID), plain or encrypted."""
