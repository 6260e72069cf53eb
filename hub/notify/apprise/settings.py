"""Settings of the channel to people."""

import msgspec

from contract.settings import Id
from hub.notify.delivery import Filter

TO_PEOPLE = Filter(priorities=[1, 2], acts=["raised", "reopened", "released", "unshelved", "escalated"])
"""What people are told where the settings do not say: what is new, calls again or is left lying, of the two upper
priorities."""


class AppriseSettings(msgspec.Struct, frozen=True, tag_field="type", tag="apprise"):
    """One receiver. `url_file`, a file's name beside the settings, holds Apprise's URL, which is a secret: `wecombot://…`,
    `dingtalk://…`, `feishu://…`, `ntfys://…`, `bark://…`, `mailtos://…`."""

    name: Id
    url_file: str
    only: Filter = TO_PEOPLE
