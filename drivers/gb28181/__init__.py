"""Cameras and recorders that report over GB/T 28181: signs of life and alarms. Their video is another driver's."""
