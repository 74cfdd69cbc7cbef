"""Which cattrs converter do all clients share?"""

from __future__ import annotations

import functools

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
