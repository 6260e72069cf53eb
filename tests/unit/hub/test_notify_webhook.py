"""Webhooks: signed, once under one key, and only where they may go."""

import hmac
import json
import socket
from hashlib import sha256
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Thread
from time import sleep

import msgspec
import pytest

from contract.clock import ManualClock
from contract.settings import BadSettings, load
from hub.cases.types import Case
from hub.ingest.ports import ChangeRow
from hub.notify import posting
from hub.notify.apprise.settings import AppriseSettings
from hub.notify.delivery import Notice
from hub.notify.mqtt.channel import TooLong, publications
from hub.notify.mqtt.settings import MqttSettings
from hub.notify.secrets import read_secret
from hub.notify.table import AnyChannelSettings, reader_name
from hub.notify.webhook import channel as webhook
from hub.notify.webhook.address import NotAllowed, Pinned, judge, pin
from hub.notify.webhook.channel import WebhookChannel, signature, verdict
from hub.notify.webhook.settings import WebhookSettings
from tests.support.outward_rig import Receiver

LOOPBACK = ["127.0.0.0/8"]
CLOCK = ManualClock()


def notice(pos: int = 7, **fields) -> Notice:
    case = Case(
        case_no=3, kind="incident", detector="door_held", clause="GATE-7", subject="door-1", device="door-1", place="gate",
        episode="s:1", priority=2, state="open", opened_us=CLOCK.now_us(), raised_us=CLOCK.now_us(), facts={},
    )  # fmt: skip
    case = msgspec.structs.replace(case, **fields)
    return Notice(ChangeRow(pos, CLOCK.now_us(), "case", "3", "raised", msgspec.json.encode(case).decode()), case)


def titles(_case: Case) -> tuple[str, str]:
    return "门未关", "Door held open"


def channel(url: str, allowed=LOOPBACK, resolver=webhook.resolve) -> WebhookChannel:
    settings = WebhookSettings("desk", url, "unused")
    return WebhookChannel(settings, "garden", titles, CLOCK, secret="s3cret", allow_private=allowed, resolver=resolver)


def deliver(made: WebhookChannel, *notices: Notice):
    try:
        return made.deliver(notices or [notice()])
    finally:
        made.close()


def test_a_change_is_posted_signed_and_under_its_key():
    with Receiver() as receiver:
        assert deliver(channel(receiver.url), notice(7), notice(8)) == (2, None)
    headers, body = receiver.requests[0]
    assert headers["idempotency-key"] == "garden:7"
    assert receiver.requests[1][0]["idempotency-key"] == "garden:8"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    said = json.loads(body)
    assert said["act"] == "raised"
    assert said["incident"]["title_zh"] == "门未关"
    at, mac = (part.partition("=")[2] for part in headers["x-watchkeeper-signature"].split(","))
    assert mac == hmac.new(b"s3cret", f"{at}.".encode() + body, sha256).hexdigest()
    assert int(at) == CLOCK.now_us() // 1_000_000


def test_a_signature_is_of_its_time_body_and_secret():
    one = signature("a", 1, b"x")
    assert one.startswith("t=1,v1=")
    assert len({one, signature("b", 1, b"x"), signature("a", 2, b"x"), signature("a", 1, b"y")}) == 4


@pytest.mark.parametrize(
    ("status", "sort"),
    [(200, None), (204, None), (301, "permanent"), (307, "permanent"), (400, "permanent"), (404, "permanent"), (408, "transient"),
     (429, "transient"), (500, "transient"), (503, "transient")],
)  # fmt: skip
def test_each_status_means_something(status, sort):
    found = verdict(status)
    assert (found.sort if found else None) == sort


def test_redirects_are_not_followed():
    with Receiver() as elsewhere, Receiver(302, location=elsewhere.url) as receiver:
        done = deliver(channel(receiver.url))
    assert done.failure is not None
    assert done.failure.sort == "permanent"
    assert "redirect" in done.failure.error
    assert elsewhere.requests == []


