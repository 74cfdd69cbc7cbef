"""The import that Qovery's own page shows: `from qovery import Qovery`, the same class as `qovery_sync.Qovery`."""

from qovery_async import AsyncQovery
from qovery_sync import Qovery

__all__ = ["AsyncQovery", "Qovery"]
