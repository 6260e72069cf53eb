import pytest

from drivers.rtsp_camera.address import check_address, masked
from drivers.rtsp_camera.driver import KIND

GOOD = (
    "rtsp://192.168.1.20/live",
    "rtsps://camera-3.estate.example:322/Streaming/Channels/101",
    "rtsp://user:p%40ss@10.0.0.7:554/cam/realmonitor?channel=1&subtype=0",
    "rtsp://[fd00::12]:8554/a",
)
BAD = (
    "",
    "exec:/bin/sh",
    "file:///etc/passwd",
    "/etc/passwd",
    "concat:rtsp://a/b|file:/etc/passwd",
    "http://10.0.0.7/",
    "rtsp:10.0.0.7/live",
    "rtsp:///live",
    "rtsp://-host/live",
    "rtsp://10.0.0.7/live\r\nX: y",
    "rtsp://10.0.0.7/li ve",
    "rtsp://us%0d%0aer:p@10.0.0.7/live",
    "rtsp://a%00b@10.0.0.7/live",
    "rtsp://10.0.0.7:0/live",
    "rtsp://10.0.0.7:99999/live",
    "rtsp://10.0.0.7:x/live",
    "rtsp://10.0.0.7/live?udp",
    "rtsp://10.0.0.7/live?a=1&multicast",
    "rtsp://a@b@10.0.0.7/live",
    "rtsp://10.0.0.7/" + "a" * 500,
)


@pytest.mark.parametrize("address", GOOD)
def test_an_rtsp_address_is_taken(address: str):
    assert check_address(address) == address


@pytest.mark.parametrize("address", BAD)
def test_anything_else_is_refused_with_what_to_write(address: str):
    with pytest.raises(ValueError, match="write it like rtsp://"):
        KIND.make(address, KIND.options())


def test_a_password_is_in_no_message():
    with pytest.raises(ValueError, match="camera address") as caught:
        check_address("rtsp://admin:geheim@10.0.0.7/live?udp")
    assert "geheim" not in str(caught.value)
    assert masked("rtsp://admin:geheim@10.0.0.7/live") == "rtsp://***@10.0.0.7/live"
    assert "geheim" not in repr(KIND.make("rtsp://admin:geheim@10.0.0.7/live", KIND.options()))
