"""A driver whose devices dial in, running against a sink that remembers, and twins that dial it."""

import threading
from time import sleep

from contract.clock import SystemClock
from drivers.port import DeviceLost
from drivers.transports.dial import Dialler, free_port

CLOCK = SystemClock()


def until(condition, what="the condition"):
    for _ in range(4_000):
        if condition():
            return
        sleep(0.005)
    raise AssertionError(f"{what} did not come true within 20 s")


class Heard:
    """A sink that remembers. `gate`: while it is not set, nothing gets into the log. `full`: nothing ever does.
    `no_pictures`: what keeping a picture raises."""

    def __init__(self):
        self.ups = 0
        self.said = []
        self.findings = []
        self.alives = 0
        self.tolds = {}
        self.gate = threading.Event()
        self.gate.set()
        self.full = False
        self.pictures = []
        self.no_pictures = None

    @property
    def readings(self):
        return [reading for reading, _, _ in self.said]

    @property
    def reasons(self):
        return [finding.reason for finding in self.findings]

    def up(self):
        self.ups += 1

    def reading(self, reading, device_at_us=None, device=None):
        assert self.gate.wait(20)
        if self.full:
            raise OSError("the log is full")
        self.said.append((reading, device, device_at_us))
        return len(self.said)

    def picture(self, jpeg, width, height, order):
        if self.no_pictures:
            raise self.no_pictures
        self.pictures.append((jpeg, width, height, order))
        return f"picture-{len(self.pictures)}"

    def receipt_of(self, _numbers):
        raise AssertionError("nothing that dials in is asked to forget")

    def finding(self, finding):
        self.findings.append(finding)

    def alive(self):
        self.alives += 1

    def arriving(self):
        pass

    def told(self, device, up_to_us):
        self.tolds[device] = up_to_us


class Answering:
    """A driver at a free port until the block ends. `make` takes the address."""

    def __init__(self, make, scheme="listen"):
        self.port = free_port()
        self.sink = Heard()
        self.stop = threading.Event()
        self.ended = None
        self.lines = []
        self.driver = make(f"{scheme}://127.0.0.1:{self.port}")
        self.thread = threading.Thread(target=self._run)

    def line(self, *, udp=False):
        """A device's way to the port; hung up when the block ends."""
        self.lines.append(Dialler(self.port, udp=udp))
        return self.lines[-1]

    def _run(self):
        try:
            self.driver.run(self.sink, self.stop)
            self.ended = "stopped"
        except DeviceLost as error:
            self.ended = str(error)
        except OSError as error:
            self.ended = f"failed: {error}"

    def __enter__(self):
        self.thread.start()
        sleep(0.05)
        return self

    def __exit__(self, *exc):
        for line in self.lines:
            line.hang_up()
        self.sink.gate.set()
        self.stop.set()
        self.thread.join(5)
        assert not self.thread.is_alive(), "a driver that is told to stop returns within a second"
