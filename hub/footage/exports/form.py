"""What an archive says of itself: its manifest, the mark in each clip, the subtitles, the page that plays it. Pure.

The verifier (`watchkeeper footage verify-export`) reads this form and shares no code with it; docs/design/footage.md has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import US_PER_MS, US_PER_S, rfc3339

FORMAT = "watchkeeper-export/1"
MANIFEST, SEAL, README, PAGE = "manifest.json", "manifest.sig", "README.txt", "player.html"
MARK = bytes.fromhex("6e2f5d1c8b7a4c0e9d3f57415443484b")
"""The type of the `uuid` box that names in each clip who took it out of the house, for whom and when."""
_PAGE = Path(__file__).with_name("player.html")
_DATA = "__EXPORT__"


class Order(NamedTuple):
    """What was asked for, by whom, for whom and why. `stream`: main or sub. `names`: of each camera, Chinese and English."""

    export: str
    site: str
    site_zh: str
    site_en: str
    actor: str
    role: str
    reason: str
    receiver: str
    ticket: str
    incident: int | None
    cameras: tuple[str, ...]
    names: Mapping[str, tuple[str, str]]
    stream: str
    from_us: int
    to_us: int
    asked_us: int
    zone: ZoneInfo


class Source(NamedTuple):
    """A segment as its agent sent it."""

    camera: str
    no: int
    start_us: int
    end_us: int
    size_bytes: int
    sha256: str


class Clip(NamedTuple):
    """A file of footage without a hole. `subtitles` empty: it could not be joined and is as the agent has it."""

    camera: str
    file: str
    subtitles: str
    codec: str
    start_us: int
    end_us: int


class Missing(NamedTuple):
    """What of the time that was asked for is not in the archive. `cause`: hole: nothing was recorded; gone: it was deleted or its
    disk failed."""

    camera: str
    start_us: int
    end_us: int
    cause: str


class File(NamedTuple):
    """A file of the archive."""

    name: str
    size_bytes: int
    sha256: str


def mark_box(order: Order) -> bytes:
    """The `uuid` box for each clip."""
    told = {
        "export": order.export,
        "site": order.site,
        "by": order.actor,
        "role": order.role,
        "receiver": order.receiver,
        "ticket": order.ticket,
        "asked_at": rfc3339(order.asked_us),
    }
    body = MARK + msgspec.json.encode(told)
    return (8 + len(body)).to_bytes(4) + b"uuid" + body


def subtitles(order: Order, clip: Clip) -> Iterator[str]:
    """WebVTT: for each second of the clip where and when it was filmed, and who has it. Lines."""
    yield "WEBVTT\n\n"
    name = _plain(order.names[clip.camera][0])
    who = _plain(f"{order.actor} → {order.receiver}")
    length_us, at_us = clip.end_us - clip.start_us, 0
    while at_us < length_us:
        until_us = min(length_us, at_us + US_PER_S)
        when = _local(clip.start_us + at_us, order.zone)
        yield f"{_cue(at_us)} --> {_cue(until_us)}\n{name} {when}\n{who} {order.export}\n\n"
        at_us = until_us


def manifest(
    order: Order,
    clips: Sequence[Clip],
    missing: Sequence[Missing],
    sources: Sequence[Source],
    files: Sequence[File],
    *,
    custody: Sequence[Mapping[str, Any]],
    head: tuple[int, str],
    made_us: int,
) -> bytes:
    """The manifest, JSON in UTF-8. `head`: the audit log's newest entry when the archive was made, its number and its hash."""
    cameras = [
        {
            "camera": camera,
            "name_zh": order.names[camera][0],
            "name_en": order.names[camera][1],
            "clips": [
                {"file": one.file, "subtitles": one.subtitles, "codec": one.codec, **_span(one)}
                for one in clips
                if one.camera == camera
            ],
            "missing": [{**_span(one), "cause": one.cause} for one in missing if one.camera == camera],
            "segments": [
                {"no": one.no, **_span(one), "size_bytes": one.size_bytes, "sha256": one.sha256}
                for one in sources
                if one.camera == camera
            ],
        }
        for camera in order.cameras
    ]
    told = {
        "format": FORMAT,
        "export": order.export,
        "site": {"id": order.site, "name_zh": order.site_zh, "name_en": order.site_en},
        "by": {"name": order.actor, "role": order.role},
        "reason": order.reason,
        "receiver": order.receiver,
        "ticket": order.ticket,
        "incident": order.incident,
        "asked_at": rfc3339(order.asked_us),
        "made_at": rfc3339(made_us),
        "from": rfc3339(order.from_us),
        "to": rfc3339(order.to_us),
        "stream": order.stream,
        "cameras": cameras,
        "custody": list(custody),
        "audit_log": {"no": head[0], "hash": head[1]},
        "files": [one._asdict() for one in files],
    }
    return msgspec.json.format(msgspec.json.encode(told))


