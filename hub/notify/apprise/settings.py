"""Settings of the channel to people."""

import msgspec

from contract.settings import Id
from hub.notify.delivery import Filter
from hub.notify.secrets import one_of

TO_PEOPLE = Filter(priorities=[1, 2], acts=["raised", "reopened", "escalated"])
"""What people are told where the settings do not say: what is new or left lying, of the two upper priorities."""


class AppriseSettings(msgspec.Struct, frozen=True, tag_field="type", tag="apprise", forbid_unknown_fields=True):
    """One receiver. `url` is Apprise's and is a secret, so `url_file` may hold it instead: `wecombot://…`, `dingtalk://…`,
    `feishu://…`, `ntfys://…`, `bark://…`, `mailtos://…`."""

    name: Id
    url: str = ""
    url_file: str = ""
    filter: Filter = TO_PEOPLE

    def __post_init__(self) -> None:
        one_of(self.url, self.url_file, "url")
