"""What the API needs for visits besides tables: keys, where links lead, and how often somebody without an account may ask."""

from collections import Counter

from contract.clock import rfc3339
from contract.names import code_name, plate_name
from hub.accounts.throttle import Rate, Rates, address_key
from hub.visit_vault import Vault
from hub.visits.personal import Personal
from hub.visits.types import Visit

LINK_PATH = "/resident/#"
"""What follows `public_url`: the resident's page (hub/api/pages.py). The token stands behind it, where browsers send it to
nobody: in no access log, no Referer."""
BY_ADDRESS = Rate(0.2, 20)
"""Questions about links from one address: a household that taps again and again, and no more."""
BY_LINK = Rate(0.1, 20)
"""What one resident's own link does."""
IN_TOTAL = Rate(20, 200, keys_max=1)


class VisitDesk:
    """`card_key`: the site's, by which gates know credentials; None: passes have no code, and a guard lets people in by hand.
    `channels`: over how many ways residents can be told. Any thread."""

    def __init__(
        self, site: str, vault: Vault, *, card_key: bytes | None = None, public_url: str = "", channels: int = 0
    ) -> None:
        self.vault, self.channels, self.public_url = vault, channels, public_url.rstrip("/")
        self._site, self._card_key = site, card_key
        self.counters: Counter[str] = Counter()
        self._by_address = Rates(BY_ADDRESS, "address", self.counters)
        self._by_link = Rates(BY_LINK, "link", self.counters)
        self._in_total = Rates(IN_TOTAL, "total", self.counters)

    def wait_s(self, host: str, now_us: int) -> int:
        """0: somebody without an account may ask about a link now. Else: so many seconds are to be waited."""
        wait_s = self._by_address.wait_s(address_key(host), now_us)
        return wait_s or self._in_total.wait_s("", now_us)

    def wait_link_s(self, link: str, now_us: int) -> int:
        """The same for a resident's own link that is in force, by its name."""
        return self._by_link.wait_s(link, now_us)

    def link_token(self, link: str) -> str:
        """The token of a link. Raises BadKeyFile."""
        return self.vault.names().link_token(link)

    @property
    def reaches_residents(self) -> bool:
        """Whether a link can be sent to anybody."""
        return bool(self.channels and self.public_url)

    def seal(self, visit: str, personal: Personal, now_us: int) -> str:
        """The visit's box. Raises BadKeyFile."""
        return self.vault.seal(self._where(visit), personal, rfc3339(now_us)[:10])

    def open(self, visit: Visit) -> Personal | None:
        """What is in its box; None: it was erased, or cannot be opened. Raises BadKeyFile."""
        return self.vault.open(self._where(visit.visit), visit.sealed) if visit.sealed else None

    def qr_name(self, visit: str) -> str:
        """By what gates know the pass's code; empty: there is none. Raises BadKeyFile."""
        return "" if self._card_key is None else code_name(self._card_key, "qr", self.pass_text(visit))

    def plate_name(self, plate: str) -> str:
        """By what gates know the plate; empty: they do not."""
        return plate_name(self._card_key, plate) if plate and self._card_key is not None else ""

    def pass_text(self, visit: str) -> str:
        """What the pass's code holds. Raises BadKeyFile."""
        return self.vault.names().pass_text(visit)

    def link_url(self, link: str) -> str:
        """The address that a resident gets; empty where the settings say none. Raises BadKeyFile."""
        return f"{self.public_url}{LINK_PATH}{self.vault.names().link_token(link)}" if self.public_url else ""

    def destroy_before(self, day: str) -> int:
        """Destroy the keys of all days before that one. Returns how many. Raises OSError."""
        return self.vault.destroy_before(day)

    def _where(self, visit: str) -> str:
        return f"{self._site}/{visit}"
