"""By which token a command speaks to a hub, and to which hub it does not send it."""

import click
import httpx
import pytest

from watchkeeper.hub_client import DEFAULT_TOKEN_FILE, HubClient, Wrong

LOOPBACK = "http://127.0.0.1:8080"


@pytest.fixture
def told(tmp_path, monkeypatch):
    """What a hub at `url` is told when a command runs in a folder with a local token, and perhaps with a file of its own."""
    monkeypatch.chdir(tmp_path)
    DEFAULT_TOKEN_FILE.parent.mkdir()
    DEFAULT_TOKEN_FILE.write_text("local-token\n")

    def ask(url, text=None):
        heard = []

        def answer(request: httpx.Request) -> httpx.Response:
            heard.append(request.headers.get("authorization"))
            return httpx.Response(200, json={})

        file = None
        if text is not None:
            file = tmp_path / "own.token"
            file.write_text(text)
        with HubClient(url, file, transport=httpx.MockTransport(answer)) as hub:
            hub.get("/me")
        return heard[0]

    return ask


@pytest.mark.parametrize("url", [LOOPBACK, "http://localhost:1", "http://[::1]:1", "https://127.0.0.1"])
def test_a_hub_on_this_machine_gets_the_local_token(told, url):
    assert told(url) == "Bearer local-token"


@pytest.mark.parametrize("url", ["https://hub.example", "http://192.168.1.5:8080", "http://127.0.0.1.evil.example"])
def test_the_local_token_goes_nowhere_else(told, url):
    assert told(url) is None


def test_a_token_that_is_named_goes_before_the_local_one(told):
    assert told(LOOPBACK, "own-token\n") == told("https://hub.example", "own-token\n") == "Bearer own-token"


def test_no_token_is_sent_in_the_clear_over_a_network(told):
    with pytest.raises(Wrong, match="in the clear"):
        told("http://hub.example", "own-token\n")


@pytest.mark.parametrize("text", ["", "\n", "two words\n", "two\nlines\n", "ü\n"])
def test_what_is_no_token_is_told(told, text):
    with pytest.raises(Wrong, match="--token-file"):
        told(LOOPBACK, text)


def test_a_file_that_is_not_there_is_told_with_where_to_find_one(tmp_path):
    with pytest.raises(Wrong, match=r"local\.token in the hub's data folder"):
        HubClient(LOOPBACK, tmp_path / "nowhere")


def test_an_authority_that_is_none_is_told(tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    for file in ("ca.pem", "nowhere.pem"):
        with pytest.raises(Wrong, match="--ca-file"):
            HubClient("https://hub.example", ca_file=tmp_path / file)


def test_who_is_not_signed_in_is_told_how_to(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    problem = {"code": "not_signed_in", "message_zh": "请先登录", "message_en": "sign in first", "errors": []}
    transport = httpx.MockTransport(lambda _: httpx.Response(401, json=problem))
    with HubClient(LOOPBACK, transport=transport) as hub, pytest.raises(click.ClickException) as refused:
        hub.get("/me")
    assert refused.value.exit_code == 2
    assert "--token-file" in refused.value.message
