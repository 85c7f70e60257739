"""The server under the stand-in portals: one process on 127.0.0.1, one portal a path prefix."""

from __future__ import annotations

import json
import socket
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from http import HTTPStatus
from types import TracebackType
from typing import Any, ClassVar, Self

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule, Submount
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

from ckanext.harvesters.replay.faults import Faults

Handler = Callable[..., Response]
"""Answers a request; the parts of the path come as keyword arguments."""

REMEMBERED_REQUESTS = 10_000


def route(path: str, handler: Handler) -> Rule:
    """Bind a path inside a portal (``/items/<id>``) to the method that answers it. GET only."""
    return Rule(path, endpoint=handler, methods=["GET"])


def json_response(document: Any, status: int = 200, **headers: str) -> Response:
    """Answer a JSON document as the portals do: UTF-8, no escapes. ``X_Name`` becomes the header ``X-Name``."""
    # Of a lone surrogate that leaves the escape by which JSON writes it.
    body = json.dumps(document, ensure_ascii=False).encode(errors="backslashreplace")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(body, status=status, headers=sent, content_type="application/json; charset=utf-8")


class Portal(ABC):
    """One stand-in portal: a path prefix, the paths under it, and the faults it shows just now."""

    name: ClassVar[str]
    #: Whether it gives its answers an ETag and takes If-None-Match (RFC 9110 §13).
    dated = False

    def __init__(self) -> None:
        self.faults = Faults()

    @abstractmethod
    def routes(self) -> Iterable[Rule]:
        """Name the paths this portal answers, made with :func:`route`."""


class ReplayServer:
    """Serves portals over HTTP on 127.0.0.1 from a thread of its own.

    A context manager: it listens from the constructor on (so ``url`` is known) and answers inside the block.
    Its root names the portals. ``requests`` keeps the last paths with their query, in order of arrival, ``statuses``
    what was answered, for tests that count them.
    """

    def __init__(self, portals: Sequence[Portal], port: int = 0) -> None:
        """Bind the port (0: a free one). Raises OSError when it is taken."""
        self.portals = {portal.name: portal for portal in portals}
        self.requests: deque[str] = deque(maxlen=REMEMBERED_REQUESTS)
        names = sorted(self.portals)
        listed = Rule("/", endpoint=lambda _request: json_response({"portals": names}), methods=["GET"])
        self.statuses: deque[int] = deque(maxlen=REMEMBERED_REQUESTS)
        prefixes = [Submount(f"/{portal.name}", self._rules(portal)) for portal in portals]
        self._map = Map([listed, *prefixes], strict_slashes=False, merge_slashes=False)
        # werkzeug would end the process when the port is taken; a socket of our own raises.
        with socket.create_server(("127.0.0.1", port)) as bound:
            number = bound.getsockname()[1]
            self._server = make_server(
                "127.0.0.1",
                number,
                self._application,
                threaded=True,
                request_handler=_Connection,
                fd=bound.fileno(),
            )
        # How often the thread looks whether it should end (seconds): tests start and stop hundreds of these.
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="replay", daemon=True)

    @property
    def url(self) -> str:
        """The address of the server, without a slash at its end."""
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def serve_forever(self) -> None:
        """Answer in the calling thread until :meth:`stop` is called from another one."""
        self._server.serve_forever()
        self._server.server_close()

    def stop(self) -> None:
        """Let :meth:`serve_forever` return after the request under way."""
        self._server.shutdown()

    @staticmethod
    def _rules(portal: Portal) -> list[Rule]:
        """Put the portal's faults that concern every request before each of its handlers."""

        def guarded(handler: Handler) -> Handler:
            return lambda request, **parts: portal.faults.before() or handler(request, **parts)

        return [route(rule.rule, guarded(rule.endpoint)) for rule in portal.routes()]

    def _application(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.requests.append(request.full_path.rstrip("?"))
        try:
            handler, parts = self._map.bind_to_environ(environ).match()
            response = handler(request, **parts)
            portal = self.portals.get(request.path.split("/")[1])
            if portal and portal.dated and response.status_code == HTTPStatus.OK:
                response.add_etag()
                response.make_conditional(request)
        except HTTPException as error:
            response = error.get_response(environ)
        self.statuses.append(response.status_code)
        return response(environ, start_response)


class _Connection(WSGIRequestHandler):
    """Speaks HTTP/1.1 (bodies of unknown length come in chunks) and logs nothing."""

    protocol_version = "HTTP/1.1"
    timeout = 60

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 (werkzeug's own name)
        """Stay silent: who replays a portal looks at the harvest report, not at an access log."""
