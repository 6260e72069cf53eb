"""The bare limit of a gate: pyserial reads a line and writes the frame that presses a relay.

    serial_relay.py READER RELAY BAUD FRAME_HEX

Prints `ready` once both ports are open.
"""

import signal
import sys

import serial


def main(reader: str, relay: str, baud: str, frame: str) -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    press = bytes.fromhex(frame)
    with serial.Serial(reader, 9600, timeout=0.25) as cards, serial.Serial(relay, int(baud), timeout=0) as board:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            if cards.readline():
                board.reset_input_buffer()
                board.write(press)


if __name__ == "__main__":
    main(*sys.argv[1:])
