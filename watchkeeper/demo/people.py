"""Who may sign in to the demo's hub: one account of each kind that a visitor may want to be, and one for each phone."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from hub.accounts import register
from hub.accounts.permissions import Role
from hub.accounts.secrets import Passwords, account_key
from hub.accounts.settings import AccountsSettings
from hub.cases.types import Refusal
from hub.store.engine import open_engine
from hub.store.migrate import migrate
from watchkeeper.demo.estate import MONITORS

PEOPLE: tuple[tuple[str, Role], ...] = (
    ("李伟", "operator"),
    ("赵敏", "shift_leader"),
    ("王经理", "manager"),
    ("root", "administrator"),
)
OPERATOR, LEADER, INSTALLER, ADMINISTRATOR = "李伟", "赵敏", "王经理", "root"
_TOKEN_DAYS = 30


class SignIn(NamedTuple):
    """An account, how one signs in to it, and the token that the demo itself uses. A phone has no password."""

    name: str
    role: Role
    password: str
    token: str

    @property
    def told(self) -> str:
        """For a person."""
        return f"{self.name} / {self.password} ({self.role})"


def make_accounts(database: Path, site: str, phones: Mapping[str, str], now_us: int) -> dict[str, SignIn]:
    """The accounts in a new database, by name. `phones`: who of the staff carries each. Passwords are random:
    others on this machine may try."""
    passwords, engine = Passwords(), open_engine(f"sqlite:///{database}")
    wanted: list[tuple[str, Role, str]] = [(name, role, secrets.token_urlsafe(9)) for name, role in PEOPLE]
    wanted += [(phone, "guard", "") for phone in phones]
    hashes = {name: passwords.hash(password) if password else "" for name, _, password in wanted}
    made = {}
    try:
        migrate(engine)
        with engine.begin() as connection:
            for name, role, password in wanted:
                register.create(connection, site, name, role, hashes[name], now_us)
                person = phones.get(name) or next((person for person, zh, _ in MONITORS if zh == name), "")
                stands_for = register.Changes(person=person)
                register.change(connection, site, account_key(name), stands_for, now_us)
                begun = register.make_token(connection, site, account_key(name), "demo", _TOKEN_DAYS, AccountsSettings(), now_us)
                if isinstance(begun, Refusal):
                    raise RuntimeError(begun.message)
                made[name] = SignIn(name, role, password, begun.token)
    finally:
        engine.dispose()
    return made
