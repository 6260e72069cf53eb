"""The bare limit of looking at a stream: decode it and look at nothing, or not even that.

Loaded by its path by the bench. Each function returns the processor's seconds and how many pictures there were.
"""

import time

import av


def opened(path):
    container = av.open(path)
    codec = container.streams.video[0].codec_context
    codec.thread_count = 1
    codec.options = {"skip_loop_filter": "all"}
    return container, codec


def every_picture(path):
    began, pictures = time.process_time(), 0
    container, _ = opened(path)
    for packet in container.demux(video=0):
        pictures += len(packet.decode())
    return time.process_time() - began, pictures


def key_pictures(path):
    began, pictures = time.process_time(), 0
    container, codec = opened(path)
    for packet in container.demux(video=0):
        if packet.size and packet.is_keyframe:
            pictures += len([*packet.decode(), *codec.decode(None)])
            codec.flush_buffers()
    return time.process_time() - began, pictures


def packet_sizes(path):
    began = time.process_time()
    container, _ = opened(path)
    packets = [packet for packet in container.demux(video=0) if packet.size and not packet.is_keyframe]
    sizes = [(float(packet.pts * packet.time_base), packet.size) for packet in packets]
    usual = sorted(size for _, size in sizes)[len(sizes) // 2]
    moving = {int(at_s) for at_s, size in sizes if size > 1.25 * usual}
    return time.process_time() - began, moving
