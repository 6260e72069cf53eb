"""Which of an agent's keys count at a moment, and why a token does not. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from contract.clock import US_PER_S
from contract.enrolment import OVERLAP_S, TOKEN_LIFE_S
from hub.cases.types import Refusal

OVERLAP_US = OVERLAP_S * US_PER_S
TOKEN_LIFE_US = TOKEN_LIFE_S * US_PER_S


class KeyRow(NamedTuple):
    """A row of `agent_key`. `sealed`: the key as the vault keeps it; empty for one that stands in the estate file."""

    agent: str
    key_id: str
    sealed: str
    since_us: int
    used_us: int | None = None
    revoked_us: int | None = None
    reason: str = ""
    serial: str = ""


class TokenRow(NamedTuple):
    """A row of `enrolment`."""

    agent: str
    digest: str
    made_us: int
    until_us: int
    used_us: int | None
    actor: str


class Held(NamedTuple):
    """What counts of an agent's keys. `present`: what it is spoken to by; `coming`: what it may speak by as well, until when the
    present one ends; `revoked`: it has none, as somebody took it away."""

    present: KeyRow | None = None
    coming: KeyRow | None = None
    revoked: bool = False

    @property
    def until_us(self) -> int | None:
        """When the coming key takes the present one's place, used or not; None: there is none."""
        return None if self.coming is None else self.coming.since_us + OVERLAP_US


def held(rows: Sequence[KeyRow], now_us: int) -> Held:
    """What counts of these keys, oldest first. The one before the newest is good until the newest was used, and for OVERLAP_S at
    most, so that an agent that enrols again goes on until it has started anew. Nothing older ever counts."""
    if not rows:
        return Held()
    newest, before = rows[-1], rows[-2] if len(rows) > 1 else None
    if newest.revoked_us is not None:
        return Held(revoked=True)
    over = newest.used_us is not None or now_us - newest.since_us >= OVERLAP_US
    if before is None or before.revoked_us is not None or over:
        return Held(newest)
    return Held(before, newest)


def why_not(token: TokenRow | None, now_us: int) -> Refusal | None:
    """Why nobody may enrol by it."""
    again = "请管理员重新邀请 / {}: ask an administrator for a new one (watchkeeper agents invite {})"
    if token is None:
        told = again.format("there is no such token", "AGENT")
        return Refusal("enrolment_unknown", f"令牌不存在，{told}")
    if token.used_us is not None:
        told = again.format("the token was used already; people were told", token.agent)
        return Refusal("enrolment_used", f"令牌已被使用，已告警，{told}")
    if now_us >= token.until_us or now_us < token.made_us - TOKEN_LIFE_US:
        told = again.format("the token has expired", token.agent)
        return Refusal("enrolment_expired", f"令牌已过期，{told}")
    return None