def test_delivery_ends_at_the_first_failure():
    with Receiver(200, 500, 200) as receiver:
        done = deliver(channel(receiver.url), notice(1), notice(2), notice(3))
    assert done.done == 1
    assert done.failure is not None
    assert done.failure.sort == "transient"
    assert len(receiver.requests) == 2


def test_a_huge_reply_is_not_read_to_its_end():
    with Receiver(body=b"x" * (2 * posting.REPLY_BYTES_MAX)) as receiver:
        assert deliver(channel(receiver.url)) == (1, None)


def test_nobody_there_may_go_better_later():
    with Receiver() as receiver:
        url = receiver.url
    done = deliver(channel(url))
    assert done.failure is not None
    assert done.failure.sort == "transient"


class TickingClock(ManualClock):
    """A second passes with each look at it."""

    def mono_us(self) -> int:
        self.advance_us(1_000_000)
        return super().mono_us()


class Dripping:
    """A receiver that sends `start`, then `drop` over and over, for some seconds."""

    def __init__(self, start: bytes, drop: bytes) -> None:
        self._start, self._drop = start, drop
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}/hook"
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        taken, _ = self._listening.accept()
        with taken:
            taken.settimeout(30)
            said = b""
            while not said.endswith(b"}"):
                said += taken.recv(65_536)
            try:
                taken.sendall(self._start)
                for _ in range(300):
                    taken.sendall(self._drop)
                    sleep(0.01)
            except OSError:
                return  # it was hung up on

    def __enter__(self) -> "Dripping":
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join(30)
        self._listening.close()


def dripped(start: bytes, drop: bytes):
    clock = TickingClock()
    with Dripping(start, drop) as receiver:
        settings = WebhookSettings("desk", receiver.url, "unused")
        return deliver(WebhookChannel(settings, "garden", titles, clock, secret="s3cret", allow_private=LOOPBACK))


def test_headers_that_never_end_are_given_up():
    done = dripped(b"HTTP/1.1 200 OK\r\n", b"X-Slow: 1\r\n")
    assert done.done == 0
    assert done.failure == ("transient", "no answer within 10 s")


