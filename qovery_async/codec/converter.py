"""Which cattrs converter do all clients share?"""

from __future__ import annotations

import functools

from cattrs import Converter


@functools.cache
def converter() -> Converter:
    """The only cattrs converter of the process, so each model is compiled once for all clients."""
    # Imported on first use, because this takes longer than making a client.
    from qovery_async.codec import decode, encode

    made = Converter(detailed_validation=False)
    decode.register(made)
    encode.register(made)
    return made
