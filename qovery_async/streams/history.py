"""How do the last lines of a service, which the API lists, and its stream become one log? All but `past_of` is pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from qovery_async import models
from qovery_async.resources.applications import Applications
from qovery_async.resources.containers import Containers
from qovery_async.runtime.core import Core
from qovery_async.streams.kinds import Past
from qovery_async.streams.position import OVERLAP

LINES: Final = 1_000
"""The most lines that the API lists."""

_ROUNDING: Final = 1
"""Milliseconds by which the times of one line may differ: the list or the stream may cut what the other rounds."""

_LISTS: Mapping[str, Callable[[Core, str], Awaitable[list[models.Log]]]] = {
    "APPLICATION": lambda core, id_: Applications(core).list_logs(id_),
    "CONTAINER": lambda core, id_: Containers(core).list_logs(id_),
}
"""By the kind of service. Other kinds have no such operation."""


async def past_of(core: Core, service_id: str, kind: str, pod_name: str | None) -> Past[models.ServiceLogLine] | None:
    """The last lines of a service; None if there are none, or for a kind whose lines the API does not list."""
    listed = _LISTS.get(kind)
    logs = await listed(core, service_id) if listed is not None else []
    if not logs:
        return None
    lines = lines_of(logs)
    seam = Seam(lines)
    own = [line for line in lines if pod_name in (None, line.pod_name)]
    return Past(own, seam.start, seam.repeats)


def lines_of(logs: Sequence[models.Log]) -> list[models.ServiceLogLine]:
    """Listed lines as those of a stream. What the list does not say is empty."""
    is_backwards = len(logs) > 1 and logs[0].created_at > logs[-1].created_at
    lines = [_line(log) for log in (reversed(logs) if is_backwards else logs)]
    lines.sort(key=lambda line: line.created_at)
    return lines


class Seam:
    """Tells which lines of a stream were listed before it began. Each listed line is met once."""

    def __init__(self, past: Sequence[models.ServiceLogLine]) -> None:
        self._cut = past[0].created_at if len(past) >= LINES else float("-inf")
        """A full list may have left out lines up to this time, on purpose."""
        self.start = max(past[-1].created_at - OVERLAP, self._cut)
        """The time from which the stream has to repeat, in milliseconds: pods do not log in one order."""
        self._differs = False
        """Whether the list and the stream have had different times for a line."""
        self._left = defaultdict[str, list[models.ServiceLogLine]](list)
        for line in past:
            self._left[line.message].append(line)

    def repeats(self, moment: float, identity: Any) -> bool:
        """Whether a line of the stream came before it; then it is met. Its time and identity are as `line_mark` has them."""
        pod_name, _, message = identity
        if moment <= self._cut:
            return True
        left = self._left.get(message, []) if isinstance(message, str) else []
        near = [line for line in left if abs(line.created_at - moment) <= _ROUNDING and line.pod_name in ("", pod_name)]
        if not near:
            return False
        # Unless times are known to differ, the line of the same time is meant.
        met = next((line for line in near if line.created_at == moment and not self._differs), near[0])
        self._differs |= met.created_at != moment
        left.remove(met)
        return True


def _line(log: models.Log) -> models.ServiceLogLine:
    pod_name: str | None = log.pod_name
    version: str | None = log.version
    return models.ServiceLogLine(
        created_at=round(log.created_at.timestamp() * 1000),
        message=log.message,
        pod_name=pod_name or "",
        version=version or "",
        container_name="",
        severity_text="",
        labels={},
        from_kube=False,
    )
