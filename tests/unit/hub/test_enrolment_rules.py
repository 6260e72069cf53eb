"""Which key counts when, why a token does not, and what brokers are told: pure."""

import shutil
import subprocess

import pytest

from contract.clock import US_PER_S
from hub.enrolment.brokers import HubUser, User, mosquitto_hash, mosquitto_passwords, mosquitto_rights, nats_users
from hub.enrolment.rules import OVERLAP_US, TOKEN_LIFE_US, Held, KeyRow, TokenRow, held, why_not
from hub.enrolment.vault import KEY_FILE, Vault
from hub.keyfile import BadKeyFile

T0 = 1_767_225_600 * US_PER_S
OLD = KeyRow("gate", "old", "", T0, T0)
NEW = KeyRow("gate", "new", "", T0 + US_PER_S)


def test_the_old_key_is_good_until_the_new_one_is_used():
    assert held([OLD, NEW], NEW.since_us) == Held(OLD, NEW)
    assert held([OLD, NEW._replace(used_us=NEW.since_us)], NEW.since_us) == Held(NEW._replace(used_us=NEW.since_us))


def test_and_for_ten_minutes_at_most():
    assert held([OLD, NEW], NEW.since_us + OVERLAP_US - 1) == Held(OLD, NEW)
    assert held([OLD, NEW], NEW.since_us + OVERLAP_US) == Held(NEW)
    assert OVERLAP_US == 600 * US_PER_S


def test_of_a_revoked_agent_no_key_counts_until_it_has_a_newer_one():
    revoked = [row._replace(revoked_us=T0 + 5) for row in (OLD, NEW)]
    assert held(revoked, T0 + 10) == Held(revoked=True)
    newest = KeyRow("gate", "newest", "", T0 + 20)
    assert held([*revoked, newest], T0 + 20) == Held(newest)


def token(**more) -> TokenRow:
    return TokenRow("gate", "d", T0, T0 + TOKEN_LIFE_US, None, "root")._replace(**more)


@pytest.mark.parametrize(
    ("row", "now_us", "reason"),
    [
        (None, T0, "enrolment_unknown"),
        (token(used_us=T0 + 1), T0 + 2, "enrolment_used"),
        (token(used_us=T0 + 1), T0 + 2 * TOKEN_LIFE_US, "enrolment_used"),
        (token(), T0 + 900 * US_PER_S, "enrolment_expired"),
        (token(), T0 - 901 * US_PER_S, "enrolment_expired"),  # the clock was set back: nobody knows how old it is
        (token(), T0 + 900 * US_PER_S - 1, None),
    ],
)
def test_a_token_is_good_once_and_for_fifteen_minutes(row, now_us, reason):
    refusal = why_not(row, now_us)
    assert (None if refusal is None else refusal.reason) == reason


USERS = (User("gate-a", "gate-a.1", "secret-a", certified=True), User("gate-b", "gate-b.2", "secret-b"))


def test_mosquittos_own_program_makes_the_same_hash():
    assert shutil.which("mosquitto_passwd")
    made = mosquitto_hash("gate-a", "secret")
    assert made == mosquitto_hash("gate-a", "secret") != mosquitto_hash("gate-b", "secret")
    assert made.startswith("$7$101$")
    assert len(made.split("$")) == 5


def test_a_user_has_its_own_topics_and_no_others():
    rights = mosquitto_rights("lake", HubUser("hub", "h"), USERS).split("\n\n")
    assert [part.splitlines()[0] for part in rights] == ["user hub", "user gate-a.1", "user gate-b.2"]
    assert "agents/gate-b/" not in rights[1]
    assert "topic write watchkeeper/lake/agents/gate-a/order" not in rights[1]
    assert "+" not in rights[1]
    assert "#" not in rights[1]


def test_a_nats_user_by_certificate_has_a_password_all_the_same():
    told = nats_users("lake", None, USERS)
    assert '{user: "CN=gate-a.1", password: "secret-a"' in told
    assert "CN=gate-b.2" not in told
    assert told.count("watchkeeper.lake.agents.gate-b.order") == 1


def test_nobody_but_users_is_in_the_password_file():
    names = [row.partition(":")[0] for row in mosquitto_passwords(HubUser("hub", "h"), USERS).splitlines()]
    assert names == ["hub", "gate-a.1", "gate-b.2"]


def test_a_sealed_key_opens_for_its_own_agent_alone(tmp_path):
    vault = Vault(tmp_path / KEY_FILE)
    sealed = vault.seal("lake", "gate-a", "1", b"k" * 32)
    assert Vault(tmp_path / KEY_FILE).open("lake", "gate-a", "1", sealed) == b"k" * 32
    for other in (("lake", "gate-b", "1"), ("pond", "gate-a", "1"), ("lake", "gate-a", "2")):
        with pytest.raises(BadKeyFile, match="does not open"):
            vault.open(*other, sealed)


def test_without_the_hubs_key_nothing_opens_and_none_is_made_in_its_place(tmp_path):
    sealed = Vault(tmp_path / KEY_FILE).seal("lake", "gate-a", "1", b"k" * 32)
    (tmp_path / KEY_FILE).unlink()
    with pytest.raises(BadKeyFile, match="enrol again"):
        Vault(tmp_path / KEY_FILE).open("lake", "gate-a", "1", sealed)
    assert not (tmp_path / KEY_FILE).exists()


def test_mosquitto_takes_the_hash(tmp_path):
    file = tmp_path / "passwd"
    file.write_text(mosquitto_passwords(None, USERS))
    done = subprocess.run(["mosquitto_passwd", "-D", str(file), "gate-b.2"], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [line.partition(":")[0] for line in file.read_text().splitlines()] == ["gate-a.1"]
