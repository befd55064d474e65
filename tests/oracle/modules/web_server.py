"""A web server for the cases: answers are the same each time, and say what was
asked. `start` gives its address; it ends with this program."""

import base64
import gzip
import http.server
import json
import threading

TEXT = b"hello\n"
SHA1 = "f572d396fae9206628714fb2ce00f72e94f2258f"
SHA256 = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
OLD = "Fri, 02 Jan 1970 00:00:00 GMT"
LONG_AGO = "Thu, 01 Jan 1970 00:00:00 GMT"

# Paths with what is always the same: status, headers, body.
PAGES = {
    "/f": (200, {"Content-Type": "text/plain"}, TEXT),
    "/d/f": (200, {"Content-Type": "application/octet-stream"}, TEXT),
    "/empty": (200, {"Content-Type": "text/plain"}, b""),
    "/none": (204, {}, b""),
    "/json": (200, {"Content-Type": "application/json"},
              b'{"a": [1, 2.5, null, true], "b": "\\u00e9"}'),
    "/bad.json": (200, {"Content-Type": "application/json"}, b'{"a": '),
    "/script": (200, {"Content-Type": "text/javascript"}, b"[1]"),
    "/problem": (200, {"Content-Type": "application/problem+json"}, b"[2]"),
    "/latin": (200, {"Content-Type": "text/plain; charset=iso-8859-1"},
               b"\xe9\n"),
    "/bytes": (200, {}, b"\x00\xff\n"),
    "/many": (200, {"X-One-Two": "3", "Content-Type": "text/plain",
                    "X-Twice": ["a", "b"]}, TEXT),
    "/cookies": (200, {"Set-Cookie": ["a=1; Path=/", "b=2; Path=/"],
                       "Content-Type": "text/plain"}, TEXT),
    "/named": (200, {"Content-Disposition": 'attachment; filename="g"',
                     "Content-Type": "text/plain"}, TEXT),
    "/named/up": (200, {"Content-Disposition": "attachment; filename=../g",
                        "Content-Type": "text/plain"}, TEXT),
    "/sums": (200, {"Content-Type": "text/plain"},
              f"{SHA256}  f\n{'0' * 64}  g\n".encode()),
    "/sum": (200, {"Content-Type": "text/plain"}, f"{SHA256}\n".encode()),
    "/sums/binary": (200, {"Content-Type": "text/plain"},
                     f"{SHA256} *./f\n".encode()),
    "/sums/other": (200, {"Content-Type": "text/plain"},
                    f"{'0' * 64}  g\n{'1' * 64}  h\n".encode()),
    "/gzip": (200, {"Content-Encoding": "gzip", "Content-Type": "text/plain"},
              gzip.compress(TEXT, mtime=0)),
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Oracle/1"
    sys_version = ""

    def log_message(self, *_):
        pass

    def date_time_string(self, timestamp=None):
        return LONG_AGO

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, text in headers.items():
            for one in text if isinstance(text, list) else [text]:
                self.send_header(name, one)
        if "Transfer-Encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        body = self.body()
        path = self.path.split("?")[0]
        first, _, rest = path[1:].partition("/")
        if path in PAGES:
            self.answer(*PAGES[path])
        elif first == "echo":
            said = {"method": self.command, "path": self.path,
                    "body": body.decode("latin-1"),
                    "headers": {k.lower(): v for k, v in self.headers.items()}}
            self.answer(200, {"Content-Type": "application/json"},
                        json.dumps(said, sort_keys=True).encode())
        elif first == "status":
            self.answer(int(rest), {"Content-Type": "text/plain"}, TEXT)
        elif first == "redirect":
            code, _, to = rest.partition("/")
            self.answer(int(code), {"Location": f"/{to}",
                                    "Set-Cookie": "seen=yes; Path=/",
                                    "Content-Type": "text/plain"}, b"away\n")
        elif first == "circle":
            self.answer(302, {"Location": "/circle"}, b"")
        elif first == "auth":
            wanted = base64.b64encode(b"alice:secret").decode()
            if self.headers.get("Authorization") == f"Basic {wanted}":
                self.answer(200, {"Content-Type": "text/plain"}, b"in\n")
            else:
                self.answer(401, {"WWW-Authenticate": 'Basic realm="x"',
                                  "Content-Type": "text/plain"}, b"no\n")
        elif first == "old":
            status = 304 if "If-Modified-Since" in self.headers else 200
            self.answer(status, {"Last-Modified": OLD},
                        b"" if status == 304 else TEXT)
        elif first == "chunked":
            self.answer(200, {"Transfer-Encoding": "chunked",
                              "Content-Type": "text/plain"},
                        b"3\r\nhel\r\n3;x=y\r\nlo\n\r\n0\r\nX-T: 1\r\n\r\n")
        else:
            self.answer(404, {"Content-Type": "text/plain"}, b"missing\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any
    do_OPTIONS = handle_any


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Of who reads no further."""


def start():
    """The address of a server that is there from now on."""
    server = Server(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"
