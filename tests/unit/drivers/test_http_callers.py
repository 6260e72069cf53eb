"""Who may push: secret paths, Basic and Digest."""

import base64

import msgspec
import pytest

from contract.clock import US_PER_S
from drivers.digest import NONCE_LIFE_US, NONCES_MAX, Asked, Nonces, digest_ok, response_of
from drivers.http.callers import Caller, Callers, check_callers
from drivers.http.requests import Request

AT_US = 1_780_000_000 * US_PER_S
GATE = Caller(path="/gate-1/s3cret", device="gate-1")
SHUT = Caller(user="cam", password="p:w", device="cam")


def callers(*who):
    return Callers(who, Nonces(b"key"))


def shown(header, path="/"):
    return Request("POST", path, "", (("authorization", header),) if header else ())


def digest(asked, nonce, count=1, password="p:w", **more):
    fields = {
        "username": "cam", "realm": "watchkeeper", "nonce": nonce, "uri": asked.target, "qop": "auth", "nc": f"{count:08x}",
        "cnonce": "c", "algorithm": "MD5",
    } | more  # fmt: skip
    fields = {key: value for key, value in fields.items() if value}
    fields["response"] = response_of(fields, asked.method, password)
    return "Digest " + ", ".join(f'{key}="{value}"' for key, value in fields.items())


def test_without_callers_everybody_is_this_device():
    assert callers().meet(shown("", "/any"), AT_US).caller == Caller()


@pytest.mark.parametrize(
    ("path", "device"),
    [("/gate-1/s3cret", "gate-1"), ("/gate-1/s3cret/x", "gate-1"), ("/gate-1/s3crets", None), ("/gate-1", None), ("/", None)],
)
def test_a_secret_path_tells_who_comes(path, device):
    met = callers(GATE).meet(shown("", path), AT_US)
    assert (met.caller.device if met.caller else None) == device
    assert met.reason == ("" if device else "unknown_path")


def test_the_longest_path_counts():
    far = Caller(path="/gate-1/s3cret/far", device="far")
    assert callers(GATE, far).meet(shown("", "/gate-1/s3cret/far"), AT_US).caller == far


def test_basic_is_asked_for_and_checked():
    who = callers(SHUT)
    asked = who.meet(shown(""), AT_US)
    assert (asked.reply.status, asked.reason) == (401, "")
    good = base64.b64encode(b"cam:p:w").decode()
    assert who.meet(shown(f"Basic {good}"), AT_US).caller == SHUT
    for bad in ("Basic " + base64.b64encode(b"cam:x").decode(), "Basic !!", "Basic é", "Bearer x"):
        assert who.meet(shown(bad), AT_US).reason == "wrong_password"


def nonce_of(met):
    return dict(met.reply.headers[::-1])["WWW-Authenticate"].partition('nonce="')[2].partition('"')[0]


def test_a_digest_is_good_once():
    who = callers(SHUT)
    nonce = nonce_of(who.meet(shown(""), AT_US))
    header = digest(Asked("POST", "/"), nonce)
    assert who.meet(shown(header), AT_US).caller == SHUT
    again = who.meet(shown(header), AT_US)
    assert again.caller is None
    assert "stale=true" in again.reply.headers[0][1]
    assert again.reason == ""
    assert who.meet(shown(digest(Asked("POST", "/"), nonce, 2)), AT_US).caller == SHUT


def test_a_digest_of_old_devices_has_a_nonce_for_each_request():
    who = callers(SHUT)
    nonce = nonce_of(who.meet(shown(""), AT_US))
    header = digest(Asked("POST", "/"), nonce, qop="", nc="", cnonce="", algorithm="")
    assert who.meet(shown(header), AT_US).caller == SHUT
    assert who.meet(shown(header), AT_US).caller is None


@pytest.mark.parametrize(
    "changed",
    [
        {"username": "x"},
        {"realm": "x"},
        {"uri": "/x"},
        {"password": "x"},
        {"qop": "auth-int"},
        {"nc": "1"},
        {"nonce": "1-1-00"},
        {"nonce": "x"},
    ],
)
def test_a_digest_that_is_not_right_opens_nothing(changed):
    nonces = Nonces(b"key")
    password = changed.pop("password", "p:w")
    header = digest(Asked("POST", "/"), changed.pop("nonce", nonces.fresh(AT_US)), password=password, **changed)
    assert digest_ok(header, Asked("POST", "/"), "cam", "p:w", "watchkeeper", nonces, AT_US) in ("wrong", "stale")


def test_an_unknown_algorithm_is_wrong():
    header = digest(Asked("POST", "/"), "n").replace('"MD5"', '"MD4"')
    assert digest_ok(header, Asked("POST", "/"), "cam", "p:w", "watchkeeper", Nonces(b""), AT_US) == "wrong"


def test_the_response_is_that_of_the_standard():
    fields = {
        "username": "Mufasa", "realm": "http-auth@example.org", "uri": "/dir/index.html", "qop": "auth", "nc": "00000001",
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", "cnonce": "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
    }  # fmt: skip
    assert response_of(fields, "GET", "Circle of Life") == "8ca523f5e9506fed4657c9700eebdbec"
    want = "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"
    assert response_of(fields | {"algorithm": "SHA-256"}, "GET", "Circle of Life") == want


def test_a_nonce_lives_for_a_while():
    nonces = Nonces(b"key")
    nonce = nonces.fresh(AT_US)
    assert not nonces.use(nonce, 1, AT_US + NONCE_LIFE_US)
    assert not nonces.use(nonce, 1, AT_US - 1)
    assert nonces.use(nonce, 1, AT_US + NONCE_LIFE_US - 1)


def test_nonces_that_are_forgotten_are_good_no_more():
    nonces = Nonces(b"key")
    first = nonces.fresh(AT_US)
    assert nonces.use(first, 1, AT_US)
    for _ in range(NONCES_MAX):
        assert nonces.use(nonces.fresh(AT_US), 1, AT_US)
    assert not nonces.use(first, 1, AT_US)
    assert not nonces.use(first, 2, AT_US)
    assert nonces.use(nonces.fresh(AT_US), 1, AT_US)


@pytest.mark.parametrize(
    "wrong", [{"path": "gate"}, {"path": "/a b"}, {"user": "a"}, {"user": "a:b", "password": "c"}, {"device": "A B"}]
)
def test_callers_that_cannot_be_are_refused(wrong):
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(wrong, Caller)


def test_two_callers_that_look_alike_are_refused():
    check_callers([GATE, SHUT])
    with pytest.raises(ValueError, match="a path of its own"):
        check_callers([GATE, GATE])
