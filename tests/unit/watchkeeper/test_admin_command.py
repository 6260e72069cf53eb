"""`watchkeeper admin`, on a database that no hub has opened yet, and beside a running hub."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from hub.accounts.secrets import Passwords
from hub.store import accounts as rows
from hub.store.engine import open_engine
from tests.support.outward_rig import cheap_passwords
from watchkeeper import admin_command
from watchkeeper.cli import main

DEPLOY = Path(__file__).resolve().parents[3] / "deploy"
PASSWORD = "four words of mine\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch) -> Path:
    monkeypatch.setattr(admin_command, "Passwords", cheap_passwords)
    shutil.copy(DEPLOY / "estate.example.yaml", tmp_path / "estate.yaml")
    (tmp_path / "secrets").mkdir()
    key = tmp_path / "secrets" / "gate-east.key"
    key.write_text("cd" * 32)
    key.chmod(0o600)
    file = tmp_path / "hub.yaml"
    file.write_text("estate: estate.yaml\nbroker: {url: 'mqtt://127.0.0.1:9'}\nhttp: {port: 0}\n")
    return file


def admin(settings, *args, stdin="", exit_code=0):
    command, *rest = args
    shown = CliRunner().invoke(main, ["admin", command, str(settings), *rest], input=stdin)
    assert shown.exit_code == exit_code, shown.output
    return shown.output


def kept(settings):
    engine = open_engine(f"sqlite:///{settings.parent / 'data' / 'hub.db'}")
    try:
        with engine.begin() as connection:
            site = connection.exec_driver_sql("SELECT site FROM account").scalar()
            return {one.account: one for one in rows.accounts(connection, str(site))}, rows.sessions(connection, str(site))
    finally:
        engine.dispose()


def test_the_first_administrator_is_made_with_a_password_from_standard_input(settings):
    assert admin(settings, "create", "李伟", stdin=PASSWORD) == "made the account 李伟: administrator\n"
    account = kept(settings)[0]["李伟"]
    assert account.role == "administrator"
    assert cheap_passwords().fits("four words of mine", account.password_hash)


def test_a_password_is_no_argument_and_a_weak_one_is_refused(settings):
    assert "No such option" in admin(settings, "create", "li", "--password", "x", exit_code=2)
    assert "unexpected extra argument" in admin(settings, "create", "li", "four words of mine", exit_code=2)
    for weak in ("short\n", "\n", "password1234\n", ""):
        assert "/ " in admin(settings, "create", "li", stdin=weak, exit_code=2)
    assert "no UTF-8" in admin(settings, "create", "li", stdin=b"\xff\xfe four words\n", exit_code=2)
    admin(settings, "create", "other", stdin=PASSWORD)
    assert set(kept(settings)[0]) == {"other"}


def test_a_password_is_really_hashed_as_it_should_be():
    assert Passwords().hash("four words of mine").startswith("$argon2id$v=19$m=65536,t=3,p=4$")


def test_what_may_not_be_is_told_with_two(settings):
    admin(settings, "create", "li", stdin=PASSWORD)
    assert "is taken" in admin(settings, "create", "LI", stdin=PASSWORD, exit_code=2)
    assert "no account" in admin(settings, "disable", "nobody", exit_code=2)
    assert "last administrator" in admin(settings, "disable", "li", exit_code=2)
    assert "last administrator" in admin(settings, "role", "li", "desk", exit_code=2)
    assert "a name has" in admin(settings, "create", "a/b", stdin=PASSWORD, exit_code=2)
    assert "administrator" in admin(settings, "role", "li", "king", exit_code=2)
    settings.write_text("colour: red\n")
    assert "unknown key" in admin(settings, "list", exit_code=2)


def test_a_database_that_cannot_be_used_is_told_plainly(settings):
    (settings.parent / "data").mkdir()
    (settings.parent / "data" / "hub.db").write_bytes(b"this is no database" * 100)
    assert "the database cannot be used" in admin(settings, "list", exit_code=1)


def test_accounts_are_listed_disabled_and_given_other_roles(settings):
    admin(settings, "create", "root", stdin=PASSWORD)
    admin(settings, "create", "wall", "--role", "auditor", "--no-password")
    assert "within a minute" in admin(settings, "role", "wall", "operator")
    assert "is disabled" in admin(settings, "disable", "wall")
    lines = admin(settings, "list").splitlines()
    assert lines[0].split() == ["account", "name", "role", "person", "password", "state", "sign-ins", "tokens"]
    assert lines[1].split() == ["root", "root", "administrator", "-", "yes", "in", "use", "0", "0"]
    assert lines[2].split()[:6] == ["wall", "wall", "operator", "-", "none", "disabled"]
    assert "in use again" in admin(settings, "disable", "wall", "--undo")
    assert kept(settings)[0]["wall"].disabled_us is None


def test_another_password_fits_and_the_old_one_does_not(settings):
    admin(settings, "create", "root", stdin=PASSWORD)
    admin(settings, "password", "ROOT", stdin="five other words of mine\n")
    password_hash = kept(settings)[0]["root"].password_hash
    assert cheap_passwords().fits("five other words of mine", password_hash)
    assert not cheap_passwords().fits("four words of mine", password_hash)


def test_a_token_is_shown_once_or_written_for_its_owner_alone(settings, tmp_path):
    admin(settings, "create", "wall", "--role", "auditor", "--no-password")
    assert len(admin(settings, "token", "wall", "--label", "wall display").strip()) == 43
    file = tmp_path / "wall.token"
    assert "wrote a token of wall" in admin(settings, "token", "wall", "--label", "second", "-o", str(file))
    assert len(file.read_text().strip()) == 43
    assert file.stat().st_mode & 0o777 == 0o600
    assert "no token was made" in admin(settings, "token", "wall", "--label", "third", "-o", str(file), exit_code=2)
    assert {one.label for one in kept(settings)[1]} == {"wall display", "second"}
    assert "1 to 400 days" in admin(settings, "token", "wall", "--label", "x", "--days", "500", exit_code=2)
    admin(settings, "disable", "wall")
    assert kept(settings)[1] == []
    assert "disabled" in admin(settings, "token", "wall", "--label", "x", exit_code=2)


def test_an_account_is_said_to_be_somebody_of_the_staff(settings):
    admin(settings, "create", "root", stdin=PASSWORD)
    assert "stands for li-wei now" in admin(settings, "person", "root", "li-wei")
    assert kept(settings)[0]["root"].person == "li-wei"
    assert admin(settings, "list").splitlines()[1].split()[3] == "li-wei"
    assert "perhaps li-wei" in admin(settings, "person", "root", "li-wie", exit_code=2)
    assert "stands for nobody now" in admin(settings, "person", "root")
