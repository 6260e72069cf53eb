"""What an agent's settings may say about recording, and what is made of it."""

import re
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec

from contract.footage import FootageStream
from contract.settings import Check
from drivers.rtsp_camera.address import check_address

MIB = 1024 * 1024
GIB = 1024 * MIB
_SUB_OF = (
    (re.compile(r"(/Streaming/Channels/\d{1,3})01\b", re.IGNORECASE), r"\g<1>02"),
    (re.compile(r"([?&]subtype)=0\b"), r"\g<1>=1"),
    (re.compile(r"(/stream)1\b"), r"\g<1>2"),
)
"""How makers name a camera's two streams: Hikvision, Dahua, and many others."""

Address = Annotated[str, msgspec.Meta(min_length=1, max_length=500), Check(check_address)]
Path_ = Annotated[str, msgspec.Meta(min_length=1, max_length=1000)]


class RecordPart(msgspec.Struct, frozen=True):
    """That a camera is recorded. `main`: its full picture, by `main_address`, or else the device's own address. `sub`: the small
    one for browsers and for a camera of H.265, by `sub_address`, or else by the maker's name for it."""

    main: bool = True
    sub: bool = False
    main_address: Address | None = None
    sub_address: Address | None = None


class AdoptPart(msgspec.Struct, frozen=True):
    """Footage that another recorder keeps in a folder: it is listed and shown, never copied and never deleted. `cameras`: the
    recorder's name for a channel, as it stands in its paths, and the device that it is here; "" where its paths name none."""

    folder: Path_
    cameras: Annotated[
        dict[str, Annotated[str, msgspec.Meta(min_length=1, max_length=63)]], msgspec.Meta(min_length=1, max_length=256)
    ]
    zone: Annotated[str, msgspec.Meta(min_length=1, max_length=64)] = "Asia/Shanghai"
    every_s: Annotated[float, msgspec.Meta(ge=10, le=86400)] = 300.0


class RecorderPart(msgspec.Struct, frozen=True):
    """Where and how the agent records. `reserve_bytes`: what stays free on the disk, for the log and the pictures."""

    folder: Path_
    reserve_bytes: Annotated[int, msgspec.Meta(ge=0, le=1024 * GIB)] = GIB
    segment_s: Annotated[float, msgspec.Meta(ge=2, le=60)] = 10.0
    adopt: Annotated[tuple[AdoptPart, ...], msgspec.Meta(max_length=16)] = ()


class Recorded(NamedTuple):
    """One stream to record. The address may hold a password: it is never logged."""

    device: str
    stream: FootageStream
    address: str

    def __repr__(self) -> str:
        return f"Recorded({self.device!r}, {self.stream!r})"


class RecorderConfig(NamedTuple):
    """Everything a recorder is made of."""

    folder: Path
    reserve_bytes: int
    segment_us: int
    streams: tuple[Recorded, ...]
    adopt: tuple[AdoptPart, ...] = ()
    here: Path = Path()
    """What relative folders count from."""


def sub_address_of(address: str) -> str | None:
    """The address of the small stream beside that of the full one, where the maker's way to write it is known."""
    return next((pattern.sub(text, address, count=1) for pattern, text in _SUB_OF if pattern.search(address)), None)


def streams_of(device: str, part: RecordPart, own_address: str) -> list[Recorded]:
    """What is recorded of one device. Raises ValueError with `what: what to write instead`."""
    main = part.main_address or (own_address if own_address.startswith("rtsp") else None)
    found: list[Recorded] = []
    if part.main:
        if main is None:
            raise ValueError(
                "has no RTSP address to record from: write main_address, such as rtsp://user:password@192.168.1.20:554/1"
            )
        found.append(Recorded(device, "main", main))
    if part.sub or part.sub_address:
        sub = part.sub_address or (sub_address_of(main) if main else None)
        if sub is None:
            raise ValueError("does not say where the small stream is: write sub_address, an RTSP address")
        found.append(Recorded(device, "sub", sub))
    if not found:
        raise ValueError("records nothing: write main or sub, or leave record out")
    return found
