"""`watchkeeper agents` and `watchkeeper edge enrol`, against a real hub."""

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner

from tests.support.known_rig import SITE
from tests.support.outward_rig import Site, running_site
from tests.support.site_rig import KEY
from watchkeeper.cli import main


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as made:
        yield made


def run(*args):
    return CliRunner().invoke(main, list(map(str, args)))


def agents(site, *args, role="administrator"):
    return run("agents", "--url", site.outward.url, "--token-file", site.token_file(role), "--lang", "en", *args)


def good(shown):
    assert shown.exit_code == 0, shown.output
    return shown.output


def settings(folder, **more):
    folder.mkdir(exist_ok=True)
    file = folder / "agent.yaml"
    broker = {"url": "mqtt://127.0.0.1:1883"}
    plain = {"site": SITE, "agent": "cellar", "broker": broker, "spool": {"path": "s.db"}, "key_file": "agent.key"}
    file.write_text(json.dumps(plain | more))
    return file


def enrol(site, file, token_file):
    return run("edge", "enrol", file, "--hub", site.outward.url, "--token-file", token_file)


def test_an_agent_is_invited_enrols_and_is_revoked(site, tmp_path):
    token_file, file = tmp_path / "cellar.token", settings(tmp_path / "agent")
    good(agents(site, "invite", "cellar", "-o", token_file))
    assert token_file.stat().st_mode & 0o777 == 0o600
    told = good(enrol(site, file, token_file))
    assert "key_file: agent.key" in told
    assert "  user: cellar." in told
    key = bytes.fromhex((file.parent / "agent.key").read_text())
    assert len(key) == 32
    assert key != KEY
    assert "enrolled" in good(agents(site, "list"))
    again = enrol(site, file, token_file)
    assert again.exit_code == 2
    assert "used already" in again.output
    assert bytes.fromhex((file.parent / "agent.key").read_text()) == key
    good(agents(site, "revoke", "cellar", "--reason", "stolen"))
    assert "stolen" in good(agents(site, "list"))


def test_nobody_but_an_administrator_invites(site):
    refused = agents(site, "invite", "cellar", role="manager")
    assert refused.exit_code == 2
    assert "may not do this" in refused.output


def test_a_newer_invitation_ends_the_one_before(site, tmp_path):
    old, new = tmp_path / "old", tmp_path / "new"
    for file in (old, new):
        good(agents(site, "invite", "cellar", "-o", file))
    refused = enrol(site, settings(tmp_path / "agent"), old)
    assert "has expired" in refused.output
    good(enrol(site, settings(tmp_path / "agent"), new))


def test_a_token_for_another_agent_says_so_and_changes_nothing_here(site, tmp_path):
    token_file = tmp_path / "token"
    good(agents(site, "invite", "gatehouse", "-o", token_file))
    refused = enrol(site, settings(tmp_path / "agent"), token_file)
    assert refused.exit_code == 2
    assert "the token is for gatehouse" in refused.output
    assert not (tmp_path / "agent" / "agent.key").exists()


def test_a_key_in_the_settings_is_to_go_into_a_file_first(site, tmp_path):
    token_file = tmp_path / "token"
    token_file.write_text("x" * 43)
    token_file.chmod(0o600)
    refused = enrol(site, settings(tmp_path / "agent", key="ab" * 32), token_file)
    assert "write key_file" in refused.output


def test_a_token_is_never_sent_in_the_clear(tmp_path):
    token_file = tmp_path / "token"
    token_file.write_text("x" * 43)
    refused = run("edge", "enrol", settings(tmp_path / "agent"), "--hub", "http://192.0.2.1:8080", "--token-file", token_file)
    assert refused.exit_code == 2
    assert "in the clear" in refused.output


def test_whoever_guesses_tokens_has_to_wait(site):
    with site.client(None) as anybody:
        codes = [anybody.post("/enrol", json={"token": f"{at:043}"}).status_code for at in range(25)]
    assert codes[0] == 403
    assert codes[-1] == 429
