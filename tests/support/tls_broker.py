"""A broker that speaks TLS alone, under a CA of its own."""

import subprocess
from pathlib import Path
from typing import NamedTuple

from watchkeeper.broker import EmbeddedBroker, Program


class Authority(NamedTuple):
    """A CA: `certificate` is what clients are given as `ca_file`."""

    certificate: Path
    key: Path


class Identity(NamedTuple):
    """A server's certificate and its key."""

    certificate: Path
    key: Path


def _openssl(*words: str | Path) -> None:
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


_NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


def make_authority(folder: Path, name: str) -> Authority:
    """A new CA."""
    made = Authority(folder / f"{name}.pem", folder / f"{name}.key")
    _openssl("req", "-x509", *_NEW_KEY, "-days", "30", "-subj", f"/CN={name}", "-keyout", made.key, "-out", made.certificate)
    return made


def make_identity(folder: Path, authority: Authority, host: str) -> Identity:
    """A certificate for `host`, an address such as IP:127.0.0.1 or DNS:name, signed by `authority`."""
    name = host.replace(":", "-")
    made = Identity(folder / f"{name}.pem", folder / f"{name}.key")
    asked, more = folder / f"{name}.csr", folder / f"{name}.ext"
    more.write_text(f"subjectAltName={host}\n", encoding="ascii")
    _openssl("req", "-new", *_NEW_KEY, "-subj", "/CN=broker", "-keyout", made.key, "-out", asked)
    signed = ("-CA", authority.certificate, "-CAkey", authority.key, "-CAcreateserial", "-extfile", more, "-days", "30")
    _openssl("x509", "-req", "-in", asked, *signed, "-out", made.certificate)
    return made


class TlsBroker(EmbeddedBroker):
    """An embedded broker whose listener takes TLS, with `identity`."""

    def __init__(self, folder: Path, identity: Identity, program: Program) -> None:
        self._identity = identity
        super().__init__(folder, program=program)

    @property
    def url(self) -> str:
        """Its address for agents and the hub."""
        return f"mqtts://127.0.0.1:{self.port}"

    def _settings(self, kept: Path) -> str:
        plain = super()._settings(kept)
        certificate, key = self._identity
        if self.program == "mosquitto":
            listener, rest = plain.split("\n", 1)
            return f"{listener}\ncertfile {certificate}\nkeyfile {key}\n{rest}"
        return plain.replace("ack_wait:", f'tls {{ cert_file: "{certificate}", key_file: "{key}" }}, ack_wait:')
