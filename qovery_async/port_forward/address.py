"""What does the user get of an open port?"""

from __future__ import annotations

import attrs

from qovery_async.errors import QoveryError
from qovery_async.vocabulary.values import frozen


@frozen(eq=False)
class ForwardedPort:
    """The local address that leads to a port of a service. As a string, it is `127.0.0.1:5432`."""

    host: str
    """The IP address it listens on."""
    port: int
    """The local port."""
    errors: list[QoveryError] = attrs.field(factory=list[QoveryError], repr=False)
    """Why connections through it failed: the last hundred errors, the latest last. They are logged as well."""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"
