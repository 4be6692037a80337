"""A small server that speaks Africa's Talking's API, for tests that send."""

import json
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from urllib.parse import parse_qs


@dataclass
class Gateway:
    """What was asked of it, and how it answers: `code` a recipient, `status` of HTTP, or never."""

    url: str = ""
    code: int = 101
    status: int = 201
    answer: str | None = None
    is_silent: bool = False
    asked: list[dict[str, str]] = field(default_factory=list)
    came: Event = field(default_factory=Event)
    closed: Event = field(default_factory=Event)

    @property
    def texts(self):
        return [request["message"] for request in self.asked]


def _handler(gateway):
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            request = {name: values[0] for name, values in parse_qs(body).items()}
            gateway.asked.append(request | {"key": self.headers["apiKey"], "path": self.path})
            gateway.came.set()
            if gateway.is_silent:
                gateway.closed.wait(20)
                return
            answer = gateway.answer or json.dumps(
                {
                    "SMSMessageData": {
                        "Message": "Sent to 1/1 Total Cost: KES 0.8000",
                        "Recipients": [
                            {
                                "statusCode": gateway.code,
                                "number": request["to"],
                                "status": "Success" if gateway.code < 200 else "InvalidPhoneNumber",
                                "cost": "KES 0.8000",
                                "messageId": f"ATXid_{len(gateway.asked)}",
                            }
                        ],
                    }
                }
            )
            self.send_response(gateway.status)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.end_headers()
            self.wfile.write(answer.encode())

        def log_message(self, *_arguments):
            """Say nothing: the test looks at `asked`."""

    return Handler


@contextmanager
def running_gateway():
    gateway = Gateway()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(gateway))
    server.daemon_threads = True
    gateway.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        gateway.closed.set()
        server.shutdown()
        thread.join()
        server.server_close()
