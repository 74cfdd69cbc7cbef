"""What can a client do beside its namespaces?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from qovery_async.errors import ConfigurationError
from qovery_async.runtime.resource import Resource
from qovery_async.runtime.warm_up import warm_up
from qovery_async.transport.request import Call
from qovery_async.transport.response import RawResponse
from qovery_async.vocabulary import UNSET

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class Root(Resource):
    """What both clients offer beside their namespaces."""

    @property
    def base_url(self) -> str:
        """The address of the API."""
        return self._core.exchange.base_url

    @property
    def ws_url(self) -> str:
        """The address of the WebSocket API."""
        return self._core.exchange.ws_url

    async def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        json: object = UNSET,
    ) -> RawResponse:
        """Send a request to a path that has no method yet.

        `path` is relative to the base URL and percent-encoded. `json` may hold models. Raises what
        every operation raises.
        """
        if not re.fullmatch(r"/[!-~]*", path) or re.search(r"[?#{}]", path):
            raise ConfigurationError(f"path must begin with /, be percent-encoded and hold no query, got {path!r}")
        if method.upper() not in _METHODS:
            raise ConfigurationError(f"method must be one of {', '.join(_METHODS)}, got {method!r}")
        call = Call("request", f"{method.upper()} {path}", query=params, body=json, empty_ok=True)
        response = await self._core.exchange.send(call, "application/json, */*;q=0.5")
        return RawResponse(response.status, response.headers, response.data())

    async def warm_up(self, *namespaces: str) -> None:
        """Import and build what the named namespaces need (`"projects"`, `"jobs.secrets"`).

        For services that mind how long their first request takes. Sends nothing.
        """
        await warm_up(self, self._core.exchange.codec, namespaces)
