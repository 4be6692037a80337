"""A stand-in for the Hub's REST API: one learner's server, which is as a test says."""

import json
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


class StandIn:
    """`server` is None, "starting" or "ready"; `delay` is how long each answer takes."""

    def __init__(self):
        self.server, self.delay, self.asked = None, 0, []

    def answer(self, method, path):
        """(status, body), as JupyterHub 6 gives them."""
        self.asked.append(method)
        time.sleep(self.delay)
        if method == "GET":
            servers = {"": {"ready": self.server == "ready"}} if self.server else {}
            return 200, {"servers": servers}
        if method == "DELETE":
            self.server = None
            return 204, None
        if path.endswith("/server"):
            self.server = self.server or "starting"
            return 202, None
        return 201, {}


@contextmanager
def stand_in_hub():
    """(StandIn, the address of its API)"""
    hub = StandIn()

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            status, body = hub.answer(self.command, self.path)
            content = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_DELETE = answer  # noqa: N815 - the library's names

        def log_message(self, *_arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield hub, f"http://127.0.0.1:{server.server_port}/hub/api"
    server.shutdown()
    server.server_close()
    thread.join()
