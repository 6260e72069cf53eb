"""`watchkeeper edge enrol`: an agent brings its one-time token to the hub, and keeps what it gets beside its settings."""

import os
from pathlib import Path
from typing import Any, NamedTuple

import click
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from contract.enrolment import ENROL_PATH
from contract.settings import check
from drivers.table import driver_kind
from edge.config_files import read_secret
from edge.config_rules import options_of
from edge.config_types import AgentSettings
from watchkeeper.hub_client import HubClient, Wrong


class Kept(NamedTuple):
    """Where an agent keeps what it gets: as its settings say, or else under these names beside them."""

    key: Path
    password: Path
    ca: Path
    certificate: Path
    certificate_key: Path


class Done(NamedTuple):
    """The agent's user at the broker, and what is to stand in its settings, line by line."""

    broker_user: str
    lines: list[str]


def kept_by(config: Path, settings: AgentSettings) -> Kept:
    """The files that the settings name, or would."""
    here, broker = config.parent, settings.broker
    return Kept(
        here / (settings.key_file or "agent.key"),
        here / (broker.password_file or "broker.password"),
        here / (broker.ca_file or "broker-ca.pem"),
        here / (broker.certificate_file or "agent.pem"),
        here / (broker.certificate_key_file or "agent-tls.key"),
    )


def enrol(config: Path, hub: HubClient, token: str) -> Done:
    """Enrol the agent of the settings file. Raises click's errors; where the token was used up in vain, they say so."""
    settings = read_settings(config)
    files = kept_by(config, settings)
    _check_room(files)
    certificate_key = ec.generate_private_key(ec.SECP256R1())
    told = hub.post(ENROL_PATH, {"token": token, "csr": _request(certificate_key, settings.agent)})
    if (told["site"], told["agent"]) != (settings.site, settings.agent):
        raise Wrong(
            f"the token is for {told['agent']} of {told['site']}, and {config} is {settings.agent} of {settings.site}: it is used"
            " up; correct the settings, or invite the other agent, and take a new token"
        )
    try:
        _keep(files, told, certificate_key)
    except OSError as error:
        raise click.ClickException(
            f"{error.filename} cannot be written ({error.strerror}), and the token is used up: mend that, and take a new one"
        ) from None
    return Done(told["broker_user"], _lines(config, files, told))


def read_settings(config: Path) -> AgentSettings:
    """The settings, of which only the files may be missing that enrolling writes. Raises click's errors."""
    checked = check(config, AgentSettings, (), {"drivers": options_of(driver_kind)})
    if checked.value is None:
        raise Wrong("\n".join(checked.messages))
    if checked.value.key is not None:
        raise Wrong(f"{config}: key: stands in the settings: write key_file: agent.key instead, so that enrolling can change it")
    return checked.value


def read_token(file: Path) -> str:
    """Raises click's errors."""
    try:
        return read_secret(file)
    except OSError as error:
        raise Wrong(
            f"--token-file {file} cannot be read ({error.strerror or error}): name the file that holds the token"
        ) from None
    except ValueError as error:
        raise Wrong(f"--token-file {file} {error}") from None


def _request(key: ec.EllipticCurvePrivateKey, agent: str) -> str:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, agent)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return request.public_bytes(serialization.Encoding.PEM).decode()


def _check_room(files: Kept) -> None:
    """Before the token is used up: whether the files can be written at all."""
    for folder in sorted({file.parent for file in files}):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            probe = folder / ".enrol.part"
            _write(probe, "")
            probe.unlink()
        except OSError as error:
            told = (
                f"{folder} cannot be written ({error.strerror or error}): run this as who runs the agent; the token is still good"
            )
            raise Wrong(told) from None


def _keep(files: Kept, told: dict[str, Any], certificate_key: ec.EllipticCurvePrivateKey) -> None:
    pem = certificate_key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    rows = [(files.password, told["broker_password"] + "\n"), (files.ca, told["ca"])]
    rows += [(files.certificate_key, pem), (files.certificate, told["certificate"])] if told["certificate"] else []
    for file, text in (*rows, (files.key, told["key"] + "\n")):
        if text:
            _write(file, text)


def _write(file: Path, text: str) -> None:
    """There whole and on disk, for its owner alone, or as it was."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)


def _lines(config: Path, files: Kept, told: dict[str, Any]) -> list[str]:
    def beside(file: Path) -> str:
        return os.path.relpath(file, config.parent)

    lines = [f"key_file: {beside(files.key)}", "broker:", f"  url: {told['broker_url']}"]
    lines += [f"  ca_file: {beside(files.ca)}"] if told["ca"] and told["broker_url"].startswith("mqtts") else []
    if told["certificate"]:
        lines += [f"  certificate_file: {beside(files.certificate)}", f"  certificate_key_file: {beside(files.certificate_key)}"]
    return [*lines, f"  user: {told['broker_user']}", f"  password_file: {beside(files.password)}"]