def test_a_body_that_never_ends_changes_nothing_about_its_status():
    assert dripped(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n", b"x") == (1, None)


def test_a_name_that_cannot_be_resolved_may_go_better_later():
    def unknown(_host: str, _port: int) -> list[str]:
        raise OSError("no such name")

    done = deliver(channel("http://desk.example/hook", resolver=unknown))
    assert done.failure is not None
    assert done.failure.sort == "transient"


def test_this_machine_is_refused_unless_the_policy_allows_it():
    with Receiver() as receiver:
        done = deliver(channel(receiver.url, allowed=[]))
        assert done.failure is not None
        assert done.failure.sort == "permanent"
        assert "allow_private" in done.failure.error
    assert receiver.requests == []


def test_the_connection_goes_to_the_address_that_was_judged():
    """A name that would resolve to something else the second time (rebinding) is resolved once."""
    asked = []

    def once(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    with Receiver() as receiver:
        assert deliver(channel(f"http://rebinding.invalid:{receiver.port}/hook", resolver=once)) == (1, None)
    assert asked == ["rebinding.invalid"]
    assert receiver.requests[0][0]["host"] == f"rebinding.invalid:{receiver.port}"


@pytest.mark.parametrize(
    ("address", "wrong"),
    [("127.0.0.1", "loopback"), ("10.1.2.3", "private"), ("172.16.0.1", "private"), ("192.168.1.1", "private"),
     ("169.254.169.254", "link_local"), ("100.100.100.200", "private"), ("0.0.0.0", "unspecified"), ("224.0.0.1", "multicast"),
     ("255.255.255.255", "private"), ("::1", "loopback"), ("fe80::1", "link_local"), ("fd00::1", "private"),
     ("::", "unspecified"),
     ("::ffff:127.0.0.1", "loopback"), ("::ffff:10.0.0.1", "private"), ("64:ff9b::7f00:1", "loopback"),
     ("64:ff9b::a9fe:a9fe", "link_local"), ("2002:7f00:1::", "loopback"), ("fec0::1", "private"),
     ("64:ff9b:1::7f00:1", "private"), ("::127.0.0.1", "private"), ("::ffff:0:7f00:1", "private"), ("5f00::1", "private"),
     ("2001:0:7f00:1::1", "private"), ("2001:db8::1", "private"), ("3fff::1", "private"), ("100::1", "private"),
     ("2002:c0a8:1::", "private"), ("64:ff9b::808:808", ""), ("240e::1", ""), ("8.8.8.8", ""), ("2606:4700::1111", "")],
)  # fmt: skip
def test_each_address_is_judged_by_what_it_reaches(address, wrong):
    assert judge(ip_address(address), []) == wrong


def test_the_policy_allows_networks_and_no_more():
    allowed = [ip_network("192.168.1.0/24")]
    assert judge(ip_address("192.168.1.7"), allowed) == ""
    assert judge(ip_address("::ffff:192.168.1.7"), allowed) == ""
    assert judge(ip_address("192.168.2.7"), allowed) == "private"


def test_one_bad_address_condemns_the_host():
    assert isinstance(pin("h", 80, lambda *_: ["8.8.8.8", "127.0.0.1"], []), NotAllowed)
    assert pin("h", 80, lambda *_: ["8.8.8.8", "8.8.4.4"], []) == Pinned("8.8.8.8")
    with pytest.raises(OSError, match="no address"):
        pin("h", 80, lambda *_: [], [])


class File(msgspec.Struct):
    notify: list[AnyChannelSettings]


def settings_file(folder: Path, text: str) -> Path:
    path = folder / "hub.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_name_their_channels(tmp_path):
    path = settings_file(
        tmp_path,
        "notify:\n- type: mqtt\n- {type: webhook, name: desk, url: 'https://desk.example/hook', secret_file: s}\n"
        "- {type: apprise, name: duty, url_file: u, only: {priorities: [1]}}\n",
    )
    found = load(path, File).notify
    assert [type(one) for one in found] == [MqttSettings, WebhookSettings, AppriseSettings]
    assert [reader_name(one) for one in found] == ["mqtt", "webhook:desk", "apprise:duty"]


@pytest.mark.parametrize(
    "url", ["ftp://x/y", "https://user:pw@host/", "https:///x", "http://a b/", "https://h:99999/", "http://h/#x"]
)
def test_a_bad_url_is_told_with_its_line(tmp_path, url):
    text = f"notify:\n- type: webhook\n  name: desk\n  secret_file: s\n  url: '{url}'\n"
    with pytest.raises(BadSettings, match=r"hub\.yaml:5: notify\[0\]\.url: .*write https://HOST/PATH"):
        load(settings_file(tmp_path, text), File)


def test_a_secret_is_one_line_of_a_file(tmp_path):
    path = tmp_path / "secret"
    path.write_text("  s3cret \n")
    path.chmod(0o644)
    with pytest.raises(ValueError, match=r"everybody may read .*chmod o="):
        read_secret(path, "secret_file")
    path.chmod(0o640)
    assert read_secret(path, "secret_file") == "s3cret"
    for bad in (b"", b"\n", b"two\nlines", b"\xff\xfe", b"x" * 5_000):
        path.write_bytes(bad)
        with pytest.raises(ValueError, match=r"secret_file: .*write the secret alone"):
            read_secret(path, "secret_file")
    with pytest.raises(ValueError, match="cannot be read"):
        read_secret(tmp_path / "none", "secret_file")


def test_an_incident_too_long_for_a_message_is_refused():
    with pytest.raises(TooLong):
        publications("garden", notice(facts={"x": "y" * 70_000}), titles)


def test_a_dead_letter_on_mqtt_is_not_retained():
    assert [one.retain for one in publications("garden", notice()._replace(again=True), titles)] == [False]
