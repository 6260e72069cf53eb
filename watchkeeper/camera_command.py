"""`watchkeeper camera analyse`: what moves in a film and whether the view was tampered with, for tuning zones."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
import msgspec

from drivers.analysis.settings import Zone
from drivers.analysis.told import TAMPER_KINDS
from drivers.rtsp_camera.address import check_address, masked
from drivers.rtsp_camera.messages import Analyse, Analysed, Done, Noticed, Trouble
from drivers.rtsp_camera.process import Child, ChildDied
from drivers.rtsp_camera.settings import Options

_TURN_S = 0.5
_QUIET_TURNS = 240
"""A child that says nothing for so many turns (two minutes) is stopped."""
_MAX_NOTICED = 100_000
_TROUBLES = {
    "no_video": "there is no video in it: give a film, or a stream that has a picture",
    "too_large": "its picture is too large: give one of at most 8192 pixels a side",
    "bad_stream": "it is no video that can be read: give an MP4, AVI, MKV, MPEG-TS or H.264 file",
    "refused": "the camera refuses the connection: check its address and port",
    "unauthorized": "the camera refuses the login: check the user and password in the address",
    "not_found": "the camera has no such stream: check what follows the host in the address",
    "timeout": "the camera does not answer: check its address, and that it is on",
    "unreachable": "it cannot be reached or opened: check the address, or that this user may read the file",
    "ended": "the stream ended at once",
}


class _Failed(Exception):
    """Why there is no result, and what to do."""


@click.group()
def camera() -> None:
    """Cameras. 摄像机。"""


@camera.command()
@click.argument("target", metavar="FILE|URL")
@click.option(
    "--zone", "zones", multiple=True, metavar="NAME=X,Y;X,Y;X,Y…", help="A zone by its corners, from 0 to 1. May be repeated."
)
@click.option("--sensitivity", type=click.FloatRange(0, 1), default=0.5, show_default=True, help="Of motion, as in the settings.")
@click.option("--options", "options_json", metavar="JSON", default="{}", help="The camera's options, as in an agent's settings.")
@click.option("--seconds", type=click.FloatRange(1, 86_400), default=60.0, show_default=True, help="How long to look at a URL.")
@click.option("--json", is_flag=True, expose_value=False, help="Print JSON, which it does anyway.")
def analyse(target: str, zones: tuple[str, ...], sensitivity: float, options_json: str, seconds: float) -> None:
    """Print what moves in FILE or at an rtsp URL, and tampering with the view, as one JSON object. 分析录像，用于调试区域。

    \b
    duration_s      of the whole film, by its timestamps
    frames_decoded  how many pictures were really in it
    motion          [{start_s, end_s, zone}], from the first picture that shows it to the last; zone is empty without --zone
    tamper          [{kind, start_s, end_s}]; kinds are dark, blinded, frozen, defocused, moved, occluded

    Times are seconds from the first picture. A zone's hours do not count here; its kind and seconds do (give it in --options).

    \b
    Examples:
      watchkeeper camera analyse gate.mp4
      watchkeeper camera analyse gate.mp4 --zone "lane=0.1,0.5;0.9,0.5;0.9,1;0.1,1"
      watchkeeper camera analyse rtsp://user:password@192.168.1.20/stream2 --seconds 120

    The exit code is 1 where the film could not be read or its decoder gave up, which costs a child process and nothing else.
    """
    options = _options(options_json, zones, sensitivity)
    request = _request(target, options, seconds)
    try:
        click.echo(json.dumps(_result(request), ensure_ascii=False))
    except _Failed as error:
        shown = target if request.is_file else masked(target)
        raise click.ClickException(f"{shown}: {error}") from None


def _options(text: str, zones: tuple[str, ...], sensitivity: float) -> Options:
    try:
        given = json.loads(text)
        if not isinstance(given, dict):
            raise ValueError('write a JSON object, such as {"sensitivity": 0.7}')
        given.setdefault("sensitivity", sensitivity)
        parsed = msgspec.convert(given, Options)
        return msgspec.structs.replace(parsed, zones=(*parsed.zones, *map(_zone, zones)), plates=None, objects=None)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--zone or --options") from None


def _zone(text: str) -> Zone:
    name, mark, corners = text.partition("=")
    try:
        if not mark:
            raise ValueError("no = between name and corners")
        area = [[float(number) for number in corner.split(",")] for corner in corners.replace(" ", ";").split(";") if corner]
        return msgspec.convert({"name": name, "area": area}, Zone)
    except ValueError as error:
        raise ValueError(f"{text!r}: {error}; write it like lane=0.1,0.5;0.9,0.5;0.9,1;0.1,1") from None


def _request(target: str, options: Options, seconds: float) -> Analyse:
    if "://" in target:
        try:
            return Analyse(check_address(target), False, options, seconds)
        except ValueError as error:
            raise click.BadParameter(str(error), param_hint="URL") from None
    path = Path(target)
    if not path.is_file():
        raise click.BadParameter(f"there is no file {target}: check the name", param_hint="FILE")
    return Analyse(str(path.resolve()), True, options)


def _result(request: Analyse) -> dict[str, Any]:
    noticed: list[Noticed] = []
    analysed = Analysed(0.0, 0)
    for report in _reports(request):
        if isinstance(report, Trouble):
            raise _Failed(_TROUBLES.get(report.reason, report.reason))
        if isinstance(report, Noticed) and len(noticed) < _MAX_NOTICED:
            noticed.append(report)
        elif isinstance(report, Analysed):
            analysed = report
            click.echo(f"\r{report.duration_s:.0f} s", err=True, nl=report.whole)
    if not analysed.frames:
        raise _Failed("not one picture in it can be decoded: give a whole film")
    if analysed.bad:
        click.echo(f"{analysed.bad} damaged packets were left out", err=True)
    return summary(noticed, analysed)


def _reports(request: Analyse) -> Iterator[Any]:
    with _running(request) as child:
        quiet = 0
        while quiet < _QUIET_TURNS:
            try:
                received = child.receive(_TURN_S)
            except ChildDied:
                raise _Failed(
                    "the decoder gave up on it, and its process with it: the film is damaged, or of a kind that it cannot take"
                ) from None
            quiet = 0 if received else quiet + 1
            for one in received:
                if isinstance(one.report, Done):
                    return
                yield one.report
    raise _Failed("the decoder is stuck and was stopped: the film is damaged")


@contextmanager
def _running(request: Analyse) -> Iterator[Child]:
    try:
        child = Child(request)
    except (OSError, ChildDied) as error:
        raise _Failed(f"no process could be started for it ({error})") from None
    try:
        yield child
    finally:
        child.stop()


def summary(noticed: list[Noticed], analysed: Analysed) -> dict[str, Any]:
    """The result as it is printed: each state's beginnings joined with their ends. What has not ended ends with the film."""
    open_since: dict[tuple[str, str], float] = {}
    motion: list[dict[str, Any]] = []
    tamper: list[dict[str, Any]] = []

    def close(name: tuple[str, str], end_s: float) -> None:
        what, zone = name
        span = {"start_s": round(open_since.pop(name), 3), "end_s": round(end_s, 3)}
        if what in TAMPER_KINDS:
            tamper.append({"kind": what, **span})
        else:
            motion.append({**span, "zone": zone})

    for one in noticed:
        name: tuple[str, str] = (one.what, one.zone)
        if one.active:
            open_since.setdefault(name, one.since_s)
        elif name in open_since:
            close(name, max(one.since_s, open_since[name]))
    for left in list(open_since):
        close(left, analysed.duration_s)
    for spans in (motion, tamper):
        spans.sort(key=lambda span: (span["start_s"], span["end_s"]))
    return {"duration_s": round(analysed.duration_s, 3), "frames_decoded": analysed.frames, "motion": motion, "tamper": tamper}
