"""Who may push: a secret path, a name and a password, or both. Pure."""

import re
from collections.abc import Sequence
from typing import Annotated, Final, NamedTuple

import msgspec

from contract.topics import is_id
from drivers.digest import Asked, Nonces, basic_ok, challenge, digest_ok
from drivers.http.requests import Reply, Request

CALLERS_MAX: Final = 64
REALM: Final = "watchkeeper"
_PATH: Final = re.compile(r"/[A-Za-z0-9._~/-]{0,199}")

Name = Annotated[str, msgspec.Meta(max_length=128)]


class Caller(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One device that pushes. `path`: what the URL that is set at it begins with; it may be secret; empty: any. `user` and
    `password`: what is set at it for Basic or Digest; empty: it shows none. `device`: the id of the device it is;
    None: this one."""

    path: str = ""
    user: Name = ""
    password: Name = ""
    device: str | None = None

    def __post_init__(self) -> None:
        if self.path and not _PATH.fullmatch(self.path):
            raise ValueError("a path begins with / and has letters, digits, and . _ ~ - /: write for example /gate-1/8Xk2vQ")
        if bool(self.user) != bool(self.password):
            raise ValueError("user and password belong together: give both, or neither")
        if ":" in self.user:
            raise ValueError("a user's name has no colon")
        if self.device is not None and not is_id(self.device):
            raise ValueError(f"{self.device!r} is not a device's id: small letters, digits, _ and -, 63 at most")


def check_callers(callers: Sequence[Caller]) -> None:
    """Raises ValueError where two callers cannot be told apart."""
    seen = [(one.path, one.user) for one in callers]
    if len(set(seen)) != len(seen):
        raise ValueError("two callers have the same path and the same user: give each a path of its own")


class Met(NamedTuple):
    """Who has come: the caller, or the answer that sends it away, and the name of what is wrong; empty where it is only asked."""

    caller: Caller | None
    reply: Reply | None = None
    reason: str = ""


class Callers:
    """All that may push to one port. Without any, everybody is this device."""

    def __init__(self, callers: Sequence[Caller], nonces: Nonces) -> None:
        self._callers = sorted(callers or [Caller()], key=lambda one: -len(one.path))
        self._nonces = nonces

    def meet(self, request: Request, now_us: int) -> Met:
        """Who sends this. Reasons: `unknown_path`, `wrong_password`."""
        here = [one for one in self._callers if _is_under(request.path, one.path)]
        if not here:
            return Met(None, Reply(404), "unknown_path")
        here = [one for one in here if len(one.path) == len(here[0].path)]
        header = request.header("authorization")
        stale = False
        for one in here:
            if not one.user:
                continue
            asked = Asked(request.method, request.target)
            found = basic_ok(header, one.user, one.password)
            if found == "none":
                found = digest_ok(header, asked, one.user, one.password, REALM, self._nonces, now_us)
            if found == "ok":
                return Met(one)
            stale = stale or found == "stale"
        open_to_all = next((one for one in here if not one.user), None)
        if open_to_all is not None and not header:
            return Met(open_to_all)
        if open_to_all is not None and len(here) == 1:
            return Met(open_to_all)  # its path is what it knows; what else it shows is not asked for
        asks = challenge(REALM, self._nonces.fresh(now_us), stale=stale)
        headers = (("WWW-Authenticate", asks), ("WWW-Authenticate", f'Basic realm="{REALM}"'))
        tried = bool(header) and not stale
        return Met(None, Reply(401, headers=headers), "wrong_password" if tried else "")


def _is_under(path: str, stem: str) -> bool:
    return not stem or path == stem or path.startswith(stem.rstrip("/") + "/")
