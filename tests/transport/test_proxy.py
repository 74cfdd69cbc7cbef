"""When does a call go through a proxy, and what happens when the proxy is down or refuses?"""

from __future__ import annotations

import traceback
from typing import Any, ClassVar

import pytest

from qovery_async import AsyncQovery, ConfigurationError, ConnectError
from tests.support.server import LIST, TOKEN, Ask, closed_port, serve, serve_bytes

pytestmark = pytest.mark.anyio


class TestProxy:
    """The API's name here cannot be resolved: an answer comes through the proxy or not at all."""

    API = "http://api.qovery.invalid"

    PLAIN: ClassVar = {"allow_plain_http": True}

    @staticmethod
    def call(client: Any) -> Any:
        return client.projects.list(organization_id="o1")

    @pytest.mark.parametrize(
        ("variable", "address"), [("http_proxy", "http://{}"), ("HTTP_PROXY", "http://{}"), ("http_proxy", "{}")]
    )
    async def test_of_the_environment_is_used(
        self, ask: Ask, variable: str, address: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with serve(LIST) as proxy:
            monkeypatch.setenv(variable, address.format(proxy.url.removeprefix("http://")))
            monkeypatch.setenv("NO_PROXY", "example.com,qovery.com,localhost")
            await ask(self.API, self.call, **self.PLAIN)
            assert proxy.only.target == f"{self.API}/organization/o1/project"

    def test_of_a_kind_that_is_not_spoken_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("https_proxy", "socks5://localhost:1080")
        with pytest.raises(ConfigurationError, match=r"proxy of the environment \(HTTPS_PROXY\).*http://user"):
            AsyncQovery(TOKEN)

    async def test_of_the_argument_wins_and_may_have_a_password(
        self, ask: Ask, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", closed_port())
        async with serve(LIST) as proxy:
            await ask(self.API, self.call, **self.PLAIN, proxy=proxy.url.replace("//", "//me:hidden@"))
            assert proxy.only.headers["Proxy-Authorization"].startswith("Basic ")

    async def test_that_is_down_is_named_without_its_password(self, ask: Ask) -> None:
        proxy = closed_port().replace("//", "//me:hidden@")
        with pytest.raises(ConnectError, match=proxy.rpartition(":")[2]) as failed:
            await ask(self.API, self.call, **self.PLAIN, proxy=proxy)
        assert "hidden" not in "".join(traceback.format_exception(failed.value))

    @pytest.mark.parametrize("status", [407, 502])
    async def test_that_refuses_a_tunnel_is_told_from_an_api_that_answers(self, ask: Ask, status: int) -> None:
        refusal = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
        async with serve_bytes(refusal) as proxy:
            with pytest.raises(ConnectError, match=f"(?i)proxy.*{status}|{status}.*proxy"):
                await ask(self.API.replace("http:", "https:"), self.call, proxy=proxy.url)

    @pytest.mark.parametrize("no_proxy", [None, "0.0.0.0", "*", "example.com, 0.0.0.0", "0.0.0.0:{port}"])
    async def test_is_not_used_with_trust_env_off_nor_for_what_no_proxy_names(
        self, ask: Ask, no_proxy: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async with serve(LIST) as server:
            monkeypatch.setenv("http_proxy", closed_port())
            if no_proxy is not None:
                monkeypatch.setenv("no_proxy", no_proxy.format(port=server.url.rpartition(":")[2]))
            url = server.url.replace("127.0.0.1", "0.0.0.0")  # not one of the names that take no proxy
            await ask(url, self.call, **self.PLAIN, trust_env=no_proxy is not None)
            assert len(server.requests) == 1
