"""`watchkeeper tls init`, and a hub that others can reach with what it makes."""

import ssl
from pathlib import Path
from threading import Event

import httpx
import pytest
from click.testing import CliRunner

from contract.clock import SystemClock
from edge.pictures import http_post
from hub.accounts import register
from hub.accounts.local import LOCAL_TOKEN_FILE
from hub.config import load_config
from hub.main import Hub, NoAccounts
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from tests.support.outward_rig import cheap_passwords
from tests.support.site_rig import ESTATE_FILE, SITE
from watchkeeper.cli import main
from watchkeeper.run_hub import WRONG, run_hub


def make(folder, *hosts, exit_code=0):
    shown = CliRunner().invoke(main, ["tls", "init", str(folder), *hosts])
    assert shown.exit_code == exit_code, shown.output
    return shown.output


def test_a_certificate_is_made_and_told_what_to_do_with(tmp_path):
    shown = make(tmp_path / "tls", "hub.estate.example", "192.168.1.5")
    assert "give it to everybody who is to trust the hub" in shown
    assert "certificate: " in shown
    for name in ("ca.key", "hub.key"):
        assert (tmp_path / "tls" / name).stat().st_mode & 0o777 == 0o600
    assert not list((tmp_path / "tls").glob("*.part"))


def test_made_again_it_is_renewed_under_the_same_authority(tmp_path):
    make(tmp_path, "hub.estate.example")
    authority, certificate = (tmp_path / "ca.pem").read_bytes(), (tmp_path / "hub.pem").read_bytes()
    assert "give it to everybody" not in make(tmp_path, "hub.estate.example")
    assert (tmp_path / "ca.pem").read_bytes() == authority
    assert (tmp_path / "hub.pem").read_bytes() != certificate


def test_an_authority_that_is_not_whole_signs_nothing(tmp_path):
    make(tmp_path, "hub.estate.example")
    key = (tmp_path / "ca.key").read_bytes()
    (tmp_path / "ca.key").write_bytes((tmp_path / "hub.key").read_bytes())
    assert "is not the key of ca.pem" in make(tmp_path, "hub.estate.example", exit_code=2)
    (tmp_path / "ca.key").unlink()
    assert "no whole ca.pem and ca.key" in make(tmp_path, "hub.estate.example", exit_code=2)
    (tmp_path / "ca.key").write_bytes(key)
    make(tmp_path, "hub.estate.example")


@pytest.mark.parametrize("host", ["not a host", "a/b", "值守", "http://x", ""])
def test_what_is_no_host_is_refused(tmp_path, host):
    assert "neither a host's name nor an address" in make(tmp_path, host, exit_code=2)
    assert not (tmp_path / "hub.pem").exists()


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    make(tmp_path / "tls", "hub.estate.example")
    (tmp_path / "estate.yaml").write_text(ESTATE_FILE, encoding="utf-8")
    file = tmp_path / "hub.yaml"
    file.write_text(
        "estate: estate.yaml\nbroker: {url: 'mqtt://127.0.0.1:9'}\n"
        "http: {host: 0.0.0.0, port: 0, certificate: tls/hub.pem, key: tls/hub.key}\n"
    )
    return file


def with_an_account(settings) -> None:
    engine = open_engine(load_config(settings).database)
    migrate(engine)
    with engine.begin() as connection:
        password_hash = cheap_passwords().hash("four words of mine")
        register.create(connection, SITE, "li", "operator", password_hash, SystemClock().now_us())
    engine.dispose()


def test_a_hub_without_accounts_does_not_let_others_reach_it(settings):
    with pytest.raises(NoAccounts, match="watchkeeper admin create"), Hub(load_config(settings), SystemClock()):
        pass
    assert run_hub(settings, Event()) == WRONG


def test_a_hub_with_tls_and_an_account_is_reached_by_any_name_and_signs_in_with_a_host_cookie(settings, tmp_path):
    with_an_account(settings)
    trust = ssl.create_default_context(cafile=str(tmp_path / "tls" / "ca.pem"))
    with Hub(load_config(settings), SystemClock()) as hub:
        assert hub.url.startswith("https://0.0.0.0:")
        url = hub.url.replace("0.0.0.0", "127.0.0.1")
        with httpx.Client(base_url=url, verify=trust, trust_env=False, timeout=30) as page:
            named = {"Host": "hub.estate.example", "Origin": "https://hub.estate.example"}
            reply = page.post("/sign-in", json={"name": "li", "password": "four words of mine"}, headers=named)
            assert reply.status_code == 200, reply.text
            cookie = reply.headers["set-cookie"]
            assert cookie.startswith("__Host-watchkeeper=")
            assert "Secure" in cookie
            sent = named | {"Cookie": cookie.partition(";")[0]}
            assert page.get("/me", headers=sent).json()["name"] == "li"
            weaker = {"Cookie": sent["Cookie"].replace("__Host-", ""), "Host": "hub.estate.example"}
            page.cookies.clear()
            assert page.get("/me", headers=weaker).status_code == 401
        with httpx.Client(base_url=url, verify=trust, trust_env=False, timeout=30) as local:
            local.headers["Authorization"] = f"Bearer {(tmp_path / 'data' / LOCAL_TOKEN_FILE).read_text().strip()}"
            assert local.get("/me").json()["name"] == "local"
            for asked in (local.post("/accounts/local/tokens", json={"label": "x", "days": 1}),
                          local.patch("/accounts/local", json={"role": "desk"})):  # fmt: skip
                assert (asked.status_code, asked.json()["code"]) == (409, "local_account")
        _the_command_line_and_agents_reach_it(url, tmp_path)


def _the_command_line_and_agents_reach_it(url, tmp_path):
    authority, token = str(tmp_path / "tls" / "ca.pem"), str(tmp_path / "data" / LOCAL_TOKEN_FILE)
    listed = CliRunner().invoke(main, ["tags", "--url", url, "--ca-file", authority, "--token-file", token, "list"])
    assert listed.exit_code == 0, listed.output
    strange = CliRunner().invoke(main, ["tags", "--url", url, "--token-file", token, "list"])
    assert strange.exit_code == 2
    assert "--ca-file" in strange.output
    assert http_post(f"{url}/agents/gatehouse/pictures/p1", {}, b"x", tmp_path / "tls" / "ca.pem") == 422
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        http_post(f"{url}/agents/gatehouse/pictures/p1", {}, b"x")
