"""When is which webhook called, and what became of that?"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Collection
from concurrent.futures import Future
from typing import Any

from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.life.clock import stamp
from qovery_async.emulator.life.dice import Ids
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun
from qovery_async.emulator.webhooks import messages
from qovery_async.emulator.webhooks.delivering import Courier, Message
from qovery_async.emulator.webhooks.matching import refusal, wants
from qovery_async.emulator.world import crud
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse
from qovery_async.emulator.world.state import Entity, State
from qovery_async.models import OrganizationWebhookEventEnum, OrganizationWebhookKindEnum

_KEPT = 100
_SECRET = "secret"  # noqa: S105  # the name of a fact


class WebhookOffice:
    """Calls the webhooks of an emulator, and keeps the latest 100 deliveries of each.

    `secret_headers` are the names of the headers with the secret: the one of the API's description and the one of
    the documentation. It and `timeout` may be changed.
    """

    def __init__(self, state: State, life: Life, hosts: Collection[str], seed: int) -> None:
        self.secret_headers: Collection[str] = ("Qovery-Signature", "Qovery-Secret")
        self._state, self._life = state, life
        self._hosts = frozenset(host.lower() for host in hosts)
        self._courier = Courier()
        self.ids = Ids(f"{seed}/webhooks")
        self.deliveries: defaultdict[str, deque[dict[str, Any]]] = defaultdict(lambda: deque(maxlen=_KEPT))
        self._under_way = 0
        self._waiters: list[Future[None]] = []
        self._lock = threading.Lock()  # a test may move the clock in a thread of its own
        life.started.append(lambda run: self._tell(OrganizationWebhookEventEnum.DEPLOYMENT_STARTED, run.request))
        life.ended.append(self._ended)
        life.dropped.append(lambda request: self._tell(OrganizationWebhookEventEnum.DEPLOYMENT_CANCELLED, request))
        state.removed.append(self._forget)

    @property
    def timeout(self) -> float:
        """Seconds that a receiver has to respond, in real time."""
        return self._courier.timeout

    @timeout.setter
    def timeout(self, seconds: float) -> None:
        self._courier.timeout = seconds

    async def settled(self) -> None:
        """Waits until each event so far has been delivered, or has failed. It may be awaited on any event loop."""
        await asyncio.wrap_future(self._all_done())

    def wait_settled(self, timeout: float | None = None) -> None:
        """Does what `settled` does, in a thread without an event loop.

        Raises:
            TimeoutError: `timeout` seconds were too few.
        """
        self._all_done().result(timeout)

    async def close(self) -> None:
        """Ends all deliveries."""
        await self._courier.close()

    def handlers(self) -> ApiHandlers:
        """The handlers of webhooks."""
        return {"webhooks.create": self._create, "webhooks.update": self._kept, "webhooks.list_events": self._list}

    def _create(self, call: ApiCall) -> ApiResponse:
        if not str(call.sent.get("target_url")).startswith(("http://", "https://")):
            raise Refusal(400, "target_url: must start with http:// or https://")
        return self._kept(call)

    def _kept(self, call: ApiCall) -> ApiResponse:
        """Creates or updates a webhook, and keeps its secret, which no response has."""
        response = crud.handler(call.operation)(call)
        webhook = self._state.get("webhook", response.body["id"])
        webhook.facts[_SECRET] = call.sent.get("target_secret")
        return response

    def _list(self, call: ApiCall) -> ApiResponse:
        return ApiResponse({"results": [*self.deliveries[call.target.id]]})

    def _forget(self, removed: Entity) -> None:
        self.deliveries.pop(removed.id, None)

    def _ended(self, run: DeploymentRun) -> None:
        self._tell(messages.end_of(run), run.request)

    def _tell(self, event: OrganizationWebhookEventEnum, request: DeploymentRequest) -> None:
        environment = self._state.find(request.environment_id)
        organization = environment.above("organization") if environment else None
        if environment is None or organization is None:
            return
        for webhook in organization.of_kind("webhook"):
            if wants(webhook, event, environment):
                self._send(webhook, event, request, environment)

    def _send(
        self, webhook: Entity, event: OrganizationWebhookEventEnum, request: DeploymentRequest, environment: Entity
    ) -> None:
        if webhook.value.get("kind") == OrganizationWebhookKindEnum.SLACK:
            body = messages.slack(event, request, environment)
        else:
            body = messages.standard(event, self._life, request, environment)
        url, secret = str(webhook.value.get("target_url")), str(webhook.facts.get(_SECRET) or "")
        delivery = {
            "id": self.ids.new(),
            "created_at": stamp(self._life.clock.now()),
            "kind": webhook.value.get("kind"),
            "matched_event": event.value,
            "target_url_used": url,
            "request": body,
        }

        def done(status: int, said: str) -> None:
            if self._state.find(webhook.id) is webhook:
                response = {"target_response_status_code": status, "target_response_body": said}
                self.deliveries[webhook.id].append(delivery | response)
            self._count(-1)

        self._count(+1)
        secrets = dict.fromkeys(self.secret_headers if secret else (), secret)
        headers = {"User-Agent": "Qovery-Emulator", **secrets}
        self._courier.send(Message(url=url, headers=headers, body=body, refused=refusal(url, self._hosts), done=done))

    def _count(self, more: int) -> None:
        with self._lock:
            self._under_way += more
            waiters, self._waiters = (self._waiters, []) if not self._under_way else ([], self._waiters)
        for waiter in waiters:
            if waiter.set_running_or_notify_cancel():
                waiter.set_result(None)

    def _all_done(self) -> Future[None]:
        done = Future[None]()
        with self._lock:
            if self._under_way:
                self._waiters.append(done)
                return done
        done.set_result(None)
        return done
