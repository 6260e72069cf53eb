"""The streams of phones: each has one for what it reports, which also holds its present boot, and one that holds the boot before.

Of a boot `offset_us` is the phone's monotonic clock less the hub's. Two are kept: a phone whose battery ran out sends what it
holds of the boot before in the first reports of this one.
"""

from msgspec.structs import replace

from hub.duties.phonetime import Boot
from hub.ingest.gate import StreamMark
from hub.ingest.rows import Rows
from hub.store.duty_reads import phone_streams

Streams = Rows[str, StreamMark]


def note_boot(streams: Streams, phone: str, boot: Boot, now_us: int) -> None:
    """The phone has reported from this boot. What it told of the same boot before gives way: a clock of either end may have been
    set, and what was flagged for it stays so."""
    present, before = phone_streams(phone)
    was = streams.get(present) or StreamMark(present, phone, 0, 0, "", now_us, 0, 0)
    if was.boot and was.boot != boot.boot:
        streams.put(before, replace(was, stream=before, mark=0))
    streams.put(present, replace(was, boot=boot.boot, offset_us=-boot.began_us, heard_us=now_us))


def forget_boots(streams: Streams) -> int:
    """The hub's clock was set: when boots began is not known on its new time line. Returns of how many."""
    marks = [mark for name in streams if (mark := streams.get(name)) is not None]
    known = [mark for mark in marks if mark.boot and mark.stream in phone_streams(mark.agent)]
    for mark in known:
        streams.put(mark.stream, replace(mark, boot="", offset_us=0))
    return len(known)
