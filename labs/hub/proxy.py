"""The proxy before the Hub and its servers: HTTP and web sockets, to TCP and unix sockets.

It takes the command line and the REST API of configurable-http-proxy, so that JupyterHub's own
class drives it, and needs nothing that JupyterHub does not bring.
"""

import argparse
import asyncio
import contextlib
import hmac
import logging
import os
from datetime import UTC, datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import unquote, urlsplit

import aiohttp
from aiohttp import ClientTimeout, WSMsgType, web
from yarl import URL

HOP_BY_HOP = {
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailers",
    "transfer-encoding",
    "upgrade",
}
NOT_ADDED = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")
UNIX = "http+unix"

log = logging.getLogger("labs.proxy")


class Upstreams:
    """A client session for each target."""

    def __init__(self):
        self.sessions = {}

    def reach(self, target):
        """The session that reaches `target`, and the address to ask it for."""
        parts = urlsplit(target)
        key = parts.scheme, parts.netloc
        session = self.sessions.get(key)
        if session is None or session.closed:
            session = self.sessions[key] = aiohttp.ClientSession(
                connector=_connector(parts),
                auto_decompress=False,
                timeout=ClientTimeout(total=None, sock_connect=10),
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        base = "http://localhost" if parts.scheme == UNIX else f"{parts.scheme}://{parts.netloc}"
        return session, base

    async def forget(self, target):
        parts = urlsplit(target)
        session = self.sessions.pop((parts.scheme, parts.netloc), None)
        if session:
            await session.close()


def _connector(parts):
    if parts.scheme != UNIX:
        return aiohttp.TCPConnector(limit=0)
    # JupyterHub writes a port even behind the path of a socket.
    return aiohttp.UnixConnector(unquote(parts.netloc).removesuffix(":80"), limit=0)


class Proxy:
    def __init__(self, options, token):
        self.options = options
        self.token = token
        self.routes = {}
        self.upstreams = Upstreams()

    # -- traffic

    def route_of(self, path):
        """The route with the longest prefix of whole parts of `path`; None if there is none."""
        path = path.rstrip("/") or "/"
        while path not in self.routes:
            if path == "/":
                return None
            path = path.rsplit("/", 1)[0] or "/"
        return self.routes[path]

    async def handle(self, request):
        route = self.route_of(request.path)
        if route is None:
            return await self.error_page(request, HTTPStatus.NOT_FOUND)
        touch(route)
        session, base = self.upstreams.reach(route["target"])
        url = URL(base + request.raw_path, encoded=True)
        try:
            if request.headers.get("Upgrade", "").lower() == "websocket":
                return await self.relay_websocket(request, session, url, route)
            upstream = await session.request(
                request.method,
                url,
                headers=self.forwarded_headers(request),
                data=request.content if request.body_exists else None,
                allow_redirects=False,
                skip_auto_headers=NOT_ADDED,
            )
        except (aiohttp.ClientConnectionError, aiohttp.WSServerHandshakeError, OSError) as error:
            log.warning("503 %s %s: %s", request.method, request.path, error)
            return await self.error_page(request, HTTPStatus.SERVICE_UNAVAILABLE)
        async with upstream:
            return await self.relay_answer(request, upstream, route)

    async def relay_answer(self, request, upstream, route):
        answer = web.StreamResponse(status=upstream.status, reason=upstream.reason)
        answer.headers.extend(
            (name, value)
            for name, value in upstream.headers.items()
            if name.lower() not in HOP_BY_HOP
        )
        await answer.prepare(request)
        async for chunk in upstream.content.iter_any():
            await answer.write(chunk)
        await answer.write_eof()
        touch(route)
        return answer

    async def relay_websocket(self, request, session, url, route):
        asked = request.headers.get("Sec-WebSocket-Protocol", "")
        headers = [
            (name, value)
            for name, value in self.forwarded_headers(request)
            if not name.lower().startswith("sec-websocket-")
        ]
        async with session.ws_connect(
            url,
            headers=headers,
            protocols=[name.strip() for name in asked.split(",") if name.strip()],
            max_msg_size=0,
            autoping=False,
            compress=0,
        ) as upstream:
            browser = web.WebSocketResponse(
                protocols=[upstream.protocol] if upstream.protocol else [],
                max_msg_size=0,
                autoping=False,
                compress=False,
            )
            await browser.prepare(request)
            directions = [
                asyncio.ensure_future(pump(browser, upstream, route)),
                asyncio.ensure_future(pump(upstream, browser, None)),
            ]
            _done, unfinished = await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            for direction in unfinished:
                direction.cancel()
            return browser

    def forwarded_headers(self, request):
        named = request.headers.get("Connection", "").split(",")
        dropped = HOP_BY_HOP | {name.strip().lower() for name in named} | {"cookie"}
        headers = [
            (name, value)
            for name, value in request.headers.items()
            if name.lower() not in dropped and not name.lower().startswith("x-forwarded-")
        ]
        cookies = self.kept_cookies(request.headers.get("Cookie", ""))
        if cookies:
            headers.append(("Cookie", cookies))
        before = request.headers
        chain = [before.get("X-Forwarded-For"), request.remote or "127.0.0.1"]
        scheme = before.get("X-Forwarded-Proto", request.scheme)
        return [
            *headers,
            ("X-Forwarded-For", ", ".join(filter(None, chain))),
            ("X-Forwarded-Proto", scheme),
            ("X-Forwarded-Host", before.get("X-Forwarded-Host", request.host)),
            ("X-Forwarded-Port", before.get("X-Forwarded-Port", str(request.url.port or 80))),
        ]

    def kept_cookies(self, header):
        """The cookies without the platform's own: browsers send them to every port of a host."""
        pairs = (pair.strip() for pair in header.split(";"))
        kept = (p for p in pairs if p.partition("=")[0] not in self.options.drop_cookie)
        return "; ".join(filter(None, kept))

    async def error_page(self, request, status):
        """The Hub's page for `status`; a bare line when the Hub itself is away."""
        target = self.options.error_target
        if target:
            session, base = self.upstreams.reach(target)
            path = urlsplit(target).path.rstrip("/")
            url = URL(f"{base}{path}/{status.value}").with_query(url=request.path_qs)
            with contextlib.suppress(aiohttp.ClientError, OSError, TimeoutError):
                async with session.get(url, timeout=ClientTimeout(total=5)) as page:
                    body = await page.read()
                    return web.Response(status=status, body=body, content_type=page.content_type)
        return web.Response(status=status, text=f"{status.value} {status.phrase}\n")

    async def lite_file(self, request):
        """A file of JupyterLite's site, which each release has below its own name with its own files."""
        release, path = request.match_info["release"], request.match_info["path"]
        if path.startswith("pyodide/") and release != "site":
            raise web.HTTPFound(f"/lite/site/{path}")  # 15 MB that all labs share
        is_own = path.startswith(("api/contents/", "files/"))
        part = f"releases/{release}" if is_own else "site"
        folder = (self.options.lite / part).resolve()
        file = (folder / path).resolve()
        if not (folder.is_relative_to(self.options.lite.resolve()) and file.is_relative_to(folder)):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        return (
            web.FileResponse(file) if file.is_file() else web.Response(status=HTTPStatus.NOT_FOUND)
        )

    # -- the REST API

    @web.middleware
    async def require_token(self, request, handler):
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"token {self.token}".encode()):
            return web.Response(status=HTTPStatus.FORBIDDEN)
        return await handler(request)

    async def list_routes(self, _request):
        return web.json_response(self.routes)

    async def add_route(self, request):
        route = await request.json()
        if not route.get("target"):
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        path = route_path(request)
        previous = self.routes.get(path)
        self.routes[path] = touch(route)
        if previous and previous["target"] != route["target"]:
            await self.upstreams.forget(previous["target"])
        return web.Response(status=HTTPStatus.CREATED)

    async def delete_route(self, request):
        route = self.routes.pop(route_path(request), None)
        if route is None:
            return web.Response(status=HTTPStatus.NOT_FOUND)
        await self.upstreams.forget(route["target"])
        return web.Response(status=HTTPStatus.NO_CONTENT)


