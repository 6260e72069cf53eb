"""Pushes to guards' phones: sealed as the standard says, sent to judged addresses, and forgotten when a browser has gone."""

import base64
import json
import stat
from collections import Counter
from concurrent.futures import Future
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from contract.clock import US_PER_S, ManualClock
from hub.ingest.ports import ChangeRow
from hub.notify.delivery import Failure
from hub.notify.posting import Answered, Poster
from hub.notify.webpush import crypto
from hub.notify.webpush.pusher import TEXT, TRIES_MAX, Pusher
from hub.store.phone_rows import PushRow
from tests.support.outward_rig import Receiver
from tests.support.phone_rig import bind, phone_site
from tests.unit.hub.test_api_http import problem
from watchkeeper.cli import main

P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
ROW = PushRow("b1", "zhang", "https://push.example/send/1", P256DH, AUTH, 0)


def test_a_message_is_sealed_as_in_the_example_of_rfc_8291():
    sender = ec.derive_private_key(
        int.from_bytes(crypto.unbase64("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big"), ec.SECP256R1()
    )
    salt = crypto.unbase64("DGv6ra1nlYgDCS1FRnbzlw")
    body = crypto.sealed(b"When I grow up, I want to be a watermelon", crypto.receiver(P256DH, AUTH), sender, salt)
    assert crypto.base64url(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95"
        "bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_the_service_knows_the_hub_by_a_signature_for_it_alone():
    key = crypto.private_key(bytes(range(32)))
    told = crypto.authorization("https://push.example:443/send/1?x=1", key, "mailto:a@b", 1_000)
    token, _, public = told.removeprefix("vapid t=").partition(", k=")
    head, claims, signature = token.split(".")
    assert json.loads(crypto.unbase64(head)) == {"typ": "JWT", "alg": "ES256"}
    assert json.loads(crypto.unbase64(claims)) == {"aud": "https://push.example:443", "exp": 44_200, "sub": "mailto:a@b"}
    raw = crypto.unbase64(signature)
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), crypto.unbase64(public))
    known.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))


@pytest.mark.parametrize("wrong", [("AAAA", AUTH), (P256DH, "AAAA"), ("nonsense!", AUTH), (P256DH[:-4] + "AAAA", AUTH)])
def test_what_is_no_key_is_told(wrong):
    with pytest.raises(ValueError):  # noqa: PT011 - by whichever of them
        crypto.receiver(*wrong)


class Services:
    """Push services that answer so, one after the other, the last one for ever."""

    def __init__(self, *answers: Answered | Failure) -> None:
        self.answers = list(answers)
        self.posts: list[tuple[str, dict[str, str], bytes]] = []

    def post(self, address: str, headers: dict[str, str], body: bytes) -> Answered | Failure:
        self.posts.append((address, headers, body))
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        pass


class Rows:
    def __init__(self, *rows: PushRow) -> None:
        self.rows = rows

    def pushes(self, person: str) -> list[PushRow]:
        return [row for row in self.rows if row.person == person]


def pusher(services: Any, *rows: PushRow):
    clock, asked = ManualClock(), []

    def ask(one: Any) -> "Future[Any]":
        asked.append(one)
        done: Future[Any] = Future()
        done.set_result(None)
        return done

    return Pusher(bytes(range(32)), "mailto:a@b", "garden", Rows(*rows), services, ask, clock), clock, asked


def sent(person: str = "zhang", act: str = "sent") -> ChangeRow:
    return ChangeRow(1, 0, "dispatch", "17/1", act, json.dumps({"person": person, "note": "东门有人"}))


def test_a_push_says_that_there_is_something_and_nothing_of_what_it_is():
    services = Services(Answered(201))
    made, _, _ = pusher(services, ROW)
    made.on_changes([sent(), sent("wang"), sent(act="on_way")])
    made.round()
    ((address, headers, body),) = services.posts
    assert address == ROW.endpoint
    assert (headers["TTL"], headers["Urgency"], headers["Content-Encoding"]) == ("120", "high", "aes128gcm")
    assert "东门".encode() not in body
    assert TEXT == b'{"kind":"task"}'
    assert made.counters == Counter(sent=1)