def custody_entry(at_us: int, act: str, by: str, detail: str = "") -> dict[str, str]:
    """A link of the chain of custody."""
    return {"at": rfc3339(at_us), "act": act, "by": by, "detail": detail}


def page(order: Order, clips: Sequence[Clip], missing: Sequence[Missing]) -> str:
    """The page that plays the clips where the archive is unpacked, with who and when over the picture."""
    told = {
        "export": order.export,
        "site": f"{order.site_zh} {order.site_en}",
        "mark": f"{order.actor} → {order.receiver}",
        "asked_at": rfc3339(order.asked_us),
        "reason": order.reason,
        "clips": [
            {
                "camera": f"{order.names[one.camera][0]} {order.names[one.camera][1]}",
                "file": one.file,
                "subtitles": one.subtitles,
                "start_ms": one.start_us // US_PER_MS,
                "from": _local(one.start_us, order.zone),
                "to": _local(one.end_us, order.zone),
            }
            for one in clips
        ],
        "missing": [
            f"{order.names[one.camera][0]} {_local(one.start_us, order.zone)} - {_local(one.end_us, order.zone)} {one.cause}"
            for one in missing
        ],
        "zone": order.zone.key,
    }
    # in a script nothing of it may end the script
    data = msgspec.json.encode(told).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _PAGE.read_text(encoding="utf-8").replace(_DATA, data)


def readme(order: Order, fingerprint: str) -> str:
    """What it is, and how it is checked, Chinese first."""
    when = _local(order.asked_us, order.zone)
    return f"""值守 Watchkeeper: 录像导出件 exported footage

导出编号 export: {order.export}
小区 estate: {order.site_zh} {order.site_en}
导出人 by: {order.actor}, {when}
受方 receiver: {order.receiver} {order.ticket}
事由 reason: {order.reason}

打开 {PAGE} 播放；画面上叠加姓名与时间。clips/ 下为原始码流，未经转码。
核验：watchkeeper footage verify-export 本文件.zip，并将下列密钥指纹与小区另行告知的核对。
任何一处改动都会使核验不通过。

Open {PAGE} to play; it shows name and time over the picture. clips/ holds the cameras' own streams, not transcoded.
To check: watchkeeper footage verify-export THIS.zip, and compare the key's fingerprint with what the estate has told you by
another way. Whatever is changed in it, the check fails.

密钥指纹 fingerprint of the key (SHA-256): {fingerprint}
"""


def _span(one: Clip | Missing | Source) -> dict[str, str]:
    return {"from": rfc3339(one.start_us), "to": rfc3339(one.end_us)}


def _local(at_us: int, zone: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(at_us // US_PER_S, zone)
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _cue(at_us: int) -> str:
    seconds, rest_us = divmod(at_us, US_PER_S)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.{rest_us // US_PER_MS:03d}"


def _plain(text: str) -> str:
    """On one line, and nothing in it is markup or ends the cue."""
    return " ".join(text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").split())
