"""Who may say what at the broker, as Mosquitto and the NATS server want to read it. Pure.

Each key of an agent is a user, that may publish and hear on the agent's own topics alone. So one that has enrolled again is let
in by either until it has started anew, and a certificate that was taken away names nobody, also where a broker knows no list of
ended ones. What a broker lets through is checked again by its seal. `devices`: whoever has no user may use all topics but ours;
for a broker that devices share.
"""

import base64
import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from contract.topics import ROOT, Leaf, agent_topic

UP: tuple[Leaf, ...] = ("batch", "nonce", "status")
DOWN: tuple[Leaf, ...] = ("receipt", "order")
ROUNDS = 101
"""Of a password: Mosquitto's own number. The passwords are 192 random bits, which nobody guesses."""
_SALT_BYTES = 12
_DEVICES = "devices"


class User(NamedTuple):
    """A key of an agent's at the broker. `certified`: there is a certificate in this name."""

    agent: str
    name: str
    password: str
    certified: bool = False


class HubUser(NamedTuple):
    """The hub at the broker: it may use all topics."""

    name: str
    password: str


def mosquitto_passwords(hub: HubUser | None, users: Sequence[User]) -> str:
    """Mosquitto's password file."""
    rows = [(hub.name, hub.password)] if hub is not None else []
    rows += [(user.name, user.password) for user in users]
    return "".join(f"{name}:{mosquitto_hash(name, password)}\n" for name, password in rows)


def mosquitto_hash(name: str, password: str) -> str:
    """`$7$`, PBKDF2 with SHA-512. The salt is made of the password, so that the same users make the same file and a broker is
    told of changes alone; as passwords are random, so is it."""
    salt = hashlib.blake2b(password.encode(), digest_size=_SALT_BYTES, key=name.encode()[:64], person=b"mosquitto salt").digest()
    made = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ROUNDS)
    return f"$7${ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(made).decode()}"


def mosquitto_rights(site: str, hub: HubUser | None, users: Sequence[User], *, devices: bool = False) -> str:
    """Mosquitto's acl_file: users by name, no patterns, so that one that is gone has no rights left, whatever it shows."""
    parts = []
    if devices:
        parts.append(f"topic readwrite #\ntopic deny {ROOT}/#\n")
    if hub is not None:
        parts.append(f"user {hub.name}\ntopic readwrite {ROOT}/{site}/#\n")
    for user in users:
        rights = [f"topic write {agent_topic(site, user.agent, leaf)}\n" for leaf in UP]
        rights += [f"topic read {agent_topic(site, user.agent, leaf)}\n" for leaf in DOWN]
        parts.append(f"user {user.name}\n{''.join(rights)}")
    return "\n".join(parts)


def nats_users(site: str, hub: HubUser | None, users: Sequence[User], *, devices: bool = False) -> str:
    """The `authorization` of a NATS server, for `include`. A subject is a topic with dots; `$MQTT.sub.` is where the server keeps
    what waits for a subscription at QoS 1. A user by certificate is its subject, and has a password all the same: without
    one a listener without TLS would let anybody in by that name."""
    rows = []
    if hub is not None:
        rows += [_nats_user(name, hub.password, "") for name in (hub.name, f"CN={hub.name}")]
    for user in users:
        up = [_subject(agent_topic(site, user.agent, leaf)) for leaf in UP]
        down = [_subject(agent_topic(site, user.agent, leaf)) for leaf in DOWN] + ["$MQTT.sub.>"]
        rights = f"publish: {_list(up)}, subscribe: {_list(down)}"
        rows.append(_nats_user(user.name, user.password, rights))
        if user.certified:
            rows.append(_nats_user(f"CN={user.name}", user.password, rights))
    if devices:
        inside = f"publish: {{deny: {_list([f'{ROOT}.>'])}}}, subscribe: {{deny: {_list([f'{ROOT}.>'])}}}"
        rows.append(_nats_user(_DEVICES, _DEVICES, inside))
    return "authorization {\n  users: [\n" + "".join(f"    {row}\n" for row in rows) + "  ]\n}\n"


def _nats_user(name: str, password: str, rights: str) -> str:
    return f'{{user: "{name}", password: "{password}"' + (f", permissions: {{{rights}}}" if rights else "") + "}"


def _subject(topic: str) -> str:
    return topic.replace("/", ".")


def _list(subjects: Sequence[str]) -> str:
    return "[" + ", ".join(f'"{one}"' for one in subjects) + "]"
