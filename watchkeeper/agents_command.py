"""`watchkeeper agents`: how agents become known, and cease to be."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import click

from contract.clock import SystemClock
from contract.settings import BadSettings
from hub.config import HubConfig, load_config
from hub.enrolment.access import ENDED, PASSWORDS, RIGHTS, Access, AccessTo, write_private
from hub.enrolment.authority import BadAuthority
from hub.enrolment.making import access_to, authority_of, hub_user
from hub.enrolment.ring import KeyRing
from hub.enrolment.vault import KEY_FILE, Vault
from watchkeeper.hub_client import HubClient, HubGroup, Wrong, hub_options, hub_zone
from watchkeeper.tables import NONE, Language, lang_option, language, local_time, show

_HEADS: Mapping[Language, tuple[str, ...]] = {
    "zh": ("采集端", "名称", "状态", "登记时间", "证书", "邀请有效至", "吊销原因"),
    "en": ("agent", "name", "state", "enrolled", "certificate", "invited until", "why revoked"),
}
_STATES: Mapping[str, tuple[str, str]] = {
    "none": ("未登记", "has to enrol"),
    "file": ("密钥在小区文件中", "key in the estate file"),
    "enrolled": ("已登记", "enrolled"),
    "changing": ("换钥中，待重启", "enrolled again, to be started anew"),
    "revoked": ("已吊销", "revoked"),
}
_FOLDER = click.Path(path_type=Path, file_okay=False)


class _Agents(HubGroup):
    """One command speaks to no hub, and takes no options of one."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """As of click."""
        if cmd.name == "mosquitto":
            click.Group.add_command(self, cmd, name)
        else:
            super().add_command(cmd, name)


@click.group(cls=_Agents)
@hub_options
@lang_option
@click.pass_context
def agents(context: click.Context, url: str, token_file: Path | None, ca_file: Path | None, lang: Language | None) -> None:
    """Invite agents to enrol, see how they are known, take keys away, at a running hub.

    \b
    A new agent, or a key that is to be changed:
      watchkeeper agents invite gate-east -o gate-east.token        (at the hub)
      watchkeeper edge enrol agent.yaml --hub https://HUB:8080 --token-file gate-east.token --ca-file ca.pem   (at the agent)
    """
    context.meta["lang"] = lang or language()
    if context.invoked_subcommand != "mosquitto":
        context.obj = context.with_resource(HubClient(url, token_file, ca_file))


@agents.command("list")
@click.pass_obj
def list_agents(hub: HubClient) -> None:
    """Show by which key each agent is known."""
    lang: Language = click.get_current_context().meta["lang"]
    found, zone = hub.get("/agents/keys").json()["agents"], hub_zone(hub)
    show([_HEADS[lang], *(_cells(row, lang, zone) for row in found)])


@agents.command()
@click.argument("agent")
@click.option(
    "-o", "--output", "file", type=click.Path(path_type=Path, dir_okay=False), help="Write it here, for yourself alone."
)
@click.pass_obj
def invite(hub: HubClient, agent: str, file: Path | None) -> None:
    """Make a token by which AGENT may enrol once within 15 minutes. It is shown this once."""
    made = hub.post(f"/agents/{quote(agent, safe='')}/enrolment", {})
    if file is None:
        click.echo(made["token"])
        return
    try:
        write_private(file, made["token"] + "\n")
    except OSError as error:
        raise Wrong(f"{file} cannot be written ({error.strerror or error}): the token is lost, name another file") from None
    click.echo(f"令牌已写入 / wrote a token for {agent}, until {made['until']}: {file}")


@agents.command()
@click.argument("agent")
@click.option("--reason", required=True, help="Why: card stolen, computer replaced…")
@click.pass_obj
def revoke(hub: HubClient, agent: str, reason: str) -> None:
    """Take AGENT's keys away: nothing that it says counts from now on. What it has sent stays, and it may be invited anew."""
    done = hub.post(f"/agents/{quote(agent, safe='')}/revoke", {"reason": reason})
    click.echo(f"已吊销 / revoked {done['ended']} key(s) of {agent}; the broker lets it in no more within 60 s")


@agents.command()
@click.argument("settings", type=click.Path(path_type=Path, dir_okay=False))
@click.argument("folder", type=_FOLDER)
def mosquitto(settings: Path, folder: Path) -> None:
    """Write Mosquitto's password_file, acl_file and, with an authority, crlfile into FOLDER, for the agents that are known now
    to the hub of the SETTINGS file.

    Run it as who runs the hub. A hub with `enrolment.broker_files` in its settings does so by itself, each time that it changes.
    """
    config = _config(settings)
    clock = SystemClock()
    named = access_to(config)
    to = AccessTo("mosquitto", folder, None, hub_user(config), named is not None and named.devices)
    if to.hub is None:
        raise Wrong(f"{settings}: broker.user and broker.password_file are missing: the hub itself could not connect")
    try:
        ring = _ring(config, clock)
        Access(config.estate.site, to, ring, authority_of(config, clock)).write(clock.now_us())
    except BadAuthority as error:
        raise Wrong(str(error)) from None
    except OSError as error:
        raise click.ClickException(f"{folder} cannot be written: {error.strerror or error}") from None
    for name in (PASSWORDS, RIGHTS, ENDED):
        if (folder / name).exists():
            click.echo(str(folder / name))
    click.echo(f"{len(ring.admitted())} users; have Mosquitto read them: systemctl reload mosquitto")


def _ring(config: HubConfig, clock: SystemClock) -> KeyRing:
    """The keys as the database has them. Raises click's errors."""
    from sqlalchemy.exc import SQLAlchemyError

    from hub.store.engine import open_engine

    engine = open_engine(config.database, read_only=True)
    try:
        ring = KeyRing(config.estate, engine, Vault(config.data / KEY_FILE), clock)
        ring.refresh()
    except SQLAlchemyError as error:
        told = str(error).splitlines()[0]
        raise click.ClickException(
            f"the database cannot be read ({told}): start the hub once, and run this as who runs it"
        ) from None
    finally:
        engine.dispose()
    return ring


def _config(settings: Path) -> HubConfig:
    try:
        return load_config(settings)
    except BadSettings as error:
        raise Wrong("\n".join(error.messages)) from None


def _cells(row: dict[str, Any], lang: Language, zone: ZoneInfo) -> tuple[str, ...]:
    at = 0 if lang == "zh" else 1
    certified = ("有", "yes")[at] if row["certified"] else NONE
    times = [local_time(row[name], zone) if row[name] else NONE for name in ("since", "invited_until")]
    return (row["agent"], row[f"name_{lang}"], _STATES[row["state"]][at], times[0], certified, times[1], row["reason"] or NONE)
