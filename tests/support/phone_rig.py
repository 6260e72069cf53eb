"""A running site with guards who carry phones: each bound by a sign-in, each with an outbox of its own."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import Engine, update

from hub.accounts import register
from hub.accounts.secrets import account_key
from hub.notify.webpush.settings import PushSettings
from hub.push_outward import make_key
from hub.store import schema
from tests.support.duty_site import SENT_MONO_MS, at, duty_site
from tests.support.outward_rig import WAIT_S, Site
from tests.support.site_rig import SITE

PEOPLE = {"张三": "zhang", "赵敏": "wang"}
"""The guard's and the shift leader's account, and whom of the staff each stands for."""


class Phone:
    """A phone in somebody's hand. `clock_off_s`: by how much its wall clock is ahead."""

    def __init__(self, site: Site, bound: dict[str, Any], clock_off_s: float = 0.0) -> None:
        self.site, self.bound, self.clock_off_s = site, bound, clock_off_s
        self.seq = 0
        headers = {"Authorization": f"Bearer {bound['token']}"}
        self.http = httpx.Client(base_url=site.outward.url, timeout=WAIT_S, trust_env=False, headers=headers)
        site.lent.append(self.http)

    def entry(self, kind: str = "scan", made_s: float = -60, **fields: Any) -> dict[str, Any]:
        """An entry made so many seconds from now, by both of the phone's clocks."""
        self.seq += 1
        mono_ms = SENT_MONO_MS + round(made_s * 1_000)
        made = {"key": secrets.token_hex(16), "seq": self.seq, "made_at": at(made_s + self.clock_off_s), "mono_ms": mono_ms}
        return {**made, "kind": kind, **fields}

    def send(self, *entries: Any, up_to_s: float | None = None, **more: Any) -> httpx.Response:
        """One batch."""
        body: dict[str, Any] = {"boot": "b1", "sent_at": at(self.clock_off_s), "sent_mono_ms": SENT_MONO_MS}
        if up_to_s is not None:
            body |= {"up_to": at(up_to_s + self.clock_off_s), "up_to_mono_ms": SENT_MONO_MS + round(up_to_s * 1_000)}
        return self.http.post("/phone/outbox", json=body | {"entries": list(entries)} | more)

    def sent(self, *entries: Any, **more: Any) -> list[dict[str, Any]]:
        """What became of each."""
        reply = self.send(*entries, **more)
        assert reply.status_code == 200, reply.text
        outcomes: list[dict[str, Any]] = reply.json()["entries"]
        return outcomes


def stand_for(engine: Engine) -> None:
    """The accounts stand for people of the staff."""
    with engine.begin() as connection:
        for name, person in PEOPLE.items():
            c = schema.account.c
            connection.execute(update(schema.account).where(c.account == account_key(name)).values(person=person))


def bind(site: Site, role: Any = "guard", phone: str = "phone-1", clock_off_s: float = 0.0) -> Phone:
    """The phone, bound by the account in that role."""
    with site.client(role) as guard:
        reply = guard.post(f"/phones/{phone}/bind")
    assert reply.status_code == 201, reply.text
    return Phone(site, reply.json(), clock_off_s)


@contextmanager
def phone_site(folder: Path, *, push: bool = False, **more: Any) -> Iterator[Site]:
    """A site of duties whose guards may bind phones. `push`: it pushes to them."""
    if push:
        make_key(folder / "vapid.key")
        more["push"] = PushSettings("vapid.key", "mailto:hub@garden.example")
    with duty_site(folder, **more) as site:
        stand_for(site.engine)
        yield site


def disable(site: Site, role_name: str) -> None:
    """Beside the hub, as `watchkeeper admin` does."""
    with site.engine.begin() as connection:
        done = register.change(connection, SITE, account_key(role_name), register.Changes(disabled=True), site.clock.now_us())
    assert not hasattr(done, "reason"), done


__all__ = ["Phone", "bind", "disable", "phone_site"]
