"""What do tests share that look for garbage?"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def small_heap() -> Iterator[None]:
    """Has `gc.collect()` look only at what is made from here on; all that other tests have left takes it half a second."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()
