"""Which authorities does a client trust?"""

from __future__ import annotations

import ssl as ssl_module
from pathlib import Path
from typing import cast

import aiohttp

from qovery_async.errors import ConfigurationError


def read_ssl(ssl: ssl_module.SSLContext | str | Path | None) -> ssl_module.SSLContext | None:
    """A context as given, or one that trusts the authorities in a file (PEM) or folder (as OpenSSL names them).

    Raises:
        ConfigurationError: it is something else, or cannot be read.
    """
    if ssl is None or isinstance(ssl, ssl_module.SSLContext):
        return ssl
    if not isinstance(cast("object", ssl), (str, Path)) or not str(ssl):
        raise ConfigurationError(
            f"ssl must be a file or folder of authorities to trust, or an SSLContext, got {ssl!r}; "
            "certificates are always verified"
        )
    try:
        if Path(ssl).is_dir():
            return ssl_module.create_default_context(capath=str(ssl))
        return ssl_module.create_default_context(cafile=str(ssl))
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"ssl: cannot read certificates from {str(ssl)!r}: {error}") from error


def refuse_unverified(session: aiohttp.ClientSession | None, ssl: ssl_module.SSLContext | None) -> None:
    """Refuses a session that was made without verification, perhaps for another purpose.

    Raises:
        ConfigurationError: it does not verify certificates, and no `ssl` replaces its setting.
    """
    # aiohttp has no public way to ask.
    if ssl is None and getattr(getattr(session, "connector", None), "_ssl", True) is False:
        raise ConfigurationError(
            "the session that was given does not verify certificates; give ssl=... the file of the authority to trust"
        )
