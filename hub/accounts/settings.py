"""How long sign-ins last."""

from typing import Annotated

import msgspec


class AccountsSettings(msgspec.Struct, frozen=True):
    """`idle_minutes`: a sign-in that is not used for so long ends; an open live channel is use. `session_hours`: it ends then in
    any case. `token_days_max`: the longest life of a program's token."""

    idle_minutes: Annotated[int, msgspec.Meta(ge=1, le=1_440)] = 60
    session_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 13
    token_days_max: Annotated[int, msgspec.Meta(ge=1, le=3_660)] = 400
