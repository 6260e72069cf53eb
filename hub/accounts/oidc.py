"""The hub as a client of an OpenID Connect provider: code flow with PKCE, state and nonce."""

import hashlib
import secrets
import ssl
from collections import Counter, OrderedDict
from collections.abc import Mapping
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from contract.clock import US_PER_S
from hub.accounts.oidc_types import PENDING_S, Journey, NotAdmitted, OidcSettings, Person, ProviderFailed
from hub.accounts.permissions import Role
from hub.loopback import is_loopback

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Of asymmetric keys alone: with the others whoever knows the client's secret could sign."""
PENDING_MAX = 1_000
ANSWER_S, ANSWER_BYTES_MAX = 10.0, 256 * 1024
LEEWAY_S = 60


class _Pending(NamedTuple):
    verifier: str
    nonce: str
    keepsake_digest: str
    began_us: int


class Provider:
    """A provider. Any thread may call it. `redirect_uri`: the hub's own callback, as it is registered there."""

    def __init__(
        self, settings: OidcSettings, secret: str, redirect_uri: str, ca_file: Path | None, counters: Counter[str]
    ) -> None:
        self._settings, self._secret, self._redirect_uri = settings, secret, redirect_uri
        self._trust: ssl.SSLContext | bool = True if ca_file is None else ssl.create_default_context(cafile=ca_file)
        self._counters = counters
        self._pending: OrderedDict[str, _Pending] = OrderedDict()
        self._lock = Lock()

    def begin(self, now_us: int) -> Journey:
        """Send somebody there. Raises ProviderFailed."""
        endpoint = self._endpoint(self._document(), "authorization_endpoint")
        state, nonce, verifier, keepsake = (secrets.token_urlsafe(32) for _ in range(4))
        with self._lock:
            self._pending[state] = _Pending(verifier, nonce, _digest(keepsake), now_us)
            while len(self._pending) > PENDING_MAX:
                self._pending.popitem(last=False)
                self._counters["oidc_forgotten_for_room"] += 1
        url = prepare_grant_uri(
            endpoint,
            client_id=self._settings.client_id,
            response_type="code",
            redirect_uri=self._redirect_uri,
            scope=self._settings.scope,
            state=state,
            nonce=nonce,
            code_challenge=create_s256_code_challenge(verifier),
            code_challenge_method="S256",
        )
        return Journey(url, keepsake)

    def finish(self, state: str, keepsake: str, code: str, now_us: int) -> Person:
        """Who came back with that code. A state is good once, in the browser that began, for ten minutes. Raises NotAdmitted,
        ProviderFailed."""
        with self._lock:
            pending = self._pending.pop(state, None)
        if (
            pending is None
            or now_us - pending.began_us >= PENDING_S * US_PER_S
            or not secrets.compare_digest(pending.keepsake_digest, _digest(keepsake))
        ):
            raise NotAdmitted("oidc_strange_state")
        document = self._document()
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=self._redirect_uri, code_verifier=pending.verifier
        )
        told = self._json("POST", self._endpoint(document, "token_endpoint"), body)
        keys = self._json("GET", self._endpoint(document, "jwks_uri"))
        claims = self._claims(told.get("id_token"), keys, pending.nonce, now_us)
        role = self._role(claims)
        if role is None:
            raise NotAdmitted("oidc_no_role")
        name = _within(claims, self._settings.name_claim)
        return Person(f"{self._settings.issuer} {claims['sub']}", name if isinstance(name, str) else claims["sub"], role)

    def _claims(self, token: object, keys: Mapping[str, Any], nonce: str, now_us: int) -> Mapping[str, Any]:
        """The token's claims, once every one that has to fit does."""
        client_id, now_s = self._settings.client_id, now_us // US_PER_S
        registry = jwt.JWTClaimsRegistry(
            now=now_s,
            leeway=LEEWAY_S,
            iss={"essential": True, "value": self._settings.issuer},
            sub={"essential": True},
            aud={"essential": True, "value": client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            key_set = KeySet.import_key_set(keys)  # type: ignore[arg-type]
            claims = jwt.decode(str(token), key_set, algorithms=list(ALGORITHMS)).claims
            registry.validate(claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderFailed(f"the id token is refused: {type(error).__name__}") from error
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != client_id:
            raise ProviderFailed("the id token is for somebody else")
        if not isinstance(claims["sub"], str) or not claims["sub"]:
            raise ProviderFailed("the id token names nobody")
        return claims

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        told = _within(claims, self._settings.role_claim)
        values = (
            {told} if isinstance(told, str) else {one for one in told if isinstance(one, str)} if isinstance(told, list) else ()
        )
        return next((role for value, role in self._settings.roles.items() if value in values), None)

    def _document(self) -> Mapping[str, Any]:
        """The provider's own document. It is asked for with each sign-in: they are rare, and keys and endpoints change."""
        document = self._json("GET", f"{self._settings.issuer.rstrip('/')}/.well-known/openid-configuration")
        if document.get("issuer") != self._settings.issuer:
            raise ProviderFailed(f"its document is of {document.get('issuer')!r}, and not of the issuer in the settings")
        return document

    def _endpoint(self, document: Mapping[str, Any], name: str) -> str:
        url = document.get(name)
        parts = urlsplit(url if isinstance(url, str) else "")
        if not (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(parts.hostname or ""))):
            raise ProviderFailed(f"its {name} is no address under https")
        return str(url)

    def _json(self, method: str, url: str, form: str | None = None) -> Mapping[str, Any]:
        headers = {} if form is None else {"Content-Type": "application/x-www-form-urlencoded"}
        auth = None if form is None else httpx.BasicAuth(quote(self._settings.client_id, safe=""), quote(self._secret, safe=""))
        found = bytearray()
        try:
            with (
                httpx.Client(timeout=ANSWER_S, trust_env=False, verify=self._trust) as client,
                client.stream(method, url, content=form, headers=headers, auth=auth) as reply,
            ):
                reply.raise_for_status()
                for piece in reply.iter_bytes():
                    found += piece
                    if len(found) > ANSWER_BYTES_MAX:
                        raise ProviderFailed(f"{url} answers with over {ANSWER_BYTES_MAX} bytes")
            told = httpx.Response(200, content=bytes(found)).json()
        except (httpx.HTTPError, ValueError) as error:
            raise ProviderFailed(f"{url}: {type(error).__name__}: {str(error)[:200]}") from error
        if not isinstance(told, dict):
            raise ProviderFailed(f"{url} answers with no JSON object")
        return told


def _within(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of that name, or where there is none the one inside objects that the dots go into."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _digest(keepsake: str) -> str:
    return hashlib.sha256(keepsake.encode()).hexdigest()
