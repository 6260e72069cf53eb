"""What all turns of a worker share."""

from collections import Counter
from collections.abc import Callable
from typing import NamedTuple, Protocol

from hub.ingest.access.around import AccessArchive
from hub.ingest.casebook import ClosedCases
from hub.ingest.duties.parts import OldRecords
from hub.ingest.guards.book import OldPhones
from hub.ingest.keys import Keys
from hub.ingest.limits import Quota, Throttle
from hub.ingest.outcome import PictureRow
from hub.ingest.passages.book import OldPassages
from hub.ingest.ports import EstateNow, SiteBook
from hub.ingest.retention.around import OldFootage
from hub.ingest.stepping import RuleTable
from hub.ingest.visits.around import VisitArchive
from hub.passages.holders import Holders, NoHolders


class Archive(ClosedCases, OldRecords, OldPassages, AccessArchive, VisitArchive, OldFootage, OldPhones, Protocol):
    """What a turn may look up in the database. Raises DatabaseGone."""

    def picture(self, picture: str) -> PictureRow | None:
        """A promised picture."""
        ...


class Surroundings(NamedTuple):
    """What all turns of a worker share. `ready_us`: when this worker took the site over; sources that were silent before then
    are given their time from there. `link_digest`: of the token that a link's name makes."""

    book: SiteBook
    table: RuleTable
    archive: Archive
    new_id: Callable[[], str]
    reports: Throttle
    flushes: Throttle
    quota: Quota
    counters: Counter[str]
    keys: Keys
    link_digest: Callable[[str], str]
    ready_us: int = 0
    estate: EstateNow | None = None
    holders: Holders = NoHolders()
