"""What can be chosen about an emulator?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from aiohttp.typedefs import Middleware

    from qovery_async.emulator.facts.refusals import ErrorStyle
    from qovery_async.emulator.life.actions import Durations
    from qovery_async.emulator.world.inventions import Samples
    from qovery_async.emulator.world.presets import World


@attrs.frozen(kw_only=True)
class EmulatorOptions:
    """The arguments of `Emulator`, which documents them, without its address."""

    world: World
    seed: int
    token: str | None
    requests_per_hour: int | None
    error_style: ErrorStyle
    speed: float | None
    durations: Durations | None
    middlewares: Sequence[Middleware]
    hosts: Sequence[str]
    webhook_hosts: Sequence[str]
    samples: Samples
    strict: bool
    state_file: Path | None
