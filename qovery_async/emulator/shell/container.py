"""Which container does a shell run in?"""

from __future__ import annotations

from collections.abc import Mapping

import attrs


@attrs.frozen(kw_only=True)
class Container:
    """A container to start a shell in. `files` exist in memory only: the host is never read or written."""

    pod_name: str = "pod"
    user: str = "root"
    directory: str = "/app"
    environment: Mapping[str, str] = attrs.Factory(dict[str, str])
    files: Mapping[str, bytes] = attrs.Factory(dict[str, bytes])