@pytest.mark.parametrize("status", [404, 410])
def test_an_address_that_has_gone_is_forgotten(status):
    made, _, asked = pusher(Services(Answered(status)), ROW)
    made.on_changes([sent()])
    made.round()
    assert len(asked) == 1
    assert made.counters["gone"] == 1


def test_a_service_that_fails_is_tried_a_few_times_and_then_left():
    services = Services(Answered(503))
    made, clock, _ = pusher(services, ROW)
    made.on_changes([sent()])
    for _ in range(20):
        made.round()
        clock.advance_us(10 * US_PER_S)
    assert len(services.posts) == TRIES_MAX
    assert made.counters["given_up"] == 1
    assert made.round() == 30.0


def test_a_refusal_for_good_is_not_tried_again():
    services = Services(Answered(403))
    made, clock, _ = pusher(services, ROW)
    made.on_changes([sent()])
    made.round()
    clock.advance_us(60 * US_PER_S)
    made.round()
    assert len(services.posts) == 1


@pytest.mark.parametrize(
    "address", ["https://bücher.example/x", "https://push.example/\x01", f"https://a.example/{'x' * 70_000}"]
)
def test_an_address_that_fits_into_no_request_is_a_failure_for_good_and_keeps_no_other_push_back(address):
    poster = Poster(ManualClock(), ("127.0.0.0/8",), lambda *_: ["127.0.0.1"])
    refused = poster.post(address, {}, b"")
    poster.close()
    assert isinstance(refused, Failure)
    assert refused.sort == "permanent"


def test_a_private_address_behind_a_name_is_not_reached_and_a_redirect_not_followed():
    with Receiver(302, location="http://127.0.0.1:1/") as receiver:
        poster = Poster(ManualClock(), (), lambda *_: ["127.0.0.1"])
        refused = poster.post(f"http://push.example:{receiver.port}/x", {}, b"")
        assert isinstance(refused, Failure)
        assert refused.sort == "permanent"
        assert receiver.requests == []
        poster.close()
        poster = Poster(ManualClock(), ("127.0.0.0/8",), lambda *_: ["127.0.0.1"])
        assert poster.post(f"http://push.example:{receiver.port}/x", {}, b"") == Answered(302)
        poster.close()


def test_a_phone_subscribes_by_its_own_token_and_its_end_takes_the_address_away(tmp_path):
    with phone_site(tmp_path, push=True) as site:
        phone = bind(site)
        assert len(base64.urlsafe_b64decode(phone.http.get("/phone/push-key").json()["key"] + "=")) == 65
        asked = {"endpoint": ROW.endpoint, "p256dh": P256DH, "auth": AUTH}
        for wrong in (
            "http://push.example/1",
            "https://127.0.0.1/1",
            "https://[::1]/",
            "https://a@push.example/",
            "https://x:22/",
        ):
            problem(phone.http.put("/phone/push", json=asked | {"endpoint": wrong}), 422, "wrong_endpoint")
        problem(phone.http.put("/phone/push", json=asked | {"auth": "AAAA"}), 422, "wrong_endpoint")
        assert phone.http.put("/phone/push", json=asked).json() == {"subscribed": True}
        assert phone.http.put("/phone/push", json=asked).json() == {"subscribed": True}
        assert [(row.token, row.person) for row in site.rows("phone_push")] == [(phone.bound["binding"], "zhang")]
        assert phone.http.delete("/phone/push").json() == {"subscribed": False}
        assert phone.http.put("/phone/push", json=asked).status_code == 200
        assert phone.http.post("/phone/leave").status_code == 200
        assert site.rows("phone_push") == []


def test_a_hub_without_push_says_so(tmp_path):
    with phone_site(tmp_path) as site:
        problem(bind(site).http.get("/phone/push-key"), 404, "push_off")


def test_the_key_is_made_once_for_its_owner_alone(tmp_path):
    file = tmp_path / "vapid.key"
    assert CliRunner().invoke(main, ["push", "init", str(file)]).exit_code == 0
    made = file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "stays" in CliRunner().invoke(main, ["push", "init", str(file)]).output
    assert file.read_text() == made
