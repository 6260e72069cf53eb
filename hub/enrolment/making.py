"""A desk, as a hub's settings want it."""

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine

from contract.clock import Clock
from hub.config import HubConfig
from hub.enrolment.access import Access, AccessTo
from hub.enrolment.authority import Authority, load_authority, moment
from hub.enrolment.brokers import HubUser
from hub.enrolment.desk import EnrolmentDesk, Told
from hub.enrolment.ring import KeyBook, KeyRing
from hub.enrolment.vault import KEY_FILE, Vault


def make_desk(config: HubConfig, book: KeyBook, engine: Engine, clock: Clock) -> EnrolmentDesk:
    """The desk of a whole hub. `book`: the estate as it changes; `engine`: the read-only one."""
    vault = Vault(config.data / KEY_FILE)
    ring = KeyRing(book, engine, vault, clock)
    authority = authority_of(config, clock)
    to = access_to(config)
    access = None if to is None else Access(config.estate.site, to, ring, authority)
    settings = config.settings
    told = Told(settings.enrolment.broker_url or settings.broker.url, _ca(config))
    return EnrolmentDesk(ring, vault, engine, clock, site=config.estate.site, told=told, authority=authority, access=access)


def plain_desk(book: KeyBook, engine: Engine, folder: Path, clock: Clock) -> EnrolmentDesk:
    """One without certificates, that tells no broker."""
    vault = Vault(folder / KEY_FILE)
    return EnrolmentDesk(
        KeyRing(book, engine, vault, clock), vault, engine, clock, site=book.site, told=Told("mqtt://127.0.0.1:1883")
    )


def authority_of(config: HubConfig, clock: Clock) -> Callable[[], Authority | None]:
    """The authority that the settings name, read when it is needed. What is answered raises BadAuthority."""
    named = config.settings.enrolment.authority
    return lambda: None if named is None else load_authority(config.folder / named, moment(clock.now_us()))


def access_to(config: HubConfig) -> AccessTo | None:
    """The broker whose files the settings want kept."""
    files = config.settings.enrolment.broker_files
    if files is None:
        return None
    pid_file = None if files.pid_file is None else config.folder / files.pid_file
    return AccessTo(files.program, config.folder / files.folder, pid_file, hub_user(config), files.devices)


def hub_user(config: HubConfig) -> HubUser | None:
    """The hub's own user at the broker; None where its settings name none."""
    broker = config.broker
    return None if broker.user is None or broker.password is None else HubUser(broker.user, broker.password)


def _ca(config: HubConfig) -> str:
    """Whom agents are to trust at the broker: what the settings say, or the authority itself, or what the hub trusts."""
    enrolment = config.settings.enrolment
    if enrolment.broker_ca_file is not None:
        return (config.folder / enrolment.broker_ca_file).read_text(encoding="ascii")
    if enrolment.authority is not None and (config.folder / enrolment.authority / "ca.pem").exists():
        return (config.folder / enrolment.authority / "ca.pem").read_text(encoding="ascii")
    return "" if config.broker.ca_file is None else config.broker.ca_file.read_text(encoding="ascii")