def route_path(request):
    return "/" + unquote(request.match_info.get("path", "")).strip("/")


def touch(route):
    """Note that `route` was used; the Hub reads this as the server's last activity."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    route["last_activity"] = now.replace("+00:00", "Z")
    return route


async def pump(source, sink, route):
    """Pass messages on until `source` closes; those of the browser count as activity."""
    async for message in source:
        if route is not None:
            touch(route)
        match message.type:
            case WSMsgType.TEXT:
                await sink.send_str(message.data)
            case WSMsgType.BINARY:
                await sink.send_bytes(message.data)
            case WSMsgType.PING:
                await sink.ping(message.data)
            case WSMsgType.PONG:
                await sink.pong(message.data)
    await sink.close(code=source.close_code or aiohttp.WSCloseCode.OK)


def parse_options(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ip", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--socket")
    parser.add_argument("--api-ip", default="127.0.0.1")
    parser.add_argument("--api-port", type=int, default=8001)
    parser.add_argument("--api-socket")
    parser.add_argument("--error-target")
    parser.add_argument("--log-level", default="info")
    parser.add_argument("--drop-cookie", action="append", default=[])
    parser.add_argument("--lite", type=Path, help="the folder of JupyterLite's site")
    return parser.parse_args(arguments)


async def listen(application, path, ip, port):
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.UnixSite(runner, path) if path else web.TCPSite(runner, ip, port)
    await site.start()


async def serve(options):
    proxy = Proxy(options, os.environ["CONFIGPROXY_AUTH_TOKEN"])
    public = web.Application()
    if options.lite:  # answered here, whether or not a Hub runs
        public.router.add_get("/lite/{release}/{path:.+}", proxy.lite_file)
    public.router.add_route("*", "/{path:.*}", proxy.handle)
    control = web.Application(middlewares=[proxy.require_token])
    for path in ("/api/routes", "/api/routes/{path:.*}"):
        control.router.add_get(path, proxy.list_routes)
        control.router.add_post(path, proxy.add_route)
        control.router.add_delete(path, proxy.delete_route)
    await listen(public, options.socket, options.ip, options.port)
    await listen(control, options.api_socket, options.api_ip, options.api_port)
    log.info("serving %s", options.socket or f"{options.ip}:{options.port}")
    await asyncio.Event().wait()


def main():
    options = parse_options()
    logging.basicConfig(level=options.log_level.upper(), format="%(asctime)s %(name)s %(message)s")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(options))


if __name__ == "__main__":
    main()
