"""A bounded load over a few connections, and what it measured."""

import http.client
import json
import re
import statistics
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

CONNECTIONS = 8
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    """One connection with its cookies; answers are read whole."""

    def __init__(self, address, session=None, source="127.0.0.1"):
        site = urlsplit(address)
        self.connection = http.client.HTTPConnection(
            site.hostname, site.port, timeout=30, source_address=(source, 0)
        )
        self.cookies = {"sessionid": session} if session else {}
        self.status, self.location, self.body = 0, "", ""

    def request(self, method, path, data=None):
        headers = {
            "Accept-Encoding": "gzip",
            "Host": self.connection.host + f":{self.connection.port}",
        }
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if isinstance(data, str):
            headers |= {"Content-Type": "application/json", "X-CSRFToken": self.token}
            body = data
        elif data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            body = urlencode({"csrfmiddlewaretoken": self.token, **data})
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie", []):
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        self.status, self.location, self.raw, self.headers = (
            answer.status,
            answer.headers.get("Location", ""),
            content,
            answer.headers,
        )
        return self

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, data):
        return self.request("POST", path, data)

    def post_json(self, path, data):
        """As a page's script sends: JSON, with the token in a header."""
        return self.request("POST", path, json.dumps(data))

    @property
    def text(self):
        import gzip  # only the pages whose form is read are unpacked: the load is the server's, not ours

        return (
            gzip.decompress(self.raw).decode()
            if self.headers.get("Content-Encoding") == "gzip"
            else self.raw.decode()
        )

    def read_token(self):
        self.token = TOKEN.search(self.text)[1]
        return self


@dataclass
class Measured:
    """Seconds of each request, per step, and how long the whole took."""

    seconds: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def time(self, step, action, expected):
        begun = time.perf_counter()
        answer = action()
        spent = time.perf_counter() - begun
        with self.lock:
            self.seconds.setdefault(step, []).append(spent)
            if answer.status != expected:
                self.faults.append(f"{step}: {answer.status}")
        return answer


def run_together(workers):
    """Run the callables at once, one thread each, and return the seconds it took."""
    threads = [threading.Thread(target=worker) for worker in workers]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - begun


def row(step, seconds, wall):
    """One line of the table; requests a second are those of the whole load while this step was its part."""
    ordered = sorted(seconds)
    return {
        "step": step,
        "requests": len(ordered),
        "per_second": round(len(ordered) / wall, 1),
        "p50_ms": round(1000 * statistics.median(ordered), 1),
        "p95_ms": round(1000 * ordered[int(0.95 * (len(ordered) - 1))], 1),
    }
