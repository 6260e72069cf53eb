"""How a command speaks to a running hub: through its API, with errors that say what to do."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import click
import httpx

from hub.accounts.local import LOCAL_TOKEN_FILE
from hub.loopback import is_loopback
from watchkeeper.tables import LANG_HELP, LANGUAGES

F = TypeVar("F", bound=Callable[..., Any])
DEFAULT_URL = "http://127.0.0.1:8080"
DEFAULT_TOKEN_FILE = Path("data", LOCAL_TOKEN_FILE)
"""Where a hub whose settings lie in this folder leaves its local token, unless they name another data folder."""
_SIGN_IN = (
    f"--token-file: name the file {LOCAL_TOKEN_FILE} in the hub's data folder, or one with a token of your own"
    " (watchkeeper admin token SETTINGS NAME)"
)
_HUB_PARAMS = frozenset(("url", "token_file", "ca_file"))
ANSWER_S = 60.0
"""A sheet of labels takes a while on a busy machine."""


def hub_options(command: F) -> F:
    """Which hub is spoken to, and as whom: what HubClient takes first."""
    url = click.option(
        "--url", default=DEFAULT_URL, show_default=True, envvar="WATCHKEEPER_URL", show_envvar=True, help="Where the hub answers."
    )
    token = click.option(
        "--token-file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="WATCHKEEPER_TOKEN_FILE",
        show_envvar=True,
        help=f"A file with a token. On the hub's own machine: {DEFAULT_TOKEN_FILE}, where nothing is said.",
    )
    authority = click.option(
        "--ca-file",
        type=click.Path(path_type=Path, dir_okay=False),
        envvar="WATCHKEEPER_CA_FILE",
        show_envvar=True,
        help="Whose certificates are trusted, for a hub with TLS: the ca.pem of `tls init`.",
    )
    return url(token(authority(command)))


class HubGroup(click.Group):
    """Commands that speak to a hub. The group's options may stand behind each of them too, where people write them; a command
    with an option of its own by that name keeps it."""

    def add_command(self, cmd: click.Command, name: str | None = None) -> None:
        """As of click."""
        known = {one for param in cmd.params for one in param.opts}
        cmd.params += [option for option in _behind() if not known.intersection(option.opts)]
        super().add_command(cmd, name)


def _behind() -> tuple[click.Option, ...]:
    file = click.Path(path_type=Path, dir_okay=False)
    hub: Any = {"expose_value": False, "callback": _other_hub}
    return (
        click.Option(["--url"], help="Where the hub answers.", **hub),
        click.Option(["--token-file"], type=file, help="A file with a token.", **hub),
        click.Option(["--ca-file"], type=file, help="Whose certificates are trusted, for a hub with TLS.", **hub),
        click.Option(["--lang"], type=click.Choice(LANGUAGES), expose_value=False, callback=_other_language, help=LANG_HELP),
    )


def _other_hub(context: click.Context, param: click.Parameter, value: Any) -> None:
    """What was said of the hub before the command holds, but for what is said behind it."""
    if value is not None and param.name is not None:
        group = next(one for one in _outwards(context) if one.params.keys() >= _HUB_PARAMS)
        group.params[param.name] = value
        context.obj = context.with_resource(HubClient(**{name: group.params[name] for name in _HUB_PARAMS}))


def _outwards(context: click.Context | None) -> Iterator[click.Context]:
    while context is not None:
        yield context
        context = context.parent


def _other_language(context: click.Context, _: click.Parameter, lang: str | None) -> None:
    if lang is not None:
        context.meta["lang"] = lang


class Wrong(click.ClickException):
    """What was given is wrong, and nothing was done."""

    exit_code = 2


class HubClient:
    """A hub at an address. As a context manager it lets the connection go. `token_file` None: the local token beside us, for a
    hub on this machine, where there is one and `local` is set. `transport`: for tests. Raises click's errors."""

    def __init__(
        self,
        url: str,
        token_file: Path | None = None,
        ca_file: Path | None = None,
        transport: httpx.BaseTransport | None = None,
        *,
        local: bool = True,
    ) -> None:
        self._url = url
        token = _token(url, token_file) if local or token_file is not None else None
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        verify = True if ca_file is None else _trust(ca_file)
        # A proxy of the surroundings would not find a hub that listens on this machine alone.
        try:
            self._http = httpx.Client(
                base_url=url, timeout=ANSWER_S, trust_env=False, transport=transport, headers=headers, verify=verify
            )
        except httpx.InvalidURL as error:
            raise Wrong(f"--url {url}: {error}: write it as {DEFAULT_URL}") from None

    def get(self, path: str, **query: Any) -> httpx.Response:
        """The reply. Raises click's errors."""
        return self._ask("GET", path, params=query)

    def post(self, path: str, body: dict[str, Any]) -> Any:
        """What was answered. Raises click's errors."""
        return self._ask("POST", path, json=body).json()

    def post_bytes(self, path: str, body: bytes, **query: Any) -> Any:
        """What was answered to a file. Raises click's errors."""
        return self._ask("POST", path, params=query, content=body).json()

    def put(self, path: str, **more: Any) -> Any:
        """What was answered; `json` or `content` is the body. Raises click's errors."""
        return self._ask("PUT", path, **more).json()

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
        except httpx.ConnectError as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise Wrong(f"the certificate of {self._url} is not trusted ({error}): see --ca-file") from None
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
        if reply.status_code == 401:
            return Wrong(f"{message}\n{_SIGN_IN}")
        kind = Wrong if reply.status_code < 500 and reply.status_code != 429 else click.ClickException
        return kind("\n".join((message, *wrong)))


def hub_zone(hub: HubClient) -> ZoneInfo:
    """The estate's."""
    return ZoneInfo(hub.get("/duties/windows", limit=1).json()["timezone"])


def check_clear(url: str) -> None:
    """That what is secret is not sent in the clear. Raises click's errors."""
    try:
        parts = urlsplit(url)
        clear = parts.scheme != "https" and not is_loopback(parts.hostname or "")
    except ValueError:
        return  # the address is refused as such
    if clear:
        raise Wrong(f"--hub {url}: the token and the key would be sent in the clear: write https://")


def _token(url: str, file: Path | None) -> str | None:
    """The token to send. One that was named goes nowhere in the clear, and the local one goes nowhere else."""
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname or "", parts.scheme
    except ValueError:
        return None  # the address is refused as such
    if file is None:
        file = DEFAULT_TOKEN_FILE
        if not is_loopback(host) or not file.exists():
            return None
    elif scheme != "https" and not is_loopback(host):
        raise Wrong(f"--url {url}: a token would be sent in the clear: write https://")
    try:
        token = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Wrong(f"--token-file {file} cannot be read ({_reason(error)}): {_SIGN_IN.partition(': ')[2]}") from None
    if not token or not token.isprintable() or " " in token:
        raise Wrong(f"--token-file {file} holds no token: one line with nothing but the token")
    return token


def _trust(file: Path) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=str(file))
    except (OSError, ssl.SSLError) as error:
        raise Wrong(f"--ca-file {file} cannot be used ({_reason(error)}): name a file of certificates, PEM") from None


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
