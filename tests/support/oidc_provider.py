"""A small OpenID Connect provider on loopback, which checks what a client has to send and can be told to lie."""

import base64
import json
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc import jwt
from joserfc.jwk import RSAKey

from contract.clock import US_PER_S, SystemClock

CLIENT, SECRET = "watchkeeper: hub", "a secret/of both"


class OidcProvider:
    """`claims`: what it says of whoever signs in. `bend` may change a token's header and claims before it is signed, by `key`."""

    def __init__(self) -> None:
        self.key, self.strange_key = (RSAKey.generate_key(2048, {"kid": kid, "use": "sig"}) for kid in ("one", "two"))
        self.claims: dict[str, Any] = {"sub": "u-17", "preferred_username": "孙莉", "roles": ["staff", "watch"]}
        self.bend: Callable[[dict[str, Any], dict[str, Any]], None] = lambda _header, _claims: None
        self.sign_with = self.key
        self.document: dict[str, Any] = {}
        self.refused: list[str] = []
        self._codes: dict[str, dict[str, str]] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path == "/realm/.well-known/openid-configuration":
                    self._answer(200, provider.told())
                elif self.path == "/keys":
                    self._answer(200, {"keys": [provider.key.as_dict(private=False)]})
                else:
                    self._answer(404, {})

            def do_POST(self) -> None:
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                self._answer(*provider.token(form, self.headers.get("Authorization", "")))

            def _answer(self, status: int, body: Any) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.issuer = f"{self.url}/realm"

    def told(self) -> dict[str, Any]:
        """Its document."""
        endpoints = {"authorization_endpoint": "/auth", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer} | {name: self.url + path for name, path in endpoints.items()} | self.document

    def sign_in(self, url: str) -> dict[str, str]:
        """Somebody signs in at the address that the hub sent them to: what they bring back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["client_id"], asked["code_challenge_method"]) == ("code", CLIENT, "S256")
        assert "openid" in asked["scope"].split()
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"state": asked["state"], "code": code}

    def token(self, form: str, authorization: str) -> tuple[int, dict[str, Any]]:
        """The answer of the token endpoint."""
        told = {name: values[0] for name, values in parse_qs(form).items()}
        asked = self._codes.pop(told.get("code", ""), None)
        wanted = "watchkeeper%3A%20hub:a%20secret%2Fof%20both"
        if authorization != f"Basic {base64.b64encode(wanted.encode()).decode()}":
            self.refused.append("client")
        elif asked is None:
            self.refused.append("code")
        elif told["redirect_uri"] != asked["redirect_uri"]:
            self.refused.append("redirect_uri")
        elif create_s256_code_challenge(told["code_verifier"]) != asked["code_challenge"]:
            self.refused.append("verifier")
        else:
            return 200, {"token_type": "Bearer", "access_token": "x", "id_token": self._id_token(asked["nonce"])}
        return 400, {"error": "invalid_grant"}

    def _id_token(self, nonce: str) -> str:
        now_s = SystemClock().now_us() // US_PER_S
        header = {"alg": "RS256", "kid": "one"}
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now_s, "exp": now_s + 300, "nonce": nonce} | self.claims
        self.bend(header, claims)
        return jwt.encode(header, claims, self.sign_with, algorithms=[header["alg"]])

    def __enter__(self) -> "OidcProvider":
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
