"""Which tests stay together on one worker of pytest-xdist.

`--dist loadgroup` writes a test's group into its id; with a pytest whose ids cannot be written to it groups nothing, and says so
nowhere. So the groups that there are stand here, by path.
"""

from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = {"tests/demo/test_demo_run.py": "whole-system", "tests/unit/web/": "web"}
"""By how a test's id begins."""
BY_FILE = ("tests/browser/",)
"""Each file starts something dear that its tests share."""


def group_of(nodeid: str) -> str:
    """The name of the test's group; a test that is in none is alone in its own."""
    if nodeid.startswith(BY_FILE):
        return nodeid.partition("::")[0]
    return next((group for begins, group in TOGETHER.items() if nodeid.startswith(begins)), nodeid)


class Grouped(LoadScopeScheduling):
    """Gives each group to one worker."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
