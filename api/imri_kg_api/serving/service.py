"""The server as one ASGI application: who may ask what, which release answers, and what is told of it.

Wraps the applications of all releases (`releases`). It is what uvicorn runs; the applications know nothing of it but the list of
releases and whether the server is about to stop.
"""

from __future__ import annotations

import asyncio
import time
from urllib.parse import unquote

from starlette.types import Message, Receive, Scope, Send

from imri_kg_api.app import PREFIX
from imri_kg_api.problems import CutShortError
from imri_kg_api.serving import observing
from imri_kg_api.serving.hosts import AllowedHosts, is_loopback
from imri_kg_api.serving.limiting import BodyBudget, GuardedBody, RateLimit, Refusal, head_refusal, refuse
from imri_kg_api.serving.metrics import Metrics
from imri_kg_api.serving.releases import Generation, Releases
from imri_kg_api.settings import Settings

__all__ = ["Service"]

_RELEASES = "/releases/"
#: The processes that validate open the present sources.
_VALIDATION = f"{PREFIX}/validate"
#: Asked by what watches the server, which must not be taken for a client that asks too much.
_HEALTH = frozenset({"/health/live", "/health/ready"})
#: So many bodies of the largest size may be in memory at one time.
_BODIES = 4
_REQUEST_ID = b"x-request-id"


