"""A driver that calls a camera, running against a sink that remembers."""

import threading

from drivers.port import DeviceLost
from tests.support.dial_rig import Heard


class Seen(Heard):
    """A sink that also keeps pictures, each under a name that counts. `no_room`: it keeps none."""

    def __init__(self):
        super().__init__()
        self.pictures = []
        self.no_room = False

    def picture(self, jpeg, width, height, order):
        if self.no_room:
            raise ValueError("no room")
        self.pictures.append((jpeg, width, height, order))
        return f"picture-{len(self.pictures)}"


class Reading:
    """`driver` in a thread until the block ends. `ended`: how its run ended."""

    def __init__(self, driver):
        self.driver = driver
        self.sink = Seen()
        self.stop = threading.Event()
        self.ended = None
        self.thread = threading.Thread(target=self._run)

    def _run(self):
        try:
            self.driver.run(self.sink, self.stop)
            self.ended = "stopped"
        except DeviceLost as error:
            self.ended = str(error)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *exc):
        self.stop.set()
        self.thread.join(1.5)
        assert not self.thread.is_alive(), "a driver that is told to stop returns within a second"
