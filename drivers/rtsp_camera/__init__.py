"""A camera that speaks RTSP: is it there, is its picture dark or frozen, and a snapshot when one is asked for.

A child process does the decoding (`child.py`), because a malformed stream can abort the process that decodes it.
"""
