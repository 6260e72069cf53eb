"""The bare limit of an agent: pyserial reads a line, SQLite FULL keeps it.

Loaded by its path by the bench, which writes the lines and calls the clock.
"""

import sqlite3
from collections.abc import Callable
from threading import Event

import serial


def append_lines(port: str, database: str, on_open: Callable[[], None], on_row: Callable[[], None], stop: Event) -> None:
    """Open the port, call `on_open`; until `stop`: read a line, append it, commit, call `on_row`."""
    db = sqlite3.connect(database, isolation_level=None)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = FULL")
    db.execute("CREATE TABLE line (seq INTEGER PRIMARY KEY, body BLOB)")
    with serial.Serial(port, 9600, timeout=0.25) as reader:
        on_open()
        while not stop.is_set():
            line = reader.readline()
            if line:
                db.execute("INSERT INTO line (body) VALUES (?)", (line,))
                on_row()
    db.close()
