"""`watchkeeper tls`: a certificate for a hub that others on the network are to reach."""

from pathlib import Path

import click

from contract.clock import SystemClock
from contract.topics import is_id
from hub.enrolment.authority import BadAuthority
from watchkeeper.certificates import make_certificate, make_client_certificate
from watchkeeper.hub_client import Wrong


@click.group()
def tls() -> None:
    """Make what it takes to reach the hub from other machines."""


@tls.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("hosts", nargs=-1, required=True, metavar="HOST...")
def init(folder: Path, hosts: tuple[str, ...]) -> None:
    """Make a certificate for the hub's names and addresses, HOST..., in FOLDER.

    The first time it also makes a local authority (ca.pem, ca.key): give ca.pem to phones, consoles and agents, and keep
    ca.key to yourself. Run it again in the same FOLDER to renew the certificate; nobody has to be told.

    \b
    Example:
      watchkeeper tls init tls hub.estate.example 192.168.1.5
    """
    try:
        made = make_certificate(folder, hosts, SystemClock().now_us())
    except (BadAuthority, ValueError) as error:
        raise Wrong(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror or error}") from None
    click.echo(f"{made.certificate}: for {', '.join(hosts)}, until {made.until:%Y-%m-%d}")
    if made.new_authority:
        click.echo(
            f"{made.authority}: give it to everybody who is to trust the hub; keep {made.authority.with_suffix('.key')} safe"
        )
    click.echo("in the hub's settings, and start it anew:")
    click.echo(f"http:\n  host: 0.0.0.0\n  certificate: {made.certificate}\n  key: {made.key}")


@tls.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.argument("name", default="hub")
def client(folder: Path, name: str) -> None:
    """Make a certificate by which NAME, the hub, is known to a broker that asks for one, by the authority in FOLDER.

    Agents need none of these: they get theirs when they enrol.
    """
    if not is_id(name):
        raise Wrong(f"{name!r} is no name of a broker's user: write small letters, digits, - and _, such as hub")
    try:
        made = make_client_certificate(folder, name, SystemClock().now_us())
    except BadAuthority as error:
        raise Wrong(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror or error}") from None
    click.echo("in the hub's settings:")
    click.echo(f"broker:\n  user: {name}\n  certificate_file: {made.certificate}\n  certificate_key_file: {made.key}")
