"""A hub without a broker: a real worker, database, API and channels; agents' batches are put in by hand."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
from argon2 import PasswordHasher
from sqlalchemy import Engine, select

from contract.clock import SystemClock
from contract.orders import AskNonce, Command, Nonce
from contract.readings import ArmState, CommandDone, DoorContact, Reading
from hub.accounts import register
from hub.accounts.oidc_types import OidcSettings
from hub.accounts.permissions import Role
from hub.accounts.secrets import Passwords, account_key
from hub.accounts.settings import AccountsSettings
from hub.estate import Estate
from hub.estates.holder import EstateHolder
from hub.ingest.rules import rules_of
from hub.ingest.worker import Worker
from hub.notify.reader import Patience
from hub.notify.residents.settings import ResidentSettings
from hub.notify.table import AnyChannelSettings
from hub.notify.webpush.settings import PushSettings
from hub.outward import Outward, OutwardSettings
from hub.planning import plan_of
from hub.policy.load import Policy
from hub.store import schema
from hub.store.accounts import account_of
from hub.store.engine import open_engine
from hub.tags.keyfile import KEY_FILE, LabelKey
from hub.visit_vault import Vault
from tests.support.site_rig import SITE, ModelAgent, Said, estate

WAIT_S = 30.0


def until(condition: Callable[[], Any], what: str = "it") -> Any:
    """Wait, generously, until `condition()` is truthy, and return it."""
    for _ in range(int(WAIT_S / 0.01)):
        value = condition()
        if value:
            return value
        time.sleep(0.01)
    raise AssertionError(f"{what} did not happen within {WAIT_S} s")


NAMES: dict[Role, str] = {
    "operator": "王芳", "shift_leader": "赵敏", "guard": "张三", "desk": "陈静", "manager": "李伟", "administrator": "root",
    "auditor": "周审",
}  # fmt: skip
"""One account of each role; each has a password and a token."""


def password_of(role: Role) -> str:
    """The password of the account in that role."""
    return f"{role} walks at night"


def cheap_passwords() -> Passwords:
    """Hashed as quickly as may be: a test is not attacked."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def make_accounts(engine: Engine, now_us: int) -> dict[Role, str]:
    """The accounts, and each one's token."""
    passwords, tokens = cheap_passwords(), {}
    with engine.begin() as connection:
        for role, name in NAMES.items():
            if account_of(connection, SITE, account_key(name)) is None:
                register.create(connection, SITE, name, role, passwords.hash(password_of(role)), now_us)
            begun = register.make_token(connection, SITE, account_key(name), "test", 30, AccountsSettings(), now_us)
            assert isinstance(begun, register.Begun), begun
            tokens[role] = begun.token
    return tokens


class PaperBroker(Said):
    """Takes what is published, and acknowledges it at once while it is `connected`."""

    def __init__(self) -> None:
        super().__init__()
        self.connected = True
        self.why_away = ""
        self.counters: Counter[str] = Counter()
        self.published: list[tuple[str, bytes, bool]] = []
        self.on_order: Callable[[str, Any], None] = lambda _agent, _order: None

    def publish(self, topic: str, payload: bytes, *, retain: bool, done: Callable[[], None]) -> None:
        if not self.connected:
            raise RuntimeError("the broker is away")
        self.published.append((topic, payload, retain))
        done()

    def order(self, agent: str, order: Any) -> None:
        super().order(agent, order)
        self.on_order(agent, order)


