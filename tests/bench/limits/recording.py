"""The bare limit of recording: PyAV copies packets from RTSP into MP4 files, a new one at the first key frame after 10 s.

Run as `python recording.py URL FOLDER`, until it is ended. It syncs nothing, and knows nothing of time.
"""

import itertools
import sys

import av

SEGMENT_S = 10
url, folder = sys.argv[1:]
source = av.open(url, format="rtsp", options={"rtsp_transport": "tcp"}, timeout=(10, 10))
stream = source.streams.video[0]
numbers = itertools.count()
out = copy = None
began = 0.0
for packet in source.demux(stream):
    if packet.dts is None:
        continue
    at = float(packet.dts * packet.time_base)
    if packet.is_keyframe and (out is None or at - began >= SEGMENT_S):
        if out is not None:
            out.close()
        began = at
        out = av.open(f"{folder}/{next(numbers)}.mp4", "w", options={"movflags": "frag_keyframe+empty_moov"})
        copy = out.add_stream_from_template(stream)
    if out is not None:
        packet.stream = copy
        out.mux(packet)
