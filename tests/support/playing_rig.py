"""Footage end to end without a camera: real segments in a real agent's index, sent to a running site by its own sender."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import av
import numpy as np
from sqlalchemy import Connection

from contract.clock import US_PER_S, SystemClock
from contract.orders import SendFootage
from edge.footage.index import FootageIndex
from edge.footage.segments import Segment, own_path
from edge.footage.sending import FootageSender
from edge.pictures import Destination, http_post
from hub.estate import Agent, DeviceRow, Estate, EstateFile, Place
from hub.footage.packing import Piece
from hub.ingest.ports import Write
from hub.store.footage_rows import Track, fold
from tests.support.outward_rig import Site, running_site
from tests.support.site_rig import KEY, OTHER_KEY, SITE

FPS = 10
SEGMENT_S = 4
CAMERAS = ("camera-1", "camera-2", "camera-3", "camera-4")
FLAGS = "frag_keyframe+empty_moov+default_base_moof+skip_trailer"


def estate() -> Estate:
    """Four cameras at a gate behind one agent, a fifth behind another, and a door."""
    names: Any = {"name_zh": "名", "name_en": "name"}
    devices = [DeviceRow(camera, "camera", "gate", "gatehouse", **names) for camera in CAMERAS]
    devices += [
        DeviceRow("camera-9", "camera", "cellar", "cellar", **names),
        DeviceRow("door-1", "door", "gate", "gatehouse", **names),
    ]
    agents = [Agent("gatehouse", "gate", **names, key=KEY.hex()), Agent("cellar", "gate", **names, key=OTHER_KEY.hex())]
    places = [Place("gate", **names), Place("cellar", **names)]
    return Estate(
        EstateFile(SITE, "花园", "Garden", "Asia/Shanghai", places, agents, devices), {"gatehouse": KEY, "cellar": OTHER_KEY}
    )


def film(path: Path, shades: Sequence[int], size: tuple[int, int] = (64, 48)) -> None:
    """A segment, as a recorder writes it, with one picture a shade (0 to 255), a second in a fragment."""
    with av.open(str(path), "w", format="mp4", options={"movflags": FLAGS}) as out:
        stream: Any = out.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt, stream.gop_size = *size, "yuv420p", FPS
        stream.options = {"tune": "zerolatency", "qp": "10", "x264-params": "scenecut=0"}
        for number, shade in enumerate(shades):
            frame = av.VideoFrame.from_ndarray(np.full((size[1], size[0]), shade, np.uint8), format="gray").reformat(
                format="yuv420p"
            )
            frame.pts = number
            out.mux(stream.encode(frame))
        out.mux(stream.encode())


def shades_of(path: str | Path, headers: str = "") -> list[tuple[float, int]]:
    """Each picture that a player sees: when on its line, in seconds, and how bright it is."""
    options = {"headers": headers} if headers else {}
    with av.open(str(path), options=options) as found:
        return [
            (round(float(frame.time or 0), 3), round(float(frame.to_ndarray(format="gray").mean())))
            for frame in found.decode(video=0)
        ]


class Recorded:
    """An agent's footage. `tell`: the hub's index has it too. `away`: it answers nothing."""

    def __init__(self, site: Site, folder: Path, index: FootageIndex | None = None) -> None:
        self.site, self.away = site, False
        self.index = index or FootageIndex.open(folder / "footage")
        self._owns = index is None
        self.orders: list[SendFootage] = []
        to = Destination(site.outward.url, SITE, "gatehouse", KEY)
        self.sender = FootageSender(self.index, to, http_post, SystemClock())
        self._loops = self.sender.loops()
        for loop in self._loops:
            loop.start()
        site.broker.on_order = self._take

    def _take(self, agent: str, order: Any) -> None:
        if isinstance(order, SendFootage) and agent == "gatehouse":
            self.orders.append(order)
            if not self.away:
                Thread(target=self.sender.take, args=(order,)).start()

    def record(
        self,
        camera: str,
        start_us: int,
        first: int,
        *,
        seconds: int = SEGMENT_S,
        tell: bool = True,
        data: bytes | None = None,
        **more: Any,
    ) -> Segment:
        """A segment that begins then, whose pictures are `first`, `first` + 1 and so on bright."""
        stream = more.pop("stream", "main")
        path = own_path(camera, stream, start_us)
        file = self.index.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        if data is None:
            film(file, [(first + number) % 256 for number in range(seconds * FPS)], **more)
        else:
            file.write_bytes(data)
        size = file.stat().st_size
        segment = Segment(camera, stream, start_us, start_us, start_us + seconds * US_PER_S, size, "h264", 700, path)
        self.index.add(segment)
        if tell:
            self.tell(segment)
        return segment

    def tell(self, *segments: Segment) -> None:
        """The hub's index has them from now on."""

        def run(connection: Connection) -> None:
            for one in segments:
                piece = Piece(one.no, one.start_us, one.end_us, one.size_bytes, one.codec, one.init_bytes)
                fold(connection, Track(SITE, one.device, one.stream), [piece])

        self.site.worker.ask(Write(run)).result(10)

    def close(self) -> None:
        for loop in self._loops:
            loop.stop()
        for loop in self._loops:
            loop.join(5)
        if self._owns:
            self.index.close()


@contextmanager
def recorded_site(folder: Path, index: FootageIndex | None = None, **more: Any) -> Iterator[Recorded]:
    """A running site with an agent's footage behind it; `index`: a recorder's, which closes it."""
    with running_site(folder, book=estate(), **more) as site:
        made = Recorded(site, folder, index)
        try:
            yield made
        finally:
            made.close()
