"""The colour of a straightened plate's ground, by counting hues."""

import cv2
import numpy as np

from contract.readings import PlateColour
from drivers.plates.find import Bgr

_HUES: tuple[tuple[PlateColour, int, int], ...] = (("yellow", 11, 34), ("green", 35, 92), ("blue", 93, 132))
"""OpenCV's hues, 0 to 179."""
_SATURATED, _BRIGHT = 60, 40
_ENOUGH = 0.25
"""Of the plate's pixels: characters take less than half, and dirt and light take from the rest."""
_GREY_BELOW = 8.0


def colour_of(plate: Bgr) -> PlateColour:
    """The ground's colour; empty where the picture has none, as at night under infrared light."""
    hue, saturation, value = cv2.split(cv2.cvtColor(plate, cv2.COLOR_BGR2HSV))
    if float(saturation.mean()) < _GREY_BELOW:
        return ""
    vivid = (saturation > _SATURATED) & (value > _BRIGHT)
    shares: dict[PlateColour, float] = {name: float((vivid & (hue >= low) & (hue <= high)).mean()) for name, low, high in _HUES}
    if shares["green"] > _ENOUGH and _left_is_yellow(hue, vivid):
        return "yellow_green"
    best = max(shares, key=lambda name: shares[name])
    if shares[best] >= _ENOUGH:
        return best
    if float(vivid.mean()) > _ENOUGH:
        return "other"
    return _grey(value)


def _left_is_yellow(hue: Bgr, vivid: Bgr) -> bool:
    """Large new-energy vehicles: the province and the letter stand on yellow, the rest on green."""
    left = slice(0, hue.shape[1] // 4)
    seen = vivid[:, left].astype(bool)
    return bool(seen.any()) and float((hue[:, left][seen] <= 34).mean()) > 0.6


def _grey(value: Bgr) -> PlateColour:
    """Black or white: the ground is what most of the plate is."""
    level, _ = cv2.threshold(value, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    light = value > level
    ground = value[light] if float(np.mean(light)) > 0.5 else value[~light]
    return "white" if float(ground.mean()) > 90 else "black"
