"""The models of `qovery_async.models`, under this package's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qovery_async.models import *
else:
    # Out of the type checkers' sight: a `__getattr__` they can see would hide typing errors.
    from qovery_async import models as _models

    def __getattr__(name: str) -> Any:
        return getattr(_models, name)

    def __dir__() -> list[str]:
        return dir(_models)
