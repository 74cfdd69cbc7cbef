"""How is a stream opened: which parameters, and what becomes of the only frame of some?"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar, cast

from qovery_async.errors import ConfigurationError, NotFound, RequestTimeout
from qovery_async.runtime.core import Core
from qovery_async.runtime.resource import Resource
from qovery_async.streams.backlog import WhenSlow
from qovery_async.streams.feed import Parameters, nanoseconds
from qovery_async.streams.kinds import Kind, Past
from qovery_async.streams.paths import PARAMETERS
from qovery_async.streams.places import Given, Places, StreamTarget, checked, id_of, present
from qovery_async.streams.stream import Stream, first

T = TypeVar("T")


class StreamOpener(Resource):
    """Opens streams, and looks up the ids that their handshakes need beside the one that matters."""

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self._places = Places(core)

    def _of_service(
        self,
        kind: Kind[T],
        service: StreamTarget,
        ids: Given,
        filters: Mapping[str, object],
        when_slow: WhenSlow,
        *,
        past: Callable[[str, str], Awaitable[Past[T] | None]] | None = None,
    ) -> Stream[T]:
        """`past` is called with the id and the kind of the service."""
        id_ = id_of("service", service)
        ids = {**ids, "service": id_}
        if past is None:
            return self._opened(kind, service, ids, filters, when_slow)

        async def before() -> Past[T] | None:
            return await past(id_, (await self._places.placed(service, ids, {"service_type"}))["service_type"])

        return self._opened(kind, service, ids, filters, when_slow, past=before)

    def _of_environment(
        self, kind: Kind[T], environment: StreamTarget, ids: Given, filters: Mapping[str, object], when_slow: WhenSlow
    ) -> Stream[T]:
        ids = {**ids, "environment": id_of("environment", environment)}
        return self._opened(kind, environment, ids, filters, when_slow)

    def _of_cluster(
        self,
        kind: Kind[T],
        cluster: StreamTarget,
        organization_id: str | None,
        filters: Mapping[str, object],
        when_slow: WhenSlow,
    ) -> Stream[T]:
        ids = {"organization": organization_id, "cluster": id_of("cluster", cluster)}
        return self._opened(kind, cluster, ids, filters, when_slow)

    def _of_path(self, path: str, params: Mapping[str, object], when_slow: WhenSlow) -> Stream[Any]:
        if not re.fullmatch(r"/[\w/-]+", path):
            raise ConfigurationError(f"path must begin with / and be that of a stream, got {path!r:.80}")
        known = PARAMETERS.get(path)
        if known is not None:
            missing = [name for name, needed in known.items() if needed and name not in {*params, "organization"}]
            unknown = [name for name in params if name not in known and "[" not in name]
            if missing or unknown:
                what = f"needs {', '.join(missing)}" if missing else f"does not take {', '.join(unknown)}"
                raise ConfigurationError(f"the stream {path} {what}; it takes {', '.join(known)}")

        async def parameters() -> Parameters:
            organization = params.get("organization") or await self._organization_id(None)
            return {"organization": organization, **params}

        return Stream(self._core, Kind[Any](path, lambda: Any), parameters, when_slow)

    def _opened(
        self,
        kind: Kind[T],
        of: StreamTarget,
        ids: Given,
        filters: Mapping[str, object],
        when_slow: WhenSlow,
        *,
        past: Callable[[], Awaitable[Past[T] | None]] | None = None,
    ) -> Stream[T]:
        parameters = partial(self._places.parameters, kind.path, of, ids, present(filters))
        return Stream(self._core, kind, parameters, when_slow, past)

    async def _only(self, stream: Stream[T], *, at_once: bool = True) -> T:
        """The only frame of a stream, which comes `at_once` unless the server has to wait for it itself."""
        timeout = self._core.exchange.options.timeout
        limits = [timeout.total, timeout.attempt if at_once else None]
        seconds = min((limit for limit in limits if limit is not None), default=None)
        try:
            found = await first(stream, seconds)
        except TimeoutError:
            found, late = None, True
        else:
            late = False
        if found is not None:
            return found
        where = f"{stream.kind.operation}: GET {self._core.exchange.ws_url}{stream.kind.path}"
        if late:
            raise RequestTimeout(f"{where}: nothing came within the timeout ({seconds} s)")
        raise NotFound(
            404,
            "the stream ended without data: its cluster has no agent that could send some",
            operation=stream.kind.operation,
            method="GET",
            url=f"{self._core.exchange.ws_url}{stream.kind.path}",
        )


def given(
    organization_id: str | None, cluster_id: str | None, project_id: str | None, environment_id: str | None = None
) -> Given:
    """Ids under the names that handshakes have for them.

    Raises:
        ConfigurationError: one is empty, or no string.
    """
    ids = {
        "organization": organization_id,
        "cluster": cluster_id,
        "project": project_id,
        "environment": environment_id,
    }
    for name, id_ in ids.items():
        if id_ is not None:
            checked(f"{name}_id", id_)
    return ids


def check_history(**given: object) -> None:
    """Refuses what the list of the last lines cannot be asked for.

    Raises:
        ConfigurationError: one is given.
    """
    wrong = [name for name, value in given.items() if value is not None]
    if wrong:
        raise ConfigurationError(f"history=True cannot be combined with {', '.join(wrong)}: leave one of them out")


def moment(start: datetime | None) -> str | None:
    """A time as streams take it.

    Raises:
        ConfigurationError: it has no time zone.
    """
    if start is None:
        return None
    if not isinstance(cast("object", start), datetime) or start.tzinfo is None:
        raise ConfigurationError(f"start must be a datetime with a time zone, got {start!r:.80}")
    return str(nanoseconds(start.timestamp() * 1000))
