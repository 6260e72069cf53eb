"""Plate cameras of 臻识 (VZENITH), and of makers who sell them under other names, which push over HTTP."""
