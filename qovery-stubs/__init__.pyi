# A single module cannot carry `py.typed`; PEP 561 has its types in a package of this name.
from qovery_async import AsyncQovery
from qovery_sync import Qovery

__all__ = ["AsyncQovery", "Qovery"]
