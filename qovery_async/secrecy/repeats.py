"""How is a secret found in a response that repeats it, perhaps in another spelling?

A server that quotes a request spells it for the place where it puts it: percent-encoded in an address, with backslashes
in JSON that is cut short, with references on a web page. Decoding the text finds each of them, whichever characters
were encoded and in which case.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar, cast
from urllib.parse import unquote

from qovery_async.secrecy.masking import MASK

V = TypeVar("V")

# Characters; real tokens have 40 and more.
_TELLING = 8
# Characters; decoding a longer text would keep the loop busy, so that only the plain spelling is looked for.
_LONGEST = 2**20


def telling(secret: object) -> tuple[str, ...]:
    """What to look for: nothing where a secret is too short to be told from words."""
    return (secret,) if isinstance(secret, str) and len(secret) >= _TELLING else ()


def may_stand_in(secrets: tuple[str, ...], text: str) -> bool:
    """Whether it is worth looking closely: a secret stands in the text, or something is encoded there."""
    for secret in secrets:  # each response is asked, and `any` with a generator takes thrice the time
        if secret in text:
            return True
    return "%" in text or "&" in text or "\\" in text or "\0" in text


def hide(secrets: tuple[str, ...], value: V) -> V:
    """A string, or JSON that has been read, with `***` in place of each secret.

    A string that has one in another spelling comes back decoded.
    """
    return cast("V", _hide(secrets, value)) if secrets else value


def _hide(secrets: tuple[str, ...], value: object) -> object:
    if isinstance(value, str):
        return _hide_in_text(secrets, value)
    if isinstance(value, list):
        return [_hide(secrets, item) for item in cast("list[object]", value)]
    if isinstance(value, dict):
        items = cast("dict[object, object]", value).items()
        return {_hide(secrets, name): _hide(secrets, item) for name, item in items}
    return value


def _hide_in_text(secrets: tuple[str, ...], text: str) -> str:
    # No spelling is shorter than the secret.
    if len(text) < min(map(len, secrets)) or not may_stand_in(secrets, text):
        return text
    decoded = text
    for decode in _DECODERS[: 1 if len(text) > _LONGEST else None]:
        decoded = decode(decoded)
        if any(secret in decoded for secret in secrets):
            for secret in secrets:
                decoded = decoded.replace(secret, MASK)
            text = decoded
    return text


def _unescape(text: str) -> str:
    r"""A string of JSON, or of what Python shows of bytes: `\/`, `\u002b`, `\x2b`."""
    return re.sub(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|([^ux]))", _unescaped, text)


def _unescaped(match: re.Match[str]) -> str:
    number = match[1] or match[2]
    return chr(int(number, 16)) if number else match[3]


def _narrow(text: str) -> str:
    """A text of 16 bits that was read as one of 8."""
    return text.replace("\0", "")


def _dereferenced(text: str) -> str:
    """A text of a web page without references such as `&#43;`."""
    if "&" not in text:
        return text
    from html import unescape  # at the first need: the names of all characters take as long as 20 modules of the SDK

    return unescape(text)


# An address in a parameter of another is encoded twice, and so is JSON in what Python shows of bytes.
_DECODERS: tuple[Callable[[str], str], ...] = (str, _narrow, unquote, unquote, _dereferenced, _unescape, _unescape)
