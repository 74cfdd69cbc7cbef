"""Between bytes and models."""

from qovery_async.codec.codec import Codec, from_dict, to_dict, to_json

__all__ = ["Codec", "from_dict", "to_dict", "to_json"]
