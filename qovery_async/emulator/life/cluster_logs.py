"""Which lines do the actions on a cluster write?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

import attrs

from qovery_async.emulator.life.actions import Action
from qovery_async.models import ClusterLogsStep, ClusterStateEnum

MOST: Final = 1000
"""How many lines of a cluster are kept."""

# Frames have milliseconds, and clients tell lines from each other by their times.
_TICK = timedelta(milliseconds=1)


@attrs.frozen
class ClusterEntry:
    """A line in the log of a cluster."""

    at: datetime
    step: ClusterLogsStep
    message: str
    error: str = ""
    """The tag of the error, or nothing."""


@attrs.frozen
class _Words:
    """How the log names an action, and its steps."""

    gerund: str
    participle: str
    noun: str
    begins: ClusterLogsStep
    ends: ClusterLogsStep
    fails: ClusterLogsStep


_DELETION = _Words(
    "Deleting", "deleted", "deletion", ClusterLogsStep.DELETE, ClusterLogsStep.DELETED, ClusterLogsStep.DELETE_ERROR
)
_WORDS: Mapping[Action, _Words] = {
    Action.DEPLOY: _Words(
        "Deploying", "deployed", "deployment",
        ClusterLogsStep.CREATE, ClusterLogsStep.CREATED, ClusterLogsStep.CREATE_ERROR,
    ),
    Action.STOP: _Words(
        "Stopping", "stopped", "stop", ClusterLogsStep.PAUSE, ClusterLogsStep.PAUSED, ClusterLogsStep.PAUSE_ERROR
    ),
    Action.DELETE: _DELETION,
}  # fmt: skip
_LEFT_BY: Mapping[ClusterStateEnum, Action] = {
    ClusterStateEnum.DEPLOYED: Action.DEPLOY,
    ClusterStateEnum.STOPPED: Action.STOP,
}


def queued(entries: list[ClusterEntry], at: datetime, action: Action, user: str) -> None:
    """Writes that an action waits for its turn."""
    _add(entries, at, ClusterLogsStep.LOAD_CONFIGURATION, f"The {_WORDS[action].noun} that {user} requested is queued")


def begun(entries: list[ClusterEntry], at: datetime, action: Action, upgrade_to: str) -> None:
    """Writes that an action has begun, and what it upgrades to."""
    words = _WORDS[action]
    _add(entries, at, words.begins, f"{words.gerund} the cluster")
    if upgrade_to:
        _add(entries, at, ClusterLogsStep.UNDER_MIGRATION, f"Upgrading Kubernetes to {upgrade_to}")


def ended(
    entries: list[ClusterEntry], at: datetime, action: Action, failure: ClusterStateEnum | None, upgraded_to: str
) -> None:
    """Writes how an action has ended."""
    words = _WORDS[action]
    if failure is not None:
        _add(entries, at, words.fails, f"The {words.noun} of the cluster has failed: {failure.value}", failure.value)
        return
    if upgraded_to:
        _add(entries, at, ClusterLogsStep.UNDER_MIGRATION, f"Kubernetes has been upgraded to {upgraded_to}")
    _add(entries, at, words.ends, f"The cluster is {words.participle}")


def restored(entries: list[ClusterEntry], state: ClusterStateEnum, at: datetime) -> None:
    """Writes what an action before the start of the emulator has left."""
    if state in _LEFT_BY:
        ended(entries, at, _LEFT_BY[state], None, "")


def after(entries: Sequence[ClusterEntry], last: datetime) -> list[ClusterEntry]:
    """The lines that are later than a time."""
    return [entry for entry in entries if entry.at > last]


def _add(entries: list[ClusterEntry], at: datetime, step: ClusterLogsStep, message: str, error: str = "") -> None:
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    if entries:
        at = max(at, entries[-1].at + _TICK)
    entries.append(ClusterEntry(at, step, message, error))
    del entries[:-MOST]
