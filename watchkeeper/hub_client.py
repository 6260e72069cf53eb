"""How a command speaks to a running hub: through its API, with errors that say what to do."""

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar
from zoneinfo import ZoneInfo

import click
import httpx

from watchkeeper.tables import LANG_HELP, LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_URL = "http://127.0.0.1:8080"
ANSWER_S = 60.0
"""A sheet of labels takes a while on a busy machine."""


def url_option(command: F) -> F:
    """Which hub is spoken to: `--url`, or WATCHKEEPER_URL."""
    option = click.option(
        "--url", default=DEFAULT_URL, show_default=True, envvar="WATCHKEEPER_URL", show_envvar=True, help="Where the hub answers."
    )
    return option(command)


class HubGroup(click.Group):
    """Commands that speak to a hub. The group's `--url` and `--lang` may stand behind each of them too, where people write them;
    a command with a `--lang` of its own keeps that."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """As of click."""
        known = {one for param in cmd.params for one in param.opts}
        cmd.params += [option for option in _behind() if not known.intersection(option.opts)]
        super().add_command(cmd, name)


def _behind() -> tuple[click.Option, ...]:
    url = click.Option(["--url"], expose_value=False, callback=_other_hub, help="Where the hub answers.")
    lang = click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, callback=_other_language, help=LANG_HELP)
    return url, lang


def _other_hub(context: click.Context, _: click.Parameter, url: str | None) -> None:
    if url is not None:
        context.obj = context.with_resource(HubClient(url))


def _other_language(context: click.Context, _: click.Parameter, lang: str | None) -> None:
    if lang is not None:
        context.meta["lang"] = lang


class Wrong(click.ClickException):
    """What was given is wrong, and nothing was done."""

    exit_code = 2


class HubClient:
    """A hub at an address. As a context manager it lets the connection go. `transport`: for tests."""

    def __init__(self, url: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url = url
        # A proxy of the surroundings would not find a hub that listens on this machine alone.
        try:
            self._http = httpx.Client(base_url=url, timeout=ANSWER_S, trust_env=False, transport=transport)
        except httpx.InvalidURL as error:
            raise Wrong(f"--url {url}: {error}: write it as {DEFAULT_URL}") from None

    def get(self, path: str, **query: Any) -> httpx.Response:
        """The reply. Raises click's errors."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What was answered. Raises click's errors."""
        return self._ask("POST", path, json=body).json()

    def delete(self, path: str, **query: Any) -> Any:
        """What was answered. Raises click's errors."""
        return self._ask("DELETE", path, params=query).json()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._http.close()

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        try:
            reply = self._http.request(method, path, **more)
        except httpx.ConnectError:
            raise click.ClickException(
                f"no hub answers at {self._url}: start it (watchkeeper hub SETTINGS), or name another one with --url"
            ) from None
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise Wrong(f"--url {self._url}: {error}: write it as {DEFAULT_URL}") from None
        except httpx.TimeoutException:
            raise click.ClickException(
                f"the hub at {self._url} has not answered for {ANSWER_S:.0f} s: look what was done before you try again"
            ) from None
        except httpx.HTTPError as error:
            raise click.ClickException(f"the connection to {self._url} broke ({error}): look what was done") from None
        if reply.is_success:
            return reply
        raise self._error(reply)

    def _error(self, reply: httpx.Response) -> click.ClickException:
        try:
            told = reply.json()
            message = f"{told['message_zh']} / {told['message_en']}"
            wrong = [f"  {one['at']}: {one['what']}" for one in told["errors"]]
        except (ValueError, TypeError, KeyError):
            return click.ClickException(f"what answers at {self._url} is no hub (HTTP {reply.status_code}): see --url")
        kind = Wrong if reply.status_code < 500 and reply.status_code != 429 else click.ClickException
        return kind("\n".join((message, *wrong)))


def hub_zone(hub: HubClient) -> ZoneInfo:
    """The estate's."""
    return ZoneInfo(hub.get("/duties/windows", limit=1).json()["timezone"])
