"""`watchkeeper policy check FILE`: everything that is wrong with a policy file, in one go."""

from pathlib import Path

from hub.policy.load import check_policy


def check_file(path: Path | str) -> list[str]:
    """One line for each mistake, `FILE:LINE: CLAUSE: what is wrong: what to write instead`; none for a good file."""
    return check_policy(path).messages
