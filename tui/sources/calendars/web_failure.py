"""Why a calendar could not be fetched, in words of our own: what libraries say of it repeats the address.

Nothing is asked or opened here.
"""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from tui.domain.text import safe_text
from tui.sources.calendars.web_body import BodyError


class FetchError(Exception):
    """The calendar could not be got; the message is a sentence that holds no part of an address but its host."""

    def __init__(
        self,
        message: str,
        *,
        offline: bool = False,
        refused: bool = False,
        not_before: datetime | None = None,
    ) -> None:
        super().__init__(message)
        self.offline = offline
        """True where no server answered."""
        self.refused = refused
        """True where the server answered, and not with the calendar: the address may be an old one."""
        self.not_before = not_before
        """When the server wishes to be asked again."""


@contextmanager
def own_words(address_host: str, connect_seconds: float) -> Iterator[None]:
    """Turn what libraries raise into FetchError. What is no failure of the network (a full disk) is passed on."""
    import httpx

    host = shown(address_host)
    try:
        yield
    except BodyError as error:
        raise FetchError(f"{error}", refused=True) from None
    except httpx.ConnectTimeout:
        raise FetchError(f"`{host}` did not answer within {connect_seconds:g} s", offline=True) from None
    except httpx.ProxyError:
        raise FetchError("the proxy refused; check the proxy variables of the environment", offline=True) from None
    except (httpx.RequestError, httpx.StreamError) as error:
        raise FetchError(_reason(error, host), offline=isinstance(error, httpx.NetworkError)) from None
    except (httpx.InvalidURL, ImportError, ValueError) as error:
        # An address or a proxy that httpx does not take, or a kind of proxy it lacks the library for. It looks at the
        # address an answer leads to before anybody asks it to.
        said = f"`{host}` cannot be asked ({type(error).__name__}); copy its address anew, check the proxy variables"
        raise FetchError(said) from None


def shown(host: str) -> str:
    """The one part of an address that may be shown."""
    return safe_text(host, 100)


def _reason(error: Exception, host: str) -> str:
    """Why no answer came, in words of our own."""
    import httpx

    for cause in _causes(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = safe_text(cause.verify_message or "", 80) or "unknown authority"
            return (
                f"the certificate of `{host}` is not trusted ({why}); where it is your organisation's, add its "
                "authority to the system's, or name it in `SSL_CERT_FILE`"
            )
        if isinstance(cause, ssl.SSLError):
            return f"there is no safe connection to `{host}` ({safe_text(cause.reason or 'TLS failed', 60)})"
        if isinstance(cause, socket.gaierror):
            return f"`{host}` is not found"
        if isinstance(cause, ConnectionRefusedError):
            return f"`{host}` refuses the connection"
        if isinstance(cause, OSError) and cause.strerror:
            return f"`{host}` cannot be reached: {safe_text(cause.strerror, 80)}"
    if isinstance(error, httpx.RemoteProtocolError | httpx.ReadError):
        return f"the answer of `{host}` broke off, or is none that can be understood"
    return f"`{host}` cannot be reached ({type(error).__name__})"


def _causes(error: BaseException) -> Iterator[BaseException]:
    found: BaseException | None = error
    for _ in range(10):
        if found is None:
            return
        yield found
        found = found.__cause__ or found.__context__
