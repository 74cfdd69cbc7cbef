"""Which cattrs converter do all clients share?"""

from __future__ import annotations

import functools

from cattrs import Converter


@functools.cache
def converter() -> Converter:
    """One for the process: what it learns of a model serves every client.

    Imported with the first use, as models are: a client is made faster than that.
    """
    from qovery_async.codec import decode, encode

    made = Converter(detailed_validation=False)
    decode.register(made)
    encode.register(made)
    return made
