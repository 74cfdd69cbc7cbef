"""Which error is raised for one of aiohttp's? Without its frames, which hold the headers and so the token."""

from __future__ import annotations

import aiohttp

from qovery_async.errors import ConfigurationError, ConnectError, QoveryError, RequestTimeout, TransportError
from qovery_async.secrecy.printable import one_line
from qovery_async.secrecy.secret import Secret
from qovery_async.transport.options import Timeout
from qovery_async.transport.request import Request
from qovery_async.transport.watch import Expired


def failure(error: BaseException, request: Request, limit: Timeout, authorization: Secret) -> BaseException:
    """The SDK's error for a failure on the way; cancellation and the like stay as they are."""
    if isinstance(error, QoveryError):
        return type(error)(authorization.hidden_in(str(error)) + request.doubt)
    if not isinstance(error, (aiohttp.ClientError, OSError, ValueError, Expired)):
        error.__cause__ = error.__context__ = None
        return error.with_traceback(None)
    translated = _translated(error, request, limit, authorization)
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(cause, OSError):
        cause.__cause__ = cause.__context__ = None
        translated.__cause__ = cause.with_traceback(None)
    return translated


def _translated(error: Exception, request: Request, limit: Timeout, authorization: Secret) -> QoveryError:
    def said(message: str) -> str:
        """The message on one line, without the token: aiohttp shows offending bytes, which may repeat a request."""
        return one_line(authorization.hidden_in(message))

    match error:
        case aiohttp.ConnectionTimeoutError():
            return ConnectError(f"{request}: no connection within {limit.connect} s")
        case TimeoutError() | Expired():
            return RequestTimeout(f"{request}: no complete response within the timeout ({limit}){request.doubt}")
        case aiohttp.ClientConnectorError() | aiohttp.ClientConnectorCertificateError():
            return ConnectError(f"{request}: cannot connect: {said(str(error))}{_advice(error)}")
        case aiohttp.InvalidURL() | UnicodeError():
            return ConfigurationError(f"{request}: not a valid URL")
        case ValueError():
            # For example, the user's own session has credentials.
            return ConfigurationError(f"{request}: cannot be sent: {said(str(error))}")
        case aiohttp.ClientHttpProxyError():
            return ConnectError(f"{request}: the proxy returned {error.status} {said(error.message)}")
        case aiohttp.ClientResponseError():
            return TransportError(f"{request}: the response is not HTTP: {said(error.message)}{request.doubt}")
        case _:
            what = said(str(error)) or type(error).__name__
            return TransportError(f"{request}: the connection broke: {what}{request.doubt}")


def _advice(error: object) -> str:
    if not isinstance(error, aiohttp.ClientConnectorCertificateError):
        return ""
    return "; certificates are always verified: for an authority of your own, pass its file as ssl=..."
