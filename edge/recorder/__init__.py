"""The recorder: RTSP in, fragmented MP4 on disk. Remuxes what comes and decodes nothing; docs/adr/0034."""
