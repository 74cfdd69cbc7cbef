"""Which cattrs converters do all clients share?

A `BaseConverter` has fewer types of its own than a `Converter`, which takes six times as long to make, and models need
none of them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from cattrs import BaseConverter


@functools.cache
def decoder(type_: Any) -> Callable[[Any, Any], Any]:
    """What reads parsed JSON as a type, given both; it raises where the JSON does not fit. Built once for all clients."""
    return _reading().get_structure_hook(type_)


@functools.cache
def _reading() -> BaseConverter:
    # Imported at the first use, like the models: creating a client stays fast.
    from qovery_async.codec import decode

    made = BaseConverter(detailed_validation=False)
    decode.register(made)
    return made


@functools.cache
def encoder() -> Callable[[object], Any]:
    """What writes models and what else a body may hold as plain JSON; it raises where JSON has no form."""
    # As above; most programs read first, and some do nothing else.
    from qovery_async.codec import encode

    made = BaseConverter()
    encode.register(made)
    return made.unstructure
