"""How long may what comes before a wait take, and how much of the timeout is left then?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

import attrs

from qovery_async.deployments.failures import DeploymentTimeout
from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.vocabulary.values import frozen

T = TypeVar("T")


@frozen
class Deadline:
    """The end of a timeout, in seconds, that several steps share."""

    timeout: float
    _ends: float = attrs.field(
        init=False,
        default=attrs.Factory(lambda self: asyncio.get_running_loop().time() + self.timeout, takes_self=True),
    )

    @property
    def left(self) -> float:
        """The seconds that are left: more than zero, so that the next step tells what it was about to do."""
        return max(self._ends - asyncio.get_running_loop().time(), 0.001)

    async def bound(
        self, step: Awaitable[T], action: DeploymentAction, target: str, environment_id: str | None = None
    ) -> T:
        """Carries out a step.

        Raises:
            DeploymentTimeout: it has not ended in time.
        """
        limit = asyncio.timeout_at(self._ends)
        try:
            async with limit:
                return await step
        except TimeoutError:
            if not limit.expired():
                raise
            text = f"The {action} of {target} had not been asked for after {self.timeout:g} s."
            raise DeploymentTimeout(text, action=action, target=target, environment_id=environment_id) from None
