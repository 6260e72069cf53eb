"""Device addresses become parts, or an error that an installer can act on."""

import pytest

from drivers.transports import parse_address


def test_a_serial_port_has_sensible_settings_of_its_own():
    where = parse_address("serial:///dev/ttyUSB0")
    assert (where.scheme, where.path, where.baud, where.parity, where.stop, where.bits) == (
        "serial", "/dev/ttyUSB0", 9600, "N", 1, 8,
    )  # fmt: skip


def test_a_serial_port_takes_its_settings_from_the_query():
    where = parse_address("serial:///dev/serial/by-id/usb%20one?baud=19200&parity=e&stop=1.5&bits=7")
    assert (where.path, where.baud, where.parity, where.stop, where.bits) == (
        "/dev/serial/by-id/usb one", 19200, "E", 1.5, 7,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [("tcp://192.168.1.50:4001", "192.168.1.50", 4001), ("tcp://[::1]:502", "::1", 502), ("tcp://gate.lan:1/", "gate.lan", 1)],
)
def test_a_tcp_address_is_a_host_and_a_port(text, host, port):
    where = parse_address(text)
    assert (where.host, where.port) == (host, port)


def test_a_null_address_is_a_name():
    assert parse_address("null:door-1").path == "door-1"


def test_a_driver_may_have_query_keys_of_its_own():
    assert parse_address("tcp://a:1?framing=rtu", extra=("framing",)).extra == {"framing": "rtu"}
    assert parse_address("serial:///dev/a?unit=2&baud=300", extra=("unit",)).extra == {"unit": "2"}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("/dev/ttyUSB0", "does not begin with a scheme"),
        ("", "does not begin with a scheme"),
        ("exec:rm", "does not begin with a scheme"),
        ("serial://dev/ttyUSB0", "three slashes"),
        ("serial:///", "file is missing"),
        ("serial:///dev/a?baud=fast", "baud is a whole number"),
        ("serial:///dev/a?baud=9999999", "baud is a whole number"),
        ("serial:///dev/a?baud=²", "baud is a whole number"),
        ("serial:///dev/a?parity=X", "parity is one of"),
        ("serial:///dev/a?stop=3", "stop is 1"),
        ("serial:///dev/a?bits=9", "bits is 5"),
        ("serial:///dev/a?speed=9600", "'speed' is not a known key"),
        ("serial:///dev/a?baud=1200&baud=9600", "twice"),
        ("serial:///dev/a?baud", "not a device address"),
        ("serial:///dev/a#b", "a # has no place"),
        ("tcp://host", "a host and a port"),
        ("tcp://:4001", "a host and a port"),
        ("tcp://host:0", "a host and a port"),
        ("tcp://host:99999", "a host and a port"),
        ("tcp://me:secret@host:1", "only a host and a port"),
        ("tcp://host:1/path", "only a host and a port"),
        ("tcp://host:1?framing=rtu", "not a known key"),
        ("tcp://[::1:1", "not a device address"),
        ("null:", "a name follows"),
        ("null://x", "a name follows"),
        ("serial:///dev/a\r\nb", "printable"),
        ("serial:///" + "a" * 500, "printable"),
    ],
)
def test_a_wrong_address_says_what_is_wrong_and_shows_a_right_one(text, what):
    with pytest.raises(ValueError, match=what) as error:
        parse_address(text)
    assert "write for example" in str(error.value) or "500 characters" in str(error.value)


def test_a_driver_refuses_a_scheme_that_it_does_not_take():
    with pytest.raises(ValueError, match="tcp://"):
        parse_address("serial:///dev/a", schemes=("tcp",))