class Site:
    """A running site. `says` commits a reading of an agent's device; `incident` raises one at a door."""

    def __init__(
        self,
        folder: Path,
        channels: Sequence[AnyChannelSettings] = (),
        *,
        policy: Policy | None = None,
        patience: Patience = Patience(tries_max=2),  # noqa: B008
        start: bool = True,
        book: Estate | None = None,
        prepare: Callable[[Engine], None] = lambda _: None,
        accounts: AccountsSettings = AccountsSettings(),  # noqa: B008
        oidc: OidcSettings | None = None,
        card_key: bytes | None = bytes(32),
        residents: Sequence[ResidentSettings] = (),
        push: PushSettings | None = None,
    ) -> None:
        self.folder, self.clock, self.broker = folder, SystemClock(), PaperBroker()
        self.url = f"sqlite:///{folder / 'hub.db'}"
        self.engine = open_engine(self.url)
        self.read_engine = open_engine(self.url, read_only=True)
        schema.metadata.create_all(self.engine)
        prepare(self.engine)
        self.policy = policy or Policy.load()
        self.estate = book or estate()
        self.book = EstateHolder(self.estate, self.policy, folder=folder)
        self.vault = Vault(folder / "visits")
        self.worker = Worker(
            self.engine,
            self.estate,
            rules_of(self.policy)._replace(plan=plan_of(self.estate, self.policy)),
            self.broker,
            self.clock,
            owner="test",
            estates=self.book,
            link_digest=self.vault.link_digest,
        )
        self.tokens = make_accounts(self.engine, self.clock.now_us())
        self.outward = Outward(
            OutwardSettings(
                "127.0.0.1",
                0,
                channels,
                folder,
                folder / "pictures",
                LabelKey(folder / KEY_FILE, "https://hub.garden.example"),
                patience,
                accounts,
                cheap_passwords(),
                oidc=oidc,
                public_url="https://hub.garden.example/",
                card_key=card_key,
                vault=self.vault,
                residents=residents,
                push=push,
            ),
            estate=self.estate,
            policy=self.policy,
            engine=self.read_engine,
            worker=self.worker,
            broker=self.broker,
            clock=self.clock,
            book=self.book,
        )
        self.agent = ModelAgent(self.clock)  # type: ignore[arg-type]
        self.http = self.client("manager")
        self.outward.prepare()
        self.worker.start()
        until(lambda: self.worker.state.ready, "the worker")
        if start:
            self.start()

    @cached_property
    def lent(self) -> list[httpx.Client]:
        """Others' clients, closed with the site."""
        return []

    def start(self) -> None:
        self.outward.start()
        self.http.base_url = self.outward.url

    def client(self, role: Role | None) -> httpx.Client:
        """Somebody who is signed in in that role, by a token; None: nobody."""
        headers = {} if role is None else {"Authorization": f"Bearer {self.tokens[role]}"}
        return httpx.Client(base_url=self.outward.url, timeout=WAIT_S, trust_env=False, headers=headers)

    def token_file(self, role: Role = "manager") -> Path:
        """A file with the token of the account in that role."""
        file = self.folder / f"{role}.token"
        file.write_text(self.tokens[role] + "\n")
        return file

    def says(self, device: str, reading: Reading, **more: int) -> None:
        """One reading, committed when this returns."""
        message = self.agent.says(device, reading, **more)
        seq = self.agent.log[-1].seq
        self.worker.submit(message.topic, message.payload)
        until(lambda: any(r.up_to >= seq for _, r in self.broker.receipts), "the receipt")

    def incident(self, device: str = "door-1") -> int:
        """Raise an incident by an arm that was knocked off, and return its number."""
        before = self.outward.feed.newest()
        self.says(device, ArmState(attached=True))
        self.says(device, ArmState(attached=False))
        row = until(lambda: next((r for r in self.changes() if r.pos > before and r.act == "raised"), None), "the incident")
        return int(row.key)

    def act(self, number: int, act: str, **fields: str) -> httpx.Response:
        """A person's act by the API."""
        return self.http.post(f"/incidents/{number}/acts/{act}", json={"fields": fields})

    def changes(self) -> list[Any]:
        """The change log."""
        return self.rows("change")

    def rows(self, table: str) -> list[Any]:
        """A table's rows."""
        found = schema.metadata.tables[table]
        with self.read_engine.connect() as connection:
            return list(connection.execute(select(found).order_by(*found.primary_key.columns)).all())

    def answer_commands(self, outcome: str = "done", reason: str = "") -> None:
        """Have the model agent give nonces and carry out commands, as far as the wire is concerned."""

        def on_order(agent: str, order: Any) -> None:
            if isinstance(order, AskNonce):
                Thread(target=self.outward.orders.on_nonce, args=(agent, Nonce(order.id, f"n-{order.id}"))).start()
            elif isinstance(order, Command):
                done = CommandDone(nonce=order.nonce, action=order.action, outcome=outcome, reason=reason, actor=order.actor)  # type: ignore[arg-type]
                message = self.agent.says(order.device, done)
                self.worker.submit(message.topic, message.payload)

        self.broker.on_order = on_order

    def close(self) -> None:
        for client in (self.http, *self.lent):
            client.close()
        self.outward.stop()
        self.worker.stop()
        self.engine.dispose()
        self.read_engine.dispose()


@contextmanager
def running_site(folder: Path, *args: Any, **kwargs: Any) -> Iterator[Site]:
    """A site that is closed at the end, whatever happens."""
    site = Site(folder, *args, **kwargs)
    try:
        yield site
    finally:
        site.close()


class Receiver:
    """A web server on loopback that keeps what is posted to it. `statuses`: what it answers, the last one for ever."""

    def __init__(self, *statuses: int, body: bytes = b"ok", location: str = "") -> None:
        self.statuses = list(statuses or (200,))
        self.requests: list[tuple[dict[str, str], bytes]] = []
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver.requests.append(({name.lower(): value for name, value in self.headers.items()}, data))
                status = receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0]
                self.send_response(status)
                if location:
                    self.send_header("Location", location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.port = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> "Receiver":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def door(*, is_open: bool) -> DoorContact:
    """A door's contact."""
    return DoorContact(open=is_open)


__all__ = ["SITE", "Receiver", "Site", "door", "running_site", "until"]
