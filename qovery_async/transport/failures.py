"""What is raised for what aiohttp raises? Without its frames, which hold the headers and with them the token."""

from __future__ import annotations

import aiohttp

from qovery_async.errors import ConfigurationError, ConnectError, QoveryError, RequestTimeout, TransportError
from qovery_async.secrecy.printable import one_line
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.options import Timeout
from qovery_async.transport.request import Request


def failure(error: BaseException, request: Request, limit: Timeout, authorization: Secret) -> BaseException:
    """One of our errors for what went wrong on the way; cancellation and the like as they are."""
    if isinstance(error, QoveryError):
        return type(error)(authorization.hidden_in(str(error)) + request.doubt)
    if not isinstance(error, (aiohttp.ClientError, OSError, ValueError)):
        error.__context__ = None
        return error.with_traceback(None)
    translated = _translated(error, request, limit, authorization)
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(cause, OSError):
        cause.__cause__ = cause.__context__ = None
        translated.__cause__ = cause.with_traceback(None)
    return translated


def _translated(error: Exception, request: Request, limit: Timeout, authorization: Secret) -> QoveryError:
    def said(message: str) -> str:
        """On one line and without the token: aiohttp shows all offending bytes, which may repeat what was sent."""
        return one_line(authorization.hidden_in(message))

    match error:
        case aiohttp.ConnectionTimeoutError():
            return ConnectError(f"{request}: no connection within {limit.connect} s")
        case TimeoutError():
            return RequestTimeout(f"{request}: no complete answer within the timeout ({limit}){request.doubt}")
        case aiohttp.ClientConnectorError() | aiohttp.ClientConnectorCertificateError():
            return ConnectError(f"{request}: cannot connect: {said(str(error))}{_advice(error)}")
        case aiohttp.InvalidURL() | UnicodeError():
            return ConfigurationError(f"{request}: not a URL that can be asked")
        case ValueError():
            # A session that was given has credentials of its own, say.
            return ConfigurationError(f"{request}: cannot be sent: {said(str(error))}")
        case aiohttp.ClientHttpProxyError():
            return ConnectError(f"{request}: the proxy answered {error.status} {said(error.message)}")
        case aiohttp.ClientResponseError():
            return TransportError(f"{request}: what came back is not HTTP: {said(error.message)}{request.doubt}")
        case _:
            what = said(str(error)) or type(error).__name__
            return TransportError(f"{request}: the connection broke: {what}{request.doubt}")


def _advice(error: object) -> str:
    if not isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ""
    return "; certificates are always verified: where this server's authority is your own, name its file with ssl=..."