class Service:
    """The outermost application.

    Args:
        releases: what is answered from.
        settings: limits and what is logged.
        bound: the address that is listened on, in digits.
    """

    def __init__(self, releases: Releases, settings: Settings, bound: str = "127.0.0.1") -> None:
        self.releases, self.settings = releases, settings
        self.hosts = AllowedHosts(bound, settings.allowed_host)
        self.metrics = Metrics() if settings.metrics != "off" else None
        self._rate = RateLimit(settings.rate_limit, settings.burst) if settings.rate_limit else None
        self._budget = BodyBudget(max(1, settings.body_limit) * _BODIES)
        self._watched = bool(self.metrics or settings.access_log)
        self.running = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        number = observing.request_id(scope)
        observing.REQUEST_ID.set(number)
        exchange = _Exchange(send, number.encode())
        started = time.perf_counter()
        generation, refusal = self.releases.present, None
        self.running += 1
        try:
            refusal = self._check(scope)
            if refusal is None and scope["path"].startswith(_RELEASES):
                generation, refusal = self._of_release(scope)
            if refusal is not None:
                await refuse(refusal, scope, exchange.send, generation.release)
            elif scope["path"] == "/metrics" and self._shows_metrics(scope):
                await self._show_metrics(exchange)
            else:
                refusal = await self._answer(generation, scope, receive, exchange)
        except CutShortError as error:
            # Without the end of its body the reply is no reply: the server below closes the connection.
            observing.announce(f"The reply to {scope['path'][:200]!r} was cut short: {error}")
        except asyncio.CancelledError:
            # The grace of a server that stops is over. Half a reply cannot be mended; where there is none yet, the client learns why.
            if not self.releases.standing.draining:
                raise
            if not exchange.started:
                refusal = Refusal("not-ready", "The server stops before this could be answered.", ((b"retry-after", b"5"),))
                await refuse(refusal, scope, exchange.send, generation.release)
        finally:
            self.running -= 1
            if self._watched:
                self._tell(scope, exchange, number, time.perf_counter() - started, generation, refusal)

    def _check(self, scope: Scope) -> Refusal | None:
        """Return why a request is refused whatever it asks."""
        if scope["path"].startswith(("http:", "https:")):
            _take_target_apart(scope)
        refusal = head_refusal(scope, self.settings)
        if refusal is not None:
            return refusal
        host = next((value for name, value in scope["headers"] if name == b"host"), None)
        # Only HTTP/1.0 can leave Host out, which no browser speaks.
        if host is not None and not self.hosts.admits(host):
            return Refusal("unknown-host", f"This server does not answer for the host {host.decode('latin-1')[:100]!r}. Who runs it names further hosts with --allowed-host.")
        if scope["path"] in _HEALTH:
            return None
        if self.running > self.settings.request_limit:
            return Refusal("server-busy", "Too many requests are being answered at the moment; ask again in a second.", ((b"retry-after", b"1"),))
        return self._rate.refusal(scope) if self._rate else None

    def _of_release(self, scope: Scope) -> tuple[Generation, Refusal | None]:
        """Return the release whose address below /releases/ is asked; the address of a release itself is one of the present application."""
        release, slash, rest = scope["path"].removeprefix(_RELEASES).partition("/")
        if not slash:
            return self.releases.present, None
        found = self.releases.find(release)
        if found is None:
            known = self.releases.names
            detail = f"This server does not keep the release {release[:100]!r}. It keeps {', '.join(known)}."
            return self.releases.present, Refusal("unknown-release", detail, (), (("known", known),))
        if found is not self.releases.present and "/" + rest == _VALIDATION:
            return self.releases.present, Refusal("no-such-address", f"Case data are validated with the present release alone; send them to {_VALIDATION}.")
        # Starlette takes the root path off before it looks for a route, and leaves it in the addresses that it makes.
        scope["root_path"] = _RELEASES + release
        return found, None

    async def _answer(self, generation: Generation, scope: Scope, receive: Receive, exchange: _Exchange) -> Refusal | None:
        with generation.held() as app:
            headers = {name: value for name, value in scope["headers"] if name in (b"content-length", b"transfer-encoding")}
            if not headers:
                await app(scope, receive, exchange.send)
                return None
            body = GuardedBody(receive, self.settings, self._budget)
            refusal = body.announced(headers.get(b"content-length", b""))
            if refusal is not None:
                await refuse(refusal, scope, exchange.send, generation.release)
                return refusal
            try:
                # What the application makes of a broken body is held back, for the refusal is the reply.
                await app(scope, body.receive, lambda message: _unless(body, exchange, message))
            except Exception:
                if body.refusal is None:
                    raise
            finally:
                body.close()
            if body.refusal is not None and not exchange.started:
                await refuse(body.refusal, scope, exchange.send, generation.release)
            return body.refusal

    def _shows_metrics(self, scope: Scope) -> bool:
        if self.metrics is None or scope["method"] not in ("GET", "HEAD"):
            return False
        return self.settings.metrics == "all" or bool(scope.get("client")) and is_loopback(scope["client"][0])

    async def _show_metrics(self, exchange: _Exchange) -> None:
        assert self.metrics is not None
        self.refresh()
        # With several workers their files are read, which takes longer than a request should hold up others.
        text, kind = await asyncio.to_thread(self.metrics.text)
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(text)).encode()), (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
        await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
        await exchange.send({"type": "http.response.body", "body": text})

    def refresh(self) -> None:
        """Bring the figures that are counted elsewhere up to date."""
        if self.metrics is not None:
            present = self.releases.present
            self.metrics.refresh(self.running, present.release, present.stats())

    def _tell(self, scope: Scope, exchange: _Exchange, number: str, seconds: float, generation: Generation, refusal: Refusal | None) -> None:
        if self.metrics is not None:
            if refusal is not None:
                self.metrics.refused(refusal.kind)
            self.metrics.answered(route="refused" if refusal else _route(scope), method=scope["method"], status=exchange.status, seconds=seconds)
        if self.settings.access_log:
            observing.tell_request(scope, number=number, status=exchange.status, size=exchange.size, seconds=seconds, release=generation.release)


class _Exchange:
    """The reply to one request on its way out: it gets the request's id, and is counted."""

    __slots__ = ("_number", "_send", "size", "status")

    def __init__(self, send: Send, number: bytes) -> None:
        self._send, self._number = send, number
        self.status = self.size = 0

    @property
    def started(self) -> bool:
        return bool(self.status)

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message = {**message, "headers": [*message["headers"], (_REQUEST_ID, self._number)]}
        elif message["type"] == "http.response.body":
            self.size += len(message.get("body", b""))
        await self._send(message)


async def _unless(body: GuardedBody, exchange: _Exchange, message: Message) -> None:
    if body.refusal is None or exchange.started:
        await exchange.send(message)


def _route(scope: Scope) -> str:
    """Return the template of the route that answered, which is one of few."""
    if scope["path"] == "/metrics":
        return "/metrics"
    template = getattr(scope.get("route"), "path", None)
    if template is None:
        return "none"
    # FastAPI gives the template as the router of an area has it, without the prefix of all areas.
    inside = scope["path"].removeprefix(scope.get("root_path", "")).startswith(PREFIX + "/") and not template.startswith(PREFIX)
    return PREFIX + template if inside else template


def _take_target_apart(scope: Scope) -> None:
    """Read a target in absolute form (RFC 9112, section 3.2.2): its host replaces the header `Host`."""
    raw = scope["raw_path"]
    host, slash, rest = raw.partition(b"://")[2].partition(b"/")
    scope["raw_path"] = b"/" + rest
    scope["path"] = unquote(scope["raw_path"].decode("ascii"))
    scope["headers"] = [(b"host", host), *((name, value) for name, value in scope["headers"] if name != b"host")]
