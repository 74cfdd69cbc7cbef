"""Which cattrs converter do all clients share?"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from cattrs import Converter


@functools.cache
def converter() -> Converter:
    """The converter of this process: the decoder of a model is built once and serves every client."""
    # Imported at the first use, like the models: creating a client stays fast.
    from qovery_async.codec import decode, encode

    made = Converter(detailed_validation=False)
    decode.register(made)
    encode.register(made)
    return made


@functools.cache
def decoder(type_: Any) -> Callable[[Any, Any], Any]:
    """What reads parsed JSON as a type, given both; it raises where the JSON does not fit. Built once."""
    return converter().get_structure_hook(type_)
