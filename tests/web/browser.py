"""A headless Chromium, driven over the DevTools protocol with nothing but the
standard library."""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import time
import urllib.request

PATIENCE = 60


class WebSocket:
    """As much of RFC 6455 as a client of DevTools needs."""

    def __init__(self, url):
        rest = url.split("://", 1)[1]
        where, path = rest.split("/", 1)
        host, port = where.split(":")
        self.socket = socket.create_connection((host, int(port)), PATIENCE)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((
            f"GET /{path} HTTP/1.1\r\nHost: {where}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.kept = b""
        while b"\r\n\r\n" not in self.kept:
            self.more()
        head, self.kept = self.kept.split(b"\r\n\r\n", 1)
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"no websocket at {url}")

    def more(self):
        data = self.socket.recv(1 << 16)
        if not data:
            raise ConnectionError("the browser is gone")
        self.kept += data

    def take(self, size):
        while len(self.kept) < size:
            self.more()
        out, self.kept = self.kept[:size], self.kept[size:]
        return out

    def send(self, text):
        data, mask = text.encode(), os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x81, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, size)
        # Masked eight bytes at once would be faster; nothing here is large.
        masked = bytes(x ^ mask[i % 4] for i, x in enumerate(data))
        self.socket.sendall(head + mask + masked)

    def receive(self):
        out = b""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self.take(2))[0]
            elif size == 127:
                size = struct.unpack("!Q", self.take(8))[0]
            data = self.take(size)
            if first & 0x0F in (0, 1):
                out += data
                if first & 0x80:
                    return out.decode()
            elif first & 0x0F == 8:
                raise ConnectionError("the browser has closed the socket")


class Page:
    """One tab."""

    def __init__(self, url):
        self.line = WebSocket(url)
        self.number = 0
        self.errors = []
        self.requests = []
        for domain in ("Page", "Runtime", "Network", "Log", "Performance"):
            self.do(f"{domain}.enable")

    def do(self, method, **params):
        self.number += 1
        self.line.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            said = json.loads(self.line.receive())
            if said.get("id") == self.number:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']['message']}")
                return said["result"]
            self.heard(said)

    def heard(self, said):
        what, about = said.get("method"), said.get("params", {})
        if what == "Runtime.exceptionThrown":
            self.errors.append(about["exceptionDetails"].get("exception", {}).get("description", "exception"))
        elif what == "Log.entryAdded" and about["entry"]["level"] == "error":
            self.errors.append(f"{about['entry']['text']} {about['entry'].get('url', '')}")
        elif what == "Network.requestWillBeSent":
            self.requests.append(about["request"]["url"])
        elif what == "Page.javascriptDialogOpening":
            # Whoever asks whether he is sure is sure.
            self.number += 1
            self.line.send(json.dumps({"id": self.number, "method": "Page.handleJavaScriptDialog",
                                       "params": {"accept": True}}))

    def js(self, code):
        out = self.do("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in out:
            raise RuntimeError(out["exceptionDetails"].get("exception", {}).get("description", code))
        return out["result"].get("value")

    def until(self, code, what=None, patience=PATIENCE):
        end = time.monotonic() + patience
        while time.monotonic() < end:
            got = self.js(code)
            # An element comes as an empty object.
            if got not in (None, False, "", 0):
                return got
            time.sleep(0.02)
        text = self.js("document.getElementById('view')?.innerText.slice(0, 800)")
        raise AssertionError(f"never came: {what or code}\n{text}\n{self.errors}")

    def open(self, url):
        self.do("Page.navigate", url=url)
        self.until("document.readyState === 'complete'")

    def key(self, key, modifiers=0):
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "End": 35, "Home": 36, "ArrowLeft": 37,
                 "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "PageUp": 33, "PageDown": 34, " ": 32}
        about = {"key": key, "code": key, "windowsVirtualKeyCode": codes.get(key, 0), "modifiers": modifiers}
        if key == "Enter":
            about["text"] = "\r"
        elif key == " ":
            about["text"] = " "
        self.do("Input.dispatchKeyEvent", type="keyDown", **about)
        self.do("Input.dispatchKeyEvent", type="keyUp", **{k: v for k, v in about.items() if k != "text"})

    def type(self, text):
        self.do("Input.insertText", text=text)

    def click(self, selector):
        """Where a person would: in the middle of it, once it can be seen."""
        where = self.until(
            "(() => { const e = document.querySelector(%s); if (!e) return null;"
            " e.scrollIntoView({block: 'nearest'}); const r = e.getBoundingClientRect();"
            " return r.width ? [r.x + Math.min(r.width / 2, 120), r.y + r.height / 2] : null; })()"
            % json.dumps(selector), f"something to click at {selector}")
        for kind in ("mousePressed", "mouseReleased"):
            self.do("Input.dispatchMouseEvent", type=kind, x=where[0], y=where[1], button="left", clickCount=1)

    def text(self, selector="#view"):
        return self.js(f"document.querySelector({json.dumps(selector)})?.innerText || ''")

    def window(self, width, height, dark=False):
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.do("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}])

    def picture(self, path):
        shot = self.do("Page.captureScreenshot", format="png")
        with open(path, "wb") as out:
            out.write(base64.b64decode(shot["data"]))

    def worked(self):
        """Milliseconds of a processor that the page has had for itself."""
        all_ = {x["name"]: x["value"] for x in self.do("Performance.getMetrics")["metrics"]}
        return 1000 * all_["ThreadTime"]

    def heap(self):
        """Bytes of JavaScript after collecting what is not used."""
        self.do("HeapProfiler.collectGarbage")
        return self.js("performance.memory.usedJSHeapSize")


class Browser:
    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="visit-browser-")
        words = [shutil.which("chromium"), "--headless=new", "--disable-gpu", "--hide-scrollbars",
                 "--no-first-run", "--disable-extensions", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--enable-precise-memory-info",
                 "--disable-dev-shm-usage", "--remote-debugging-port=0", f"--user-data-dir={self.folder}", "about:blank"]
        if os.geteuid() == 0:
            # Its sandbox wants another user than root.
            words.insert(1, "--no-sandbox")
        self.process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        said = os.path.join(self.folder, "DevToolsActivePort")
        end = time.monotonic() + PATIENCE
        while not (os.path.exists(said) and open(said).read().count("\n")):
            if time.monotonic() > end or self.process.poll() is not None:
                raise RuntimeError("the browser did not begin")
            time.sleep(0.05)
        self.port = int(open(said).read().split()[0])

    def page(self):
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/json/new?about:blank", method="PUT")
        about = json.load(urllib.request.urlopen(request, timeout=PATIENCE))
        return Page(about["webSocketDebuggerUrl"])

    def renderer_mb(self):
        """Memory that the largest process of a tab has for itself."""
        most = 0
        for each in os.listdir("/proc"):
            try:
                words = open(f"/proc/{each}/cmdline").read()
                if "--type=renderer" not in words or self.folder not in words and str(self.port) not in words:
                    continue
                for line in open(f"/proc/{each}/smaps_rollup"):
                    if line.startswith("Private_Dirty"):
                        most = max(most, int(line.split()[1]))
            except OSError:
                continue
        return round(most / 1000)

    def close(self):
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
