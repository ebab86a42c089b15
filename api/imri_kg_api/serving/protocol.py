"""The connections of the server: uvicorn's HTTP/1.1, with deadlines for clients that send half a request and then wait.

uvicorn times a connection only between a reply and the next request. Here a head must be whole some seconds after the connection or its
first byte, and a client that goes on sending after its reply is cut off. What is no HTTP is answered with a problem document.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import STATUS_PHRASES, H11Protocol

from imri_kg_api.serving.limiting import Refusal, messages_of
from imri_kg_api.serving.service import Service

__all__ = ["protocol_of"]

#: Seconds and bytes that a client may go on sending after its reply, so that it can read the reply before the connection ends.
_LINGER_SECONDS = 5
_LINGER_BYTES = 16 << 20
_INVALID = "This is no HTTP/1.1 request that can be read. See RFC 9112."


def protocol_of(service: Service) -> type[asyncio.Protocol]:
    """Return the class of connections of a service."""

    class Connection(_Connection):
        """A connection to this service."""

    Connection.service = service
    return Connection


class _Connection(H11Protocol):
    service: Service

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: asyncio.TimerHandle | None = None
        self._state = ""
        self._late_bytes = 0
        self._refused = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.service.settings.connection_limit:
            self._refuse(Refusal("server-busy", "Too many connections are open at the moment; ask again in a second.", ((b"retry-after", b"1"),)))
            return
        self._arm("head", self.service.settings.header_seconds)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._state == "linger":
            self._late_bytes += len(data)
            if self._late_bytes > _LINGER_BYTES:
                self._expired()
        if self.transport.is_closing() or self._refused:
            return
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        """Set or lift the deadline that the state of the connection asks for."""
        if self._refused:
            return
        if self.transport.is_closing():
            self._disarm()
        elif self.conn.their_state is h11.IDLE:
            # Half a head counts from its first byte; between two requests uvicorn's own timer runs.
            if self.conn.trailing_data[0] or self._state == "head":
                self._arm("head", self.service.settings.header_seconds)
            else:
                self._disarm()
        elif self.conn.our_state in (h11.DONE, h11.MUST_CLOSE) and self.conn.their_state is h11.SEND_BODY:
            self._arm("linger", _LINGER_SECONDS)
        else:
            self._disarm()

    def _arm(self, state: str, seconds: float) -> None:
        if self._state == state:
            return
        self._disarm()
        self._state = state
        self._deadline = self.loop.call_later(seconds, self._expired)

    def _disarm(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
        self._deadline, self._state, self._late_bytes = None, "", 0

    def _expired(self) -> None:
        state = self._state
        self._disarm()
        if self.transport.is_closing():
            return
        if state == "head" and self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
            seconds = self.service.settings.header_seconds
            self._refuse(Refusal("slow-request", f"The head of the request was not whole after {seconds:g} seconds."))
            return
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what h11 could not read; uvicorn calls this while the error is handled."""
        error = sys.exc_info()[1]
        if getattr(error, "error_status_hint", 400) != 431:
            self._refuse(Refusal("bad-request", _INVALID))
        elif b"\n" in self.conn.trailing_data[0]:
            self._refuse(Refusal("headers-too-large", f"The head of the request has more than {self.service.settings.header_limit:,} bytes."))
        else:
            self._refuse(Refusal("address-too-long", f"The address has more than {self.service.settings.url_limit:,} bytes. Long queries can be sent with POST."))

    def _refuse(self, refusal: Refusal) -> None:
        """Answer without asking the application, and close once the client has read it: a client that is still sending would lose the reply."""
        if self._refused:
            return
        self._refused = True
        if self.cycle is not None and not self.cycle.response_complete:
            # Whatever the application still says, and whatever it waits for.
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if self.service.metrics is not None:
            self.service.metrics.refused(refusal.kind)
        status, headers, data = messages_of(refusal, "", self.service.releases.present.release, close=True)
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            # A broken pipelined request is met while nothing is being answered; else only closing is left.
            for event in (h11.Response(status_code=status, headers=headers, reason=STATUS_PHRASES[status]), h11.Data(data=data), h11.EndOfMessage()):
                self.transport.write(self.conn.send(event=event))
            if self.transport.can_write_eof():
                self.transport.write_eof()
                self._disarm()
                self._arm("linger", _LINGER_SECONDS)
                return
        self.transport.close()
