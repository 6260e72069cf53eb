"""`watchkeeper`: a table of commands, each imported only when it is used, so that every one starts fast."""

import importlib
import sys

import click

COMMANDS: dict[str, str] = {
    "demo": "watchkeeper.demo.command:demo",
    "hub": "watchkeeper.run_hub:hub",
    "edge": "watchkeeper.run_edge:edge",
    "estate": "watchkeeper.estate_command:estate",
    "policy": "watchkeeper.check_files:policy",
    "decode": "watchkeeper.decode_command:decode",
    "agents": "watchkeeper.agents_command:agents",
    "tags": "watchkeeper.tags_command:tags",
    "plate": "watchkeeper.plate_command:plate",
    "camera": "watchkeeper.camera_command:camera",
    "duties": "watchkeeper.duties_command:duties",
    "permits": "watchkeeper.permits_command:permits",
    "keys": "watchkeeper.keys_command:keys",
    "reports": "watchkeeper.reports_command:reports",
    "admin": "watchkeeper.admin_command:admin",
    "audit": "watchkeeper.audit_command:audit",
    "tls": "watchkeeper.tls_command:tls",
    "push": "watchkeeper.push_command:push",
    "backup": "watchkeeper.backup_command:backup",
    "restore": "watchkeeper.backup_command:restore",
    "simulate": "watchkeeper.simulation.command:simulate",
    "bench": "watchkeeper.bench.command:bench",
}
"""Each command's name, and where its click command stands."""

EPILOG = "\b\nExit codes: 0 it did what was asked; 1 it failed on the way; 2 what it was given is wrong, and nothing was started."


class _Lazy(click.Group):
    """Finds commands in the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        target = COMMANDS.get(cmd_name)
        if target is None:
            return None
        module, _, name = target.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command


@click.command(cls=_Lazy, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="watchkeeper")
def main() -> None:
    """值守 Watchkeeper: security and facilities of a residential estate, from devices' bytes to incidents."""
    for stream in (sys.stdout, sys.stderr):
        # Chinese must print in a terminal whose locale says nothing, as a service's does.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
