"""A phone's browser says where it can be pushed to."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter
from pydantic import ConfigDict, Field

from hub.api.gatekeeper import Acting
from hub.api.models import Plain, Strict
from hub.api.ports import Backend
from hub.api.routes import Behind, allowed, commit, problems
from hub.cases.types import Refusal
from hub.notify.webhook.address import judge
from hub.notify.webpush.crypto import receiver
from hub.phones.words import refused
from hub.store import phone_rows as rows
from hub.store.phone_rows import PushRow

router = APIRouter(tags=["guards' phones"])


class PushKey(Strict):
    """What a browser subscribes with."""

    key: str = Field(description="The `applicationServerKey`: 65 bytes as base64url")


class PushRequest(Strict):
    """A browser's subscription, as `PushSubscription.toJSON()` has it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "endpoint": "https://push.example/send/abc",
                    "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
                    "auth": "BTBZMqHH6r4Tts7J_aSIgg",
                }
            ]
        },
    )

    endpoint: Annotated[str, Plain, Field(max_length=1_000)] = Field(description="Where the push service takes it: https")
    p256dh: Annotated[str, Field(max_length=100)] = Field(description="The browser's public key, base64url")
    auth: Annotated[str, Field(max_length=50)] = Field(description="The browser's secret, base64url")


class PushState(Strict):
    """Whether this phone is told by push."""

    subscribed: bool = Field(description="A push goes to it when this guard is sent")


@router.get("/phone/push-key", summary="What to subscribe to pushes with", responses=problems(404))
def show_push_key(backend: Behind) -> PushKey:
    """404 `push_off`: this hub has none, and the phone asks for its shift now and then."""
    return PushKey(key=_on(backend))


@router.put("/phone/push", summary="Have pushes sent to this phone", responses=problems(404, 413))
def put_push(backend: Behind, who: Acting, asked: PushRequest) -> PushState:
    """In place of the former address of this token. It ends with the token, and when the service says that it is gone."""
    _on(backend)
    allowed(_unfit(asked))
    row = PushRow(who.session, who.person, asked.endpoint, asked.p256dh, asked.auth, backend.clock.now_us())
    commit(backend, lambda connection: rows.put_push(connection, backend.site, row))
    return PushState(subscribed=True)


@router.delete("/phone/push", summary="Have no more pushes sent to this phone", responses=problems())
def drop_push(backend: Behind, who: Acting) -> PushState:
    """Nothing where there were none."""
    commit(backend, lambda connection: rows.drop_push(connection, backend.site, who.session))
    return PushState(subscribed=False)


def _on(backend: Backend) -> str:
    if not backend.push_key:
        allowed(refused("push_off"))
    return backend.push_key


def _unfit(asked: PushRequest) -> Refusal | None:
    """What a name resolves to is judged with each push, which then goes to that address."""
    try:
        parts = urlsplit(asked.endpoint)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return refused("wrong_endpoint", why="URL")
    if parts.scheme != "https" or not host or "@" in parts.netloc or parts.fragment or port not in (None, 443):
        return refused("wrong_endpoint", why="https://HOST/…")
    try:
        wrong = judge(ip_address(host), ())
    except ValueError:
        wrong = ""
    if wrong:
        return refused("wrong_endpoint", why=wrong)
    try:
        receiver(asked.p256dh, asked.auth)
    except ValueError:
        return refused("wrong_endpoint", why="p256dh, auth")
    return None
